"""The registry on disk, on either database: who holds what, as of a moment, and what was said about what."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from licet.catalog import Right
from licet.db import open_database
from licet.errors import UsageError
from licet.registry.parties import Party
from licet.registry.rates import Basis, Rate
from licet.registry.statements import Kind
from licet.registry.store import RegistryStore
from licet.registry.terms import Control, Holding, by_subject
from speaking import ALL, ANN, BOB, NAMES, NOON, RECORDING, THIS, held, said

if TYPE_CHECKING:
    from collections.abc import Iterator

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def store(database: str) -> Iterator[RegistryStore]:
    """An empty registry."""
    engine = open_database(database)
    yield RegistryStore(engine)
    engine.dispose()


def test_a_registry_in_which_nobody_spoke(store: RegistryStore) -> None:
    """Answers every question, and makes no table for it."""
    assert not store.any()
    assert store.answers(["0" * 64]) == ()
    assert store.parties([ANN], as_of=NOON) == {}
    assert store.holdings([RECORDING], as_of=NOON) == {}
    assert (store.holds(ANN), store.held_by(ANN)) == (False, set())
    assert store.about({RECORDING: NAMES}, {ANN}) == ()
    assert store.statement("0" * 64) is None
    assert (store.count(), list(store.since(0, NOON, as_of=LATER))) == (0, [])
    assert not store.any()


def test_who_a_party_is_as_of_a_moment(store: RegistryStore) -> None:
    """What was said of it last counts, and nothing that was said later."""
    store.add_party(Party(ANN, "Ann"), NOON)
    store.add_party(Party(ANN, "Ann M.", control=Control.VOUCHED), LATER)
    assert store.parties([ANN, BOB], as_of=NOON) == {ANN: Party(ANN, "Ann")}
    assert store.parties([ANN], as_of=LATER)[ANN].control is Control.VOUCHED


def test_what_is_registered_gives_way_to_what_its_registrant_says_later(store: RegistryStore) -> None:
    """For each right; what another registers stands beside it, and a holder whom nobody knows holds nothing."""
    for party in (ANN, BOB):
        store.add_party(Party(party, party.title(), control=Control.VOUCHED), NOON)
    half, whole = held(ANN, Fraction(1, 2)), held(ANN, right=Right.WORK)
    store.hold(ANN, [(RECORDING, one) for one in (*half, *held("zoe"))], NOON)
    store.hold(ANN, [(RECORDING, one) for one in whole], LATER)
    store.hold(BOB, [(RECORDING, one) for one in held(BOB, None)], LATER)
    assert store.holdings([RECORDING], as_of=NOON) == {RECORDING: tuple(half)}
    found = {(one.party, one.right, one.share) for one in store.holdings([RECORDING], as_of=LATER)[RECORDING]}
    assert found == {
        (ANN, Right.RECORDING, Fraction(1, 2)),
        (ANN, Right.WORK, Fraction(1)),
        (BOB, Right.RECORDING, None),
        (BOB, Right.WORK, None),
    }
    assert store.holds(BOB)
    assert store.held_by(BOB) == {RECORDING}
    with pytest.raises(UsageError, match="cannot hold 0"):
        store.hold(ANN, [(RECORDING, held(ANN, 0)[0])], NOON)


def test_of_two_registrations_of_one_moment_the_later_counts(store: RegistryStore) -> None:
    """They never stand side by side, and say as what it is held, which weighs nothing."""
    store.add_party(Party(ANN, "Ann", control=Control.VOUCHED), NOON)
    for share, role in ((Fraction(1, 2), "composer"), (Fraction(1, 3), "publisher")):
        one = Holding(ANN, "Ann", Right.WORK, share, Control.VOUCHED, role)
        store.hold(ANN, [(RECORDING, one)], NOON)
    (found,) = store.holdings([RECORDING], as_of=NOON)[RECORDING]
    assert (found.share, found.role) == (Fraction(1, 3), "publisher")
    assert found == held(ANN, Fraction(1, 3), Right.WORK)[0], "whoever registers it under another role holds no more"


def test_what_was_said_is_found_with_what_was_said_about_it(store: RegistryStore) -> None:
    """A dispute of it, the settlement of that; and nothing of other parties, or of other recordings."""
    grant, wide = said(), said(Kind.RESERVATION, hour=1, subjects=(*ALL, *THIS))
    dispute = said(Kind.DISPUTE, BOB, 2, of=grant.id)
    settled = said(Kind.SETTLEMENT, "desk", 3, of=dispute.id, upheld=True)
    other = said(party=BOB, hour=4)
    everything = [grant, wide, dispute, settled, other]
    store.say([(one.statement, False) for one in everything])
    store.say([(grant.statement, True)])
    assert store.about({RECORDING: NAMES}, {ANN}) == (grant, wide, dispute, settled)
    assert store.about({RECORDING: NAMES}, set()) == ()
    assert store.count() == len(everything)
    assert store.subject_of(settled) == grant
    find = by_subject(everything)
    assert {one.id for one in find([*ALL, *THIS])} == {one.id for one in everything}
    assert find([]) == []


def test_what_led_to_a_grant_is_found_with_it(store: RegistryStore) -> None:
    """The acceptance and the offer, by their ids, and what was said of those; not the offer's other acceptances."""
    rates = (Rate(Basis.RECORDING, "2 EUR"),)
    offer, idle = (said(Kind.OFFER, subjects=ALL, rates=rates, words=words) for words in ("taken", "idle"))
    acceptances = [said(Kind.ACCEPTANCE, party, 1, of=offer.id) for party in (BOB, "other")]
    grant = said(hour=2, grantees=(BOB,), under=acceptances[0].id)
    dispute = said(Kind.DISPUTE, "zoe", 3, of=acceptances[0].id)
    everything = (offer, idle, *acceptances, grant, dispute)
    store.say([(one.statement, False) for one in everything])
    about = {RECORDING: THIS}
    assert set(store.about(about, {ANN})) == {offer, acceptances[0], grant, dispute}
    assert set(store.about({RECORDING: NAMES}, {ANN})) == {offer, idle, acceptances[0], grant, dispute}
    assert set(store.about({RECORDING: NAMES}, {ANN}, offers=False)) == {offer, acceptances[0], grant, dispute}


