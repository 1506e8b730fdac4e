from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.identify.fingerprint import Fingerprint
from licet.identify.hashes import CELLS, FAN_STORED, FARTHEST, NEAREST, WIDEST, numbered, numbers, paired, pairs
from playing import heard, music

FACTORS = st.floats(min_value=0.9, max_value=1.1)


def test_pairs_are_near_in_time_and_pitch() -> None:
    """An anchor pairs with later peaks, near it but not at once, and with no more of them than asked for."""
    piece = heard(music(1, 20.0))
    anchors, targets = pairs(piece, FAN_STORED)
    apart = piece.frames[targets] - piece.frames[anchors]
    assert apart.min() >= NEAREST
    assert apart.max() <= FARTHEST
    assert np.abs(piece.pitches[targets] - piece.pitches[anchors]).max() < WIDEST
    assert np.bincount(anchors).max() == FAN_STORED


@pytest.mark.parametrize("peaks", [pytest.param(0, id="no peaks"), pytest.param(1, id="one peak")])
def test_nothing_pairs_with_nothing(peaks: int) -> None:
    """Fewer than two peaks make no pairs."""
    few = Fingerprint(np.zeros(peaks, np.float32), np.full(peaks, 9.0, np.float32), 1.0)
    anchors, targets = pairs(few, FAN_STORED)
    assert len(anchors) == len(targets) == 0


@settings(max_examples=30, deadline=None)
@given(time=FACTORS, pitch=FACTORS)
def test_a_change_that_is_guessed_is_undone(time: float, pitch: float) -> None:
    """Scaled peaks with their factors given make the numbers of the peaks as they were, but for rounding."""
    piece = heard(music(2, 10.0))
    changed = Fingerprint(
        (piece.frames / time).astype(np.float32),
        (piece.pitches + np.log2(pitch)).astype(np.float32),
        piece.duration_s / time,
    )
    anchors, targets = pairs(piece, FAN_STORED)
    same = numbers(piece, anchors, targets) == numbers(changed, anchors, targets, time, pitch)
    assert same.mean() > 0.95


def test_leeway_widens_the_times() -> None:
    """A query whose tempo may be another pairs what would lie near enough once the change is undone."""
    piece = heard(music(1, 20.0))
    anchors, targets = pairs(piece, 30, leeway=0.1)
    apart = piece.frames[targets] - piece.frames[anchors]
    assert NEAREST * 0.9 <= apart.min() < NEAREST
    assert FARTHEST < apart.max() <= FARTHEST * 1.1


@pytest.mark.parametrize(
    ("frame", "pitch", "time_factor"),
    [
        pytest.param(60.0, 9.0, 1.0, id="too far"),
        pytest.param(2.0, 9.0, 1.0, id="too near"),
        pytest.param(44.0, 9.0, 1.1, id="too far, once the change is undone"),
        pytest.param(10.0, 11.0, 1.0, id="too wide"),
        pytest.param(10.0, 7.0, 1.0, id="too wide downwards"),
    ],
)
def test_a_pair_that_no_recording_has_gets_a_number_of_its_own(frame: float, pitch: float, time_factor: float) -> None:
    """It is one past the last, which nothing is registered under."""
    two = Fingerprint(np.array([0, frame], np.float32), np.array([9, pitch], np.float32), 1.0)
    assert numbers(two, np.array([0]), np.array([1]), time_factor).tolist() == [CELLS]


def test_compiled_and_plain_are_one() -> None:
    """Each kernel returns what its plain Python does."""
    piece = heard(music(3, 5.0))
    frames, pitches = piece.frames, piece.pitches
    both = paired(frames, pitches, 8, 2.7, 48.4)
    assert all(map(np.array_equal, both, paired.py_func(frames, pitches, 8, 2.7, 48.4)))
    named = numbered(frames, pitches, *both, 1.025, 0.03)
    assert np.array_equal(named, numbered.py_func(frames, pitches, *both, 1.025, 0.03))
    assert len(set(named)) > len(named) / 2
