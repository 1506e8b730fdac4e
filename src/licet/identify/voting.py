"""Let pairs vote: where in the index a stretch of a query may lie, if its time and pitch were changed so and so.

A pair of the query that has the same number as a pair in the index votes for one offset between the two. Chance
spreads its votes over all offsets; a copy heaps them on one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from licet.identify.compiling import kernel
from licet.identify.hashes import Indices, numbers, pairs
from licet.identify.packing import count, gather, scan
from licet.identify.segments import SILENCE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from licet.identify.fingerprint import Fingerprint
    from licet.identify.segments import Segment

WIDTH = 4  # frames, of a ballot box: 93 ms, the drift of 10 s at a factor that is 1 % off
FEWEST = 3  # votes below which nothing is looked at
BOXES = 512  # that are counted exactly
LEEWAY = 0.1  # by which a query's tempo may differ
SKIPPING = 0.5  # of a pair's promise, for each nearer peak that its anchor could be paired with

_TABLE_BITS = (10, 21)  # of the table in which boxes are counted at first: the least and the most


@dataclass(frozen=True, slots=True)
class Change:
    """How fast a query is taken to run, and how high to sound, over the recording."""

    time_factor: float = 1.0
    frequency_factor: float = 1.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """An offset that many pairs voted for."""

    segment: Segment
    place: int  # of the recording in its segment
    start: int  # frame of the recording at which the query's frame 0 would lie
    change: Change
    votes: int
    score: float  # votes over the square root of the pairs that asked


class Ballot:
    """A stretch of a query, ready to be looked up under any change."""

    def __init__(self, stretch: Fingerprint, ranks: int, fan: int) -> None:
        """Pair the peaks of `stretch` whose rank is below `ranks`, each with `fan` later ones at most."""
        self._peaks = stretch.salient(ranks)
        self._anchors, self._targets = pairs(self._peaks, fan, LEEWAY)
        first = np.searchsorted(self._anchors, self._anchors, "left")
        # A pair that skips more peaks than the index pairs is there only where peaks between the two were lost.
        self._promise = SKIPPING ** (np.arange(len(self._anchors)) - first).astype(np.float64)
        self._under: Any = lru_cache(maxsize=1)(self._changed)  # each change is put to all segments in turn

    def __len__(self) -> int:
        return len(self._anchors)

    def cast(self, segment: Segment, change: Change, limit: int, most: int) -> list[Candidate]:
        """Return the offset in each of the `most` likeliest recordings of `segment`, the likeliest first.

        At most `limit` votes are counted: past it the pairs that promise least for what they cost are left out.

        Raises:
            ValueError: the segment contradicts itself.
        """
        asked, when = self._under(change)
        voters, positions = _meetings(segment, asked, limit, self._promise)
        if len(voters) < FEWEST:
            return []
        boxes, votes = fullest(voters, positions, when, FEWEST, BOXES)
        starts = (boxes + 1) * WIDTH
        # A stretch may begin earlier than its recording. What of the query comes before the stretch is of no account.
        places = np.searchsorted(segment.starts, starts + int(when[0]) + SILENCE // 2, "right") - 1
        order = np.argsort(-votes, kind="stable")
        _, best = np.unique(places[order], return_index=True)
        return [
            Candidate(
                segment,
                int(places[at]),
                int(starts[at]) - int(segment.starts[places[at]]),
                change,
                int(votes[at]),
                int(votes[at]) / math.sqrt(len(asked)),
            )
            for at in order[np.sort(best)][:most]
            if places[at] >= 0
        ]

    def _changed(self, change: Change) -> tuple[NDArray[np.uint32], Indices]:
        """Return the number and the anchor's frame of each pair with the change undone, [shape=(n_pairs,)] each."""
        asked = numbers(self._peaks, self._anchors, self._targets, change.time_factor, change.frequency_factor)
        when = np.rint(self._peaks.frames.astype(np.float64) * change.time_factor).astype(np.int64)
        return asked, when[self._anchors]


def _meetings(segment: Segment, asked: NDArray[np.uint32], limit: int, promise: NDArray[np.float64]) -> tuple[Any, Any]:
    """Return every meeting of equal numbers: (which of `asked`, position), [shape=(n_meetings,)] each."""
    postings = (segment.directory, segment.postings, segment.shift, segment.width)
    if segment.shift:  # a small segment: even the commonest numbers have few postings
        return scan(*postings, asked)
    counts = count(*postings, asked)
    if counts.sum() > limit:
        order = np.argsort(counts / promise, kind="stable")
        counts[order[np.cumsum(counts[order]) > limit]] = 0
    return gather(*postings, asked, counts)


def fullest(
    voters: NDArray[np.uint32], positions: NDArray[np.uint32], when: Indices, fewest: int, most: int
) -> tuple[Indices, Indices]:
    """Return (boxes, votes) of the fullest ballot boxes, about `most` at the most, none below `fewest` votes.

    A box holds the offsets from `box * WIDTH` to `(box + 2) * WIDTH`: an offset may lie by the wall between two.

    1. Boxes are counted in a table that several may share, so that its size follows the votes and not the index.
    2. The counts tell how high a box must be to be among the fullest.
    3. Votes in cells so high are counted again, each box by itself.
    """
    boxes, enough = crowded(voters, positions, when, fewest, most)
    boxes.sort()  # here, where it is compiled already
    return counted(boxes, enough)


@kernel()
def crowded(
    voters: NDArray[np.uint32], positions: NDArray[np.uint32], when: Indices, fewest: int, most: int
) -> tuple[Indices, int]:
    """Return (the box of each vote whose cell is full enough, the votes that are enough): steps 1 and 2."""
    bits = _TABLE_BITS[0]
    while bits < _TABLE_BITS[1] and 1 << bits < 2 * len(voters):
        bits += 1
    mask = (1 << bits) - 1
    table = np.zeros(1 << bits, np.uint16)
    boxes = np.empty(len(voters), np.int64)
    for vote in range(len(voters)):
        boxes[vote] = (np.int64(positions[vote]) - when[voters[vote]]) // WIDTH
        if table[boxes[vote] & mask] < np.uint16(0x7FFF):
            table[boxes[vote] & mask] += np.uint16(1)
    heights = np.zeros(256, np.int64)
    for cell in range(1 << bits):
        heights[min(np.int64(table[cell]) + table[(cell + 1) & mask], 255)] += 1
    enough, cells = 255, heights[255]
    while enough > fewest and cells + heights[enough - 1] <= most:
        enough -= 1
        cells += heights[enough]
    kept = 0
    for vote in range(len(voters)):
        cell = boxes[vote] & mask
        here = np.int64(table[cell])
        if here + table[(cell + 1) & mask] >= enough or here + table[(cell - 1) & mask] >= enough:
            boxes[kept] = boxes[vote]
            kept += 1
    return boxes[:kept], enough


@kernel()
def counted(boxes: Indices, enough: int) -> tuple[Indices, Indices]:
    """Return (boxes, votes) of those that have `enough`, given the box of each vote, never falling: step 3."""
    found, votes, done = np.empty(len(boxes), np.int64), np.zeros(len(boxes), np.int64), 0
    for box in boxes:
        if done == 0 or found[done - 1] != box:
            found[done] = box
            done += 1
        votes[done - 1] += 1
    left = 0
    for at in range(done):
        both = votes[at] + (votes[at + 1] if at + 1 < done and found[at + 1] == found[at] + 1 else 0)
        if both >= enough:
            found[left], votes[left] = found[at], both
            left += 1
    return found[:left], votes[:left]
