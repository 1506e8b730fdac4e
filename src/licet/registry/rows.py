"""Rows of the registry's tables: what they say, and what is said as one."""

from __future__ import annotations

from collections import defaultdict
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from licet.db import microseconds
from licet.errors import UsageError
from licet.registry.statements import parse
from licet.registry.terms import Holding, Said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


def said_in(row: Any) -> Said:  # noqa: ANN401  (a row has the columns that were asked for)
    """Return the statement in a row."""
    return Said(row.id, parse(row.body), row.signed, row.envelope)


def standing(rows: list[Any]) -> Iterator[tuple[Any, int]]:
    """Yield what was registered last of one right by one party, with since when it has been the same."""
    said: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in rows:
        said[row.at_us, row.registration].append(row)
    latest, *_ = moments = sorted(said, reverse=True)
    last = {(row.party, row.share) for row in said[latest]}
    alike = takewhile(lambda moment: {(row.party, row.share) for row in said[moment]} == last, moments)
    since, _ = list(alike)[-1]
    return ((row, since) for row in said[latest])


def row_of(recording: str, holding: Holding, by: str, registration: int, at: datetime) -> dict[str, object]:
    """Return the row of a holding that `by` registers at once with others.

    Raises:
        UsageError: its share is not more than nothing, and at most the whole.
    """
    if holding.share is not None and not 0 < holding.share <= 1:
        raise UsageError(
            f"{recording}: {holding.party} cannot hold {holding.share} of it", mend="a share is more than 0, at most 1"
        )
    return {
        "recording": recording,
        "right": str(holding.right),
        "party": holding.party,
        "share": "" if holding.share is None else str(holding.share),
        "role": holding.role,
        "by": by,
        "registration": registration,
        "at_us": microseconds(at),
    }
