from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from imagined import segments
from licet.errors import IndexDamagedError
from licet.identify import SURE, Fingerprint, FingerprintIndex, IndexWriter, Match
from licet.identify.fingerprint import SAMPLE_RATE_HZ
from licet.identify.searching import Search, _stretches
from playing import SECONDS, clip, heard, music, noisy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from licet.identify.fingerprint import Floats


def search(folder: Path, sound: Floats) -> tuple[Match, ...]:
    """Look up what sounds in `sound`."""
    return FingerprintIndex.open(folder).search(heard(sound))


def sure(folder: Path, sound: Floats) -> list[Match]:
    """Return what is sure, as it follows in time."""
    found = (match for match in search(folder, sound) if match.probability >= SURE)
    return sorted(found, key=lambda match: match.query_start_s)


def silence(seconds: float) -> Floats:
    """Return nothing to be heard."""
    return np.zeros(int(seconds * SAMPLE_RATE_HZ), np.float32)


@pytest.mark.parametrize("piece", [0, 3, 5, 7])
def test_a_clip_is_found_where_it_was_cut(registered: Path, piece: int) -> None:
    """Ten seconds are found in the right recording, to twenty milliseconds, at their own speed."""
    match, *others = search(registered, clip(piece, 7.3, 10.0))
    assert (match.recording, match.path) == (f"piece-{piece}", f"/music/{piece}.wav")
    assert match.probability >= SURE
    assert match.reference_start_s - match.query_start_s == pytest.approx(7.3, abs=0.02)
    assert match.reference_end_s - match.query_end_s == pytest.approx(7.3, abs=0.02)
    assert match.query_start_s < 1.0
    assert match.query_end_s > 9.0
    assert match.unchanged
    assert all(other.probability < SURE for other in others)


@pytest.mark.parametrize(
    ("tempo", "pitch"),
    [
        pytest.param(1.02, 1.02, id="speed +2 %"),
        pytest.param(0.98, 0.98, id="speed -2 %"),
        pytest.param(1.035, 1.035, id="speed +3.5 %, between two steps"),
        pytest.param(1.05, 1.0, id="tempo +5 %"),
        pytest.param(0.95, 1.0, id="tempo -5 %"),
        pytest.param(1.10, 1.0, id="tempo +10 %"),
        pytest.param(1.0, 1.05, id="pitch +5 %"),
        pytest.param(1.0, 0.94, id="pitch -6 %"),
    ],
)
@pytest.mark.parametrize("piece", [1, 6])
def test_a_changed_clip_is_found_and_its_change_told(registered: Path, piece: int, tempo: float, pitch: float) -> None:
    """A clip whose speed, tempo or pitch was changed is found; both factors are told to half a per cent."""
    match = search(registered, clip(piece, 5.0, 10.0, tempo=tempo, pitch=pitch))[0]
    assert match.recording == f"piece-{piece}"
    assert match.probability >= SURE
    assert match.time_factor == pytest.approx(tempo, rel=0.005)
    assert match.frequency_factor == pytest.approx(pitch, rel=0.005)
    assert not match.unchanged
    start = 5.0 * tempo + match.query_start_s * tempo
    assert match.reference_start_s == pytest.approx(start, abs=0.05)


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(lambda: clip(2, 3.0, 5.0), id="five seconds"),
        pytest.param(lambda: noisy(clip(2, 3.0, 10.0), 0.0), id="as much noise as music"),
        pytest.param(lambda: np.r_[music(91, 20.0), clip(2, 3.0, 10.0), music(92, 20.0)], id="inside other music"),
        pytest.param(lambda: music(2, SECONDS), id="the whole"),
    ],
)
def test_a_copy_is_found(registered: Path, sound: Callable[[], Floats]) -> None:
    """Short, noisy, surrounded or whole: a copy is found, and nothing else is sure."""
    assert [match.recording for match in sure(registered, sound())] == ["piece-2"]


@pytest.mark.parametrize("seed", range(100, 110))
def test_other_music_is_not_found(registered: Path, seed: int) -> None:
    """What was never registered is never identified."""
    assert not sure(registered, music(seed, 10.0))


