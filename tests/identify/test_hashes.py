from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.identify.fingerprint import Fingerprint
from licet.identify.hashes import FAN_STORED, FARTHEST, NEAREST, WIDEST, numbers, pairs
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
