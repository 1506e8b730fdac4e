from __future__ import annotations

import errno
import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from imagined import imagined
from licet.errors import IndexDamagedError
from licet.identify import IndexWriter, Registered, drafting, listing, merging, quantising
from licet.identify.fingerprint import FRAMES_PER_S
from licet.identify.hashes import FAN_STORED, RANKS_STORED, numbers, pairs
from licet.identify.layout import PAGE, SECTIONS, Header, aligned
from licet.identify.listing import LISTING, Listed, Listing
from licet.identify.packing import unpack_postings
from licet.identify.segments import SILENCE, Segment, key_of

if TYPE_CHECKING:
    from collections.abc import Callable

PAGE_OF_DOCS = Path(__file__).resolve().parents[2] / "docs" / "index-format.md"
NAMES = ("a", "b\n2", "ö", "\udcff raw \ud800")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the one segment of an index of four recordings."""
    with IndexWriter(tmp_path) as writer:
        for place, name in enumerate(NAMES):
            writer.add(name, f"{name}.wav", imagined(place))
    return tmp_path / "segment-1.lfp"


def _section(file: Path, name: str) -> tuple[int, int]:
    """Return where in `file` a section begins, and its size."""
    at = PAGE
    for section in Header.of(file.read_bytes()[:PAGE]).sections:
        if section.name == name:
            return at, section.size
        at += aligned(section.size)
    raise AssertionError(name)


def _write(file: Path, at: int, content: bytes) -> None:
    with file.open("r+b") as stream:
        stream.seek(at)
        stream.write(content)


def _change_header(file: Path, **changes: object) -> None:
    """Give `file` another header, checksum and all."""
    header = Header.of(file.read_bytes()[:PAGE])
    _write(file, 0, msgspec.structs.replace(header, **changes).page())


def test_a_segment_knows_its_recordings(file: Path) -> None:
    """Names and paths of any characters come back, by place and by name."""
    segment = Segment(file)
    assert list(segment) == [Registered(name, f"{name}.wav", 5.0) for name in NAMES]
    assert [segment.place_of(name) for name in NAMES] == [0, 1, 2, 3]
    assert segment.place_of("a.wav") is None
    assert len(segment) == 4


def test_recordings_lie_behind_each_other(file: Path) -> None:
    """Each begins where the one before has ended and been silent."""
    segment = Segment(file)
    length = int(5 * FRAMES_PER_S) + SILENCE
    assert segment.starts.tolist() == [place * length for place in range(4)]
    assert segment.frames == 4 * length
    assert segment.durations.tolist() == [5.0] * 4


def test_the_stored_fingerprint_is_nearly_the_one_given(file: Path) -> None:
    """Peaks come back to an eighth of a frame and a thousandth of an octave or so."""
    stored, given = Segment(file).fingerprint(2), imagined(2)
    assert stored.duration_s == 5.0
    assert np.abs(stored.frames - given.frames).max() <= 0.126
    assert np.abs(stored.pitches - given.pitches).max() <= 0.0014


def test_only_salient_peaks_are_stored(tmp_path: Path) -> None:
    """A peak that many of its octave outshine is left to the query."""
    given = imagined(1)
    ranks = (np.arange(len(given)) % (2 * RANKS_STORED)).astype(np.uint8)
    with IndexWriter(tmp_path) as writer:
        writer.add("a", "", type(given)(given.frames, given.pitches, 5.0, ranks))
    assert len(Segment(tmp_path / "segment-1.lfp").fingerprint(0)) == (ranks < RANKS_STORED).sum()


def test_the_postings_are_those_of_all_recordings(file: Path) -> None:
    """Every pair of every recording is there, at its anchor's position on the line of time."""
    segment, meant = Segment(file), set()
    for place in range(4):
        piece = imagined(place)
        anchors, targets = pairs(piece, FAN_STORED)
        at = int(segment.starts[place]) + np.rint(piece.frames[anchors]).astype(int)
        meant |= set(zip(numbers(piece, anchors, targets).tolist(), at.tolist(), strict=True))
    values = unpack_postings(segment.directory, segment.postings, segment.shift, segment.width, 0)
    mask = (1 << segment.width) - 1
    assert {(int(value) >> segment.width, int(value) & mask) for value in values} == meant
    assert len(values) == segment.n_postings


