from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.identify.fingerprint import FRAMES_PER_S, SAMPLE_RATE_HZ, Fingerprint
from licet.identify.hashes import RANKS_STORED
from licet.identify.peaks import KEPT, PeakFinder
from playing import heard, music, noisy

if TYPE_CHECKING:
    from licet.identify.fingerprint import Floats


@settings(max_examples=15, deadline=None)
@given(sizes=st.lists(st.integers(min_value=0, max_value=70_000), min_size=1, max_size=12))
def test_the_pieces_a_stream_comes_in_leave_no_trace(sizes: list[int]) -> None:
    """However audio is cut into pieces, its fingerprint is the same to the last bit."""
    sound = music(1, 20.0)
    finder = PeakFinder()
    at = 0
    while at < len(sound):
        for size in (*sizes, 997):
            finder.feed(sound[at : at + size])
            at += size
    assert finder.finish() == heard(sound)


@pytest.mark.parametrize(
    "samples",
    [
        pytest.param(0, id="nothing"),
        pytest.param(1, id="one sample"),
        pytest.param(1023, id="less than a window"),
        pytest.param(1024, id="one window"),
        pytest.param(400_000, id="half a minute"),
    ],
)
def test_silence_has_no_peaks(samples: int) -> None:
    """Silence of any length gives an empty fingerprint that still knows how long it was."""
    fingerprint = heard(np.zeros(samples, np.float32))
    assert len(fingerprint) == 0
    assert fingerprint.duration_s == samples / SAMPLE_RATE_HZ


def test_a_pitch_is_read_between_the_bins() -> None:
    """A tone's pitch is found to a fiftieth of a semitone, though a bin is a third of one and more."""
    hertz = 617.3
    tone = np.zeros(SAMPLE_RATE_HZ, np.float32)
    tone[4000:6000] = np.sin(2 * np.pi * hertz / SAMPLE_RATE_HZ * np.arange(2000)) * np.hanning(2000)
    loudest = heard(tone)
    nearest = np.abs(loudest.pitches - np.log2(hertz)).min()
    assert nearest < 1 / 600


def test_a_moment_is_read_between_the_frames() -> None:
    """A click's time is found to a quarter of a frame, counted to the middle of its window."""
    sound = np.zeros(3 * SAMPLE_RATE_HZ, np.float32)
    sound[20_000:20_200] = np.sin(np.arange(200)) * np.hanning(200)
    when = 20_100 / SAMPLE_RATE_HZ * FRAMES_PER_S
    assert np.abs(heard(sound).frames - when).min() < 0.25


def test_loudness_leaves_hardly_a_trace() -> None:
    """The same music played more softly has the same salient peaks, but for what sinks under the floor."""
    sound = music(2, 10.0)
    loud, soft = (heard(each).salient(RANKS_STORED) for each in (sound, sound * np.float32(0.25)))
    shared = set(np.round(loud.frames, 2)) & set(np.round(soft.frames, 2))
    assert len(shared) > 0.95 * len(set(np.round(loud.frames, 2)))


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(music(3, 30.0), id="music"),
        pytest.param(noisy(music(3, 30.0), 0.0), id="noise"),
        pytest.param(np.sin(np.arange(330_750) * (2 * np.pi / 16)).astype(np.float32), id="a steady tone"),
        pytest.param(np.tile(np.r_[1.0, np.zeros(255)], 1300).astype(np.float32), id="a click a frame"),
    ],
)
def test_peaks_stay_few(sound: Floats) -> None:
    """Nothing gives more peaks than the density allows, not even a tone or a pulse that never changes."""
    fingerprint = heard(sound)
    for rank in (1, 3, KEPT):
        assert len(fingerprint.salient(rank)) / fingerprint.duration_s < 20 * rank


def test_peaks_spread_over_the_octaves() -> None:
    """Every octave that sounds has a fair part of the peaks that are kept."""
    octaves = np.floor(heard(noisy(music(4, 30.0), 10.0)).salient(RANKS_STORED).pitches - np.log2(150.7)).astype(int)
    parts = np.bincount(octaves, minlength=5)[:5] / len(octaves)
    assert parts.min() > 0.1


def test_a_fingerprint_is_a_value() -> None:
    """Equal peaks make equal fingerprints, which cannot be written to and compare with nothing else."""
    one, other = heard(music(5, 5.0)), heard(music(5, 5.0))
    assert one == other
    assert hash(one) == hash(other)
    assert one != heard(music(6, 5.0))
    assert one != "a fingerprint"
    with pytest.raises(ValueError, match="read-only"):
        one.frames[0] = 1.0


def test_a_stretch_keeps_its_times() -> None:
    """A stretch of a fingerprint holds the peaks between two moments, numbered and timed as in the whole."""
    whole = heard(music(7, 20.0))
    stretch, first = whole.between(5.0, 10.0)
    assert isinstance(stretch, Fingerprint)
    assert np.array_equal(stretch.frames, whole.frames[first : first + len(stretch)])
    assert np.array_equal(stretch.ranks, whole.ranks[first : first + len(stretch)])
    assert stretch.frames[0] >= 5.0 * FRAMES_PER_S
    assert stretch.frames[-1] < 10.0 * FRAMES_PER_S


def test_the_salient_peaks_are_those_of_low_rank() -> None:
    """The peaks below a rank are a part of the peaks, in their order, and know how they were found."""
    whole = heard(music(8, 10.0))
    salient = whole.salient(3)
    assert 0 < len(salient) < len(whole)
    assert set(salient.ranks) == {0, 1, 2}
    assert np.array_equal(salient.frames, whole.frames[whole.ranks < 3])
    assert (salient.duration_s, salient.parameters) == (whole.duration_s, whole.parameters)


def test_peaks_without_ranks_are_all_salient() -> None:
    """Where nobody ranked the peaks, every one of them is the strongest around."""
    plain = Fingerprint(np.zeros(2, np.float32), np.full(2, 9.0, np.float32), 1.0)
    assert len(plain.salient(1)) == 2
