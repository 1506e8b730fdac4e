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

if TYPE_CHECKING:
    from licet.identify.fingerprint import Fingerprint

SCHEME = "pairs-1"  # names how pairs are numbered: segments of different names never meet
NEAREST = 3  # frames between the two: nearer, they are one event
FARTHEST = 44  # frames: about a second
WIDEST = 1.5  # octaves between the two
PITCH_CELLS = 32  # to the octave
INTERVAL_CELLS = 64  # to the octave
LOWEST = 7.0  # log2 Hz: 128 Hz, below every peak at any factor
FAN_STORED = 4  # pairs kept for an anchor in the index, nearest in time first
FAN_ASKED = 8  # and in a query: more, since what lies between two peaks may have come or gone
RANKS_STORED = 3  # peaks kept of each octave in the index: a query is heard in more detail

_INTERVAL_BITS = 8
_TIME_BITS = 8

Hashes = NDArray[np.uint32]
Indices = NDArray[np.int64]


def pairs(fingerprint: Fingerprint, fan: int) -> tuple[Indices, Indices]:
    """Return (anchors, targets), [shape=(n_pairs,)] each: for every peak, `fan` later ones at most, nearest first."""
    frames, pitches = fingerprint.frames, fingerprint.pitches
    room = np.full(len(frames), fan)
    found = [(np.zeros(0, np.int64), np.zeros(0, np.int64))]
    for step in range(1, len(frames)):
        distance = frames[step:] - frames[:-step]
        if distance.min() > FARTHEST:
            break
        fits = (distance >= NEAREST) & (distance <= FARTHEST) & (room[:-step] > 0)
        fits &= np.abs(pitches[step:] - pitches[:-step]) < WIDEST
        anchors = np.flatnonzero(fits)
        room[anchors] -= 1
        found.append((anchors, anchors + step))
    return np.concatenate([a for a, _ in found]), np.concatenate([b for _, b in found])


def numbers(
    fingerprint: Fingerprint,
    anchors: Indices,
    targets: Indices,
    time_factor: float = 1.0,
    frequency_factor: float = 1.0,
) -> Hashes:
    """Return the number of each pair, [shape=(n_pairs,)], uint32, with the query's change of time and pitch undone."""
    frames, pitches = fingerprint.frames, fingerprint.pitches
    pitch = (pitches[anchors] - np.float32(np.log2(frequency_factor)) - LOWEST) * PITCH_CELLS
    interval = (pitches[targets] - pitches[anchors] + WIDEST) * INTERVAL_CELLS
    time = (frames[targets] - frames[anchors]) * time_factor
    cells: Hashes = pitch.astype(np.uint32)
    for cell, bits in ((interval, _INTERVAL_BITS), (np.rint(time), _TIME_BITS)):
        cells <<= np.uint32(bits)
        cells |= cell.astype(np.uint32)
    return cells
