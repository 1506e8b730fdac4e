"""The rows of a table under their column names, whether it is CSV, TSV, JSONL or Parquet."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

import msgspec

from licet.catalog.entries import Problem
from licet.catalog.sources.reading import LINE_BYTES
from licet.catalog.sources.records import JsonRecord, csv_records, json_records, tsv_records
from licet.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

FORMS = {".csv": "csv", ".tsv": "tsv", ".tab": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet"}
_LOOKED_AT = 100  # rows of a JSONL file that tell which columns there are, or fewer long ones
_LOOKED_AT_BYTES = 8 << 20
_PARQUET_ROWS = 1_024  # at a time


class Row(NamedTuple):
    """One row: the number of its first line, where it begins in bytes, its bytes, and its values as text."""

    number: int
    start: int
    raw: bytes
    values: dict[str, str]


def form_of(path: Path) -> str:
    """Return whether the table at `path` is `csv`, `tsv`, `jsonl` or `parquet`, by its extension.

    Raises:
        SourceError: the extension says none of them.
    """
    form = FORMS.get(path.suffix.lower())
    if form is None:
        raise SourceError(f"{path.name!r} is no table", mend=f"use a file that ends in {', '.join(FORMS)}")
    return form


def table_rows(stream: BinaryIO, name: str, form: str) -> tuple[list[str], Iterator[Row | Problem]]:
    """Return the columns of a table in text, and its rows.

    Raises:
        SourceError: it has no header, or for JSONL no object among its first lines.
    """
    if form == "jsonl":
        return _json_table(json_records(stream, name), name)
    delimiter = "\t" if form == "tsv" else _delimiter(stream)
    records = tsv_records(stream, name) if form == "tsv" else csv_records(stream, name, delimiter)
    header = next(records, None)
    if header is None or isinstance(header, Problem):
        says = "it is empty" if header is None else header.says
        raise SourceError(f"{name} has no header: {says}", mend="give a file whose first line names its columns")
    columns = _told_apart([column.strip() for column in header.fields])

    def rows() -> Iterator[Row | Problem]:
        for record in records:
            if isinstance(record, Problem):
                yield record
                continue
            fields = record.fields
            while len(fields) > len(columns) and not fields[-1]:
                fields.pop()
            if len(fields) == len(columns):
                yield Row(record.number, record.start, record.raw, dict(zip(columns, fields, strict=True)))
            else:
                says = f"the row has {len(fields)} fields, and the header {len(columns)}"
                yield Problem(f"{name}:{record.number}", says)

    return columns, rows()


def parquet_columns(stream: BinaryIO, name: str) -> list[str]:
    """Return the columns of a Parquet file.

    Raises:
        SourceError: it is no Parquet file.
    """
    return [str(column) for column in _parquet(stream, name).schema_arrow.names]


def parquet_lines(stream: BinaryIO, name: str, columns: Collection[str]) -> Iterator[bytes | Problem]:
    """Yield each row of a Parquet file as a line of JSON that holds `columns` alone.

    Raises:
        SourceError: it is no Parquet file, or is damaged.
    """
    import pyarrow as pa  # here: a quarter of a second that only Parquet needs

    file, number = _parquet(stream, name), 0
    try:
        for batch in file.iter_batches(batch_size=_PARQUET_ROWS, columns=list(columns)):
            for place in range(batch.num_rows):
                number += 1
                yield _parquet_line(batch.slice(place, 1), f"{name}:{number}")
    except (pa.ArrowException, OSError) as error:
        raise SourceError(f"{name} is damaged after row {number}: {error}", mend="fetch it again") from error


def _json_table(records: Iterator[JsonRecord | Problem], name: str) -> tuple[list[str], Iterator[Row | Problem]]:
    looked_at: list[JsonRecord | Problem] = []
    room = _LOOKED_AT_BYTES
    for record in islice(records, _LOOKED_AT):
        looked_at.append(record)
        room -= len(record.raw) if isinstance(record, JsonRecord) else 0
        if room < 0:
            break
    columns = dict.fromkeys(column for one in looked_at if isinstance(one, JsonRecord) for column in one.values)
    if not columns:
        raise SourceError(f"{name} has no JSON object in its first {_LOOKED_AT} lines", mend="give one object a line")

    def rows() -> Iterator[Row | Problem]:
        for record in chain(looked_at, records):
            if isinstance(record, Problem):
                yield record
            else:
                values = {column: _text(value) for column, value in record.values.items()}
                yield Row(record.number, record.start, record.raw, values)

    return list(columns), rows()


def _told_apart(columns: list[str]) -> list[str]:
    """Return `columns` with a number behind each name that came before: the first of two is the one that counts."""
    seen: set[str] = set()
    apart = []
    for place, column in enumerate(columns, start=1):
        apart.append(f"{column} ({place})" if column in seen else column)
        seen.add(column)
    return apart


def _delimiter(stream: BinaryIO) -> str:
    """Return what parts the fields of a CSV file: a semicolon where commas are decimal, by its first line."""
    first = stream.readline(LINE_BYTES)
    stream.seek(0)
    return ";" if b";" in first and b"," not in first else ","


def _parquet(stream: BinaryIO, name: str) -> Any:  # noqa: ANN401  (pyarrow has no types)
    import pyarrow as pa
    from pyarrow import parquet

    try:
        return parquet.ParquetFile(stream)
    except (pa.ArrowException, OSError) as error:
        raise SourceError(f"{name} is no Parquet file: {error}", mend="check what it is") from error


def _parquet_line(row: Any, where: str) -> bytes | Problem:  # noqa: ANN401  (likewise)
    try:
        values = row.to_pylist()[0]
    except UnicodeDecodeError:
        return Problem(where, "the row is not UTF-8")
    except (ValueError, OverflowError, KeyError) as wrong:  # a time beyond every calendar, or in no known zone
        return Problem(where, f"the row holds what cannot be read: {wrong}")
    return msgspec.json.encode({column: _text(value) for column, value in values.items()})


def _text(value: object) -> str:
    """Return a value as text: nothing as nothing, a list as its parts, a number as it is written."""
    if value is None or isinstance(value, bytes | dict):
        return ""
    if isinstance(value, list):
        return "; ".join(filter(None, map(_text, value)))
    return str(value)
