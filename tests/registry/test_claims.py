"""Claims and their steps: what makes one, how it stands, what is due, and who is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.db import open_database
from licet.errors import UsageError
from licet.registry.claims import (
    Against,
    Answer,
    Ask,
    Claim,
    Days,
    Disclosed,
    Found,
    HeardIn,
    InManifest,
    ItemFound,
    Remedy,
    Respondent,
    State,
    Step,
    StepKind,
    What,
    parse_claim,
    parse_step,
    standing,
)
from licet.registry.claims.notices import of_claim, of_step
from licet.registry.claims.store import ClaimStore
from licet.registry.outbox import Address
from licet.registry.outbox.store import OutboxStore

if TYPE_CHECKING:
    from collections.abc import Iterator

MADE = datetime(2026, 11, 1, 22, tzinfo=UTC)
DIGEST = "5" * 64
ANN, LAB = "ann", "biglab"
FOUND = Found(
    recording="jamendo:1",
    query_start_ms=0,
    query_end_ms=900,
    reference_start_ms=4_000,
    reference_end_ms=4_900,
    time_factor="1.05",
    frequency_factor="1",
    aligned_peaks=20,
    probability="0.999",
)
SEALED = InManifest(
    origin="log.example/one", place=3, sha256=DIGEST, items=(ItemFound(item="a.mp3", sha256=DIGEST, found=(FOUND,)),)
)
OUTPUT = HeardIn(name="song.mp3", sha256=DIGEST, found=(FOUND,))
BACKWARDS = msgspec.structs.replace(OUTPUT, found=(msgspec.structs.replace(FOUND, query_end_ms=0),))
PATHED = msgspec.structs.replace(FOUND, path="a\udcff.wav")
PAGE = Disclosed(words="trained on Big Set", url="https://biglab.example/m", read="2026-10-30", evidence=DIGEST)
HEARS = {name: (Address(f"mailto:{name}@example.org"),) for name in (ANN, LAB)}


def claimed(**facts: object) -> Claim:
    """Word a claim of Ann's on Big Lab's corpus."""
    given_facts: dict[str, object] = {
        "claimant": ANN,
        "actor": "desk",
        "at": MADE.isoformat(),
        "recordings": ("jamendo:1",),
        "against": Against(what=What.CORPUS, name="Big Set"),
        "respondent": Respondent(name="Big Lab", party=LAB),
        "grounds": (SEALED,),
        "asks": (Ask.REMOVE,),
    }
    return Claim(**given_facts | facts)  # type: ignore[arg-type]  # fields of several types


CLAIM = claimed()


def step(kind: StepKind, party: str = LAB, hours: float = 1, **facts: object) -> Step:
    """Word a step of the claim, some hours after it."""
    at = (MADE + timedelta(hours=hours)).isoformat()
    given_facts: dict[str, object] = {"claim": CLAIM.id, "kind": kind, "party": party, "actor": "desk", "at": at}
    if kind is StepKind.ANSWERED:
        given_facts["answer"] = Answer.ACCEPTED
    if kind is StepKind.REMEDIED:
        given_facts["remedy"] = Remedy.PAID
    return Step(**given_facts | facts)  # type: ignore[arg-type]  # likewise


def test_a_claim_has_one_text_and_one_name() -> None:
    """And what it rests on comes back as it was."""
    claim = claimed(grounds=(SEALED, OUTPUT, PAGE), words="Take it out.\nPlease.")
    assert parse_claim(claim.encoded()) == claim
    assert len({claim.id, CLAIM.id, claimed(days=Days(answer=60)).id}) == 3
    assert list(claim.found()) == [FOUND, FOUND]
    one = step(StepKind.ANSWERED)
    assert parse_step(one.encoded()) == one
    for parse, value in ((parse_claim, claim), (parse_step, one)):
        with pytest.raises(UsageError, match="RFC 8785"):
            parse(value.encoded().replace(b'":"', b'": "', 1))
        with pytest.raises(UsageError, match="it is no"):
            parse(b"{}")
        with pytest.raises(UsageError, match="it is no"):
            parse(b'{"x":' * 200_000)


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"at": "2026-11-01T00:00:00"}, "no time zone"),
        ({"claimant": " "}, "claimant: it is empty"),
        ({"against": Against(what=What.MODEL, name="")}, r"against\.name: it is empty"),
        ({"respondent": Respondent(name="x" * 700)}, r"respondent\.name: at most"),
        ({"words": "a\x1b[2J"}, "words: at most"),
        ({"words": "a\x9b2J"}, "words: at most"),
        ({"words": "\udcff"}, "words: at most"),
        ({"actor": "\udcff"}, "actor: at most"),
        ({"respondent": Respondent(name="Big Lab", party="\x85")}, r"respondent\.party: at most"),
        ({"grounds": (msgspec.structs.replace(OUTPUT, found=(PATHED,)),)}, r"grounds\.path: at most"),
        ({"at": "9999-12-31T00:00:00+00:00"}, "at: .* is no time of ours"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "at: .* is no time of ours"),
        ({"grounds": (msgspec.structs.replace(PAGE, url="https://["),)}, "no address on the web"),
        ({"grounds": (msgspec.structs.replace(PAGE, read="2026-W01-1"),)}, "there is no day"),
        ({"recordings": ("jamendo:1", "jamendo:1")}, "recordings: each is named once"),
        ({"asks": ()}, "asks: each is named once"),
        ({"days": Days(acknowledge=9, answer=8)}, "before the acknowledgement"),
        ({"respondent": Respondent(name="Ann", party=ANN)}, "against itself"),
        ({"recordings": ("jamendo:2",)}, "jamendo:1 is none of the recordings"),
        ({"grounds": (BACKWARDS,)}, "in no time"),
        ({"grounds": (msgspec.structs.replace(PAGE, words=" "),)}, "a disclosure has words"),
        ({"grounds": (msgspec.structs.replace(PAGE, url="file:///etc/passwd"),)}, "no address on the web"),
        ({"grounds": (msgspec.structs.replace(PAGE, read="yesterday"),)}, "there is no day"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_is_no_claim(facts: dict[str, object], says: str) -> None:
    """The field is named."""
    with pytest.raises(UsageError, match=says):
        claimed(**facts)


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"kind": StepKind.CLOSED, "at": "soon"}, "is no time"),
        ({"kind": StepKind.CLOSED, "party": ""}, "party: nobody is named"),
        ({"kind": StepKind.CLOSED, "words": "\0"}, "words"),
        ({"kind": StepKind.CLOSED, "party": "\udcff"}, "party: at most"),
        ({"kind": StepKind.CLOSED, "actor": "x" * 601}, "actor: at most"),
        ({"kind": StepKind.CLOSED, "at": "9999-12-31T00:00:00+00:00"}, "at: .* is no time of ours"),
        ({"kind": StepKind.ANSWERED, "answer": None}, "answer: an answer says"),
        ({"kind": StepKind.CLOSED, "answer": Answer.DENIED}, "answer: an answer says"),
        ({"kind": StepKind.REMEDIED, "remedy": None}, "remedy: a remedy says"),
        ({"kind": StepKind.ANSWERED, "answer": Answer.PARTLY}, "says why"),
        ({"kind": StepKind.REMEDIED, "place": 4}, "place: only what was removed"),
        ({"kind": StepKind.REMEDIED, "remedy": Remedy.LICENSED}, "grant: what was licensed"),
        ({"kind": StepKind.CLOSED, "grant": DIGEST}, "grant: what was licensed"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_what_is_no_step(facts: dict[str, object], says: str) -> None:
    """The field is named."""
    with pytest.raises(UsageError, match=says):
        step(**facts)  # type: ignore[arg-type]  # likewise


def test_a_claim_from_the_first_day_to_the_last() -> None:
    """Each deadline ends with its day, and a disputed answer is due again."""

    def due(day: date, *steps: Step) -> list[tuple[str, date, bool]]:
        found = standing(CLAIM, steps, as_of=datetime.combine(day, datetime.max.time(), UTC))
        return [(one.what, one.by, one.overdue) for one in found.due]

    seventh, thirtieth = date(2026, 11, 8), date(2026, 12, 1)
    both = [("acknowledgement", seventh, False), ("answer", thirtieth, False)]
    assert due(seventh) == both
    assert due(date(2026, 11, 9)) == [("acknowledgement", seventh, True), both[1]]
    seen = step(StepKind.ACKNOWLEDGED)
    assert due(thirtieth, seen) == [both[1]]
    assert due(date(2026, 12, 2), seen) == [("answer", thirtieth, True)]
    answered = step(StepKind.ANSWERED, hours=24, answer=Answer.DENIED, words="it is not ours")
    assert due(date(2027, 1, 1), answered, seen) == []
    disputed = step(StepKind.DISPUTED, ANN, 48)
    assert due(date(2026, 12, 3), answered, disputed) == [("answer", date(2026, 12, 3), False)]
    remedied = step(StepKind.REMEDIED, hours=72, remedy=Remedy.REMOVED, place=9)
    closed = step(StepKind.CLOSED, ANN, 96)
    came = standing(CLAIM, [closed, disputed, seen, remedied, answered], as_of=MADE + timedelta(days=9))
    assert (came.state, came.answer, came.remedies) == (State.CLOSED, Answer.DENIED, (Remedy.REMOVED,))
    assert came.taken == (seen, answered, disputed, remedied, closed)
    assert came.since == closed.moment
    assert not came.void
    assert not came.overdue


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ([step(StepKind.ACKNOWLEDGED, ANN)], "is the respondent's to say"),
        ([step(StepKind.WITHDRAWN, LAB)], "is the claimant's to say"),
        ([step(StepKind.CLOSED, ANN)], "does not follow when the claim is open"),
        ([step(StepKind.WITHDRAWN, ANN), step(StepKind.ANSWERED, hours=2)], "when the claim is withdrawn"),
        ([step(StepKind.REMEDIED), step(StepKind.ANSWERED, hours=2)], "when the claim is remedied"),
        ([step(StepKind.ACKNOWLEDGED, hours=-1)], "before the claim"),
        ([step(StepKind.ACKNOWLEDGED, claim=DIGEST)], "of another claim"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_step_that_nobody_may_take_is_void(steps: list[Step], why: str) -> None:
    """It changes nothing, and the reason is told."""
    came = standing(CLAIM, steps, as_of=MADE + timedelta(days=1))
    ((void, because),) = came.void
    assert void == steps[-1]
    assert why in because
    assert came.taken == tuple(steps[:-1])


def test_who_is_no_party_is_answered_for_by_the_claimant() -> None:
    """As it was told, by post or otherwise."""
    claim = claimed(respondent=Respondent(name="Somebody"))
    told = step(StepKind.ANSWERED, ANN, claim=claim.id)
    assert standing(claim, [told], as_of=told.moment).state is State.ANSWERED


def test_at_one_moment_the_kinds_have_an_order() -> None:
    """An answer and its dispute on one second stand as answer and dispute."""
    steps = [step(StepKind.DISPUTED, ANN), step(StepKind.ANSWERED)]
    assert standing(CLAIM, steps, as_of=MADE + timedelta(days=1)).state is State.DISPUTED


STEPS = st.lists(
    st.builds(step, st.sampled_from(StepKind), st.sampled_from([ANN, LAB, "zoe"]), st.integers(-2, 24 * 40)), max_size=8
)
MOMENTS = st.integers(0, 24 * 45).map(lambda hours: MADE + timedelta(hours=hours))


@given(STEPS, MOMENTS, st.randoms())
def test_the_order_in_which_steps_arrive_never_matters(steps: list[Step], as_of: datetime, chance: object) -> None:
    """Nor does it that one arrives twice."""
    shuffled = steps + steps[:2]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # a `Random` of hypothesis
    assert standing(CLAIM, shuffled, as_of=as_of) == standing(CLAIM, steps, as_of=as_of)


@given(STEPS, MOMENTS)
def test_each_step_is_taken_or_void_and_void_ones_change_nothing(steps: list[Step], as_of: datetime) -> None:
    """What was not made yet is neither."""
    came = standing(CLAIM, steps, as_of=as_of)
    made = {one for one in steps if one.moment <= as_of}
    assert {*came.taken, *(one for one, _ in came.void)} == made
    assert len(came.taken) + len(came.void) == len(made)
    again = standing(CLAIM, came.taken, as_of=as_of)
    assert (again.state, again.since, again.due, again.taken) == (came.state, came.since, came.due, came.taken)


@given(STEPS, MOMENTS, MOMENTS)
def test_what_is_over_stays_over_and_awaits_nothing(steps: list[Step], one: datetime, other: datetime) -> None:
    """Whatever is said after."""
    before, after = (standing(CLAIM, steps, as_of=moment) for moment in sorted((one, other)))
    if before.state.over:
        assert (after.state, after.since) == (before.state, before.since)
        assert not after.due
    assert after.taken[: len(before.taken)] == before.taken


@given(STEPS, MOMENTS)
def test_only_a_respondent_who_is_awaited_is_late(steps: list[Step], as_of: datetime) -> None:
    """And never on the day itself, nor within the days that the claim gives."""
    came = standing(CLAIM, steps, as_of=as_of)
    assert bool(came.due) is (came.state in {State.OPEN, State.ACKNOWLEDGED, State.DISPUTED})
    for one in came.due:
        assert one.overdue is (as_of.date() > one.by)
        assert one.by >= MADE.date() + timedelta(days=CLAIM.days.acknowledge)


def test_the_other_side_hears_of_it() -> None:
    """What is claimed, in plain words and as facts; and never that it proves a training."""
    claim = claimed(words="take it\nout", recordings=("jamendo:1", "jamendo:2"))
    (told,) = of_claim(claim, HEARS)
    assert (told.to, told.kind) == (HEARS[LAB][0], "claim.made")
    assert "2 recordings of theirs are in the corpus Big Set, and asks: remove" in told.text
    assert "take it out" in told.text
    assert told.facts["recordings"] == ["jamendo:1", "jamendo:2"]
    for kind, party, hears in (
        (StepKind.ACKNOWLEDGED, LAB, ANN),
        (StepKind.ANSWERED, LAB, ANN),
        (StepKind.REMEDIED, LAB, ANN),
        (StepKind.DISPUTED, ANN, LAB),
        (StepKind.WITHDRAWN, ANN, LAB),
        (StepKind.CLOSED, ANN, LAB),
    ):
        (heard,) = of_step(CLAIM, step(kind, party), HEARS)
        assert (heard.to, heard.kind) == (HEARS[hears][0], f"claim.{kind.partition('-')[0]}")
        assert "no proof that anything was trained" in heard.text
    assert not list(of_claim(claimed(respondent=Respondent(name="Nobody")), HEARS))
    (denied,) = of_step(CLAIM, step(StepKind.ANSWERED, answer=Answer.DENIED, words="no\u2028way"), HEARS)
    assert "answered: denied" in denied.text
    assert "In their words: no way" in denied.text


def test_names_of_any_length_fit_into_a_message() -> None:
    """Some are named, and the others counted."""
    keys = tuple(f"local:{'許' * 590}{number:03}" for number in range(100))
    (told,) = of_claim(claimed(recordings=keys, grounds=(PAGE,)), HEARS)
    named = told.facts["recordings"]
    assert list(keys[: len(named)]) == named
    assert f"… and {100 - len(named)} more" in told.text


@pytest.fixture
def store(database: str) -> Iterator[ClaimStore]:
    """An empty store, on either database."""
    engine = open_database(database)
    yield ClaimStore(engine)
    engine.dispose()


def test_before_the_first_claim(store: ClaimStore) -> None:
    """There is nothing, and no table."""
    assert not store.any()
    assert store.claim(CLAIM.id) is None
    assert store.claims(as_of=MADE) == ()
    assert store.steps([CLAIM.id]) == {}
    assert store.places([CLAIM.id]) == {}
    assert store.named("") == ()
    with pytest.raises(UsageError, match="there is no claim"):
        store.add(step(StepKind.ACKNOWLEDGED), 0)


def test_what_is_kept(store: ClaimStore) -> None:
    """Claims by their recordings and their moments, and steps in the order of their coming."""
    later = claimed(recordings=("jamendo:1", "jamendo:2"), at=(MADE + timedelta(days=1)).isoformat())
    store.add(later, 0)
    store.add(CLAIM, 0)
    answered, seen = step(StepKind.ANSWERED, hours=2), step(StepKind.ACKNOWLEDGED)
    for one in (answered, seen, seen):
        store.add(one, 0)
    assert store.claim(CLAIM.id) == CLAIM
    assert store.claim(seen.id) is None
    assert store.claims(as_of=MADE) == (CLAIM,)
    assert store.claims(as_of=later.moment) == (CLAIM, later)
    assert store.claims(as_of=later.moment, recordings=["jamendo:2"]) == (later,)
    assert store.claims(as_of=later.moment, recordings=[]) == ()
    assert store.steps([CLAIM.id, later.id]) == {CLAIM.id: (answered, seen)}
    assert store.named(CLAIM.id[:20]) == (CLAIM.id,)
    assert len(store.named("")) == 2
    assert store.named("%") == ()
    assert store.body(seen.id) == seen.encoded()


def test_places_are_noted_after(store: ClaimStore) -> None:
    """And what is not noted stands behind what the log held before it."""
    store.add(CLAIM, 4)
    store.add(step(StepKind.ACKNOWLEDGED), 5)
    assert store.unlogged() == [CLAIM.id, step(StepKind.ACKNOWLEDGED).id]
    assert store.last_place() == 3
    store.note_places({CLAIM.id: 4})
    assert store.last_place() == 4
    store.note_places({step(StepKind.ACKNOWLEDGED).id: 7})
    store.note_places({})
    assert (store.unlogged(), store.last_place()) == ([], -1)
    assert store.places([CLAIM.id, DIGEST]) == {CLAIM.id: 4}


def test_a_notice_goes_out_with_what_it_tells_of(database: str) -> None:
    """Once, and not at all where that is refused."""
    engine = open_database(database)
    store, outbox = ClaimStore(engine), OutboxStore(engine)
    seen = step(StepKind.ACKNOWLEDGED)
    with pytest.raises(UsageError):
        store.add(seen, 0, of_step(CLAIM, seen, HEARS))
    assert not list(outbox.waiting())
    for _ in range(2):
        store.add(CLAIM, 0, of_claim(CLAIM, HEARS))
        store.add(seen, 0, of_step(CLAIM, seen, HEARS))
    assert sorted(one.message.kind for one in outbox.waiting()) == ["claim.acknowledged", "claim.made"]
    engine.dispose()
