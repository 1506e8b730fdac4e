from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest

from imagined import imagined
from licet.errors import IndexDamagedError, UsageError
from licet.identify import Fingerprint, FingerprintIndex, IndexWriter, Registered, listing
from playing import PIECES, SECONDS, clip, heard, music

if TYPE_CHECKING:
    from pathlib import Path

    from licet.identify.listing import Listing


def test_limit_and_least_are_kept(registered: Path) -> None:
    """No more matches come than were asked for, none less likely, and the most probable first."""
    index = FingerprintIndex.open(registered)
    query = heard(np.r_[clip(3, 5.0, 10.0), clip(4, 5.0, 10.0), clip(5, 5.0, 10.0)])
    assert index.search(query, limit=0) == ()
    every = index.search(query)
    assert len(every) == 3
    assert [match.probability for match in every] == sorted((m.probability for m in every), reverse=True)
    assert index.search(query, limit=2) == every[:2]
    middle = every[1].probability
    assert index.search(query, least=middle) == tuple(match for match in every if match.probability >= middle)
    assert index.search(query, least=1.1) == ()


def test_an_index_knows_its_recordings(registered: Path) -> None:
    """The recordings come in the order in which they were registered, with their paths and peaks."""
    index = FingerprintIndex.open(registered)
    assert [known.recording for known in index.recordings()] == [f"piece-{piece}" for piece in PIECES]
    assert next(index.recordings()) == Registered("piece-0", "/music/0.wav", SECONDS)
    assert index.path_of("piece-7") == "/music/7.wav"
    assert index.fingerprint_of("piece-7").duration_s == index.duration_of("piece-7") == SECONDS
    assert index.duration_of("piece-8") is None
    assert len(index) == 8
    assert "piece-7" in index
    assert "piece-8" not in index
    assert 7 not in index
    index.verify()


@pytest.mark.parametrize("asked", ["path_of", "fingerprint_of"])
def test_what_is_not_registered_is_an_error_of_ours(registered: Path, asked: str) -> None:
    """It is named."""
    with pytest.raises(UsageError, match="piece-8"):
        getattr(FingerprintIndex.open(registered), asked)("piece-8")


@pytest.mark.parametrize("name", ["", "never-made"])
def test_a_folder_without_an_index_is_an_empty_index(tmp_path: Path, name: str) -> None:
    """Nothing registered means nothing found, and a state of its own."""
    index = FingerprintIndex.open(tmp_path / name)
    assert (len(index), list(index.recordings()), index.search(heard(music(1, 5.0)))) == (0, [], ())
    assert len(index.state) == 64


def test_the_state_names_the_content(tmp_path: Path) -> None:
    """Equal additions give equal bytes and an equal state; another addition gives another."""
    states = []
    for name, pieces in (("a", (1, 2)), ("b", (1, 2)), ("c", (1, 3)), ("d", (1,))):
        with IndexWriter(tmp_path / name) as writer:
            for piece in pieces:
                writer.add(str(piece), "", imagined(piece))
        states.append(FingerprintIndex.open(tmp_path / name).state)
    assert states[0] == states[1]
    assert len(set(states)) == 3
    assert (tmp_path / "a/segment-1.lfp").read_bytes() == (tmp_path / "b/segment-1.lfp").read_bytes()


def test_a_withdrawal_changes_the_state(tmp_path: Path) -> None:
    """What is no longer found makes another index, and it is not listed either."""
    with IndexWriter(tmp_path) as writer:
        for name in "ab":
            writer.add(name, "", imagined(1))
    before = FingerprintIndex.open(tmp_path)
    with IndexWriter(tmp_path) as writer:
        writer.withdraw("a")
    after = FingerprintIndex.open(tmp_path)
    assert after.state != before.state
    assert [known.recording for known in after.recordings()] == ["b"]
    assert (len(after), "a" in after, "b" in after) == (1, False, True)


def test_a_known_recording_is_not_added_again(tmp_path: Path) -> None:
    """Adding what is there, committed or waiting, changes nothing and says so."""
    with IndexWriter(tmp_path) as writer:
        assert writer.add("a", "first", imagined(1))
        assert not writer.add("a", "second", imagined(1))
        assert "a" in writer
    state = FingerprintIndex.open(tmp_path).state
    with IndexWriter(tmp_path) as writer:
        assert not writer.add("a", "third", imagined(1))
    index = FingerprintIndex.open(tmp_path)
    assert (index.state, index.path_of("a")) == (state, "first")


def test_fingerprints_of_another_kind_are_refused(registered: Path, tmp_path: Path) -> None:
    """A fingerprint made with other parameters is neither added nor looked up."""
    foreign = Fingerprint(np.zeros(0, np.float32), np.zeros(0, np.float32), 1.0, parameters="other-peaks-7")
    with IndexWriter(tmp_path) as writer, pytest.raises(UsageError, match="other-peaks-7"):
        writer.add("a", "", foreign)
    with pytest.raises(UsageError, match="other-peaks-7"):
        FingerprintIndex.open(registered).search(foreign)


def test_an_index_merged_under_a_reader_s_feet_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where what the list named a moment ago is gone, and the list is another by now, it is read again."""
    for name in "ab":
        with IndexWriter(tmp_path) as writer:
            writer.add(name, "", imagined(1))
    stale, read = listing.read(tmp_path), listing.read
    reader = FingerprintIndex.open(tmp_path)
    with IndexWriter(tmp_path) as writer:
        writer.merge(all=True)
    answers = iter([stale])

    def read_before_the_merge(folder: Path) -> Listing:
        return next(answers, None) or read(folder)

    monkeypatch.setattr(listing, "read", read_before_the_merge)
    assert len(FingerprintIndex.open(tmp_path)) == 2
    assert len(reader.fingerprint_of("a")) > 0  # what is open stays whole, whatever becomes of its name


def test_an_index_that_never_rests_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After some attempts the reader gives up and says why; what is only damaged is told at once."""
    with IndexWriter(tmp_path) as writer:
        writer.add("a", "", imagined(1))
    listed = listing.read(tmp_path)
    (tmp_path / listed.segments[0].name).unlink()
    with pytest.raises(IndexDamagedError, match=listed.segments[0].name):
        FingerprintIndex.open(tmp_path)
    lists = iter([listed, listing.read(tmp_path / "nowhere")] * 10)
    monkeypatch.setattr(listing, "read", lambda _: next(lists))
    with pytest.raises(IndexDamagedError, match="changes faster"):
        FingerprintIndex.open(tmp_path)


def _found_elsewhere(folder: Path) -> str:
    return FingerprintIndex.open(folder).search(heard(clip(5, 4.0, 8.0)))[0].recording


def test_workers_open_the_index_themselves(registered: Path) -> None:
    """Each process maps the same folder."""
    with ProcessPoolExecutor(2) as pool:
        assert set(pool.map(_found_elsewhere, [registered] * 2)) == {"piece-5"}
