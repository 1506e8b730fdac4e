"""What the licences of one `content` of an RSL document come to (steps 2 to 6 of `rsl`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from licet.terms.clauses import Act, Clause, Purpose, Says
from licet.terms.signals.rsl_words import (
    NAMESPACE,
    PAYMENTS,
    PERMITTED_USAGES,
    PERMITTED_USERS,
    PROHIBITED_USAGES,
    PROHIBITED_USERS,
    is_draft,
    place,
    words,
)
from licet.terms.signals.understanding import shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from xml.etree.ElementTree import Element

_W = TypeVar("_W")
_READ = frozenset({"permits", "prohibits", "payment", "reporting"})
_FOR_PEOPLE = frozenset({"legal", "terms", "schema", "copyright", "alternate"})  # step 7


@dataclass(slots=True)
class Licensed:
    """What was found so far."""

    clauses: list[Clause] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    draft: bool = False


def name_of(element: Element) -> str:
    """Return an element's own name where it is of RSL, or of no namespace; else its name in full."""
    return element.tag.removeprefix(f"{{{NAMESPACE}}}")


def licensed(content: Element) -> Licensed:
    """Read every licence of a content."""
    found = Licensed()
    served = content.get("server") is not None or content.get("encrypted", "false").strip().lower() != "false"
    for part in content:
        name = name_of(part)
        if name == "license":
            _licence(part, frozenset({"consent"}) if served else frozenset(), found)  # step 6
        elif name not in _FOR_PEOPLE:
            found.problems.append(f"a content holds {shown(name)!r}, which is not read")
    return found


def _licence(licence: Element, asks: frozenset[str], found: Licensed) -> None:
    parts = [(name_of(part), part) for part in licence]
    found.problems += [
        f"a licence holds {shown(name)!r}, which is not read" for name, _ in parts if name not in _READ | _FOR_PEOPLE
    ]
    for name, part in parts:
        found.draft |= name in {"permits", "prohibits"} and is_draft(_text(part))
        if name == "prohibits":
            _prohibited(part, found)
        elif name == "payment":
            asks |= _asked(part, found)
        elif name == "reporting":
            asks |= {"reporting"}
    permits = [part for name, part in parts if name == "permits"]
    if permits or not any(name == "prohibits" for name, _ in parts):
        _permitted(permits, asks, found)


def _permitted(permits: list[Element], asks: frozenset[str], found: Licensed) -> None:
    """Add what a licence permits: the usages listed, to the users listed, in the places listed (step 3)."""
    acts: frozenset[Act] = frozenset()
    purposes, territories = frozenset(Purpose), frozenset[str]()
    usages = [part for part in permits if part.get("type") == "usage"]
    users = [part for part in permits if part.get("type") == "user"]
    places = [part for part in permits if part.get("type") == "geo"]
    for part in usages:
        acts |= _meant(part, PERMITTED_USAGES, found)
    if users:
        purposes = frozenset[Purpose]().union(*(_meant(part, PERMITTED_USERS, found) for part in users))
    if places:
        territories = frozenset[str]().union(*(_places(part, found) for part in places))
    found.problems += [_odd(part) for part in permits if part not in usages + users + places]
    if not acts or not purposes or (places and not territories):
        found.problems.append("a licence that names no usage, or no user or place that is known")
        return
    token = "; ".join(_worded(part) for part in permits) + "".join(f"; asks {ask}" for ask in sorted(asks))
    found.clauses.append(
        Clause(Says.PERMITS, acts, shown(token), purposes=purposes, territories=territories, asks=asks)
    )


def _prohibited(part: Element, found: Licensed) -> None:
    """Add what a licence prohibits: a usage to everybody, a user or a place in every usage (step 4)."""
    acts, purposes, territories = frozenset(Act), frozenset(Purpose), frozenset[str]()
    kind = part.get("type")
    if kind == "usage":
        acts = _meant(part, PROHIBITED_USAGES, found)
    elif kind == "user":
        purposes = _meant(part, PROHIBITED_USERS, found)
    elif kind == "geo":
        territories = _places(part, found)
    if kind not in {"usage", "user", "geo"} or not acts or not purposes or (kind == "geo" and not territories):
        found.problems.append(_odd(part))
        return
    found.clauses.append(Clause(Says.RESERVES, acts, shown(_worded(part)), purposes=purposes, territories=territories))


def _asked(payment: Element, found: Licensed) -> frozenset[str]:
    """Return what a payment asks for (step 5)."""
    kind = payment.get("type", "free").strip().lower()
    found.draft |= is_draft(kind)
    if kind not in PAYMENTS:
        found.problems.append(f"a payment that is not read: {shown(kind)}")
    priced = any(name_of(part) == "amount" for part in payment)
    return PAYMENTS.get(kind, frozenset()) | (frozenset({"payment"}) if priced else frozenset())


def _meant(part: Element, meanings: Mapping[str, frozenset[_W]], found: Licensed) -> frozenset[_W]:
    meant: frozenset[_W] = frozenset()
    for word in words(_text(part)):
        if word not in meanings:
            found.problems.append(f"a word that is not read: {shown(word)}")
        meant |= meanings.get(word, frozenset())
    return meant


def _places(part: Element, found: Licensed) -> frozenset[str]:
    spelt = {word: place(word) for word in words(_text(part))}
    found.problems += [f"no country: {shown(word)}" for word, code in spelt.items() if code is None]
    return frozenset(code for code in spelt.values() if code is not None)


def _text(part: Element) -> str:
    return " ".join(part.itertext())


def _worded(part: Element) -> str:
    return f"{name_of(part)} {part.get('type')} {_text(part)}"


def _odd(part: Element) -> str:
    return f"{name_of(part)} that is not read: {shown(_worded(part))}"
