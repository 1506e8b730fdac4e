"""What a signal comes to for one use: where it speaks, what it asks, and what a reading takes for a permission."""

from __future__ import annotations

from dataclasses import replace

import pytest

from asking import make_question, make_signal, make_term
from licet.policy import Act, Outcome, Policy, Purpose, Verdict, decide
from licet.terms import Clause, Force, Layer, Says, Term, Voice

BY = "http://creativecommons.org/licenses/by/4.0/"
NC = "http://creativecommons.org/licenses/by-nc/4.0/"
TRAINING = frozenset({Act.TRAIN_GENERATIVE, Act.FINE_TUNE})
NO = Clause(Says.RESERVES, TRAINING, "train-ai=n")
YES = Clause(Says.PERMITS, TRAINING, "train-ai=y", Force.PREFERENCE)
OFFER = Clause(Says.PERMITS, TRAINING, "an offer")
UNRESERVED = Clause(Says.PERMITS, TRAINING, "tdm-reservation: 0", Force.NO_RESERVATION)
LEAN = frozenset({"attribution", "notice", "lawful-access", "no-longer-than-needed"})


def ask(house: Policy, *terms: Term, reading: str = "strict", **more: object) -> Verdict:
    """Ask about terms under one reading."""
    return decide(make_question(*terms, **more), house, reading)  # type: ignore[arg-type]  # keywords pass through


def test_a_signal_that_reserves_the_use_refuses_and_says_in_which_words(house: Policy) -> None:
    """Its own, exactly."""
    verdict = ask(house, make_term(BY), make_signal(NO))
    assert verdict.outcome is Outcome.REFUSED
    assert "train-ai=n" in verdict.opinion.reasons[0].says


def test_a_signal_is_silent_on_every_use_that_it_does_not_name(house: Policy) -> None:
    """It neither permits nor reserves what it leaves out."""
    assert ask(house, make_term(BY), make_signal(NO), act=Act.INDEX).permitted
    assert ask(house, make_signal(OFFER), act=Act.INDEX).outcome is Outcome.UNKNOWN


def test_what_was_not_understood_beside_a_reservation_stands_in_the_way(house: Policy) -> None:
    """It may have reserved more."""
    signal = make_signal(NO)
    doubtful = replace(signal, resolution=replace(signal.resolution, partly=True))
    assert ask(house, make_term(BY), doubtful, act=Act.INDEX).outcome is Outcome.UNKNOWN
    assert ask(house, make_term(BY), doubtful).outcome is Outcome.REFUSED


@pytest.mark.parametrize(
    ("places", "named", "outcome"),
    [
        ({"DE"}, {"EU"}, Outcome.PERMITTED),
        ({"DE", "US"}, {"EU"}, Outcome.UNKNOWN),
        ({"EU"}, {"DE"}, Outcome.UNKNOWN),
        ({"WORLD"}, {"EU"}, Outcome.UNKNOWN),
        ({"WORLD"}, set(), Outcome.PERMITTED),
    ],
    ids=["a member", "one of two places", "one member for all", "the world", "everywhere"],
)
def test_an_offer_holds_only_where_it_is_made(
    house: Policy, places: set[str], named: set[str], outcome: Outcome
) -> None:
    """It must cover every place that is asked about."""
    offer = replace(OFFER, territories=frozenset(named))
    assert ask(house, make_signal(offer), places=frozenset(places)).outcome is outcome


@pytest.mark.parametrize("places", [{"EU"}, {"DE", "US"}, {"WORLD"}], ids=["the union", "two countries", "the world"])
def test_a_reservation_anywhere_in_the_place_asked_about_refuses(house: Policy, places: set[str]) -> None:
    """One member of the union is enough."""
    reserved = replace(NO, territories=frozenset({"DE"}))
    assert ask(house, make_term(BY), make_signal(reserved), places=frozenset(places)).outcome is Outcome.REFUSED


def test_an_offer_that_asks_for_payment_permits_whoever_accepts_it(house: Policy) -> None:
    """Until then it refuses, and says what to accept."""
    offer = make_signal(replace(OFFER, asks=frozenset({"payment"})))
    refused = ask(house, offer)
    assert refused.outcome is Outcome.REFUSED
    assert "accepting payment (--accept payment)" in refused.opinion.changes
    assert ask(house, offer, accepts=frozenset({"payment"})).permitted


def test_a_preference_is_no_licence_except_where_the_reading_takes_it_for_one(house: Policy) -> None:
    """Under `strict` it decides nothing beside a licence either."""
    assert ask(house, make_signal(YES)).outcome is Outcome.UNKNOWN
    assert ask(house, make_signal(YES), reading="text-and-data-mining-permissive").permitted
    assert ask(house, make_signal(YES), make_term(BY)).permitted


