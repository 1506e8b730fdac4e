"""`licet log`: from an empty folder to a proof that somebody else checks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from licet import cli
from licet.errors import LicetError, LogError, UsageError
from licet.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: str) -> str:
    """Run a command here, and return what it prints."""
    done = CliRunner().invoke(cli.licet, ["log", *arguments], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Begin a log, and append three entries."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert "an empty log" in run("init", "example.org/log")
    for number in range(3):
        (tmp_path / f"{number}.json").write_text(f'{{"number": {number}}}')
    assert "0.json" in run("append", "0.json")
    assert json.loads(run("append", "1.json", "2.json", "--json"))["places"] == {"1.json": 1, "2.json": 2}
    return tmp_path


def test_a_log_is_shown_and_checked(place: Path) -> None:
    """In words and in JSON."""
    assert "3 entries" in run("show")
    told = json.loads(run("show", "--json"))
    assert (told["format"], told["size"], told["signed_by"]) == (
        "licet-log-show/1",
        3,
        [{"name": "example.org/log", "at_s": None}],
    )
    assert "checks; signed by example.org/log" in run("verify")
    tile = place / "log" / "tile" / "0" / "000.p" / "3"
    tile.write_bytes(bytes(96))
    with pytest.raises(LogError, match="hash 0 of tile/0"):
        run("verify")


def test_a_proof_is_checked_in_an_empty_folder(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the public key and nothing else."""
    elsewhere = place / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "proof.json").write_text(run("prove", "1"))
    (elsewhere / "log.pub").write_bytes((place / "keys" / "log.key.pub").read_bytes())
    (elsewhere / "entry").write_bytes((place / "1.json").read_bytes())
    monkeypatch.chdir(elsewhere)
    told = run("verify", "--proof", "proof.json", "--entry", "entry", "--known", "log.pub", "--json")
    assert json.loads(told)["signed_by"] == ["example.org/log"]
    (elsewhere / "entry").write_bytes(b"another")
    with pytest.raises(LogError, match="leaf"):
        run("verify", "--proof", "proof.json", "--entry", "entry", "--known", "log.pub")


def test_a_witness_signs_what_only_grew(place: Path) -> None:
    """The first head at once, the next with a proof, and no fork."""
    first = (place / "log" / "checkpoint").read_bytes()
    named = ("--of", "keys/log.key.pub", "--key", "keys/witness.key")
    signed = run("witness", "log/checkpoint", "--as", "witness.example/w", *named)
    assert signed.startswith(first.decode())
    (place / "log" / "checkpoint").write_text(signed)
    both = json.loads(run("show", "--json", "--known", "keys/log.key.pub", "--known", "keys/witness.key.pub"))
    assert [one["at_s"] for one in both["signed_by"]] == [None, 1_700_000_000]
    run("append", "0.json")
    (place / "growth.json").write_text(run("prove", "3", "--growth"))
    assert "checks" in run("verify", "--proof", "growth.json")
    with pytest.raises(LogError, match="not proved to begin"):
        run("witness", "log/checkpoint", *named)
    run("witness", "log/checkpoint", "--proof", "growth.json", *named)
    (place / "old").write_bytes(first)
    with pytest.raises(LogError, match="had 4 entries, and now says 3"):
        run("witness", "old", *named)
    with pytest.raises(LogError, match="no witness"):
        run("witness", "log/checkpoint", "--of", "keys/log.key.pub")
    (place / "entry.json").write_text(run("prove", "0"))
    with pytest.raises(UsageError, match="and not growth"):
        run("witness", "log/checkpoint", "--proof", "entry.json", *named)


def test_a_log_lies_in_the_workspace_where_there_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From any folder below it; a key that is there is used."""
    Workspace.init(tmp_path / "house").close()
    (tmp_path / "house" / "below").mkdir()
    monkeypatch.chdir(tmp_path / "house" / "below")
    told = json.loads(run("init", "example.org/log", "--json"))
    assert (tmp_path / "house" / "log" / "checkpoint").exists()
    again = json.loads(run("init", "example.org/two", "--log", "two", "--json"))
    assert again["public_key"] == told["public_key"]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["init", "example.org/log"], id="begun twice"),
        pytest.param(["append", "nothing.json"], id="no such file"),
        pytest.param(["prove", "3"], id="no such entry"),
        pytest.param(["prove", "4", "--growth"], id="no such size"),
        pytest.param(["verify", "--known", "0.json"], id="no key"),
        pytest.param(["verify", "--proof", "0.json"], id="no proof"),
    ],
)
def test_what_makes_no_sense_is_an_error(place: Path, arguments: list[str]) -> None:
    """By name, and the log is as it was."""
    with pytest.raises((LicetError, OSError)):
        run(*arguments)
    assert "3 entries" in run("show")
