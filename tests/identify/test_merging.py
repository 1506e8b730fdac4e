from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagined import imagined, recordings, segments
from licet.errors import IndexDamagedError
from licet.identify import IndexWriter, Registered, listing, merging
from licet.identify.drafting import write_segment
from licet.identify.layout import PAGE
from licet.identify.merging import MANY, ROOM_BYTES, ROOM_FRAMES, SMALLEST, Source, due, groups, merge
from licet.identify.packing import unpack_postings
from licet.identify.segments import Segment

if TYPE_CHECKING:
    from pathlib import Path

PIECES = 7


def _segment(folder: Path, name: str, pieces: list[int]) -> Source:
    """Write a segment of imagined pieces, each of another length."""
    path = folder / name
    write_segment(path, [(Registered(f"r{at}", f"{at}.wav", at + 2.0), imagined(at, at + 2.0)) for at in pieces])
    return Source(Segment(path))


def _postings(segment: Segment) -> set[tuple[int, int]]:
    """Return the (number, position) of all postings of a segment."""
    values = unpack_postings(segment.directory, segment.postings, segment.shift, segment.width, 0)
    return {divmod(int(value), 1 << segment.width) for value in values}


class Sized:
    """A segment of nine recordings of which nothing but its size is there."""

    def __init__(self, size: int, frames: int) -> None:
        self.postings, self.frames = range(size), frames

    def __len__(self) -> int:
        return 9


def _imagine(size: int, frames: int = 1000, *, withdrawn: int = 0) -> Source:
    segment: Any = Sized(size, frames)
    return Source(segment, set(range(withdrawn)))


@pytest.mark.parametrize("range_bytes", [pytest.param(1 << 30, id="at once"), pytest.param(300, id="in many ranges")])
def test_a_merger_is_what_one_segment_would_have_been(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, range_bytes: int
) -> None:
    """Merging segments gives the bytes of a segment that all recordings were written to at once."""
    monkeypatch.setattr(merging, "RANGE_BYTES", range_bytes)
    parts = [_segment(tmp_path, name, pieces) for name, pieces in (("a", [0, 1, 2]), ("b", [3]), ("c", [4, 5, 6]))]
    whole = _segment(tmp_path, "whole", list(range(PIECES)))
    assert merge(tmp_path / "merged", parts)
    assert (tmp_path / "merged").read_bytes() == whole.segment.path.read_bytes()


@settings(max_examples=25)
@given(withdrawn=st.sets(st.integers(0, PIECES - 1), max_size=PIECES - 1))
def test_a_merger_leaves_out_what_was_withdrawn(tmp_path_factory: pytest.TempPathFactory, withdrawn: set[int]) -> None:
    """What was withdrawn is gone, and the rest is what it would be if that had never been there."""
    folder = tmp_path_factory.mktemp("merging")
    parts = [_segment(folder, "a", [0, 1, 2]), _segment(folder, "b", [3, 4, 5, 6])]
    for piece in withdrawn:
        parts[piece > 2].withdrawn.add(piece if piece <= 2 else piece - 3)
    never = _segment(folder, "never", sorted(set(range(PIECES)) - withdrawn)).segment
    assert merge(folder / "merged", parts)
    merged = Segment(folder / "merged")
    merged.verify()
    assert list(merged) == list(never)
    assert np.array_equal(merged.starts, never.starts)
    assert _postings(merged) == _postings(never)
    assert all(merged.fingerprint(place) == never.fingerprint(place) for place in range(len(never)))


def test_nothing_left_makes_no_segment(tmp_path: Path) -> None:
    """Where all was withdrawn there is nothing to write."""
    part = _segment(tmp_path, "a", [0, 1])
    part.withdrawn.update({0, 1})
    assert not merge(tmp_path / "merged", [part])
    assert not (tmp_path / "merged").exists()


