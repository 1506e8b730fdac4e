"""Checkpoints: how large a log is and what its root is, in three lines that its keeper signs (C2SP tlog-checkpoint)."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass

from licet.errors import LogError
from licet.transparency.merkle import HASH_BYTES
from licet.transparency.notes import decoded

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: who keeps it, how many entries it has, and their root. `more` are lines of others."""

    origin: str
    size: int
    root: bytes
    more: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text that is signed."""
        return "\n".join((self.origin, str(self.size), b64encode(self.root).decode(), *self.more, ""))

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read the text of a note whose signatures were checked.

        Raises:
            LogError: it is no checkpoint.
        """
        lines = text.removesuffix("\n").split("\n")
        if len(lines) < len(("origin", "size", "root")) or not all(lines) or not _SIZE.fullmatch(lines[1]):
            raise LogError("it is no checkpoint: an origin, a size and a root, each on a line")
        origin, size, coded, *more = lines
        root = decoded(coded)
        if root is None or len(root) != HASH_BYTES:
            raise LogError(f"{coded[:80]!r} is no root hash")
        return cls(origin, int(size), root, tuple(more))
