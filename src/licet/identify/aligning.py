"""Lay a stretch of a query over a recording as exactly as their peaks allow, and see what meets.

1. A peak of the query that meets one of the recording tells the more, the rarer its pitch is in the recording: its
   weight is the surprise of meeting anything there by chance, in nats.
2. Near the offset that was voted for, find the line of time on which the greatest weight meets: the factor may be a
   little off the one that was tried.
3. Fit that line, and the change of pitch, to the peaks that meet.
4. Weigh what meets at every other offset in the recording, at the same factors: what repeats itself fits nearly as
   well a bar later.
5. Weigh what meets if the query were a little higher or lower: where beats coincide and notes do not, that is as much.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from licet.identify import overlaying
from licet.identify.fingerprint import FRAMES_PER_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from licet.identify.fingerprint import Fingerprint
    from licet.identify.segments import Segment
    from licet.identify.voting import Candidate

AROUND = 3000  # frames of the recording to each side, 70 seconds, that the stretch is compared with
GROWTH = 1.5  # of the stretch followed, to each side and in each round
LEAST_PART = 0.5  # of the stretch's share of peaks that meet still meets where a recording fades in or out
DEVIATIONS = 4.0  # above what chance would have meet, below which no more is asked
FEWEST = 4  # peaks that meet, below which there is nothing to say


@dataclass(frozen=True, slots=True)
class Line:
    """Where a moment of the query lies in a recording: `start + time_factor * frame`, in frames."""

    time_factor: float
    start: float
    interval: float  # octaves by which the query sounds higher

    def at(self, frame: Any) -> Any:  # noqa: ANN401  (one frame or an array of them)
        """Return the frame of the recording that sounds at `frame` of the query."""
        return self.start + self.time_factor * frame

    @property
    def values(self) -> tuple[float, float, float]:
        """The line as compiled code takes it."""
        return self.time_factor, self.start, self.interval


@dataclass(frozen=True, slots=True)
class Alignment:
    """A stretch of a query laid over one recording. Weights are in nats.

    Attributes:
        line: from frames of the query to frames of the recording.
        asked: the stretch's peaks that sound while the recording does.
        met: of these, the ones that meet a peak of the recording.
        late: by how much those that meet miss each other in time, on average; by chance, half of what is allowed.
        sharp: and in pitch.
        elsewhere: what meets weighs here; and the mean and standard deviation of it at other offsets.
        aside: what meets weighs here; and the greatest of it at other pitches.
    """

    line: Line
    asked: int
    met: int
    late: float
    sharp: float
    elsewhere: tuple[float, float, float]
    aside: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a query and a recording sound alike along a line: frames of the query, and the peaks that meet."""

    first: float
    last: float
    met: int


