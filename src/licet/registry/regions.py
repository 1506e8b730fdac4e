"""Regions of uses: which acts, for which purposes, in which countries. They join, meet and are taken from one another.

A region is a set of countries for each pair of act and purpose. There are few pairs and few countries, so that all of
it is sets, and no case is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from licet.terms import Act, Clause, Purpose, Says
from licet.terms.territories import countries_of, places_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from licet.registry.statements import Statement


@dataclass(frozen=True, slots=True)
class Region:
    """A set of uses; without those that it has in no country."""

    cells: frozenset[tuple[Act, Purpose, frozenset[str]]]

    @classmethod
    def of(cls, statement: Statement) -> Region:
        """Return the uses that a statement names."""
        countries = countries_of(statement.territories)
        return cls(frozenset((act, purpose, countries) for act, purpose in product(statement.acts, statement.purposes)))

    @classmethod
    def of_use(cls, act: Act, purpose: Purpose, territories: Iterable[str]) -> Region:
        """Return one use alone."""
        return cls(frozenset({(act, purpose, countries_of(territories))}))

    def __and__(self, other: Region) -> Region:
        theirs = other._table()
        met = {pair: own & theirs.get(pair, frozenset()) for pair, own in self._table().items()}
        return _region(met)

    def __sub__(self, other: Region) -> Region:
        theirs = other._table()
        return _region({pair: own - theirs.get(pair, frozenset()) for pair, own in self._table().items()})

    def __bool__(self) -> bool:
        return bool(self.cells)

    def clauses(self, says: Says, token: str, asks: Iterable[str] = ()) -> Iterator[Clause]:
        """Yield clauses that say the region and nothing beside it, in an order of their own."""
        purposes: dict[tuple[Act, frozenset[str]], set[Purpose]] = {}
        for act, purpose, countries in self.cells:
            purposes.setdefault((act, countries), set()).add(purpose)
        acts: dict[tuple[frozenset[Purpose], frozenset[str]], set[Act]] = {}
        for (act, countries), those in purposes.items():
            acts.setdefault((frozenset(those), countries), set()).add(act)
        for (kinds, countries), of in sorted(acts.items(), key=lambda one: (sorted(one[1]), sorted(one[0][0]))):
            yield Clause(
                says, frozenset(of), token, purposes=kinds, territories=places_of(countries), asks=frozenset(asks)
            )

    def _table(self) -> dict[tuple[Act, Purpose], frozenset[str]]:
        return {(act, purpose): countries for act, purpose, countries in self.cells}


def _region(table: dict[tuple[Act, Purpose], frozenset[str]]) -> Region:
    return Region(frozenset((act, purpose, countries) for (act, purpose), countries in table.items() if countries))
