"""What parties say comes to what the law of the house makes of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.catalog import Right
from licet.policy import Act, Outcome
from licet.registry.rates import Basis, Rate
from licet.registry.statements import Kind, Reach, Statement, Subject
from licet.registry.terms import ANYBODY, Asker, Control, Holding, Said, by_subject, missing_share, registered_terms
from licet.terms import Evidence, Standing, Term, Voice, resolve
from speaking import ALL, ANN, BOB, NAMES, NOON, RECORDING, THIS, held, outcome, said, terms

if TYPE_CHECKING:
    from collections.abc import Sequence

PERMITTED, REFUSED, UNKNOWN = Outcome.PERMITTED, Outcome.REFUSED, Outcome.UNKNOWN
HALF = Fraction(1, 2)
DAY = timedelta(days=1)


def public(licence: str) -> tuple[Term, ...]:
    """Return what a public list states of the recording."""
    evidence = Evidence("1" * 64, "list", "list", datetime(2020, 1, 1, tzinfo=UTC))
    return (Term(licence, resolve(licence), evidence, Voice.CATALOGUE, RECORDING),)


def test_one_holder_says_yes_no_and_no_longer() -> None:
    """And nothing, which is no permission."""
    assert outcome(held(ANN)) is UNKNOWN
    grant = said()
    assert outcome(held(ANN), grant) is PERMITTED
    assert outcome(held(ANN), said(Kind.RESERVATION)) is REFUSED
    revoked = said(Kind.REVOCATION, hour=24, of=grant.id)
    assert outcome(held(ANN), grant, revoked) is UNKNOWN


def test_a_revocation_binds_every_decision_after_it_and_none_before() -> None:
    """To the second."""
    grant, revoked = said(), said(Kind.REVOCATION, hour=24, of=said().id)
    for seconds, expected in ((-1, PERMITTED), (0, UNKNOWN), (1, UNKNOWN)):
        moment = revoked.statement.moment + timedelta(seconds=seconds)
        assert outcome(held(ANN), grant, revoked, as_of=moment) is expected


def test_nobody_revokes_what_another_said() -> None:
    """Not even another holder."""
    grants = said(), said(party=BOB)
    both = [*held(ANN, HALF), *held(BOB, HALF)]
    assert outcome(both, *grants, said(Kind.REVOCATION, BOB, 24, of=grants[0].id)) is PERMITTED
    assert outcome(both, *grants, said(Kind.REVOCATION, BOB, 24, of=grants[1].id)) is UNKNOWN


@pytest.mark.parametrize(
    ("holdings", "granting", "expected"),
    [
        (held(ANN), (ANN,), PERMITTED),
        ([*held(ANN, HALF), *held(BOB, HALF)], (ANN, BOB), PERMITTED),
        ([*held(ANN, HALF), *held(BOB, HALF)], (ANN,), UNKNOWN),
        (held(ANN, HALF), (ANN,), UNKNOWN),
        (held(ANN, None), (ANN,), UNKNOWN),
        ([*held(ANN), *held(BOB, HALF)], (ANN, BOB), UNKNOWN),
        (held(ANN, right=Right.RECORDING), (ANN,), UNKNOWN),
        ([*held(ANN, right=Right.RECORDING), *held(BOB, right=Right.WORK)], (ANN, BOB), PERMITTED),
        ([*held(ANN, right=Right.RECORDING), *held(BOB, right=Right.WORK)], (BOB,), UNKNOWN),
        (held(ANN), (BOB,), UNKNOWN),
    ],
    ids=[
        "all by one",
        "all by two",
        "half of it",
        "half is nobody's",
        "no share is stated",
        "more than the whole",
        "the composition is nobody's",
        "master and composition apart",
        "the composition alone",
        "by nobody who holds it",
    ],
)
def test_a_grant_clears_what_its_party_holds(
    holdings: list[Holding], granting: Sequence[str], expected: Outcome
) -> None:
    """And only together with all others does it clear the recording."""
    assert outcome(holdings, *(said(party=party) for party in granting)) is expected


def test_what_is_permitted_is_what_all_grant_on_what_any_asks() -> None:
    """The countries, the acts and the purposes that they have in common."""
    both = [*held(ANN, HALF), *held(BOB, HALF)]
    ann = said(acts=(Act.TRAIN_GENERATIVE, Act.INDEX), territories=("EU",), asks=("attribution",))
    bob = said(party=BOB, acts=(Act.TRAIN_GENERATIVE,), territories=("DE", "US"), asks=("payment",))
    accepts = frozenset({"attribution", "payment"})
    assert outcome(both, ann, bob, accepts=accepts) is PERMITTED
    assert outcome(both, ann, bob) is REFUSED, "somebody asks for payment, and that was not accepted"
    for act, place in ((Act.INDEX, "DE"), (Act.TRAIN_GENERATIVE, "FR"), (Act.TRAIN_GENERATIVE, "US")):
        assert outcome(both, ann, bob, act=act, places=frozenset({place}), accepts=accepts) is UNKNOWN


def test_a_reservation_of_a_small_share_reserves() -> None:
    """Whoever holds a part can keep the whole from being used; what it does not name stays."""
    most = [*held(ANN, Fraction(99, 100)), *held(BOB, Fraction(1, 100))]
    grants = said(), said(party=BOB)
    reserved = said(Kind.RESERVATION, BOB, 1, acts=(Act.TRAIN_GENERATIVE,))
    assert outcome(most, *grants, reserved) is REFUSED
    assert outcome(most, *grants, reserved, act=Act.INDEX) is PERMITTED


def test_the_narrow_goes_before_the_wide() -> None:
    """Of one party's own statements; of what is equally wide the reservation stays."""
    wide, narrow = said(Kind.RESERVATION, subjects=ALL), said()
    assert outcome(held(ANN), wide, narrow) is PERMITTED
    assert outcome(held(ANN), said(subjects=ALL), said(Kind.RESERVATION)) is REFUSED
    assert outcome(held(ANN), narrow, said(Kind.RESERVATION)) is REFUSED
    limited = said(acts=(Act.TRAIN_GENERATIVE,), territories=("EU",))
    assert outcome(held(ANN), wide, limited) is PERMITTED
    assert outcome(held(ANN), wide, limited, places=frozenset({"US"})) is REFUSED
    assert outcome(held(ANN), wide, limited, act=Act.INDEX) is REFUSED
    by_artist = said(subjects=(Subject(Reach.ARTIST, "Ann"),))
    assert outcome(held(ANN), wide, by_artist) is PERMITTED
    assert outcome(held(ANN), wide, said(subjects=(Subject(Reach.ARTIST, "Another"),))) is REFUSED


