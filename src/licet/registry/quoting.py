"""What it costs to license what is lacking: an offer chosen for every part, and each offer priced once.

1. An item is licensed only where all that its recordings lack is offered. What is lacked by such items is needed, each
   recording once, however many copies of it there are.
2. Of one holder's offers, those in one currency and for one share of revenue compete by price. Of others none is
   cheaper: the narrowest decides, then the id.
3. Every choice of competing offers is tried. In each, the narrowest of the chosen goes for each recording, then the
   first by id. The cheapest choice is taken; of equally cheap ones the smallest, the narrowest, the first by id. Where
   more than `MOST_TRIED` offers compete for the same recordings, all are chosen.
4. An offer comes to the sum of its rates, rounded up once: so much for each recording and each minute that it goes
   for, for each run, and for the one model, however many recordings there are. No rate comes to less than its minimum.
   A share of revenue is no amount, and stands apart.

From this follows, and tests hold it to this: the order of items and offers never matters; one more item never lowers a
sum, nor does one more offer raise it, as long as offers compete and no more than are tried; copies cost nothing more.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, chain, combinations
from typing import TYPE_CHECKING

from licet.money import Money
from licet.registry.rates import Basis, Extent, Rate, currencies, price

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from licet.catalog import Right
    from licet.registry.offering import Lacking
    from licet.registry.terms import Said

MOST_TRIED = 8  # offers that compete for the same recordings: 255 choices


@dataclass(frozen=True, slots=True)
class PricedOffer:
    """One offer, what it goes for, and what that comes to."""

    offer: Said
    recordings: Mapping[str, frozenset[Right]]  # by key, in order; the rights that are taken
    extent: Extent
    price: Money | None  # None where it asks for shares of revenue alone

    @property
    def revenue(self) -> tuple[Rate, ...]:
        """The shares of revenue that it asks for."""
        return revenue_of(self.offer.statement.rates)


@dataclass(slots=True)
class _Group:
    """Recordings for which the same offers compete, in the same order."""

    candidates: tuple[tuple[Right, tuple[str, ...]], ...]  # ids, the narrow before the wide
    recordings: list[str] = field(default_factory=list)
    seconds: Fraction = Fraction(0)


def priced(
    items: Iterable[Collection[str]], lacking: Mapping[str, Lacking], *, runs: int = 1
) -> tuple[PricedOffer, ...]:
    """Return the offers to accept, by id, so that every item is licensed that can be.

    Args:
        items: the recordings in each.
        lacking: what each recording lacks. One that is not in it lacks nothing.
        runs: training runs to pay for.
    """
    needed = {name for item in items if licensable(item, lacking) for name in item if name in lacking}
    known: dict[str, Said] = {}
    competing: dict[tuple[str, str, tuple[Rate, ...]], dict[str, list[tuple[Right, tuple[str, ...]]]]]
    competing = defaultdict(lambda: defaultdict(list))
    for name in sorted(needed):
        for (right, party), offers in sorted(lacking[name].offers.items()):
            field_ = _field(offers[0])
            rivals = [one for one in offers if _field(one) == field_]  # step 2
            known |= {one.id: one for one in rivals}
            competing[party, *field_][name].append((right, tuple(one.id for one in rivals)))
    found = (
        _Field(known, runs, group).cheapest()
        for lots in competing.values()
        for group in _apart(_grouped(lots, lacking))
    )
    return tuple(sorted(chain.from_iterable(found), key=lambda one: one.offer.id))


def licensable(item: Collection[str], lacking: Mapping[str, Lacking]) -> bool:
    """Whether all that the recordings in an item lack is offered (step 1)."""
    return not any(lacking[name].why for name in item if name in lacking)


def sums(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """Return the sum in each currency, by currency."""
    found: dict[str, Money] = {}
    for one in amounts:
        found[one.currency] = found[one.currency] + one if one.currency in found else one
    return tuple(found[currency] for currency in sorted(found))


def revenue_of(rates: Iterable[Rate]) -> tuple[Rate, ...]:
    """Return those of some rates that are shares of revenue, in the same order however they were written."""
    shares = (rate for rate in rates if rate.basis is Basis.REVENUE)
    return tuple(sorted(shares, key=lambda rate: (rate.amount, rate.minimum)))


def shared_out(whole: Money | None, counts: Sequence[int]) -> list[Money | None]:
    """Return the parts of an amount, as even as its currency allows for so many recordings each; they sum to it."""
    if whole is None:
        return [None] * len(counts)
    ends = (Fraction(count, sum(counts)) for count in accumulate(counts))
    reached = [min(Money.up(Fraction(whole.amount) * end, whole.currency), whole) for end in ends]
    before = [Money(whole.currency, Decimal(0)), *reached[:-1]]
    return [last - first for first, last in zip(before, reached, strict=True)]


@dataclass(frozen=True, slots=True)
class _Field:
    """Offers of one holder that compete, and what they compete for."""

    known: Mapping[str, Said]
    runs: int
    groups: Sequence[_Group]

    def cheapest(self) -> list[PricedOffer]:
        """Return the cheapest choice of the offers, each with what it goes for (step 3)."""
        ids = sorted({name for group in self.groups for _, names in group.candidates for name in names})
        if len(ids) > MOST_TRIED:
            return self._taken(frozenset(ids))
        choices = (frozenset(some) for size in range(1, len(ids) + 1) for some in combinations(ids, size))
        best = min(filter(self._covers, choices), key=self._cost)
        return self._taken(best)

    def _covers(self, chosen: frozenset[str]) -> bool:
        return all(chosen.intersection(names) for group in self.groups for _, names in group.candidates)

    def _cost(self, chosen: frozenset[str]) -> tuple[Fraction, int, list[tuple[int, str]]]:
        money = (price(self.known[name].statement.rates, extent) for name, extent in self._extents(chosen).items())
        narrow_first = sorted((-_narrowness(self.known[name]), name) for name in chosen)
        return sum((Fraction(one.amount) for one in money if one), Fraction(0)), len(chosen), narrow_first

    def _extents(self, chosen: frozenset[str]) -> dict[str, Extent]:
        """Return how much each of the chosen goes for."""
        counts: dict[str, list[_Group]] = defaultdict(list)
        for group in self.groups:
            for name in {_first(names, chosen) for _, names in group.candidates}:
                counts[name].append(group)
        return {name: self._extent(groups) for name, groups in counts.items()}

    def _extent(self, groups: Sequence[_Group]) -> Extent:
        seconds = sum((group.seconds for group in groups), Fraction(0))
        return Extent(sum(len(group.recordings) for group in groups), seconds, self.runs)

    def _taken(self, chosen: frozenset[str]) -> list[PricedOffer]:
        recordings: dict[str, dict[str, frozenset[Right]]] = defaultdict(dict)
        for group in self.groups:
            rights: dict[str, set[Right]] = defaultdict(set)
            for right, names in group.candidates:
                rights[_first(names, chosen)].add(right)
            for name, those in rights.items():
                recordings[name] |= dict.fromkeys(group.recordings, frozenset(those))
        return [
            PricedOffer(
                self.known[name],
                dict(sorted(recordings[name].items())),
                extent,
                price(self.known[name].statement.rates, extent),
            )
            for name, extent in self._extents(chosen).items()
        ]


def _grouped(lots: Mapping[str, list[tuple[Right, tuple[str, ...]]]], lacking: Mapping[str, Lacking]) -> list[_Group]:
    groups: dict[tuple[tuple[Right, tuple[str, ...]], ...], _Group] = {}
    for name, candidates in lots.items():
        group = groups.setdefault(tuple(candidates), _Group(tuple(candidates)))
        group.recordings.append(name)
        group.seconds += lacking[name].seconds or 0
    return list(groups.values())


def _apart(groups: Iterable[_Group]) -> Iterator[list[_Group]]:
    """Yield groups for which some offer competes in common, together: what is chosen for others is another matter."""
    clusters: dict[str, list[_Group]] = {}  # by the offers that compete in them
    for group in groups:
        together = [group]
        for name in {name for _, names in group.candidates for name in names}:
            other = clusters.setdefault(name, together)
            if other is not together:
                other += together
                for member in together:
                    clusters |= dict.fromkeys((one for _, names in member.candidates for one in names), other)
                together = other
    return iter({id(members): members for members in clusters.values()}.values())


def _field(offer: Said) -> tuple[str, tuple[Rate, ...]]:
    """Return what an offer must have in common with another to compete with it by price (step 2)."""
    return min(currencies(offer.statement.rates), default=""), revenue_of(offer.statement.rates)


def _first(names: Sequence[str], chosen: frozenset[str]) -> str:
    return next(name for name in names if name in chosen)


def _narrowness(offer: Said) -> int:
    return max(subject.reach.narrowness for subject in offer.statement.subjects)
