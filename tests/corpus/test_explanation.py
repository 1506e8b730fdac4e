"""An explanation shows each reason once and loses none, and never shows contested law as settled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from licet.corpus import Line, ReadingLine, ReasonLine, house_policy
from licet.corpus.contacts import Contact, contacts_for
from licet.corpus.explanation import explained
from licet.corpus.telling import action_in_words, answer_in_words, sureness_in_words, titles_of
from manifests import NC, SILENT, line_of, sample_head, sample_lines

NAMES = ("strict", "guidance", "mining")
VERDICTS = st.sampled_from(("permitted", "refused", "unknown"))
STATUSES = st.sampled_from(("settled", "contested", "pending", "never heard of"))
REASONS = st.builds(
    ReasonLine,
    readings=st.lists(st.sampled_from(NAMES), min_size=1, unique=True).map(tuple),
    rule=st.sampled_from("ab"),
    verdict=VERDICTS,
    says=st.just("so"),
    evidence=st.sampled_from((("1",), ("2",))),
    cites=st.just("law"),
    status=STATUSES,
    about=st.sampled_from(("", "x:1", "x:2")),
)


@st.composite
def lines(draw: st.DrawFn) -> Line:
    """Draw a line under three readings."""
    readings = tuple(ReadingLine(name, draw(VERDICTS)) for name in NAMES)
    reasons = tuple(draw(st.lists(REASONS, max_size=8)))
    return Line(item="a", verdict=readings[0].verdict, readings=readings, reasons=reasons)


@given(lines())
def test_no_reason_is_lost_and_none_is_shown_twice(line: Line) -> None:
    """Each is found under its reading, with what it says, of whom, and its evidence."""
    grounds = explained(line).grounds
    for one in line.reasons:
        words = (one.rule, one.verdict, one.says, one.cites, one.status)
        assert any(
            words == (ground.rule, ground.verdict, ground.says, ground.cites, ground.status)
            and set(one.readings) == {*ground.decides, *ground.heard}
            and set(one.evidence) <= set(ground.evidence)
            and (not one.about or one.about in ground.about)
            for ground in grounds
        )
    assert len(grounds) <= len(set(line.reasons))


@given(lines())
def test_contested_law_is_never_shown_as_settled(line: Line) -> None:
    """Settled is only a reading whose every deciding reason is, where all readings agree."""
    for side in explained(line).sides:
        deciding = [one for one in line.reasons if side.reading in one.readings and one.verdict == side.verdict]
        agree = len({one.verdict for one in line.readings}) == 1
        settled = bool(deciding) and agree and all(one.status == "settled" for one in deciding)
        assert (side.status == "settled") == settled


def test_several_recordings_with_one_reason_share_it() -> None:
    """With each of them named, and the evidence of each."""
    line = line_of("mix.mp3", NC, key="x:1")
    one = replace(line.reasons[0], readings=tuple(reading.reading for reading in line.readings))
    grounds = explained(replace(line, reasons=(one, replace(one, about="x:2", evidence=("2",))))).grounds
    assert [ground.about for ground in grounds] == [("x:1", "x:2")]
    assert len(grounds[0].evidence) == 2


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        ("permitted", "It may be used"),
        ("refused", "It may not be used"),
        ("unknown", "no permission"),
        ("odd", "no perm"),
    ],
)
def test_each_verdict_has_its_sentence(verdict: str, words: str) -> None:
    """And what is no verdict is no permission."""
    assert words in answer_in_words(Line(item="a", verdict=verdict), sample_head())


def test_an_act_that_is_done_to_it_reads_as_english() -> None:
    """It is passed on; it is not used to be passed on."""
    assert "may be passed on" in answer_in_words(Line(item="a", verdict="permitted"), sample_head(act="redistribute"))


@pytest.mark.parametrize(
    ("others", "status", "words"),
    [
        (("refused", "refused"), "contested", "Every reading comes to this verdict"),
        (("refused", "refused"), "settled", "the law behind it is settled"),
        (("permitted", "refused"), "settled", "1 of 2 other readings comes"),
        (("permitted", "unknown"), "settled", "2 of 2 other readings come"),
        ((), "settled", "No other reading was asked"),
    ],
)
def test_how_sure_it_is_stands_in_one_sentence(others: tuple[str, ...], status: str, words: str) -> None:
    """Where the readings differ, their number is told."""
    verdicts = dict(zip(NAMES, ("refused", *others), strict=False))
    readings = tuple(ReadingLine(name, verdict) for name, verdict in verdicts.items())
    reasons = tuple(
        ReasonLine((name,), "r", verdict, "so", ("1",), "law", status) for name, verdict in verdicts.items()
    )
    line = Line(item="a", verdict="refused", readings=readings, reasons=reasons)
    assert words in sureness_in_words(line, explained(line))


@pytest.mark.parametrize("change", sorted({change for line in sample_lines() for change in line.changes}))
def test_every_change_is_something_to_do(change: str) -> None:
    """A sentence that begins with a verb; words that nobody foresaw are left as they are."""
    assert action_in_words(change) != change
    assert action_in_words(f"{change}!") == f"{change}!"


def test_titles_are_those_of_the_policy_that_decided() -> None:
    """Another policy may call other things by the same names."""
    policy = house_policy()
    assert titles_of(policy, sample_head(policy_sha256=policy.digest))["strict"] == "Strict"
    assert titles_of(policy, sample_head()) == {}


def test_where_nothing_is_on_record_the_manifest_or_the_corpus_names_whom_to_ask() -> None:
    """And it is said which of the two does."""
    known = line_of("a.mp3", SILENT, key="x:1", artist="Ana", holders=("Bo",))
    assert [one.name for one in contacts_for(known, {}).people] == ["Bo", "Ana"]
    own = contacts_for(replace(known, recordings=()), {}).people[0]
    assert own == Contact("Bo", ("named by the corpus itself; nothing is on record",))
