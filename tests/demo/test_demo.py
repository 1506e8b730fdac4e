"""The demo's music is music, its corpus is what it says, and Licet tells every copy in it for what it is."""

from __future__ import annotations

import itertools
import os
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest

from licet.catalog import read_tags, unescape_path
from licet.corpus import read_lines
from licet.demo import DemoCorpus, write_demo
from licet.demo.altering import stretched, under_noise
from licet.demo.catalogue import MASTERS
from licet.demo.harmony import intervals
from licet.demo.music import PIECES
from licet.demo.render import render
from licet.demo.score import melody, pitch, repeat, swell
from licet.demo.tones import RATE
from licet.errors import UsageError
from licet.identify import listen
from licet.policy import Act, Purpose, Use
from licet.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from licet.corpus import Line
    from licet.demo.tones import Samples

NO_SOUND = ("unknown", "broken", "silence", "one sample")


@pytest.fixture(scope="module")
def played() -> dict[str, Samples]:
    """Every piece, played once: it takes longer than whatever is asked of it."""
    sounds = {key: render(piece) for key, piece in PIECES.items()}
    for sound in sounds.values():
        sound.setflags(write=False)
    return sounds


@pytest.fixture(scope="module")
def demo(played: dict[str, Samples], tmp_path_factory: pytest.TempPathFactory) -> DemoCorpus:
    """The whole demonstration, written once, of what was played."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("licet.demo.render.render", lambda piece: played[piece.key])
        return write_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def cleared(demo: DemoCorpus) -> dict[str, Line]:
    """What Licet makes of its corpus."""
    with Workspace.init(demo.folder / "w") as workspace:
        then = datetime(2026, 11, 1, tzinfo=UTC)
        workspace.add("table", demo.licences, captured_at=then, audio=demo.catalogue)
        use = Use(Act.TRAIN_GENERATIVE, Purpose.RESEARCH, frozenset({"EU"}), date(2026, 11, 22))
        workspace.clear(demo.corpus, use, out=demo.folder / "out", report=False)
    return {line.item: line for line in read_lines(demo.folder / "out")}


def chroma(played: Samples) -> np.ndarray:
    """Return how much of each pitch class sounds in each second of a piece [shape=(12 * seconds,)]."""
    sound = played.mean(axis=1)
    seconds = sound[: len(sound) // RATE * RATE].reshape(-1, RATE)[:28]
    spectrum = np.abs(np.fft.rfft(seconds * np.hanning(RATE), axis=1))[:, 60:2000]
    classes = np.round(12 * np.log2(np.arange(60, 2000) / 440)).astype(int) % 12
    folded = np.stack([spectrum[:, classes == one].sum(axis=1) for one in range(12)], axis=1)
    return (folded / np.linalg.norm(folded, axis=1, keepdims=True)).ravel()


@pytest.mark.parametrize("key", list(PIECES))
def test_every_piece_sounds_and_does_not_clip(played: dict[str, Samples], key: str) -> None:
    """Between half a minute and three quarters of one, at one loudness."""
    sound = played[key]
    assert 28 <= len(sound) / RATE <= 50
    assert np.abs(sound).max() < 0.95
    assert 0.05 < np.sqrt(np.mean(np.square(sound))) < 0.3
    quiet = np.abs(sound[: len(sound) // RATE * RATE].reshape(-1, RATE * 2)).max(axis=1) < 0.002
    assert quiet.mean() < 0.2


def test_a_piece_is_the_same_each_time(played: dict[str, Samples]) -> None:
    """To the last sample; the performers' liberties are seeded."""
    assert np.array_equal(played["waltz"], render(PIECES["waltz"]))
    assert not np.array_equal(played["waltz"], render(PIECES["waltz"], seed=2))


def test_no_two_pieces_are_alike(played: dict[str, Samples]) -> None:
    """They differ in what sounds when."""
    heard = {key: chroma(sound) for key, sound in played.items()}
    for one, other in itertools.combinations(heard, 2):
        length = min(len(heard[one]), len(heard[other]))
        assert np.corrcoef(heard[one][:length], heard[other][:length])[0, 1] < 0.9, (one, other)


def test_every_file_of_the_corpus_is_expected_and_there(demo: DemoCorpus) -> None:
    """And nothing else is."""
    found = {
        os.fsencode(path.relative_to(demo.corpus))
        for path in demo.corpus.rglob("*")
        if path.is_symlink() or not path.is_dir()
    }
    assert found == {unescape_path(name) for name in demo.expected}


def test_masters_carry_their_makers_tags(demo: DemoCorpus) -> None:
    """Title, artist, and the licence in words."""
    for master in MASTERS:
        tags = read_tags(demo.catalogue / master.path)
        assert (tags.title, tags.artist) == (master.title, master.artist)


