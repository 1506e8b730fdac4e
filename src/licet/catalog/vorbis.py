"""Vorbis comments, as FLAC and Ogg files carry them: `NAME=value`, names in capitals, values in UTF-8.

Sources: "Ogg Vorbis I format specification: comment field and header specification" (Xiph.Org); RFC 9639 (FLAC);
RFC 3533 (Ogg); RFC 7845 (Opus).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMENT_BYTES = 16 << 20  # more of a comment packet than this is not read: it may hold pictures
_VALUE_BYTES = 1 << 18  # a longer value is a picture
_COMMENTS = 1_000  # more of them are not read
_BLOCKS = 200  # metadata blocks of a FLAC file
_PAGES = 5_000  # of an Ogg file, before its comments
_COMMENT_BLOCK = 4
_STARTS = (b"\x03vorbis", b"OpusTags")  # what a comment packet begins with


def flac_values(stream: BinaryIO) -> Iterator[tuple[str, str]]:
    """Yield the comments of the FLAC file that begins where `stream` stands."""
    stream.seek(4, 1)  # past `fLaC`
    for _ in range(_BLOCKS):
        head = stream.read(4)
        if len(head) < 4:
            return
        kind, length = head[0] & 0x7F, int.from_bytes(head[1:], "big")
        if kind == _COMMENT_BLOCK:
            yield from comment_values(stream.read(length))
            return
        if head[0] & 0x80:
            return  # that was the last block
        stream.seek(length, 1)


def ogg_values(stream: BinaryIO) -> Iterator[tuple[str, str]]:
    """Yield the comments of the first stream in an Ogg file that has any: Vorbis, Opus, Speex or FLAC."""
    flac = speex = b""
    for serial, packet in _ogg_packets(stream):
        if packet.startswith(b"\x7fFLAC"):
            flac = serial
        elif packet.startswith(b"Speex   "):
            speex = serial
        elif packet.startswith(_STARTS):
            yield from comment_values(packet[7 if packet[0] == 3 else 8 :])
            return
        elif serial == speex:
            yield from comment_values(packet)
            return
        elif serial == flac and packet[:1] and packet[0] & 0x7F == _COMMENT_BLOCK:
            yield from comment_values(packet[4:])
            return


def comment_values(content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the comments in a comment header: little-endian lengths, each before its text."""
    vendor = int.from_bytes(content[:4], "little")
    place = 4 + vendor
    count = int.from_bytes(content[place : place + 4], "little")
    place += 4
    for _ in range(min(count, _COMMENTS)):
        length = int.from_bytes(content[place : place + 4], "little")
        place += 4
        if place >= len(content):
            return
        name, equals, value = content[place : place + min(length, _VALUE_BYTES)].partition(b"=")
        if equals and length <= _VALUE_BYTES:
            yield name.decode("ascii", "replace").upper(), value.decode("utf-8", "replace")
        place += length


def _ogg_packets(stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Yield each packet with the serial number of the stream that it belongs to, put together from its pages."""
    packets: dict[bytes, bytearray] = {}
    read = 0
    for _ in range(_PAGES):
        head = stream.read(27)
        if len(head) < 27 or not head.startswith(b"OggS"):
            return
        serial, lacing = head[14:18], stream.read(head[26])
        packet = packets.setdefault(serial, bytearray())
        for length in lacing:
            packet += stream.read(length)
            if length < 255:
                yield serial, bytes(packet)
                packet.clear()
        read += sum(lacing)
        if read > COMMENT_BYTES:
            return
