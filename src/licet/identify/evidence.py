"""How sure a match is: the peaks that met, weighed against chance, as a probability."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from licet.identify.fingerprint import FRAMES_PER_S

if TYPE_CHECKING:
    from licet.identify.aligning import Alignment
    from licet.identify.segments import Registered

SURE = 0.99
"""At or above this a recording counts as identified."""
LIKELY = 0.5
"""Below this a match is not worth showing."""
UNCHANGED = 0.005

_BIAS, _PER_STANDARD_DEVIATION, _PER_SHARE = -14.0, 0.9, 20.0


@dataclass(frozen=True, slots=True)
class Match:
    """A stretch of a query that is a stretch of a registered recording."""

    recording: str
    path: str  # where its audio lay when it was registered
    query_start_s: float  # where in the query the two begin to sound alike
    query_end_s: float
    reference_start_s: float  # what of the recording sounds at `query_start_s`
    time_factor: float  # how fast the query runs: 1.05 is 5 % faster
    frequency_factor: float  # the query's pitch over the recording's: 1.05 is higher
    aligned_peaks: int  # distinct peaks that met
    probability: float  # 0 to 1, calibrated

    @property
    def unchanged(self) -> bool:
        """Whether time and pitch are as they were registered, to half a per cent."""
        return abs(self.time_factor - 1) < UNCHANGED and abs(self.frequency_factor - 1) < UNCHANGED


def match_of(known: Registered, alignment: Alignment, score: float) -> Match:
    """Return what `alignment` with `known` amounts to. `score` is that of the vote which led to it."""
    line = alignment.line
    return Match(
        recording=known.recording,
        path=known.path,
        query_start_s=alignment.first / FRAMES_PER_S,
        query_end_s=alignment.last / FRAMES_PER_S,
        reference_start_s=(line.start + line.time_factor * alignment.first) / FRAMES_PER_S,
        time_factor=line.time_factor,
        frequency_factor=2.0**line.interval,
        aligned_peaks=alignment.met,
        probability=probability(alignment, score),
    )


def probability(alignment: Alignment, score: float) -> float:
    """Return the probability that the two are one recording, 0 to 1."""
    surplus = alignment.met - alignment.chance
    deviations = surplus / math.sqrt(alignment.chance + 1)
    logit = _BIAS + _PER_STANDARD_DEVIATION * deviations + _PER_SHARE * surplus / alignment.asked + 0 * score
    return 1 / (1 + math.exp(-max(-500.0, min(500.0, logit))))
