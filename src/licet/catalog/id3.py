"""ID3 tags, versions 1 to 2.4, under their frames' own names: small, and never wrong-footed by what it reads.

1. A header of ten bytes says the version, the flags and the size. What does not look like one is no tag.
2. Where the tag says so, the bytes that keep players from mistaking it for sound (unsynchronisation) are taken out, and
   an extended header is passed over.
3. Frames follow until the padding. Text (`T...`), links (`W...`), comments, terms of use (`USER`) and unique file
   identifiers are kept; pictures and the rest are passed over.
4. Version 2.2 names its frames with three letters: they are given the four that later versions use.

Sources: the informal standards id3v2.2.0, id3v2.3.0 and id3v2.4.0 of id3.org.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

TAG_BYTES = 16 << 20  # more of a tag than this is not read
_FRAME_BYTES = 1 << 18  # more of a frame than this is not read: text takes at most four bytes a character
_FRAMES = 1_000  # more of them are not read
_HEADER_BYTES = 10
_ENCODINGS = {0: "latin-1", 1: "utf-16", 2: "utf-16-be", 3: "utf-8"}
_WIDE = (1, 2)  # encodings of two bytes a unit
_FRAME_ID = re.compile(rb"[A-Z][A-Z0-9]{2,3}")
# 4. (id3v2.2.0 section 4 beside id3v2.4.0-frames section 4)
_LATER_NAMES = dict(
    pair.split("=")
    for pair in (
        "TT1=TIT1 TT2=TIT2 TT3=TIT3 TP1=TPE1 TP2=TPE2 TP3=TPE3 TP4=TPE4 TCM=TCOM TXT=TEXT TLA=TLAN TCO=TCON TAL=TALB "
        "TPA=TPOS TRK=TRCK TRC=TSRC TYE=TYER TDA=TDAT TIM=TIME TRD=TRDA TMT=TMED TFT=TFLT TBP=TBPM TCR=TCOP TPB=TPUB "
        "TEN=TENC TSS=TSSE TOF=TOFN TLE=TLEN TSI=TSIZ TDY=TDLY TKE=TKEY TOT=TOAL TOA=TOPE TOL=TOLY TOR=TORY TXX=TXXX "
        "WAF=WOAF WAR=WOAR WAS=WOAS WCM=WCOM WCP=WCOP WPB=WPUB WXX=WXXX COM=COMM UFI=UFID"
    ).split()
)


class _Header(NamedTuple):
    """1. What the tag's first ten bytes say."""

    version: int  # 2, 3 or 4
    flags: int
    size: int  # bytes that follow


def id3_size(head: bytes) -> int:
    """Return how many bytes the tag takes that begins with the ten bytes of `head`, or 0 where none begins."""
    header = _header(head)
    if header is None:
        return 0
    footer = _HEADER_BYTES if header.version == 4 and header.flags & 0x10 else 0
    return _HEADER_BYTES + header.size + footer


def id3_values(stream: BinaryIO) -> Iterator[tuple[str, str]]:
    """Yield name and value of each frame of the tag that begins where `stream` stands; nothing where none does."""
    header = _header(stream.read(_HEADER_BYTES))
    if header is None:
        return
    body = stream.read(min(header.size, TAG_BYTES))
    # 2.
    if header.flags & 0x80 and header.version < 4:
        body = _synchronised(body)
    if header.version == 2 and header.flags & 0x40:
        return  # the whole tag is compressed, by a scheme that was never written down
    if header.version > 2 and header.flags & 0x40:
        body = body[_extended_header(body, header.version) :]
    # 3.
    for name, content in _frames(body, header):
        yield from _values(name, content)


