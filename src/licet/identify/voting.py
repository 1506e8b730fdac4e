"""Let pairs vote: where in the index a stretch of a query may lie, if its time and pitch were changed so and so.

A pair of the query that has the same number as a pair in the index votes for one offset between the two. Chance
spreads its votes over all offsets; a copy heaps them on one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from licet.identify.hashes import FAN_ASKED, Indices, numbers, pairs
from licet.identify.segments import MOMENTS, SILENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from licet.identify.fingerprint import Fingerprint
    from licet.identify.segments import Segment

WIDTH = 4 * MOMENTS  # of a ballot box, in moments: 93 ms, the drift of 10 s at a factor that is 1 % off
APART = 4  # boxes between two offsets that are not one: 0.4 s
LIMIT = 2_000_000  # votes counted at once: past it the commonest pairs, which tell least, are left out
CANDIDATES = 12  # recordings looked at more closely, for each stretch and change
TYPICAL = 2100  # pairs that ten seconds of music ask
FEWEST = 4  # votes below which nothing is looked at


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """An offset that many pairs voted for, and those pairs' anchors.

    Attributes:
        segment: where the recording is registered.
        place: which of the segment's recordings it is.
        score: votes over the square root of the pairs asked, which is how far they stand out from chance. Past
            `TYPICAL` pairs it grows no more: two recordings that share a loop share more of it the longer one listens.
        lead: votes over those of the best other offset in the same recording: what repeats itself, and what others made
            of the same loops, fits nearly as well a bar later.
        time_factor: the change of time that was tried.
        asked: [shape=(n_votes,)], int64, peaks of the query.
        known: [shape=(n_votes,)], int64, peaks of the segment.
    """

    segment: Segment
    place: int
    score: float
    lead: float
    time_factor: float
    asked: Indices
    known: Indices


class Ballot:
    """A stretch of a query, ready to be looked up under several changes. Peaks are numbered as in the whole query."""

    def __init__(self, query: Fingerprint, start_s: float, end_s: float) -> None:
        stretch, first = query.between(start_s, end_s)
        anchors, self._targets = pairs(stretch, FAN_ASKED)
        self._stretch = stretch
        self._anchors = anchors
        self._first = first
        self._moments = (stretch.frames[anchors] - stretch.frames[:1]) * np.float64(MOMENTS)

    def __len__(self) -> int:
        """Return the number of pairs that vote."""
        return len(self._anchors)

    def cast(self, segment: Segment, time_factor: float, frequency_factor: float) -> Iterator[Candidate]:
        """Yield the likeliest offsets in `segment`, one a recording, the one with the most votes first."""
        asked = numbers(self._stretch, self._anchors, self._targets, time_factor, frequency_factor)
        voter, known = _equal(segment, asked)
        if len(known) < FEWEST:
            return
        offsets = segment.moments[known] - self._moments[voter] * time_factor
        order = np.argsort(offsets)
        boxes = np.floor_divide(offsets[order], WIDTH).astype(np.int64)
        for box, votes, rival in _fullest(segment, boxes):
            # One box more to each side: a factor that is a little off smears the votes of a long stretch.
            inside = np.sort(order[slice(*np.searchsorted(boxes, (box - 1, box + 3)))])
            yield Candidate(
                segment=segment,
                place=int(_places(segment, np.array([(box + 1) * WIDTH]))[0]),
                score=votes / math.sqrt(len(asked)) * min(1.0, math.sqrt(TYPICAL / len(asked))),
                lead=votes / max(rival, 1),
                time_factor=time_factor,
                asked=self._anchors[voter[inside]] + self._first,
                known=known[inside],
            )


def _equal(segment: Segment, asked: NDArray[np.uint32]) -> tuple[Indices, Indices]:
    """Return every meeting of equal numbers: (which of `asked`, known anchor), [shape=(n_meetings,)] each."""
    rising = np.argsort(asked, kind="stable")  # neighbours in the index are neighbours in memory
    begin = np.searchsorted(segment.hashes, asked[rising], "left")
    count = np.searchsorted(segment.hashes, asked[rising], "right") - begin
    if count.sum() > LIMIT:
        rarest = np.argsort(count, kind="stable")
        count[rarest[np.cumsum(count[rarest]) > LIMIT]] = 0
    voter = np.repeat(np.arange(len(asked)), count)
    within = np.arange(len(voter)) - np.repeat(np.cumsum(count) - count, count)
    return rising[voter], segment.anchors[begin[voter] + within].astype(np.int64)


def _fullest(segment: Segment, boxes: Indices) -> list[tuple[int, int, int]]:
    """Return (box, votes, votes of the best other box) of each of the likeliest recordings. `boxes` rise.

    A box counts its neighbour's votes too: an offset may lie by the wall between them.
    """
    walls = np.concatenate([[0], np.flatnonzero(np.diff(boxes)) + 1, [len(boxes)]])
    box, votes = boxes[walls[:-1]], np.diff(walls)
    beside = np.flatnonzero(np.diff(box) == 1)
    votes[beside] += votes[beside + 1]  # of one box each: the right side is read before the left is written
    order = np.argsort(-votes, kind="stable")[: CANDIDATES * 64]
    box, votes = box[order], votes[order]
    places = _places(segment, (box + 1) * WIDTH)
    _, best = np.unique(places, return_index=True)
    likeliest = np.sort(best)[:CANDIDATES]
    return [
        (
            int(box[at]),
            int(votes[at]),
            int(votes[(places == places[at]) & (np.abs(box - box[at]) > APART)].max(initial=0)),
        )
        for at in likeliest[votes[likeliest] >= FEWEST]
    ]


def _places(segment: Segment, offsets: Indices) -> Indices:
    """Return the recording that each offset falls in; up to a silence before its start, the query begins earlier."""
    return np.searchsorted(segment.starts, offsets + SILENCE * MOMENTS, "right") - 1
