"""The attribution lists of Stable Audio Open: what it was trained on, from the Free Music Archive and from Freesound.

The columns are `id,title,author,license,url`.
The licence is a short code (`ccby`, `cc0`), kept as it stands. Which of the two an id belongs to is told by its link.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from licet.catalog.entries import Entry, Holding, Party, Problem, Right, SourceFile
from licet.catalog.identifiers import Identifier
from licet.catalog.sources.reading import opened, shown, source_file, span_of
from licet.catalog.sources.rows import Row, table_rows
from licet.catalog.sources.settling import settled
from licet.errors import IdentifierError, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

_COLUMNS = ["id", "title", "author", "license", "url"]
_HOSTS = {"freemusicarchive.org": "fma", "freesound.org": "freesound"}


@dataclass(frozen=True)
class StableAudio:
    """The list at `path`."""

    path: Path
    scheme: str = ""  # what ids are where a link does not tell: `fma` or `freesound`
    kind: str = "stable-audio"

    @property
    def location(self) -> str:
        """Where the list lies, as the user gave it."""
        return shown(self.path)

    def files(self) -> tuple[SourceFile, ...]:
        """Return the list, with its SHA-256.

        Raises:
            SourceError: it cannot be read.
        """
        return (self._file,)

    def blobs(self) -> Iterator[tuple[str, Path | bytes]]:
        """Yield the list."""
        yield self._file.sha256, self.path

    def read(self) -> Iterator[Entry | Problem]:
        """Yield an entry or a problem for each row; each key once.

        Raises:
            SourceError: it cannot be read, or its columns are others.
        """
        return settled(self._entries)

    @cached_property
    def _file(self) -> SourceFile:
        return source_file(self.path, shown(Path(self.path.name)), self.kind)

    def _entries(self) -> Iterator[Entry | Problem]:
        with opened(self.path, self.kind) as stream:
            columns, rows = table_rows(stream, self._file.path, "csv")
            if not set(_COLUMNS) <= set(columns):
                raise SourceError(
                    f"{self.location} is no attribution list of Stable Audio Open: it has not the columns "
                    + ", ".join(_COLUMNS),
                    mend="add it as a table",
                )
            for row in rows:
                yield row if isinstance(row, Problem) else self._read_row(row)

    def _read_row(self, row: Row) -> Entry | Problem:
        told = {column: row.values[column].strip() for column in _COLUMNS}
        host = told["url"].partition("://")[2].partition("/")[0].removeprefix("www.").lower()
        scheme = _HOSTS.get(host, self.scheme)
        try:
            key = Identifier(scheme, told["id"])
        except IdentifierError:
            says = f"{told['id'][:60]!r} with the link {told['url'][:200]!r} is neither of the FMA nor of Freesound"
            return Problem(f"{self._file.path}:{row.number}", says)
        author = told["author"]
        return Entry(
            key=key,
            span=span_of(row.raw, row.start, self._file.sha256),
            title=told["title"],
            artist=author,
            url=told["url"] or None,
            holdings=(Holding(Party(author), Right.RECORDING, "artist"),) if author else (),
            licence=row.values["license"] if told["license"] else None,
        )
