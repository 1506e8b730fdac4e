"""From a clearance to a receipt that somebody else checks, in an empty folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from house import TERMS, record
from licet import cli
from licet.errors import LicetError, LogError, ManifestError, UsageError
from licet.workspace import Workspace

BY_HAND = Path(__file__).resolve().parents[2] / "docs" / "verify_by_hand.py"


def run(*arguments: str, code: int = 0) -> str:
    """Run a command here, and return what it prints."""
    done = CliRunner().invoke(cli.licet, list(arguments), catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done.output


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder, at noon of 22 November 2026."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795348800")
    return folder


def begin(folder: Path) -> None:
    """Make a workspace with a log where we stand, and clear a list in it: three recordings and a stranger."""
    with Workspace.init(folder) as room:
        record(room, TERMS)
    (folder / "corpus.csv").write_text("id\njamendo:1\njamendo:2\njamendo:3\njamendo:9\n")
    run("log", "init", "log.example/one")
    assert "sealed: entry 0 of log.example/one" in clear()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace of the test's own, in which a list was cleared."""
    begin(stand_in(tmp_path, monkeypatch))
    return tmp_path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which a list was cleared, made once: nobody changes it."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        begin(stand_in(folder, patch))
    return folder


@pytest.fixture
def there(made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in the workspace that nobody changes."""
    return stand_in(made, monkeypatch)


def clear(*more: str) -> str:
    """Clear the list."""
    return run("clear", "corpus.csv", "--use", "index", "--purpose", "commercial", "--in", "EU", *more, code=1)


def handed_over(folder: Path) -> Path:
    """Put a receipt, a proof and the public key of the workspace that we stand in into a folder."""
    (folder / "receipt.json").write_text(run("receipt", "jamendo:1"))
    (folder / "proof.json").write_text(run("prove", "jamendo:77"))
    shutil.copy(Path("keys", "log.key.pub"), folder / "log.pub")
    return folder


@pytest.fixture
def empty(there: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds a receipt and the public key, and nothing else."""
    return handed_over(tmp_path_factory.mktemp("empty"))


@pytest.fixture
def taken(here: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Such a folder, taken from the test's own workspace."""
    return handed_over(tmp_path_factory.mktemp("taken"))


def elsewhere(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder, with no workspace in sight."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, check=False)


def test_a_receipt_checks_in_an_empty_folder(empty: Path) -> None:
    """With the public key alone, in another process."""
    licet = str(Path(sys.executable).with_name("licet"))
    done = elsewhere(empty, licet, "verify", "receipt.json", "--known", "log.pub")
    assert done.returncode == 0, done.stderr
    for words in ("receipt.json checks", "jamendo:1", "permitted", "entry 0 of log.example/one", "house 2026"):
        assert words in done.stdout
    told = json.loads(run("verify", str(empty / "receipt.json"), "--known", str(empty / "log.pub"), "--json"))
    assert (told["item"], told["verdict"], told["signed_by"]) == ("jamendo:1", "permitted", ["log.example/one"])
    assert "it is not in the manifest" in elsewhere(empty, licet, "verify", "proof.json", "--known", "log.pub").stdout


def test_a_receipt_checks_by_hand(empty: Path) -> None:
    """With Python's own library and openssl: without Licet, and what was altered does not."""
    done = elsewhere(empty, sys.executable, "-I", "-S", str(BY_HAND), "receipt.json", "log.pub")
    assert (done.returncode, done.stdout) == (0, "jamendo:1: permitted\n"), done.stderr
    receipt = json.loads((empty / "receipt.json").read_bytes())
    for field, value in (
        ("entry", receipt["entry"].replace("EU", "US")),
        ("item", receipt["item"] | {"path": receipt["item"]["path"][:-1]}),
        ("log", receipt["log"] | {"checkpoint": receipt["log"]["checkpoint"].replace("\n1\n", "\n2\n")}),
        ("envelope", receipt["envelope"] | {"payload": receipt["envelope"]["payload"].replace("e", "f", 1)}),
        ("envelope", receipt["envelope"] | {"payloadType": "another"}),
    ):
        (empty / "altered.json").write_text(json.dumps(receipt | {field: value}))
        assert elsewhere(empty, sys.executable, "-I", "-S", str(BY_HAND), "altered.json", "log.pub").returncode


def test_what_was_altered_is_refused_by_name(empty: Path) -> None:
    """As an error, and exit code 2."""
    receipt = json.loads((empty / "receipt.json").read_bytes())
    receipt["parts"]["predicate.verdict"] = "0" * 64
    (empty / "altered.json").write_text(json.dumps(receipt))
    with pytest.raises(LogError, match=r"envelope\.payload\.predicate\.verdict"):
        run("verify", str(empty / "altered.json"), "--known", str(empty / "log.pub"))


def test_a_head_that_somebody_else_has_must_agree(here: Path, taken: Path) -> None:
    """The same one; a later one, with the proof of growth; and no other."""
    receipt, known = str(taken / "receipt.json"), str(taken / "log.pub")
    shutil.copy("log/checkpoint", "then")
    assert "agrees" in run("verify", receipt, "--known", known, "--checkpoint", "then")
    (here / "more").write_text("more")
    run("log", "append", "more")
    growth = here / "growth.json"
    growth.write_text(run("log", "prove", "--growth", "1"))
    later = ("verify", receipt, "--known", known, "--checkpoint", "log/checkpoint")
    assert "agrees" in run(*later, "--growth", str(growth))
    (here / "new.json").write_text(run("receipt", "jamendo:1"))
    assert "agrees" in run("verify", "new.json", "--known", known, "--checkpoint", "then", "--growth", str(growth))
    for arguments, says in (
        (later, "it has 2 entries, and the receipt's head 1"),
        ((*later, "--growth", run_to(here, "log", "prove", "0")), "and the receipt's head 1"),
        ((*later, "--growth", run_to(here, "log", "prove", "--growth", "2")), "the smaller of the two"),
    ):
        with pytest.raises(LogError, match=says):
            run(*arguments)
    (here / "third").write_text("third")
    run("log", "append", "third")
    with pytest.raises(LogError, match="the larger of the two"):
        run(*later, "--growth", str(growth))
    run("log", "init", "log.example/one", "--log", "fork", "--key", "keys/log.key")
    run("log", "append", "more", "--log", "fork")
    with pytest.raises(LogError, match="forked"):
        run("verify", receipt, "--known", known, "--checkpoint", "fork/checkpoint")
    run("log", "init", "log.example/two", "--log", "two", "--key", "keys/log.key")
    with pytest.raises(LogError, match=r"it is of log\.example/two"):
        run("verify", receipt, "--known", known, "--checkpoint", "two/checkpoint")


def run_to(folder: Path, *arguments: str) -> str:
    """Run a command, and return the path of what it printed."""
    path = folder / "-".join(arguments)
    path.write_text(run(*arguments))
    return str(path)


def test_several_sign_and_keys_change(here: Path, taken: Path) -> None:
    """By the commands: make, show, rotate, revoke."""
    made = json.loads(run("key", "make", "keys/legal.key", "legal.example/one", "--json"))
    assert made["public_key"].startswith("legal.example/one+")
    assert "legal.example/two" in run("key", "make", "keys/two.key", "legal.example/two")
    (here / "both.json").write_text(run("receipt", "jamendo:1", "--also", "keys/legal.key"))
    both = (
        "verify",
        "both.json",
        "--known",
        str(taken / "log.pub"),
        "--known",
        "keys/legal.key.pub",
        "--at-least",
        "2",
    )
    assert "log.example/one, legal.example/one" in run(*both)
    old = (taken / "log.pub").read_text().strip()
    new = json.loads(run("key", "rotate", "--json"))["public_key"]
    assert old not in run("key", "rotate")
    assert run("key", "show").count("succeeds") == 2
    assert "revoked" in run("key", "revoke", str(taken / "log.pub"), "--why", "stolen")
    told = json.loads(run("key", "show", "--json"))
    assert [one["act"] for one in told["said"]] == ["succeeds", "succeeds", "revoked"]
    assert new in told["said"][0]["key"]
    (here / "legal.pub").write_text((here / "keys" / "legal.key.pub").read_text())
    assert json.loads(run("key", "revoke", "legal.pub", "--json"))["revoked"]
    for file in (here / "keys").iterdir():
        private = file.suffix not in {".pub", ".jsonl"}
        assert (file.stat().st_mode & 0o077 == 0) is private
        assert "PRIVATE" not in run("key", "show")


def test_sealing_by_hand_and_not_at_all(here: Path) -> None:
    """`--no-seal` seals nothing; `licet seal` does then, once."""
    assert "sealed" not in clear("--no-seal", "--accept", "share-alike", "--out", "other")
    with pytest.raises(ManifestError, match="not sealed"):
        run("receipt", "jamendo:1", "--manifest", "other")
    assert json.loads(run("seal", "other", "--json"))["place"] == 1
    assert "entry 1" in run("seal", "other")
    assert "sealed" in run("clear", "corpus.csv", "--use", "index", "--purpose", "research", "--in", "EU", code=1)


def test_what_changed_is_reopened(here: Path) -> None:
    """Told in words and in JSON; the exit code says whether anything was superseded."""
    assert "Nothing" in run("reopen")
    with Workspace.open(here) as room:
        record(room, TERMS | {1: "CC-BY-NC-4.0"}, hour=1)
    output = run("reopen", code=1)
    for words in (
        "sources say something else of 1 recording",
        "1 receipts looked at, 1 superseded",
        "permitted → refused",
    ):
        assert words in output
    with Workspace.open(here) as room:
        record(room, TERMS, hour=2)
    told: dict[str, Any] = json.loads(run("reopen", "--json", "--feeds", "news", code=1))
    (manifest,) = told["manifests"]
    assert [(line["item"], line["after"]) for line in manifest["lines"]] == [("jamendo:1", "permitted")]
    assert sorted(path.name for path in (here / "news").iterdir()) == ["reopened.atom", "reopened.json"]
    with Workspace.open(here) as room:
        record(room, dict.fromkeys(TERMS, "CC-BY-ND-4.0"), hour=3)
    assert run("reopen", "--on", "2026-11-23", code=1).count("→") >= 2


def test_many_reopened_are_not_all_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first twenty, and how many more."""
    monkeypatch.chdir(tmp_path)
    terms = dict.fromkeys(range(1, 31), "CC-BY-4.0")
    with Workspace.init(tmp_path) as room:
        record(room, terms)
        (tmp_path / "corpus.csv").write_text("id\n" + "".join(f"jamendo:{key}\n" for key in terms))
        run("log", "init", "log.example/one")
        run("clear", "corpus.csv", "--use", "index", "--purpose", "commercial", "--in", "EU")
        record(room, dict.fromkeys(terms, "CC-BY-NC-4.0"), hour=1)
    assert "and 10 more" in run("reopen", code=1)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["verify", "corpus.csv", "--known", "keys/log.key.pub"], LogError),
        (["verify", "corpus.csv", "--known", "nothing"], LogError),
        (["receipt", "jamendo:77"], UsageError),
        (["seal", "nowhere"], ManifestError),
        (["key", "revoke", "keys/log.key.pub"], UsageError),
        (["key", "make", "keys/log.key", "log.example/one"], LogError),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else "",
)
def test_what_makes_no_sense_is_said(arguments: list[str], error: type[LicetError], there: Path) -> None:
    """And how to mend it."""
    with pytest.raises(error):
        run(*arguments)
