"""A file's tags are read under its format's names, and nothing a file holds makes that fail."""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licet.catalog import Tags, identifiers_in_tags, read_tags
from licet.catalog.tags import VALUE_CHARACTERS, VALUES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LICENCE = "http://creativecommons.org/licenses/by/4.0/"
ENCODERS = {
    "mp3": ("mp3", "libmp3lame"),
    "flac": ("flac", "flac"),
    "ogg": ("ogg", "flac"),
    "opus": ("ogg", "libopus"),
    "m4a": ("mp4", "aac"),
    "wav": ("wav", "pcm_s16le"),
    "mka": ("matroska", "flac"),
    "wma": ("asf", "wmav2"),
}
EXPECTED = {
    "mp3": ("id3", {"TIT2": "Tïtle", "TPE1": "Artist", "TCOP": "(c) me", "TXXX:license": LICENCE}),
    "flac": ("vorbis", {"TITLE": "Tïtle", "ARTIST": "Artist", "COPYRIGHT": "(c) me", "LICENSE": LICENCE}),
    "ogg": ("vorbis", {"TITLE": "Tïtle", "ARTIST": "Artist", "COPYRIGHT": "(c) me", "LICENSE": LICENCE}),
    "opus": ("vorbis", {"TITLE": "Tïtle", "ARTIST": "Artist", "COPYRIGHT": "(c) me", "LICENSE": LICENCE}),
    "m4a": ("mp4", {"©nam": "Tïtle", "©ART": "Artist", "cprt": "(c) me"}),
    "wav": ("riff", {"INAM": "Tïtle", "IART": "Artist", "ICOP": "(c) me"}),
    "mka": ("matroska", {"TITLE": "Tïtle", "ARTIST": "Artist", "COPYRIGHT": "(c) me", "LICENSE": LICENCE}),
    "wma": ("asf", {"TITLE": "Tïtle", "ARTIST": "Artist", "COPYRIGHT": "(c) me", "LICENSE": LICENCE}),
}


def make_audio(path: Path, form: str, encoder: str) -> None:
    """Write a moment of silence with tags."""
    with av.open(str(path), "w", format=form) as container:
        container.metadata.update(title="Tïtle", artist="Artist", copyright="(c) me", license=LICENCE)
        stream = container.add_stream(encoder, rate=48_000)
        assert isinstance(stream, av.AudioStream)
        stream.layout = "stereo"
        stream.bit_rate = 64_000
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 9_600), np.int16), format="s16", layout="stereo")
        frame.rate = 48_000
        frame.pts = 0
        for packets in (stream.encode(frame), stream.encode(None)):
            container.mux(packets)


def written(folder: Path, content: bytes) -> Path:
    """Write a file."""
    path = folder / "file.bin"
    path.write_bytes(content)
    return path


def chunk(name: bytes, content: bytes, order: str = "<") -> bytes:
    """Write a RIFF or AIFF chunk."""
    return name + struct.pack(order + "I", len(content)) + content + b"\0" * (len(content) % 2)


def box(name: bytes, *content: bytes) -> bytes:
    """Write an MP4 box."""
    body = b"".join(content)
    return struct.pack(">I", len(body) + 8) + name + body


def data(text: str, kind: int = 1) -> bytes:
    """Write the value of an MP4 item."""
    encoding = "utf-16-be" if kind == 2 else "utf-8"
    return box(b"data", struct.pack(">II", kind, 0), text.encode(encoding))


def comments(values: Iterable[str]) -> bytes:
    """Write a Vorbis comment header."""
    encoded = [value.encode() for value in values]
    listed = b"".join(struct.pack("<I", len(value)) + value for value in encoded)
    return struct.pack("<I", 3) + b"Me!" + struct.pack("<I", len(encoded)) + listed


