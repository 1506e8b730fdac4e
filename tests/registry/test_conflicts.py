"""Claims that contradict each other: the laws, over random claims of random parties."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.catalog import Right
from licet.db import open_database
from licet.registry.conflicts import Conflict, Kind, Shared, Stake, between, exceeding
from licet.registry.contesting import NAMED, Contests, facts_of
from licet.registry.gaps import Gap, Gaps
from licet.registry.outbox import Address
from licet.registry.parties import Party
from licet.registry.store import RegistryStore
from licet.registry.terms import Holding, missing_share
from speaking import NOON, held

if TYPE_CHECKING:
    from collections.abc import Iterator

A, B = "local:a/one", "local:b/two"
PARTIES = st.sampled_from(["ann", "bob", "zoe"])
SHARES = st.sampled_from([None, Fraction(1, 3), Fraction(1, 2), Fraction(1)])
STAKES = st.builds(
    Stake,
    st.builds(Holding, PARTIES, st.just("A Name"), st.sampled_from(Right), SHARES),
    PARTIES,
    st.integers(0, 5).map(lambda hours: NOON + timedelta(hours=hours)),
)
SOME = st.lists(STAKES, max_size=5)


def stakes(party: str, share: Fraction | int | None = 1, right: Right | None = None, hour: int = 0) -> list[Stake]:
    """Return what a party says that it holds: in both rights, or in one."""
    return [Stake(one, party, NOON + timedelta(hours=hour)) for one in held(party, share, right)]


def shared(first: str = A, second: str = B, *, whole: bool = True) -> Shared:
    """Return two recordings of one sound, or with a stretch in common."""
    return Shared(first, second, 1.0, 1.0 if whole else 0.4, 20.0, "same" if whole else "part", whole, 0.9998)


def told(first: list[Stake], second: list[Stake], *, whole: bool = True) -> list[Conflict]:
    """Return what is to be said of two recordings that share their sound."""
    return list(between(shared(whole=whole), {A: first, B: second}))


@given(SOME, SOME, st.booleans(), st.randoms())
def test_the_order_never_matters(first: list[Stake], second: list[Stake], whole: bool, chance: object) -> None:
    """Neither of the claims, nor of the recordings of a pair."""
    before = told(first, second, whole=whole)
    chance.shuffle(first)  # type: ignore[attr-defined]  # hypothesis draws a Random
    after = list(between(shared(B, A, whole=whole), {B: second, A: first}))
    assert [replace(one, shared=None) for one in before] == [replace(one, shared=None) for one in after]
    assert list(exceeding(A, first)) == list(exceeding(A, first[::-1]))


@given(SOME, SOME, st.booleans())
def test_what_two_recordings_of_one_sound_are_to_each_other(
    first: list[Stake], second: list[Stake], whole: bool
) -> None:
    """A conflict of those rights that both sides claim with other holders; else a duplicate, or nothing."""
    holders = [
        {right: {one.holding.party for one in side if one.holding.right is right} for right in Right}
        for side in (first, second)
    ]
    claimed = [right for right in Right if holders[0][right] and holders[1][right]]
    differing = [right for right in claimed if holders[0][right] != holders[1][right]]
    found = told(first, second, whole=whole)
    if differing:
        (conflict,) = found
        assert (conflict.kind is Kind.SAME_SOUND, conflict.kind is Kind.OVERLAP) == (whole, not whole)
        assert list(conflict.rights) == differing
        assert conflict.contradicts
        assert set(conflict.stakes) == {one for one in (*first, *second) if one.holding.right in differing}
    else:
        assert [one.kind for one in found] == [Kind.DUPLICATE] * bool(claimed and whole)
        assert not any(one.contradicts for one in found)


@given(SOME)
def test_too_much_is_more_than_the_whole_and_nothing_else(some: list[Stake]) -> None:
    """What two have registered alike is one share; what is not stated adds nothing."""
    found = [right for one in exceeding(A, some) for right in one.rights]
    for right in Right:
        each = {one.holding for one in some if one.holding.right is right}
        total = sum((one.share for one in each if one.share is not None), Fraction(0))
        assert (right in found) is (total > 1)
        assert right not in found or missing_share(list(each)) is None, "and nothing is permitted on it"


@given(SOME, SOME)
def test_one_party_never_contradicts_itself(first: list[Stake], second: list[Stake]) -> None:
    """Whoever registered it, and whatever its shares."""
    own = [[replace(one, holding=replace(one.holding, party="ann")) for one in side] for side in (first, second)]
    assert not any(one.contradicts for one in told(*own))
    assert told(own[0], []) == []


@given(SOME)
def test_gaps_are_told_of_every_right_that_does_not_sum_to_one(some: list[Stake]) -> None:
    """And of none that does."""
    gaps = Gaps()
    gaps.add(A, [one.holding for one in some])
    amiss = {gap.right for gap in gaps}
    for right in Right:
        each = list(dict.fromkeys(one.holding for one in some if one.holding.right is right))
        assert (right in amiss) is (missing_share(each) != 0)


def test_what_is_missing_is_counted_and_told_in_words() -> None:
    """The commonest first, with an example."""
    gaps = Gaps()
    gaps.add("a", held("ann", right=Right.RECORDING))
    gaps.add("b", [*held("ann", right=Right.RECORDING), *held("ann", Fraction(1, 2), Right.WORK)])
    gaps.add("c", [*held("ann", None, Right.RECORDING), *held("ann", Fraction(1, 2), Right.WORK)])
    gaps.add("d", [*held("ann"), *held("bob")])
    assert list(gaps) == [
        Gap(Right.RECORDING, "the shares in the recording are not all stated", 1, "c"),
        Gap(Right.RECORDING, "the shares in the recording exceed the whole", 1, "d"),
        Gap(Right.WORK, "1/2 of the composition is nobody's on record", 2, "b"),
        Gap(Right.WORK, "the composition is nobody's on record", 1, "a"),
        Gap(Right.WORK, "the shares in the composition exceed the whole", 1, "d"),
    ]


def test_who_registered_what_and_when() -> None:
    """In words that a label manager reads."""
    half = [*stakes("ann", Fraction(1, 2), Right.WORK), *stakes("zoe", None, Right.WORK)]
    (found,) = told(half, stakes("bob", hour=3))
    assert [side.holders for side in found.sides] == ["Ann 1/2, Zoe a part", "Bob"]
    assert found.sides[1].registered == "bob on 2026-11-22 15:00 UTC"
    assert found.parties == ("ann", "bob", "zoe")
    assert (found.latest.by, found.latest.since) == ("bob", NOON + timedelta(hours=3))
    assert (
        found.words
        == "They are one sound (fingerprint, probability 0.9998), and different parties claim the composition."
    )
    (part,) = told(half, stakes("bob"), whole=False)
    assert part.words.startswith("They share 20 s")
    (twice,) = told(stakes("ann"), stakes("ann"))
    assert "two names for one recording" in twice.words
    (much,) = exceeding(A, [*stakes("ann"), *stakes("bob")])
    assert much.words == "The shares in the recording and the composition exceed the whole."
    facts = facts_of(found)
    assert facts["sides"][0]["stakes"][0] == {
        "holder": "ann",
        "name": "Ann",
        "right": "work",
        "share": "1/2",
        "role": "",
        "by": "ann",
        "since": "2026-11-22T12:00:00+00:00",
    }
    assert facts["shared"]["method"] == "fingerprint"
    assert (facts_of(much)["shared"], facts["sides"][0]["stakes"][1]["share"]) == (None, None)


def test_one_message_for_what_one_registration_led_to() -> None:
    """To each party that watches, at each of its addresses; of a duplicate to nobody."""
    contests = Contests()
    (twice,) = told(stakes("ann"), stakes("ann"))
    contests.add(twice)
    assert contests.parties == frozenset()
    (same,) = told(stakes("ann"), stakes("bob", hour=1))
    (much,) = exceeding(A, [*stakes("ann"), *stakes("bob", hour=1)])
    (later,) = told(stakes("ann"), stakes("zoe", hour=2))
    for one in (same, much, later):
        contests.add(one)
    assert contests.parties == {"ann", "bob", "zoe"}
    hook, mail = Address("https://ann.example/hook"), Address("mailto:ann@example.org")
    messages = list(contests.messages({"ann": (hook, mail)}, NOON))
    assert [(one.to, one.facts["by"], one.facts["count"]) for one in messages] == [
        (hook, "bob", 2),
        (mail, "bob", 2),
        (hook, "zoe", 1),
        (mail, "zoe", 1),
    ]
    assert len({one.key for one in messages}) == 4
    again = contests.messages({"ann": (hook, mail)}, NOON + timedelta(days=1))
    assert [one.key for one in again] == [one.key for one in messages], "told once, whenever it is looked at"
    for words in ("2 conflicts", A, B, "Ann (registered by ann on 2026-11-22 12:00 UTC)", "does not say whose"):
        assert words in messages[0].text


@pytest.mark.parametrize("letter", ["x", "音", "\U0001f3b5", "\n"])
def test_a_message_is_short_whatever_is_claimed(letter: str) -> None:
    """Long names in any script, many holders and many conflicts: it names some, and counts the others."""
    contests = Contests()
    crowd = [
        Stake(Holding(f"{number:064}", letter * 900, right, None), "ann", NOON)
        for number in range(40)
        for right in Right
    ]
    for number in range(NAMED + 5):
        first, second = (f"local:{letter.strip() * 900}/{number}/{side}" for side in "ab")
        contests.add(next(between(shared(first, second), {first: crowd, second: stakes("bob", hour=1)})))
    (message,) = contests.messages({"bob": (Address("mailto:bob@example.org"),)}, NOON)
    assert message.facts["count"] == NAMED + 5
    assert len(message.facts["conflicts"]) == NAMED
    assert "and 5 more" in message.text
    assert len(msgspec.json.encode(message.facts)) < 60_000


@pytest.fixture
def store(database: str) -> Iterator[RegistryStore]:
    """An empty registry."""
    engine = open_database(database)
    yield RegistryStore(engine)
    engine.dispose()


def introduced(store: RegistryStore) -> None:
    """Put two parties on record."""
    for party in ("ann", "bob"):
        store.add_party(Party(party, party.title()), NOON)


def test_a_claim_is_as_old_as_it_has_stood(store: RegistryStore) -> None:
    """What is said again is no new claim; what was given up for a while is."""
    introduced(store)
    half = [(A, one) for one in held("ann", Fraction(1, 2))]
    whole = [(A, one) for one in held("ann")]
    for hour, said in enumerate([half, whole, whole, whole]):
        store.hold("ann", said, NOON + timedelta(hours=hour))
    store.hold("bob", whole, NOON + timedelta(hours=5))
    found = store.stakes([A, B], as_of=NOON + timedelta(days=1))
    assert {(one.by, one.since, one.holding.share) for one in found[A]} == {
        ("ann", NOON + timedelta(hours=1), Fraction(1)),
        ("bob", NOON + timedelta(hours=5), Fraction(1)),
    }
    assert set(found) == {A}
    assert len(store.holdings([A], as_of=NOON + timedelta(days=1))[A]) == 2, "two have said the same"
    store.hold("ann", half, NOON + timedelta(hours=6))
    store.hold("ann", whole, NOON + timedelta(hours=7))
    now = store.stakes([A], as_of=NOON + timedelta(days=1))[A]
    assert {one.since for one in now if one.by == "ann"} == {NOON + timedelta(hours=7)}


def test_all_that_is_registered_is_read_a_page_at_a_time(store: RegistryStore) -> None:
    """By name, each once, whoever holds something in it."""
    introduced(store)
    names = [f"local:many/{number:04}" for number in range(1_000)]
    assert list(store.registered()) == []
    for party in ("ann", "bob"):
        store.hold(party, [(name, one) for name in names for one in held(party, right=Right.WORK)], NOON)
    assert list(store.registered()) == names


def test_a_registry_that_was_never_used_has_nothing_registered(store: RegistryStore) -> None:
    """And makes no tables to say so."""
    assert list(store.registered()) == []
    assert store.stakes([A], as_of=NOON) == {}
    assert not store.any()
