from __future__ import annotations

import os
import resource
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pytest

from imagined import imagined, recordings, segments
from licet.errors import UsageError, WorkspaceError
from licet.identify import Fingerprint, IndexWriter
from licet.identify.fingerprint import FRAMES_PER_S
from licet.identify.merging import MANY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def _full_disk(size: int) -> Iterator[None]:
    """Let no file grow past `size` bytes: writing more fails as it does on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """Return an index of three recordings in two segments."""
    for names in ("ab", "c"):
        with IndexWriter(tmp_path) as writer:
            for name in names:
                writer.add(name, name, imagined(ord(name)))
    return tmp_path


def test_a_withdrawn_recording_is_gone_at_the_next_commit(three: Path) -> None:
    """The writer forgets it at once, the index when it is committed, and for good."""
    with IndexWriter(three) as writer:
        assert writer.withdraw("c")
        assert "c" not in writer
        assert not writer.withdraw("c")
        assert recordings(three) == ["a", "b", "c"]
        writer.commit()
        assert recordings(three) == ["a", "b"]
    with IndexWriter(three) as writer:
        assert "c" not in writer


def test_what_was_never_there_is_not_withdrawn(three: Path) -> None:
    """Withdrawing an unknown recording changes nothing and says so."""
    before = (three / "segments.json").read_bytes()
    with IndexWriter(three) as writer:
        assert not writer.withdraw("x")
        assert 3 not in writer
    assert (three / "segments.json").read_bytes() == before


def test_what_waits_can_be_withdrawn(three: Path) -> None:
    """A recording that was added and not yet committed never reaches the disk."""
    with IndexWriter(three) as writer:
        writer.add("d", "", imagined(1))
        assert writer.withdraw("d")
        assert "d" not in writer
    assert recordings(three) == ["a", "b", "c"]


def test_a_withdrawn_recording_may_come_back(three: Path) -> None:
    """It is registered anew, from where it lies now, in the commit that hides the old one."""
    with IndexWriter(three) as writer:
        writer.withdraw("a")
        assert writer.add("a", "elsewhere", imagined(7))
        assert not writer.add("a", "again", imagined(8))
        writer.commit()
        assert sorted(recordings(three)) == ["a", "b", "c"]
    with IndexWriter(three) as writer:
        assert not writer.add("a", "again", imagined(8))
    (known,) = [known for segment, gone in segments(three) for at, known in enumerate(segment) if at not in gone][-1:]
    assert (known.recording, known.path) == ("a", "elsewhere")


@pytest.mark.parametrize("room", [pytest.param(2000, id="in the page"), pytest.param(9000, id="in the peaks")])
def test_a_full_disk_leaves_the_last_commit(three: Path, room: int) -> None:
    """What cannot be written is an error of ours, the index stays as it was, and once there is room all is written."""
    with IndexWriter(three) as writer:
        writer.withdraw("a")
        writer.add("d", "", imagined(1, 60.0))
        with _full_disk(room), pytest.raises(WorkspaceError, match="cannot be written"):
            writer.commit()
        assert recordings(three) == ["a", "b", "c"]
        assert not list(three.glob("*.tmp"))
        writer.commit()
        assert recordings(three) == ["b", "c", "d"]


def test_a_full_disk_leaves_what_was_to_be_merged(tmp_path: Path) -> None:
    """A merge for which there is no room is an error, and its sources stay the index."""
    names = [f"r{piece}" for piece in range(MANY)]
    with IndexWriter(tmp_path) as writer:
        for piece, name in enumerate(names[:-1]):
            writer.add(name, "", imagined(piece))
            writer.commit()
        writer.add(names[-1], "", imagined(99))
        with _full_disk(9000), pytest.raises(WorkspaceError, match="cannot be written"):
            writer.merge(all=True)
        assert recordings(tmp_path) == names
    assert recordings(tmp_path) == names


def test_silence_is_committed_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recordings without a peak fill the line of time, and a writer commits before it overflows."""
    monkeypatch.setattr("licet.identify.writing.FRAMES_WAITING", 2 * int(90_000 * FRAMES_PER_S))
    with IndexWriter(tmp_path) as writer:
        for name in "abc":
            writer.add(name, "", imagined(1, 90_000.0, per_s=0))
        assert recordings(tmp_path) == ["a", "b"]


