"""What the TDM Reservation Protocol says: whether rights in text and data mining are reserved, and where to ask.

W3C Community Group, TDM Reservation Protocol, Final Report of 10 May 2024, and its repository of December 2025:

1. `tdm-reservation` is 1 (reserved) or 0 (not reserved). Any other value is a protocol error, and the state is unset.
2. `tdm-policy` is the address of an ODRL policy, or of a page, that says how mining may be licensed.
3. `/.well-known/tdmrep.json` is an array of rules. The first whose `location` matches the address counts, and no other.
4. HTTP header fields and HTML `meta` elements carry the same two names and stand over the file. Who gathers decides
   which of the three is heard; each is read here by itself.

A value of 0 licenses nothing: it leaves open what an exception allows (`Force.NO_RESERVATION`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from licet.terms.clauses import Clause, Force, Says
from licet.terms.signals.html_bytes import metas
from licet.terms.signals.json_bytes import read_json
from licet.terms.signals.mining import MINING
from licet.terms.signals.reading import MOST_BYTES, Certainty, Reader, Signal
from licet.terms.signals.understanding import Unreadable, shown, understood
from licet.terms.signals.url_patterns import lies_under, origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from licet.terms.signals.reading import Target

VOCABULARY, SILENCE = "tdmrep-2024", "unset"
_LINE_END = re.compile(r"\r\n?|\n")
_RESERVATION, _POLICY = "tdm-reservation", "tdm-policy"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What one place declares of an address: its values as written, the policies it names, what was not understood."""

    values: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    def signal(self, protocol: str) -> Signal:
        """Return the declaration as clauses (step 1)."""
        policies = shown("".join(f"; {_POLICY}={policy}" for policy in self.policies))
        clauses, problems = [], list(self.problems)
        for value in dict.fromkeys(self.values):
            token = shown(f"{_RESERVATION}={value}{policies}")
            if value == "1":
                clauses.append(Clause(Says.RESERVES, MINING, token))
            elif value == "0":
                clauses.append(Clause(Says.PERMITS, MINING, token, Force.NO_RESERVATION))
            else:
                problems.append(f"{_RESERVATION} is {shown(value)!r}, neither 1 nor 0")
        return Signal(protocol, VOCABULARY, SILENCE, *understood(clauses, problems))


def in_file(content: bytes, target: Target) -> Declaration:
    """Read `/.well-known/tdmrep.json` for an address (step 3).

    Without an address every rule is heard, and more than one rule is a problem: which of them counts is not known.
    """
    rules = read_json(content)
    if isinstance(rules, Unreadable):
        return Declaration(problems=(rules.why,))
    if not isinstance(rules, list):
        return Declaration(problems=("tdmrep.json is no array of rules",))
    if target.url and origin(target.url) is None:
        return Declaration(problems=("what is asked about is no web address",))
    heard = list(_heard(rules, target.url))
    unsure = ("several rules, and no address to choose one by",) if not target.url and len(rules) > 1 else ()
    return Declaration(
        values=tuple(value for rule in heard for value in rule.values),
        policies=tuple(policy for rule in heard for policy in rule.policies),
        problems=(*unsure, *(problem for rule in heard for problem in rule.problems)),
    )


def in_headers(content: bytes, _target: Target) -> Declaration:
    """Read a response's header fields, one `name: value` a line, in any order and among others (step 4).

    A field that stands several times is read as one whose values are parted by commas (RFC 9110, 5.3).
    """
    fields = [line.partition(":") for line in _LINE_END.split(content[:MOST_BYTES].decode("latin-1"))]
    named = [(name.strip().lower(), value.strip()) for name, colon, value in fields if colon]
    values = [part.strip() for name, value in named if name == _RESERVATION for part in value.split(",")]
    return _declared(values, [value for name, value in named if name == _POLICY])


def in_html(content: bytes, _target: Target) -> Declaration:
    """Read a page's `meta` elements (step 4)."""
    named = metas(content)
    values = [value for name, value in named if name == _RESERVATION]
    return _declared(values, [value for name, value in named if name == _POLICY])


def _declared(values: Iterable[str], policies: Iterable[str]) -> Declaration:
    once = tuple(dict.fromkeys(values))
    problems = ("it is reserved and not reserved at once",) if len(once) > 1 else ()
    return Declaration(once, tuple(dict.fromkeys(policies)), problems)


def _heard(rules: Iterable[object], url: str) -> Iterator[Declaration]:
    """Yield the first rule that matches an address, after those that could not be read and may have matched."""
    for rule in rules:
        declared = _rule(rule, url)
        if declared is not None:
            yield declared
        if url and declared is not None and declared.values:
            return


def _rule(rule: object, url: str) -> Declaration | None:
    """Read one rule, or return None where it speaks of another address."""
    location = rule.get("location") if isinstance(rule, dict) else None
    if not isinstance(rule, dict) or not isinstance(location, str) or not location.startswith(("/", "*")):
        return Declaration(problems=(f"a rule without a location: {shown(rule)}",))
    if url and not lies_under(url, location):
        return None
    value, policy = rule.get(_RESERVATION), rule.get(_POLICY)
    written = str(value) if type(value) is int else f"not a number: {shown(value)}"  # JSON's true is no number
    policies = (policy,) if isinstance(policy, str) else ()
    problems = () if policy is None or policies else (f"{_POLICY} is no address: {shown(policy)}",)
    return Declaration((written,), policies, problems)


def _reader(protocol: str, declared: Callable[[bytes, Target], Declaration]) -> Reader:
    return Reader(
        protocol,
        "W3C Community Group, TDM Reservation Protocol, Final Report, 2024-05-10",
        Certainty.PRIMARY,
        SILENCE,
        lambda content, target: declared(content, target).signal(protocol),
    )


FILE = _reader("tdmrep", in_file)
HEADERS = _reader("tdmrep-headers", in_headers)
META = _reader("tdmrep-meta", in_html)