def test_rights_not_reserved_are_left_to_the_exception(house: Policy) -> None:
    """A yes of this kind is worth what the law makes of it."""
    assert ask(house, make_signal(UNRESERVED), accepts=LEAN).outcome is Outcome.UNKNOWN
    assert ask(house, make_signal(UNRESERVED), accepts=LEAN, reading="eu-tdm").permitted
    assert not ask(house, make_signal(UNRESERVED), accepts=LEAN, reading="eu-tdm", places=frozenset({"US"})).permitted


def test_an_exception_is_leaned_on_only_when_what_it_needs_was_accepted(house: Policy) -> None:
    """The refusal stays, and says what to accept."""
    verdict = ask(house, make_term(NC), reading="eu-tdm")
    assert verdict.outcome is Outcome.REFUSED
    assert "accepting lawful-access (--accept lawful-access)" in verdict.opinion.changes
    leant = ask(house, make_term(NC), reading="eu-tdm", accepts=LEAN)
    assert leant.permitted
    assert leant.contested


def test_an_exception_that_yields_falls_to_a_reservation_and_to_words_that_nobody_read(house: Policy) -> None:
    """Art. 4(3); and silence opens nothing for it to cover."""
    for term in (make_signal(NO), make_term("Ask me first")):
        assert not ask(house, make_term(NC), term, reading="eu-tdm", accepts=LEAN).permitted
    assert ask(house, make_term(""), reading="eu-tdm", accepts=LEAN).outcome is Outcome.UNKNOWN


def test_an_offer_at_a_price_reserves_what_is_not_bought(house: Policy) -> None:
    """Whoever names a price in the machine's own words has not left the use free."""
    priced = make_signal(replace(OFFER, asks=frozenset({"payment"})))
    assert ask(house, priced, reading="eu-tdm", accepts=LEAN).outcome is Outcome.REFUSED
    assert ask(house, priced, reading="eu-tdm", accepts=LEAN | {"payment"}).permitted


def test_the_exception_whose_needs_are_accepted_is_the_one_leaned_on(house: Policy) -> None:
    """A research organisation that meets the needs of Art. 4 alone may lean on that."""
    by_nd = make_term("http://creativecommons.org/licenses/by-nd/4.0/")
    verdict = ask(house, by_nd, reading="eu-tdm", accepts=LEAN, purpose=Purpose.RESEARCH, places=frozenset({"DE"}))
    assert verdict.permitted
    assert "eu-dsm-4" in {reason.rule for reason in verdict.opinion.reasons}


def test_a_research_organisation_leans_on_an_exception_that_holds_against_reservations(house: Policy) -> None:
    """Art. 3, where somebody has licensed the recording at all."""
    accepts = LEAN | {"secure-storage"}
    asked = {"reading": "eu-tdm", "accepts": accepts, "purpose": Purpose.RESEARCH}
    assert ask(house, make_term(BY), make_signal(NO), **asked).permitted
    assert ask(house, make_signal(NO), **asked).outcome is Outcome.REFUSED


def test_the_terms_of_a_data_set_can_only_take_away(house: Policy) -> None:
    """They bind whoever took the recording from it, and permit nothing by themselves."""
    limit = Clause(Says.RESERVES, frozenset(Act), "research only", purposes=frozenset({Purpose.COMMERCIAL}))
    terms = make_signal(limit, layer=Layer.DATA_SET)
    assert ask(house, make_term(BY), terms).outcome is Outcome.REFUSED
    assert ask(house, make_term(BY), terms, purpose=Purpose.RESEARCH).permitted
    assert ask(house, make_term(BY, layer=Layer.DATA_SET)).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("layer", [Layer.CODE, Layer.METADATA, Layer.THIRD_PARTY])
def test_what_speaks_of_another_layer_is_no_evidence_about_the_audio(house: Policy, layer: Layer) -> None:
    """Law 5: and it is shown why."""
    verdict = ask(house, make_term(BY, layer=layer))
    assert verdict.outcome is Outcome.UNKNOWN
    assert {"other-layer", "third-party"} & {reason.rule for reason in verdict.opinion.reasons}


def test_terms_that_were_not_in_force_are_shown_and_bind_nobody(house: Policy) -> None:
    """Both versions are seen; one of them was heard."""
    limit = make_signal(replace(NO, token="research only"), layer=Layer.DATA_SET, dropped=True)  # noqa: S106  (a signal, no secret)
    verdict = ask(house, make_term(BY), limit)
    assert verdict.permitted
    assert "other-version" in {reason.rule for reason in verdict.opinion.reasons}


def test_a_tag_may_only_take_away(house: Policy) -> None:
    """Beside what somebody vouches for, and never instead of it."""
    tag = make_term("http://creativecommons.org/publicdomain/zero/1.0/", voice=Voice.CORPUS, vouched=False)
    listed = make_term("All rights reserved", voice=Voice.CORPUS)
    assert ask(house, tag).outcome is Outcome.UNKNOWN
    assert ask(house, tag, listed).outcome is Outcome.REFUSED
