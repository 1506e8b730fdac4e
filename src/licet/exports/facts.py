"""What every writer is given: a manifest, what it is of, where it was logged, and its publisher's words."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

from licet.corpus import read_head, read_lines, read_seal
from licet.corpus.asking import asking
from licet.corpus.manifest import PARQUET_NAME
from licet.digests import sha256_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from licet.corpus import Counts, Head, Line, Seal
    from licet.corpus.asking import Asked
    from licet.exports.about import About


@dataclass(frozen=True)
class Facts:
    """A manifest and what is said of it as a whole."""

    folder: Path
    head: Head
    counts: Counts
    about: About
    seal: Seal | None  # where it was logged, if it was

    @classmethod
    def of(cls, folder: Path, about: About) -> Self:
        """Open the manifest in `folder`.

        Raises:
            ManifestError: there is none, or it is damaged.
        """
        head, counts = read_head(folder)
        return cls(folder, head, counts, about, read_seal(folder))

    @property
    def name(self) -> str:
        """What the data set is called."""
        return self.about.name or self.head.corpus

    @property
    def parquet(self) -> Path:
        """The manifest as Parquet, which holds every line."""
        return self.folder / PARQUET_NAME

    @cached_property
    def parquet_sha256(self) -> str:
        """The SHA-256 of that file."""
        return sha256_file(self.parquet)

    def lines(self) -> Iterator[Line]:
        """Yield every line, one at a time, whatever its verdict."""
        return read_lines(self.folder)

    @contextmanager
    def asking(self) -> Iterator[Asked]:
        """Open the manifest for questions in SQL: see `licet.corpus.asking`."""
        with asking(self.folder, self.head.reading) as asked:
            yield asked
