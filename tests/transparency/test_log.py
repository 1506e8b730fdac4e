from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import killed_log
import killing
from licet.errors import LogError
from licet.transparency import Log, LogWriter, consistent, create_log, included, leaf_hash
from licet.transparency.log import CHECKPOINT_NAME
from licet.transparency.tiles import Tiles, tile_path, unpack_entries, widths
from logging_keys import ORIGIN, entry, log_of, signer

KNOWN = [signer().verifier]
DEATHS = 100


@pytest.mark.parametrize(
    ("kind", "place", "width", "path"),
    [
        (0, 1_234_067, 256, "tile/0/x001/x234/067"),
        (1, 0, 17, "tile/1/000.p/17"),
        ("entries", 1_000, 256, "tile/entries/x001/000"),
        (2, 999, 1, "tile/2/999.p/1"),
    ],
)
def test_a_tile_lies_where_the_specification_says(kind: int | str, place: int, width: int, path: str) -> None:
    """Three digits to a folder."""
    assert tile_path(kind, place, width) == path


def test_a_tree_has_the_tiles_that_the_specification_counts() -> None:
    """70,000 entries: 273 full tiles and 112 hashes, one and 17, and one hash; 256: one full, and one hash."""
    assert [divmod(width, 256) for _, width in widths(70_000)] == [(273, 112), (1, 17), (0, 1)]
    assert [divmod(width, 256) for _, width in widths(256)] == [(1, 0), (0, 1)]
    assert list(widths(0)) == []


@pytest.mark.parametrize(("size", "step"), [(1, 1), (255, 7), (256, 256), (300, 1), (66_000, 33_000)])
def test_what_was_appended_is_there_and_proved(tmp_path: Path, size: int, step: int) -> None:
    """Entries, proofs of them, and proofs of how the log grew."""
    log = Log(log_of(tmp_path / "log", size, step), KNOWN)
    log.verify()
    assert list(log) == [entry(number) for number in range(size)]
    for place in {0, size // 2, size - 1, size * 2 // 3}:
        assert log[place] == entry(place)
        assert included(leaf_hash(entry(place)), place, size, log.inclusion(place), log.head.root)
    with pytest.raises(IndexError):
        log[size]
    before = Log(log_of(tmp_path / "shorter", (size + 1) // 2, 1000), KNOWN).head
    assert consistent(before.size, size, before.root, log.head.root, log.consistency(before.size))
    names = {file.name for file in (tmp_path / "log").rglob("*") if file.is_file()}
    assert not any(name.endswith(".tmp") for name in names)


@settings(max_examples=20)
@given(steps=st.lists(st.integers(0, 400), min_size=1, max_size=8))
def test_however_it_grew_a_log_is_the_same(tmp_path_factory: pytest.TempPathFactory, steps: list[int]) -> None:
    """The same entries in other steps give the same head, and the same tiles."""
    folder, size = tmp_path_factory.mktemp("log"), sum(steps)
    create_log(folder / "stepwise", ORIGIN, signer())
    with LogWriter(folder / "stepwise", signer()) as writer:
        done = 0
        for step in steps:
            assert writer.append([entry(number) for number in range(done, done + step)]) == range(done, done + step)
            done += step
    at_once = log_of(folder / "at once", size, max(size, 1))
    assert (folder / "stepwise" / CHECKPOINT_NAME).read_bytes() == (at_once / CHECKPOINT_NAME).read_bytes()
    for file in (file for file in at_once.rglob("*") if file.is_file()):
        assert (folder / "stepwise" / file.relative_to(at_once)).read_bytes() == file.read_bytes()


def test_no_changed_byte_goes_unseen(tmp_path: Path) -> None:
    """In whichever file of the log it is."""
    folder = log_of(tmp_path / "log", 300, 300)
    for file in [file for file in folder.rglob("*") if file.is_file() and file.name != "lock"]:
        content = file.read_bytes()
        for at in range(0, len(content), 61):
            file.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
            with pytest.raises(LogError):
                Log(folder, KNOWN).verify()
        file.write_bytes(content[:-1])
        with pytest.raises(LogError):
            Log(folder, KNOWN).verify()
        file.unlink()
        with pytest.raises(LogError):
            Log(folder, KNOWN).verify()
        file.write_bytes(content)
    Log(folder, KNOWN).verify()


def test_two_writers_cannot_fork_it(tmp_path: Path) -> None:
    """The second is turned away as long as the first is there."""
    folder = log_of(tmp_path / "log", 10)
    with LogWriter(folder, signer()), pytest.raises(LogError, match="another writer"):
        LogWriter(folder, signer())
    with LogWriter(folder, signer()) as writer:
        assert writer.append([b"more"]) == range(10, 11)


def test_a_writer_goes_on_from_nothing_that_it_did_not_sign(tmp_path: Path) -> None:
    """Neither from another's head, nor from tiles that do not give its own."""
    folder = log_of(tmp_path / "log", 300)
    with pytest.raises(LogError, match="no known key"):
        LogWriter(folder, signer("another.example"))
    tile = folder / tile_path(0, 1, 44)
    tile.write_bytes(bytes(len(tile.read_bytes())))
    with pytest.raises(LogError, match="do not give the root"):
        LogWriter(folder, signer())


def test_what_cannot_be_appended_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry that is too long, or a full disk."""
    folder = log_of(tmp_path / "log", 10)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with LogWriter(folder, signer()) as writer:
        with pytest.raises(LogError, match="too long"):
            writer.append([b"fine", bytes(65_536)])
        with monkeypatch.context() as patched:
            patched.setattr("licet.placing.os.fsync", full)
            with pytest.raises(OSError, match="No space"):
                writer.append([b"lost"])
        assert writer.append([bytes(65_535)]) == range(10, 11)
    log = Log(folder, KNOWN)
    log.verify()
    assert len(log) == 11
    assert log[10] == bytes(65_535)


def test_a_log_is_begun_once(tmp_path: Path) -> None:
    """And one that was not begun is told as such."""
    with pytest.raises(LogError, match="there is no log"):
        Log(tmp_path, KNOWN)
    create_log(tmp_path / "log", ORIGIN, signer())
    log = Log(tmp_path / "log", KNOWN)
    log.verify()
    assert (len(log), list(log)) == (0, [])
    with pytest.raises(LogError, match="already"):
        create_log(tmp_path / "log", ORIGIN, signer())


def test_a_tile_beyond_the_log_is_not_looked_for(tmp_path: Path) -> None:
    """Whatever lies on the disk there."""
    with pytest.raises(LogError, match="no tile 1"):
        Tiles(log_of(tmp_path / "log", 10), 10).node(0, 300)


def test_a_bundle_that_ends_inside_an_entry_is_refused() -> None:
    """Whatever it says of its lengths."""
    assert unpack_entries(b"\0\2ab\0\0") == [b"ab", b""]
    for cut in (b"\0", b"\0\3ab", b"\xff\xff"):
        with pytest.raises(LogError):
            unpack_entries(cut)


def test_a_writer_killed_a_hundred_times_loses_nothing(tmp_path: Path) -> None:
    """Kill -9 whenever it falls: what was acknowledged is there, and each head ever signed is one of its beginnings."""
    done = subprocess.run(
        [sys.executable, killed_log.__file__, str(tmp_path / "log"), str(DEATHS), "7"],
        env={**os.environ, "PYTHONPATH": str(Path(killing.__file__).parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = re.fullmatch(r"100 deaths, (\d+) appends, \d+ entries\n", done.stdout)
    assert said
    assert int(said[1]) >= DEATHS // 5
