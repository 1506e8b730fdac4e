"""`licet register` and `licet conflicts`: from a folder of music to a table that a label manager reads."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from corpora import RATE_HZ, piece
from house import TERMS, record
from licet import cli
from licet.cli import conflicts as command
from licet.cli import contested
from licet.errors import UsageError
from licet.workspace import Workspace
from playing import encode, write_wav

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with three recordings on record, two parties, and a folder of music of each."""
    monkeypatch.chdir(tmp_path)
    at_hour(monkeypatch, 0)
    with Workspace.init(tmp_path) as room:
        record(room, TERMS)
    for party in ("ann", "bob"):
        run("party", "add", party, party.title())
        (tmp_path / party).mkdir()
    write_wav(tmp_path / "ann" / "song.wav", piece(1), RATE_HZ)
    (tmp_path / "ann" / "notes.wav").write_text("no audio")
    encode(tmp_path / "bob" / "copy.mp3", piece(1), "libmp3lame", RATE_HZ)
    return tmp_path


def run(*arguments: str, code: int = 0) -> str:
    """Run a command here, and return what it prints, on one line."""
    done = CliRunner().invoke(cli.licet, list(arguments), catch_exceptions=False)
    assert done.exit_code == code, done.output
    return " ".join(done.output.split())


def told(*arguments: str, code: int = 0) -> list[dict[str, Any]]:
    """Run a command here, and return the JSON documents that it prints."""
    done = CliRunner().invoke(cli.licet, [*arguments, "--json"], catch_exceptions=False)
    assert done.exit_code == code, done.output
    return [json.loads(line) for line in done.output.splitlines()]


def at_hour(monkeypatch: pytest.MonkeyPatch, hour: int) -> None:
    """Set the clock to an hour after noon of 22 November 2026."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(1795348800 + 3600 * hour))


def test_two_folders_with_one_song(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is one command; the second is told of the first at once, and so is who watches."""
    run("watch", "ann", "mailto:ann@example.org")
    first = run("register", "ann", "ann", "--workers", "1")
    for words in ("1 registered", "1 unreadable", "notes.wav: ", "4 holdings on record, in 2 recordings"):
        assert words in first
    assert "No claims on record contradict" in run("conflicts", "--workers", "1")
    at_hour(monkeypatch, 1)
    second = run("register", "bob", "bob", "--workers", "1")
    for words in ("one sound, two claims 1", "local:ann/song.wav", "local:bob/copy.mp3", "Told: ann"):
        assert words in second
    table = run("conflicts", "--workers", "1", code=1)
    for words in (
        "recording, composition",
        "Ann",
        "Bob",
        "ann on 2026-11-22 12:00 UTC",
        "bob on 2026-11-22 13:00",
        "fingerprint",
    ):
        assert words in table
    assert here.exists()