def id3v1_values(stream: BinaryIO) -> Iterator[tuple[str, str]]:
    """Yield what the 128 bytes at the end of `stream` say, under the names that ID3v2 has for it."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - 128))
    tag = stream.read(128)
    if len(tag) < 128 or not tag.startswith(b"TAG"):
        return
    fields = {"TIT2": tag[3:33], "TPE1": tag[33:63], "TALB": tag[63:93], "TYER": tag[93:97], "COMM": tag[97:127]}
    for name, field in fields.items():
        # Version 1.1 keeps the track number behind a zero in the comment: the text ends there anyway.
        text = field.partition(b"\0")[0].decode("latin-1").strip()
        if text:
            yield name, text


def _header(head: bytes) -> _Header | None:
    if len(head) < _HEADER_BYTES or head[:3] != b"ID3" or head[3] not in (2, 3, 4) or head[4] == 0xFF:
        return None
    size = _synchsafe(head[6:10])
    return None if size is None else _Header(head[3], head[5], size)


def _synchsafe(digits: bytes) -> int | None:
    """Return a number written in bytes of seven bits, or None where one has an eighth."""
    if any(digit & 0x80 for digit in digits):
        return None
    number = 0
    for digit in digits:
        number = number << 7 | digit
    return number


def _synchronised(content: bytes) -> bytes:
    return content.replace(b"\xff\x00", b"\xff")


def _extended_header(body: bytes, version: int) -> int:
    """Return how many bytes the extended header takes."""
    if version == 3:
        return 4 + int.from_bytes(body[:4], "big")
    return _synchsafe(body[:4]) or 0


def _frames(body: bytes, header: _Header) -> Iterator[tuple[str, bytes]]:
    letters = 3 if header.version == 2 else 4
    head = 6 if header.version == 2 else 10
    place = 0
    for _ in range(_FRAMES):
        name = body[place : place + letters]
        if place + head > len(body) or not _FRAME_ID.fullmatch(name):
            return  # padding, or nothing that can be read any more
        size = _frame_size(body, place, header.version)
        content = body[place + head : place + head + min(size, _FRAME_BYTES)]
        if header.version > 2:
            content = _plain(content, body[place + 9], header)
        text = name.decode("ascii")
        yield _LATER_NAMES.get(text, text) if letters == 3 else text, content
        place += head + size


def _frame_size(body: bytes, place: int, version: int) -> int:
    if version == 2:
        return int.from_bytes(body[place + 3 : place + 6], "big")
    stated = body[place + 4 : place + 8]
    plain = int.from_bytes(stated, "big")
    if version == 3:
        return plain
    safe = _synchsafe(stated)
    # Some writers of 2.4 never learnt of seven-bit sizes: the size is the one behind which another frame begins.
    if safe is None or (safe != plain and not _frame_follows(body, place + 10 + safe)):
        return plain if safe is None or _frame_follows(body, place + 10 + plain) else safe
    return safe


def _frame_follows(body: bytes, place: int) -> bool:
    return place == len(body) or body[place : place + 1] == b"\0" or bool(_FRAME_ID.fullmatch(body[place : place + 4]))


def _plain(content: bytes, flags: int, header: _Header) -> bytes:
    """Undo what the flags of a frame say was done to it; b"" where that cannot be undone."""
    if header.version == 3:
        compressed, encrypted, grouped, lengthened, unsynchronised = flags & 0x80, flags & 0x40, flags & 0x20, 0, 0
        extra = 4 if compressed else 0
    else:
        grouped, compressed, encrypted, unsynchronised = flags & 0x40, flags & 0x08, flags & 0x04, flags & 0x02
        lengthened = flags & 0x01
        extra = 4 if lengthened else 0
    if encrypted:
        return b""
    content = content[extra + (1 if grouped else 0) :]
    if unsynchronised or (header.version == 4 and header.flags & 0x80):
        content = _synchronised(content)
    if not compressed:
        return content
    try:
        return zlib.decompressobj().decompress(content, _FRAME_BYTES)
    except zlib.error:
        return b""


def _values(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the values of one frame."""
    if name == "UFID":
        owner, _, identifier = content.partition(b"\0")
        yield f"UFID:{owner.decode('latin-1')}", identifier.decode("latin-1")
    elif name.startswith("W") and name != "WXXX":
        yield name, content.partition(b"\0")[0].decode("latin-1").strip()
    elif content and content[0] in _ENCODINGS and (name.startswith(("T", "W")) or name in ("COMM", "USER")):
        yield from _encoded_values(name, content[0], content[1:])


def _encoded_values(name: str, encoding: int, content: bytes) -> Iterator[tuple[str, str]]:
    if name == "WXXX":  # its description is in the encoding, its link never is
        description, link = _parted(encoding, content)
        yield f"WXXX:{description}", link.partition(b"\0")[0].decode("latin-1").strip()
        return
    if name in ("COMM", "USER"):
        content = content[3:]  # the language
    # Version 2.4 parts several values with a zero, and writers of 2.3 do so too.
    first, *others = (text.strip("\ufeff") for text in _decoded(encoding, content).rstrip("\0").split("\0"))
    if name in ("TXXX", "COMM"):
        name = f"{name}:{first}" if first else name
    elif first:
        yield name, first
    yield from ((name, text) for text in others if text)


def _parted(encoding: int, content: bytes) -> tuple[str, bytes]:
    """Return the text up to the first zero, and what is behind it."""
    width = 2 if encoding in _WIDE else 1
    end = content.find(b"\0" * width)
    while end >= 0 and end % width:
        end = content.find(b"\0" * width, end + 1)
    end = len(content) if end < 0 else end
    return _decoded(encoding, content[:end]).strip("\ufeff"), content[end + width :]


def _decoded(encoding: int, content: bytes) -> str:
    return content.decode(_ENCODINGS[encoding], "replace")
