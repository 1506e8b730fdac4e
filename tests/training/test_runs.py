from __future__ import annotations

import json
import os
import subprocess
import sys
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pyarrow.parquet as pq
import pytest

from licet.catalog import Right
from licet.digests import sha256_bytes
from licet.errors import GateError, LogError, SourceError, UsageError, WorkspaceError
from licet.registry.outbox import Address
from licet.registry.parties import Party
from licet.registry.terms import Control, Holding
from licet.training import Why
from licet.training.marks import FLUSHED_AFTER, Marks
from licet.training.runs import ATTESTATION_NAME, FINISHING_NAME, RUN_NAME, Base, State, read_run
from licet.training.usage import SET_NAME, TABLE_NAME
from licet.transparency import Attestation, SortedSet, make_key, parse_receipt
from licet.workspace import open_gate
from schooling import NOON, SALT, USE, manifest_of, names, opened, started, trained

if TYPE_CHECKING:
    from licet.registry.outbox import Message
    from licet.workspace import Workspace


def test_a_run_attests_what_it_read(room: Workspace) -> None:
    """The statement is about the weights, tells what was read, and checks offline with the log's key alone."""
    attestation = trained(room, epochs=2, code="0123abc")
    given = parse_receipt((room.runs.at("first") / ATTESTATION_NAME).read_bytes())
    assert isinstance(given, Attestation)
    checked = given.check([room.receipts.signer().verifier])
    assert checked.statement == attestation.statement
    told = checked.statement.predicate
    assert checked.statement.subject[0].digest == {"sha256": sha256_bytes(b"first")}
    assert told["read"] == {
        "items": 4,
        "epochs": 2,
        "reads": 8,
        "milliseconds": 16_000,
        "unmeasured": 0,
        "table": told["read"]["table"],
    }
    assert told["dropped"] == {"refused": 2}
    assert told["code"] == "0123abc"
    assert told["conditions"] == {"attribution": 2, "notice": 2}


def test_what_was_read_is_in_a_table_and_in_a_set(room: Workspace) -> None:
    """A row for each item that was read; and the set proves of a name that the run read it, or did not."""
    attestation = trained(room, epochs=3)
    folder = room.runs.at("first")
    rows = pq.read_table(folder / TABLE_NAME).to_pylist()
    assert [(row["name"], row["epochs"], row["read_ms"]) for row in rows] == [
        (f"{number:04}.wav", 3, 6000) for number in (0, 1, 3, 4)
    ]
    items = SortedSet(folder / SET_NAME)
    key = room.receipts.signer().verifier
    for name, read in (("recording:jamendo:0", True), ("recording:jamendo:2", False), ("item:0004.wav", True)):
        proof = room.receipts.prove_in(items, name, attestation.statement, attestation.log.place)
        digest, _ = proof.check([key])
        assert (digest is not None) is read


def test_an_attestation_that_was_changed_does_not_check(room: Workspace) -> None:
    """Neither with other words in the envelope, nor with another key."""
    attestation = trained(room)
    other = make_key(room.folder / "other.key", "log.example/other").verifier
    with pytest.raises(LogError):
        attestation.check([other])
    document = msgspec.to_builtins(attestation)
    body = attestation.envelope.body.replace(b'"items":4', b'"items":3')
    document["envelope"]["payload"] = b64encode(body).decode()
    wrong = parse_receipt(json.dumps(document).encode())
    with pytest.raises(LogError, match="leaf"):
        wrong.check([room.receipts.signer().verifier])


