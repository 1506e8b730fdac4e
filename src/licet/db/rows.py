"""What rows are made of: moments as numbers, and as many of anything as one statement can name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BATCH = 500  # databases limit the variables of one statement; SQLite's oldest limit is 999
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Item = TypeVar("_Item")


def microseconds(moment: datetime) -> int:
    """Return the microseconds from 1970 to `moment`, which has a time zone."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment_of(microseconds_since: int) -> datetime:
    """Return the moment so many microseconds after 1970 began, UTC."""
    return _EPOCH + timedelta(microseconds=microseconds_since)


def in_batches(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    """Yield `items` by as many as one statement can name."""
    iterator = iter(items)
    while batch := list(islice(iterator, _BATCH)):
        yield batch
