"""The law of the house, step by step."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from asking import DAY, ITEM, make_question, make_term
from licet.catalog import Right
from licet.errors import PolicyError
from licet.policy import Act, Binds, Doubt, Outcome, Policy, Purpose, Reason, Status, decide
from licet.policy.verdict import Opinion
from licet.terms import Scope, Standing, Term, Voice

BY, BY_SA, BY_NC, BY_ND = (f"http://creativecommons.org/licenses/{x}/4.0/" for x in ("by", "by-sa", "by-nc", "by-nd"))
CC0 = "http://creativecommons.org/publicdomain/zero/1.0/"


def outcome(policy: Policy, *terms: Term, reading: str = "strict", **more: object) -> Outcome:
    """Decide on terms and return the outcome."""
    return decide(make_question(*terms, **more), policy, reading).outcome  # type: ignore[arg-type]  # keywords pass through


def rules(policy: Policy, *terms: Term, **more: object) -> set[str]:
    """Decide on terms and return the rules that the strict reading names."""
    return {reason.rule for reason in decide(make_question(*terms, **more), policy, "strict").opinion.reasons}  # type: ignore[arg-type]  # likewise


def test_nothing_said_is_unknown_and_names_the_item_as_evidence(house: Policy) -> None:
    """Silence is never permission, and the reason names what was looked at."""
    verdict = decide(make_question(), house, "strict")
    assert verdict.outcome is Outcome.UNKNOWN
    assert verdict.opinion.reasons[0].evidence == (ITEM,)


def test_a_licence_permits_and_names_its_conditions(house: Policy) -> None:
    """CC BY permits with attribution and notice."""
    verdict = decide(make_question(make_term(BY)), house, "strict")
    assert verdict.permitted
    assert [condition.name for condition in verdict.opinion.conditions] == ["attribution", "notice"]


def test_a_verdict_has_no_truth_value(house: Policy) -> None:
    """`if verdict:` would be true for a refusal, so it is an error."""
    with pytest.raises(TypeError, match="no truth value"):
        bool(decide(make_question(make_term(CC0)), house, "strict"))


def test_an_unaccepted_condition_refuses_and_says_how_to_accept_it(house: Policy) -> None:
    """Share-alike is not accepted by default; the verdict names the condition."""
    opinion = decide(make_question(make_term(BY_SA)), house, "strict").opinion
    assert opinion.outcome is Outcome.REFUSED
    assert opinion.changes == ("accepting share-alike (--accept share-alike)",)
    assert "share-alike" in opinion.reasons[0].says


def test_even_attribution_refuses_where_nobody_accepts_it(house: Policy) -> None:
    """A condition is a condition."""
    assert outcome(house, make_term(BY), accepts=frozenset()) is Outcome.REFUSED


def test_every_reading_is_shown_beside_the_one_asked_for(house: Policy) -> None:
    """Contested law is shown as contested."""
    verdict = decide(make_question(make_term(BY_ND)), house, "strict")
    assert [(other.reading, other.outcome) for other in verdict.others][:1] == [("cc-guidance-2025", Outcome.PERMITTED)]
    assert verdict.contested


def test_settled_permission_is_not_called_contested(house: Policy) -> None:
    """A dedication to the public domain is permitted under every reading, by settled law."""
    assert not decide(make_question(make_term(CC0)), house, "strict").contested


def test_a_condition_that_binds_on_sharing_does_not_refuse(house: Policy) -> None:
    """Under the guidance NoDerivatives only forbids sharing adaptations."""
    opinion = decide(make_question(make_term(BY_ND)), house, "cc-guidance-2025").opinion
    assert opinion.outcome is Outcome.PERMITTED
    assert ("no-adaptations", Binds.ON_SHARING) in {(one.name, one.binds) for one in opinion.conditions}


@pytest.mark.parametrize("statements", [(BY, BY_NC), (BY_NC, BY)], ids=["permission first", "refusal first"])
def test_a_refusal_beats_a_permission_of_the_same_standing(house: Policy, statements: tuple[str, str]) -> None:
    """Whichever came first."""
    assert outcome(house, *map(make_term, statements)) is Outcome.REFUSED


def test_the_specific_beats_the_general(house: Policy) -> None:
    """A collection's terms do not bind a recording that has its own."""
    assert outcome(house, make_term(BY), make_term(BY_NC, scope=Scope.COLLECTION)) is Outcome.PERMITTED


