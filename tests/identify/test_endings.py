from __future__ import annotations

import io
import struct

import pytest

from licet.identify.endings import cut_short, states_length

PAGE = b"OggS\x00%c" + bytes(20) + b"\x02\x05\x03" + b"12345678"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"", "", id="nothing"),
        pytest.param(b"RIFF" + struct.pack("<I", 12) + bytes(12), "", id="riff, whole"),
        pytest.param(b"RIFF" + struct.pack("<I", 13) + bytes(12), "", id="riff, without its pad byte"),
        pytest.param(
            b"RIFF" + struct.pack("<I", 40) + bytes(12), "the header promises 48 bytes and 20", id="riff, cut"
        ),
        pytest.param(b"RIFF" + b"\xff" * 4 + bytes(12), "", id="riff, streamed"),
        pytest.param(b"FORM" + struct.pack(">I", 40) + bytes(12), "the header promises 48", id="aiff, cut"),
        pytest.param(PAGE % 4, "", id="ogg, whole"),
        pytest.param(PAGE % 0, "its Ogg stream has no last page", id="ogg, without an end"),
        pytest.param((PAGE % 4)[:-1], "its last Ogg page is cut", id="ogg, a page cut"),
        pytest.param((PAGE % 4)[:28], "its last Ogg page is cut", id="ogg, a page's table cut"),
        pytest.param((PAGE % 4)[:9], "its last Ogg page is cut", id="ogg, a page's header cut"),
        pytest.param(PAGE % 4 + bytes(140_000), "", id="ogg, with a long tail of something else"),
    ],
)
def test_a_container_says_what_it_lacks(content: bytes, says: str) -> None:
    """A container that states its own end is taken at its word."""
    assert cut_short(io.BytesIO(content)).startswith(says)
    assert bool(cut_short(io.BytesIO(content))) == bool(says)


@pytest.mark.parametrize(
    ("content", "stated"),
    [
        pytest.param(b"", False, id="nothing"),
        pytest.param(b"\xff\xfb" + bytes(400), False, id="no header"),
        pytest.param(b"\xff\xfb" + bytes(34) + b"Xing\x00\x00\x00\x01" + bytes(40), True, id="xing"),
        pytest.param(b"\xff\xfb" + bytes(34) + b"Info\x00\x00\x00\x0f" + bytes(40), True, id="info"),
        pytest.param(b"\xff\xfb" + bytes(34) + b"Xing\x00\x00\x00\x02" + bytes(40), False, id="no frames flag"),
        pytest.param(b"\xff\xfb" + bytes(34) + b"Xing\x00", False, id="cut"),
        pytest.param(
            b"ID3\x04\x00\x00\x00\x00\x01\x00" + bytes(128) + b"\xff\xfb" + bytes(34) + b"Xing\x00\x00\x00\x01",
            True,
            id="behind a tag",
        ),
    ],
)
def test_an_mp3_may_state_its_length(content: bytes, stated: bool) -> None:
    """Only a Xing or Info header with its frames flag states how long an MP3 is."""
    assert states_length(io.BytesIO(content)) == stated
