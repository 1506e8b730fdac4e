"""ID3 tags are read under their frames' names, whatever their version and however they are written."""

from __future__ import annotations

import io
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.catalog.id3 import id3_size, id3_values, id3v1_values

URL = "http://creativecommons.org/licenses/by/3.0/"


def safe(number: int) -> bytes:
    """Write a number in four bytes of seven bits."""
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def frame(name: str, content: bytes, *, version: int = 4, flags: int = 0) -> bytes:
    """Write one frame."""
    if version == 2:
        return name.encode() + len(content).to_bytes(3, "big") + content
    size = safe(len(content)) if version == 4 else len(content).to_bytes(4, "big")
    return name.encode() + size + bytes([0, flags]) + content


def tag(*frames: bytes, version: int = 4, flags: int = 0, padding: int = 0) -> bytes:
    """Write a whole tag."""
    body = b"".join(frames) + b"\0" * padding
    return b"ID3" + bytes([version, 0, flags]) + safe(len(body)) + body


def read(content: bytes) -> list[tuple[str, str]]:
    """Read a tag."""
    return list(id3_values(io.BytesIO(content)))


CASES = {
    "latin-1": (frame("TIT2", b"\0caf\xe9"), [("TIT2", "café")]),
    "utf-16": (frame("TIT2", b"\1" + "café".encode("utf-16")), [("TIT2", "café")]),
    "utf-16 big-endian": (frame("TIT2", b"\2" + "Ā".encode("utf-16-be")), [("TIT2", "Ā")]),
    "utf-8": (frame("TIT2", b"\3" + "café".encode()), [("TIT2", "café")]),
    "ended by a zero": (frame("TCOP", b"\0(c) 2010 X\0"), [("TCOP", "(c) 2010 X")]),
    "several values": (frame("TPE1", b"\3A\0B"), [("TPE1", "A"), ("TPE1", "B")]),
    "several wide values": (
        frame("TPE1", b"\1" + "A".encode("utf-16") + b"\0\0" + "B".encode("utf-16")),
        [("TPE1", "A"), ("TPE1", "B")],
    ),
    "described text": (frame("TXXX", b"\3LICENSE\0CC BY"), [("TXXX:LICENSE", "CC BY")]),
    "text without description": (frame("TXXX", b"\3\0CC BY"), [("TXXX", "CC BY")]),
    "link": (frame("WCOP", URL.encode()), [("WCOP", URL)]),
    "link of the file": (
        frame("WOAF", b"http://www.jamendo.com/track/214\0"),
        [("WOAF", "http://www.jamendo.com/track/214")],
    ),
    "described link": (frame("WXXX", b"\0here\0" + URL.encode()), [("WXXX:here", URL)]),
    "link described in utf-16": (
        frame("WXXX", b"\2" + "āb".encode("utf-16-be") + b"\0\0" + URL.encode()),
        [("WXXX:āb", URL)],
    ),
    "link with an unended description": (frame("WXXX", b"\1" + "ab".encode("utf-16-le")), [("WXXX:ab", "")]),
    "comment": (frame("COMM", b"\0eng\0Thanks"), [("COMM", "Thanks")]),
    "described comment": (frame("COMM", b"\0engnote\0Thanks"), [("COMM:note", "Thanks")]),
    "terms of use": (frame("USER", b"\0engFree to use"), [("USER", "Free to use")]),
    "unique identifier": (
        frame("UFID", b"http://musicbrainz.org\0abc"),
        [("UFID:http://musicbrainz.org", "abc")],
    ),
    "picture passed over": (frame("APIC", b"\0image/png\0\3\0" + b"x" * 99) + frame("TIT2", b"\0T"), [("TIT2", "T")]),
    "empty frame": (frame("TIT2", b"") + frame("TALB", b"\0A"), [("TALB", "A")]),
    "unknown encoding": (frame("TIT2", b"\7T"), []),
    "zeros alone": (frame("TIT2", b"\0" * 99), []),
    "grouped": (frame("TIT2", b"g\0T", flags=0x40), [("TIT2", "T")]),
    "compressed": (frame("TIT2", safe(2) + zlib.compress(b"\0T"), flags=0x09), [("TIT2", "T")]),
    "wrongly compressed": (frame("TIT2", safe(2) + b"nonsense", flags=0x09), []),
    "encrypted": (frame("TIT2", b"\1\0T", flags=0x04), []),
    "unsynchronised frame": (frame("TIT2", b"\0\xff\x00\xe0", flags=0x02), [("TIT2", "ÿà")]),
}


@pytest.mark.parametrize(("frames", "values"), CASES.values(), ids=CASES)
def test_a_frame_is_read_as_it_was_written(frames: bytes, values: list[tuple[str, str]]) -> None:
    """Every encoding and every kind of frame that speaks comes out under its own name."""
    assert read(tag(frames, padding=20)) == values


