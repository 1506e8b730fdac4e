"""The files of a source as bounded lines, each with its place, so that evidence can point at the very bytes."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from licet.catalog.entries import SourceFile, Span
from licet.catalog.paths import escape_path, open_regular
from licet.digests import sha256_bytes, sha256_stream
from licet.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LINE_BYTES = 1 << 20
_BLOCK_BYTES = 1 << 16


class Line(NamedTuple):
    """One line of a file: its number from 1, where it begins in bytes, and its bytes with their line ending.

    `raw` is None where the line is longer than the limit.
    """

    number: int
    start: int
    raw: bytes | None

    @property
    def content(self) -> bytes | None:
        """The line without its ending."""
        return None if self.raw is None else self.raw.rstrip(b"\r\n")


def lines(stream: BinaryIO, *, limit: int = LINE_BYTES) -> Iterator[Line]:
    """Yield the lines of `stream`. A line longer than `limit` bytes is passed over a block at a time."""
    number = start = 0
    while raw := stream.readline(limit + 1):
        number += 1
        length = len(raw)
        if length > limit and not raw.endswith(b"\n"):
            yield Line(number, start, None)
            length += skip_line(stream)
        else:
            yield Line(number, start, raw)
        start += length


def skip_line(stream: BinaryIO) -> int:
    """Read to the end of the line that `stream` stands in and return how many bytes that was."""
    skipped = 0
    while block := stream.readline(_BLOCK_BYTES):
        skipped += len(block)
        if block.endswith(b"\n"):
            break
    return skipped


@contextmanager
def opened(path: Path, kind: str) -> Iterator[BinaryIO]:
    """Open a file of a source; what the system says against it becomes a `SourceError`."""
    try:
        stream = open_regular(path)
    except OSError as error:
        raise SourceError(
            f"{shown(path)} cannot be read as {kind}: {error.strerror}", mend="check the path and its permissions"
        ) from error
    with stream:
        yield stream


def source_file(path: Path, name: str, kind: str) -> SourceFile:
    """Return what identifies the file at `path`, called `name` within its source.

    Raises:
        SourceError: the file cannot be read.
    """
    with opened(path, kind) as stream:
        digest = sha256_stream(stream)
        return SourceFile(name, digest, stream.tell())


def span_of(content: bytes, start: int, blob: str) -> Span:
    """Return the span that `content` takes up at `start` of the file whose SHA-256 is `blob`."""
    return Span(sha256_bytes(content), blob, start, len(content))


def shown(path: Path) -> str:
    """Return `path` as it can be printed."""
    return escape_path(os.fsencode(path))