def test_a_medley_is_told_piece_by_piece(registered: Path) -> None:
    """Every recording in it is found, and where it begins and ends, in the medley and in itself, to a second."""
    parts = [(4, 12.0, 18.0), (0, 0.0, 30.0), (6, 5.0, 15.0)]
    gap = silence(3.0)
    found = sure(registered, np.concatenate([part for each in parts for part in (clip(*each), gap)]))
    assert [match.recording for match in found] == [f"piece-{piece}" for piece, _, _ in parts]
    at_s = 0.0
    for match, (_, start_s, length_s) in zip(found, parts, strict=True):
        assert (match.query_start_s, match.query_end_s) == pytest.approx((at_s, at_s + length_s), abs=1.0)
        assert (match.reference_start_s, match.reference_end_s) == pytest.approx((start_s, start_s + length_s), abs=1.0)
        at_s += length_s + 3.0


def test_what_sounds_twice_is_told_twice(registered: Path) -> None:
    """One recording, with other music between: two spans, each with its own place in the recording."""
    first, second = sure(registered, np.r_[clip(2, 5.0, 15.0), music(93, 20.0), clip(2, 10.0, 15.0)])
    assert first.recording == second.recording == "piece-2"
    assert (first.query_start_s, first.reference_start_s) == pytest.approx((0.0, 5.0), abs=1.0)
    assert (second.query_start_s, second.reference_start_s) == pytest.approx((35.0, 10.0), abs=1.0)


def test_what_was_changed_is_found_in_the_middle_of_a_long_file(registered: Path) -> None:
    """Half a minute that runs faster, after a minute of other music."""
    (match,) = sure(registered, np.r_[music(94, 60.0), clip(3, 0.0, 28.0, tempo=1.05)])
    assert match.recording == "piece-3"
    assert match.time_factor == pytest.approx(1.05, rel=0.005)
    assert (match.query_start_s, match.query_end_s) == pytest.approx((60.0, 88.0), abs=1.5)


def test_a_short_recording_is_found_in_a_long_query(tmp_path: Path) -> None:
    """A jingle of five seconds is found inside two minutes of other music."""
    with IndexWriter(tmp_path) as writer:
        writer.add("jingle", "", heard(music(50, 5.0)))
    match = search(tmp_path, np.r_[music(93, 70.0), music(50, 5.0), music(94, 45.0)])[0]
    assert (match.query_start_s, match.query_end_s) == pytest.approx((70.0, 75.0), abs=1.0)
    assert match.reference_start_s == pytest.approx(match.query_start_s - 70.0, abs=0.02)


def test_two_recordings_that_are_one_are_both_told(tmp_path: Path) -> None:
    """The same music under two names is two matches."""
    with IndexWriter(tmp_path) as writer:
        writer.add("theirs", "", heard(music(60, 20.0)))
        writer.add("ours", "", heard(noisy(music(60, 20.0), 30.0)))
    assert {match.recording for match in search(tmp_path, music(60, 10.0))} == {"theirs", "ours"}


def test_what_was_withdrawn_or_excluded_is_not_found(tmp_path: Path) -> None:
    """Neither is a candidate, whatever it sounds like; the other copy of it still is."""
    with IndexWriter(tmp_path) as writer:
        for name in "abc":
            writer.add(name, "", heard(music(60, 20.0)))
        writer.commit()
        writer.withdraw("b")
    index = FingerprintIndex.open(tmp_path)
    query = heard(music(60, 10.0))
    assert {match.recording for match in index.search(query)} == {"a", "c"}
    assert {match.recording for match in index.search(query, excluding="a")} == {"c"}
    assert {match.recording for match in index.search(query, excluding="b")} == {"a", "c"}


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(lambda: heard(silence(0.0)), id="nothing"),
        pytest.param(lambda: heard(silence(1.0)), id="silence"),
        pytest.param(lambda: Fingerprint(np.float32([3]), np.float32([9]), 1.0), id="one peak"),
        pytest.param(lambda: Fingerprint(np.float32([3, 9]), np.float32([9, 9.1]), 1.0), id="two peaks"),
    ],
)
def test_hardly_a_sound_is_no_recording(registered: Path, query: Callable[[], Fingerprint]) -> None:
    """Silence and next to nothing match nothing."""
    assert FingerprintIndex.open(registered).search(query()) == ()


