"""Lay a query over a recording as exactly as their peaks allow, and count the peaks that then meet.

1. Among the pairs that voted, find the line of time that most of them share: the factor may be a little off the one
   that was tried.
2. Fit that line and the change of pitch to them by least squares.
3. Match peaks one to one, a frame and a seventh of a semitone apart at the most, and fit again; each round looks at
   four times as much of the query, since a line is only good for a few times the length it was fitted on.
4. Keep the stretch of the query in which peaks meet more often than between chance and the whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from licet.identify.segments import MOMENTS

if TYPE_CHECKING:
    from licet.identify.fingerprint import Fingerprint
    from licet.identify.hashes import Indices
    from licet.identify.segments import Segment
    from licet.identify.voting import Candidate

NEAR_FRAMES = 1.0
NEAR_PITCH = 0.0125  # octaves
AROUND = 32.0  # frames to each side in which chance is measured
DRIFT = 0.015  # of the time factor that was tried: half of the grid's step, and a little
STEPS = 13  # drifts tried
GROWTH = 1.5  # of the stretch looked at, to each side and in each round
FEWEST = 4  # peaks that meet, below which there is nothing to say

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """Where a moment of the query lies in a recording: `start + time_factor * frame`, in frames."""

    time_factor: float
    start: float
    interval: float  # octaves by which the query sounds higher

    def sounding(self, known: Peaks, frames: Doubles) -> tuple[float, float]:
        """Return the first and the last of the query's `frames` at which the recording's peaks sound too."""
        begin = (float(known.frames[0]) - NEAR_FRAMES - self.start) / self.time_factor
        end = (float(known.frames[-1]) + NEAR_FRAMES - self.start) / self.time_factor
        return max(begin, float(frames[0])), min(end, float(frames[-1]))


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """A query laid over one recording.

    Attributes:
        line: from frames of the query to frames of the recording.
        first, last: frames of the query between which they sound alike.
        asked: the query's peaks that sound while the recording does.
        met: of these, the ones that meet a peak of the recording, each another one.
        chance: how many would have met by chance, given the recording's own pitches around them.
    """

    line: Line
    first: float
    last: float
    asked: int
    met: int
    chance: float


class Peaks:
    """A recording's own peaks, cut out of its segment, times in frames from its beginning."""

    def __init__(self, segment: Segment, place: int) -> None:
        start = int(segment.starts[place])
        later = segment.starts[place + 1 : place + 2]
        self.offset = int(np.searchsorted(segment.moments, start))
        end = int(np.searchsorted(segment.moments, later[0])) if len(later) else len(segment.moments)
        self.frames: Doubles = (segment.moments[self.offset : end].astype(np.int64) - start) / MOMENTS
        self.pitches: Doubles = segment.pitches[self.offset : end].astype(np.float64)


def align(query: Fingerprint, candidate: Candidate) -> Alignment | None:
    """Lay `query` over the candidate's recording, or return None where its votes share no line of time."""
    known = Peaks(candidate.segment, candidate.place)
    own = (candidate.known >= known.offset) & (candidate.known < known.offset + len(known.frames))
    asked, met = candidate.asked[own], candidate.known[own] - known.offset
    if len(asked) < 2:
        return None
    frames, pitches = query.frames.astype(np.float64), query.pitches.astype(np.float64)
    inliers = _share_a_line(frames[asked], known.frames[met], candidate.time_factor)
    line = _fit(frames[asked[inliers]], known.frames[met[inliers]], candidate.time_factor)
    line = _tune(line, pitches[asked[inliers]], known.pitches[met[inliers]])
    low, high = float(frames[asked[inliers]].min()), float(frames[asked[inliers]].max())
    while True:
        near = slice(*np.searchsorted(frames, (low, high + 1e-3)))
        asked, met = _meetings(frames[near], pitches[near], known, line)
        if len(asked) < FEWEST:
            return None
        asked += near.start
        line = _fit(frames[asked], known.frames[met], line.time_factor)
        line = _tune(line, pitches[asked], known.pitches[met])
        first, last = line.sounding(known, frames)
        if low <= first and high >= last:
            return _weigh(frames, pitches, known, line)
        more = GROWTH * (high - low) + 1.0
        low, high = max(low - more, first), min(high + more, last)


