"""Which points of a spectrum stand out, how many of those near stand out more, and where their tops lie."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

import numpy as np

from licet.identify.compiling import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from licet.identify.fingerprint import Floats

NEAR_FRAMES = 2
NEAR_BINS = 3


@kernel()
def standing_out(power: Floats, floor: float) -> NDArray[np.bool_]:
    """Tell where `power` [shape=(n_frames, n_bins)] is above `floor` and nothing near is stronger.

    Near is what lies within `NEAR_FRAMES` and `NEAR_BINS`, corners included. Returns [shape=(n_frames, n_bins)]; False
    so close to an edge that something near lies beyond it.
    """
    frames, bins = power.shape
    marks = np.zeros((frames, bins), np.bool_)
    if bins <= 2 * NEAR_BINS:
        return marks
    in_frame = np.empty((frames, bins - 2 * NEAR_BINS), np.float32)  # the strongest within `NEAR_BINS`
    for frame in range(frames):
        strongest_of_seven(power[frame], in_frame[frame])
    for frame in range(NEAR_FRAMES, frames - NEAR_FRAMES):
        inner = slice(NEAR_BINS, bins - NEAR_BINS)
        near = in_frame[frame - NEAR_FRAMES : frame + NEAR_FRAMES + 1]
        mark_strongest(power[frame, inner], near, floor, marks[frame, inner])
    return marks


@kernel()
def strongest_of_seven(levels: Floats, strongest: Floats) -> None:
    """Fill `strongest` [shape=(n,)] with the greatest of each seven neighbours in `levels` [shape=(n + 6,)]."""
    # Seven slices under one index, and no loop over them: so the compiler takes many points at once.
    a, b, c, d, e, f, g = levels, levels[1:], levels[2:], levels[3:], levels[4:], levels[5:], levels[6:]
    for at in range(len(strongest)):
        below, above = max(a[at], b[at], c[at]), max(e[at], f[at], g[at])
        strongest[at] = max(below, d[at], above)


@kernel()
def mark_strongest(levels: Floats, near: Floats, floor: float, marks: NDArray[np.bool_]) -> None:
    """Mark where `levels` [shape=(n,)] is above `floor` and no less than any of `near` [shape=(5, n)]."""
    a, b, c, d, e = near[0], near[1], near[2], near[3], near[4]
    least = np.float32(floor)
    for at in range(len(levels)):
        level = levels[at]
        marks[at] = (level > least) & (level >= max(a[at], b[at], c[at], d[at], e[at]))


@kernel()
def ranks(frames: NDArray[np.int64], octaves: NDArray[np.int64], power: Floats, reach: int) -> NDArray[np.int64]:
    """Count for each candidate those of its octave within `reach` frames that are stronger; `frames` never falls.

    Of two equally strong the earlier counts as the stronger: a steady tone must not keep all its frames.
    """
    counts = np.zeros(len(frames), np.int64)
    members, when, level = np.empty_like(frames), np.empty_like(frames), np.empty_like(power)
    highest = -1
    for octave in octaves:
        highest = max(highest, octave)
    for octave in range(highest + 1):
        held = 0
        for this in range(len(frames)):  # plain loops: numpy's own functions would take seconds to compile
            if octaves[this] == octave:
                members[held], when[held], level[held] = this, frames[this], power[this]
                held += 1
        first = last = 0
        for this in range(held):
            while when[this] - when[first] > reach:
                first += 1
            while last < held and when[last] - when[this] <= reach:
                last += 1
            stronger = 0
            for other in range(first, this):
                stronger += level[other] >= level[this]
            for other in range(this + 1, last):
                stronger += level[other] > level[this]
            counts[members[this]] = stronger
    return counts


@kernel()
def tops(power: Floats, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return by how much the true tops lie off the given points of `power`: [shape=(2, n)], in rows and in columns.

    None of the points lies at an edge.
    """
    off = np.empty((2, len(rows)))
    for this in range(len(rows)):
        row, column = rows[this], columns[this]
        at = power[row, column]
        off[0, this] = vertex(power[row - 1, column], at, power[row + 1, column])
        off[1, this] = vertex(power[row, column - 1], at, power[row, column + 1])
    return off


@kernel()
def vertex(before: float, at: float, after: float) -> float:
    """Return how far from the middle one the parabola through three levels has its top: -0.5 to 0.5."""
    low, middle, high = log(max(before, 1e-20)), log(max(at, 1e-20)), log(max(after, 1e-20))
    bend = low - 2 * middle + high
    return min(max(0.5 * (low - high) / bend, -0.5), 0.5) if bend < 0 else 0.0
