"""Chromaprint as a search engine: raw fingerprints of Debian's fpcalc behind an inverted index, as AcoustID does it.

1. The upper 28 bits of each 32-bit word are looked up; the word that silence gives is not.
2. Equal words vote for an offset between query and recording; an offset counts its neighbours' votes.
3. At the few offsets with the most votes the words are compared bit for bit. The least share of bits that differ is
   the answer's distance.
"""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

SILENCE = 627_964_279  # the word that fpcalc gives for digital silence
LOW_BITS = 4
COMPARED = 10  # offsets
FEWEST = 20  # words that overlap: two and a half seconds
GAP = 4096  # words between two recordings, more than any query has
FARTHEST = 1.0  # the distance of a query without any answer


def raw(path: Path) -> tuple[int, ...]:
    """Return the raw fingerprint of a whole file, eight words a second; none where fpcalc makes none."""
    command = ["fpcalc", "-raw", "-length", "0", str(path)]
    said = subprocess.run(command, check=False, capture_output=True, text=True, errors="replace").stdout
    words = [line.split("=")[1] for line in said.splitlines() if line.startswith("FINGERPRINT=")]
    return tuple(int(word) for word in words[0].split(",") if word) if words else ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The nearest recording, by its place among those registered, and its distance: a share of bits, 0 to 1."""

    place: int
    distance: float


class Index:
    """Fingerprints of many recordings, one behind the other."""

    def __init__(self, recordings: Iterable[Sequence[int]]) -> None:
        words, starts, at = [], [], 0
        for recording in recordings:
            starts.append(at)
            words.append(np.array([*recording, *[SILENCE] * GAP], np.uint32))
            at += len(words[-1])
        self._words: NDArray[np.uint32] = np.concatenate(words)
        self._starts = np.array(starts)
        sounding = np.flatnonzero(self._words != SILENCE)
        order = np.argsort(self._words[sounding], kind="stable")
        self._places = sounding[order]
        self._keys = self._words[self._places] >> LOW_BITS

    def nearest(self, query: Sequence[int]) -> Answer:
        """Return what `query` is nearest to; a distance of `FARTHEST` where nothing was found."""
        words = np.array(query, np.uint32)
        asked = np.flatnonzero(words != SILENCE)
        begin = np.searchsorted(self._keys, words[asked] >> LOW_BITS, "left")
        count = np.searchsorted(self._keys, words[asked] >> LOW_BITS, "right") - begin
        if not count.sum():
            return Answer(0, FARTHEST)
        within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        offsets = self._places[np.repeat(begin, count) + within] - np.repeat(asked, count)
        likely, votes = np.unique(offsets, return_counts=True)
        beside = np.flatnonzero(np.diff(likely) == 1)
        smoothed = votes.copy()
        np.add.at(smoothed, beside, votes[beside + 1])
        np.add.at(smoothed, beside + 1, votes[beside])
        best = likely[np.argsort(-smoothed, kind="stable")[:COMPARED]]
        distance, offset = min((self._distance(words, int(offset)), int(offset)) for offset in best)
        middle = offset + len(words) // 2
        return Answer(int(np.searchsorted(self._starts, middle, "right")) - 1, distance)

    def _distance(self, words: NDArray[np.uint32], offset: int) -> float:
        """Return the share of bits that differ where both sound."""
        first = max(0, -offset)
        known = self._words[max(0, offset) :][: len(words) - first]
        asked = words[first:][: len(known)]
        both = (asked != SILENCE) & (known != SILENCE)
        if both.sum() < FEWEST:
            return FARTHEST
        return float(np.bitwise_count(asked[both] ^ known[both]).mean()) / 32