class Recording:
    """The stored peaks of a recording, unpacked once and kept while a query is compared with them."""

    def __init__(self, segment: Segment, place: int) -> None:
        frames, pitches = segment.peaks(place)
        self.frames = frames.astype(np.float64)
        self.pitches = pitches.astype(np.float64)

    def around(self, line: Line, first: float, last: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return (frames, pitches) of the peaks that the query is compared with between two frames, laid on `line`."""
        near = slice(*np.searchsorted(self.frames, (line.at(first) - AROUND, line.at(last) + AROUND)).tolist())
        return self.frames[near], self.pitches[near]


def align(
    frames: NDArray[np.float64], pitches: NDArray[np.float64], known: Recording, candidate: Candidate
) -> Alignment | None:
    """Lay a stretch, its peaks [shape=(n_peaks,)] each, over the candidate's recording.

    Return None where they share too little to tell.
    """
    change = candidate.change
    rough = Line(change.time_factor, float(candidate.start), float(np.log2(change.frequency_factor)))
    return measure(frames, pitches, known, rough, overlaying.REACH)


def measure(
    frames: NDArray[np.float64], pitches: NDArray[np.float64], known: Recording, rough: Line, reach: float
) -> Alignment | None:
    """Lay a stretch over `known` near the line `rough`, `reach` frames off at the most."""
    if len(frames) < FEWEST:
        return None
    there, tones = known.around(rough, frames[0], frames[-1])
    if len(there) < FEWEST:
        return None
    begins, order = overlaying.ladder(tones)
    weights = _surprises(pitches - rough.interval, begins, there)
    straight = overlaying.straightest(frames, pitches, weights, there, tones, rough.values, reach)
    line = Line(*overlaying.fitted(frames, pitches, there, tones, (*straight, rough.interval)))
    sounding = _sounding(line, frames, there)
    frames, pitches, weights = frames[sounding], pitches[sounding], weights[sounding]
    if len(frames) < FEWEST:
        return None
    nearest = overlaying.meetings(frames, pitches, there, tones, line.values)
    met = nearest >= 0
    expected = float(np.exp(-weights).sum())
    if np.count_nonzero(met) < max(FEWEST, expected + DEVIATIONS * math.sqrt(expected)):
        return None
    late = line.at(frames[met]) - there[nearest[met]]
    sharp = pitches[met] - line.interval - tones[nearest[met]]
    return Alignment(
        line,
        asked=len(frames),
        met=int(np.count_nonzero(met)),
        late=float(np.abs(late).mean()) / overlaying.NEAR_FRAMES,
        sharp=float(np.abs(sharp).mean()) / overlaying.NEAR_PITCH,
        elsewhere=overlaying.over_offsets(frames, pitches, weights, there[order], begins, line.values),
        aside=overlaying.over_pitches(frames, pitches, weights, there, tones, line.values),
    )


def extent(query: Fingerprint, known: Recording, line: Line, first: float, last: float) -> tuple[Line, Extent]:
    """Follow `line` from the stretch between two frames of the query as far as both sound alike.

    Each round looks at `GROWTH` times as much, since a line is only good for a few times the length it was fitted on,
    and fits it again.
    """
    frames, pitches = query.frames, query.pitches
    while True:
        more = (last - first) * GROWTH + FRAMES_PER_S
        low, high = first - more, last + more
        asked = slice(*np.searchsorted(frames, (low, high)).tolist())
        here, tones_here = frames[asked].astype(np.float64), pitches[asked].astype(np.float64)
        there, tones = known.around(line, low, high)
        sounding = _sounding(line, here, there)
        here, tones_here = here[sounding], tones_here[sounding]
        within = slice(*np.searchsorted(here, (first - 1.0, last + 1.0)).tolist())
        line = Line(*overlaying.fitted(here[within], tones_here[within], there, tones, line.values))
        met = overlaying.meetings(here, tones_here, there, tones, line.values) >= 0
        weights = _surprises(tones_here - line.interval, overlaying.ladder(tones)[0], there)
        share = min(max(LEAST_PART * float(met[within].mean()), 0.02), 0.9)
        begin, end = overlaying.likeliest(met, weights, share)
        grown = float(here[begin]), float(here[end])
        if (grown[0] >= first - 0.9 * more and grown[1] <= last + 0.9 * more) or grown == (first, last):
            run = slice(begin, end + 1)
            return line, Extent(*grown, int(np.count_nonzero(met[run])))
        first, last = min(first, grown[0]), max(last, grown[1])


def _surprises(
    pitches: NDArray[np.float64], begins: NDArray[np.int64], there: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Step 1. Weigh peaks by how seldom their pitches sound among those of a recording at the frames `there`."""
    weights: NDArray[np.float64] = overlaying.surprises(pitches, begins, float(there[-1] - there[0]) + 1.0)
    return weights


def _sounding(line: Line, frames: NDArray[np.float64], there: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which of the query's peaks fall between the first and the last of the recording's."""
    when = line.at(frames)
    inside: NDArray[np.bool_] = (when >= there[0] - overlaying.NEAR_FRAMES) & (
        when <= there[-1] + overlaying.NEAR_FRAMES
    )
    return inside
