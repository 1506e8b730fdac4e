from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest

from licet.errors import UsageError, WorkspaceError
from licet.identify import SURE, Fingerprint, FingerprintIndex, IndexWriter, Match, Registered
from licet.identify.fingerprint import SAMPLE_RATE_HZ
from licet.identify.segments import LONGEST
from playing import heard, music, noisy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from licet.identify.fingerprint import Floats

PIECES = range(8)
SECONDS = 30.0


@pytest.fixture(scope="session")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Register eight pieces of half a minute, in two segments."""
    folder = tmp_path_factory.mktemp("index")
    for pieces in (PIECES[:5], PIECES[5:]):
        with IndexWriter(folder) as writer:
            for piece in pieces:
                writer.add(f"piece-{piece}", f"/music/{piece}.wav", heard(music(piece, SECONDS)))
    return folder


def _search(folder: Path, sound: Floats) -> tuple[Match, ...]:
    return FingerprintIndex.open(folder).search(heard(sound))


def _floats(*values: float) -> Floats:
    return np.array(values, np.float32)


def _clip(piece: int, start_s: float, length_s: float, **changes: float) -> Floats:
    sound = music(piece, SECONDS, **changes)
    return sound[int(start_s * SAMPLE_RATE_HZ) : int((start_s + length_s) * SAMPLE_RATE_HZ)]


@pytest.mark.parametrize("piece", PIECES)
def test_a_clip_is_found_where_it_was_cut(registered: Path, piece: int) -> None:
    """Ten seconds are found in the right recording, to twenty milliseconds, at their own speed."""
    match, *others = _search(registered, _clip(piece, 7.3, 10.0))
    assert match.recording == f"piece-{piece}"
    assert match.path == f"/music/{piece}.wav"
    assert match.probability >= SURE
    assert match.reference_start_s - match.query_start_s == pytest.approx(7.3, abs=0.02)
    assert match.query_start_s < 1.0
    assert match.query_end_s > 9.0
    assert match.unchanged
    assert not others


@pytest.mark.parametrize(
    ("tempo", "pitch"),
    [
        pytest.param(1.02, 1.02, id="speed +2 %"),
        pytest.param(0.98, 0.98, id="speed -2 %"),
        pytest.param(1.035, 1.035, id="speed +3.5 %, between two steps"),
        pytest.param(1.05, 1.0, id="tempo +5 %"),
        pytest.param(0.95, 1.0, id="tempo -5 %"),
        pytest.param(1.10, 1.0, id="tempo +10 %"),
        pytest.param(1.0, 1.05, id="pitch +5 %"),
        pytest.param(1.0, 0.94, id="pitch -6 %"),
    ],
)
@pytest.mark.parametrize("piece", [1, 6])
def test_a_changed_clip_is_found_and_its_change_told(registered: Path, piece: int, tempo: float, pitch: float) -> None:
    """A clip whose speed, tempo or pitch was changed is found; both factors are told to half a per cent."""
    match = _search(registered, _clip(piece, 5.0, 10.0, tempo=tempo, pitch=pitch))[0]
    assert match.recording == f"piece-{piece}"
    assert match.probability >= SURE
    assert match.time_factor == pytest.approx(tempo, rel=0.005)
    assert match.frequency_factor == pytest.approx(pitch, rel=0.005)
    start = 5.0 * tempo + match.query_start_s * tempo
    assert match.reference_start_s == pytest.approx(start, abs=0.03)


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(lambda: _clip(2, 3.0, 5.0), id="five seconds"),
        pytest.param(lambda: noisy(_clip(2, 3.0, 10.0), 0.0), id="as much noise as music"),
        pytest.param(lambda: np.r_[music(91, 20.0), _clip(2, 3.0, 10.0), music(92, 20.0)], id="inside other music"),
        pytest.param(lambda: music(2, SECONDS), id="the whole"),
        pytest.param(lambda: np.tile(music(2, SECONDS), 5), id="five times over"),
    ],
)
def test_a_copy_is_found(registered: Path, sound: Callable[[], Floats]) -> None:
    """Short, noisy, surrounded, whole or repeated: a copy is found, and nothing else is."""
    match, *others = _search(registered, sound())
    assert match.recording == "piece-2"
    assert match.probability >= SURE
    assert all(other.probability < SURE for other in others)


@pytest.mark.parametrize("seed", range(100, 120))
def test_other_music_is_not_found(registered: Path, seed: int) -> None:
    """What was never registered is never identified."""
    assert not any(match.probability >= SURE for match in _search(registered, music(seed, 10.0)))


def test_a_short_recording_is_found_in_a_long_query(tmp_path: Path) -> None:
    """A jingle of five seconds is found inside two minutes of other music."""
    with IndexWriter(tmp_path) as writer:
        writer.add("jingle", "", heard(music(50, 5.0)))
    query = np.r_[music(93, 70.0), music(50, 5.0), music(94, 45.0)]
    match = _search(tmp_path, query)[0]
    assert match.query_start_s == pytest.approx(70.0, abs=0.5)
    assert match.query_end_s == pytest.approx(75.0, abs=0.7)
    assert match.reference_start_s == pytest.approx(match.query_start_s - 70.0, abs=0.02)


def test_two_recordings_that_are_one_are_both_told(tmp_path: Path) -> None:
    """The same music under two names is two matches."""
    with IndexWriter(tmp_path) as writer:
        writer.add("theirs", "", heard(music(60, 20.0)))
        writer.add("ours", "", heard(noisy(music(60, 20.0), 30.0)))
    assert {match.recording for match in _search(tmp_path, music(60, 10.0))} == {"theirs", "ours"}


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(heard(np.zeros(0, np.float32)), id="nothing"),
        pytest.param(heard(np.zeros(SAMPLE_RATE_HZ, np.float32)), id="silence"),
        pytest.param(Fingerprint(_floats(3), _floats(9), 1.0), id="one peak"),
        pytest.param(Fingerprint(_floats(3, 9), _floats(9, 9.1), 1.0), id="two peaks"),
    ],
)
def test_hardly_a_sound_is_no_recording(registered: Path, query: Fingerprint) -> None:
    """Silence and next to nothing match nothing."""
    assert FingerprintIndex.open(registered).search(query) == ()


def test_a_silent_recording_can_be_registered(tmp_path: Path) -> None:
    """Silence is registered like anything else, found by nothing, and harms no other."""
    with IndexWriter(tmp_path) as writer:
        assert writer.add("silence", "", heard(np.zeros(SAMPLE_RATE_HZ * 5, np.float32)))
        writer.add("music", "", heard(music(1, 20.0)))
        assert writer.add("more silence", "", heard(np.zeros(0, np.float32)))
    assert [match.recording for match in _search(tmp_path, music(1, 10.0))] == ["music"]
    assert "silence" in FingerprintIndex.open(tmp_path)


def test_the_commonest_pairs_are_left_out_when_there_are_too_many(
    registered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With room for a tenth of the votes, the rare pairs still find the recording."""
    monkeypatch.setattr("licet.identify.voting.LIMIT", 400)
    assert _search(registered, _clip(4, 5.0, 10.0))[0].recording == "piece-4"


