"""From a sealed manifest to an attested model at the command line, and what somebody else checks of it."""

from __future__ import annotations

import json
import shutil
import subprocess
from base64 import b64decode
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

from licet import cli
from licet.cli.running import commit_of
from licet.errors import GateError, LicetError, LogError, ManifestError, SourceError, UsageError
from licet.training.lineage import Lineage, Told
from licet.workspace import Workspace, open_gate
from schooling import NOON, SALT, cleared, lab

KNOWN = ("--known", "keys/log.key.pub")


def run(*arguments: str, code: int = 0) -> str:
    """Run a command here, and return what it prints."""
    done = CliRunner().invoke(cli.licet, list(arguments), catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done.output


def told(*arguments: str, code: int = 0) -> dict[str, Any]:
    """Run a command here, and return what it prints as JSON."""
    found: dict[str, Any] = json.loads(run(*arguments, "--json", code=code))
    return found


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a workspace of six sounds, four of which may be used, with a sealed manifest."""
    folder = tmp_path_factory.mktemp("school") / "house"
    with lab(folder, seconds=0.5) as room:
        cleared(room)
    return folder


@pytest.fixture
def here(school: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a copy of it, at noon."""
    shutil.copytree(school, tmp_path / "house")
    monkeypatch.chdir(tmp_path / "house")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOON.timestamp())))
    return tmp_path / "house"


def start(*more: str, name: str = "first") -> str:
    """Start a run over the latest manifest."""
    return run("run", "start", "--name", name, "--model", "tagger", "--audio", "music", *more)


def train(name: str = "first", epochs: int = 1, *, asks_for: str = "") -> None:
    """Read in each epoch all that passes, and perhaps something besides."""
    gate = open_gate(f"runs/{name}", now=lambda: NOON, salt=lambda: SALT, workers=1)
    for _ in gate.epochs(epochs):
        for place in gate.admitted():
            gate.read(int(place))
        if asks_for:
            gate.read(gate.place_of(asks_for), asks_for)


def finish(name: str = "first") -> dict[str, Any]:
    """Finish a run with a file of weights."""
    Path("weights.bin").write_bytes(name.encode())
    return told("run", "finish", name, "--weights", "weights.bin")


def test_a_run_from_start_to_card(here: Path) -> None:
    """In words: what to put into the script, what passes, where it is attested, and the card beside it."""
    assert "There is no run." in run("run", "list")
    output = start()
    assert "train-other, commercial, in EU (as the manifest was cleared)" in output
    assert f'gate = open_gate("{here}/runs/first")' in output
    assert "No epoch was begun yet." in run("run", "status", "first")
    train(epochs=2)
    output = run("run", "status", "first")
    for words in ("reading", "epoch 1, decided for 2026-11-22", "refused", "0002.wav, 0005.wav"):
        assert words in output
    Path("weights.bin").write_bytes(b"weights")
    output = run("run", "finish", "first", "--weights", "weights.bin")
    assert "runs/first/attestation.json, entry 1 of the log" in output
    assert "runs/first/RIGHTS.md" in output
    assert "it read 4 items" in Path("runs/first/RIGHTS.md").read_text()
    assert "Song 3" in Path("runs/first/ATTRIBUTION.txt").read_text()
    assert "finished before" in run("run", "finish", "first")
    assert "first                    finished  2026-11-22" in run("run", "list")
    run("run", "card", "first", "--out", "model", "--licence", "mit")
    assert Path("model/RIGHTS.md").read_text().startswith('---\nlicense: "mit"\n')


