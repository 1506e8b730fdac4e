"""Tags in files made of chunks: RIFF and RF64 (WAV) with little-endian sizes, AIFF with big-endian ones.

A WAV says things in a `LIST` of type `INFO` (`INAM`, `ICOP` ...), an AIFF in text chunks (`NAME`, `AUTH`, `(c) `), and
either may carry an ID3 tag in a chunk of its own.

Sources: Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0" (1991); EBU Tech 3306 (RF64);
Apple, "Audio Interchange File Format 1.3" (1989).
"""

from __future__ import annotations

import io
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from licet.catalog.id3 import TAG_BYTES, id3_values

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

_CHUNKS = 10_000  # more of them at one level are not read
_LIST_BYTES = 1 << 20  # more of a list than this is not read
_TAGGED = 20  # more chunks with tags in them are not read
_UNKNOWN = 0xFFFFFFFF  # RF64: the size stands in the `ds64` chunk
_AIFF_TEXTS = (b"NAME", b"AUTH", b"(c) ", b"ANNO")


def riff_values(stream: BinaryIO) -> Iterator[tuple[str, str]]:
    """Yield the tags of the RIFF, RF64 or BW64 file that `stream` holds."""
    chunks = (chunk for chunk in _chunks(stream, "little") if chunk[0].lower() in (b"list", b"id3 "))
    for name, size in islice(chunks, _TAGGED):
        if name.lower() == b"list":
            yield from _info(stream.read(min(size, _LIST_BYTES)))
        else:
            yield from id3_values(io.BytesIO(stream.read(min(size, TAG_BYTES))))


def aiff_values(stream: BinaryIO) -> Iterator[tuple[str, str]]:
    """Yield the tags of the AIFF or AIFC file that `stream` holds."""
    chunks = (chunk for chunk in _chunks(stream, "big") if chunk[0] in (*_AIFF_TEXTS, b"ID3 "))
    for name, size in islice(chunks, _TAGGED):
        if name in _AIFF_TEXTS:
            text = _text(stream.read(min(size, _LIST_BYTES)))
            if text:
                yield name.decode().strip(), text
        else:
            yield from id3_values(io.BytesIO(stream.read(min(size, TAG_BYTES))))


def _chunks(stream: BinaryIO, order: Literal["little", "big"]) -> Iterator[tuple[bytes, int]]:
    """Yield name and size of each chunk, with `stream` at its content."""
    place, large = 12, 0
    for _ in range(_CHUNKS):
        stream.seek(place)
        head = stream.read(8)
        if len(head) < 8:
            return
        name, size = head[:4], int.from_bytes(head[4:], order)
        if name == b"ds64":
            large = int.from_bytes(stream.read(16)[8:], "little")
        size = large if size == _UNKNOWN else size
        yield name, size
        place += 8 + size + size % 2
        if place >> 63:
            return  # no file is that long


def _info(content: bytes) -> Iterator[tuple[str, str]]:
    if not content.startswith(b"INFO"):
        return
    stream = io.BytesIO(b"\0" * 8 + content)  # chunks begin twelve bytes in
    for name, size in _chunks(stream, "little"):
        text = _text(stream.read(size))
        if text:
            yield name.decode("latin-1"), text


def _text(content: bytes) -> str:
    """Return text that was to be ASCII, and is UTF-8 or Latin-1 where people needed more."""
    content = content.partition(b"\0")[0]
    try:
        return content.decode().strip()
    except UnicodeDecodeError:
        return content.decode("latin-1").strip()
