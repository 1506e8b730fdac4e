"""Which offers apply, which are chosen, and what they come to; and the laws of it, over random offers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.catalog import Right
from licet.money import Money
from licet.registry.offering import Demand, Lacking, lacking
from licet.registry.quoting import MOST_TRIED, PricedOffer, licensable, priced, shared_out, sums
from licet.registry.rates import Basis, Rate
from licet.registry.statements import Kind, Reach, Subject
from licet.registry.terms import Asker, Control, Holding, Said
from licet.terms import Act, Purpose
from speaking import ALL, ANN, BOB, NAMES, NOON, RECORDING, THIS, held, said

LAB = Asker("lab", "tidal")
DEMAND = Demand(
    act=Act.TRAIN_GENERATIVE,
    purpose=Purpose.COMMERCIAL,
    territories=frozenset({"EU", "US"}),
    day=NOON.date(),
    at=NOON,
    until=NOON,
    asker=LAB,
    accepts=frozenset({"attribution"}),
    control=Control.ACCOUNT,
)
MASTER = (Right.RECORDING,)


def offer(*rates: Rate, party: str = ANN, hour: int = 0, **facts: object) -> Said:
    """Make an offer."""
    costs = rates or (Rate(Basis.RECORDING, "2 EUR"),)
    return said(Kind.OFFER, party, hour, rates=costs, **{"subjects": ALL, **facts})


def lacked(holdings: list[Holding], *words: Said, rights: tuple[Right, ...] = MASTER, **other: Any) -> Lacking:
    """Return what the recording lacks, and who offers it."""
    seconds = other.pop("seconds", Fraction(60))
    return lacking(RECORDING, rights, seconds, NAMES, holdings, words, replace(DEMAND, **other))


def total(offers: tuple[PricedOffer, ...]) -> Money | None:
    """Return what offers in one currency come to."""
    return next(iter(sums(one.price for one in offers if one.price)), None)


@pytest.mark.parametrize(
    ("facts", "applies"),
    [
        ({}, True),
        ({"acts": (Act.INDEX,)}, False),
        ({"purposes": (Purpose.RESEARCH,)}, False),
        ({"territories": ("EU",)}, False),
        ({"territories": ("EU", "US", "JP")}, True),
        ({"territories": ("WORLD",)}, True),
        ({"rights": (Right.WORK,)}, False),
        ({"begins": "2026-11-23"}, False),
        ({"ends": "2026-11-21"}, False),
        ({"ends": "2026-11-22"}, True),
        ({"grantees": ("other",)}, False),
        ({"grantees": ("lab", "other")}, True),
        ({"models": ("other",)}, False),
        ({"models": ("tidal",)}, True),
        ({"subjects": (Subject(Reach.RECORDING, "jamendo:9"),)}, False),
        ({"subjects": (Subject(Reach.ARTIST, "Ann"),)}, True),
        ({"party": BOB}, False),
        ({"hour": 24 * 40}, False),
    ],
    ids=str,
)
def test_which_offers_apply(facts: dict[str, Any], applies: bool) -> None:
    """Those that cover the act, the purpose, all the places, the right, the recording, the day and whoever asks."""
    found = lacked(held(ANN), offer(**facts))
    assert (not found.why) is applies
    assert found.why in ((), ("Ann makes no offer for this use",))
    assert [one.party for one in found.silent] == ([] if applies else [ANN])


@pytest.mark.parametrize(
    ("later", "applies"),
    [
        ([(Kind.REVOCATION, ANN, 0, {})], False),
        ([(Kind.REVOCATION, BOB, 0, {})], True),
        ([(Kind.DISPUTE, BOB, 0, {})], False),
        ([(Kind.DISPUTE, BOB, 0, {}), (Kind.SETTLEMENT, BOB, 1, {})], True),
        ([(Kind.DISPUTE, BOB, 0, {}), (Kind.SETTLEMENT, BOB, 1, {"upheld": True})], False),
        ([(Kind.DISPUTE, BOB, 0, {}), (Kind.SETTLEMENT, BOB, 1, {}), (Kind.DISPUTE, "zoe", 0, {})], False),
        ([(Kind.ACCEPTANCE, "lab", 0, {})], True),
    ],
    ids=["revoked", "by another", "disputed", "dismissed", "upheld", "disputed again", "accepted"],
)
def test_an_offer_that_something_stands_against(later: list[tuple[Kind, str, int, Any]], applies: bool) -> None:
    """Applies no longer; that it was accepted takes nothing from it."""
    words = [offer()]
    for hour, (kind, party, of, more) in enumerate(later, 1):
        words.append(said(kind, party, hour, of=words[of].id, **more))
    assert (not lacked(held(ANN), *words).why) is applies
    before = lacked(held(ANN), *words, at=words[0].statement.moment)
    assert not before.why, "and as of before it applied"


def test_whose_offers_are_needed() -> None:
    """Everybody's who holds a part and has not granted it to whoever asks."""
    both = [*held(ANN, Fraction(1, 2)), *held(BOB, Fraction(1, 2))]
    assert lacked(both, offer()).why == ("Bob makes no offer for this use",)
    mine, theirs = (said(Kind.GRANT, BOB, grantees=(name,)) for name in ("lab", "other"))
    found = lacked(both, offer(), mine)
    assert (found.why, list(found.offers)) == ((), [(Right.RECORDING, ANN)])
    assert lacked(both, offer(), theirs).why
    assert lacked(both, offer(), said(Kind.GRANT, BOB, acts=(Act.INDEX,))).why
    assert lacked(both, offer(), offer(party=BOB)).why == ()
    unproved = [*held(ANN, Fraction(1, 2)), *held(BOB, Fraction(1, 2), control=Control.SELF_DECLARED)]
    assert lacked(unproved, offer(), mine).why, "what is not proved is no grant"


