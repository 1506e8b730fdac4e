"""The track lists of the MTG-Jamendo dataset: tab-separated, and read by plain splitting.

Titles hold quotes that are never closed, so nothing is a quote here. Three kinds:

- `TRACK_ID ARTIST_ID ALBUM_ID PATH DURATION TAGS`: the tags spill over into further columns and are passed over;
- `TRACK_ID ARTIST_ID ALBUM_ID TRACK_NAME ARTIST_NAME ALBUM_NAME RELEASEDATE URL`: a title may hold a tab, so columns
  after it are counted from the end;
- `<sha-256> <path>`: the digests of the audio files.
"""

from __future__ import annotations

import html
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from licet.catalog.entries import Problem, SourceFile, Span
from licet.catalog.sources.reading import Line, lines, span_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE_BYTES = 1 << 16
_FACTS = (b"TRACK_ID", b"ARTIST_ID", b"ALBUM_ID", b"PATH", b"DURATION")
_NAMES = (b"TRACK_ID", b"ARTIST_ID", b"ALBUM_ID", b"TRACK_NAME", b"ARTIST_NAME", b"ALBUM_NAME")
_NAME_COLUMNS = 8
_NUMBERED = re.compile(rb"(?:track|artist|album)_([0-9]{1,18})")
_DIGEST = re.compile(rb"([0-9a-f]{64})\s+\*?(?:\S*/)?([0-9]{1,18})(?:\.low)?\.mp3")


class Row(NamedTuple):
    """What one list says of a track, as it stands: artist, album, path, duration."""

    track: int
    facts: tuple[bytes, ...]
    line: Line


@dataclass(frozen=True, slots=True)
class Facts:
    """A row, read."""

    artist_id: str | None
    album_id: str | None
    path: str
    duration_s: float | None


@dataclass(frozen=True, slots=True)
class Named:
    """What a track, its artist and its release are called."""

    track: int
    artist_id: str | None
    album_id: str | None
    title: str
    artist: str
    album: str
    url: str | None
    span: Span


@dataclass(frozen=True, slots=True)
class Digest:
    """The SHA-256 of one audio file of a track."""

    track: int
    sha256: str
    span: Span


def track_rows(stream: BinaryIO, file: SourceFile) -> Iterator[Row | Problem]:
    """Yield every row of a track list. A file that is none is one problem."""
    for line in _below_header(stream, file, _FACTS):
        if isinstance(line, Problem):
            yield line
            continue
        track, *facts = (line.content or b"").split(b"\t", len(_FACTS))
        if track.startswith(b"track_") and track[6:].isdigit() and len(facts) >= len(_FACTS) - 1:
            yield Row(int(track[6:]), tuple(facts[: len(_FACTS) - 1]), line)
        else:
            yield _malformed(line, file)


def name_rows(stream: BinaryIO, file: SourceFile) -> Iterator[Named | Problem]:
    """Yield every row of a list of names. A file that is none is one problem."""
    for line in _below_header(stream, file, _NAMES):
        if isinstance(line, Problem):
            yield line
            continue
        try:
            yield _named(line, file)
        except ValueError:
            yield _malformed(line, file)


def digest_rows(stream: BinaryIO, file: SourceFile) -> Iterator[Digest | Problem]:
    """Yield every row of a list of digests."""
    for line in lines(stream, limit=_LINE_BYTES):
        content = (line.content or b"").strip()
        found = _DIGEST.fullmatch(content)
        if found:
            span = span_of(content, line.start, file.sha256)
            yield Digest(int(found[2]), found[1].decode(), span)
        elif content or line.raw is None:
            yield _malformed(line, file)


def facts_of(row: Row) -> Facts:
    """Return what `row` says. Raises ValueError where a column is not what it should be."""
    artist, album, path, duration = row.facts
    seconds = float(duration) if duration.strip() else None
    if seconds is not None and not 0 <= seconds < math.inf:
        raise ValueError(f"a track cannot last {seconds} s")
    return Facts(_number(artist), _number(album), path.decode(), seconds)


def _below_header(stream: BinaryIO, file: SourceFile, header: tuple[bytes, ...]) -> Iterator[Line | Problem]:
    """Yield the lines below the header, or the problem that there is no such header."""
    listing = lines(stream, limit=_LINE_BYTES)
    first = next(listing, None)
    if first is None or (first.content or b"").split(b"\t")[: len(header)] != list(header):
        columns = b", ".join(header).decode()
        yield Problem(f"{file.path}:1", f"not a list with the columns {columns}: the file is passed over")
        return
    for line in listing:
        if line.raw is None:
            yield _malformed(line, file)
        elif line.raw.strip():
            yield line


def _malformed(line: Line, file: SourceFile) -> Problem:
    says = "the row cannot be read" if line.raw is not None else f"the line is longer than {_LINE_BYTES:,} bytes"
    return Problem(f"{file.path}:{line.number}", says)


def _named(line: Line, file: SourceFile) -> Named:
    content = line.content or b""
    columns = content.decode().split("\t")
    if len(columns) < _NAME_COLUMNS:
        raise ValueError("too few columns")
    track = _number(columns[0].encode())
    if track is None:
        raise ValueError("no track number")
    artist, album, _released, url = columns[-4:]
    return Named(
        track=int(track),
        artist_id=_number(columns[1].encode()),
        album_id=_number(columns[2].encode()),
        title=html.unescape(" ".join(columns[3:-4])).strip(),
        artist=html.unescape(artist).strip(),
        album=html.unescape(album).strip(),
        url=url.strip() or None,
        span=span_of(content, line.start, file.sha256),
    )


def _number(name: bytes) -> str | None:
    """Return the number in a name such as `artist_000020`, or None where the column is empty."""
    if not name.strip():
        return None
    numbered = _NUMBERED.fullmatch(name.strip())
    if numbered is None:
        raise ValueError(f"{name!r} holds no number")
    return numbered[1].decode()
