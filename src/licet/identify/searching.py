"""Find every stretch of a query that is a stretch of a registered recording.

A search goes from cheap to thorough, and stops where it is sure.

1. The query is taken in stretches of ten seconds. What is already explained by a sure match is passed over.
2. A stretch is looked up as it is, by its most salient peaks.
3. Where that finds no sure copy, it is looked up with its time and pitch scaled: faster and slower at the same pitch,
   higher and lower at the same pace, and both together, by little, by more and by much; and as it is, by all its peaks,
   as under speech or other music.
4. The likeliest offsets are laid over their recordings, and what meets there becomes a probability. Where half of those
   are likely there may be more recordings of the same sound: four times as many are looked at, up to a bound. Past it
   the search says that it does not tell all.
5. What is likely is followed along its line as far as both sound alike.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from heapq import nlargest
from typing import TYPE_CHECKING, Any

import numpy as np

from licet.identify.aligning import Alignment, Extent, Line, Recording, align, extent, measure
from licet.identify.evidence import LIKELY, SURE, Match, probability, witnesses
from licet.identify.fingerprint import FRAMES_PER_S
from licet.identify.peaks import KEPT
from licet.identify.voting import Ballot, Candidate, Change

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from licet.identify.fingerprint import Fingerprint
    from licet.identify.segments import Segment

STRETCH_S = 10.0  # looked up at once
WHOLE_S = 15.0  # up to here a query is one stretch
SHORT_S = 60.0  # up to here all of a query is looked up under changes
SPARSE_S = 30.0  # from one stretch that is looked up under changes to the next, in a longer one
WIDER_S = 10.0  # to each side of a stretch, that are looked at where it leaves a doubt
HOPE = 0.02  # probability below which a candidate is given up
EXPLAINED = 0.8  # of a stretch
MOST_ALIGNED = 384  # recordings that a stretch is laid over

AS_IT_IS = (Change(),)
SLIGHT, MODERATE, STRONG = (
    tuple(Change(*each) for factor in factors for each in ((factor, factor), (factor, 1.0), (1.0, factor)))
    for factors in ((0.975, 1.025), (0.95, 1.05), (0.90, 0.925, 1.075, 1.10))
)
CHANGES = (*SLIGHT, *MODERATE, *STRONG)
"""A vote carries over half a step of 2.5 %, so changes in between are met too."""


@dataclass(frozen=True, slots=True)
class _Round:
    """One way to look a stretch up."""

    ranks: int  # peaks that ask: those of a rank below
    fan: int  # pairs for each
    changes: tuple[Change, ...]
    budget: int  # bytes of postings read at most, for each change
    most: int  # recordings kept, for each change
    aligned: int  # recordings that the stretch is laid over
    heard: int  # peaks that are laid over them: those of a rank below


QUICK = _Round(ranks=3, fan=8, changes=AS_IT_IS, budget=900_000, most=12, aligned=12, heard=8)
CHANGED = tuple(
    _Round(ranks=3, fan=8, changes=changes, budget=1_500_000, most=6, aligned=aligned, heard=8)
    for changes, aligned in ((SLIGHT, 15), (MODERATE, 15), (STRONG, 20))
)
THOROUGH = _Round(ranks=6, fan=30, changes=AS_IT_IS, budget=1_800_000, most=40, aligned=40, heard=KEPT)
ROUNDS = (QUICK, *CHANGED, THOROUGH)
_WIDER = 4  # times as many, where many are likely


@dataclass(frozen=True, slots=True)
class Shelf:
    """A segment, and the places of the recordings in it that are not to be found."""

    segment: Segment
    hidden: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Span:
    """What was found: a recording, the line, how far it goes."""

    segment: Segment
    place: int
    line: Line
    extent: Extent
    probability: float

    def shares(self, other: _Span) -> bool:
        """Tell whether two spans say the same of most of the shorter one: one recording, at one time of the query."""
        if (self.segment, self.place) != (other.segment, other.place):
            return False
        first, last = max(self.extent.first, other.extent.first), min(self.extent.last, other.extent.last)
        shorter = min(self.extent.last - self.extent.first, other.extent.last - other.extent.first)
        return last - first > shorter / 2


class Search:
    """One query, looked up in all shelves."""

    def __init__(self, query: Fingerprint, shelves: Sequence[Shelf]) -> None:
        self._query = query
        self._shelves = shelves
        self._recording: Any = lru_cache(maxsize=64)(Recording)
        self._spans: list[_Span] = []
        self.more = False  # whether more recordings may hold the same sound than were told

    def run(self) -> list[Match]:
        """Return the matches, in order of probability."""
        for start_s, end_s, changed in _stretches(self._query.duration_s):
            if not self._explained(start_s, end_s):
                self._look(start_s, end_s, ROUNDS if changed else ROUNDS[:1])
        return sorted(
            map(self._match, self._spans),
            key=lambda match: (-match.probability, -match.aligned_peaks, match.recording, match.query_start_s),
        )

    def alignments(self, start_s: float, end_s: float) -> Iterator[tuple[Candidate, Alignment]]:
        """Yield all that a stretch is laid over, and how it fits: what probabilities are fitted to."""
        stretch, _ = self._query.between(start_s, end_s)
        for how in ROUNDS:
            yield from self._aligned(stretch, how)

    def _look(self, start_s: float, end_s: float, rounds: tuple[_Round, ...]) -> None:
        """Steps 2 to 5 for one stretch."""
        stretch, _ = self._query.between(start_s, end_s)
        for how in rounds:
            self._lay(stretch, how)
            if self._explained(start_s, end_s):  # a few seconds may fit at a pace that is not the query's
                return

    def _lay(self, stretch: Fingerprint, how: _Round) -> None:
        """Steps 4 and 5 for one way to look a stretch up."""
        laid: set[Candidate] = set()
        while True:
            likely = 0
            for candidate, alignment in self._aligned(stretch, how):
                chance = probability(witnesses(alignment))
                likely += chance >= LIKELY
                if chance >= HOPE and candidate not in laid:
                    self._follow(stretch, candidate, alignment, chance)
                laid.add(candidate)
            if 2 * likely < how.aligned:
                return
            if how.aligned >= MOST_ALIGNED:
                self.more = True
                return
            wider = min(_WIDER * how.aligned, MOST_ALIGNED)
            how = replace(how, aligned=wider, most=max(wider, how.most))

    def _aligned(self, stretch: Fingerprint, how: _Round) -> Iterator[tuple[Candidate, Alignment]]:
        ballot = Ballot(stretch, how.ranks, how.fan)
        candidates = [candidate for change in how.changes for candidate in self._cast(ballot, change, how)]
        heard = stretch.salient(how.heard)
        frames, pitches = heard.frames.astype(np.float64), heard.pitches.astype(np.float64)
        for candidate in nlargest(how.aligned, candidates, key=lambda candidate: candidate.score):
            known = self._recording(candidate.segment, candidate.place)
            alignment = align(frames, pitches, known, candidate)
            if alignment is not None:
                yield candidate, alignment

    def _cast(self, ballot: Ballot, change: Change, how: _Round) -> Iterator[Candidate]:
        hidden = {shelf.segment: shelf.hidden for shelf in self._shelves}
        most = how.most + max(map(len, hidden.values()), default=0)
        for candidate in ballot.cast(list(hidden), change, how.budget, most):
            if candidate.place not in hidden[candidate.segment]:
                yield candidate

    def _follow(self, stretch: Fingerprint, candidate: Candidate, alignment: Alignment, chance: float) -> None:
        """Step 5. Keep what is likely."""
        known = self._recording(candidate.segment, candidate.place)
        first, last = float(stretch.frames[0]), float(stretch.frames[-1])
        if chance < SURE and self._query.duration_s > STRETCH_S:
            more = WIDER_S * FRAMES_PER_S
            wider, _ = self._query.between((first - more) / FRAMES_PER_S, (last + more) / FRAMES_PER_S)
            again = measure(
                wider.frames.astype(np.float64), wider.pitches.astype(np.float64), known, alignment.line, 3.0
            )
            if again is not None:
                chance = max(chance, probability(witnesses(again)))
        if chance < LIKELY:
            return
        line, reach = extent(self._query, known, alignment.line, first, last)
        span = _Span(candidate.segment, candidate.place, line, reach, chance)
        for other in [other for other in self._spans if other.shares(span)]:
            if (other.probability >= SURE, other.extent.met) >= (chance >= SURE, reach.met):
                return
            self._spans.remove(other)
        self._spans.append(span)

    def _explained(self, start_s: float, end_s: float) -> bool:
        """Tell whether a sure span covers most of a stretch."""
        first, last = start_s * FRAMES_PER_S, min(end_s, self._query.duration_s) * FRAMES_PER_S
        return any(
            min(span.extent.last, last) - max(span.extent.first, first) >= EXPLAINED * (last - first)
            for span in self._spans
            if span.probability >= SURE
        )

    def _match(self, span: _Span) -> Match:
        known = span.segment.registered(span.place)
        return Match(
            recording=known.recording,
            path=known.path,
            query_start_s=span.extent.first / FRAMES_PER_S,
            query_end_s=span.extent.last / FRAMES_PER_S,
            reference_start_s=span.line.at(span.extent.first) / FRAMES_PER_S,
            reference_end_s=span.line.at(span.extent.last) / FRAMES_PER_S,
            time_factor=span.line.time_factor,
            frequency_factor=2.0**span.line.interval,
            aligned_peaks=span.extent.met,
            probability=span.probability,
        )


def _stretches(duration_s: float) -> Iterator[tuple[float, float, bool]]:
    """Yield where each stretch of a query begins and ends, and whether it is to be looked up under changes too.

    Those of a query of up to a minute overlap by half, so that what is a little longer than one is found whole.
    """
    if duration_s <= WHOLE_S:
        yield 0.0, WHOLE_S, True
        return
    step_s, changed_s = (STRETCH_S / 2, STRETCH_S) if duration_s <= SHORT_S else (STRETCH_S, SPARSE_S)
    start_s = 0.0
    while start_s + STRETCH_S / 2 < duration_s:
        yield start_s, start_s + STRETCH_S, start_s % changed_s == 0
        start_s += step_s