def test_a_signed_grant_beats_a_public_reservation(house: Policy) -> None:
    """The holder's own signed word ends the argument, with the file's tags too."""
    grant = make_term(CC0, standing=Standing.SIGNED)
    tag = make_term("All rights reserved", voice=Voice.CORPUS)
    assert outcome(house, grant, make_term("All rights reserved"), tag) is Outcome.PERMITTED


def test_unresolved_words_make_a_permission_unknown(house: Policy) -> None:
    """A licence with words beside it that nobody has read is not a permission yet."""
    assert outcome(house, make_term(BY), make_term("Ask me first, I usually say yes")) is Outcome.UNKNOWN


def test_unresolved_words_do_not_soften_a_refusal(house: Policy) -> None:
    """Specific words that nobody resolved do not outweigh a general refusal."""
    words = make_term("Ask me first, I usually say yes")
    assert outcome(house, words, make_term(BY_NC, scope=Scope.COLLECTION)) is Outcome.REFUSED


def test_a_laundered_tag_is_refused_and_both_statements_are_named(house: Policy) -> None:
    """A tag says CC0; the recording that it is found to be says NonCommercial."""
    tag, record = make_term(CC0, voice=Voice.CORPUS), make_term(BY_NC)
    verdict = decide(make_question(tag, record, purpose=Purpose.RESEARCH), house, "strict")
    quarrel = next(reason for reason in verdict.opinion.reasons if reason.rule == "disagreement")
    assert verdict.outcome is Outcome.REFUSED
    assert set(quarrel.evidence) == {tag.evidence.digest, record.evidence.digest}


def test_two_versions_of_one_licence_do_not_disagree(house: Policy) -> None:
    """Substance is compared, not the number of the version."""
    tag = make_term("http://creativecommons.org/licenses/by/3.0/de/", voice=Voice.CORPUS)
    assert outcome(house, tag, make_term(BY)) is Outcome.PERMITTED


def test_two_reservations_do_not_disagree(house: Policy) -> None:
    """They refuse, and there is nothing to settle between them."""
    tag, record = make_term("All rights reserved", voice=Voice.CORPUS), make_term("All rights reserved")
    assert "disagreement" not in rules(house, tag, record)


def test_a_tag_alone_permits_nothing(house: Policy) -> None:
    """It travels with any copy; the reason says that nothing bears it out."""
    tag = make_term(BY, voice=Voice.CORPUS, vouched=False)
    assert outcome(house, tag) is Outcome.UNKNOWN
    assert "uncorroborated" in rules(house, tag)


def test_a_tag_alone_refuses(house: Policy) -> None:
    """A refusal needs nobody to bear it out."""
    tag = make_term(BY_NC, voice=Voice.CORPUS, vouched=False)
    assert outcome(house, tag) is Outcome.REFUSED


def test_what_somebody_vouches_for_may_permit_where_nothing_is_on_record(house: Policy) -> None:
    """A list, a statement for the whole corpus; a tag beside it confirms."""
    listed = make_term(BY, voice=Voice.CORPUS)
    assert outcome(house, listed) is Outcome.PERMITTED
    assert outcome(house, listed, make_term(BY, voice=Voice.CORPUS, vouched=False)) is Outcome.PERMITTED


def test_a_record_bears_a_tag_out(house: Policy) -> None:
    """Then there is nothing left to corroborate."""
    tag = make_term(BY, voice=Voice.CORPUS, vouched=False)
    assert outcome(house, tag, make_term(BY)) is Outcome.PERMITTED


@pytest.mark.parametrize("record", ["", "Ask me first, I usually say yes"], ids=["silent", "unresolved"])
def test_a_tag_cannot_speak_over_a_record_that_permits_nothing(house: Policy, record: str) -> None:
    """Where the recording is on record, the record itself must permit, however general its words are."""
    terms = make_term(CC0, voice=Voice.CORPUS), make_term(record, scope=Scope.COLLECTION)
    assert outcome(house, *terms) is Outcome.UNKNOWN


