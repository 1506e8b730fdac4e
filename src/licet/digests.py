"""SHA-256 digests: the names that content gives itself."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from pathlib import Path

CHUNK_BYTES = 1 << 20


def sha256_bytes(content: bytes) -> str:
    """Return the SHA-256 of `content`: 64 lower-case hexadecimal digits (FIPS 180-4)."""
    return hashlib.sha256(content).hexdigest()


def sha256_stream(stream: BinaryIO) -> str:
    """Return the SHA-256 of all that is left in `stream`, read a mebibyte at a time."""
    running = hashlib.sha256()
    while chunk := stream.read(CHUNK_BYTES):
        running.update(chunk)
    return running.hexdigest()


def sha256_file(path: Path) -> str:
    """Return the SHA-256 of the file at `path`. Memory is bounded whatever its size.

    Raises:
        OSError: the file cannot be opened or read.
    """
    with path.open("rb") as stream:
        return sha256_stream(stream)
