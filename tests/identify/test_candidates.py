from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.identify import candidates
from licet.identify.candidates import NEAR_BINS, NEAR_FRAMES, ranks, standing_out, tops, vertex

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from licet.identify.fingerprint import Floats


def _power(seed: int, frames: int = 12, bins: int = 9) -> Floats:
    return np.random.default_rng(seed).integers(0, 20, (frames, bins)).astype(np.float32)


def _by_definition(power: Floats, floor: float) -> NDArray[np.bool_]:
    marks = np.zeros(power.shape, np.bool_)
    for frame in range(NEAR_FRAMES, len(power) - NEAR_FRAMES):
        for column in range(NEAR_BINS, power.shape[1] - NEAR_BINS):
            rows = slice(frame - NEAR_FRAMES, frame + NEAR_FRAMES + 1)
            near = power[rows, column - NEAR_BINS : column + NEAR_BINS + 1]
            marks[frame, column] = power[frame, column] == near.max() and power[frame, column] > floor
    return marks


@pytest.mark.parametrize(
    ("frames", "bins", "some"),
    [
        pytest.param(12, 40, True, id="many points"),
        pytest.param(5, 7, False, id="one point that all lie near"),
        pytest.param(4, 40, False, id="few frames"),
        pytest.param(12, 6, False, id="few bins"),
        pytest.param(0, 40, False, id="no frame"),
    ],
)
def test_what_stands_out_is_the_strongest_near(
    monkeypatch: pytest.MonkeyPatch, frames: int, bins: int, some: bool
) -> None:
    """A point is marked where nothing near is stronger: by the definition, compiled and not."""
    power = _power(1, frames, bins)
    expected = _by_definition(power, 5.0)
    assert expected.any() == some
    assert np.array_equal(standing_out(power, 5.0), expected)
    for kernel in (candidates.strongest_of_seven, candidates.mark_strongest):
        monkeypatch.setattr(candidates, kernel.__name__, kernel.py_func)
    assert np.array_equal(standing_out.py_func(power, 5.0), expected)


@given(seed=st.integers(0, 1000), count=st.integers(0, 30), reach=st.integers(0, 5))
def test_a_rank_counts_the_stronger_ones_near(seed: int, count: int, reach: int) -> None:
    """A rank is the number of stronger candidates of the octave within reach, the earlier winning: compiled and not."""
    random = np.random.default_rng(seed)
    frames = np.sort(random.integers(0, 20, count))
    octaves = random.integers(0, 3, count)
    power = random.integers(0, 6, count).astype(np.float32)
    expected = [
        sum(
            bool(
                octaves[other] == octaves[this]
                and abs(frames[other] - frames[this]) <= reach
                and (power[other], -other) > (power[this], -this)
            )
            for other in range(count)
        )
        for this in range(count)
    ]
    assert ranks(frames, octaves, power, reach).tolist() == expected
    assert ranks.py_func(frames, octaves, power, reach).tolist() == expected


@pytest.mark.parametrize(
    ("before", "at", "after", "expected"),
    [
        pytest.param(1.0, 4.0, 1.0, 0.0, id="even"),
        pytest.param(1.0, 4.0, 4.0, 0.5, id="two equal"),
        pytest.param(4.0, 4.0, 4.0, 0.0, id="flat"),
        pytest.param(0.0, 0.0, 0.0, 0.0, id="nothing"),
        pytest.param(0.0, 4.0, 4.0, 0.5, id="silence before"),
    ],
)
def test_a_top_lies_on_a_parabola(before: float, at: float, after: float, expected: float) -> None:
    """A top lies where the parabola through three levels in decibels has its own, and no further than half way."""
    for kernel in (vertex, vertex.py_func):
        assert kernel(before, at, after) == pytest.approx(expected)


def test_tops_are_sought_in_time_and_in_pitch(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bell whose top lies between the points is found there: compiled and not."""
    rows, columns = np.meshgrid(np.arange(9), np.arange(7), indexing="ij")
    bell = np.exp(-((rows - 4.3) ** 2) - (columns - 2.8) ** 2).astype(np.float32)
    where = np.array([4]), np.array([3])
    assert tops(bell, *where).ravel() == pytest.approx([0.3, -0.2], abs=1e-4)
    monkeypatch.setattr(candidates, "vertex", vertex.py_func)
    assert tops.py_func(bell, *where).ravel() == pytest.approx([0.3, -0.2], abs=1e-4)
