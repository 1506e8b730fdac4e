"""The licence list of the MTG-Jamendo dataset: four lines a record.

::

    14/214.mp3
    Intro by An Artist from Jamendo: http://www.jamendo.com/track/214
    Available under a Creative Commons Attribution license: http://creativecommons.org/licenses/by/3.0/
    (a blank line)

A record that is not of this form costs only itself: the next one begins after a blank line, or at a line that is a
path. Titles hold tabs, quotes and HTML entities, and " by " too, so the artist is what follows the last " by ". The
credit and the licence are kept exactly as worded.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from licet.catalog.entries import Problem, SourceFile, Span
from licet.catalog.links import identifier_in_link
from licet.catalog.sources.reading import Line, lines, span_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE_BYTES = 1 << 16
_RECORD_LINES = 3
_PATH = re.compile(rb"[0-9]{2}/([0-9]{1,9})(?:\.low)?\.mp3\s*")


@dataclass(frozen=True, slots=True)
class Licensed:
    """One record of the list."""

    track: int
    path: str
    attribution: str  # the credit line, as worded
    licence: str  # the licence line, as worded
    title: str  # out of the credit line
    artist: str
    url: str | None
    span: Span
    where: str


def licence_records(stream: BinaryIO, file: SourceFile) -> Iterator[Licensed | Problem]:
    """Yield every record of the list in `stream`, which is the content of `file`."""
    for block in _blocks(stream):
        where = f"{file.path}:{block[0].number}"
        try:
            yield _licensed(block, file, where)
        except ValueError as error:
            yield Problem(where, str(error))


def _blocks(stream: BinaryIO) -> Iterator[list[Line]]:
    """Yield the lines of one record at a time: at most one more than it should have."""
    block: list[Line] = []
    for line in lines(stream, limit=_LINE_BYTES):
        blank = line.content is not None and not line.content.strip()
        if block and (blank or _PATH.fullmatch(line.content or b"")):
            yield block
            block = []
        if not blank and len(block) <= _RECORD_LINES:
            block.append(line)
    if block:
        yield block


def _licensed(block: list[Line], file: SourceFile, where: str) -> Licensed:
    """Return the record of `block`. Raises ValueError with what is wrong with it."""
    contents = [line.raw.rstrip(b"\r\n") for line in block if line.raw is not None]
    if len(contents) != len(block):
        raise ValueError(f"a line is longer than {_LINE_BYTES:,} bytes")
    path = _PATH.fullmatch(contents[0])
    if path is None:
        raise ValueError("a record begins with a path such as 14/214.mp3, and this does not")
    if len(block) != _RECORD_LINES:
        found = len(block) if len(block) < _RECORD_LINES else "more"
        raise ValueError(f"a record has a path, a credit and a licence line, and this has {found}")
    try:
        _, attribution, licence = (content.decode() for content in contents)
    except UnicodeDecodeError as error:
        raise ValueError("the record is not UTF-8") from error
    track = int(path[1])
    title, artist, url = _credit(attribution)
    credited = identifier_in_link(url or "")
    if credited is not None and credited.value != str(track):
        raise ValueError(f"the path is of track {track} and the credit of {credited}")
    content = b"".join(line.raw or b"" for line in block).rstrip(b"\r\n")
    return Licensed(
        track=track,
        path=contents[0].decode().strip(),
        attribution=attribution,
        licence=licence,
        title=title,
        artist=artist,
        url=url,
        span=span_of(content, block[0].start, file.sha256),
        where=where,
    )


def _credit(attribution: str) -> tuple[str, str, str | None]:
    """Return title, artist and link of a credit line; nothing of a line that is worded in another way."""
    credit, _, url = attribution.rpartition(" from Jamendo: ")
    title, _, artist = credit.rpartition(" by ")
    return html.unescape(title).strip(), html.unescape(artist).strip(), url.strip() if credit else None
