"""Which points of a spectrum stand out from those around them, and how many near ones stand out more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from licet.identify.fingerprint import Floats


@njit(cache=True, nogil=True)
def standing_out(power: Floats, near_frames: int, near_bins: int, floor: float) -> NDArray[np.bool_]:
    """Tell where `power` [shape=(n_frames, n_bins)] is above `floor` and nothing near is stronger.

    Near is what lies within `near_frames` and `near_bins`, corners included; the edges see only what is there.
    Returns [shape=(n_frames, n_bins)]; False in the outermost bins, which have no neighbour to both sides.
    """
    frames, bins = power.shape
    in_frame = power.copy()  # the strongest within `near_bins`
    for frame in range(frames):
        for step in range(1, near_bins + 1):
            raise_to(in_frame[frame, :-step], power[frame, step:])
            raise_to(in_frame[frame, step:], power[frame, :-step])
    marks = np.zeros((frames, bins), np.bool_)
    for frame in range(frames):
        strongest = in_frame[frame].copy()
        for other in range(max(0, frame - near_frames), min(frames, frame + near_frames + 1)):
            raise_to(strongest, in_frame[other])
        for column in range(1, bins - 1):
            level = power[frame, column]
            marks[frame, column] = (level == strongest[column]) & (level > floor)
    return marks


@njit(cache=True, nogil=True)
def raise_to(values: Floats, others: Floats) -> None:
    """Raise each of `values` to the one beside it in `others`, where that is greater."""
    for at in range(len(values)):
        values[at] = max(values[at], others[at])


@njit(cache=True, nogil=True)
def ranks(frames: NDArray[np.int64], octaves: NDArray[np.int64], power: Floats, reach: int) -> NDArray[np.int64]:
    """Count for each candidate those of its octave within `reach` frames that are stronger; `frames` never falls.

    Of two equally strong the earlier counts as the stronger: a steady tone must not keep all its frames.
    """
    counts = np.zeros(len(frames), np.int64)
    first = last = 0
    for this in range(len(frames)):
        while frames[this] - frames[first] > reach:
            first += 1
        while last < len(frames) and frames[last] - frames[this] <= reach:
            last += 1
        stronger = 0
        for other in range(first, this):
            stronger += (octaves[other] == octaves[this]) & (power[other] >= power[this])
        for other in range(this + 1, last):
            stronger += (octaves[other] == octaves[this]) & (power[other] > power[this])
        counts[this] = stronger
    return counts
