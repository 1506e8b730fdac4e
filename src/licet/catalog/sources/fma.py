"""`tracks.csv` of the Free Music Archive dataset: fifty columns under two header rows.

1. The first header row groups the columns (`album`, `artist`, `set`, `track`), the second names them (`license`).
2. A third row holds `track_id` alone, over the first column.
3. Each further row is a track. Its licence is the title of one, as people wrote it
   (`Attribution-Noncommercial-Share Alike 3.0 United States`), and is kept as it stands.

Defferrard et al., "FMA: A Dataset for Music Analysis", ISMIR 2017.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path  # noqa: TC003  (a dataclass field)
from typing import TYPE_CHECKING

from licet.catalog.entries import Entry, Holding, Party, Problem, Right, SourceFile
from licet.catalog.identifiers import Identifier
from licet.catalog.sources.reading import opened, shown, source_file, span_of
from licet.catalog.sources.records import Record, csv_records
from licet.catalog.sources.settling import settled
from licet.errors import IdentifierError, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LICENCE = ("track", "license")
_FOLDER = 1_000  # tracks a folder: `000/000002.mp3`


@dataclass(frozen=True)
class Fma:
    """The `tracks.csv` at `path`, or in the folder `path`."""

    path: Path
    kind: str = "fma"

    @property
    def location(self) -> str:
        """Where it lies, as the user gave it."""
        return shown(self.path)

    def files(self) -> tuple[SourceFile, ...]:
        """Return `tracks.csv`, with its SHA-256.

        Raises:
            SourceError: it cannot be read.
        """
        return (self._file,)

    def blobs(self) -> Iterator[tuple[str, Path | bytes]]:
        """Yield `tracks.csv`."""
        yield self._file.sha256, self._tracks

    def read(self) -> Iterator[Entry | Problem]:
        """Yield an entry or a problem for each track; each key once.

        Raises:
            SourceError: it cannot be read, or has other headers.
        """
        return settled(self._entries)

    @cached_property
    def _tracks(self) -> Path:
        inside = self.path / "tracks.csv"
        return inside if inside.is_file() else self.path

    @cached_property
    def _file(self) -> SourceFile:
        return source_file(self._tracks, "tracks.csv", self.kind)

    def _entries(self) -> Iterator[Entry | Problem]:
        with opened(self._tracks, self.kind) as stream:
            records = csv_records(stream, self._file.path)
            # 1.
            groups, names = next(records, None), next(records, None)
            if not isinstance(groups, Record) or not isinstance(names, Record):
                raise self._not_fma()
            columns = {pair: place for place, pair in enumerate(zip(groups.fields, names.fields, strict=False))}
            if _LICENCE not in columns:
                raise self._not_fma()
            for record in records:
                if isinstance(record, Problem):
                    yield record
                # 2.
                elif record.fields[0] != "track_id":
                    # 3.
                    yield self._read_track(record, columns, len(groups.fields))

    def _not_fma(self) -> SourceError:
        says = "its two header rows do not hold track and license"
        return SourceError(f"{self.location} is no tracks.csv of the FMA: {says}", mend="add it as a table")

    def _read_track(self, record: Record, columns: dict[tuple[str, str], int], width: int) -> Entry | Problem:
        where = f"{self._file.path}:{record.number}"
        if len(record.fields) != width:
            return Problem(where, f"the row has {len(record.fields)} fields, and the header {width}")
        try:
            key = Identifier("fma", record.fields[0])
        except IdentifierError as error:
            return Problem(where, error.message)

        def told(group: str, name: str) -> str:
            place = columns.get((group, name))
            return record.fields[place].strip() if place is not None else ""

        number, artist, composer = int(key.value), told("artist", "name"), told("track", "composer")
        holdings = [(artist, Right.RECORDING, "artist"), (composer, Right.WORK, "composer")]
        return Entry(
            key=key,
            span=span_of(record.raw, record.start, self._file.sha256),
            title=told("track", "title"),
            artist=artist,
            album=told("album", "title"),
            duration_s=_seconds(told("track", "duration")),
            path=f"{number // _FOLDER:03}/{number:06}.mp3",
            holdings=tuple(Holding(Party(name), right, role) for name, right, role in holdings if name),
            licence=record.fields[columns[_LICENCE]] if told(*_LICENCE) else None,
        )


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0 <= seconds < math.inf else None
