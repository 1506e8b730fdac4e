"""How sure a match is: what was found, weighed against what chance and shared loops make, as a probability.

Two witnesses are heard, and the one who doubts is believed.

1. The votes: how far they stand out from chance, and how far from the next best offset in the same recording. What
   repeats itself fits nearly as well a bar later; so does other music made of the same loops.
2. The peaks: how many standard deviations more of them met than chance would have it. A few votes on a single chord
   look good by the first measure alone.

The weights of the first were fitted by logistic regression on labelled candidates, those of the second set by hand;
`docs/identify.md` tells how, on what, and what the result is worth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from licet.identify.fingerprint import FRAMES_PER_S

if TYPE_CHECKING:
    from licet.identify.aligning import Alignment
    from licet.identify.segments import Registered
    from licet.identify.voting import Candidate

SURE = 0.99
"""At or above this a recording counts as identified."""
LIKELY = 0.5
"""Below this a match is not worth showing."""
UNCHANGED = 0.005
"""Factors nearer to 1 than this count as no change."""

_VOTES = 7.15  # logits for each e-fold of the score
_LEAD = 2.71  # logits for each e-fold of the lead
_GREATEST_LEAD = 8.0
_BASE = 2.1  # logits at a score and a lead of one
_DEVIATIONS = 1.5  # logits for each standard deviation
_DOUBTFUL = 4.0  # standard deviations that chance reaches among the recordings of an index


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


def match_of(known: Registered, alignment: Alignment, candidate: Candidate) -> Match:
    """Return what `alignment` with `known` amounts to, given the vote that led to it."""
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
        probability=probability(
            candidate.score, candidate.lead, (alignment.met - alignment.chance) / math.sqrt(alignment.chance + 1)
        ),
    )


def probability(score: float, lead: float, deviations: float) -> float:
    """Return the probability that query and recording are one, 0 to 1.

    Args:
        score: votes over the square root of the pairs asked, more than 0.
        lead: votes over those of the best other offset in the recording, more than 0.
        deviations: peaks that met less those that chance would have, over the square root of the latter and one.
    """
    votes = _BASE + _VOTES * math.log(score) + _LEAD * math.log(min(lead, _GREATEST_LEAD))
    peaks = _DEVIATIONS * (deviations - _DOUBTFUL)
    return 1 / (1 + math.exp(-max(-100.0, min(100.0, votes, peaks))))
