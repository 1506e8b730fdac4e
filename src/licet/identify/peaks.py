"""Find the peaks of a spectrum that comes in piece by piece.

1. Spectra of 1,024 samples every 256, under a Hann window.
2. A point is a candidate where nothing within two frames and three bins is stronger.
3. Its rank is how many candidates of its octave, within `REACH` frames before and after, are stronger. It is kept where
   the rank is below `KEPT`: as many peaks in quiet passages as in loud ones, in the bass as in the treble.
4. Parabolas through its neighbours give the fraction of a bin and of a frame.

Every step looks at a fixed surrounding of a point, never at where a piece begins or ends, so the same audio gives
the same peaks however it was cut into pieces; and the work is done on frames at fixed positions, so they are the same
to the last bit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from licet.identify.fingerprint import HOP, SAMPLE_RATE_HZ, WINDOW, Fingerprint, Ranks

Array = NDArray[np.float32]

BINS = slice(14, 468)  # about 150 Hz to 5 kHz: below, a bin is too coarse for a pitch; above, codecs cut
OCTAVES = 5
FLOOR = (WINDOW / 2 * 1e-4) ** 2  # power of a full-scale sine, less 80 dB: below it lies the dither
NEAR_FRAMES = 2
NEAR_BINS = 3
REACH = 11
KEPT = 8  # ranks: a query is heard in more detail than what is registered
MARGIN = REACH + NEAR_FRAMES + 1  # frames to each side that decide about a point
BLOCK = 512  # frames decided at a time

_HANN = np.hanning(WINDOW + 1)[:WINDOW].astype(np.float32)
_OCTAVE_OF_BIN = np.minimum(np.log2(np.arange(BINS.start, BINS.stop) / BINS.start).astype(np.int64), OCTAVES - 1)


class PeakFinder:
    """Takes samples as they come and holds no more than a block of them."""

    def __init__(self) -> None:
        self._samples = np.zeros(0, np.float32)
        self._power = np.zeros((MARGIN, BINS.stop - BINS.start), np.float32)  # silence before the beginning
        self._decided = 0  # frames
        self._heard = 0  # samples
        self._frames: list[Array] = []
        self._pitches: list[Array] = []
        self._ranks: list[Ranks] = []

    def feed(self, samples: Array) -> None:
        """Take more audio: [shape=(n,)], float32, -1 to 1, mono, 11,025 Hz."""
        if not len(samples):
            return  # a resampler often has nothing ready, and joining would copy all that waits
        self._heard += len(samples)
        self._samples = np.concatenate([self._samples, samples])
        span = BLOCK * HOP
        while len(self._samples) >= span + WINDOW - HOP:
            self._append(_power(self._samples[: span + WINDOW - HOP]))
            self._samples = self._samples[span:]

    def finish(self, duration_s: float | None = None) -> Fingerprint:
        """Return the fingerprint of all that was fed. `duration_s` is its length, where that is known better."""
        self._append(_power(self._samples))
        self._append(np.zeros((MARGIN, self._power.shape[1]), np.float32))
        self._decide(len(self._power) - 2 * MARGIN)
        return Fingerprint(
            np.concatenate([np.zeros(0, np.float32), *self._frames]),
            np.concatenate([np.zeros(0, np.float32), *self._pitches]),
            self._heard / SAMPLE_RATE_HZ if duration_s is None else duration_s,
            np.concatenate([np.zeros(0, np.uint8), *self._ranks]),
        )

    def _append(self, power: Array) -> None:
        self._power = np.concatenate([self._power, power])
        while len(self._power) >= BLOCK + 2 * MARGIN:
            self._decide(BLOCK)

    def _decide(self, count: int) -> None:
        """Find the peaks of the next `count` frames, which have their surroundings on both sides."""
        frames, pitches, ranks = _peaks(self._power[: count + 2 * MARGIN], count)
        # A frame's time is its centre; scaling a recording's speed scales centres, not beginnings.
        self._frames.append((frames + (self._decided + WINDOW / HOP / 2)).astype(np.float32))
        self._pitches.append(pitches)
        self._ranks.append(ranks)
        self._decided += count
        self._power = self._power[count:]


def _power(samples: Array) -> Array:
    """[shape=(n,)] -> [shape=(n_frames, n_bins)]: the power spectrum of each whole window in `samples`."""
    if len(samples) < WINDOW:
        return np.zeros((0, BINS.stop - BINS.start), np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]
    spectrum = np.fft.rfft(windows * _HANN, axis=1)[:, BINS]
    return np.square(spectrum.real) + np.square(spectrum.imag)


def _peaks(power: Array, count: int) -> tuple[NDArray[np.float64], Array, Ranks]:
    """Return (frame, pitch, rank) of the peaks among the `count` frames after the first `MARGIN`, in order of time."""
    strongest = _greatest_near(_greatest_near(power, NEAR_BINS, axis=1), NEAR_FRAMES, axis=0)
    row, column = np.nonzero((power == strongest) & (power > FLOOR))
    inside = (row >= 1) & (row < len(power) - 1) & (column >= 1) & (column < power.shape[1] - 1)
    row, column = row[inside], column[inside]
    rank = _ranks(row, column, power[row, column])
    kept = (rank < KEPT) & (row >= MARGIN) & (row < MARGIN + count)
    row, column, rank = row[kept], column[kept], rank[kept]
    level = [
        np.log(np.maximum(power[row + i, column + j], 1e-20)).astype(np.float64)
        for i, j in ((-1, 0), (0, -1), (0, 0), (0, 1), (1, 0))
    ]
    frames = row - MARGIN + _vertex(level[0], level[2], level[4])
    hertz = (column + BINS.start + _vertex(level[1], level[2], level[3])) * (SAMPLE_RATE_HZ / WINDOW)
    order = np.lexsort((hertz, frames))
    return frames[order], np.log2(hertz[order]).astype(np.float32), rank[order].astype(np.uint8)


def _greatest_near(values: Array, reach: int, axis: int) -> Array:
    """Return the greatest value within `reach` of each along `axis`; the edges see only what is there."""
    result = values.copy()
    whole, ahead, behind = result.swapaxes(0, axis), values.swapaxes(0, axis), values.swapaxes(0, axis)
    for step in range(1, reach + 1):
        np.maximum(whole[:-step], ahead[step:], out=whole[:-step])
        np.maximum(whole[step:], behind[:-step], out=whole[step:])
    return result


def _ranks(row: NDArray[np.int64], column: NDArray[np.int64], power: Array) -> NDArray[np.int64]:
    """Count for each candidate the stronger ones of its octave within `REACH` frames.

    Of two equally strong the earlier counts as the stronger: a steady tone must not keep all its frames.
    """
    ranks = np.zeros(len(row), np.int64)
    octave = _OCTAVE_OF_BIN[column]
    for which in range(OCTAVES):
        members = np.flatnonzero(octave == which)
        when, strength = row[members], power[members]
        stronger = np.zeros(len(members), np.int64)
        for step in range(1, len(members)):
            near = when[step:] - when[:-step] <= REACH
            if not near.any():
                break
            earlier_wins = strength[:-step] >= strength[step:]
            stronger[step:] += near & earlier_wins
            stronger[:-step] += near & ~earlier_wins
        ranks[members] = stronger
    return ranks


def _vertex(before: NDArray[np.float64], at: NDArray[np.float64], after: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return where the parabola through three neighbours has its top, from the middle one: -0.5 to 0.5."""
    bend = before - 2 * at + after
    with np.errstate(divide="ignore", invalid="ignore"):
        top = 0.5 * (before - after) / bend
    return np.clip(np.where(np.isfinite(top), top, 0.0), -0.5, 0.5)