def test_the_demo_says_that_its_licences_are_made_up(demo: DemoCorpus) -> None:
    """And that the music is CC0."""
    assert "make-believe" in (demo.catalogue / "README.txt").read_text()
    assert "CC0" in (demo.folder / "LICENSE-MUSIC.txt").read_text()


def test_every_copy_is_told_for_the_piece_that_it_is(demo: DemoCorpus, cleared: dict[str, Line]) -> None:
    """Re-encoded, cut, bent, drowned, mislabelled, misnamed or cut short."""
    keys = {master.piece: f"local:licences/{master.path}" for master in MASTERS}
    wrong = {
        name: (expected, cleared[name].recordings)
        for name, expected in demo.expected.items()
        if expected.piece in keys and cleared[name].recordings != (keys[expected.piece],)
    }
    assert wrong == {}


def test_what_is_not_in_the_catalogue_is_not_told(demo: DemoCorpus, cleared: dict[str, Line]) -> None:
    """A stranger stays one, and silence is nobody's."""
    keys = {master.piece for master in MASTERS}
    strangers = [name for name, expected in demo.expected.items() if expected.piece not in keys]
    assert strangers
    assert [name for name in strangers if cleared[name].recordings] == []


def test_every_laundered_copy_is_refused_with_both_statements(demo: DemoCorpus, cleared: dict[str, Line]) -> None:
    """Nothing mislabelled passes."""
    laundered = [name for name, expected in demo.expected.items() if expected.what.startswith("laundered")]
    assert len(laundered) >= 3
    for name in laundered:
        assert cleared[name].verdict == "refused"
        assert {one.voice for one in cleared[name].statements} == {"corpus", "catalogue"}
        assert "disagreement" in {reason.rule for reason in cleared[name].reasons}


def test_broken_files_are_lines_that_say_so(demo: DemoCorpus, cleared: dict[str, Line]) -> None:
    """And each other file has its verdict."""
    assert set(cleared) == set(demo.expected)
    codes = {line.error.code for line in cleared.values() if line.error}
    assert {"empty", "not-audio", "not-a-file", "unreadable"} <= codes


def test_a_stretched_copy_keeps_its_pitch_and_changes_its_length() -> None:
    """Tempo alone."""
    tone = np.sin(2 * np.pi * 440 * np.arange(RATE * 3) / RATE).astype(np.float32)
    longer = stretched(np.stack((tone, tone), axis=1), 0.95)[:, 0]
    assert len(longer) / len(tone) == pytest.approx(1 / 0.95, rel=0.02)
    spectrum = np.abs(np.fft.rfft(longer[: RATE * 2] * np.hanning(RATE * 2)))
    assert spectrum.argmax() / 2 == pytest.approx(440, abs=2)


def test_noise_is_as_loud_as_asked() -> None:
    """Five decibels below the music."""
    tone = np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE).astype(np.float32)
    music = np.stack((tone, tone), axis=1) / 4
    noisy = under_noise(music, 5, seed=1)
    gain = float(np.sum(noisy * music) / np.sum(music * music))
    ratio_db = 10 * np.log10(np.mean(np.square(gain * music)) / np.mean(np.square(noisy - gain * music)))
    assert ratio_db == pytest.approx(5, abs=0.3)


def test_a_master_can_be_listened_to(demo: DemoCorpus) -> None:
    """As any file."""
    heard = listen(demo.catalogue / MASTERS[0].path)
    assert heard.audio.channels == 2
    assert len(heard.fingerprint) > 100


def test_a_score_is_read_as_it_is_written() -> None:
    """Pitches, beats, chords, rests, loudness, stress."""
    notes = melody("p C4:1 E4+G4 | r f A4:1/2' B4!")
    assert [(note.pitch, note.start) for note in notes] == [(60, 0), (64, 1), (67, 1), (69, 3), (71, 3.5)]
    assert notes[0].loud < notes[3].loud < notes[4].loud
    assert len(repeat(notes, 3, every=4)) == 15
    assert swell(notes, 1, 0.5)[-1].loud < notes[-1].loud


@pytest.mark.parametrize(
    ("read", "text"), [(pitch, "H4"), (melody, "C4 what"), (intervals, "Cmaj99")], ids=["pitch", "note", "chord"]
)
def test_a_wrong_note_is_an_error_that_shows_a_right_one(read: object, text: str) -> None:
    """For whoever writes the next piece."""
    assert callable(read)
    with pytest.raises(UsageError, match="is not a"):
        read(text)


def test_progress_is_told_for_each_piece_and_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a person sees it grow."""
    from licet.demo import copies, music

    monkeypatch.setattr(music, "PIECES", {key: PIECES[key] for key in ("waltz", "chorale")})
    monkeypatch.setattr(copies, "COPIES", tuple(copy for copy in copies.COPIES if copy.piece == "waltz")[:2])
    told: list[str] = []
    write_demo(tmp_path, told.append)
    assert told.count("pieces") == 2
    assert told.count("copies") > 2
