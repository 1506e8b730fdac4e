"""Whose recording an item is: the surest way of telling wins, and nothing weak is taken for strong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from licet.catalog import Tags
from licet.corpus import Item, MatchLine
from licet.corpus.identity import Identity, Method, names_to_look_up, weigh
from licet.corpus.sighting import Sighting
from licet.identify import AudioFacts
from licet.policy import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE, PCM, OTHER = "a" * 64, "b" * 64, "c" * 64
AUDIO = AudioFacts("mp3", "mp3", 44_100, 2, 30.0, PCM, partial=False, note="")


def match(recording: str, probability: float = 1.0, query: tuple[float, float] = (0.0, 10.0)) -> MatchLine:
    """Make a match of the seconds `query` of the file."""
    return MatchLine(recording, "x.mp3", *query, 5.0, 15.0, 1.0, 1.0, 40, probability)


def told(
    *,
    declared: tuple[str, ...] = (),
    matches: tuple[MatchLine, ...] = (),
    tags: Tags = Tags(""),  # noqa: B008  (a frozen value)
    known: Mapping[str, tuple[str, ...]] | None = None,
    audio: AudioFacts | None = AUDIO,
    on_record: tuple[str, ...] = (),
    more: bool = False,
) -> Identity:
    """Weigh one item."""
    item = Item(name="x.mp3", path="x.mp3", declared=declared)
    sighting = Sighting(
        item=item,
        sha256=FILE if audio else "",
        audio=audio,
        peaks=200 if audio else 0,
        tags=tags,
        matches=matches,
        more=more,
    )
    return weigh(sighting, known or {}, on_record.__contains__, "evidence")


@pytest.mark.parametrize(
    ("known", "matches", "declared", "method"),
    [
        ({f"sha256:{FILE}": ("jamendo:1",)}, (match("jamendo:1"),), (), Method.FILE),
        ({f"pcm-sha256:{PCM}": ("jamendo:1",)}, (match("jamendo:1"),), (), Method.PCM),
        ({}, (match("jamendo:1"),), (), Method.SOUND),
        ({"jamendo:1": ("jamendo:1",)}, (), ("jamendo:1",), Method.LISTED),
    ],
    ids=["bytes", "samples", "sound", "list"],
)
def test_the_surest_way_of_telling_is_named(
    known: dict[str, tuple[str, ...]], matches: tuple[MatchLine, ...], declared: tuple[str, ...], method: Method
) -> None:
    """From the file's digest down to what a list says."""
    identity = told(known=known, matches=matches, declared=declared)
    assert [(one.recording, one.method) for one in identity.found] == [("jamendo:1", method)]
    assert identity.doubts == ()


def test_a_sound_with_more_recordings_than_are_told_is_a_doubt() -> None:
    """One of those that are not told may be reserved, even where the very same bytes are on record."""
    known = {f"sha256:{FILE}": ("jamendo:1",)}
    assert told(known=known, matches=(match("jamendo:1"),)).doubts == ()
    (doubt,) = told(known=known, matches=(match("jamendo:1"),), more=True).doubts
    assert (doubt.law, doubt.outcome) == ("doubtful", Outcome.UNKNOWN)
    assert "more recordings on record than the 1" in doubt.says


def test_a_list_that_says_another_recording_than_the_sound_is_contradicted() -> None:
    """Both recordings are looked up, and the contradiction is a doubt of its own."""
    identity = told(known={"jamendo:2": ("jamendo:2",)}, matches=(match("jamendo:1"),), declared=("jamendo:2",))
    assert [one.recording for one in identity.found] == ["jamendo:1", "jamendo:2"]
    assert [doubt.law for doubt in identity.doubts] == ["contradicted"]


def test_a_recording_whose_sound_is_on_record_must_sound_like_it() -> None:
    """A list cannot make one recording another."""
    identity = told(known={"jamendo:2": ("jamendo:2",)}, declared=("jamendo:2",), on_record=("jamendo:2",))
    assert [doubt.law for doubt in identity.doubts] == ["doubtful"]


