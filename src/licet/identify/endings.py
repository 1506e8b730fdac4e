"""Whether a file ends where its own header says that it should: what was cut off leaves no other trace.

Libav plays what is there and says nothing about what is missing. Three containers say it themselves:

1. RIFF, RF64 and FORM (WAV, AIFF) state their size in bytes 4 to 8.
2. Ogg ends with a page that is whole and carries the end-of-stream flag (RFC 3533, section 6).
3. MP3 may begin with a Xing or Info header that states the number of frames; without one its length is a guess.
"""

from __future__ import annotations

import io
from typing import BinaryIO

_OGG_TAIL = 2 * 65_307  # bytes: the largest page, twice, so that one whole page header is among them
_OGG_HEADER = 27
_UNKNOWN_SIZE = (0, 0xFFFFFFFF)  # a stream that was written without going back to its header
_ID3_HEADER = 10


def cut_short(stream: BinaryIO) -> str:
    """Say in words what the end of `stream` lacks, or "" where it lacks nothing that could be told."""
    stream.seek(0)
    head = stream.read(12)
    size = stream.seek(0, io.SEEK_END)
    if head[:4] in (b"RIFF", b"FORM"):
        stated = int.from_bytes(head[4:8], "little" if head[:4] == b"RIFF" else "big")
        if stated not in _UNKNOWN_SIZE and stated + 8 > size + 1:  # a missing pad byte costs no sound
            return f"the header promises {stated + 8} bytes and {size} are there"
    if head[:4] == b"OggS":
        return _ogg_end(stream, size)
    return ""


def states_length(stream: BinaryIO) -> bool:
    """Tell whether an MP3 file states its number of frames (a Xing or Info header with the frames flag)."""
    stream.seek(0)
    head = stream.read(_ID3_HEADER)
    start = 0
    if head[:3] == b"ID3":
        for seven_bits in head[6:10]:
            start = start << 7 | seven_bits & 0x7F
        start += _ID3_HEADER
    stream.seek(start)
    frame = stream.read(4096)
    at = max(frame.find(b"Xing"), frame.find(b"Info"))
    return at >= 0 and len(frame) > at + 7 and bool(frame[at + 7] & 1)


def _ogg_end(stream: BinaryIO, size: int) -> str:
    stream.seek(max(0, size - _OGG_TAIL))
    tail = stream.read(_OGG_TAIL)
    at = tail.rfind(b"OggS")
    if at < 0:
        return ""
    page = tail[at:]
    lacings = page[26] if len(page) >= _OGG_HEADER else 0
    table = page[_OGG_HEADER : _OGG_HEADER + lacings]
    if len(page) < _OGG_HEADER or len(table) < lacings or len(page) < _OGG_HEADER + lacings + sum(table):
        return "its last Ogg page is cut"
    return "" if page[5] & 4 else "its Ogg stream has no last page"
