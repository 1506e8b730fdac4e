"""Name pairs of peaks by numbers that the same two peaks give again, wherever they are heard.

A pair is an anchor and a later peak near it. Its number joins three measures: the anchor's pitch, the interval
between the two, and the time between them. A change of pitch moves the first alone, a change of tempo the third alone,
and the interval stays; so a listener who guesses the change undoes it by scaling his own coordinates, and the index
need not know about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from licet.identify.compiling import kernel

if TYPE_CHECKING:
    from licet.identify.fingerprint import Fingerprint, Floats

SCHEME = "pairs-2"  # names how pairs are numbered: segments of different names never meet
NEAREST = 3  # frames between the two: nearer, they are one event
FARTHEST = 44  # frames: about a second
WIDEST = 1.5  # octaves between the two
PITCH_CELLS = 32  # to the octave
INTERVAL_CELLS = 64  # to the octave
LOWEST = 7.0  # log2 Hz: 128 Hz, below every peak at any factor
FAN_STORED = 2  # pairs kept for an anchor in the index, nearest in time first
RANKS_PAIRED = 3  # peaks of each octave that are paired in the index
RANKS_STORED = 5  # and that are kept there, to be compared with: a query is heard in more detail

INTERVALS = int(2 * WIDEST * INTERVAL_CELLS)
TIMES = FARTHEST - NEAREST + 1
CELLS = int(5.5 * PITCH_CELLS) * INTERVALS * TIMES
"""How many numbers there are: pitches up to 5.8 kHz, 10 % above the highest peak."""

Hashes = NDArray[np.uint32]
Indices = NDArray[np.int64]


def pairs(fingerprint: Fingerprint, fan: int, leeway: float = 0.0) -> tuple[Indices, Indices]:
    """Return (anchors, targets), [shape=(n_pairs,)] each: for every peak, `fan` later ones at most, nearest first.

    `leeway` widens the times that a pair may span, by a share of them: for a query whose tempo may be another.
    """
    nearest, farthest = NEAREST * (1 - leeway), FARTHEST * (1 + leeway)
    anchors, targets = paired(fingerprint.frames, fingerprint.pitches, fan, nearest, farthest)
    return anchors, targets


def numbers(
    fingerprint: Fingerprint,
    anchors: Indices,
    targets: Indices,
    time_factor: float = 1.0,
    frequency_factor: float = 1.0,
) -> Hashes:
    """Return the number of each pair, [shape=(n_pairs,)], uint32, with the query's change of time and pitch undone.

    A pair that no recording could have, its times too near or too far once the change is undone, gets `CELLS`.
    """
    shift = float(np.log2(frequency_factor))
    found: Hashes = numbered(fingerprint.frames, fingerprint.pitches, anchors, targets, time_factor, shift)
    return found


@kernel()
def paired(frames: Floats, pitches: Floats, fan: int, nearest: float, farthest: float) -> tuple[Indices, Indices]:
    """Return (anchors, targets) of peaks in order of time, which lie `nearest` to `farthest` frames apart."""
    anchors = np.empty(len(frames) * fan, np.int64)
    targets = np.empty(len(frames) * fan, np.int64)
    done = 0
    for anchor in range(len(frames)):
        left = fan
        for target in range(anchor + 1, len(frames)):
            distance = frames[target] - frames[anchor]
            if distance > farthest or left == 0:
                break
            if distance >= nearest and abs(pitches[target] - pitches[anchor]) < WIDEST:
                anchors[done], targets[done] = anchor, target
                done += 1
                left -= 1
    return anchors[:done], targets[:done]


@kernel()
def numbered(
    frames: Floats, pitches: Floats, anchors: Indices, targets: Indices, time_factor: float, shift: float
) -> Hashes:
    """Return the number of each pair of peaks, the query's pitch lowered by `shift` octaves."""
    result = np.empty(len(anchors), np.uint32)
    for which in range(len(anchors)):
        anchor, target = anchors[which], targets[which]
        pitch = int((pitches[anchor] - shift - LOWEST) * PITCH_CELLS)
        interval = int((pitches[target] - pitches[anchor] + WIDEST) * INTERVAL_CELLS)
        time = int(np.rint((frames[target] - frames[anchor]) * time_factor)) - NEAREST
        number = (pitch * INTERVALS + interval) * TIMES + time
        inside = 0 <= time < TIMES and 0 <= interval < INTERVALS and 0 <= number < CELLS
        result[which] = number if inside else CELLS
    return result