def test_a_disputed_grant_is_unknown_until_it_is_settled() -> None:
    """And takes nothing out of its party's own reservation, nor lets a public licence through."""
    grant = said()
    dispute = said(Kind.DISPUTE, BOB, 1, of=grant.id)
    assert outcome(held(ANN), grant, dispute) is UNKNOWN
    assert outcome(held(ANN), grant, dispute, also=public("CC BY 4.0")) is not PERMITTED
    assert outcome(held(ANN), grant, dispute, said(Kind.RESERVATION, subjects=ALL)) is REFUSED
    for upheld, expected in ((True, UNKNOWN), (False, PERMITTED)):
        settled = said(Kind.SETTLEMENT, "desk", 2, of=dispute.id, upheld=upheld)
        assert outcome(held(ANN), grant, dispute, settled) is expected


def test_a_grant_needs_the_proof_of_control_that_is_demanded() -> None:
    """A reservation needs none."""
    own = held(ANN, control=Control.SELF_DECLARED)
    assert outcome(own, said()) is UNKNOWN
    assert outcome(own, said(), demanded=Control.SELF_DECLARED) is PERMITTED
    assert outcome(own, said(Kind.RESERVATION)) is REFUSED
    assert outcome(own, said(), also=public("CC BY 4.0")) is UNKNOWN


