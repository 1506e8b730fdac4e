"""The file of an item, read whole, if it holds the bytes that were cleared."""

from __future__ import annotations

import hashlib
import os
import stat
from typing import TYPE_CHECKING, NamedTuple

from licet.catalog import unescape_path
from licet.errors import IdentifierError
from licet.training.admission import Drop, Why

if TYPE_CHECKING:
    from pathlib import Path

    from licet.training.passes import Admitted

CHANGED = Drop(Why.CHANGED, "Its bytes are not those that were cleared.")
_NO_DIGEST = Drop(Why.NO_DIGEST, "The manifest does not tell the bytes of its file.")


class ClearedFile(NamedTuple):
    """A file whose bytes are those that were cleared."""

    content: bytes
    path: Path
    status: os.stat_result  # from before it was read

    def untouched(self) -> bool:
        """Whether its path leads to the same file still, with the length and the times of change that it had."""
        try:
            return _mark_of(self.path.stat()) == _mark_of(self.status)
        except OSError:
            return False


def cleared_file(root: Path, item: Admitted) -> ClearedFile | Drop:
    """Read the file of an item below `root`, or say why it does not pass. No more is read than was cleared."""
    if not item.sha256:
        return _NO_DIGEST
    try:
        path = root / os.fsdecode(unescape_path(item.name))
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # what is no file is not waited for
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode) or status.st_size != item.size:
                return CHANGED
            with open(handle, "rb", closefd=False) as stream:
                content = stream.read(item.size + 1)
        finally:
            os.close(handle)
    except (OSError, IdentifierError, ValueError) as refused:
        return Drop(Why.MISSING, f"Its file cannot be read: {refused}")
    if hashlib.sha256(content).hexdigest() != item.sha256:
        return CHANGED
    return ClearedFile(content, path, status)


def _mark_of(status: os.stat_result) -> tuple[int, ...]:
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
