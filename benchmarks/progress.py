"""Say on standard error how far a long job is."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Item = TypeVar("Item")

EVERY_S = 10.0


def say(line: str) -> None:
    """Print one line on standard error, at once."""
    print(line, file=sys.stderr, flush=True)


def counted(label: str, items: Iterable[Item], total: int) -> Iterator[Item]:
    """Yield `items`, telling every few seconds how many of `total` are through."""
    began = last = time.monotonic()
    number = 0
    for number, item in enumerate(items, 1):
        yield item
        if time.monotonic() - last > EVERY_S:
            last = time.monotonic()
            say(f"{label}: {number} of {total}, {last - began:.0f} s")
    say(f"{label}: {number} in {time.monotonic() - began:.0f} s")