@pytest.mark.parametrize(
    ("facts", "asker", "expected"),
    [
        ({"grantees": ("lab",)}, Asker("lab"), PERMITTED),
        ({"grantees": ("lab",)}, Asker("other"), UNKNOWN),
        ({"grantees": ("lab",)}, ANYBODY, UNKNOWN),
        ({"models": ("Tidal",)}, Asker("lab", "Tidal"), PERMITTED),
        ({"models": ("Tidal",)}, Asker("lab"), UNKNOWN),
        ({"grantees": ("lab", "other"), "models": ("Tidal",)}, Asker("other", "Tidal"), PERMITTED),
        ({"grantees": ("lab",), "models": ("Tidal",)}, Asker("other", "Tidal"), UNKNOWN),
        ({"grantees": ("lab",), "exclusive": True}, Asker("lab"), PERMITTED),
        ({"grantees": ("lab",), "exclusive": True}, Asker("other"), REFUSED),
        ({"models": ("Tidal",), "exclusive": True}, ANYBODY, REFUSED),
        ({"exclusive": True}, Asker("lab"), REFUSED),
    ],
)
def test_a_grant_for_some_alone_is_theirs(facts: dict[str, object], asker: Asker, expected: Outcome) -> None:
    """To anybody else it says nothing, and an exclusive one reserves: against a grant to all as well."""
    assert outcome(held(ANN), said(**facts), asker=asker) is expected
    to_all = PERMITTED if expected is UNKNOWN else expected
    assert outcome(held(ANN), said(**facts), said(words="to all"), asker=asker) is to_all
    if expected is UNKNOWN:
        assert not terms(held(ANN), said(**facts), asker=asker)


def test_a_disputed_grant_to_another_hinders_nobody_else() -> None:
    """Nor does a reservation stop at the models that it names: it is heard by everybody."""
    other = said(grantees=("other",))
    dispute = said(Kind.DISPUTE, BOB, 1, of=other.id)
    assert outcome(held(ANN), other, dispute, said(words="to all"), asker=Asker("lab")) is PERMITTED
    assert outcome(held(ANN), said(Kind.RESERVATION, models=("Tidal",)), asker=Asker("lab")) is REFUSED


def test_nobody_settles_a_dispute_in_its_own_favour() -> None:
    """Whoever disputes may take that back, and whose word it is may give in; anything else counts for nothing."""
    grant, settler = said(), {"of": "", "hour": 2}
    dispute = said(Kind.DISPUTE, BOB, 1, of=grant.id)
    settler["of"] = dispute.id
    for party, upheld, expected in (
        (ANN, False, UNKNOWN),  # still disputed
        (ANN, True, UNKNOWN),  # it gave in: there is no grant
        (BOB, False, PERMITTED),
        (BOB, True, UNKNOWN),
        ("arbiter", False, PERMITTED),
        ("arbiter", True, UNKNOWN),
    ):
        settlement = said(Kind.SETTLEMENT, party, upheld=upheld, **settler)
        assert outcome(held(ANN), grant, dispute, settlement) is expected, (party, upheld)
    fallen = said(Kind.SETTLEMENT, BOB, upheld=True, **settler)
    taken_back = said(Kind.SETTLEMENT, BOB, upheld=False, words="sorry", **settler)
    assert outcome(held(ANN), grant, dispute, fallen, taken_back) is PERMITTED, "what it upheld itself never counted"
    assert terms(held(ANN), dispute, taken_back) == (), "of what nobody knows"
    offer = said(Kind.OFFER, rates=(Rate(Basis.RECORDING, "2 EUR"),))
    acceptance = said(Kind.ACCEPTANCE, "lab", 1, of=offer.id)
    under = said(hour=2, grantees=("lab",), under=acceptance.id)
    for about in (acceptance, under):
        dispute = said(Kind.DISPUTE, BOB, 3, of=about.id)
        dismissed = said(Kind.SETTLEMENT, "lab", 4, of=dispute.id)
        assert outcome(held(ANN), offer, acceptance, under, dispute, dismissed, asker=Asker("lab")) is UNKNOWN


def test_a_grant_under_an_acceptance_that_nobody_made_waits() -> None:
    """It claims an offer that cannot be looked at, and so no dispute of it either."""
    assert outcome(held(ANN), said(grantees=("lab",), under="0" * 64), asker=Asker("lab")) is UNKNOWN


