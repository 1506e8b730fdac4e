"""Matches for the tests of what is made of them, told by what matters."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from licet.identify import Match


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