@pytest.mark.parametrize(
    ("flags", "content"),
    [(0x80, len(b"\0T").to_bytes(4, "big") + zlib.compress(b"\0T")), (0x20, b"g\0T"), (0x40, b"k\0T")],
    ids=["compressed", "grouped", "encrypted"],
)
def test_version_3_has_flags_of_its_own(flags: int, content: bytes) -> None:
    """In version 2.3 the same things are said by other bits."""
    expected = [] if flags == 0x40 else [("TIT2", "T")]
    assert read(tag(frame("TIT2", content, version=3, flags=flags), version=3)) == expected


def test_version_2_is_given_later_names() -> None:
    """Frames of three letters come out under the four-letter names; unknown ones keep theirs."""
    frames = [
        frame("TCR", b"\0mine", version=2),
        frame("WCP", URL.encode(), version=2),
        frame("TZZ", b"\0z", version=2),
    ]
    assert read(tag(*frames, version=2)) == [("TCOP", "mine"), ("WCOP", URL), ("TZZ", "z")]


def test_a_compressed_version_2_tag_is_passed_over() -> None:
    """Nobody ever wrote down how it would be compressed."""
    assert read(tag(frame("TT2", b"\0T", version=2), version=2, flags=0x40)) == []


@pytest.mark.parametrize("version", [3, 4])
def test_an_unsynchronised_tag_is_put_right(version: int) -> None:
    """The zeros that keep players from mistaking a tag for sound are taken out."""
    content = frame("TIT2", b"\0\xff\xe0", version=version)
    stuffed = content.replace(b"\xff", b"\xff\x00") if version == 3 else frame("TIT2", b"\0\xff\x00\xe0")
    assert read(tag(stuffed, version=version, flags=0x80)) == [("TIT2", "ÿà")]


@pytest.mark.parametrize(
    ("version", "extended"), [(3, (6).to_bytes(4, "big") + b"\0" * 6), (4, safe(6) + b"\1\0")], ids=["2.3", "2.4"]
)
def test_an_extended_header_is_passed_over(version: int, extended: bytes) -> None:
    """What stands between header and frames is not read."""
    assert read(tag(extended, frame("TIT2", b"\0T", version=version), version=version, flags=0x40)) == [("TIT2", "T")]


def test_a_plain_size_in_version_4_is_understood() -> None:
    """Some writers never learnt of seven-bit sizes: the size behind which another frame begins is taken."""
    long = frame("TIT2", b"\0" + b"x" * 199, version=3)
    assert [name for name, _ in read(tag(long, frame("TALB", b"\0A")))] == ["TIT2", "TALB"]
    longer = frame("TIT2", b"\0" + b"x" * 299, version=3)
    assert [name for name, _ in read(tag(longer, frame("TALB", b"\0A")))] == ["TIT2", "TALB"]
    assert [name for name, _ in read(tag(frame("TIT2", b"\0" + b"x" * 299), frame("TALB", b"\0A")))] == ["TIT2", "TALB"]


@pytest.mark.parametrize(
    "head",
    [b"", b"ID3", b"ID3\x09\0\0\0\0\0\0", b"ID3\4\xff\0\0\0\0\0", b"ID3\4\0\0\xff\0\0\0", b"TAG" + b"\0" * 20],
    ids=["empty", "cut", "unknown version", "revision", "size of eight bits", "another tag"],
)
def test_what_is_no_tag_is_none(head: bytes) -> None:
    """A beginning that does not fit is no tag, and takes no room."""
    assert read(head) == []
    assert id3_size(head) == 0


def test_a_tag_says_how_long_it_is() -> None:
    """Header, body, and the footer that 2.4 may have."""
    assert id3_size(tag(b"x" * 300)) == 310
    assert id3_size(tag(b"x" * 300, flags=0x10)) == 320


def test_version_1_stands_at_the_end() -> None:
    """Its fields are given the names that version 2 has for them; empty ones are left out."""
    old = b"TAG" + b"Title".ljust(30, b"\0") + b"Art\xefst".ljust(30) + b"\0" * 30 + b"1999" + b"Hello\0junk".ljust(31)
    values = list(id3v1_values(io.BytesIO(b"sound" * 99 + old)))
    assert values == [("TIT2", "Title"), ("TPE1", "Artïst"), ("TYER", "1999"), ("COMM", "Hello")]
    assert list(id3v1_values(io.BytesIO(b"short"))) == []


@given(st.binary(max_size=300), st.sampled_from([2, 3, 4]), st.integers(0, 255))
def test_no_bytes_wrong_foot_the_reader(body: bytes, version: int, flags: int) -> None:
    """Any body under a valid header is read to some end."""
    read(b"ID3" + bytes([version, 0, flags]) + safe(len(body)) + body)