def test_keys_may_collide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recordings whose keys are equal are told apart by their names."""
    for module in ("segments", "drafting"):
        monkeypatch.setattr(f"licet.identify.{module}.key_of", lambda name: np.uint64(len(name)))
    with IndexWriter(tmp_path) as writer:
        assert all(writer.add(name, "", imagined(1)) for name in ("one", "two", "six", "three"))
    segment = Segment(tmp_path / "segment-1.lfp")
    assert [segment.place_of(name) for name in ("six", "two", "ten", "four")] == [2, 1, None, None]


def test_a_key_is_the_name_s() -> None:
    """The key is eight bytes of BLAKE2b, as the documentation says."""
    assert int(key_of("a")) == int.from_bytes(hashlib.blake2b(b"a", digest_size=8).digest(), "little")


def test_a_flipped_byte_anywhere_is_noticed(file: Path) -> None:
    """One changed byte in the page, in a section or in padding is told, and the section named."""
    content = file.read_bytes()
    places = [*range(16), *range(16, PAGE, 250), PAGE - 1]
    for name in SECTIONS:
        at, size = _section(file, name)
        places += [at, at + size // 2, at + size - 1, aligned(at + size) - 1]
    segment = Segment(file)
    for place in places:
        _write(file, place, bytes([content[place] ^ 0x20]))
        with pytest.raises(IndexDamagedError, match=r"segment-1\.lfp is damaged"):
            segment.verify()
        with pytest.raises(IndexDamagedError, match=r"segment-1\.lfp is damaged"):
            Segment(file).verify()
        _write(file, place, content[place : place + 1])
    segment.verify()


def test_what_was_appended_is_noticed(file: Path) -> None:
    """A file that grew since it was opened is not what was written."""
    segment = Segment(file)
    _write(file, len(file.read_bytes()), b"more")
    with pytest.raises(IndexDamagedError, match="follows its last section"):
        segment.verify()


def test_a_segment_is_whole_after_its_name_is_gone(file: Path) -> None:
    """A merge takes names away; who has the file open still reads all of it."""
    segment = Segment(file)
    file.unlink()
    segment.verify()
    assert segment.read("starts", 0, len(segment)).tolist() == segment.starts.tolist()


def test_a_disk_that_cannot_read_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As damage to the file, in words."""

    def broken(*_: int) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    segment = Segment(file)
    monkeypatch.setattr(os, "pread", broken)
    with pytest.raises(IndexDamagedError, match="Input/output error"):
        segment.verify()


@pytest.mark.parametrize("name", SECTIONS)
def test_a_damaged_section_is_named(file: Path, name: str) -> None:
    """The error names the section."""
    at, size = _section(file, name)
    _write(file, at + size - 1, bytes([file.read_bytes()[at + size - 1] ^ 1]))
    with pytest.raises(IndexDamagedError, match=f"section {name} "):
        Segment(file).verify()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda raw: raw[:-10], id="cut at the end"),
        pytest.param(lambda raw: raw + bytes(64), id="longer than it says"),
        pytest.param(lambda raw: raw[:300], id="cut in the header"),
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda raw: b"LICETFP9" + raw[8:], id="of another version"),
        pytest.param(lambda raw: raw[:40] + b"?" + raw[41:], id="a byte of the header"),
    ],
)
def test_a_damaged_segment_does_not_open(file: Path, damage: Callable[[bytes], bytes]) -> None:
    """Opening compares header and size, and names the file and the mend."""
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(IndexDamagedError, match=r"segment-1\.lfp") as caught:
        Segment(file)
    assert caught.value.mend


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"sections": ()}, "do not agree", id="no sections"),
        pytest.param({"recordings": 5}, "do not agree", id="more recordings than starts"),
        pytest.param({"highest": 1}, "do not agree", id="fewer buckets than the directory"),
        pytest.param({"parameters": "other"}, "made with other", id="other parameters"),
        pytest.param({"width": 99}, "makes no sense", id="positions wider than they can be"),
    ],
)
def test_a_header_that_makes_no_sense_does_not_open(file: Path, changes: dict[str, object], says: str) -> None:
    """A header that is whole and wrong is refused too."""
    _change_header(file, **changes)
    with pytest.raises(IndexDamagedError, match=says):
        Segment(file)