def test_limit_and_least_are_kept(registered: Path) -> None:
    """No more matches come than were asked for, and none less likely."""
    index = FingerprintIndex.open(registered)
    query = heard(_clip(3, 5.0, 10.0))
    assert index.search(query, limit=0) == ()
    every = index.search(query, least=0.0)
    assert len(every) > 1
    assert [match.probability for match in every] == sorted((m.probability for m in every), reverse=True)


def test_an_index_knows_its_recordings(registered: Path) -> None:
    """The recordings come in the order in which they were registered, with their paths."""
    index = FingerprintIndex.open(registered)
    assert [known.recording for known in index.recordings()] == [f"piece-{piece}" for piece in PIECES]
    assert next(index.recordings()) == Registered("piece-0", "/music/0.wav", SECONDS)
    assert index.path_of("piece-7") == "/music/7.wav"
    assert len(index) == 8
    assert "piece-7" in index
    assert "piece-8" not in index
    with pytest.raises(UsageError, match="piece-8"):
        index.path_of("piece-8")
    index.verify()


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
                writer.add(str(piece), "", heard(music(piece, 8.0)))
        states.append(FingerprintIndex.open(tmp_path / name).state)
    assert states[0] == states[1]
    assert len(set(states)) == 3
    assert (tmp_path / "a/segment-1.lfp").read_bytes() == (tmp_path / "b/segment-1.lfp").read_bytes()


def test_a_known_recording_is_not_added_again(tmp_path: Path) -> None:
    """Adding what is there, committed or waiting, changes nothing and says so."""
    piece = heard(music(1, 8.0))
    with IndexWriter(tmp_path) as writer:
        assert writer.add("a", "first", piece)
        assert not writer.add("a", "second", piece)
        assert "a" in writer
    state = FingerprintIndex.open(tmp_path).state
    with IndexWriter(tmp_path) as writer:
        assert not writer.add("a", "third", piece)
    index = FingerprintIndex.open(tmp_path)
    assert (index.state, index.path_of("a")) == (state, "first")


def test_a_full_writer_commits_by_itself(tmp_path: Path) -> None:
    """Enough peaks make a segment, so that memory stays bounded; names and paths of any bytes are kept."""
    with IndexWriter(tmp_path, peaks_waiting=450) as writer:
        for piece in range(4):
            writer.add(f"a\n{piece}", os.fsdecode(b"\xff\n%d" % piece), heard(music(piece, 8.0)))
        assert 0 < len(FingerprintIndex.open(tmp_path)) < 4
    index = FingerprintIndex.open(tmp_path)
    assert len(index) == 4
    assert os.fsencode(index.path_of("a\n3")) == b"\xff\n3"


