from __future__ import annotations

import json
import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pytest

from licet.errors import IndexDamagedError
from licet.identify import FingerprintIndex, IndexWriter
from licet.identify.listing import LISTING
from licet.identify.segments import Segment
from playing import heard, music

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def segment(tmp_path: Path) -> Path:
    """Return the one segment of a small index."""
    with IndexWriter(tmp_path) as writer:
        writer.add("a", "a.wav", heard(music(1, 6.0)))
        writer.add("b", "b.wav", heard(music(2, 6.0)))
    return tmp_path / "segment-1.lfp"


def _header(file: Path, change: Callable[[dict[str, object]], object]) -> None:
    """Rewrite the header of `file`, checksum and all."""
    content = file.read_bytes()
    length = struct.unpack_from("<I", content, 8)[0]
    header = json.loads(content[16 : 16 + length])
    change(header)
    raw = json.dumps(header).encode().ljust(length)[:length]
    file.write_bytes(content[:12] + struct.pack("<I", zlib.crc32(raw)) + raw + content[16 + length :])


@pytest.mark.parametrize("section", range(6))
def test_a_changed_byte_in_any_section_is_noticed(segment: Path, section: int) -> None:
    """Verifying reads every section, and the error names the file and the section."""
    content = bytearray(segment.read_bytes())
    length = struct.unpack_from("<I", content, 8)[0]
    at = 16 + length
    sections = json.loads(content[16 : 16 + length])["sections"]
    for _, size, _ in sections[: section + 1]:
        at = -(-at // 64) * 64 + size
    content[at - 1] ^= 1
    name = sections[section][0]
    segment.write_bytes(content)
    with pytest.raises(IndexDamagedError, match=rf"segment-1\.lfp.*{name}"):
        FingerprintIndex.open(segment.parent).verify()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda raw: raw[:-10], id="cut at the end"),
        pytest.param(lambda raw: raw[:300], id="cut in the header"),
        pytest.param(lambda raw: raw[:7], id="cut in the magic"),
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda raw: b"LICETFP9" + raw[8:], id="of another version"),
        pytest.param(lambda raw: raw[:40] + b"?" + raw[41:], id="a byte of the header"),
        pytest.param(lambda raw: raw[:8] + b"\xff\xff\xff\xff" + raw[12:], id="a header longer than the file"),
    ],
)
def test_a_damaged_segment_does_not_open(segment: Path, damage: Callable[[bytes], bytes]) -> None:
    """Opening compares header and sizes, and names the file and the mend."""
    segment.write_bytes(damage(segment.read_bytes()))
    with pytest.raises(IndexDamagedError, match=r"segment-1\.lfp") as caught:
        FingerprintIndex.open(segment.parent)
    assert caught.value.mend


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(lambda header: header["sections"].pop(), "missing", id="without its table"),
        pytest.param(lambda header: header.update(parameters="other"), "other parameters", id="other parameters"),
        pytest.param(lambda header: header.pop("parameters"), "do not agree", id="without parameters"),
        pytest.param(lambda header: header["sections"][0].__setitem__(0, "x"), "do not agree", id="a strange section"),
    ],
)
def test_a_header_that_makes_no_sense_does_not_open(segment: Path, change: Callable[..., object], says: str) -> None:
    """A header that is whole and wrong is refused too."""
    _header(segment, change)
    with pytest.raises(IndexDamagedError, match=says):
        Segment(segment)


def test_a_missing_segment_is_noticed(segment: Path) -> None:
    """A segment that is listed and gone is damage, not an empty index."""
    segment.unlink()
    with pytest.raises(IndexDamagedError, match=r"segment-1\.lfp"):
        FingerprintIndex.open(segment.parent)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param("{", "cannot be read", id="no JSON"),
        pytest.param("[]", "cannot be read", id="no object"),
        pytest.param('{"version": 1}', "cannot be read", id="no segments"),
        pytest.param('{"version": 1, "segments": [3]}', "cannot be read", id="no names"),
        pytest.param('{"version": 2, "segments": []}', "version 2", id="of another version"),
        pytest.param('{"version": 1, "segments": ["../x.lfp"]}', "no segments", id="names outside"),
    ],
)
def test_a_damaged_list_is_noticed(segment: Path, content: str, says: str) -> None:
    """A list of segments that cannot be read is damage, and never an empty index."""
    (segment.parent / LISTING).write_text(content)
    with pytest.raises(IndexDamagedError, match=says):
        FingerprintIndex.open(segment.parent)


@pytest.mark.parametrize("table", [b"[[1]]", b"nonsense"])
def test_a_table_that_cannot_be_read_is_noticed(segment: Path, table: bytes) -> None:
    """A table of recordings that is garbled or too short is damage when it is asked for."""
    content = segment.read_bytes()
    at = content.rfind(b'[["a"')
    segment.write_bytes(content[:at] + table.ljust(len(content) - at))
    with pytest.raises(IndexDamagedError, match="table"):
        list(FingerprintIndex.open(segment.parent).recordings())


def test_a_shortened_table_is_noticed(segment: Path) -> None:
    """A table that lists fewer recordings than there are is damage."""
    content = segment.read_bytes()
    at = content.rfind(b'[["a"')
    segment.write_bytes(content[:at] + b"[]".ljust(len(content) - at))
    with pytest.raises(IndexDamagedError, match="another length"):
        list(FingerprintIndex.open(segment.parent).recordings())


def test_postings_that_point_nowhere_are_noticed(segment: Path) -> None:
    """A search that meets impossible numbers says that the segment is damaged."""
    content = bytearray(segment.read_bytes())
    length = struct.unpack_from("<I", content, 8)[0]
    at = -(-(16 + length) // 64) * 64 + json.loads(content[16 : 16 + length])["sections"][0][1]
    at = -(-at // 64) * 64
    content[at : at + 4000] = np.full(1000, 0xFFFFFFF0, "<u4").tobytes()
    segment.write_bytes(content)
    with pytest.raises(IndexDamagedError, match=r"segment-1\.lfp"):
        FingerprintIndex.open(segment.parent).search(heard(music(1, 6.0)))
