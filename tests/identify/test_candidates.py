from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.identify import candidates
from licet.identify.candidates import raise_to, ranks, standing_out

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from licet.identify.fingerprint import Floats


def _power(seed: int, frames: int = 12, bins: int = 9) -> Floats:
    return np.random.default_rng(seed).integers(0, 20, (frames, bins)).astype(np.float32)


def _by_definition(power: Floats, near_frames: int, near_bins: int, floor: float) -> NDArray[np.bool_]:
    marks = np.zeros(power.shape, np.bool_)
    for frame in range(len(power)):
        for column in range(1, power.shape[1] - 1):
            rows = slice(max(0, frame - near_frames), frame + near_frames + 1)
            near = power[rows, max(0, column - near_bins) : column + near_bins + 1]
            marks[frame, column] = power[frame, column] == near.max() and power[frame, column] > floor
    return marks


@pytest.mark.parametrize(("near_frames", "near_bins"), [(2, 3), (1, 1), (0, 2), (3, 0)])
def test_what_stands_out_is_the_strongest_near(
    monkeypatch: pytest.MonkeyPatch, near_frames: int, near_bins: int
) -> None:
    """A point is marked where nothing near is stronger: by the definition, compiled and not."""
    power = _power(near_frames)
    expected = _by_definition(power, near_frames, near_bins, 5.0)
    assert expected.any()
    assert np.array_equal(standing_out(power, near_frames, near_bins, 5.0), expected)
    monkeypatch.setattr(candidates, "raise_to", raise_to.py_func)
    assert np.array_equal(standing_out.py_func(power, near_frames, near_bins, 5.0), expected)


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
