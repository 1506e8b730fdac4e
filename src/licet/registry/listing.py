"""A list of holdings: who holds which share of which right, a line each (CSV, RFC 4180; or Parquet).

A list whose columns say more than that is a catalogue: what recordings there are, and by the way who holds them. Its
rows are those of the source `table`, and may say the same of holders, shares and rights.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from licet.catalog import Problem, Right, parse_identifier
from licet.catalog.sources.fields import columns_for
from licet.catalog.sources.reading import lines, opened
from licet.catalog.sources.rows import FORMS, form_of, parquet_columns, parquet_lines, table_rows
from licet.errors import LicetError, SourceError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path

    from licet.catalog import Identifier

COLUMNS = ("recording", "right", "holder", "share", "role")
MOST_ROLE = 100  # characters
LONGEST = 1 << 16  # bytes of a line
_OF_HOLDINGS = frozenset({"key", "holder", "share"})  # what columns of a list of holdings may mean to a table
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # control characters, and bytes that are no text
_TOLD_APART = re.compile(r" \([0-9]+\)$")  # what a table puts behind a name that came before
_SHARE = re.compile(r"(?:[0-9]{1,9}/[1-9][0-9]{0,8}|[0-9]{1,3}(?:\.[0-9]{1,9})?%?|\.[0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Listed:
    """One line: a recording, one right in it, its holder, and the share."""

    recording: str
    right: Right
    holder: str
    share: Fraction
    role: str = ""  # composer, publisher, performer, label ...: for people


@dataclass(frozen=True, slots=True)
class Held:
    """What is meant where a line says nothing else: who holds, which rights, how much of them, and as what.

    Raises:
        UsageError: the role is too long, or holds control characters.
    """

    party: str
    rights: tuple[Right, ...] = tuple(Right)
    share: Fraction = Fraction(1)
    role: str = ""

    def __post_init__(self) -> None:
        if len(self.role) > MOST_ROLE or _UNSEEN.search(self.role):
            says = "the role is too long, or holds what nobody can see"
            raise UsageError(says, mend=f"at most {MOST_ROLE} characters")

    def of(self, recording: str) -> Iterator[Listed]:
        """Yield that of a recording, one for each right."""
        return (Listed(recording, right, self.party, self.share, self.role) for right in self.rights)


def is_catalogue(path: Path, named: Mapping[str, str] | None = None) -> bool:
    """Whether the columns of the table at `path` say more of recordings than who holds them.

    `named` says which of them holds which field, where their names do not.

    Raises:
        SourceError: it cannot be read.
    """
    if path.suffix.lower() not in FORMS:
        return False
    with opened(path, "a list") as stream:
        form = form_of(path)
        columns = parquet_columns(stream, path.name) if form == "parquet" else table_rows(stream, path.name, form)[0]
    return not {*columns_for(tuple(columns)), *(named or ())} <= _OF_HOLDINGS


def read_holdings(path: Path, held: Held) -> Iterator[Listed]:
    """Yield the holdings in the list at `path`, one for each right; `held` is what is meant where it is silent.

    Raises:
        SourceError: it cannot be read, or a line of it makes no sense. The message names the line, and nothing of the
            list counts then.
    """
    for where, row in _parquet_holdings(path) if path.suffix.lower() == ".parquet" else _csv_holdings(path):
        with _at(where):
            recording, stated = str(parse_identifier(row["recording"])), _stated(row, held)
        yield from stated.of(recording)


def read_catalogue(path: Path, held: Held, named: Callable[[Mapping[str, str]], Identifier | None]) -> Iterator[Listed]:
    """Yield what the rows of a catalogue say of holders, by their columns `right`, `holder`, `share` and `role`.

    `named` returns what the recording of a row is called, by its columns; a row that names none is passed over, as it
    is where the catalogue is put on record.

    Raises:
        SourceError: it cannot be read, or a row makes no sense. The message names the row.
    """
    for where, row in _rows(path):
        key = named(row)
        if key is not None:
            with _at(where):
                stated = _stated({column.strip().lower(): value for column, value in row.items()}, held)
            yield from stated.of(str(key))


def share_of(text: str) -> Fraction:
    """Return the share that `text` names: `1/2`, `0.5` or `50%`; the whole where it names none.

    Raises:
        SourceError: it is none, or more than the whole, or nothing.
    """
    plain = text.strip()
    if not plain:
        return Fraction(1)
    if _SHARE.fullmatch(plain) is None:
        raise SourceError(f"{text!r} is no share", mend="write 1/2, 0.5 or 50%")
    share = Fraction(plain.removesuffix("%")) / (100 if plain.endswith("%") else 1)
    if not 0 < share <= 1:
        raise SourceError(f"{text!r} is no share of a whole", mend="more than 0, at most 1")
    return share


def _stated(row: Mapping[str, str], held: Held) -> Held:
    """Return what a row says, and what is meant where it is silent."""
    right, holder, share, role = (row.get(name, "").strip() for name in ("right", "holder", "share", "role"))
    if right and right not in list(Right):
        raise SourceError(f"there is no right {right!r}", mend="recording, work, or empty")
    rights = (Right(right),) if right else held.rights
    return Held(holder or held.party, rights, share_of(share) if share else held.share, role or held.role)


@contextmanager
def _at(where: str) -> Iterator[None]:
    """Say where it stands, if something makes no sense."""
    try:
        yield
    except LicetError as wrong:
        raise SourceError(f"{where}: {wrong.message}", mend=wrong.mend) from wrong


def _csv_holdings(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the lines of a CSV, which must be whole: as many fields in each as in the first."""
    try:
        with opened(path, "a list of holdings") as stream:
            rows = csv.reader(_lines(stream, path), strict=True)
            columns = next(rows, [])
            _check_columns(columns, path)
            for row in rows:
                where = f"{path}:{rows.line_num}"
                if row and len(row) != len(columns):
                    says = f"the row has {len(row)} fields, and the header {len(columns)}"
                    raise SourceError(
                        f"{where}: {says}", mend="put what holds a comma in quotes, and leave no field out"
                    )
                if row:
                    yield where, dict(zip(columns, row, strict=True))
    except (csv.Error, UnicodeDecodeError) as broken:
        raise SourceError(f"{path} is no list of holdings: {broken}", mend="write it as CSV, in UTF-8") from broken


