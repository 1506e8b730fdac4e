"""A peak in sixteen bits: when it comes after the one before, and how high it is.

The upper five bits are quarters of a frame since the word before, the lower eleven a pitch on a ladder from 128 Hz to
5.1 kHz. Times are rounded as they are and only then subtracted, so that errors do not add up. A longer wait takes more
words, `FILLER` each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from licet.identify.compiling import kernel

if TYPE_CHECKING:
    from licet.identify.fingerprint import Floats

QUARTERS = 4  # to the frame: 6 ms
STEPS = 384  # to the octave: 3 cents, a tenth of what still counts as the same pitch
LOWEST = 7.0  # log2 Hz
HIGHEST = 2046  # steps above it: 5.1 kHz
WAIT = 31  # quarters of a frame, the most that five bits hold
FILLER = WAIT << 11 | 2047  # `WAIT` quarters of a frame pass, and no peak comes

Words = NDArray[np.uint16]


@kernel()
def pack_peaks(frames: Floats, pitches: Floats) -> Words:
    """Write peaks, [shape=(n_peaks,)] each, as words, [shape=(n_words,)], uint16.

    Times are rounded to a quarter of a frame as they are and only then subtracted, so that errors do not add up.
    """
    whens = np.empty(len(frames), np.int64)
    latest = 0
    for peak in range(len(frames)):
        whens[peak] = int(np.rint(frames[peak] * np.float64(QUARTERS)))
        latest = max(latest, whens[peak])
    words = np.empty(len(frames) + latest // WAIT, np.uint16)
    done, before = 0, 0
    for peak in range(len(frames)):
        wait = max(whens[peak] - before, 0)
        before += wait
        while wait > WAIT:
            words[done] = FILLER
            done += 1
            wait -= WAIT
        code = min(max(int(np.rint((pitches[peak] - LOWEST) * STEPS)), 0), HIGHEST)
        words[done] = wait << 11 | code
        done += 1
    return words[:done].copy()


@kernel()
def unpack_peaks(words: Words) -> tuple[Floats, Floats]:
    """Return (frames, pitches), [shape=(n_peaks,)], float32, of words, [shape=(n_words,)], uint16."""
    frames = np.empty(len(words), np.float32)
    pitches = np.empty(len(words), np.float32)
    done, when = 0, np.int64(0)
    for word in words:
        when += np.int64(word) >> 11
        if word != FILLER:
            frames[done] = when / QUARTERS
            pitches[done] = LOWEST + (np.int64(word) & 2047) / STEPS
            done += 1
    return frames[:done].copy(), pitches[:done].copy()
