"""How sure a match is: what was found, weighed against what chance, beats and loops make, as a probability.

Five witnesses are heard; `docs/identify.md` tells how their weights were fitted, on what, and what the result is
worth.

1. Standard deviations by which the peaks that meet outweigh those that meet at other offsets in the recording: what
   repeats itself fits nearly as well a bar later.
2. Their lead over the best other pitch: where beats coincide and notes do not, any pitch is as good.
3. How many meet.
4. How closely they meet in time, in standard deviations from what chance would have.
5. How closely they meet in pitch.
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

_BASE = -21.9
_WEIGHTS = (8.7, 0.74, 0.16, 0.34, 0.15)


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


def witnesses(alignment: Alignment) -> tuple[float, ...]:
    """Return what each of the five says: the last two in standard deviations, the others in e-folds."""
    here, mean, deviation = alignment.elsewhere
    aside, greatest = alignment.aside
    spread = math.sqrt(12 * alignment.met)  # the mean of as many that are spread evenly has this over one deviation
    return (
        math.log1p(max((here - mean) / deviation, 0.0)),
        math.log((aside + 1.0) / greatest),
        math.log(alignment.met),
        (0.5 - alignment.late) * spread,
        (0.5 - alignment.sharp) * spread,
    )


def probability(said: tuple[float, ...]) -> float:
    """Return the probability that query and recording are one, 0 to 1, given what the witnesses said."""
    logit = _BASE + sum(weight * each for weight, each in zip(_WEIGHTS, said, strict=True))
    return 1 / (1 + math.exp(-max(-100.0, min(100.0, logit))))
