"""The story in the docs happens as it is told, on either database, and the log bears out every step of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from retelling import Shell, agrees, commands

from corpora import RATE_HZ, SECONDS, launder
from licet.transparency import parse_statement
from licet.workspace import Workspace
from licet.workspace.desk import LOGGED_TYPE
from playing import encode, music, write_wav

if TYPE_CHECKING:
    import pytest

    from licet.transparency import Log

PAGE = Path(__file__).resolve().parents[1] / "docs" / "story.md"
DAWN = 1_795_305_600  # 2026-11-22, midnight UTC
BETWEEN_S = 1200


def setting(folder: Path) -> None:
    """Write what lies there before the story begins: Ann's songs, Quay's list, Freeport's music, the teams' corpus."""
    for name in ("ann", "freeport", "corpus"):
        (folder / name).mkdir()
    for name, seed in (("harbour", 1), ("lantern", 2)):
        write_wav(folder / "ann" / f"{name}.wav", music(seed, SECONDS, rate_hz=RATE_HZ), RATE_HZ)
    for name, seed in (("tide", 3), ("gull", 4)):
        encode(folder / "freeport" / f"{name}.flac", music(seed, SECONDS, rate_hz=RATE_HZ), "flac", RATE_HZ)
    (folder / "quay.csv").write_text(
        "recording,right\nlocal:ann/harbour.wav,recording\nlocal:ann/lantern.wav,recording\n"
    )
    middle = music(1, SECONDS, rate_hz=RATE_HZ)[4 * RATE_HZ : 15 * RATE_HZ]
    launder(encode(folder / "corpus" / "free beat.mp3", middle, "libmp3lame", RATE_HZ))
    encode(folder / "corpus" / "0001.opus", music(2, SECONDS, rate_hz=12_000), "libopus", 12_000)
    encode(folder / "corpus" / "0002.m4a", music(3, SECONDS, rate_hz=RATE_HZ), "aac", RATE_HZ)
    write_wav(folder / "corpus" / "field recording.wav", music(77, 12, rate_hz=RATE_HZ), RATE_HZ)


def entries(log: Log) -> list[bytes]:
    """Return what is in the log, whose every hash is checked first."""
    log.verify()
    return [log[place] for place in range(len(log))]


def logged(folder: Path) -> list[bytes]:
    """Return what is in the log: all that was said, once, and no statement that is not on record."""
    with Workspace.open(folder) as room:
        found = entries(room.receipts.log())
        store = room.desk.store
        if store.any():
            assert store.unlogged() == []
            said = [one for one in found if LOGGED_TYPE.encode() in one]
            assert len(set(said)) == len(said) == store.count()
            for one in said:
                (subject,) = parse_statement(one, of_type=LOGGED_TYPE).subject
                assert store.statement(subject.digest["sha256"]) is not None
        return found


def test_the_story(tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An artist, a label, a platform and two AI teams: every command of the page, in order, prints what it says."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0})  # for four files, processes take longer than the work
    setting(tmp_path)
    shell, before = Shell(), list[bytes]()
    for number, (command, said) in enumerate(commands(PAGE)):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(DAWN + number * BETWEEN_S))
        code, printed = shell.run(f"{command} --database {database}" if command == "licet init" else command)
        assert code in {0, 1}, printed
        assert agrees(said, printed), f"$ {command}\n{printed}"
        if number:
            after = logged(tmp_path)
            assert after[: len(before)] == before, "what was in the log is in it still"
            before = after
    assert len(before) == 21
