"""Which pass is under way, as all processes see it that hold the same gate: bytes in a file that each of them maps.

They are the number of what is under way, whether the gate is shut, and the name of the pass. The name is written before
the number, so that whoever finds a new number finds its name.
"""

from __future__ import annotations

import mmap
import os
import tempfile
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Self

from licet.placing import make_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

_BYTES = 4096
_SHUT = 8  # bytes: the number; then whether the gate is shut; then the name and a zero
_NAME = 9
NOTHING = bytes(_NAME)  # the state before anything is under way


class Live:
    """What is under way at one gate."""

    def __init__(self, path: Path) -> None:
        """Map the file of a gate that some process opened."""
        self.path = path
        with path.open("r+b") as stream:
            self._map = mmap.mmap(stream.fileno(), _BYTES)

    @classmethod
    def make(cls, folder: Path) -> Self:
        """Make the file for a gate; it goes when the gate does.

        Raises:
            OSError: it cannot be made.
        """
        make_folder(folder)
        handle, name = tempfile.mkstemp(dir=folder)
        with open(handle, "wb") as stream:  # noqa: PTH123  (a handle has no path)
            stream.write(bytes(_BYTES))  # a full disk is told of here, and not by a fault in the map
        made = cls(Path(name))
        weakref.finalize(made, _forget, made.path, made._map, os.getpid())
        return made

    @property
    def state(self) -> bytes:
        """The number of what is under way, and whether the gate is shut: another with every change."""
        return self._map[:_NAME]

    @property
    def shut(self) -> bool:
        """Whether the gate is shut."""
        return self._map[_SHUT] != 0

    @property
    def name(self) -> str:
        """The name of the pass."""
        return self._map[_NAME : self._map.find(b"\0", _NAME)].decode()

    def begin(self, name: str) -> None:
        """Put a pass under way."""
        number = int.from_bytes(self._map[:_SHUT], "little") + 1
        coded = name.encode() + b"\0"
        self._map[_NAME : _NAME + len(coded)] = coded
        self._map[:_NAME] = number.to_bytes(_SHUT, "little") + b"\0"

    def close(self) -> None:
        """Shut the gate, in every process."""
        self._map[_SHUT] = 1


def all_live(folder: Path) -> Iterator[Live]:
    """Yield what is under way at each gate that has its file in a folder."""
    for path in folder.glob("*"):
        if path.stat().st_size == _BYTES:  # else its gate was killed before it was open
            yield Live(path)


def _forget(path: Path, live: mmap.mmap, process: int) -> None:
    if os.getpid() == process:  # and not in one that was forked
        live[_SHUT] = 1  # workers may have it still
        path.unlink(missing_ok=True)