def pages(*packets: bytes, serial: int = 1) -> bytes:
    """Write Ogg pages, a packet to a page of at most 255 segments."""
    out = b""
    for packet in packets:
        lacing = bytes([255] * (len(packet) // 255) + [len(packet) % 255])
        for at in range(0, len(lacing), 255):
            segments = lacing[at : at + 255]
            body = packet[at * 255 : at * 255 + sum(segments)]
            out += b"OggS" + bytes(10) + struct.pack("<I", serial) + bytes(8) + bytes([len(segments)]) + segments + body
    return out


ID3 = b"ID3\3\0\0\0\0\0\x0fTCOP\0\0\0\5\0\0\0mine"
MOOV = box(
    b"moov",
    box(b"mvhd", bytes(100)),
    box(
        b"udta",
        box(b"cprt", bytes(6), b"of 3GPP\0"),
        box(b"cprt", bytes(6), "ō".encode("utf-16")),
        box(b"cprt", bytes(6)),
        box(
            b"meta",
            bytes(4),
            box(b"hdlr", bytes(20)),
            box(
                b"ilst",
                box(b"cprt", data("mine")),
                box("©nam".encode("latin-1"), data("Wide", kind=2)),
                box(b"covr", data("picture", kind=13)),
                box(b"free", box(b"data", b"short")),
                box(
                    b"----",
                    box(b"mean", bytes(4), b"com.apple.iTunes"),
                    box(b"name", bytes(4), b"LICENSE"),
                    data(LICENCE),
                ),
                box(b"huge", box(b"data", bytes(1 << 19))),
            ),
        ),
    ),
)
MP4_VALUES = [
    ("cprt", "of 3GPP"),
    ("cprt", "ō"),
    ("cprt", "mine"),
    ("©nam", "Wide"),
    ("----:com.apple.iTunes:LICENSE", LICENCE),
]
INFO = chunk(b"LIST", b"INFO" + chunk(b"ICOP", b"mine\0") + chunk(b"INAM", b"caf\xe9") + chunk(b"IART", b""))
FLAC_HEAD = b"fLaC" + b"\0\0\0\4info"
MADE_BY_HAND = {
    "id3 and info in a wav": (
        b"RIFF\0\0\0\0WAVE" + chunk(b"LIST", b"adtl") + chunk(b"data", b"x" * 9) + INFO + chunk(b"id3 ", ID3),
        "riff",
        [("ICOP", "mine"), ("INAM", "café"), ("TCOP", "mine")],
    ),
    "a wav of more than 4 GiB by name": (
        b"RF64\xff\xff\xff\xffWAVE"
        + chunk(b"ds64", struct.pack("<QQQI", 0, 5, 0, 0))
        + b"data\xff\xff\xff\xff"
        + b"sound\0"
        + INFO,
        "riff",
        [("ICOP", "mine"), ("INAM", "café")],
    ),
    "a wav that ends in a lie": (
        b"RIFF\0\0\0\0WAVE" + INFO + b"RF64\xff\xff\xff\xff",
        "riff",
        [("ICOP", "mine"), ("INAM", "café")],
    ),
    "aiff": (
        b"FORM\0\0\0\0AIFF"
        + chunk(b"(c) ", b"mine", ">")
        + chunk(b"NAME", b"", ">")
        + chunk(b"COMM", b"x" * 18, ">")
        + chunk(b"ID3 ", ID3, ">"),
        "aiff",
        [("(c)", "mine"), ("TCOP", "mine")],
    ),
    "flac": (
        FLAC_HEAD + b"\x84" + len(comments(["license=mine"])).to_bytes(3, "big") + comments(["license=mine"]),
        "vorbis",
        [("LICENSE", "mine")],
    ),
    "flac without comments": (b"fLaC\x80\0\0\4info", "", []),
    "flac cut short": (FLAC_HEAD, "", []),
    "flac behind id3": (
        ID3 + FLAC_HEAD + b"\x84" + len(comments(["A=b"])).to_bytes(3, "big") + comments(["A=b"]),
        "id3",
        [("TCOP", "mine"), ("A", "b")],
    ),
    "opus": (
        pages(b"OpusHead", b"OpusTags" + comments(["A=b", "no value", "A=c"])),
        "vorbis",
        [("A", "b"), ("A", "c")],
    ),
    "a long comment over many pages": (
        pages(b"\1vorbis", b"\3vorbis" + comments(["PICTURE=" + "x" * 300_000, "A=b"])),
        "vorbis",
        [("A", "b")],
    ),
    "speex": (pages(b"Speex   1.2", comments(["A=b"])), "vorbis", [("A", "b")]),
    "flac in ogg": (
        pages(b"\x7fFLAC1", b"\0\0\0\4info", b"\x84\0\0\0" + comments(["A=b"])),
        "vorbis",
        [("A", "b")],
    ),
    "video before its sound": (
        pages(b"\x80theora", serial=7) + pages(b"\1vorbis", b"\3vorbis" + comments(["A=b"])),
        "vorbis",
        [("A", "b")],
    ),
    "ogg cut short": (pages(b"\1vorbis") + b"OggX", "", []),
    "more comments than there are": (
        pages(b"OpusHead", b"OpusTags" + comments(["A=b"]).replace(b"Me!\1", b"Me!\xff")),
        "vorbis",
        [("A", "b")],
    ),
    "mp4": (box(b"ftyp", b"M4A ") + box(b"mdat", b"x" * 50) + MOOV, "mp4", MP4_VALUES),
    "mp4 with a large box": (
        box(b"ftyp", b"M4A ") + struct.pack(">I4sQ", 1, b"mdat", 20) + b"long" + MOOV,
        "mp4",
        MP4_VALUES,
    ),
    "quicktime": (
        box(b"ftyp", b"qt  ")
        + box(b"moov", box(b"udta", box(b"meta", box(b"hdlr", bytes(20)), box(b"ilst", box(b"cprt", data("mine")))))),
        "mp4",
        [("cprt", "mine")],
    ),
    "an mp4 box to the end": (box(b"ftyp", b"M4A ") + b"\0\0\0\0mdatxxxx", "", []),
    "sound and an old tag": (b"\xff\xfb" * 99 + b"TAG" + b"Title".ljust(125, b"\0"), "id3", [("TIT2", "Title")]),
    "half a character": (
        b"ID3\3\0\0\0\0\0\x0eTCOP\0\0\0\4\0\0\1\0\xd8A"[:24],
        "id3",
        [("TCOP", "\ufffd")],
    ),
    "a container that is none": (b"\x1a\x45\xdf\xa3 not matroska", "", []),
    "wav cut in a text": (
        b"RIFF\0\0\0\0WAVE" + chunk(b"LIST", b"INFO" + b"ICOP\xff\0\0\0mine"),
        "riff",
        [("ICOP", "mine")],
    ),
    "a chunk of more than can be": (
        b"RF64\xff\xff\xff\xffWAVE" + chunk(b"ds64", b"\xff" * 28) + b"data\xff\xff\xff\xff",
        "",
        [],
    ),
    "text": (b"this is not music\n", "", []),
    "nothing": (b"", "", []),
}


@pytest.mark.parametrize("kind", ENCODERS)
def test_tags_written_by_an_encoder_are_read(kind: str, tmp_path: Path) -> None:
    """What ffmpeg writes comes out under the names of the format, each with its text."""
    path = tmp_path / "named-otherwise.bin"
    make_audio(path, *ENCODERS[kind])
    tags = read_tags(path)
    form, values = EXPECTED[kind]
    assert tags.format == form
    assert values.items() <= dict(tags.values).items()
    assert (tags.title, tags.artist, tags.album) == ("Tïtle", "Artist", "")


@pytest.mark.parametrize(("content", "form", "values"), MADE_BY_HAND.values(), ids=MADE_BY_HAND)
def test_what_a_format_allows_is_read(content: bytes, form: str, values: list[tuple[str, str]], tmp_path: Path) -> None:
    """Corners of the formats that common files do not show."""
    assert read_tags(written(tmp_path, content)) == Tags(form, tuple(values))


def test_values_are_bounded(tmp_path: Path) -> None:
    """A long value is cut, and past a thousand values or a megabyte nothing is kept."""
    long = read_tags(written(tmp_path, pages(b"OpusHead", b"OpusTags" + comments(["A=" + "x" * 200_000]))))
    many = read_tags(written(tmp_path, pages(b"OpusHead", b"OpusTags" + comments(["A=b"] * 3_000))))
    much = read_tags(written(tmp_path, pages(b"OpusHead", b"OpusTags" + comments(["A=" + "x" * 60_000] * 50))))
    assert len(long.values[0][1]) == VALUE_CHARACTERS
    assert len(many.values) == VALUES
    assert sum(len(value) for _, value in much.values) <= 1 << 20


def test_a_comment_of_any_size_is_given_up_in_time(tmp_path: Path) -> None:
    """An Ogg file that never ends its comment is read for a while and no more."""
    assert read_tags(written(tmp_path, pages(b"x" * (17 << 20)))) == Tags("")


def test_what_cannot_be_read_says_nothing(tmp_path: Path) -> None:
    """A missing file, a folder, and a pipe that nobody writes to have no tags."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "missing", tmp_path, tmp_path / "pipe"):
        assert read_tags(path) == Tags("")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(
    start=st.sampled_from([content for content, _, _ in MADE_BY_HAND.values() if len(content) < 5_000]),
    changes=st.lists(st.tuples(st.integers(0, 4_999), st.integers(0, 255)), max_size=8),
    cut=st.integers(0, 5_000),
)
def test_no_damage_makes_it_fail(start: bytes, changes: list[tuple[int, int]], cut: int, tmp_path: Path) -> None:
    """Whatever bytes of a tagged file are changed or missing, some tags or none come back, all of them storable."""
    content = bytearray(start[:cut])
    for place, byte in changes:
        if place < len(content):
            content[place] = byte
    for name, value in read_tags(written(tmp_path, bytes(content))).values:
        (name + value).encode()


def test_the_first_of_several_names_is_found() -> None:
    """`first` goes by the order in which it was asked, and says None where there is nothing."""
    tags = Tags("id3", (("TPE1", "A"), ("TIT2", "T"), ("TIT2", "U")))
    assert (tags.first("TIT2", "TPE1"), tags.first("TALB")) == ("T", None)


NAMED = {
    "isrc frame": (("TSRC", "US-RC1-76-07839"), "isrc:USRC17607839"),
    "isrc field": (("ISRC", "usrc17607839"), "isrc:USRC17607839"),
    "isrc described": (("TXXX:isrc", "USRC17607839"), "isrc:USRC17607839"),
    "isrc atom": (("----:com.apple.iTunes:ISRC", "USRC17607839"), "isrc:USRC17607839"),
    "musicbrainz frame": (
        ("UFID:http://musicbrainz.org", "8b0e0f6a-66e7-4a2e-9a7b-1f0a1c2d3e4f"),
        "musicbrainz:8b0e0f6a-66e7-4a2e-9a7b-1f0a1c2d3e4f",
    ),
    "musicbrainz field": (
        ("MUSICBRAINZ_TRACKID", "8b0e0f6a-66e7-4a2e-9a7b-1f0a1c2d3e4f"),
        "musicbrainz:8b0e0f6a-66e7-4a2e-9a7b-1f0a1c2d3e4f",
    ),
    "jamendo page": (("WOAF", "http://www.jamendo.com/track/214"), "jamendo:214"),
    "jamendo page in french": (("CONTACT", "https://www.jamendo.com/fr/track/214/intro"), "jamendo:214"),
    "jamendo in short": (("URL", "http://jamen.do/t/214"), "jamendo:214"),
    "freesound": (("COMM", "https://freesound.org/people/x/sounds/1234/"), "freesound:1234"),
    "freesound in short": (("WXXX:src", "https://freesound.org/s/1234/"), "freesound:1234"),
    "youtube": (("COMMENT", "https://www.youtube.com/watch?list=a&v=dQw4w9WgXcQ"), "youtube:dQw4w9WgXcQ"),
    "youtube in short": (("PURL", "https://youtu.be/dQw4w9WgXcQ?t=1"), "youtube:dQw4w9WgXcQ"),
    "musicbrainz page": (
        ("WOAS", "https://musicbrainz.org/recording/8B0E0F6A-66e7-4a2e-9a7b-1f0a1c2d3e4f"),
        "musicbrainz:8b0e0f6a-66e7-4a2e-9a7b-1f0a1c2d3e4f",
    ),
    "a wrong isrc": (("TSRC", "nonsense"), None),
    "an artist's page": (("WOAF", "http://www.jamendo.com/artist/14"), None),
    "an album's page": (("WOAF", "https://www.jamendo.com/album/31"), None),
    "another page": (("WOAF", "http://example.com/track/214"), None),
    "prose that begins with a link": (("COMM", "http://www.jamendo.com/track/214 is a cover of it"), None),
    "a link that is too long": (("URL", "http://www.jamendo.com/track/214?" + "x" * 3_000), None),
    "a link in the title": (("TIT2", "http://www.jamendo.com/track/214"), None),
}


@pytest.mark.parametrize(("value", "identifier"), NAMED.values(), ids=NAMED)
def test_a_tag_may_name_its_recording(value: tuple[str, str], identifier: str | None) -> None:
    """Identifiers and the pages of recordings are names; everything else is not."""
    names = [str(name) for name in identifiers_in_tags(Tags("id3", (value, value)))]
    assert names == ([] if identifier is None else [identifier])