def test_a_stated_digest_that_is_not_the_files_own_is_contradicted() -> None:
    """The list speaks of other bytes."""
    known = {f"sha256:{OTHER}": ("jamendo:2",)}
    assert "contradicted" in {doubt.law for doubt in told(known=known, declared=(f"sha256:{OTHER}",)).doubts}


def test_a_stated_digest_that_is_the_files_own_is_no_doubt() -> None:
    """It is the very same file."""
    known = {f"sha256:{FILE}": ("jamendo:2",)}
    assert told(known=known, declared=(f"sha256:{FILE}",)).doubts == ()


def test_an_unsure_match_is_a_doubt_and_no_identity() -> None:
    """A person must listen."""
    identity = told(matches=(match("jamendo:1", 0.8),))
    assert identity.found == ()
    assert [doubt.law for doubt in identity.doubts] == ["doubtful"]


def test_an_unsure_match_beside_a_sure_one_is_no_doubt() -> None:
    """What it is, is known."""
    assert told(matches=(match("jamendo:1"), match("jamendo:2", 0.8))).doubts == ()


@pytest.mark.parametrize(
    ("spans", "found", "doubted"),
    [
        pytest.param([("a", 1.0, (0, 9)), ("a", 0.999, (20, 29))], ["a"], [], id="one recording, twice"),
        pytest.param([("a", 1.0, (0, 9)), ("b", 0.999, (10, 19))], ["a", "b"], [], id="one after the other"),
        pytest.param([("a", 1.0, (0, 9)), ("b", 0.8, (10, 19))], ["a"], ["b"], id="the other is not sure"),
        pytest.param([("a", 1.0, (0, 9)), ("b", 0.8, (7, 19))], ["a"], ["b"], id="nor is it where they meet"),
        pytest.param([("a", 1.0, (0, 9)), ("b", 0.8, (2, 11))], ["a"], [], id="it is mostly accounted for"),
        pytest.param([("b", 0.8, (0, 9)), ("b", 0.9, (20, 29))], [], ["b"], id="unsure twice is one doubt"),
        pytest.param([("a", 1.0, (0, 9)), ("a", 0.8, (20, 29))], ["a"], [], id="sure here, unsure there"),
    ],
)
def test_a_file_may_hold_several_recordings_and_one_several_times(
    spans: list[tuple[str, float, tuple[float, float]]], found: list[str], doubted: list[str]
) -> None:
    """Each is found once; an unsure one is a doubt where nothing surer accounts for that part of the file."""
    identity = told(matches=tuple(match(*span) for span in spans))
    assert [one.recording for one in identity.found] == found
    assert [doubt.about for doubt in identity.doubts] == doubted


def test_the_very_same_bytes_leave_no_doubt_about_a_part_of_them() -> None:
    """What is likely in a file that is on record whole adds nothing."""
    identity = told(known={f"sha256:{FILE}": ("jamendo:1",)}, matches=(match("jamendo:2", 0.8),))
    assert [one.recording for one in identity.found] == ["jamendo:1"]
    assert identity.doubts == ()


@pytest.mark.parametrize(
    ("tags", "declared"),
    [
        (Tags("id3", (("WOAF", "http://www.jamendo.com/track/214"),)), ()),
        (Tags("id3", (("TSRC", "USRC17607839"),)), ()),
        (Tags(""), ("isrc:USRC17607839",)),
    ],
    ids=["a link in a tag", "an ISRC in a tag", "an ISRC in a list"],
)
def test_a_name_in_a_tag_and_an_isrc_are_hints_and_no_more(tags: Tags, declared: tuple[str, ...]) -> None:
    """Law 6."""
    known = {"jamendo:214": ("jamendo:214",), "isrc:USRC17607839": ("jamendo:214",)}
    identity = told(tags=tags, declared=declared, known=known)
    assert identity.found == ()
    assert len(identity.hints) == 1


def test_digests_and_names_are_looked_up() -> None:
    """Everything that the catalogue may know."""
    item = Item(name="x", declared=("jamendo:1",))
    names = names_to_look_up(Sighting(item=item, sha256=FILE, audio=AUDIO))
    assert set(names) == {"jamendo:1", f"sha256:{FILE}", f"pcm-sha256:{PCM}"}