def test_what_led_to_a_grant_is_found_whatever_the_recording_is_called_now() -> None:
    """An offer to an artist's name, which a later list spells otherwise; of other acceptances nothing is."""
    by_artist = (Subject(Reach.ARTIST, "Ann"),)
    offer = said(Kind.OFFER, subjects=by_artist, rates=(Rate(Basis.RECORDING, "2 EUR"),))
    acceptances = [said(Kind.ACCEPTANCE, party, 1, of=offer.id) for party in ("lab", "other")]
    grant = said(hour=2, grantees=("lab",), under=acceptances[0].id)
    dispute = said(Kind.DISPUTE, BOB, 3, of=offer.id)
    find = by_subject([offer, *acceptances, grant, dispute])
    assert {one.id for one in find(THIS)} == {one.id for one in (grant, acceptances[0], offer, dispute)}
    assert {one.id for one in find(by_artist)} == {offer.id, dispute.id}


def test_to_whom_else_it_was_granted_is_not_said() -> None:
    """Nor to whom besides: it is their business."""
    to_two = said(grantees=("lab", "rival"), models=("tidal", "ebb"), exclusive=True)
    for asker, words in (
        (Asker("lab", "tidal"), "to lab for tidal"),
        (ANYBODY, "to another"),
        (Asker("zoe"), "to another"),
    ):
        (term, *_) = terms(held(ANN), to_two, asker=asker)
        assert f"exclusive grant by ann {words}:" in term.statement
        assert not {"rival", "ebb"} & set(term.statement.replace(":", " ").split())


@pytest.mark.parametrize("facts", [{"grantees": ("",)}, {"models": ("",)}, {"models": ("",), "exclusive": True}])
def test_a_grant_to_nobody_is_to_nobody(facts: dict[str, object]) -> None:
    """Whoever does not say who asks is not the nobody that is meant."""
    assert outcome(held(ANN), said(**facts)) is not PERMITTED


def test_an_offer_permits_nobody_and_what_it_led_to_stands_and_falls_with_a_dispute_of_it() -> None:
    """To take it back leaves what was granted under it."""
    offer = said(Kind.OFFER, rates=(Rate(Basis.RECORDING, "2 EUR"),))
    acceptance = said(Kind.ACCEPTANCE, "lab", 1, of=offer.id)
    grant = said(hour=2, grantees=("lab",), under=acceptance.id, price="2 EUR")
    lab = Asker("lab")
    assert outcome(held(ANN), offer, acceptance, asker=lab) is UNKNOWN
    assert outcome(held(ANN), offer, acceptance, grant, asker=lab) is PERMITTED
    taken_back = said(Kind.REVOCATION, ANN, 3, of=offer.id)
    assert outcome(held(ANN), offer, acceptance, grant, taken_back, asker=lab) is PERMITTED
    for about in (offer, acceptance, grant):
        dispute = said(Kind.DISPUTE, BOB, 4, of=about.id)
        spoken = offer, acceptance, grant, dispute
        assert outcome(held(ANN), *spoken, asker=lab) is UNKNOWN
        assert outcome(held(ANN), *spoken, said(words="to all"), asker=lab) is not PERMITTED
        for upheld, expected in ((True, UNKNOWN), (False, PERMITTED)):
            settled = said(Kind.SETTLEMENT, "desk", 5, of=dispute.id, upheld=upheld)
            assert outcome(held(ANN), *spoken, settled, asker=lab) is expected


def test_the_holders_own_word_outweighs_what_is_stated_in_public() -> None:
    """A grant, and a reservation bound to the sound whatever a list says."""
    assert outcome(held(ANN), said(), also=public("All rights reserved")) is PERMITTED
    assert outcome(held(ANN), said(Kind.RESERVATION), also=public("CC0")) is REFUSED
    assert {term.standing for term in terms(held(ANN), said())} == {Standing.SIGNED}
    own = held(ANN, control=Control.SELF_DECLARED)
    assert {term.standing for term in terms(own, said(Kind.RESERVATION))} == {Standing.PUBLIC}
    signed = Said(said(Kind.RESERVATION).id, said(Kind.RESERVATION).statement, signed=True)
    assert {term.standing for term in terms(own, signed)} == {Standing.SIGNED}