def test_every_command_prints_json(here: Path) -> None:
    """With a version, and with what `docs/json.md` says."""
    begun = told("run", "start", "--name", "first", "--model", "tagger", "--audio", "music", "--in", "eu")
    assert (begun["format"], begun["as_cleared"]) == ("licet-run-start/1", ["act", "purpose"])
    assert (begun["folder"], begun["act"], begun["territories"]) == (f"{here}/runs/first", "train-other", ["EU"])
    assert begun["script"][1].startswith("gate = open_gate(")
    assert told("run", "status", "first")["epoch"] is None
    train()
    status = told("run", "status", "first")
    assert (status["format"], status["state"], status["epoch"], status["day"]) == (
        "licet-run-status/1",
        "reading",
        0,
        "2026-11-22",
    )
    counts = ("lines", "permitted", "passing", "items", "epochs", "reads")
    assert [status[count] for count in counts] == [6, 4, 4, 4, 1, 4]
    (refused,) = status["dropped"]
    assert (refused["why"], refused["items"], refused["expected"]) == ("refused", 2, True)
    assert [one["item"] for one in refused["some"]] == ["0002.wav", "0005.wav"]
    assert "non-commercial" in refused["some"][0]["says"]
    assert told("run", "list") == {
        "format": "licet-runs/1",
        "licet": status["licet"],
        "runs": [{"name": "first", "model": "tagger", "state": "reading", "started": NOON.isoformat()}],
    }
    done = finish()
    assert (done["format"], done["place"], done["before"]) == ("licet-run-finish/1", 1, False)
    assert list(done["weights"]) == ["weights.bin"]
    assert told("run", "finish", "first")["before"] is True
    assert told("run", "card", "first")["files"] == done["files"]


def test_what_was_not_expected_ends_with_1(here: Path) -> None:
    """A file that was swapped, and one that nobody cleared: each with its name, and what is said of it."""
    start("--most-unfit", "1")
    Path("music/0000.wav").write_bytes(b"swapped")
    train(asks_for="stranger.wav")
    status = told("run", "status", "first", code=1)
    found = {one["why"]: (one["expected"], [item["item"] for item in one["some"]]) for one in status["dropped"]}
    assert found["changed"] == (False, ["0000.wav"])
    assert found["not-in-manifest"] == (False, ["stranger.wav"])
    assert "changed (unexpected)" in run("run", "status", "first", code=1)


def test_an_attestation_checks_elsewhere(here: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """With the public key alone: the model, the run, what it read, its bases, and who signed."""
    start("--base", "secret@2")
    train(epochs=2)
    finish()
    empty = tmp_path_factory.mktemp("empty")
    shutil.copy("runs/first/attestation.json", empty)
    shutil.copy("keys/log.key.pub", empty)
    found = told("verify", f"{empty}/attestation.json", "--known", f"{empty}/log.key.pub")
    assert (found["model"], found["run"], found["use"]) == ("tagger", "first", ["train-other", "commercial", "EU"])
    assert found["read"] == "4 items in 2 epochs, 4 seconds at most"
    assert found["bases"] == ["secret 2 (licence: not stated; trained on: not disclosed)"]
    assert (found["signed_by"], found["log"]) == (
        ["log.example/lab"],
        "entry 1 of log.example/lab, which had 2 entries",
    )
    assert "attestation.json checks." in run("verify", "runs/first/attestation.json", *KNOWN)
    with pytest.raises(LogError, match="and 2 should have"):
        run("verify", "runs/first/attestation.json", *KNOWN, "--at-least", "2")
    altered = json.loads(Path("runs/first/attestation.json").read_bytes())
    altered["envelope"]["payload"] = altered["envelope"]["payload"].replace("e", "f", 1)
    Path("altered.json").write_text(json.dumps(altered))
    with pytest.raises(LogError):
        run("verify", "altered.json", *KNOWN)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("jamendo:0", "the run read it"),
        ("jamendo:2", "the run did not read it"),
        ("item:0001.wav", "the run read it"),
        ("0001.wav", "the run read it"),
        ("item:0:0001.wav", "the run read it"),
        ("JAMENDO:0", "the run read it"),
        ("recording:JAMENDO:0", "the run read it"),
    ],
)
def test_a_recording_is_proved_read_or_unread(here: Path, name: str, answer: str) -> None:
    """By a proof that leans on the model's entry of the log."""
    start()
    train()
    finish()
    Path("proof.json").write_text(run("prove", name, "--run", "first"))
    found = told("verify", "proof.json", *KNOWN)
    assert (found["answer"], found["model"], found["run"]) == (answer, "tagger", "first")
    assert answer in run("verify", "proof.json", *KNOWN)
    body = told_body("runs/first/attestation.json")
    assert found["statement"] == sha256(body).hexdigest()
    assert found["weights"] == [f"weights.bin {sha256(b'first').hexdigest()}"]
    with pytest.raises(UsageError, match="leave out --at-least"):
        run("verify", "proof.json", *KNOWN, "--at-least", "2")


