"""A table of recordings in CSV, TSV, JSONL or Parquet, whose columns may be called anything.

1. Columns are known by the names that are common for them (`FIELDS`), or by the mapping that the user gives.
2. A row is named by its identifier column, else by its path, else by the first ISRC, digest or link that it holds.
3. A row whose fields do not line up with the header is a problem and nothing else: a shifted column could put one
   recording's licence on another.
4. A holder is a name, or several with shares: `A Name=1/2; Another=1/2`.
5. A recording that is listed twice with different licences has none (see `settling`).
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from licet.catalog.entries import Entry, Problem, Severity, SourceFile
from licet.catalog.identifiers import SCHEMES, Identifier, local_identifier, parse_identifier
from licet.catalog.paths import escape_path
from licet.catalog.sources.extracts import Extract, write_extract
from licet.catalog.sources.fields import FIELDS, NAMING, columns_for, entry_of, identifiers_of
from licet.catalog.sources.reading import opened, shown, source_file, span_of
from licet.catalog.sources.rows import Row, form_of, parquet_columns, parquet_lines, table_rows
from licet.catalog.sources.settling import settled
from licet.errors import IdentifierError, SourceError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True)
class Table:
    """The table at `path`."""

    path: Path
    columns: Mapping[str, str] = field(default_factory=dict)  # field -> the column that holds it
    name: str = ""  # what local keys begin with; the file's own name by default
    scheme: str = ""  # what the values in the key column are: `jamendo`
    kind: str = "table"

    @property
    def location(self) -> str:
        """Where the table lies, as the user gave it."""
        return shown(self.path)

    def files(self) -> tuple[SourceFile, ...]:
        """Return the table, and for Parquet the lines that its rows were written down as.

        Raises:
            SourceError: the table cannot be read.
        """
        return (self._file,) if self._extract is None else (self._file, self._extract.file)

    def blobs(self) -> Iterator[tuple[str, Path | bytes]]:
        """Yield the table, and for Parquet the lines that its rows were written down as."""
        yield self._file.sha256, self.path
        if self._extract is not None:
            yield self._extract.file.sha256, self._extract.path

    def read(self) -> Iterator[Entry | Problem]:
        """Yield an entry or a problem for each row; each key once.

        Raises:
            SourceError: the table cannot be read, or a column that was asked for is not there.
            UsageError: `columns` names a field that there is not.
        """
        return settled(self._entries)

    def rows(self) -> Iterator[Entry | Problem]:
        """Yield an entry or a problem for each row as it stands, a recording as often as it is listed.

        Raises:
            SourceError: as `read`.
            UsageError: as `read`.
        """
        return self._entries()

    def key_of(self, row: Mapping[str, str]) -> Identifier | None:
        """Return the key of the recording that a row is about, given by its columns; None where it names none."""
        stated = _stated(row, {**columns_for(tuple(row)), **self.columns})
        return self._key(stated, identifiers_of(stated)[0])

    @cached_property
    def _file(self) -> SourceFile:
        form_of(self.path)
        if self.scheme and self.scheme not in SCHEMES:
            raise UsageError(f"{self.scheme!r} is no identifier scheme", mend=f"use one of {', '.join(SCHEMES)}")
        return source_file(self.path, shown(Path(self.path.name)), self.kind)

    @cached_property
    def _extract(self) -> Extract | None:
        """The rows of a Parquet file as lines: a row in columns has no bytes of its own to point at."""
        if form_of(self.path) != "parquet":
            return None
        name = self._file.path
        with opened(self.path, self.kind) as stream:
            columns = self._fields(parquet_columns(stream, name)).values()
            return write_extract(self, f"{name}.rows.jsonl", parquet_lines(stream, name, columns))

    @contextmanager
    def _rows(self) -> Iterator[tuple[list[str], Iterator[Row | Problem], str]]:
        """Give the columns, the rows, and the SHA-256 of the file that they stand in."""
        if self._extract is None:
            with opened(self.path, self.kind) as stream:
                yield *table_rows(stream, self._file.path, form_of(self.path)), self._file.sha256
        else:
            with opened(self._extract.path, self.kind) as stream:
                yield *table_rows(stream, self._file.path, "jsonl"), self._extract.file.sha256

    def _entries(self) -> Iterator[Entry | Problem]:
        if self._extract is not None:
            yield from self._extract.problems
            if not self._extract.file.size:
                return  # a Parquet file without rows
        with self._rows() as (columns, rows, blob):
            self._fields(columns)
            for row in rows:
                if isinstance(row, Problem):
                    yield row
                else:
                    # One object of JSONL may have columns that the first ones had not.
                    fields = {**columns_for(tuple(row.values)), **self.columns}
                    yield from self._read_row(row, fields, blob)

    def _fields(self, columns: list[str]) -> dict[str, str]:
        """Return which column holds which field."""
        for one in self.columns:
            if one not in FIELDS:
                raise UsageError(f"a table has no field {one!r}", mend=f"map one of {', '.join(FIELDS)}")
        missing = sorted(set(self.columns.values()) - set(columns))
        if missing:
            there = ", ".join(columns)[:1_000]
            raise SourceError(f"{self.location} has no column {missing[0]!r}", mend=f"its columns are: {there}")
        fields = {**columns_for(tuple(columns)), **self.columns}
        if not NAMING.intersection(fields):
            raise SourceError(
                f"{self.location} has no column that names a recording: it has {', '.join(columns)[:1_000]}",
                mend="say which column is the path or the key",
            )
        return fields

    def _read_row(self, row: Row, fields: Mapping[str, str], blob: str) -> Iterator[Entry | Problem]:
        where = f"{self._file.path}:{row.number}"
        stated = _stated(row.values, fields)
        identifiers, doubts = identifiers_of(stated)
        key = self._key(stated, identifiers)
        if key is None:
            yield Problem(where, "the row names no recording: it has no id, path or identifier that can be read")
            return
        entry, more = entry_of(stated, key, identifiers, span_of(row.raw, row.start, blob))
        for doubt in (*doubts, *more):
            yield Problem(where, doubt, Severity.DOUBT)
        yield entry

    def _key(self, stated: Mapping[str, str], identifiers: list[Identifier]) -> Identifier | None:
        """Return the table's own name for a recording."""
        name = self.name or escape_path(os.fsencode(self.path.stem))
        key, path = stated.get("key", "").strip(), stated.get("path")
        if key:
            try:
                return Identifier(self.scheme, key) if self.scheme else parse_identifier(key)
            except IdentifierError:
                return local_identifier(name, escape_path(key.encode()))
        if path:
            return local_identifier(name, escape_path(path.encode()))
        return identifiers[0] if identifiers else None


def _stated(row: Mapping[str, str], fields: Mapping[str, str]) -> dict[str, str]:
    return {one: row.get(column, "") for one, column in fields.items()}