def _parquet_holdings(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the rows of a Parquet file, which must be whole."""
    with opened(path, "a list of holdings") as stream:
        columns = parquet_columns(stream, path.name)
        _check_columns(columns, path)
        for number, line in enumerate(parquet_lines(stream, path.name, columns), start=1):
            if isinstance(line, Problem):
                raise SourceError(f"{line.where}: {line.says}", mend="write all of it as text, in UTF-8")
            yield f"{path}:{number}", msgspec.json.decode(line, type=dict[str, str])


def _rows(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the rows of a catalogue that can be read, in whatever form it is."""
    form = form_of(path)
    with opened(path, "a catalogue") as stream:
        if form == "parquet":
            columns = parquet_columns(stream, path.name)
            _check_once(columns, path)
            lines = parquet_lines(stream, path.name, columns)
            for number, line in enumerate(lines, start=1):
                if not isinstance(line, Problem):
                    yield f"{path}:{number}", msgspec.json.decode(line, type=dict[str, str])
        else:
            columns, rows = table_rows(stream, path.name, form)
            _check_once([_TOLD_APART.sub("", one) for one in columns], path)
            for row in rows:
                if not isinstance(row, Problem):
                    yield f"{path}:{row.number}", row.values


def _check_columns(columns: Collection[str], path: Path) -> None:
    _check_once(columns, path)
    if unknown := set(columns) - set(COLUMNS):
        raise SourceError(f"{path}: there is no column {min(unknown)!r}", mend=f"one of {', '.join(COLUMNS)}")
    if "recording" not in columns:
        raise SourceError(f"{path} has no column `recording`", mend="name the columns in its first line")


def _check_once(columns: Collection[str], path: Path) -> None:
    """Refuse two columns that say of holders the same: which of them counts would be a guess."""
    counts = Counter(column.strip().lower() for column in columns)
    for column in COLUMNS:
        if counts[column] > 1:
            raise SourceError(
                f"{path}: the column {column!r} is there {counts[column]} times", mend="leave it there once"
            )


def _lines(stream: BinaryIO, path: Path) -> Iterator[str]:
    """Yield the lines of a text, none of which is read further than `LONGEST`."""
    for line in lines(stream, limit=LONGEST):
        if line.raw is None:
            raise SourceError(f"{path}:{line.number}: the line has more than {LONGEST} bytes", mend="is it a CSV?")
        yield line.raw.decode("utf-8-sig" if line.number == 1 else "utf-8")