def test_a_manifest_is_still_asked_by_itself(here: Path) -> None:
    """A proof of what may be fed is not one of what was."""
    for name in ("jamendo:2", "JAMENDO:2", "0002.wav", "item:0002.wav", "item:0:0002.wav", "recording:jamendo:2"):
        Path("proof.json").write_text(run("prove", name))
        assert "it is in the manifest" in run("verify", "proof.json", *KNOWN)
    Path("proof.json").write_text(run("prove", "jamendo:99"))
    assert "it is not in the manifest" in run("verify", "proof.json", *KNOWN)
    for name, says in (("nowhere.wav", "the manifest has no item"), ("x\udcff", "is no text")):
        with pytest.raises(UsageError, match=says):
            run("prove", name)


def test_a_lineage_is_proved_unread(here: Path) -> None:
    """By every model that was attested; of others nothing is proved, and that is said."""
    start("--base", "secret", "--base-states", "the web")
    train()
    finish()
    start("--base", "runs/first/attestation.json", name="second")
    train("second")
    finish("second")
    with Workspace.open(here) as room:
        models = [
            Told(room.runs.attestation(name), (room.scrubber.prove(name, "recording:jamendo:2"),))
            for name in ("second", "first")
        ]
    Path("lineage.json").write_bytes(msgspec.json.encode(Lineage(names=("recording:jamendo:2",), models=tuple(models))))
    found = told("verify", "lineage.json", *KNOWN)
    assert found["unread"] == ["recording:jamendo:2"]
    assert found["models"] == ["tagger (run second)", "tagger (run first)"]
    assert found["nothing_proved_of"] == ["secret (licence: not stated; trained on: the web)"]
    assert found["statements"] == [
        sha256(told_body(f"runs/{name}/attestation.json")).hexdigest() for name in ("second", "first")
    ]
    assert found["weights"] == [f"weights.bin {sha256(b'second').hexdigest()}"]
    assert "none of the models read it" in run("verify", "lineage.json", *KNOWN)
    Path("lineage.json").write_text('{"format": "licet-lineage/1"}')
    with pytest.raises(LogError, match="no proof of a lineage"):
        run("verify", "lineage.json", *KNOWN)


def test_every_head_in_a_lineage_is_held_to_the_checkpoint(here: Path) -> None:
    """A proof that leans on a fork is found, though the attestation beside it does not."""
    start()
    train()
    finish()
    shutil.copytree(here, here.parent / "fork")
    with Workspace.open(here) as room, Workspace.open(here.parent / "fork") as fork:
        for one, entry in ((room, b"one"), (fork, b"two")):
            one.receipts.append_once(entry, 2)
        attested = room.runs.attestation("first")
        attested = room.receipts.attestation(attested.statement, attested.log.place)
        names = ("recording:jamendo:2",)
        for path, proofs in (("good.json", room), ("forked.json", fork)):
            proof = Lineage(names=names, models=(Told(attested, (proofs.scrubber.prove("first", names[0]),)),))
            Path(path).write_bytes(msgspec.json.encode(proof))
    run("verify", "good.json", *KNOWN, "--checkpoint", "log/checkpoint")
    run("verify", "forked.json", *KNOWN)
    with pytest.raises(LogError, match="it was forked"):
        run("verify", "forked.json", *KNOWN, "--checkpoint", "log/checkpoint")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["nowhere.json"], "no file nowhere.json"), (["music"], "music cannot be read")],
)
def test_what_cannot_be_read_is_named_so(here: Path, arguments: list[str], says: str) -> None:
    """And not called a document that does not check."""
    del here
    with pytest.raises(UsageError, match=says):
        run("verify", *arguments, *KNOWN)


