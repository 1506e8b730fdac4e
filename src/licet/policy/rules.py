"""The policy file: named readings of the law, and the rules of each, every one with its source.

The file is TOML that a lawyer edits (`policy/data/house.toml` is ours). `parse_policy` takes its bytes and gives a
frozen `Policy`, or a `PolicyError` that names the rule and what is wrong with it. A rule without a citation is refused.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from licet.digests import sha256_bytes
from licet.errors import PolicyError
from licet.policy.verdict import Binds, Status
from licet.terms import Act, Permission, Prohibition, Purpose, Requirement

if TYPE_CHECKING:
    from datetime import date

    from licet.terms import Licence

LAWS = frozenset(
    {
        "licensed",
        "unaccepted",
        "reserved",
        "silence",
        "uncorroborated",
        "unresolved",
        "later",
        "dropped",
        "disagreement",
        "contradicted",
        "doubtful",
    }
)

_E = TypeVar("_E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Rule:
    """What every rule says of itself, and when it applies. Empty `families` means every licence."""

    id: str
    says: str
    cites: str
    status: Status
    acts: frozenset[Act] = frozenset()
    purposes: frozenset[Purpose] = frozenset(Purpose)
    families: frozenset[str] = frozenset()
    creative_commons: bool | None = None  # True: those licences alone; False: the others alone; None: all

    def applies(self, licence: Licence, act: Act, purpose: Purpose) -> bool:
        """Whether the rule speaks of this licence put to this act for this purpose."""
        return (
            act in self.acts
            and purpose in self.purposes
            and (not self.families or licence.family in self.families)
            and self.creative_commons in {None, is_creative_commons(licence)}
        )


@dataclass(frozen=True, slots=True)
class Need:
    """A use needs a permission. Where it is missing the use is refused, or goes ahead under `otherwise`."""

    rule: Rule
    permission: Permission
    otherwise: str = ""  # a condition that binds on sharing


@dataclass(frozen=True, slots=True)
class Bar:
    """A prohibition bars a use; with no prohibition named, belonging to the rule's families is enough."""

    rule: Rule
    prohibition: Prohibition | None


@dataclass(frozen=True, slots=True)
class Duty:
    """A requirement becomes a condition."""

    rule: Rule
    requirement: Requirement
    condition: str
    binds: Binds


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A named, cited way to read contested law. Compared by identity: a reading belongs to its policy."""

    name: str
    title: str
    summary: str
    cites: str
    needs: tuple[Need, ...]
    bars: tuple[Bar, ...]
    duties: tuple[Duty, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """A versioned set of readings, named by the SHA-256 of the file it was read from."""

    name: str
    version: str
    as_of: date
    digest: str
    readings: tuple[Reading, ...]
    laws: dict[str, Rule]

    @property
    def conditions(self) -> frozenset[str]:
        """Return the names of every condition that a licence may ask for under any reading."""
        return frozenset(duty.condition for reading in self.readings for duty in reading.duties)

    def reading(self, name: str) -> Reading:
        """Return the reading called `name`.

        Raises:
            PolicyError: there is none.
        """
        for reading in self.readings:
            if reading.name == name:
                return reading
        names = ", ".join(reading.name for reading in self.readings)
        raise PolicyError(f"policy {self.name} has no reading {name!r}", mend=f"one of: {names}")


def is_creative_commons(licence: Licence) -> bool:
    """Whether a licence is one of Creative Commons' own six families or their retired relatives."""
    return licence.key.startswith(("http://creativecommons.org/", "LicenseRef-CC"))


def parse_policy(content: bytes) -> Policy:
    """Read a policy file.

    Raises:
        PolicyError: it is no TOML, or a rule is missing something, names what there is not, or repeats an id.
    """
    try:
        document = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as broken:
        raise PolicyError(f"the policy file is not valid TOML: {broken}") from broken
    _reject_repeated_ids(document)
    names = tuple(document.get("reading", {}))
    if not names:
        raise PolicyError("the policy has no reading", mend="add a [reading.<name>] table")
    return Policy(
        name=_text(document, "name", "the policy"),
        version=_text(document, "version", "the policy"),
        as_of=_required(document, "as_of", "the policy"),
        digest=sha256_bytes(content),
        readings=tuple(_reading(document, name, names) for name in names),
        laws=_laws(document),
    )