def test_a_window_opens_and_closes() -> None:
    """On its first and last day it holds."""
    grant = said(begins="2026-11-20", ends="2026-11-25")
    days = [date(2026, 11, 19 + number) for number in range(8)]
    expected = [UNKNOWN, *[PERMITTED] * 6, UNKNOWN]
    assert [outcome(held(ANN), grant, day=day) for day in days] == expected


def test_what_it_lacks_is_said() -> None:
    """By name and by share."""
    both = [*held(ANN, HALF), *held(BOB, HALF)]
    (note,) = {term.resolution.notes for term in terms(both, said(rights=(Right.WORK,)))}
    assert note == ("it clears only its part of the composition, and not that of Bob",)
    (note,) = {term.resolution.notes for term in terms(held(ANN, HALF), said(rights=(Right.RECORDING,)))}
    assert note == ("1/2 of the recording is nobody's on record",)
    assert missing_share([]) == 1
    assert missing_share(held(ANN, Fraction(2))) is None


# --- laws, over what any parties may say ----------------------------------------------------------------------------

PARTIES = (ANN, BOB, "cas")
_SUBJECTS = st.sampled_from([THIS, ALL, (Subject(Reach.ARTIST, "Ann"),), (Subject(Reach.RECORDING, "jamendo:9"),)])
_ACTS = st.sets(st.sampled_from([Act.TRAIN_GENERATIVE, Act.INDEX]), min_size=1).map(lambda one: tuple(sorted(one)))
_PLACES = st.sampled_from([(), ("EU",), ("DE",), ("US", "DE"), ("US",)])
_FOR_WHOM = st.sampled_from(
    [{}, {}, {"grantees": ("lab",)}, {"models": ("Tidal",)}, {"grantees": ("other",), "exclusive": True}]
)
_ASKERS = st.sampled_from([ANYBODY, Asker("lab"), Asker("lab", "Tidal"), Asker("other")])
_RIGHTS = st.sampled_from([tuple(Right), (Right.RECORDING,), (Right.WORK,)])


@st.composite
def statements(draw: st.DrawFn) -> list[Said]:
    """Draw what several parties say: grants and reservations, then what is said of those."""
    first = [
        said(
            kind,
            draw(st.sampled_from(PARTIES)),
            number,
            subjects=draw(_SUBJECTS),
            acts=draw(_ACTS),
            territories=draw(_PLACES),
            rights=draw(_RIGHTS),
            **(draw(_FOR_WHOM) if kind is Kind.GRANT else {}),
        )
        for number in range(draw(st.integers(0, 6)))
        for kind in (draw(st.sampled_from([Kind.GRANT, Kind.GRANT, Kind.RESERVATION])),)
    ]
    later: list[Said] = []
    for number in range(draw(st.integers(0, 3)) if first else 0):
        kind = draw(st.sampled_from([Kind.REVOCATION, Kind.DISPUTE]))
        about = draw(st.sampled_from(first))
        party = about.statement.party if kind is Kind.REVOCATION else draw(st.sampled_from(PARTIES))
        later.append(said(kind, party, 100 + number, of=about.id))
    disputes = [one for one in later if one.statement.kind is Kind.DISPUTE]
    if disputes and draw(st.booleans()):
        one = draw(st.sampled_from(disputes))
        later.append(said(Kind.SETTLEMENT, "desk", 200, of=one.id, upheld=draw(st.booleans())))
    return [*first, *later]


@st.composite
def holders(draw: st.DrawFn) -> list[Holding]:
    """Draw who holds what: shares that sum to the whole, to less, to more, or are not stated."""
    shares = st.sampled_from([None, Fraction(1), HALF, Fraction(1, 3), Fraction(2, 3)])
    return [
        Holding(party, party.title(), right, draw(shares), draw(st.sampled_from(Control)))
        for right in Right
        for party in draw(st.lists(st.sampled_from(PARTIES), unique=True, max_size=3))
    ]


