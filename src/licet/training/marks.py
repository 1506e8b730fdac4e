"""What was read, as it is noted down: a byte for each line of the manifest, one file an epoch and a machine.

Every process on a machine maps the same file, and notes that an item was read by setting its byte to 1. A byte that is
set twice is set: an item counts once an epoch, however many workers and ranks read it, and however often an epoch that
was cut short is begun again. A process that is killed loses nothing, for the kernel holds what it wrote; a machine that
stops loses at most what was read since the last `flush`. Neither ever counts too much.

Nothing is ever taken away, so that files of several machines are joined by OR.
"""

from __future__ import annotations

import mmap
import os
import re
import socket
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from licet.errors import GateError
from licet.placing import TEMPORARY, alone, placed

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

FLUSHED_AFTER = 1 << 16  # items; each flush looks at the whole map
_AT_ONCE = 1 << 20  # bytes


class Marks:
    """The marks of one epoch on this machine."""

    def __init__(self, folder: Path, epoch: int, lines: int) -> None:
        """Open the marks of an epoch over a manifest of so many lines; they are made if there are none.

        Raises:
            GateError: they are of another manifest, or there is no room for them on the disk.
        """
        path = folder / f"{epoch:06}.{_machine()}"
        self._waiting = 0
        self._map: mmap.mmap | None = None
        if not lines:
            return
        try:
            with alone(folder / ".lock"):
                if not path.exists():
                    _make(path, lines)  # a full disk is told of here, and not by a fault in the map
            with path.open("r+b") as stream:
                if os.fstat(stream.fileno()).st_size != lines:
                    raise GateError(f"{path} has the marks of another manifest", mend="start another run")
                self._map = mmap.mmap(stream.fileno(), lines)
        except OSError as refused:
            raise GateError(f"what is read cannot be noted in {path}: {refused.strerror}") from refused

    def mark(self, place: int) -> None:
        """Note that the item at a place was read in this epoch."""
        assert self._map is not None
        self._map[place] = 1
        self._waiting += 1
        if self._waiting >= FLUSHED_AFTER:
            self.flush()

    def flush(self) -> None:
        """Force what was noted to disk."""
        self._waiting = 0
        if self._map is not None:
            self._map.flush()


def epochs_marked(folder: Path) -> list[int]:
    """Return the epochs in which something was read, ascending."""
    return sorted({epoch for epoch, path in _files(folder) if _any(path)})


def times_read(folder: Path, lines: int) -> NDArray[np.uint32]:
    """Return in how many epochs the item at each place was read: [shape=(lines,)], uint32.

    Memory holds 5 bytes for each line, however many epochs there were.

    Raises:
        GateError: a file has the marks of another manifest.
    """
    import numpy as np

    times = np.zeros(lines, np.uint32)
    for _, files in groupby(_files(folder), key=lambda one: one[0]):
        read = np.zeros(lines, np.bool_)
        for _, path in files:
            marks = np.fromfile(path, np.uint8)
            if len(marks) != lines:
                raise GateError(f"{path} has the marks of another manifest")
            read |= marks != 0
        times += read
    return times


def _any(path: Path) -> bool:
    """Whether a file has a mark."""
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as marks:
        return marks.find(b"\1") >= 0


def _make(path: Path, lines: int) -> None:
    """Make a file of so many zeros, whole or not at all."""
    with placed(path) as stream:
        for first in range(0, lines, _AT_ONCE):
            stream.write(bytes(min(_AT_ONCE, lines - first)))


def _files(folder: Path) -> Iterator[tuple[int, Path]]:
    """Yield the files of marks, each with its epoch."""
    for path in sorted(folder.glob("[0-9]*.*")):
        if not path.name.endswith(TEMPORARY):  # of a process that was killed
            yield int(path.name.partition(".")[0]), path


@cache
def _machine() -> str:
    """Return a name of this machine that can stand in a file's name: two that share a folder never share a file.

    Machines may go by one name. What started the kernel gave it a number of its own (Linux, random(4)).
    """
    name = re.sub(r"[^\w.-]", "-", socket.gethostname(), flags=re.ASCII)[:64]
    number = Path("/proc/sys/kernel/random/boot_id")
    return f"{name}-{number.read_text()[:8]}" if number.exists() else name
