"""How much of a file is accounted for by what was found in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.identify.evidence import SURE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from licet.identify.evidence import Match


def covered_s(spans: Iterable[tuple[float, float]]) -> float:
    """Return the seconds that `spans` (start and end, in seconds) cover together; what several share counts once."""
    total, reached = 0.0, float("-inf")
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total


def coverage(matches: Iterable[Match], duration_s: float | None) -> float:
    """Return the share of a file of `duration_s` seconds that is identified, 0 to 1. What is only likely is not."""
    if not duration_s:
        return 0.0
    sure = ((max(match.query_start_s, 0.0), match.query_end_s) for match in matches if match.probability >= SURE)
    return min(1.0, covered_s(sure) / duration_s)


def in_order_of_time(matches: Iterable[Match]) -> tuple[Match, ...]:
    """Return `matches` as they follow each other in the file; of those that begin together, the most probable first."""
    return tuple(sorted(matches, key=lambda match: (match.query_start_s, -match.probability, match.recording)))