@pytest.mark.untraced
@given(held=holders(), said=statements(), asker=_ASKERS, data=st.data())
def test_the_order_of_statements_never_matters(
    held: list[Holding], said: list[Said], asker: Asker, data: st.DataObject
) -> None:
    """Nor whether one is told twice."""
    shuffled = data.draw(st.permutations([*said, *said[:1]]))
    assert terms(held, *said, asker=asker) == terms(held, *shuffled, asker=asker)


@pytest.mark.untraced
@given(held=holders(), said=statements(), reserved=statements(), asker=_ASKERS)
def test_one_more_refusal_never_permits(
    held: list[Holding], said: list[Said], reserved: list[Said], asker: Asker
) -> None:
    """A reservation, a dispute, or the revocation of a grant takes away, or changes nothing."""
    before = outcome(held, *said, asker=asker)
    grants = {one.id for one in said if one.statement.kind is Kind.GRANT}
    more = [one for one in reserved if one.statement.kind is Kind.RESERVATION]
    disputes = [
        Said(one.id, one)
        for of in grants
        for one in (Statement(kind=Kind.DISPUTE, party=ANN, actor="desk", at=NOON.isoformat(), of=of),)
    ]
    for one in (*more, *disputes):
        if before is not PERMITTED:
            assert outcome(held, *said, one, asker=asker) is not PERMITTED


@pytest.mark.untraced
@given(held=holders(), said=statements(), asker=_ASKERS)
def test_nothing_is_permitted_that_a_holder_did_not_grant(held: list[Holding], said: list[Said], asker: Asker) -> None:
    """Each of them, to whoever asks, for each right, with the control that is demanded, and without a dispute."""
    if outcome(held, *said, asker=asker) is not PERMITTED:
        return
    disputed = {one.statement.of for one in said if one.statement.kind is Kind.DISPUTE}
    settled = {one.statement.of for one in said if one.statement.kind is Kind.SETTLEMENT}
    open_ones = {one.statement.of for one in said if one.statement.kind is Kind.DISPUTE and one.id not in settled}
    revoked = {one.statement.of for one in said if one.statement.kind is Kind.REVOCATION}
    assert disputed >= open_ones
    for right in Right:
        owners = [one for one in held if one.right is right]
        assert sum(one.share or 0 for one in owners) == 1
        for owner in owners:
            assert owner.control >= Control.ACCOUNT
            assert any(
                one.statement.party == owner.party
                and right in one.statement.rights
                and Act.TRAIN_GENERATIVE in one.statement.acts
                and one.reach_to(NAMES)
                and one.id not in open_ones | revoked
                and asker.meant_by(one.statement)
                for one in said
                if one.statement.kind is Kind.GRANT
            )


@pytest.mark.untraced
@given(held=holders(), said=statements(), hours=st.integers(0, 250))
def test_what_is_said_later_changes_nothing_earlier(held: list[Holding], said: list[Said], hours: int) -> None:
    """A decision of a moment hangs on what had been said by then alone."""
    moment = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=hours)
    early = [one for one in said if one.statement.moment <= moment]
    assert terms(held, *said, as_of=moment) == terms(held, *early, as_of=moment)


@pytest.mark.untraced
@given(held=holders(), said=statements())
def test_whoever_says_nothing_of_itself_is_permitted_no_more(held: list[Holding], said: list[Said]) -> None:
    """What anybody may do, one may do as well, unless something exclusive or a dispute is in the way."""
    in_the_way = any(one.statement.exclusive or one.statement.kind is Kind.DISPUTE for one in said)
    if outcome(held, *said) is PERMITTED and not in_the_way:
        assert outcome(held, *said, asker=Asker("lab", "Tidal")) is PERMITTED


def test_many_grants_of_many_holders_are_bounded() -> None:
    """Beyond the bound nothing is permitted by them, and it takes no time."""
    parties = [f"p{number}" for number in range(8)]
    holdings = [one for party in parties for one in held(party, Fraction(1, 8))]
    many = [said(party=party, hour=hour, words=str(hour)) for party in parties for hour in range(10)]
    found = registered_terms(RECORDING, NAMES, holdings, many, as_of=NOON, demanded=Control.ACCOUNT)
    assert outcome(holdings, *many) is PERMITTED
    assert len(found) < 2 * 256 * 8