def test_silence_merges(tmp_path: Path) -> None:
    """Segments without a posting make one without a posting."""
    parts = []
    for name in "ab":
        write_segment(tmp_path / name, [(Registered(name, "", 3.0), imagined(1, 3.0, per_s=0))])
        parts.append(Source(Segment(tmp_path / name)))
    assert merge(tmp_path / "merged", parts)
    assert [known.recording for known in Segment(tmp_path / "merged")] == ["a", "b"]


def test_silence_merges_with_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A segment that holds no such numbers has no part in most ranges."""
    monkeypatch.setattr(merging, "RANGE_BYTES", 300)
    write_segment(tmp_path / "a", [(Registered("a", "", 3.0), imagined(1, 3.0, per_s=0))])
    assert merge(tmp_path / "merged", [Source(Segment(tmp_path / "a")), _segment(tmp_path, "b", [5])])
    assert len(_postings(Segment(tmp_path / "merged"))) > 100


def test_damage_is_not_merged_away(tmp_path: Path) -> None:
    """A damaged source is named, and nothing is made of it."""
    parts = [_segment(tmp_path, name, [place]) for place, name in enumerate("ab")]
    with (tmp_path / "b").open("r+b") as stream:
        stream.seek(PAGE + 2)
        stream.write(b"damage")
    with pytest.raises(IndexDamagedError, match="/b is damaged"):
        merge(tmp_path / "merged", parts)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a", "b"]


@pytest.mark.parametrize(
    ("sizes", "busy", "group"),
    [
        pytest.param([], [], None, id="nothing"),
        pytest.param([1] * (MANY - 1), [], None, id="few"),
        pytest.param([1] * MANY, [], (0, MANY), id="many of a size"),
        pytest.param([9 * SMALLEST, *[1] * MANY], [], (1, 1 + MANY), id="many after a greater one"),
        pytest.param([1] * 4 + [9 * SMALLEST] + [1] * 4, [], (0, MANY), id="many of the greater size or smaller"),
        pytest.param([9 * SMALLEST, 1] * 4, [], (0, MANY), id="the sizes taking turns"),
        pytest.param([70 * SMALLEST] * MANY + [1] * MANY, [], (MANY, 2 * MANY), id="the smallest first"),
        pytest.param([1] * 9, [0], (1, 9), id="but for one that is being merged"),
        pytest.param([1] * 9, [4], None, id="one in the middle is being merged"),
        pytest.param([ROOM_BYTES // 2] * MANY, [], (0, 2), id="as many as there is room for"),
        pytest.param([ROOM_BYTES // 2 + 1] * MANY, [], None, id="no room"),
    ],
)
def test_which_segments_are_due(sizes: list[int], busy: list[int], group: tuple[int, int] | None) -> None:
    """Many neighbours of a size are merged, if there is room."""
    sources = [_imagine(size) for size in sizes]
    assert due(sources, [sources[at].segment for at in busy]) == (group and slice(*group))


def test_a_stale_segment_is_due() -> None:
    """A segment of which a quarter was withdrawn is rewritten by itself."""
    assert due([_imagine(1), _imagine(1, withdrawn=2)]) is None
    assert due([_imagine(1), _imagine(1, withdrawn=3)]) == slice(1, 2)


def test_groups_fill_the_room() -> None:
    """All neighbours are had, as many at a time as there is room for in bytes and in time."""
    sources = [_imagine(1, ROOM_FRAMES // 3)] * 4 + [_imagine(ROOM_BYTES)] * 2 + [_imagine(1)]
    assert list(groups(sources)) == [slice(0, 3), slice(3, 4), slice(4, 5), slice(5, 6), slice(6, 7)]


def _registering(folder: Path, first: int, last: int) -> None:
    with IndexWriter(folder) as writer:
        for piece in range(first, last):
            writer.add(f"r{piece}", "", imagined(piece, 1.0))
            writer.commit()


def test_segments_do_not_become_many(tmp_path: Path) -> None:
    """Seventy commits leave a few segments, with every recording in its order, and no other file."""
    _registering(tmp_path, 0, 70)
    assert recordings(tmp_path) == [f"r{piece}" for piece in range(70)]
    assert len(segments(tmp_path)) <= 2 * MANY
    names = {one.name for one in listing.read(tmp_path).segments}
    assert {file.name for file in tmp_path.iterdir()} == names | {"segments.json", "writer.lock"}


def test_merging_is_the_same_every_time(tmp_path: Path) -> None:
    """What is merged follows from what was added, never from how fast the background was: equal bytes."""
    content = []
    for name in "ab":
        _registering(tmp_path / name, 0, 30)
        _registering(tmp_path / name, 30, 60)
        content.append({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()})
    assert content[0] == content[1]


def test_all_becomes_one(tmp_path: Path) -> None:
    """Merging all leaves one segment and nothing of what was withdrawn."""
    _registering(tmp_path, 0, 5)
    with IndexWriter(tmp_path) as writer:
        assert writer.withdraw("r2")
        writer.merge(all=True)
        assert "r2" not in writer
    [(segment, withdrawn)] = segments(tmp_path)
    assert [known.recording for known in segment] == ["r0", "r1", "r3", "r4"]
    assert not withdrawn
    with IndexWriter(tmp_path) as writer:
        writer.merge(all=True)
    assert segments(tmp_path)[0][0].path == segment.path


def test_what_is_withdrawn_during_a_merge_stays_withdrawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A merge that began before knows nothing of it; the list does, even if the recording came back elsewhere."""
    monkeypatch.setattr(merging, "STALE", 1)
    with IndexWriter(tmp_path) as writer:
        for piece in range(MANY):
            writer.add(f"r{piece}", "", imagined(piece, 1.0))
            writer.add(f"s{piece}", "", imagined(100 + piece, 1.0))
            if piece == 3:
                writer.withdraw("r3")
            writer.commit()
        writer.withdraw("r1")
        writer.withdraw("s5")
        writer.add("s5", "again", imagined(7, 1.0))
    (first, withdrawn), (second, none) = segments(tmp_path)
    assert {first.registered(place).recording for place in withdrawn} == {"r1", "s5"}
    assert ([known.recording for known in second], none) == (["s5"], set())
    assert "r3" not in recordings(tmp_path)


