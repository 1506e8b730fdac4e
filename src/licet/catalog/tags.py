"""What a file says about itself: the tags embedded in it, under the names its format gives them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, BinaryIO

from licet.catalog.chunks import aiff_values, riff_values
from licet.catalog.containers import MAGIC, container_values
from licet.catalog.id3 import id3_size, id3_values, id3v1_values
from licet.catalog.mp4 import mp4_values
from licet.catalog.paths import open_regular
from licet.catalog.vorbis import flac_values, ogg_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

NAME_CHARACTERS = 200
VALUE_CHARACTERS = 1 << 16  # a longer value is cut: no licence needs more
TOTAL_CHARACTERS = 1 << 20
VALUES = 1_000  # a file with more values is not describing itself


@dataclass(frozen=True, slots=True)
class Tags:
    """Every tag of one file, in file order, under its format's own name.

    ID3 frames keep their frame id (`TCOP`, `WCOP`, `TXXX:LICENSE`), Vorbis comments their field name in capitals
    (`LICENSE`), MP4 atoms theirs (`cprt`), RIFF INFO chunks theirs (`ICOP`). A name may come more than once, and a file
    that carries two kinds of tags (a WAV with INFO and ID3) shows both.
    """

    format: str  # `id3`, `vorbis`, `mp4`, `riff`, `aiff`, a rarer container's name, or "" where there is no tag
    values: tuple[tuple[str, str], ...] = ()

    def first(self, *names: str) -> str | None:
        """Return the first value under any of `names`, in the order of `names`, or None."""
        for name in names:
            for key, value in self.values:
                if key == name:
                    return value
        return None

    @property
    def title(self) -> str:
        """The recording's title, or ""."""
        return self.first("TIT2", "TITLE", "©nam", "INAM", "NAME") or ""

    @property
    def artist(self) -> str:
        """The performer, or ""."""
        return self.first("TPE1", "ARTIST", "©ART", "IART", "AUTH") or ""

    @property
    def album(self) -> str:
        """The release, or ""."""
        return self.first("TALB", "ALBUM", "©alb", "IPRD") or ""


def read_tags(path: Path) -> Tags:
    """Return the tags of the file at `path`: none where it carries none, or cannot be read.

    The format is told by the file's first bytes, never by its name. Whatever the file holds, this takes bounded time
    and memory, and raises nothing.
    """
    try:
        with open_regular(path) as stream:
            for form, values in _readers(stream):
                found = tuple(_bounded(values))
                if found:
                    return Tags(form, found)
    except (OSError, ValueError, OverflowError):
        pass  # a file that cannot be read says nothing of itself
    return Tags("")


def _readers(stream: BinaryIO) -> Iterator[tuple[str, Iterator[tuple[str, str]]]]:
    """Yield the formats that `stream` may carry tags in, with their values, the likeliest first."""
    head = stream.read(16)
    skipped = id3_size(head)
    if skipped:
        stream.seek(skipped)
        inner = stream.read(4)
        stream.seek(0)
        yield "id3", chain(id3_values(stream), _flac_behind(stream, skipped) if inner == b"fLaC" else ())
    stream.seek(0)
    if head.startswith(b"fLaC"):
        yield "vorbis", flac_values(stream)
    elif head.startswith(b"OggS"):
        yield "vorbis", ogg_values(stream)
    elif head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] == b"WAVE":
        yield "riff", riff_values(stream)
    elif head.startswith(b"FORM") and head[8:12] in (b"AIFF", b"AIFC"):
        yield "aiff", aiff_values(stream)
    elif head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        yield "mp4", mp4_values(stream)
    else:
        for magic, container in MAGIC.items():
            if head.startswith(magic):
                yield container, container_values(stream, container)
    yield "id3", id3v1_values(stream)


def _flac_behind(stream: BinaryIO, start: int) -> Iterator[tuple[str, str]]:
    """Yield the comments of a FLAC file that somebody put an ID3 tag before."""
    stream.seek(start)
    yield from flac_values(stream)


def _bounded(values: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield no more and no longer values than a file could need to describe itself."""
    left = TOTAL_CHARACTERS
    for name, value in islice(values, VALUES):
        kept = name[:NAME_CHARACTERS], value[:VALUE_CHARACTERS]
        left -= len(kept[0]) + len(kept[1])
        if left < 0:
            return
        if name and value.strip():
            yield kept