def test_a_long_line_of_time_is_cut(tmp_path: Path) -> None:
    """Recordings that do not fit on one segment's line of time make two; one that fits on none is refused."""
    days = LONGEST / 16 / 43.066 / 86_400
    with IndexWriter(tmp_path) as writer:
        for name in "ab":
            writer.add(name, "", Fingerprint(np.zeros(0, np.float32), np.zeros(0, np.float32), days * 50_000))
        with pytest.raises(UsageError, match="too long"):
            writer.add("c", "", Fingerprint(np.zeros(0, np.float32), np.zeros(0, np.float32), days * 87_000))
    assert sorted(file.name for file in tmp_path.glob("*.lfp")) == ["segment-1.lfp", "segment-2.lfp"]


def test_fingerprints_of_another_kind_are_refused(registered: Path, tmp_path: Path) -> None:
    """A fingerprint made with other parameters is neither added nor looked up."""
    foreign = Fingerprint(np.zeros(0, np.float32), np.zeros(0, np.float32), 1.0, "other-peaks-7")
    with IndexWriter(tmp_path) as writer, pytest.raises(UsageError, match="other-peaks-7"):
        writer.add("a", "", foreign)
    with pytest.raises(UsageError, match="other-peaks-7"):
        FingerprintIndex.open(registered).search(foreign)


def test_there_is_one_writer_at_a_time(tmp_path: Path) -> None:
    """A second writer is turned away until the first has left."""
    with IndexWriter(tmp_path), pytest.raises(WorkspaceError, match="another process"), IndexWriter(tmp_path):
        pass
    with IndexWriter(tmp_path) as writer:
        assert writer.add("a", "", heard(music(1, 5.0)))


def test_a_folder_that_cannot_be_made_is_an_error_of_ours(tmp_path: Path) -> None:
    """Where a file is in the way, the writer says that it cannot write there."""
    (tmp_path / "file").write_text("")
    with pytest.raises(WorkspaceError, match="cannot be written"), IndexWriter(tmp_path / "file" / "index"):
        pass


def test_what_an_error_interrupts_is_not_committed(tmp_path: Path) -> None:
    """An error inside the block keeps what was committed before and nothing after, and frees the lock."""

    def interrupted() -> None:
        with IndexWriter(tmp_path) as writer:
            writer.add("a", "", heard(music(1, 5.0)))
            writer.commit()
            writer.add("b", "", heard(music(2, 5.0)))
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        interrupted()
    with IndexWriter(tmp_path) as writer:
        assert "a" in writer
        assert "b" not in writer


def test_what_a_killed_writer_left_is_swept_away(tmp_path: Path) -> None:
    """Half-written files and segments that no list names are ignored, and the next writer removes them."""
    with IndexWriter(tmp_path) as writer:
        writer.add("a", "", heard(music(1, 5.0)))
    strays = [tmp_path / name for name in ("segment-2.lfp.tmp", "segment-2.lfp", "segments.json.tmp")]
    for stray in strays:
        stray.write_bytes(b"half of it")
    (tmp_path / "notes.txt").write_text("somebody's own")
    assert len(FingerprintIndex.open(tmp_path)) == 1
    with IndexWriter(tmp_path):
        assert not any(stray.exists() for stray in strays)
    assert (tmp_path / "notes.txt").exists()


WRITER = """
import sys
from pathlib import Path
import numpy as np
from licet.identify import Fingerprint, IndexWriter
peaks = np.arange(40_000, dtype=np.float32)
with IndexWriter(Path(sys.argv[1])) as writer:
    for number in range(10_000):
        if writer.add(f"r{number}", "", Fingerprint(peaks, peaks % 4 + 8, 930.0)):
            writer.commit()
            print(number, flush=True)
"""


def test_a_writer_killed_at_any_moment_loses_nothing_committed(tmp_path: Path) -> None:
    """Kill -9 whenever it falls: the index opens, verifies, and holds all that was committed, and the next goes on."""
    moment = np.random.default_rng(5)
    committed = -1
    for _ in range(8):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            first = int(process.stdout.readline())
            assert first == len(FingerprintIndex.open(tmp_path)) - 1 or first <= committed + 2
            time.sleep(moment.uniform(0.0, 0.12))
            process.kill()
            committed = max([first, *map(int, process.stdout.read().split())])
        index = FingerprintIndex.open(tmp_path)
        index.verify()
        assert len(index) in {committed + 1, committed + 2}  # the last may be on disk and not yet announced


def _found_elsewhere(folder: Path) -> str:
    return _search(folder, _clip(5, 4.0, 8.0))[0].recording


def test_workers_open_the_index_themselves(registered: Path) -> None:
    """Each process maps the same folder."""
    with ProcessPoolExecutor(2) as pool:
        assert set(pool.map(_found_elsewhere, [registered] * 2)) == {"piece-5"}