def _damaging(folder: Path) -> None:
    """Register until a merge is due of which a source was damaged a moment ago."""
    with IndexWriter(folder) as writer:
        for piece in range(MANY):
            writer.add(f"r{piece}", "", imagined(piece, 1.0))
            if piece == MANY - 1:
                with (folder / "segment-2.lfp").open("r+b") as stream:
                    stream.seek(PAGE + 2)
                    stream.write(b"damage")
            writer.commit()


def test_a_merge_that_fails_costs_nothing(tmp_path: Path) -> None:
    """When a merge meets damage the writer says so in the end; what was added is there."""
    with pytest.raises(IndexDamagedError, match=r"segment-2\.lfp"):
        _damaging(tmp_path)
    assert sum(len(segment) for segment, _ in segments(tmp_path)) == MANY


def _failing(folder: Path) -> None:
    with IndexWriter(folder) as writer:
        for piece in range(MANY):
            writer.add(f"r{piece}", "", imagined(piece, 1.0))
            writer.commit()
        raise RuntimeError


def test_leaving_in_an_error_calls_the_merge_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A merge that runs when the block is left by an error ends, and leaves no file behind."""

    def endless(_path: Path, _sources: Any, check: Any) -> bool:
        while True:
            check()

    monkeypatch.setattr("licet.identify.writing.merge", endless)
    with pytest.raises(RuntimeError):
        _failing(tmp_path)
    assert recordings(tmp_path) == [f"r{piece}" for piece in range(MANY)]
    assert not list(tmp_path.glob("*.tmp"))
