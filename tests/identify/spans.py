"""Matches, and an index that finds them, for the tests of what is made of matches."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from licet.identify import Fingerprint, Match, Registered

if TYPE_CHECKING:
    from collections.abc import Iterator


def match(
    recording: str,
    query: tuple[float, float],
    reference_start_s: float = 0.0,
    *,
    time_factor: float = 1.0,
    frequency_factor: float = 1.0,
    probability: float = 0.9999,
) -> Match:
    """Return a match of the stretch `query` (start and end, in seconds) with `recording`."""
    told: dict[str, Any] = {
        "recording": recording,
        "path": f"{recording}.wav",
        "query_start_s": query[0],
        "query_end_s": query[1],
        "reference_start_s": reference_start_s,
        "reference_end_s": reference_start_s + time_factor * (query[1] - query[0]),
        "time_factor": time_factor,
        "frequency_factor": frequency_factor,
        "aligned_peaks": 100,
        "probability": probability,
    }
    return Match(**{field.name: told[field.name] for field in fields(Match)})


class Shelf:
    """An index that knows how long its recordings are, and what a search for each of them finds."""

    state = "as it is"

    def __init__(self, durations_s: dict[str, float], found: dict[str, tuple[Match, ...]], more: str = "") -> None:
        self.durations_s = durations_s
        self.found = found
        self.more = more

    def __len__(self) -> int:
        return len(self.durations_s)

    def recordings(self) -> Iterator[Registered]:
        """Yield them in order."""
        return (Registered(name, f"{name}.wav", seconds) for name, seconds in self.durations_s.items())

    def fingerprint_of(self, recording: str) -> Fingerprint:
        """Return one of the right length; its single peak tells which recording it is."""
        place = np.array([list(self.durations_s).index(recording)], np.float32)
        return Fingerprint(np.zeros(1, np.float32), place, duration_s=self.durations_s[recording])

    def search_all(self, query: Fingerprint, *, excluding: str) -> tuple[tuple[Match, ...], bool]:
        """Return what is to be found, and whether it is one of those of which there is `more`."""
        assert list(self.durations_s)[int(query.pitches[0])] == excluding
        return self.found.get(excluding, ()), excluding in self.more
