"""Tags in MP4 files: the items of `moov/udta/meta/ilst` under their atoms' names, and a `cprt` box beside them.

Apple's own atoms begin with a copyright sign (`©nam`); one with a name in words is `----:com.apple.iTunes:LICENSE`.

Sources: ISO/IEC 14496-12 (boxes, `cprt`); Apple, "QuickTime File Format" (`ilst`).
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_BOXES = 10_000  # more of them in the file, or in one box of its head, are not read
_ITEM_BOXES = 10  # nor of these in one item
_VALUE_BYTES = 1 << 18  # a longer value is a picture
_ENCODINGS = {1: "utf-8", 2: "utf-16-be", 4: "utf-8"}  # the kinds of data that are text


class _Box(NamedTuple):
    """One box: where its content begins, and where it ends."""

    name: bytes
    start: int
    end: int


def mp4_values(stream: BinaryIO) -> Iterator[tuple[str, str]]:
    """Yield the tags of the MP4 file that `stream` holds."""
    end = stream.seek(0, 2)
    for moov in islice(_boxes(stream, 0, end, b"moov"), 1):
        for user_data in islice(_boxes(stream, moov.start, moov.end, b"udta"), 1):
            for box in _boxes(stream, user_data.start, user_data.end, b"cprt"):
                yield from _copyright(_content(stream, box))
            for box in islice(_boxes(stream, user_data.start, user_data.end, b"meta"), 1):
                yield from _items(stream, box)


def _items(stream: BinaryIO, meta: _Box) -> Iterator[tuple[str, str]]:
    # QuickTime leaves out the version and flags that ISO puts before the boxes: a name where they would end tells.
    stream.seek(meta.start + 4)
    plain = stream.read(4) in (b"hdlr", b"ilst", b"keys")
    start = meta.start if plain else meta.start + 4
    for listing in islice(_boxes(stream, start, meta.end, b"ilst"), 1):
        for item in _boxes(stream, listing.start, listing.end):
            yield from _item(stream, item)


def _item(stream: BinaryIO, item: _Box) -> Iterator[tuple[str, str]]:
    name = item.name.decode("latin-1")
    for box in islice(_boxes(stream, item.start, item.end), _ITEM_BOXES):
        content = _content(stream, box)
        if box.name in (b"mean", b"name"):
            name = f"{name}:{content[4:].decode('utf-8', 'replace')}"
        elif box.name == b"data" and len(content) > 8:
            encoding = _ENCODINGS.get(int.from_bytes(content[:4], "big"))
            if encoding is not None:
                yield name, content[8:].decode(encoding, "replace").strip("\0")


def _copyright(content: bytes) -> Iterator[tuple[str, str]]:
    """A version, a packed language, and a text in UTF-8, or UTF-16 behind a byte-order mark."""
    text = content[6:]
    encoding = "utf-16" if text.startswith((b"\xfe\xff", b"\xff\xfe")) else "utf-8"
    value = text.decode(encoding, "replace").strip("\0")
    if value:
        yield "cprt", value


def _content(stream: BinaryIO, box: _Box) -> bytes:
    """Return what is in `box`; nothing of one too large for a text."""
    if box.end - box.start > _VALUE_BYTES:
        return b""
    stream.seek(box.start)
    return stream.read(box.end - box.start)


def _boxes(stream: BinaryIO, start: int, end: int, name: bytes = b"") -> Iterator[_Box]:
    """Yield the boxes between `start` and `end`, or those called `name`."""
    for _ in range(_BOXES):
        stream.seek(start)
        head = stream.read(16)
        size, body = int.from_bytes(head[:4], "big"), 8
        if size == 1:
            size, body = int.from_bytes(head[8:], "big"), 16
        elif size == 0:
            size = end - start  # it goes on to the end
        if len(head) < 8 or size < body or start + size > end:
            return
        if not name or head[4:8] == name:
            yield _Box(head[4:8], start + body, start + size)
        start += size