def test_bases_are_named_told_of_or_attested(here: Path) -> None:
    """By name and version, in a TOML file, or by the attestation of a run."""
    start()
    train()
    finish()
    Path("flamingo.toml").write_text('name = "nvidia/music-flamingo"\nlicence = "OneWay"\nstates = "MF-Skills"\n')
    bases = ("--base", "own@3", "--base-licence", "ours", "--base", "flamingo.toml")
    begun = told(
        *("run", "start", "--name", "second", "--model", "singer", "--audio", "music", *bases),
        *("--base", "runs/first/attestation.json", *KNOWN),
    )
    own, flamingo, first = begun["bases"]
    assert (own["name"], own["version"], own["licence"], own["states"]) == ("own", "3", "ours", "")
    assert (flamingo["name"], flamingo["licence"], flamingo["states"]) == (
        "nvidia/music-flamingo",
        "OneWay",
        "MF-Skills",
    )
    assert first["name"] == "tagger"
    assert len(first["statement"]) == 64


def test_a_run_over_receipts_reads_their_items_alone(here: Path) -> None:
    """For the use that they were given for; what is no receipt starts none."""
    for number in (0, 1):
        Path(f"{number}.json").write_text(run("receipt", f"jamendo:{number}"))
    given = ("--receipt", "0.json", "--receipt", "1.json")
    assert "train-other, commercial, in EU (as the manifest was cleared)" in start(*given)
    train()
    status = told("run", "status", "first")
    assert (status["permitted"], status["passing"], status["items"]) == (2, 2, 2)
    for more, error, says in (
        ((*given, "--use", "fine-tune"), GateError, "cleared for train-other"),
        (("--receipt", "proof.json"), UsageError, "no receipt"),
        (("here", *given), UsageError, "by themselves"),
    ):
        Path("proof.json").write_text(run("prove", "jamendo:1"))
        with pytest.raises(error, match=says):
            start(*more, name="second")


@pytest.mark.parametrize(
    ("given", "share"),
    [
        ("2/8", {"shards": 8, "shard": 2, "slices": 1, "slice": 0, "salt": ""}),
        ("0/2:3/5", {"shards": 2, "shard": 0, "slices": 5, "slice": 3, "salt": ""}),
    ],
)
def test_a_share_is_a_shard_and_its_slices(here: Path, given: str, share: dict[str, Any]) -> None:
    """Both are counted from 0."""
    arguments = ("run", "start", "--name", "first", "--model", "tagger", "--audio", "music", "--share", given)
    assert told(*arguments)["share"] == share


def test_the_commit_is_that_of_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a word where files differ from it; nothing where there is none, or no git."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert commit_of(tmp_path) == ""
    git = shutil.which("git")
    assert git is not None

    def call(*arguments: str) -> str:
        who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
        return subprocess.run([git, *who, *arguments], cwd=tmp_path, check=True, capture_output=True, text=True).stdout

    call("init")
    assert commit_of(tmp_path) == ""
    (tmp_path / "train.py").write_text("1")
    call("add", "train.py")
    call("commit", "-m", "first")
    commit = call("rev-parse", "HEAD").strip()
    assert commit_of(tmp_path) == commit
    call("tag", "-a", "v1", "-m", "v1")
    (tmp_path / "train.py").write_text("2")
    assert commit_of(tmp_path) == f"{commit}-dirty"
    monkeypatch.setenv("PATH", "")
    assert commit_of(tmp_path) == ""


