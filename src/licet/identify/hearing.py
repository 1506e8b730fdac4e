"""Which recordings on record sound in one file: identification alone, without a catalogue, a policy or a verdict."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from licet.errors import AudioError
from licet.identify.listening import listen

if TYPE_CHECKING:
    from pathlib import Path

    from licet.identify.evidence import Match
    from licet.identify.index import FingerprintIndex


@dataclass(frozen=True, slots=True)
class Hearing:
    """What one file was found to hold; `trouble` says why nothing could be heard."""

    file: Path
    duration_s: float | None
    matches: tuple[Match, ...] = ()
    note: str = ""
    trouble: AudioError | None = None


@dataclass(frozen=True, slots=True)
class Hearer:
    """Hears files against the index in a folder; it travels to other processes, and opens the index there."""

    index: Path
    state: str  # of the index: what was opened for another state is not used

    def __call__(self, file: Path) -> Hearing:
        """Hear one file. What is wrong with it is told, never raised."""
        try:
            heard = listen(file, digest=False)
        except AudioError as wrong:
            return Hearing(file, None, trouble=wrong)
        matches = opened_index(self.index, self.state).search(heard.fingerprint)
        return Hearing(file, heard.audio.duration_s, tuple(map(rounded, matches)), heard.audio.note)


def rounded(match: Match) -> Match:
    """Return a match as it is stated: times to the millisecond, factors and probability to six places."""
    return replace(
        match,
        query_start_s=round(match.query_start_s, 3),
        query_end_s=round(match.query_end_s, 3),
        reference_start_s=round(match.reference_start_s, 3),
        reference_end_s=round(match.reference_end_s, 3),
        time_factor=round(match.time_factor, 6),
        frequency_factor=round(match.frequency_factor, 6),
        probability=round(match.probability, 6),
    )


@lru_cache(maxsize=1)
def opened_index(folder: Path, state: str) -> FingerprintIndex:
    """Open the index once in each process and for each `state` of it."""
    from licet.identify.index import FingerprintIndex

    del state  # it tells one opening from the next
    return FingerprintIndex.open(folder)
