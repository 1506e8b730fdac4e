"""Let pairs vote: where in the index a stretch of a query may lie, if its time and pitch were changed so and so.

A pair of the query that has the same number as a pair in the index votes for one offset between the two. Chance
spreads its votes over all offsets; a copy heaps them on one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from licet.identify.compiling import kernel
from licet.identify.hashes import INTERVAL_CELLS, PITCH_CELLS, Indices, numbers, pairs
from licet.identify.packing import scan
from licet.identify.segments import SILENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from licet.identify.fingerprint import Fingerprint
    from licet.identify.segments import Segment

WIDTH = 4  # frames, of a ballot box: 93 ms, the drift of 10 s at a factor that is 1 % off
FEWEST = 3  # votes below which nothing is looked at
BOXES = 512  # that are counted exactly
LEEWAY = 0.1  # by which a query's tempo may differ
MET = np.array([0.26, 0.23, 0.07, 0.02, 0.004, 0.001])
"""How often a copy has a query's pair: the nearest of its anchor, the next, ... the sixth and all that lie farther."""
FAINTER = 0.79  # of it, for each rank that either peak is fainter by
AMID = 1.5  # times as often where a measure lies in the middle of its cell as where it lies by the wall

_FULL = 255  # votes beyond which a cell of the table is not told from a fuller one
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
        skipped = np.arange(len(self._anchors)) - np.searchsorted(self._anchors, self._anchors, "left")
        faint = self._peaks.ranks.astype(np.float64)
        self._promise = MET[np.minimum(skipped, len(MET) - 1)]
        self._promise *= FAINTER ** (faint[self._anchors] + faint[self._targets])

    def __len__(self) -> int:
        return len(self._anchors)

    def cast(self, segments: Sequence[Segment], change: Change, limit: int, most: int) -> Iterator[Candidate]:
        """Yield the offset in each of the `most` likeliest recordings of each of `segments`, the likeliest first.

        Of large segments at most `limit` bytes of postings are read: past it the pairs that promise least for what they
        cost are left out.

        Raises:
            IndexDamagedError: a segment contradicts itself, or cannot be read.
        """
        asked, when, promise = self._changed(change)
        for segment, offsets in _meetings(segments, asked, when, promise, limit):
            if len(offsets) < FEWEST:
                continue
            boxes, votes = fullest(offsets, FEWEST, BOXES)
            starts = (boxes + 1) * WIDTH
            # A stretch may begin earlier than its recording. What of the query comes before it is of no account.
            places = segment.places_at(starts + int(when[0]) + SILENCE // 2)
            order = np.argsort(-votes, kind="stable")
            _, best = np.unique(places[order], return_index=True)
            for at in order[np.sort(best)][:most].tolist():
                place, many = int(places[at]), int(votes[at])
                start = int(starts[at]) - int(segment.starts[place])
                yield Candidate(segment, place, start, change, many, many / math.sqrt(len(asked)))

    def _changed(self, change: Change) -> tuple[NDArray[np.uint32], Indices, NDArray[np.float64]]:
        """Return the number of each pair with the change undone, its anchor's frame, and its promise.

        [shape=(n_pairs,)] each. The promise is how likely a copy has the pair, as fitted to the pairs of changed clips;
        one whose measures lie in the middle of their cells is not easily pushed into the next.
        """
        peaks, anchors, targets = self._peaks, self._anchors, self._targets
        asked = numbers(peaks, anchors, targets, change.time_factor, change.frequency_factor)
        frames = peaks.frames.astype(np.float64) * change.time_factor
        when = np.rint(frames).astype(np.int64)[anchors]
        pitch = (peaks.pitches[anchors] - math.log2(change.frequency_factor)) * PITCH_CELLS
        interval = (peaks.pitches[targets] - peaks.pitches[anchors]) * INTERVAL_CELLS
        time = frames[targets] - frames[anchors] + 0.5
        from_walls = sum(np.abs(measure - np.rint(measure)) for measure in (pitch, interval, time))
        return asked, when, self._promise * AMID ** (2 * from_walls)


def _meetings(
    segments: Sequence[Segment], asked: NDArray[np.uint32], when: Indices, promise: NDArray[np.float64], limit: int
) -> Iterator[tuple[Segment, Indices]]:
    """Yield how far equal numbers lie apart, [shape=(n_meetings,)], frames of each segment less frames of the query."""
    wanted = asked.astype(np.int64)
    # The directory alone tells what a number costs: what is left out is never touched.
    costs = sum((segment.sizes(wanted) for segment in segments if not segment.shift), np.zeros(len(wanted), np.int64))
    chosen = np.arange(len(wanted))
    if costs.sum() > limit:
        order = np.argsort(costs / promise, kind="stable")
        chosen = order[np.cumsum(costs[order]) <= limit]
    different, places = np.unique(wanted[chosen], return_inverse=True)
    for segment in segments:
        directory, postings, numbered, then = segment.directory, segment.postings, asked, when
        if not segment.shift:  # in others, where several numbers share a bucket, even the commonest have few postings
            numbered, then = asked[chosen], when[chosen]
            if segment.large:
                directory, postings = segment.buckets(different)
                numbered = places.astype(np.uint32)
        try:
            offsets = scan(directory, postings, segment.shift, segment.width, numbered, then)
        except ValueError as error:  # noticed here, where it is free: a checksum would read the whole file
            raise segment.damaged(str(error)) from error
        yield segment, offsets


def fullest(offsets: Indices, fewest: int, most: int) -> tuple[Indices, Indices]:
    """Return (boxes, votes) of the fullest ballot boxes, about `most` at the most, none below `fewest` votes.

    A box holds the offsets from `box * WIDTH` to `(box + 2) * WIDTH`: an offset may lie by the wall between two.

    1. Boxes are counted in a table that several may share, so that its size follows the votes and not the index.
    2. The counts tell how high a box must be to be among the fullest.
    3. Votes in cells so high are counted again, each box by itself.
    """
    boxes, enough = crowded(offsets, fewest, most)
    boxes.sort()  # here, where it is compiled already
    return counted(boxes, enough)


@kernel()
def crowded(offsets: Indices, fewest: int, most: int) -> tuple[Indices, int]:
    """Return (the box of each vote whose cell is full enough, the votes that are enough): steps 1 and 2."""
    bits = _TABLE_BITS[0]
    while bits < _TABLE_BITS[1] and 1 << bits < 2 * len(offsets):
        bits += 1
    mask = (1 << bits) - 1
    table = np.zeros(1 << bits, np.uint8)
    boxes = np.empty(len(offsets), np.int64)
    for vote in range(len(offsets)):
        boxes[vote] = offsets[vote] // WIDTH
        cell = boxes[vote] & mask
        if table[cell] < np.uint8(_FULL):
            table[cell] += np.uint8(1)
    heights = np.zeros(2 * _FULL + 1, np.int64)
    before = np.int64(table[mask])
    for cell in range(1 << bits):
        here = np.int64(table[cell])
        heights[before + here] += 1
        before = here
    enough, cells = _FULL, heights[_FULL:].sum()
    while enough > fewest and cells + heights[enough - 1] <= most:
        enough -= 1
        cells += heights[enough]
    kept = 0
    for vote in range(len(offsets)):
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
