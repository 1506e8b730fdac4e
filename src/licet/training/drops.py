"""What did not pass at the gate when it was asked for: a line each, in a file that all processes append to."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from licet.placing import make_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Dropped(msgspec.Struct, frozen=True):
    """An item that did not pass."""

    item: str
    place: int | None  # None where the manifest has no such item
    why: str
    says: str


class Drops:
    """The items that did not pass in one epoch, each once in the eyes of each process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._told: set[int | str] = set()
        self._read = 0  # bytes of the file that were looked at

    def note(self, dropped: Dropped) -> bool:
        """Note an item, unless it is known already that it did not pass; return whether it was noted.

        Raises:
            OSError: it cannot be written.
        """
        if _key(dropped) in self._told:
            return False
        make_folder(self._path.parent)
        with self._path.open("ab", buffering=0) as stream:  # one write, at the end: lines of two processes do not mix
            text = b"\n" + msgspec.json.encode(dropped) + b"\n"  # nor with half a one of a killed writer
            if stream.write(text) != len(text):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
        return True

    def count(self) -> int:
        """Return how many items did not pass so far, in any process that writes to this file."""
        with self._path.open("rb") as stream:
            stream.seek(self._read)
            lines, end, _ = stream.read().rpartition(b"\n")
        self._read += len(lines) + len(end)
        self._told.update(map(_key, _decoded(lines)))
        return len(self._told)


def read_drops(folder: Path) -> Iterator[Dropped]:
    """Yield what did not pass in any epoch, as it was noted: an item comes once an epoch, and may come again."""
    for path in sorted(folder.glob("*.jsonl")):
        yield from _decoded(path.read_bytes())


def _decoded(lines: bytes) -> Iterator[Dropped]:
    for line in filter(None, lines.split(b"\n")):
        with suppress(msgspec.DecodeError):  # half a line
            yield msgspec.json.decode(line, type=Dropped)


def _key(dropped: Dropped) -> int | str:
    return dropped.item if dropped.place is None else dropped.place