def test_why_it_cannot_be_licensed() -> None:
    """The party is named, or what is nobody's."""
    half = held(ANN, Fraction(1, 2))
    assert lacked([], rights=tuple(Right)).why == (
        "nobody is on record to hold the recording",
        "nobody is on record to hold the composition",
    )
    assert lacked(half, offer(), rights=(Right.WORK,)).why == ("1/2 of the composition is nobody's on record",)
    stated = ("the shares in the recording are not all stated, or exceed the whole",)
    assert lacked(held(ANN, None), offer()).why == stated
    assert lacked([*held(ANN), *held(BOB)], offer(), offer(party=BOB)).why == stated
    unproved = held(ANN, control=Control.SELF_DECLARED)
    assert lacked(unproved, offer()).why == ("the control of Ann is self-declared only",)
    asking = offer(asks=("attribution", "payment", "reporting"))
    assert lacked(held(ANN), asking).why == ("the offer of Ann asks for reporting, and that was not accepted",)
    two = offer(Rate(Basis.RUN, "1 EUR"), Rate(Basis.MODEL, "1 USD"))
    assert lacked(held(ANN), two).why == ("the offer of Ann is in several currencies",)
    long = lacked(held(ANN), offer(Rate(Basis.MINUTE, "1 EUR")), seconds=None)
    assert long.why == ("the offer of Ann is by the minute, and nobody knows how long it is",)
    model = offer(Rate(Basis.MODEL, "1 EUR"), Rate(Basis.RUN, "1 EUR"))
    assert lacked(held(ANN), model).why == ()
    unnamed = ("the offer of Ann is by the model, and it is not said for which: --model",)
    assert lacked(held(ANN), model, asker=Asker("lab")).why == unnamed
    assert lacked(held(ANN), two, asking, offer()).why == ()
    assert lacked(held(ANN), offer(hour=2), until=NOON - timedelta(days=30)).why, "it was made after"


def test_the_narrow_goes_before_the_wide() -> None:
    """Then the first by id."""
    wide, narrow, other = offer(), offer(subjects=THIS), offer(subjects=THIS, words="another")
    (found,) = lacked(held(ANN), wide, narrow, other).offers.values()
    assert found == (*sorted((narrow, other), key=lambda one: one.id), wide)


def needs(
    *offers: Said, names: str = "abc", seconds: int = 60, rights: tuple[Right, ...] = MASTER
) -> dict[str, Lacking]:
    """Return recordings that lack rights which the offers' parties hold."""
    parties = sorted({one.statement.party for one in offers})
    by = {
        (right, party): tuple(one for one in offers if one.statement.party == party)
        for right in rights
        for party in parties
    }
    return {name: Lacking(name, Fraction(seconds), by) for name in names}


def test_copies_cost_once_and_fees_are_paid_once() -> None:
    """However many items hold a recording, and however many recordings an offer goes for."""
    one = offer(Rate(Basis.RECORDING, "2 EUR"), Rate(Basis.RUN, "5 EUR"), Rate(Basis.MODEL, "10 EUR"))
    found = priced([("a",), ("a", "b"), ("a",)], needs(one, rights=tuple(Right)), runs=2)
    assert [(line.extent.recordings, str(line.price)) for line in found] == [(2, "24.00 EUR")]
    assert found[0].recordings == {"a": frozenset(Right), "b": frozenset(Right)}
    assert priced([("a",), ("a", "b"), ("a",)], needs(one), runs=2)[0].price == found[0].price


