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

from licet.identify.candidates import NEAR_BINS, NEAR_FRAMES, ranks, standing_out, tops
from licet.identify.fingerprint import HOP, SAMPLE_RATE_HZ, WINDOW, Fingerprint, Floats, Ranks
from licet.identify.spectra import fill_spectra

BINS = slice(14, 468)  # about 150 Hz to 5 kHz: below, a bin is too coarse for a pitch; above, codecs cut
OCTAVES = 5
FLOOR = (WINDOW / 2 * 1e-4) ** 2  # power of a full-scale sine, less 80 dB: below it lies the dither
REACH = 11
KEPT = 16
MARGIN = REACH + NEAR_FRAMES + 1  # frames to each side that decide about a point
BLOCK = 256  # frames decided at a time: what they take stays in the cache

_EDGE = NEAR_BINS - 1  # columns of nothing to each side of the bins: all but the outermost can be peaks
_BIN_OF_COLUMN = np.arange(BINS.start - _EDGE, BINS.stop + _EDGE)
_OCTAVE_OF_COLUMN = np.clip(np.log2(_BIN_OF_COLUMN / BINS.start).astype(np.int64), 0, OCTAVES - 1)


class PeakFinder:
    """Takes samples as they come and holds no more than a block of them."""

    def __init__(self) -> None:
        self._samples = np.zeros(BLOCK * HOP + WINDOW - HOP, np.float32)
        self._waiting = 0  # of these samples
        # A block's peaks are decided one margin late, when what follows them is known. It begins with the two margins
        # that it shares with the block before; before the first lies silence.
        self._power = np.zeros((2 * MARGIN + BLOCK, len(_BIN_OF_COLUMN)), np.float32)
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
        spectra = self._power[2 * MARGIN :, _EDGE:-_EDGE]
        if frames:
            fill_spectra(self._samples, spectra, BINS.start)
        spectra[frames:] = 0.0
        # A frame's time is its centre; scaling a recording's speed scales centres, not beginnings.
        self._peaks.append(_peaks(self._power, self._blocks * BLOCK - 2 * MARGIN + WINDOW / HOP / 2))
        self._blocks += 1
        self._power[: 2 * MARGIN] = self._power[BLOCK:]


def _peaks(power: Floats, start: float) -> tuple[Floats, Floats, Ranks]:
    """Return (frame, pitch, rank) of the peaks between the margins, in order of time; `power` starts at `start`."""
    marks = standing_out(power, FLOOR)
    row, column = np.divmod(np.flatnonzero(marks), power.shape[1])
    rank = ranks(row, _OCTAVE_OF_COLUMN[column], power[row, column], REACH)
    kept = (rank < KEPT) & (row >= MARGIN) & (row < len(power) - MARGIN)
    row, column, rank = row[kept], column[kept], rank[kept]
    late, high = tops(power, row, column)
    frames = (start + row + late).astype(np.float32)
    hertz = (_BIN_OF_COLUMN[column] + high) * (SAMPLE_RATE_HZ / WINDOW)
    order = np.lexsort((hertz, frames))
    return frames[order], np.log2(hertz[order]).astype(np.float32), rank[order].astype(np.uint8)