def _share_a_line(asked: Doubles, known: Doubles, factor: float) -> Indices:
    """Step 1. Return which of the pairs lie within a frame and a half of the line that most of them share."""
    best = np.zeros(0, np.int64)
    for drift in np.linspace(-DRIFT, DRIFT, STEPS):
        starts = known - asked * (factor * (1 + drift))
        order = np.sort(starts)
        reach = np.searchsorted(order, order + 3.0, "right") - np.arange(len(order))
        top = int(np.argmax(reach))
        if reach[top] > len(best):
            best = np.flatnonzero((starts >= order[top]) & (starts <= order[top] + 3.0))
    return best


def _fit(asked: Doubles, known: Doubles, factor: float) -> Line:
    """Fit a line of time by least squares; where all lies too close together to tell, keep `factor`."""
    middle = asked.mean()
    spread = np.square(asked - middle).sum()
    if spread > len(asked) * 25.0:
        fitted = float(((asked - middle) * (known - known.mean())).sum() / spread)
        factor = fitted if abs(fitted / factor - 1) <= 2 * DRIFT else factor
    return Line(factor, float(known.mean() - factor * middle), 0.0)


def _tune(line: Line, asked: Doubles, known: Doubles) -> Line:
    return Line(line.time_factor, line.start, float(np.median(asked - known)))


def _meetings(frames: Doubles, pitches: Doubles, known: Peaks, line: Line) -> tuple[Indices, Indices]:
    """Return (query's peak, recording's peak) of those that meet on `line`, the nearest in time, one to one."""
    when = frames * line.time_factor + line.start
    pitch = pitches - line.interval
    asked, met = _close(when, pitch, known, NEAR_FRAMES)
    order = np.argsort(np.abs(known.frames[met] - when[asked]), kind="stable")
    asked, met = asked[order], met[order]
    for side in (0, 1):
        _, first = np.unique((asked, met)[side], return_index=True)
        asked, met = asked[first], met[first]
    return asked, met


def _close(when: Doubles, pitch: Doubles, known: Peaks, reach: float) -> tuple[Indices, Indices]:
    """Return all (query's peak, recording's peak) within `reach` frames and `NEAR_PITCH` octaves of each other."""
    begin = np.searchsorted(known.frames, when - reach, "left")
    count = np.searchsorted(known.frames, when + reach, "right") - begin
    asked = np.repeat(np.arange(len(when)), count)
    within = np.arange(len(asked)) - np.repeat(np.cumsum(count) - count, count)
    met = begin[asked] + within
    close = np.abs(known.pitches[met] - pitch[asked]) <= NEAR_PITCH
    return asked[close], met[close]


def _weigh(frames: Doubles, pitches: Doubles, known: Peaks, line: Line) -> Alignment | None:
    """Step 4. Count what meets, against what would meet by chance, in the stretch that sounds alike."""
    asked, _ = _meetings(frames, pitches, known, line)
    met = np.zeros(len(frames))
    met[asked] = 1.0
    first, last = line.sounding(known, frames)
    sounding = slice(*np.searchsorted(frames, (first, last + 1e-3)))
    frames, pitches, met = frames[sounding], pitches[sounding], met[sounding]
    when = frames * line.time_factor + line.start
    around, _ = _close(when, pitches - line.interval, known, AROUND)
    odds = np.minimum(np.bincount(around, minlength=len(frames)) * (NEAR_FRAMES / AROUND), 1.0)
    stretch = _likest(met - (met.mean() + odds.mean()) / 2)
    frames, met, odds = frames[stretch], met[stretch], odds[stretch]
    if met.sum() < FEWEST:
        return None
    return Alignment(
        line=line,
        first=float(frames[0]),
        last=float(frames[-1]),
        asked=len(met),
        met=int(met.sum()),
        chance=float(odds.sum()),
    )


def _likest(gains: Doubles) -> slice:
    """Return the stretch of `gains` with the greatest sum."""
    sums = np.concatenate([[0.0], np.cumsum(gains)])
    last = int(np.argmax(sums - np.minimum.accumulate(sums)))
    return slice(int(np.argmin(sums[: last + 1])), last)