@pytest.mark.parametrize(
    ("more", "error", "says"),
    [
        (["--use", "fine-tune"], GateError, "cleared for train-other"),
        (["--purpose", "research"], GateError, "cleared for train-other, commercial"),
        (["--in", "EU", "--in", "US"], GateError, "cleared for"),
        (["--as", "lab"], GateError, "for lab"),
        (["--for-model", "singer"], GateError, "model singer"),
        (["--share", "two"], UsageError, "counted from 0"),
        (["--share", "8/8"], UsageError, "no shard 8 of 8"),
        (["--config", "nowhere"], UsageError, "no file nowhere"),
        (["--base", "nowhere.toml"], UsageError, "cannot be read"),
        (["--base", "wrong.toml"], UsageError, "name, version, licence, states"),
        (["--base", "long.toml"], UsageError, "too long"),
        (["--base", "nowhere.json"], SourceError, "cannot be read"),
        (["--base", "catalogue.json"], LogError, "no receipt"),
        (["--base-licence", "mit"], UsageError, "0 are named"),
        (["--base", "a", "--base", "b", "--base-states", "the web"], UsageError, "2 are named"),
        (["--name", "../first"], UsageError, "cannot name a run"),
        (["--audio", "nowhere"], SourceError, "no folder nowhere"),
        (["nowhere"], ManifestError, "nowhere"),
    ],
    ids=lambda value: "-".join(value).lstrip("-") if isinstance(value, list) else "",
)
def test_what_makes_no_sense_starts_no_run(here: Path, more: list[str], error: type[LicetError], says: str) -> None:
    """And how to mend it."""
    Path("wrong.toml").write_text('name = "a"\nowner = "b"\n')
    Path("long.toml").write_text(" " * ((1 << 20) + 1))
    Path("catalogue.json").write_text("{}")
    with pytest.raises(error, match=says):
        start(*more)
    assert told("run", "list")["runs"] == []


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["run", "status", "nowhere"], UsageError),
        (["run", "finish", "nowhere"], UsageError),
        (["run", "card", "first"], UsageError),
        (["run", "finish", "first"], GateError),
        (["prove", "jamendo:1", "--run", "first"], UsageError),
        (["prove", "jamendo:1", "--run", "first", "--manifest", "here"], UsageError),
        (["run", "start", "--name", "first", "--model", "tagger", "--audio", "music"], UsageError),
    ],
    ids=lambda value: " ".join(value[:3]) if isinstance(value, list) else "",
)
def test_what_is_not_there_is_said(here: Path, arguments: list[str], error: type[LicetError]) -> None:
    """A run that there is not, that read nothing yet, that is not finished, or that there is already."""
    start()
    with pytest.raises(error):
        run(*arguments)


def test_every_field_of_a_runs_files_is_documented(here: Path) -> None:
    """A reader of the formats needs no source."""
    import pyarrow.parquet as pq

    from licet.training.admission import Why
    from licet.training.attestation import Attested, ManifestOf, ReadOf, RunOf, UseOf
    from licet.training.drops import Dropped
    from licet.training.passes import PassHead
    from licet.training.runs import Base, Run
    from licet.training.sharding import Share

    start()
    train()
    finish()
    page = (Path(__file__).parents[2] / "docs" / "runs.md").read_text(encoding="utf-8")
    facts = (Run, Base, Share, PassHead, Dropped, Attested, RunOf, ManifestOf, UseOf, ReadOf)
    names = {name for fact in facts for name in fact.__struct_fields__} | set(Why)
    names |= set(pq.read_schema("runs/first/usage.parquet").names)
    names |= json.loads(told_body("runs/first/attestation.json"))["predicate"].keys()
    assert {name for name in names if f"`{name}`" not in page} == set()


def told_body(path: str) -> bytes:
    """Return the statement in an attestation, as it is signed."""
    return b64decode(json.loads(Path(path).read_bytes())["envelope"]["payload"])