def test_nothing_is_priced_that_is_not_licensed_wholly() -> None:
    """One recording in an item that nobody offers leaves out the whole item."""
    wanted = needs(offer()) | {"x": Lacking("x", None, {}, ("nobody",))}
    assert priced([("a", "x"), ("x",)], wanted) == ()
    assert not licensable(("a", "x"), wanted)
    assert [one.recordings for one in priced([("a", "x"), ("a", "free")], wanted)] == [{"a": frozenset(MASTER)}]


def test_the_cheapest_choice_is_taken() -> None:
    """For this quote: a fee that pays for itself, a wide offer for all, or the narrow one for each."""
    dear, flat = offer(Rate(Basis.RECORDING, "2 EUR")), offer(Rate(Basis.MODEL, "5 EUR"))
    wanted = needs(dear, flat)
    assert [one.offer for one in priced([("a",)], wanted)] == [dear]
    assert [one.offer for one in priced(["a", "b", "c"], wanted)] == [flat]
    apart = needs(dear, names="ab") | needs(dear, flat, names="c")
    assert str(total(priced(["a", "b", "c"], apart))) == "6.00 EUR"
    same = offer(Rate(Basis.MODEL, "5 EUR"), words="the same")
    assert [one.offer.id for one in priced(["a", "b", "c"], needs(flat, same))] == [min(flat.id, same.id)]


def test_without_what_is_too_dear() -> None:
    """Another offer of the same party is left, or it says whose it was; of another party nothing changes."""
    dear, wide, other = offer(subjects=THIS), offer(), offer(party=BOB)
    wanted = needs(dear, wide, other, names="a", rights=tuple(Right))["a"]
    left = wanted.without({dear.id})
    assert left.why == ()
    assert {one for those in left.offers.values() for one in those} == {wide, other}
    too_much = "the offer of ann comes to more than can be written as an amount"
    assert wanted.without({dear.id, wide.id}).why == (too_much,), "once, of both rights"


def test_of_several_currencies_none_is_cheaper() -> None:
    """The narrowest decides, which stands first; shares of revenue keep apart likewise, and are no amount."""
    euro, dollar = offer(Rate(Basis.RECORDING, "9 EUR"), subjects=THIS), offer(Rate(Basis.RECORDING, "1 USD"))
    assert [one.offer for one in priced(["a"], needs(euro, dollar))] == [euro]
    share = offer(Rate(Basis.REVENUE, "2.5"), subjects=THIS)
    (found,) = priced(["a"], needs(share, euro))
    assert (found.price, found.revenue) == (None, (Rate(Basis.REVENUE, "2.5"),))
    both = priced(["a", "b"], needs(euro, names="a") | needs(dollar, names="b"))
    assert [str(one) for one in sums(line.price for line in both if line.price)] == ["9.00 EUR", "1.00 USD"]


def test_beyond_what_is_tried_the_narrow_goes() -> None:
    """Without a look at the price."""
    many = [offer(Rate(Basis.RECORDING, f"{9 - place} EUR"), words=str(place)) for place in range(MOST_TRIED + 1)]
    assert [one.offer for one in priced(["a"], needs(*many))] == [many[0]]
    assert [one.offer for one in priced(["a"], needs(*many[1:]))] == [many[-1]]


@given(st.integers(0, 10**6), st.lists(st.integers(1, 500), min_size=1, max_size=9))
def test_a_price_that_is_shared_out_sums_to_itself(cents: int, counts: list[int]) -> None:
    """As even as cents allow."""
    whole = Money.up(Fraction(cents, 100), "EUR")
    parts = [one for one in shared_out(whole, counts) if one]
    assert sums(parts) == (whole,)
    assert all(one.amount >= 0 for one in parts)
    for part, count in zip(parts, counts, strict=True):
        assert abs(Fraction(part.amount) - Fraction(cents * count, 100 * sum(counts))) <= Fraction(1, 100)
    assert shared_out(None, counts) == [None] * len(counts)
    finer = Money("EUR", whole.amount + Decimal("0.001"))
    assert sums(one for one in shared_out(finer, counts) if one) == (finer,)
    large = Money("EUR", whole.amount + 10**60)
    with localcontext(prec=6):
        assert sums(one for one in shared_out(large, counts) if one) == (large,)