def test_a_statement_captured_later_proves_nothing_for_the_day(house: Policy) -> None:
    """And the reason for setting it aside is kept."""
    later = make_term(BY, captured=DAY + timedelta(days=1))
    assert outcome(house, later) is Outcome.UNKNOWN
    assert "later" in rules(house, later)


def test_a_statement_captured_on_the_day_counts(house: Policy) -> None:
    """The day is whole, to its last moment."""
    assert outcome(house, make_term(BY, captured=date(2026, 11, 22))) is Outcome.PERMITTED


def test_a_dropped_listing_permits_nothing(house: Policy) -> None:
    """The source no longer says what it said."""
    dropped = make_term(BY, dropped=True)
    assert outcome(house, dropped) is Outcome.UNKNOWN
    assert "dropped" in rules(house, dropped)


def test_both_rights_must_be_permitted(house: Policy) -> None:
    """A licence for the recording alone leaves the work unknown."""
    master = make_term(BY, covers=frozenset({Right.RECORDING}))
    assert outcome(house, master) is Outcome.UNKNOWN
    assert outcome(house, master, make_term(CC0, covers=frozenset({Right.WORK}))) is Outcome.PERMITTED


def test_a_file_of_two_recordings_needs_both(house: Policy) -> None:
    """The least permitted of them decides, however specific the other's licence is."""
    first = make_term(CC0, about="jamendo:1")
    second = make_term(BY_NC, about="jamendo:2", scope=Scope.COLLECTION)
    assert outcome(house, first, second) is Outcome.REFUSED


@pytest.mark.parametrize(
    ("law", "expected"), [("contradicted", Outcome.REFUSED), ("doubtful", Outcome.UNKNOWN)], ids=str
)
def test_a_doubt_about_identity_stands_in_the_way(house: Policy, law: str, expected: Outcome) -> None:
    """A contradiction refuses; a doubt leaves it unknown."""
    doubt = Doubt(law, "It is said to be something else.", (ITEM,))
    assert outcome(house, make_term(CC0), doubts=(doubt,)) is expected


def test_of_several_licences_the_one_that_asks_least_is_taken(house: Policy) -> None:
    """An "or" is a choice, and only the chosen licence's conditions are named."""
    opinion = decide(make_question(make_term("GPL-2.0-or-later OR CC-BY-3.0")), house, "strict").opinion
    assert opinion.outcome is Outcome.PERMITTED
    assert {condition.name for condition in opinion.conditions} == {"attribution", "notice"}


def test_a_refusal_of_every_licence_offered_names_them_all(house: Policy) -> None:
    """No reason is lost on the way out."""
    opinion = decide(make_question(make_term("GPL-2.0-or-later OR CC-BY-NC-3.0")), house, "strict").opinion
    assert {"non-commercial", "unaccepted"} <= {reason.rule for reason in opinion.reasons}


def test_measuring_a_model_needs_no_right_to_adapt(house: Policy) -> None:
    """Evaluation is not training."""
    assert outcome(house, make_term(BY_ND), act=Act.EVALUATE) is Outcome.PERMITTED


def test_long_words_are_shortened_in_a_reason(house: Policy) -> None:
    """The evidence keeps the whole; a reason is for reading."""
    opinion = decide(make_question(make_term("Please write to me. " * 50)), house, "strict").opinion
    assert len(opinion.reasons[0].says) < 400


def test_a_reason_without_evidence_cannot_be_made() -> None:
    """Law 3 holds in the type."""
    with pytest.raises(ValueError, match="names evidence"):
        Reason("rule", Outcome.REFUSED, "because", (), "a source", Status.SETTLED)


def test_an_opinion_without_a_reason_cannot_be_made() -> None:
    """Law 3, again."""
    with pytest.raises(ValueError, match="at least one reason"):
        Opinion("strict", Outcome.REFUSED, (), (), ())


def test_a_reading_that_there_is_not_is_an_error_that_names_those_there_are(house: Policy) -> None:
    """Misuse is an exception; "no" is not."""
    with pytest.raises(PolicyError, match="strict, cc-guidance-2025"):
        decide(make_question(), house, "lenient")
