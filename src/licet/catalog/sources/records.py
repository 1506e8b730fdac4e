"""The records of a CSV, TSV or JSONL file, each with its bytes and its place, however broken its neighbours are.

A record that cannot be read costs its own first line: reading goes on with the next line. That is what keeps a quote
that is never closed from swallowing the rest of the file. No record may be longer than the limit, and no more than that
is ever held in memory.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import msgspec

from licet.catalog.entries import Problem
from licet.catalog.sources.reading import LINE_BYTES, lines, skip_line

if TYPE_CHECKING:
    from collections.abc import Iterator

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_TOO_LONG = f"the record is longer than {LINE_BYTES:,} bytes"
_NOT_UTF8 = "the record is not UTF-8"


class Record(NamedTuple):
    """One record: the number of its first line, where it begins in bytes, its bytes, and its fields."""

    number: int
    start: int
    raw: bytes
    fields: list[str]


class JsonRecord(NamedTuple):
    """One line of JSONL: an object."""

    number: int
    start: int
    raw: bytes
    values: dict[str, object]


def csv_records(stream: BinaryIO, name: str, delimiter: str = ",") -> Iterator[Record | Problem]:
    """Yield the records of a CSV file (RFC 4180), the header first. Blank lines are passed over."""
    # The module's own limit is smaller than ours, and it has but one for the whole process.
    csv.field_size_limit(max(csv.field_size_limit(), LINE_BYTES))
    feed = _Feed(stream)
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    while True:
        feed.begin()
        try:
            fields = next(reader, None)
            raw = b"".join(feed.taken)
            raw.decode()
        except (csv.Error, UnicodeDecodeError, _TooLongError) as error:
            yield Problem(f"{name}:{feed.number}", _says(error))
            if not isinstance(error, UnicodeDecodeError):
                feed.back_to_second_line()
                reader = csv.reader(feed, delimiter=delimiter, strict=True)
            continue
        if fields is None:
            return
        if fields:
            yield Record(feed.number, feed.start, raw.rstrip(b"\r\n"), fields)


def tsv_records(stream: BinaryIO, name: str) -> Iterator[Record | Problem]:
    """Yield the records of a tab-separated file, the header first. Nothing is a quote there (IANA)."""
    for line in lines(stream):
        content = line.content
        try:
            if content is None:
                yield Problem(f"{name}:{line.number}", _TOO_LONG)
            elif content:
                text = _without_mark(content, line.start).decode()
                yield Record(line.number, line.start, content, text.split("\t"))
        except UnicodeDecodeError:
            yield Problem(f"{name}:{line.number}", _NOT_UTF8)


def json_records(stream: BinaryIO, name: str) -> Iterator[JsonRecord | Problem]:
    """Yield the objects of a JSONL file. Blank lines are passed over."""
    for line in lines(stream):
        content = line.content
        if content is None:
            yield Problem(f"{name}:{line.number}", _TOO_LONG)
            continue
        if not content.strip():
            continue
        try:
            values = _OBJECT.decode(_without_mark(content, line.start))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            yield Problem(f"{name}:{line.number}", "the line is no JSON object")
        else:
            yield JsonRecord(line.number, line.start, content, values)


class _TooLongError(Exception):
    """A record passed the limit."""


class _Feed:
    """Lines for the csv module, which takes as many as a record has: so we know which bytes are the record's."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._next_number = 1
        self._next_start = 0
        self.begin()

    def begin(self) -> None:
        """Begin a record at the next line."""
        self.number, self.start = self._next_number, self._next_start
        self.taken: list[bytes] = []
        self._length = 0

    def back_to_second_line(self) -> None:
        """Give back all that was taken but the first line."""
        self._next_number = self.number + 1
        self._next_start = self.start + len(self.taken[0])
        self._stream.seek(self._next_start)
        if not self.taken[0].endswith(b"\n"):
            self._next_start += skip_line(self._stream)

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        raw = self._stream.readline(LINE_BYTES + 1)
        if not raw:
            raise StopIteration
        self.taken.append(raw)
        self._length += len(raw)
        if self._length > LINE_BYTES:
            raise _TooLongError
        self._next_number += 1
        self._next_start += len(raw)
        return _without_mark(raw, self._next_start - len(raw)).decode("utf-8", "surrogateescape")


def _without_mark(content: bytes, start: int) -> bytes:
    return content.removeprefix(_BYTE_ORDER_MARK) if start == 0 else content


def _says(error: Exception) -> str:
    if isinstance(error, _TooLongError):
        return _TOO_LONG
    return _NOT_UTF8 if isinstance(error, UnicodeDecodeError) else f"the record is no CSV: {error}"


_OBJECT = msgspec.json.Decoder(dict[str, object])
