"""Licence expressions: ids joined by "or" (take any one), "and" (keep all of them) and "with" (an exception).

The grammar is SPDX's (Annex D of its specification) as `license-expression` parses it; the ids may also be Debian's.
That library, and the index of the SPDX licence list it carries, load only when an expression is met.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any

from licet.terms.creative_commons import NoSuchLicence
from licet.terms.titles import licence_named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from licet.terms.statement import Licence

LONGEST_EXPRESSION = 400  # characters
MOST_ALTERNATIVES = 64

_SHAPE = re.compile(r"[\w.+:-]+|[\w.+:() -]+ (?:and|or|with) [\w.+:() -]+", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Alternatives:
    """The licences of which any one may be taken, sorted by key, and what had to be left out."""

    offers: tuple[Licence, ...]
    notes: tuple[str, ...] = ()


def alternatives(expression: str) -> Alternatives | None:
    """Return what `expression` offers, or None where a part of it is no licence id: then it is prose.

    An alternative whose terms are not known is left out with a note, and the others still stand. An "and" with such a
    part is not known as a whole, and neither is a "with". No offers may be left.
    """
    if len(expression) > LONGEST_EXPRESSION or not _SHAPE.fullmatch(expression):
        return None
    tree = _parsed(expression)
    notes: list[str] = []
    choices = _choices(tree, notes) if tree is not None else None
    if choices is None:
        return None
    offers = {licence.key: licence for licence in map(merged, choices)}
    return Alternatives(tuple(offers[key] for key in sorted(offers)), tuple(dict.fromkeys(notes)))


def merged(licences: Iterable[Licence]) -> Licence:
    """Return all of `licences` as one: it permits what each permits, requires and prohibits what any does.

    Order does not matter, and a licence merged with itself is itself.
    """
    parts = sorted({licence.key: licence for licence in licences}.values(), key=lambda licence: licence.key)
    if len(parts) == 1:
        return parts[0]
    expression = " AND ".join(sorted(part.spdx or part.key for part in parts))
    return replace(
        parts[0],
        key=expression,
        name=" and ".join(sorted(part.name for part in parts)),
        family=" AND ".join(sorted({part.family for part in parts})),
        permits=frozenset.intersection(*(part.permits for part in parts)),
        requires=frozenset.union(*(part.requires for part in parts)),
        prohibits=frozenset.union(*(part.prohibits for part in parts)),
        spdx=expression,
        jurisdiction=None,
        retired=any(part.retired for part in parts),
        note="; ".join(sorted({part.note for part in parts if part.note})),
        version=None,
    )


def _parsed(expression: str) -> Any:  # noqa: ANN401  (the library's trees carry no types)
    from license_expression import Licensing  # here: 50 ms that few statements need

    try:
        return Licensing().parse(expression)
    except Exception:  # noqa: BLE001  (it answers bad syntax with its own errors, and with bare assertions too)
        return None


@cache
def _spdx_list() -> dict[str, str]:
    """Return every id of the SPDX licence list by itself in lower case."""
    from license_expression import get_spdx_licensing  # here: 100 ms that fewer need

    return {key.lower(): key for key in get_spdx_licensing().known_symbols}


def _choices(node: Any, notes: list[str]) -> list[frozenset[Licence]] | None:  # noqa: ANN401  (likewise)
    """Return the alternatives of a tree, each the licences to keep together; [] where terms are not known.

    None means that some part is no licence id, so that the whole is no expression but prose.
    """
    operator = getattr(node, "operator", "").strip().upper()
    if not operator:
        return _leaf(node, notes)
    parts = [_choices(part, notes) for part in node.args]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if operator == "OR":
        return [choice for part in known for choice in part]
    together: set[frozenset[Licence]] = {frozenset()}
    for part in known:
        together = {one | other for one, other in product(together, part)}
        if len(together) > MOST_ALTERNATIVES:
            notes.append(f"more than {MOST_ALTERNATIVES} alternatives")
            return []
    return list(together)


def _leaf(node: Any, notes: list[str]) -> list[frozenset[Licence]] | None:  # noqa: ANN401  (likewise)
    name = str(node)
    named = None if hasattr(node, "exception_symbol") else licence_named(name)
    if isinstance(named, NoSuchLicence):
        notes.append(named.note)
    elif named:
        return [frozenset({named})]
    elif _excepted(node):
        notes.append(f"{name} adds an exception, and what it changes is not known here")
    elif name.lower() in _spdx_list():
        notes.append(f"the terms of {_spdx_list()[name.lower()]} are not known here")
    else:
        return None
    return []


def _excepted(node: Any) -> bool:  # noqa: ANN401  (likewise)
    return hasattr(node, "exception_symbol") and licence_named(str(node.license_symbol)) is not None