def test_conflicts_in_json_of_a_party_or_of_a_recording(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document a conflict, as soon as it is known, and the counts at the end."""
    run("party", "add", "zoe", "Zoe")
    for hour, (party, what) in enumerate([("ann", "ann"), ("bob", "bob"), ("ann", "jamendo:1"), ("zoe", "jamendo:1")]):
        at_hour(monkeypatch, hour)
        run("register", party, what, "--workers", "1")
    much, same, last = told("conflicts", "--workers", "1", code=1)
    assert (much["format"], much["kind"], same["kind"]) == ("licet-conflict/1", "too-much", "same-sound")
    assert (last["format"], last["counts"]) == ("licet-conflicts/1", {"too-much": 1, "same-sound": 1})
    assert [one["recording"] for one in same["sides"]] == ["local:ann/song.wav", "local:bob/copy.mp3"]
    assert same["sides"][1]["stakes"][0]["since"] == "2026-11-22T13:00:00+00:00"
    for arguments, kinds in (
        (("--party", "ann"), ["too-much", "same-sound"]),
        (("--party", "bob"), ["same-sound"]),
        (("--recording", "local:bob/copy.mp3"), ["same-sound"]),
        (("--recording", "jamendo:1", "--party", "zoe"), ["too-much"]),
    ):
        assert [one["kind"] for one in told("conflicts", *arguments, "--workers", "1", code=1)[:-1]] == kinds
    assert told("conflicts", "--recording", "jamendo:1", "--party", "bob") == [
        {"format": "licet-conflicts/1", "licet": last["licet"], "counts": {}, "unfinished": 0}
    ]
    with pytest.raises(UsageError, match="nobody here is called 'yan'"):
        run("conflicts", "--party", "yan")
    assert here.exists()


def test_a_duplicate_is_shown_and_is_no_conflict(here: Path) -> None:
    """Exit code 0."""
    (here / "bob" / "song.wav").write_bytes((here / "ann" / "song.wav").read_bytes())
    assert "duplicate, no conflict 1" in run("register", "bob", "bob", "--workers", "1")
    assert "duplicate, no conflict 1" in run("conflicts", "--workers", "1", code=0)


def test_one_recording_and_a_share_of_one_right(here: Path) -> None:
    """What is missing is said."""
    said = run("register", "ann", "jamendo:2", "--share", "50%", "--right", "work", "--role", "composer")
    for words in ("1 holdings on record, in 1 recordings", "1/2 of the composition is nobody's on record: jamendo:2"):
        assert words in said
    with Workspace.open(here) as room:
        (held,) = room.desk.store.holdings(["jamendo:2"], as_of=datetime.max.replace(tzinfo=UTC))["jamendo:2"]
    assert (held.share, held.role) == (Fraction(1, 2), "composer")
    (here / "all.csv").write_text("recording\njamendo:1\njamendo:3\n")
    both = run("register", "ann", "all.csv", "--right", "recording", "--no-compare")
    for words in ("the composition is nobody's on record: jamendo:1 and 1 more", "Not compared"):
        assert words in both


def test_registering_in_json(here: Path) -> None:
    """With what was put on record, what is missing, and what is contradicted."""
    (one,) = told("register", "ann", "ann", "--share", "1/2", "--workers", "1")
    assert (one["format"], one["party"], one["holdings"], one["recordings"]) == ("licet-register/1", "ann", 4, 2)
    assert one["added"]["sounds"]["registered"] == 1
    assert one["gaps"][1] == {
        "right": "work",
        "says": "1/2 of the composition is nobody's on record",
        "recordings": 2,
        "example": "local:ann/notes.wav",
    }
    (other,) = told("register", "bob", "bob", "--workers", "1")
    assert other["counts"] == {"same-sound": 1}
    assert [side["stakes"][0]["share"] for side in other["conflicts"][0]["sides"]] == ["1/2", "1"]
    assert (other["told"], here.exists()) == ([], True)


def test_a_catalogue_with_its_columns(here: Path) -> None:
    """Named as they are, with the sound in a folder of its own."""
    (here / "list.csv").write_text("Datei,Titel,holder\nsong.wav,Lied,bob\n")
    columns = ("--column", "path=Datei", "--column", "title=Titel", "--name", "quay", "--audio", "ann")
    (here / "plain.csv").write_text("recording\njamendo:1\n")
    with pytest.raises(UsageError, match="a list takes no audio, name or column"):
        run("register", "ann", "plain.csv", "--name", "quay")
    assert "2 holdings on record" in run("register", "ann", "list.csv", *columns, "--workers", "1")
    assert told("party", "show", "bob")[0]["recordings"] == 1


def test_what_is_too_many_to_show_is_counted(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And `--json` has them."""
    monkeypatch.setattr(contested, "SHOWN", 1)
    monkeypatch.setattr(command, "KEPT", 2)
    (here / "all.csv").write_text("recording\njamendo:1\njamendo:2\njamendo:3\n")
    for hour, party in enumerate(("ann", "bob")):
        at_hour(monkeypatch, hour)
        run("register", party, "all.csv")
    assert "and 2 more (licet conflicts --json lists them)" in run("conflicts", "--workers", "1", code=1)
