"""What the law itself allows and exacts: limitations of copyright, and provisions that are shown and later priced.

A file of law is TOML that a lawyer edits (`policy/data/law/*.toml`). `parse_law` takes its bytes and gives frozen
facts, or a `PolicyError` that names the rule and what is wrong with it. A word that it does not know is refused: a
mistyped `until` must not make an exception last for ever.

A limitation applies to a use where

1. it covers the act,
2. and the purpose,
3. the place lies wholly in its jurisdiction,
4. and it is in force on that day: the limitation itself, and every transposition of it that is on file for the place.

Whether rights are reserved against it, and whether what it needs is met, is for `policy/leaning.py` to ask.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from licet.errors import PolicyError
from licet.policy.tables import member, required, rule_of, text
from licet.policy.verdict import Status
from licet.terms import Act
from licet.terms.territories import EUROPEAN_UNION, within

if TYPE_CHECKING:
    from collections.abc import Mapping

    from licet.policy.tables import Rule
    from licet.terms import Purpose

LONGEST = 1 << 20  # bytes: the law of the whole Union fits into a tenth of it

_FILE = frozenset({"as_of", "limitation", "provision"})
_LIMITATION = frozenset(
    "id jurisdiction says cites acts purposes yields needs holders since until national national_as_of".split()
)
_NATIONAL = frozenset({"cites", "says", "status", "remark", "since"})
_PROVISION = frozenset({"id", "jurisdiction", "cites", "says", "status", "amounts"})
_UNSETTLED = (Status.SETTLED, Status.PENDING, Status.CONTESTED)  # from the surest to the least sure


@dataclass(frozen=True, slots=True)
class National:
    """How one member state of the European Union has transposed a limitation."""

    jurisdiction: str  # ISO 3166-1 alpha-2
    cites: str
    says: str
    status: Status  # how surely the transposition does what the directive asks
    remark: str  # "" where there is none
    since: date  # the day on file for it: of adoption or of entry into force
    as_of: date


@dataclass(frozen=True, slots=True, eq=False)
class Limitation:
    """A limitation of copyright, or an exception to it. Compared by identity, as a reading is."""

    rule: Rule  # its status is that of its least settled act
    jurisdiction: str  # ISO 3166-1 alpha-2, or `EU`
    yields: bool  # True: it falls away where rights are reserved; False: it holds against reservations
    needs: tuple[tuple[str, str], ...]  # conditions by name and in words: ("lawful-access", "...")
    holders: str  # who may lean on it, in words
    since: date
    until: date | None  # the last day
    national: Mapping[str, National]
    by_act: Mapping[Act, Status]  # how settled it is that each act is covered
    as_of: date


@dataclass(frozen=True, slots=True, eq=False)
class Provision:
    """What the law says that decides nothing here. Sums in `amounts` are whole units of their `currency`."""

    id: str
    jurisdiction: str  # ISO 3166-1 alpha-2, or `EU`
    cites: str
    says: str
    status: Status
    as_of: date
    amounts: Mapping[str, int | str]


def applies(limitation: Limitation, use_act: Act, use_purpose: Purpose, place: str, day: date) -> bool:
    """Whether `limitation` covers this act for this purpose, in all of `place`, on `day`."""
    last = limitation.until or day
    here = frozenset({place})
    return (
        use_act in limitation.rule.acts  # 1.
        and use_purpose in limitation.rule.purposes  # 2.
        and within(place, frozenset({limitation.jurisdiction}))  # 3.
        and limitation.since <= day <= last  # 4.
        and all(one.since <= day for one in limitation.national.values() if within(one.jurisdiction, here))
    )


def cited(limitation: Limitation, place: str) -> str:
    """Return the citation to show for `place`: a transposition before what it transposes, or that none is on file."""
    cites = limitation.rule.cites
    if limitation.jurisdiction != "EU":
        return cites
    if place in limitation.national:
        return f"{limitation.national[place].cites}, transposing {cites}"
    missing = sorted(EUROPEAN_UNION - limitation.national.keys()) if place == "EU" else [place]
    return f"{cites} (no transposition is on file for {', '.join(missing)})" if missing else cites


def parse_law(content: bytes) -> tuple[tuple[Limitation, ...], tuple[Provision, ...]]:
    """Read one file of law.

    Raises:
        PolicyError: it is no TOML, or a rule is missing something, says what nobody understands, or repeats an id.
    """
    document = _document(content)
    _only(document, _FILE, "the file of law")
    as_of = _day(document, "as_of", "the file of law")
    limitations = tuple(_limitation(table, as_of) for table in _list(document, "limitation"))
    provisions = tuple(_provision(table, as_of) for table in _list(document, "provision"))
    seen: set[str] = set()
    for name in (*(one.rule.id for one in limitations), *(one.id for one in provisions)):
        if name in seen:
            raise PolicyError(f"two rules are called {name!r}", mend="a rule's id is its own")
        seen.add(name)
    return limitations, provisions


def _document(content: bytes) -> dict[str, Any]:
    if len(content) > LONGEST:
        raise PolicyError(f"the file of law is longer than {LONGEST} bytes", mend="split it")
    try:
        return tomllib.loads(content.decode("utf-8"))
    except ValueError as broken:  # no text, no TOML, or a number too long to read
        raise PolicyError(f"the file of law is not valid TOML: {broken}") from broken
    except RecursionError:
        raise PolicyError("the file of law is nested too deep") from None


def _limitation(table: dict[str, Any], as_of: date) -> Limitation:
    name = text(table, "id", "a limitation")
    _only(table, _LIMITATION, name)
    if not isinstance(required(table, "purposes", name), list):  # no exception is for every purpose by accident
        raise PolicyError(f"{name}: purposes is not a list", mend='as in ["research"]')
    by_act = {
        member(Act, act, name): member(Status, status, name) for act, status in _table(table, "acts", name).items()
    }
    status = max(by_act.values(), key=_UNSETTLED.index)
    jurisdiction = _jurisdiction(table, name)
    needs = _table(table, "needs", name)
    since = _day(table, "since", name)
    until = _day(table, "until", name) if "until" in table else None
    if until is not None and until < since:
        raise PolicyError(f"{name} ends before it begins", mend="`until` is its last day")
    if not isinstance(required(table, "yields", name), bool):
        raise PolicyError(f"{name}: yields is not true or false", mend="true: it falls away where rights are reserved")
    return Limitation(
        rule=rule_of({**table, "acts": list(by_act), "status": status}),
        jurisdiction=jurisdiction,
        yields=table["yields"],
        needs=tuple((need, text(needs, need, name)) for need in needs),
        holders=text(table, "holders", name),
        since=since,
        until=until,
        national=_transpositions(table, jurisdiction, name) if "national" in table else {},
        by_act=by_act,
        as_of=as_of,
    )


def _transpositions(table: dict[str, Any], jurisdiction: str, name: str) -> dict[str, National]:
    found = _table(table, "national", name)
    as_of = _day(table, "national_as_of", name)
    for state in found:
        if jurisdiction != "EU" or state not in EUROPEAN_UNION:
            raise PolicyError(f"{name}: {state!r} transposes no directive", mend="a member state, in two letters")
    return {state: _national(state, _table(found, state, name), name, as_of) for state in found}


def _national(state: str, table: dict[str, Any], name: str, as_of: date) -> National:
    where = f"{name} in {state}"
    _only(table, _NATIONAL, where)
    return National(
        jurisdiction=state,
        cites=text(table, "cites", where),
        says=text(table, "says", where),
        status=member(Status, required(table, "status", where), where),
        remark=text(table, "remark", where) if "remark" in table else "",
        since=_day(table, "since", where),
        as_of=as_of,
    )


def _provision(table: dict[str, Any], as_of: date) -> Provision:
    name = text(table, "id", "a provision")
    _only(table, _PROVISION, name)
    amounts = _table(table, "amounts", name) if "amounts" in table else {}
    for key, amount in amounts.items():
        if type(amount) not in {int, str}:  # a bool is an int, and money is never a float
            raise PolicyError(f"{name}: {key} is neither a whole number nor text")
    return Provision(
        id=name,
        jurisdiction=_jurisdiction(table, name),
        cites=text(table, "cites", name),
        says=text(table, "says", name),
        status=member(Status, required(table, "status", name), name),
        as_of=as_of,
        amounts=amounts,
    )


def _jurisdiction(table: dict[str, Any], where: str) -> str:
    code = text(table, "jurisdiction", where)
    if len(code) != 2 or not (code.isascii() and code.isalpha() and code.isupper()) or code == "UK":
        raise PolicyError(
            f"{where}: there is no jurisdiction {code!r}", mend="two letters as in ISO 3166-1 (GB), or EU"
        )
    return code


def _day(table: dict[str, Any], key: str, where: str) -> date:
    value = required(table, key, where)
    if isinstance(value, datetime) or not isinstance(value, date):
        raise PolicyError(f"{where}: {key} is not a day", mend="as in 2026-11-22, without quotes")
    return value


def _table(table: dict[str, Any], key: str, where: str) -> dict[str, Any]:
    value = required(table, key, where)
    if not isinstance(value, dict) or not value:
        raise PolicyError(f"{where}: {key} is not a table that says something")
    return value


def _list(document: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = document.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise PolicyError(f"{key} is not a list of tables", mend=f"begin each with [[{key}]]")
    return value


def _only(table: dict[str, Any], known: frozenset[str], where: str) -> None:
    if strange := sorted(table.keys() - known):
        raise PolicyError(
            f"{where} says {strange[0]!r}, which there is not", mend=f"one of: {', '.join(sorted(known))}"
        )