def test_a_silent_recording_can_be_registered(tmp_path: Path) -> None:
    """Silence is registered like anything else, found by nothing, and harms no other."""
    with IndexWriter(tmp_path) as writer:
        assert writer.add("silence", "", heard(silence(5.0)))
        writer.add("music", "", heard(music(1, 20.0)))
        assert writer.add("more silence", "", heard(silence(0.0)))
    assert [match.recording for match in search(tmp_path, music(1, 10.0))] == ["music"]
    assert "silence" in FingerprintIndex.open(tmp_path)


def test_a_damaged_segment_is_named(tmp_path: Path) -> None:
    """Postings that contradict themselves are told as damage of the file that holds them."""
    with IndexWriter(tmp_path) as writer:
        writer.add("a", "", heard(music(1, 20.0)))
    ((segment, _),) = segments(tmp_path)
    at = segment.path.read_bytes().index(segment.directory.tobytes())
    with segment.path.open("r+b") as file:
        file.seek(at + 4)
        file.write(b"\xff" * (segment.directory.nbytes - 4))
    with pytest.raises(IndexDamagedError, match=r"segment-1\.lfp"):
        search(tmp_path, music(1, 10.0))


def test_all_that_is_laid_over_can_be_looked_at(registered: Path) -> None:
    """What probabilities are fitted to: every candidate of every round, the right one among them."""
    index = FingerprintIndex.open(registered)
    laid = list(Search(heard(clip(3, 5.0, 10.0)), index.shelves()).alignments(0.0, 10.0))
    assert len(laid) > 3
    best, alignment = max(laid, key=lambda each: each[1].met)
    assert best.segment.registered(best.place).recording == "piece-3"
    assert alignment.met > alignment.asked / 3


@pytest.mark.parametrize(
    ("duration_s", "starts", "changed"),
    [
        pytest.param(0.0, [0], [0], id="nothing"),
        pytest.param(15.0, [0], [0], id="a clip is one"),
        pytest.param(20.0, [0, 5, 10], [0, 10], id="stretches overlap by half"),
        pytest.param(65.0, [0, 10, 20, 30, 40, 50], [0, 30], id="under changes, only here and there"),
    ],
)
def test_how_a_query_is_taken(duration_s: float, starts: list[int], changed: list[int]) -> None:
    """Where stretches begin, and which of them are looked up under changes."""
    taken = list(_stretches(duration_s))
    assert [start for start, _, _ in taken] == starts
    assert [start for start, _, too in taken if too] == changed
    assert all(end > start for start, end, _ in taken)


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index in which sixty names were registered for one sound, before the one that is its holder's."""
    folder = tmp_path_factory.mktemp("crowded")
    sound = heard(music(1, 14.0))
    with IndexWriter(folder) as writer:
        for number in range(60):
            writer.add(f"copy-{number}", "", sound)
        writer.add("own", "", heard(music(1, 20.0)))
    return folder


def test_many_copies_hide_none(crowded: Path) -> None:
    """Whoever registers a sound under many names must not keep its holder from being heard."""
    index = FingerprintIndex.open(crowded)
    found, more = index.search_all(heard(clip(1, 2.0, 10.0)))
    assert not more
    assert {match.recording for match in found if match.probability >= SURE} == {
        "own",
        *(f"copy-{number}" for number in range(60)),
    }


def test_where_more_share_a_sound_than_are_told_that_is_said(crowded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that what is told is not taken for all."""
    monkeypatch.setattr("licet.identify.searching.MOST_ALIGNED", 48)
    found, more = FingerprintIndex.open(crowded).search_all(heard(clip(1, 2.0, 10.0)))
    assert more
    assert len(found) == 48
    _, more = FingerprintIndex.open(crowded).search_all(heard(clip(2, 2.0, 10.0)))
    assert not more
