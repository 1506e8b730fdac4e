"""Statements that have no lines of their own (tags, Parquet rows), written down one to a line to be pointed at."""

from __future__ import annotations

import os
import tempfile
import weakref
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from licet.catalog.entries import Problem, SourceFile
from licet.digests import sha256_stream

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Extract:
    """The lines that were written, where they lie for now, and what went wrong while they were made."""

    file: SourceFile
    path: Path
    problems: tuple[Problem, ...]


def write_extract(owner: object, name: str, items: Iterator[bytes | Problem]) -> Extract:
    """Write each of `items` as a line to a temporary file, which lasts as long as `owner` does."""
    descriptor, place = tempfile.mkstemp(prefix="licet-", suffix=".jsonl")
    path = Path(place)
    weakref.finalize(owner, path.unlink, missing_ok=True)
    problems = []
    with os.fdopen(descriptor, "w+b") as stream:
        for item in items:
            if isinstance(item, Problem):
                problems.append(item)
            else:
                stream.write(item + b"\n")
        stream.seek(0)
        digest = sha256_stream(stream)
        return Extract(SourceFile(name, digest, stream.tell()), path, tuple(problems))