def _reading(document: dict[str, Any], name: str, names: tuple[str, ...]) -> Reading:
    about = document["reading"][name]

    def belonging(kind: str) -> list[dict[str, Any]]:
        return [table for table in document.get(kind, []) if name in _readings(table, kind, names)]

    return Reading(
        name=name,
        title=_text(about, "title", f"reading {name}"),
        summary=_text(about, "summary", f"reading {name}"),
        cites=_text(about, "cites", f"reading {name}"),
        needs=tuple(_need(table) for table in belonging("need")),
        bars=tuple(_bar(table) for table in belonging("bar")),
        duties=tuple(_duty(table) for table in belonging("duty")),
    )


def _readings(table: dict[str, Any], kind: str, names: tuple[str, ...]) -> list[str]:
    where = f"{kind} {table.get('id', '?')}"
    listed: list[str] = _required(table, "readings", where)
    for name in listed:
        if name not in names:
            raise PolicyError(f"{where} belongs to reading {name!r}, which there is not")
    return listed


def _need(table: dict[str, Any]) -> Need:
    rule = _rule(table)
    permission = _member(Permission, _required(table, "permission", rule.id), rule.id)
    return Need(rule, permission, table.get("otherwise", ""))


def _bar(table: dict[str, Any]) -> Bar:
    rule = _rule(table)
    named = table.get("prohibition")
    if named is None and not rule.families:
        raise PolicyError(f"{rule.id} bars everything", mend="name a prohibition or families")
    return Bar(rule, None if named is None else _member(Prohibition, named, rule.id))


def _duty(table: dict[str, Any]) -> Duty:
    rule = _rule(table)
    return Duty(
        rule,
        _member(Requirement, _required(table, "requirement", rule.id), rule.id),
        _text(table, "condition", rule.id),
        _member(Binds, _required(table, "binds", rule.id), rule.id),
    )


def _rule(table: dict[str, Any]) -> Rule:
    name = _text(table, "id", "a rule")
    whose = table.get("licences", "all")
    if whose not in {"all", "creative-commons", "other"}:
        raise PolicyError(f"{name} is for licences {whose!r}", mend="all, creative-commons or other")
    return Rule(
        id=name,
        says=_text(table, "says", name),
        cites=_text(table, "cites", name),
        status=_member(Status, _required(table, "status", name), name),
        acts=frozenset(_member(Act, act, name) for act in _required(table, "acts", name)),
        purposes=frozenset(_member(Purpose, purpose, name) for purpose in table.get("purposes", Purpose)),
        families=frozenset(table.get("families", ())),
        creative_commons={"all": None, "creative-commons": True, "other": False}[whose],
    )


def _laws(document: dict[str, Any]) -> dict[str, Rule]:
    tables = document.get("law", {})
    if missing := LAWS - tables.keys():
        raise PolicyError(f"the policy leaves out the laws {', '.join(sorted(missing))}")
    if unknown := tables.keys() - LAWS:
        raise PolicyError(f"the policy names laws that there are not: {', '.join(sorted(unknown))}")
    return {
        name: Rule(
            id=name,
            says=_text(table, "says", f"law {name}"),
            cites=_text(table, "cites", f"law {name}"),
            status=_member(Status, _required(table, "status", f"law {name}"), f"law {name}"),
        )
        for name, table in tables.items()
    }


def _reject_repeated_ids(document: dict[str, Any]) -> None:
    seen: set[str] = set()
    for kind in ("need", "bar", "duty"):
        for table in document.get(kind, []):
            name = table.get("id", "")
            if name in seen:
                raise PolicyError(f"two rules are called {name!r}", mend="a rule's id is its own")
            seen.add(name)


def _required(table: dict[str, Any], key: str, where: str) -> Any:  # noqa: ANN401  (TOML gives any value)
    if key not in table or table[key] in ("", [], None):
        raise PolicyError(f"{where} has no {key}", mend=f"add `{key}`")
    return table[key]


def _text(table: dict[str, Any], key: str, where: str) -> str:
    value = _required(table, key, where)
    if not isinstance(value, str):
        raise PolicyError(f"{where}: {key} is not text")
    return value


def _member(kind: type[_E], value: object, where: str) -> _E:
    try:
        return kind(str(value))
    except ValueError:
        raise PolicyError(f"{where}: there is no {value!r}", mend=f"one of: {', '.join(kind)}") from None