@pytest.mark.parametrize("step", ["append_once", "attestation"])
def test_a_run_that_was_killed_while_it_finished_is_finished_once(
    room: Workspace, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is logged once, with what was noted first; and from there on nothing more is read."""
    started(room)
    gate = opened(room)
    gate.begin_epoch(0)
    gate.read(0)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(type(room.receipts), step, killed)
        with pytest.raises(KeyboardInterrupt):
            room.runs.finish("first", at=NOON, salt=SALT)
    with pytest.raises(GateError, match="is finished"):
        gate.begin_epoch(1)
    with pytest.raises(GateError, match="the gate is shut"):
        gate.read(1)
    attestation = room.runs.finish("first", at=NOON + timedelta(hours=1), salt=bytes(32))
    log = room.receipts.log()
    assert [entry for entry in log if entry == attestation.envelope.body] == [attestation.envelope.body]
    assert room.runs.finish("first", at=NOON, salt=SALT) == attestation
    assert attestation.statement.predicate["run"]["finished"] == NOON.isoformat()


def test_a_run_without_weights_is_on_record_too(room: Workspace) -> None:
    """What was read before somebody gave up was read all the same: the statement is about the table."""
    attestation = trained(room)
    started(room, "second")
    gate = opened(room, "second")
    for _ in gate.epochs(1):
        gate.read(3)
    given = room.runs.finish("second", at=NOON, salt=SALT)
    (subject,) = given.statement.subject
    assert subject.annotations == {"digestOf": "usage"}
    assert subject.digest["sha256"] == given.statement.predicate["read"]["table"]
    assert given.log.place > attestation.log.place


def test_a_folder_of_weights_is_attested_file_by_file(room: Workspace, tmp_path: Path) -> None:
    """Each file goes by its name below the folder."""
    started(room)
    opened(room).begin_epoch(0)
    (tmp_path / "out/shard").mkdir(parents=True)
    for name in ("config.json", "shard/1.safetensors"):
        (tmp_path / "out" / name).write_bytes(name.encode())
    statement = room.runs.finish("first", [tmp_path / "out"], at=NOON, salt=SALT).statement
    assert [one.name for one in statement.subject] == ["config.json", "shard/1.safetensors"]


def test_two_who_finish_a_run_attest_one_thing(room: Workspace) -> None:
    """At the same time, in two processes: one entry in the log, and a set that is the one that it names."""
    started(room)
    gate = opened(room)
    gate.begin_epoch(0)
    gate.read(0)
    script = [sys.executable, "-c", FINISHING, str(room.folder)]
    finishers = [subprocess.Popen([*script, str(number)]) for number in range(3)]
    assert [one.wait() for one in finishers] == [0, 0, 0]
    told = room.runs.attestation("first").statement.predicate["items"]
    head = SortedSet(room.runs.at("first") / SET_NAME).head
    assert (told["salt"], told["root"]) == (head.salt.hex(), head.root.hex())
    assert len(room.receipts.log()) == 2


def test_weights_are_attested_whole_or_not_at_all(room: Workspace, tmp_path: Path) -> None:
    """Two files of one name, an empty folder, and others than were noted are refused; odd names are told."""
    started(room)
    opened(room).begin_epoch(0)
    for name in ("a", "b", "empty"):
        (tmp_path / name).mkdir()
    for name in ("a", "b"):
        (tmp_path / name / "model.safetensors").write_bytes(name.encode())
    odd = tmp_path / os.fsdecode(b"\xff.bin")
    odd.write_bytes(b"odd")
    with pytest.raises(UsageError, match="two files of weights are called model"):
        room.runs.finish("first", [tmp_path / "a", tmp_path / "b/model.safetensors"], at=NOON, salt=SALT)
    with pytest.raises(SourceError, match="no weights"):
        room.runs.finish("first", [tmp_path / "empty"], at=NOON, salt=SALT)
    statement = room.runs.finish("first", [tmp_path / "a", odd], at=NOON, salt=SALT).statement
    assert [one.name for one in statement.subject] == ["\\xff.bin", "model.safetensors"]
    with pytest.raises(UsageError, match="is finished with other weights"):
        room.runs.finish("first", [tmp_path / "b"], at=NOON, salt=SALT)
    room.runs.finish("first", [odd, tmp_path / "a"], at=NOON, salt=SALT)


def test_what_is_too_long_for_the_log_is_refused_before_anything_is_noted(room: Workspace, tmp_path: Path) -> None:
    """Too much that is told of bases, too many files: the run can be finished with fewer."""
    with pytest.raises(UsageError, match="too long for the log"):
        started(room, bases=[Base(name="web", states="x" * 40_000)])
    started(room)
    opened(room).begin_epoch(0)
    (tmp_path / "many").mkdir()
    for number in range(600):
        (tmp_path / "many" / f"{number:05}.bin").write_bytes(b"")
    with pytest.raises(UsageError, match="name fewer files of weights"):
        room.runs.finish("first", [tmp_path / "many"], at=NOON, salt=SALT)
    assert room.runs.finish("first", [tmp_path / "many/00001.bin"], at=NOON, salt=SALT).log.place == 1


def test_what_is_owed_is_what_the_last_line_asks(room: Workspace) -> None:
    """A recording that was given away and asks for a credit now is permitted still, on other terms."""
    catalogue = room.folder / "catalogue.csv"
    catalogue.write_text(catalogue.read_text().replace("CC0-1.0", "CC-BY-4.0"))
    room.add("table", catalogue, captured_at=NOON - timedelta(hours=1))
    assert trained(room).statement.predicate["conditions"] == {"attribution": 4, "notice": 4}


def test_a_clock_that_went_back_makes_no_run_of_less_than_no_time(room: Workspace) -> None:
    """The run took no time, as far as anybody knows."""
    assert trained(room, at=NOON + timedelta(hours=3)).statement.predicate["run"]["wall_s"] == 0


def test_an_epoch_counts_once_something_was_read_in_it(room: Workspace) -> None:
    """To begin one, or to ask for what is refused, reads nothing."""
    started(room)
    gate = opened(room)
    for epoch in gate.epochs(4):
        gate.read(2)
        if epoch == 1:
            gate.read(0)
    assert room.runs.status("first").epochs == 1


def test_a_licence_is_inherited_from_base_to_base(room: Workspace) -> None:
    """What a model began with is told where a third begins with that; who says *attested* must show it."""
    stated = Base(name="music-flamingo", licence="NVIDIA OneWay Noncommercial")
    trained(room, bases=[stated])
    trained(room, "second", bases=[room.runs.at("first") / ATTESTATION_NAME])
    third = trained(room, "third", bases=[room.runs.at("second") / ATTESTATION_NAME])
    assert [one["licence"] for one in third.statement.predicate["bases"]] == ["NVIDIA OneWay Noncommercial"]
    with pytest.raises(UsageError, match="give the file of its attestation"):
        started(room, "fourth", bases=[Base(name="x", statement="ab" * 32)])


def test_a_gate_that_was_killed_as_it_opened_keeps_no_run_from_its_end(room: Workspace) -> None:
    """What it left in `live/` is passed over."""
    folder = started(room)
    opened(room).begin_epoch(0)
    (folder / "live" / "tmpx").write_bytes(b"")
    assert room.runs.finish("first", at=NOON, salt=SALT).log.place == 1


def test_a_run_that_cannot_be_finished_says_why(room: Workspace, tmp_path: Path) -> None:
    """No epoch, no weights where they were said to be, no run: nothing is logged."""
    started(room)
    with pytest.raises(GateError, match="began no epoch"):
        room.runs.finish("first", at=NOON, salt=SALT)
    opened(room).begin_epoch(0)
    with pytest.raises(SourceError, match="no weights"):
        room.runs.finish("first", [tmp_path / "none"], at=NOON, salt=SALT)
    with pytest.raises(UsageError, match="is not finished"):
        room.runs.attestation("first")
    assert len(room.receipts.log()) == 1


def test_a_fine_tune_inherits_what_its_base_read(room: Workspace) -> None:
    """An attested base goes by its statement, another by its maker's words; both are in the attestation."""
    base = trained(room)
    stated = Base(name="music-flamingo", licence="NVIDIA OneWay Noncommercial", states="MTG-Jamendo among others")
    tuned = trained(room, "tuned", bases=[room.runs.at("first") / ATTESTATION_NAME, stated])
    attested, told = tuned.statement.predicate["bases"]
    assert attested["statement"] == sha256_bytes(base.envelope.body)
    assert told["licence"] == "NVIDIA OneWay Noncommercial"
    assert told["statement"] == ""
    assert len(list((room.runs.at("tuned") / "bases").iterdir())) == 1


def receipt(room: Workspace, item: str, manifest: Path | None = None) -> Path:
    """Write the receipt of an item."""
    ((_, given),) = room.receipts.receipts(manifest or manifest_of(room), item)
    path = room.folder / f"{item}.json"
    path.write_bytes(msgspec.json.encode(given))
    return path


def test_a_run_over_receipts_reads_their_items_alone(room: Workspace) -> None:
    """Each checks against the log, and an item that is refused is refused with its receipt in hand."""
    receipts = [receipt(room, f"000{number}.wav") for number in (0, 2, 3)]
    started(room, manifest=None, receipts=receipts, most_unfit=0.0)
    gate = opened(room)
    gate.begin_epoch(0)
    assert names(gate) == ["0000.wav", "0003.wav"]
    assert gate.why(1).why is Why.ELSEWHERE  # type: ignore[union-attr]  # it does not pass
    assert gate.why(2).why is Why.REFUSED  # type: ignore[union-attr]  # likewise


def test_receipts_that_prove_nothing_here_start_no_run(room: Workspace, tmp_path: Path) -> None:
    """Of several manifests, of another log, changed, or together with a manifest."""
    own = receipt(room, "0000.wav")
    other = room.clear(room.folder / "music", USE, workers=1, report=False, out=tmp_path / "other", accepts=["payment"])
    room.receipts.seal(other.folder, salt=SALT, at=NOON)
    of_another = receipt(room, "0001.wav", other.folder)
    with pytest.raises(GateError, match="several manifests"):
        started(room, manifest=None, receipts=[own, of_another])
    with pytest.raises(UsageError, match="give one of them"):
        started(room, receipts=[own])
    with pytest.raises(UsageError, match="give one of them"):
        started(room, manifest=None)
    document = json.loads(own.read_bytes())
    document["envelope"]["payload"] = document["envelope"]["payload"][4:]
    own.write_text(json.dumps(document))
    with pytest.raises(LogError):
        started(room, manifest=None, receipts=[own])


def test_a_base_that_does_not_check_starts_no_run(room: Workspace, tmp_path: Path) -> None:
    """A file that is no attestation, one of nobody that is known, one that is not there."""
    path = tmp_path / "base.json"
    path.write_text("{}")
    with pytest.raises(LogError, match="it is no receipt"):
        started(room, bases=[path])
    with pytest.raises(SourceError, match="cannot be read"):
        started(room, bases=[tmp_path / "nothing.json"])
    trained(room)
    document = json.loads((room.runs.at("first") / ATTESTATION_NAME).read_bytes())
    document["envelope"]["signatures"] = []
    path.write_text(json.dumps(document))
    with pytest.raises(LogError, match="signatures"):
        started(room, "second", bases=[path])
    assert room.runs.names() == ["first"]


def told(room: Workspace) -> list[Message]:
    """Return what holders are told of runs."""
    waiting = (one.message for one in room.notices.outbox.waiting())
    return [message for message in waiting if message.kind == "recording.read"]


def test_holders_are_told_which_recordings_a_run_read(room: Workspace) -> None:
    """Once, in words that say no more than that, and only those who watch."""
    room.desk.introduce(Party("ann", "Ann", control=Control.VOUCHED), NOON - timedelta(days=2))
    held = [(f"jamendo:{key}", Holding("ann", "Ann", right, Fraction(1))) for key in (0, 2) for right in Right]
    room.desk.register("ann", held, NOON - timedelta(days=2))
    room.notices.watch("ann", Address("feed:ann"), NOON - timedelta(days=2))
    trained(room)
    (message,) = told(room)
    assert message.facts["recordings"] == ["jamendo:0"]
    assert "The training run first, for the model tagger, read 1 recording that ann is on record" in message.text
    room.runs.finish("first", at=NOON, salt=SALT)  # goes on where it was cut short
    assert told(room) == [message]


def test_a_run_tells_how_far_it_is(room: Workspace) -> None:
    """From its start to its end, with what was read and what did not pass."""
    started(room)
    assert room.runs.status("first").state is State.STARTED
    gate = opened(room)
    for _ in gate.epochs(2):
        for place in (0, 1, 2):
            gate.read(place)
        gate.read(None, "stranger.wav")
    status = room.runs.status("first")
    assert (status.state, status.epochs, status.items, status.reads) == (State.READING, 2, 2, 4)
    assert status.dropped == {"not-in-manifest": 1, "refused": 2}
    room.runs.finish("first", at=NOON, salt=SALT)
    assert room.runs.status("first").state is State.FINISHED


def test_a_script_opens_the_gate_by_the_runs_folder(room: Workspace) -> None:
    """With one line, and the clock of the machine."""
    folder = started(room)
    gate = open_gate(folder, workers=1)
    gate.begin_epoch(0)
    assert gate.read(0) is not None
    assert datetime.now(UTC).date().isoformat() in (gate.run / "passes/000000.000000/pass.json").read_text()


def test_a_damaged_run_is_told_of(room: Workspace) -> None:
    """By the name of its file."""
    folder = started(room)
    (folder / RUN_NAME).write_text("{")
    with pytest.raises(WorkspaceError, match="is damaged"):
        read_run(folder)
    with pytest.raises(UsageError, match="there is no run"):
        read_run(folder.parent)


def test_a_long_epoch_is_made_durable_on_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After so many items what was noted is forced to disk, without anybody's asking."""
    flushed = []
    monkeypatch.setattr(Marks, "flush", lambda marks: flushed.append(marks._waiting))
    marks = Marks(tmp_path, 0, FLUSHED_AFTER)
    for place in range(FLUSHED_AFTER):
        marks.mark(place)
    assert flushed == [FLUSHED_AFTER]


FINISHING = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from licet.workspace import Workspace
with Workspace.open(Path(sys.argv[1])) as room:
    room.runs.finish("first", at=datetime.now(UTC), salt=bytes([int(sys.argv[2])] * 32))
"""

KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from licet.workspace import open_gate
gate = open_gate(Path(sys.argv[1]), workers=1)
gate.begin_epoch(int(sys.argv[3]))
for place in map(int, sys.argv[4].split(",")):
    gate.read(place)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_training_loses_nothing_and_counts_nothing_twice(room: Workspace) -> None:
    """An epoch that was cut short by kill -9 and begun again counts each item once."""
    folder = started(room)
    for places in ("0,1", "1,3"):
        script = [sys.executable, "-c", KILLED, str(folder), str(Path(__file__).parent), "0", places]
        assert subprocess.run(script, check=False, env=os.environ).returncode == -9
    status = room.runs.status("first")
    assert (status.items, status.reads, status.epochs) == (3, 3, 1)
    assert not (folder / FINISHING_NAME).exists()
