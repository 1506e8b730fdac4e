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

from typing import TYPE_CHECKING

import numpy as np

from licet.identify.candidates import ranks, standing_out
from licet.identify.fingerprint import HOP, SAMPLE_RATE_HZ, WINDOW, Fingerprint, Floats, Ranks
from licet.identify.spectra import fill_spectra

if TYPE_CHECKING:
    from numpy.typing import NDArray

BINS = slice(14, 468)  # about 150 Hz to 5 kHz: below, a bin is too coarse for a pitch; above, codecs cut
OCTAVES = 5
FLOOR = (WINDOW / 2 * 1e-4) ** 2  # power of a full-scale sine, less 80 dB: below it lies the dither
NEAR_FRAMES = 2
NEAR_BINS = 3
REACH = 11
KEPT = 8  # ranks: a query is heard in more detail than what is registered
MARGIN = REACH + NEAR_FRAMES + 1  # frames to each side that decide about a point
BLOCK = 512  # frames decided at a time

_LEVELS = ((-1, 0), (0, -1), (0, 0), (0, 1), (1, 0))  # of a peak and its four neighbours: frame, bin
_OCTAVE_OF_COLUMN = np.minimum(np.log2(np.arange(BINS.start, BINS.stop) / BINS.start).astype(np.int64), OCTAVES - 1)


class PeakFinder:
    """Takes samples as they come and holds no more than a block of them."""

    def __init__(self) -> None:
        self._samples = np.zeros(BLOCK * HOP + WINDOW - HOP, np.float32)
        self._waiting = 0  # of these samples
        # A block's peaks are decided one margin late, when what follows them is known. It begins with the two margins
        # that it shares with the block before; before the first lies silence.
        self._power = np.zeros((2 * MARGIN + BLOCK, BINS.stop - BINS.start), np.float32)
        self._blocks = 0
        self._heard = 0  # samples
        self._peaks: list[tuple[Floats, Floats, Ranks]] = []

    def feed(self, samples: Floats) -> None:
        """Take more audio: [shape=(n,)], float32, -1 to 1, mono, 11,025 Hz."""
        self._heard += len(samples)
        while len(samples):
            room = self._samples[self._waiting :]
            taken = samples[: len(room)]
            room[: len(taken)] = taken
            self._waiting += len(taken)
            samples = samples[len(taken) :]
            if self._waiting == len(self._samples):
                self._decide(BLOCK)
                self._samples[: WINDOW - HOP] = self._samples[BLOCK * HOP :]
                self._waiting = WINDOW - HOP

    def finish(self, duration_s: float | None = None) -> Fingerprint:
        """Return the fingerprint of all that was fed. `duration_s` is its length, where that is known better."""
        self._samples[self._waiting :] = 0.0
        self._decide(max(0, (self._waiting - WINDOW) // HOP + 1))
        self._decide(0)  # the silence that follows
        frames, pitches, ranked = (np.concatenate(blocks) for blocks in zip(*self._peaks, strict=True))
        heard_s = self._heard / SAMPLE_RATE_HZ if duration_s is None else duration_s
        return Fingerprint(frames, pitches, heard_s, ranked)

    def _decide(self, frames: int) -> None:
        """Find the peaks of the next block, of which the first `frames` hold sound."""
        spectra = self._power[2 * MARGIN :]
        if frames:
            fill_spectra(self._samples, spectra, BINS.start)
        spectra[frames:] = 0.0
        # A frame's time is its centre; scaling a recording's speed scales centres, not beginnings.
        self._peaks.append(_peaks(self._power, self._blocks * BLOCK - 2 * MARGIN + WINDOW / HOP / 2))
        self._blocks += 1
        self._power[: 2 * MARGIN] = self._power[BLOCK:]


def _peaks(power: Floats, start: float) -> tuple[Floats, Floats, Ranks]:
    """Return (frame, pitch, rank) of the peaks between the margins, in order of time; `power` starts at `start`."""
    marks = standing_out(power, NEAR_FRAMES, NEAR_BINS, FLOOR)
    row, column = np.divmod(np.flatnonzero(marks), power.shape[1])
    rank = ranks(row, _OCTAVE_OF_COLUMN[column], power[row, column], REACH)
    kept = (rank < KEPT) & (row >= MARGIN) & (row < len(power) - MARGIN)
    row, column, rank = row[kept], column[kept], rank[kept]
    level = [np.log(np.maximum(power[row + i, column + j], 1e-20)).astype(np.float64) for i, j in _LEVELS]
    frames = (start + row + _vertex(level[0], level[2], level[4])).astype(np.float32)
    hertz = (BINS.start + column + _vertex(level[1], level[2], level[3])) * (SAMPLE_RATE_HZ / WINDOW)
    order = np.lexsort((hertz, frames))
    return frames[order], np.log2(hertz[order]).astype(np.float32), rank[order].astype(np.uint8)


def _vertex(before: NDArray[np.float64], at: NDArray[np.float64], after: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return where the parabola through three neighbours has its top, from the middle one: -0.5 to 0.5."""
    bend = before - 2 * at + after
    with np.errstate(divide="ignore", invalid="ignore"):
        top = 0.5 * (before - after) / bend
    return np.clip(np.where(np.isfinite(top), top, 0.0), -0.5, 0.5)
