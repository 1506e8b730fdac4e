"""The lines of a quote: each offer with the grants that it would lead to, the sums, and what to ask of the silent."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec

from licet.money import Money
from licet.registry.quotes import Portion, QuotedLine, Request, Total
from licet.registry.quoting import revenue_of, shared_out, sums

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from fractions import Fraction

    from licet.catalog import Right
    from licet.registry.offering import Lacking
    from licet.registry.quoting import PricedOffer
    from licet.registry.rates import Rate
    from licet.registry.statements import Statement

GRANTED_AT_ONCE = 500  # recordings in one grant: all of it is read again for each of them, so that it should be short


def portions_of(one: PricedOffer) -> Iterator[Portion]:
    """Yield what each grant would be of: the same rights, and not too many recordings."""
    alike: dict[frozenset[Right], list[str]] = defaultdict(list)
    for name, rights in one.recordings.items():
        alike[rights].append(name)
    parts = [
        (rights, names[start : start + GRANTED_AT_ONCE])
        for rights, names in sorted(alike.items(), key=lambda pair: sorted(pair[0]))
        for start in range(0, len(names), GRANTED_AT_ONCE)
    ]
    prices = shared_out(one.price, [len(names) for _, names in parts])
    for (rights, names), money in zip(parts, prices, strict=True):
        yield Portion(rights=tuple(sorted(rights)), recordings=tuple(names), price=_text(money))


def line_of(one: PricedOffer, portions: tuple[Portion, ...]) -> QuotedLine:
    """Return the line of one offer, with the grants that it would lead to."""
    says = one.offer.statement
    return QuotedLine(
        offer=one.offer.id,
        party=says.party,
        side=side_of(says),
        recordings=one.extent.recordings,
        seconds=_decimal(one.extent.seconds),
        rates=says.rates,
        price=_text(one.price),
        revenue=_in_words(says.rates),
        portions=portions,
    )


def side_of(offer: Statement) -> str:
    """Return what an offer is of: `recording` (the master), `work` (the composition), or `both`."""
    return "both" if len(set(offer.rights)) > 1 else str(offer.rights[0])


def as_agreed(line: QuotedLine, offer: Statement, granted: Sequence[Statement]) -> QuotedLine:
    """Return a line as the record has it: what its offer says, and what was granted at which price."""
    prices = sums(Money.parse(one.price) for one in granted if one.price)
    return msgspec.structs.replace(
        line,
        party=offer.party,
        side=side_of(offer),
        recordings=len({subject for one in granted for subject in one.subjects}),
        rates=offer.rates,
        price=", ".join(map(str, prices)),
        revenue=_in_words(offer.rates),
    )


def totals_of(amounts: Sequence[tuple[str, Money]]) -> Iterator[Total]:
    """Yield the sums of what offers come to, each with its side: of each side, and of all."""
    for side in (*sorted({side for side, _ in amounts}), "all"):
        those = (amount for other, amount in amounts if side in {other, "all"})
        yield from (Total(side, str(amount)) for amount in sums(those))


def requests_of(lacked: Iterable[Lacking]) -> Iterator[Request]:
    """Yield what to ask of each holder that offers nothing which applies."""
    rights: dict[tuple[str, str], dict[str, set[Right]]] = defaultdict(lambda: defaultdict(set))
    for one in lacked:
        for holder in one.silent:
            rights[holder.party, holder.name][one.recording].add(holder.right)
    for (party, name), recordings in sorted(rights.items()):
        alike: dict[tuple[Right, ...], list[str]] = defaultdict(list)
        for recording, those in sorted(recordings.items()):
            alike[tuple(sorted(those))].append(recording)
        portions = (Portion(rights=those, recordings=tuple(names), price="") for those, names in sorted(alike.items()))
        yield Request(party=party, name=name, portions=tuple(portions))


def _in_words(rates: Iterable[Rate]) -> tuple[str, ...]:
    return tuple(map(str, revenue_of(rates)))


def _text(money: Money | None) -> str:
    return "" if money is None else str(money)


def _decimal(seconds: Fraction) -> str:
    """Write seconds, of which a manifest has thousandths."""
    return f"{round(seconds * 1000) // 1000}.{round(seconds * 1000) % 1000:03}"