def test_there_is_one_writer_at_a_time(three: Path) -> None:
    """A second writer is turned away until the first has left."""
    with IndexWriter(three), pytest.raises(WorkspaceError, match="another process"), IndexWriter(three):
        pass
    with IndexWriter(three) as writer:
        assert writer.add("d", "", imagined(1))


def test_a_folder_that_cannot_be_made_is_an_error_of_ours(tmp_path: Path) -> None:
    """Where a file is in the way, the writer says that it cannot write there."""
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceError, match="cannot be written"), IndexWriter(tmp_path / "file" / "index"):
        pass


def test_what_a_killed_writer_left_is_swept_away(three: Path) -> None:
    """Half-written files and segments that no list names are removed, and nothing else is."""
    strays = [three / name for name in ("segment-3.lfp.tmp", "segment-3.lfp", "segments.json.tmp")]
    for stray in strays:
        stray.write_bytes(b"half of it")
    (three / "notes.txt").write_text("somebody's own")
    with IndexWriter(three):
        assert not any(stray.exists() for stray in strays)
    assert (three / "notes.txt").exists()
    assert recordings(three) == ["a", "b", "c"]


def _of(frames: list[float], seconds: float = 5.0, pitch: float = 9.0) -> Fingerprint:
    return Fingerprint(np.array(frames, np.float32), np.full(len(frames), pitch, np.float32), seconds)


@pytest.mark.parametrize(
    ("name", "fingerprint", "says"),
    [
        pytest.param("d", _of([3.0, 2.0]), "out of order", id="falling times"),
        pytest.param("d", _of([3.0, np.nan]), "out of order", id="a time that is none"),
        pytest.param("d", _of([3.0, 2000.0]), "out of order", id="a time behind the end"),
        pytest.param("d", _of([-7.0]), "out of order", id="a time before the beginning"),
        pytest.param("d", _of([3.0], pitch=np.inf), "out of order", id="a pitch that is none"),
        pytest.param("d", _of([], 9e6), "too long", id="more than two months"),
        pytest.param("d", _of([], float("nan")), "too long", id="a length that is none"),
        pytest.param(
            "d", Fingerprint(np.zeros(0, np.float32), np.zeros(0, np.float32), 1.0, parameters="x"), "'x'", id="foreign"
        ),
        pytest.param("d\x00", _of([]), "null character", id="a name of two"),
    ],
)
def test_what_makes_no_sense_is_refused(three: Path, name: str, fingerprint: Fingerprint, says: str) -> None:
    """A fingerprint that contradicts itself is refused, and nothing else is lost."""
    with IndexWriter(three) as writer:
        writer.add("e", "", imagined(4))
        with pytest.raises(UsageError, match=says):
            writer.add(name, "", fingerprint)
        assert name not in writer
    assert recordings(three) == ["a", "b", "c", "e"]


def test_names_of_any_bytes_are_kept(tmp_path: Path) -> None:
    """Names and paths that are not text are kept to the byte."""
    path = os.fsdecode(b"\xff\n\xc3\xa9")
    with IndexWriter(tmp_path) as writer:
        writer.add("a\n\udc80", path, imagined(1))
    assert next(iter(segments(tmp_path)[0][0])).path == path


def test_too_many_postings_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More postings than a segment can count are an error, and no file is left."""
    monkeypatch.setattr("licet.identify.drafting.MOST_BYTES", 100)
    with IndexWriter(tmp_path) as writer:
        writer.add("a", "", imagined(1))
        with pytest.raises(UsageError, match="so many postings"):
            writer.commit()
        writer.withdraw("a")
    assert not list(tmp_path.glob("segment*"))
