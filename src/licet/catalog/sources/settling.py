"""One entry a recording, whatever a list says twice.

A list may name a recording more than once. Read in two passes, so that nothing is taken from a contradiction:

1. Where its records state one licence, or none, the first record that states it stands.
2. Where they state different licences, none is taken: the entry is kept without a licence, and a problem says so.
   Keeping the first would lose a refusal that came second.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from licet.catalog.entries import Entry, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SILENT, _CONTRADICTED = 0, -1


def settled(read: Callable[[], Iterator[Entry | Problem]]) -> Iterator[Entry | Problem]:
    """Yield what `read()` yields, with each key once. `read` is called twice and must give the same both times.

    Takes about a hundred bytes of memory a recording.
    """
    statements = _statements(read())
    for item in read():
        if isinstance(item, Problem):
            yield item
            continue
        statement = statements.get(str(item.key))
        if statement is None:
            continue  # it was yielded before
        if statement == _CONTRADICTED:
            says = f"{item.key} is listed with different licences; none of them is taken"
            yield Problem(str(item.key), says, Severity.DOUBT)
            yield replace(item, licence=None, attribution=None)
        elif statement == _SILENT or item.licence is not None:
            yield item
        else:
            continue  # a later record states the licence
        del statements[str(item.key)]


def _statements(items: Iterator[Entry | Problem]) -> dict[str, int]:
    """Return for each key the hash of the one licence stated for it, or what stands in its place."""
    statements: dict[str, int] = {}
    for item in items:
        if isinstance(item, Problem):
            continue
        key = str(item.key)
        stated = _SILENT if item.licence is None else hash(item.licence) or 1
        known = statements.setdefault(key, stated)
        if known == _SILENT:
            statements[key] = stated
        elif stated not in (_SILENT, known):
            statements[key] = _CONTRADICTED
    return statements
