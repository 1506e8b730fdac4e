"""The index: which recordings are registered, and which of them a piece of audio is.

A search goes from cheap to thorough, and stops when it is sure.

1. The query is looked up as it is, all of it, a stretch after the other.
2. Where that finds no sure copy that is unchanged, a few stretches spread over the query are looked up again with their
   time and pitch scaled: faster and slower at the same pitch, higher and lower at the same pace, and both together.
3. The likeliest offsets are laid over their recordings, and what meets there becomes a probability.
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from heapq import nlargest
from itertools import product
from typing import TYPE_CHECKING, Self

from licet.errors import UsageError
from licet.identify.aligning import align
from licet.identify.evidence import LIKELY, SURE, Match, match_of
from licet.identify.fingerprint import PARAMETERS
from licet.identify.listing import segment_names
from licet.identify.segments import Segment
from licet.identify.voting import Ballot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from licet.identify.fingerprint import Fingerprint
    from licet.identify.segments import Registered
    from licet.identify.voting import Candidate

STRETCH_S = 30.0  # looked up at once
OVERLAP_S = 10.0  # of two stretches
WHOLE_S = 15.0  # up to here a query is looked up under changes as it is
EXCERPT_S = 10.0  # of a longer one
EXCERPTS = 5
ALIGNED = 16  # recordings that a query is laid over in each round

_FACTORS = (0.90, 0.925, 0.95, 0.975, 1.025, 1.05, 1.075, 1.10)
UNCHANGED = ((1.0, 1.0),)
CHANGES = tuple(change for factor in _FACTORS for change in ((factor, factor), (factor, 1.0), (1.0, factor)))
"""(time factor, frequency factor): a vote carries over half a step of 2.5 %, so steps in between are met too."""


class FingerprintIndex:
    """A folder of segments, mapped into memory and never changed. What is added later is seen by opening it again."""

    def __init__(self, segments: Iterable[Segment]) -> None:
        self._segments = tuple(segments)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the index in `folder`; a folder without one, or none at all, is an empty index.

        Raises:
            IndexDamagedError: a segment or the list of them is missing, damaged, or of another version.
        """
        return cls(Segment(folder / name) for name in segment_names(folder))

    @property
    def state(self) -> str:
        """SHA-256 that names the exact set of segments: equal states answer every search alike."""
        return hashlib.sha256("".join(f"{segment.digest}\n" for segment in self._segments).encode()).hexdigest()

    @cached_property
    def _known(self) -> dict[str, Registered]:
        return {known.recording: known for segment in self._segments for known in segment.recordings}

    def __len__(self) -> int:
        return sum(len(segment.starts) for segment in self._segments)

    def __contains__(self, recording: object) -> bool:
        return recording in self._known

    def recordings(self) -> Iterator[Registered]:
        """Yield every recording, in the order in which they were registered."""
        yield from self._known.values()

    def path_of(self, recording: str) -> str:
        """Return the path `recording` was registered from.

        Raises:
            UsageError: it is not registered.
        """
        if recording not in self._known:
            raise UsageError(f"no recording {recording!r} is registered")
        return self._known[recording].path

    def verify(self) -> None:
        """Read all segments and compare them with their checksums.

        Raises:
            IndexDamagedError: a segment is not what was written. It is named.
        """
        for segment in self._segments:
            segment.verify()

    def search(self, query: Fingerprint, *, limit: int = 5, least: float = LIKELY) -> tuple[Match, ...]:
        """Return the recordings that `query` is, the most probable first, at most `limit` and none below `least`.

        Raises:
            UsageError: the fingerprint was made with other parameters than the index.
            IndexDamagedError: a segment contradicts itself.
        """
        if query.parameters != PARAMETERS:
            raise UsageError(f"a fingerprint made with {query.parameters!r} cannot be looked up in this index")
        found = list(self._matches(query, _stretches(query), UNCHANGED))
        if not any(self._settles(match, query) for match in found):
            found += self._matches(query, _excerpts(query), CHANGES)
        # The same recording may turn up unchanged and changed: the reading that explains more of the peaks stands.
        found.sort(key=lambda match: (match.probability < SURE, -match.aligned_peaks))
        best: dict[str, Match] = {}
        for match in found:
            best.setdefault(match.recording, match)
        ranked = sorted(best.values(), key=lambda match: (-match.probability, -match.aligned_peaks, match.recording))
        return tuple(match for match in ranked if match.probability >= least)[:limit]

    def _settles(self, match: Match, query: Fingerprint) -> bool:
        """Tell whether `match` leaves nothing to ask: sure, unchanged, and over half of what could sound alike."""
        could_s = min(query.duration_s, self._known[match.recording].duration_s)
        heard_s = match.query_end_s - match.query_start_s
        return match.probability >= SURE and match.unchanged and heard_s > could_s / 2

    def _matches(
        self, query: Fingerprint, stretches: Iterable[Ballot], changes: tuple[tuple[float, float], ...]
    ) -> Iterator[Match]:
        """Yield the match with each of the likeliest recordings."""
        likeliest: dict[tuple[str, int], Candidate] = {}
        for ballot in stretches:  # one at a time: a long query has thousands
            for segment, change in product(self._segments, changes):
                for candidate in _cast(ballot, segment, change):
                    key = (segment.digest, candidate.place)
                    if key not in likeliest or candidate.score > likeliest[key].score:
                        likeliest[key] = candidate
        for candidate in nlargest(ALIGNED, likeliest.values(), key=lambda candidate: candidate.score):
            alignment = align(query, candidate)
            if alignment is not None:
                yield match_of(candidate.segment.recordings[candidate.place], alignment, candidate)


def _stretches(query: Fingerprint) -> Iterator[Ballot]:
    """Cut all of `query` into stretches that overlap by what is too short to be found in one alone."""
    start_s = 0.0
    while start_s == 0.0 or start_s + OVERLAP_S < query.duration_s:
        yield from _ballot(query, start_s, start_s + STRETCH_S)
        start_s += STRETCH_S - OVERLAP_S


def _excerpts(query: Fingerprint) -> Iterator[Ballot]:
    """Take a few excerpts spread evenly over `query`, or all of it where it is hardly longer than one."""
    if query.duration_s <= WHOLE_S:
        yield from _ballot(query, 0.0, WHOLE_S)
        return
    spare_s = query.duration_s - EXCERPT_S
    for which in range(EXCERPTS):
        start_s = spare_s * (which + 0.5) / EXCERPTS
        yield from _ballot(query, start_s, start_s + EXCERPT_S)


def _cast(ballot: Ballot, segment: Segment, change: tuple[float, float]) -> tuple[Candidate, ...]:
    try:
        return tuple(ballot.cast(segment, *change))
    except IndexError as error:  # noticed here, where it is free: a checksum would read the whole file
        raise segment.damaged("its hashes point at peaks that it does not hold") from error


def _ballot(query: Fingerprint, start_s: float, end_s: float) -> Iterator[Ballot]:
    ballot = Ballot(query, start_s, end_s)
    if len(ballot):
        yield ballot