def test_all_of_several_statements_or_none(store: RegistryStore) -> None:
    """One that is about nothing undoes the others."""
    with pytest.raises(UsageError, match="no statement"):
        store.say([(said().statement, False), (said(Kind.DISPUTE, BOB, of="0" * 64).statement, False)])
    assert store.count() == 0


def test_what_was_said_since(store: RegistryStore) -> None:
    """After so many, or for a later day than was heard; and by the moment that is asked about."""
    first, second = said(hour=0), said(hour=5)
    store.say([(first.statement, False), (second.statement, False)])

    def since(count: int, heard: int, by: int) -> list[str]:
        moments = [first.statement.moment + timedelta(hours=hours) for hours in (heard, by)]
        return [one.id for one in store.since(count, moments[0], as_of=moments[1])]

    assert since(0, 9, 9) == [first.id, second.id]
    assert since(1, 9, 9) == [second.id]
    assert since(2, 9, 9) == []
    assert since(2, 1, 9) == [second.id]
    assert since(0, 9, 1) == [first.id]


def test_where_a_statement_stands_in_the_log(store: RegistryStore) -> None:
    """Is noted after; until then it is among those that are not logged."""
    first, second = said(hour=0), said(hour=5)
    store.say([(first.statement, False), (second.statement, False)])
    assert (store.unlogged(), store.last_place()) == ([first.id, second.id], -1)
    store.note_places({first.id: 7})
    store.note_places({})  # somebody else logged for us
    assert (store.unlogged(), store.last_place()) == ([second.id], 7)
    assert store.places([first.id, second.id]) == {first.id: 7}
