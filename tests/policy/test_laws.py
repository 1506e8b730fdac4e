"""The laws that never bend, held to for any terms at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asking import HOUSE, ITEM, LAW, make_question, make_signal, make_term
from licet.catalog import Right
from licet.corpus.deciding import asked_alike
from licet.corpus.lines import Told
from licet.policy import Act, Doubt, Outcome, Purpose, Question, Use, decide, parse_policy
from licet.terms import Clause, Force, Layer, Says, Scope, Stance, Standing, Term, Voice

POLICY = parse_policy(HOUSE, LAW)
RANK = {Outcome.PERMITTED: 0, Outcome.UNKNOWN: 1, Outcome.REFUSED: 2}
STATEMENTS = (
    "",
    "All rights reserved",
    "Ask me first, I usually say yes",
    "GPL-2.0-or-later OR CC-BY-3.0",
    "Licence Art Libre 1.3",
    "http://creativecommons.org/publicdomain/zero/1.0/",
    *(f"http://creativecommons.org/licenses/{code}/3.0/" for code in ("by", "by-sa", "by-nd", "by-nc", "by-nc-nd")),
)
PLACES = ("US", "JP", "DE", "EU", "GB", "WORLD")

said = {
    "voice": st.sampled_from(Voice),
    "about": st.sampled_from(("jamendo:1", "jamendo:2")),
    "scope": st.sampled_from(Scope),
    "standing": st.sampled_from(Standing),
    "covers": st.sampled_from((frozenset(Right), frozenset({Right.RECORDING}), frozenset({Right.WORK}))),
    "layer": st.sampled_from((*[Layer.AUDIO] * 4, *Layer)),
    "dropped": st.booleans(),
    "vouched": st.booleans(),
}
clauses = st.builds(
    Clause,
    says=st.sampled_from(Says),
    acts=st.sampled_from((frozenset(Act), frozenset({Act.TRAIN_GENERATIVE}), frozenset({Act.INDEX}))),
    token=st.sampled_from(("train-ai=y", "train-ai=n")),
    force=st.sampled_from(Force),
    purposes=st.sampled_from((frozenset(Purpose), frozenset({Purpose.RESEARCH}))),
    territories=st.sets(st.sampled_from(PLACES[:-1])).map(frozenset),
    asks=st.sets(st.sampled_from(("payment", "attribution"))).map(frozenset),
)
statements = st.builds(make_term, st.sampled_from(STATEMENTS), **said)
signals = st.builds(make_signal, clauses, **said) | st.builds(make_signal, clauses, clauses, **said)
terms = statements | signals
reserving = st.builds(Clause, says=st.just(Says.RESERVES), acts=st.just(frozenset(Act)), token=st.just("n"))
refusals = st.builds(make_term, st.just("All rights reserved"), **said) | st.builds(make_signal, reserving, **said)
CONDITIONS = ("attribution", "notice", "share-alike", "source-code", "payment", "lawful-access")
accepted = st.sets(st.sampled_from(CONDITIONS)).map(frozenset)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """Draw a question about up to five terms."""
    return make_question(
        *draw(st.lists(terms, max_size=5)),
        act=draw(st.sampled_from(Act)),
        purpose=draw(st.sampled_from(Purpose)),
        accepts=draw(accepted),
        places=frozenset({draw(st.sampled_from(PLACES))}),
    )


def outcomes(question: Question) -> dict[str, Outcome]:
    """Decide under every reading."""
    verdict = decide(question, POLICY, "strict")
    return {opinion.reading: opinion.outcome for opinion in (verdict.opinion, *verdict.others)}


def with_terms(question: Question, *more: Term) -> Question:
    """Return the question with more terms."""
    return Question(question.use, (*question.terms, *more), question.item_evidence, question.accepts, question.doubts)


def speaks_for(term: Term, use: Use) -> bool:
    """Tell whether a term in force offers a licence, or permits an act and a purpose by name."""
    named = [one for one in term.resolution.clauses if use.act in one.acts and use.purpose in one.purposes]
    permits = term.resolution.stance is Stance.LICENSED or any(one.says is Says.PERMITS for one in named)
    return permits and not term.dropped


@pytest.mark.untraced
@given(questions())
def test_silence_is_never_permission(question: Question) -> None:
    """Law 1: nothing is permitted unless some term in force offers a licence, or permits this very use."""
    if not any(speaks_for(term, question.use) for term in question.terms):
        assert Outcome.PERMITTED not in outcomes(question).values()


@given(questions(), st.randoms(use_true_random=False))
def test_the_order_of_evidence_never_matters(question: Question, shuffler: st.DataObject) -> None:
    """Law 2: the same terms in any order give the same verdict, to the last reason."""
    shuffled = list(question.terms)
    shuffler.shuffle(shuffled)  # type: ignore[attr-defined]  # a random.Random
    again = Question(question.use, tuple(shuffled), question.item_evidence, question.accepts)
    assert decide(question, POLICY, "strict") == decide(again, POLICY, "strict")


@pytest.mark.untraced
@given(questions())
def test_names_and_digests_never_matter(question: Question) -> None:
    """Law 2: items of which the same is said are told the same, to the last reason, about their own recordings."""

    def told(terms: tuple[Term, ...], evidence: str) -> Told:
        asked = Question(question.use, terms, evidence, question.accepts)
        return Told.of(decide(asked, POLICY, "strict"))

    assert asked_alike(told, question.terms, ITEM) == told(question.terms, ITEM)


@given(questions(), refusals)
def test_one_more_refusal_never_makes_a_verdict_more_permissive(question: Question, refusal: Term) -> None:
    """Law 2: whoever refuses, of whatever weight, about whichever recording, under every reading."""
    before, after = outcomes(question), outcomes(with_terms(question, refusal))
    assert all(RANK[after[reading]] >= RANK[before[reading]] for reading in before)


@pytest.mark.untraced
@given(questions())
def test_every_opinion_has_reasons_and_every_reason_names_evidence(question: Question) -> None:
    """Law 3: and a reason that points the way the verdict went is among them."""
    verdict = decide(question, POLICY, "strict")
    for opinion in (verdict.opinion, *verdict.others):
        assert all(reason.evidence for reason in opinion.reasons)
        assert any(reason.outcome is opinion.outcome for reason in opinion.reasons)


@pytest.mark.untraced
@given(questions())
def test_accepting_more_never_makes_a_verdict_less_permissive(question: Question) -> None:
    """An undertaking only ever helps."""
    everything = Question(question.use, question.terms, question.item_evidence, POLICY.conditions)
    before, after = outcomes(question), outcomes(everything)
    assert all(RANK[after[reading]] <= RANK[before[reading]] for reading in before)


@pytest.mark.untraced
@given(questions(), st.sampled_from(("contradicted", "doubtful")))
def test_a_doubt_never_helps(question: Question, law: str) -> None:
    """Law 6: whatever is in doubt about identity, nothing is permitted by it."""
    doubted = Question(
        question.use, question.terms, question.item_evidence, question.accepts, (Doubt(law, "?", ("e",)),)
    )
    assert outcomes(doubted)["strict"] is not Outcome.PERMITTED
    assert RANK[outcomes(doubted)["strict"]] >= RANK[outcomes(question)["strict"]]


@pytest.mark.untraced
@given(questions())
def test_strict_is_never_more_permissive_than_the_guidance(question: Question) -> None:
    """The default reading is the most careful one."""
    found = outcomes(question)
    assert RANK[found["strict"]] >= RANK[found["cc-guidance-2025"]]
