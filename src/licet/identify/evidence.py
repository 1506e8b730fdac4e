"""How sure a match is: what was found, weighed against what chance, beats and loops make, as a probability.

Six witnesses are heard; `docs/identify.md` tells how their weights were fitted, on what, and what the result is worth.

1. The votes that led there: pairs that agree, over the square root of the pairs that asked.
2. Standard deviations by which the peaks that meet outweigh those that meet at other offsets in the recording.
3. Their lead over the best other offset: what repeats itself fits nearly as well a bar later.
4. Standard deviations by which they outweigh those that meet at other pitches.
5. Their lead over the best other pitch: where beats coincide and notes do not, any pitch is as good.
6. The share of all that could have met.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from licet.identify.aligning import Alignment

SURE = 0.99
"""At or above this a recording counts as identified."""
LIKELY = 0.5
"""Below this a match is not worth showing."""
UNCHANGED = 0.005
"""Factors nearer to 1 than this count as no change."""

_BASE = -12.0
_WEIGHTS = (2.0, 2.0, 2.0, 2.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Match:
    """A stretch of a query that is a stretch of a registered recording."""

    recording: str
    path: str  # where its audio lay when it was registered
    query_start_s: float  # where in the query the two begin to sound alike
    query_end_s: float
    reference_start_s: float  # what of the recording sounds at `query_start_s`
    reference_end_s: float
    time_factor: float  # how fast the query runs: 1.05 is 5 % faster
    frequency_factor: float  # the query's pitch over the recording's: 1.05 is higher
    aligned_peaks: int  # distinct peaks that met
    probability: float  # 0 to 1, calibrated

    @property
    def unchanged(self) -> bool:
        """Whether time and pitch are as they were registered, to half a per cent."""
        return abs(self.time_factor - 1) < UNCHANGED and abs(self.frequency_factor - 1) < UNCHANGED


def witnesses(score: float, alignment: Alignment) -> tuple[float, ...]:
    """Return what each of the six says, in e-folds."""
    here, mean, deviation, greatest = alignment.elsewhere
    aside, aside_mean, aside_deviation, aside_greatest = alignment.aside
    return (
        math.log(max(score, 1e-3)),
        math.log1p(max((here - mean) / deviation, 0.0)),
        math.log((here + 1.0) / greatest),
        math.log1p(max((aside - aside_mean) / aside_deviation, 0.0)),
        math.log((aside + 1.0) / aside_greatest),
        math.log((here + 1.0) / (alignment.could + 1.0)),
    )


def probability(said: tuple[float, ...]) -> float:
    """Return the probability that query and recording are one, 0 to 1, given what the witnesses said."""
    logit = _BASE + sum(weight * each for weight, each in zip(_WEIGHTS, said, strict=True))
    return 1 / (1 + math.exp(-max(-100.0, min(100.0, logit))))