@pytest.mark.parametrize(
    ("section", "content", "asks"),
    [
        pytest.param("words", b"\xff" * 40, lambda segment: segment.fingerprint(1), id="peaks elsewhere"),
        pytest.param("letters", b"\xff" * 40, lambda segment: segment.registered(1), id="a name elsewhere"),
        pytest.param("names", b"\xff" * 20, lambda segment: segment.registered(0), id="a name in no encoding"),
        pytest.param("names", b"a" * 20, lambda segment: segment.registered(0), id="a name without a path"),
        pytest.param("places", b"\xff" * 16, lambda segment: segment.place_of("a"), id="keys that point elsewhere"),
    ],
)
def test_what_points_nowhere_is_told(
    file: Path, section: str, content: bytes, asks: Callable[[Segment], object]
) -> None:
    """Damage that verifying would find is an error of ours where it is met first."""
    _write(file, _section(file, section)[0], content)
    with pytest.raises(IndexDamagedError, match=r"segment-1\.lfp"):
        asks(Segment(file))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"{", "cannot be read", id="no JSON"),
        pytest.param(b"[]", "cannot be read", id="no object"),
        pytest.param(b'{"version": 2, "segments": [3]}', "cannot be read", id="no segments"),
        pytest.param(b'{"version": 1, "segments": ["segment-1.lfp"]}', "version 1", id="of another version"),
        pytest.param(b'{"version": 2, "segments": [{"name": "../x.lfp"}]}', "cannot be read", id="names outside"),
        pytest.param(
            b'{"version": 2, "segments": [{"name": "segment-1.lfp\\n"}]}', "cannot be read", id="a name of two lines"
        ),
    ],
)
def test_a_damaged_list_is_noticed(tmp_path: Path, content: bytes, says: str) -> None:
    """A list of segments that cannot be read is damage, and never an empty index."""
    (tmp_path / LISTING).write_bytes(content)
    with pytest.raises(IndexDamagedError, match=says):
        listing.read(tmp_path)


def test_a_list_comes_back(tmp_path: Path) -> None:
    """What is listed is read again; where nothing was, the list is empty."""
    assert listing.read(tmp_path) == Listing()
    listed = Listing(next=9, segments=(Listed("segment-3.lfp", (1, 7)), Listed("segment-8.lfp")))
    listing.write(tmp_path, listed)
    assert listing.read(tmp_path) == listed


def test_the_documentation_is_true() -> None:
    """The page lists the sections as they are, its example of a list can be read, and its figures are the code's."""
    text = PAGE_OF_DOCS.read_text()
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\| (\w+) \|", text, re.MULTILINE)
    assert rows == [(name, np.dtype(dtype).name) for name, dtype in SECTIONS.items()]
    example = re.search(r"```json\n(.*?)```", text, re.DOTALL)
    assert example
    assert msgspec.json.decode(example[1], type=Listing).next == 10
    words = " ".join(text.split())
    assert f"a page of {PAGE:,} bytes".capitalize() in words
    assert f"{SILENCE:,} frames of silence" in words
    assert f"steps of 1/{quantising.STEPS} octave above {2**quantising.LOWEST:.0f} Hz" in words
    assert f"The word {quantising.FILLER} is a filler: {quantising.WAIT} quarters" in words
    assert f"leaves {drafting.BUCKET} postings or fewer" in words
    assert f"from {merging.SMALLEST >> 10} KiB of postings on" in words
    assert f"at most {merging.ROOM_BYTES / 2**30} GiB of postings" in words