# The laws, over a few recordings, two holders, and offers in one currency that compete.

RATES = st.builds(
    Rate,
    st.sampled_from([Basis.RECORDING, Basis.MINUTE, Basis.RUN, Basis.MODEL]),
    st.integers(0, 900).map(lambda cents: f"{cents / 100:.3f} EUR"),
    st.sampled_from(["", "5 EUR", "0.01 EUR"]),
)
REACHES = st.lists(st.sampled_from([*"abcd", "*"]), min_size=1, max_size=3, unique=True)


@st.composite
def markets(draw: st.DrawFn) -> list[tuple[Said, frozenset[str]]]:
    """Draw offers, each with the recordings that it is about; the first two are of everything, one of each holder."""
    found = []
    for place in range(draw(st.integers(2, 5))):
        party = (ANN, BOB)[place] if place < 2 else draw(st.sampled_from([ANN, BOB]))
        reach = ["*"] if place < 2 else draw(REACHES)
        subjects = tuple(Subject(Reach.RECORDING, one) if one != "*" else ALL[0] for one in reach)
        rights = tuple(Right) if place < 2 else draw(st.sampled_from([MASTER, (Right.WORK,), tuple(Right)]))
        rates = draw(st.lists(RATES, min_size=1, max_size=3))
        one = offer(*rates, party=party, subjects=subjects, rights=rights, words=str(place))
        found.append((one, frozenset("abcd" if "*" in reach else reach)))
    return found


def lack_of(market: list[tuple[Said, frozenset[str]]]) -> dict[str, Lacking]:
    """Return what each recording lacks: both rights, half of each held by either."""
    both = [*held(ANN, Fraction(1, 2)), *held(BOB, Fraction(1, 2))]
    words = [one for one, _ in market]
    return {
        name: lacking(name, Right, Fraction(7 + place * 13), _names(name), both, words, DEMAND)
        for place, name in enumerate("abcd")
    }


def _names(name: str) -> frozenset[Subject]:
    return frozenset({ALL[0], Subject(Reach.RECORDING, name)})


ITEMS = st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=3, unique=True).map(tuple), max_size=5)


def cost(items: list[tuple[str, ...]], market: list[tuple[Said, frozenset[str]]]) -> Fraction:
    """Return what items cost."""
    found = total(priced(items, lack_of(market), runs=2))
    return Fraction(found.amount) if found else Fraction(0)


@pytest.mark.untraced
@given(markets(), ITEMS, st.randoms(use_true_random=False))
def test_the_order_never_matters(market: list[tuple[Said, frozenset[str]]], items: Any, random: Any) -> None:
    """Of items, or of offers."""
    once = priced(items, lack_of(market), runs=2)
    for those in (market, items):
        random.shuffle(those)
    assert priced(items, lack_of(market), runs=2) == once


@pytest.mark.untraced
@given(markets(), ITEMS, ITEMS)
def test_one_more_item_never_lowers_the_sum(market: Any, items: Any, more: Any) -> None:
    """And a copy of what is there costs nothing more."""
    assert cost(items, market) <= cost([*items, *more], market)
    assert cost([*items, *items], market) == cost(items, market)


@pytest.mark.untraced
@given(markets(), ITEMS)
def test_one_more_offer_never_raises_the_sum(market: Any, items: Any) -> None:
    """Of what could be licensed without it."""
    for place in range(2, len(market)):
        assert cost(items, market) <= cost(items, market[:place] + market[place + 1 :])


@pytest.mark.untraced
@given(markets(), ITEMS)
def test_every_part_is_taken_once_and_the_sum_is_that_of_the_lines(market: Any, items: Any) -> None:
    """Of every holder, for every right, in every recording; from an offer that is about it and of that right."""
    found = priced(items, lack_of(market), runs=2)
    taken = [
        (name, right, one.offer.statement.party)
        for one in found
        for name, rights in one.recordings.items()
        for right in rights
    ]
    wanted = {(name, right, party) for item in items for name in item for right in Right for party in (ANN, BOB)}
    assert sorted(taken) == sorted(wanted)
    for one in found:
        assert one.extent.recordings == len(one.recordings)
        assert all(rights <= set(one.offer.statement.rights) for rights in one.recordings.values())
        assert all(one.offer.reach_to(_names(name)) for name in one.recordings)
    assert cost(items, market) == sum((Fraction(one.price.amount) for one in found if one.price), Fraction(0))
