from __future__ import annotations

import copy
import json
import multiprocessing
import os
import pickle
import shutil
import sys
from datetime import timedelta
from fractions import Fraction
from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pytest

from licet.catalog import Right
from licet.corpus.manifest import JSONL_NAME
from licet.corpus.sealing import SET_NAME
from licet.errors import GateError, LogError, ManifestError, SourceError, UsageError
from licet.policy import Act, Purpose, Use
from licet.registry.parties import Party
from licet.registry.statements import Kind, Reach, Statement, Subject
from licet.registry.terms import Control, Holding
from licet.training import Why
from licet.training.drops import Dropped, Drops, read_drops
from licet.training.marks import Marks, times_read
from licet.training.passes import Pass, read_pass_head
from licet.training.runs import DROPS, MARKS, PASSES, passes_of
from licet.transparency import SortedSet
from licet.workspace import open_gate
from schooling import DAY, NOON, SALT, USE, cleared, manifest_of, names, opened, sound, started

if TYPE_CHECKING:
    from pathlib import Path

    from licet.training import Gate
    from licet.workspace import Workspace

EARLIER = NOON - timedelta(days=2)
PERMITTED = ["0000.wav", "0001.wav", "0003.wav", "0004.wav"]


def begun(room: Workspace, **how: object) -> Gate:
    """Start a run and its first epoch."""
    started(room, **how)
    gate = opened(room)
    gate.begin_epoch(0)
    return gate


def withdrawn(room: Workspace) -> None:
    """Let the platform say of half of what is permitted that it is for non-commercial use."""
    catalogue = room.folder / "catalogue.csv"
    catalogue.write_text(catalogue.read_text().replace("CC-BY-4.0", "CC-BY-NC-4.0"))
    room.add("table", catalogue, captured_at=NOON - timedelta(hours=1))


def receipt(room: Workspace, item: str) -> Path:
    """Write the receipt of an item."""
    ((_, given),) = room.receipts.receipts(manifest_of(room), item)
    path = room.folder / f"{item}.json"
    path.write_bytes(msgspec.json.encode(given))
    return path


def whys(gate: Gate) -> list[str]:
    """Return why items were dropped when they were asked for."""
    return [one.why for one in read_drops(gate.run / DROPS)]


def test_what_is_cleared_passes_and_nothing_else(room: Workspace) -> None:
    """The gate hands over the very bytes of permitted items, and not one of any other."""
    gate = begun(room)
    assert names(gate) == PERMITTED
    assert len(gate) == 4
    assert gate.read(gate.place_of("0000.wav")) == (room.folder / "music/0000.wav").read_bytes()
    assert gate.read(gate.place_of("0002.wav")) is None
    assert gate.why(2).why is Why.REFUSED  # type: ignore[union-attr]  # it does not pass
    assert gate.read(None, "stranger.wav") is None
    assert not gate.admit(gate.place_of("stranger.wav"), "stranger.wav")
    assert gate.admit_bytes((room.folder / "music/0002.wav").read_bytes()) is None
    assert gate.admit_bytes((room.folder / "music/0003.wav").read_bytes()) == 3
    assert gate.admit_bytes(b"of nobody") is None
    assert times_read(gate.run / MARKS, 6).tolist() == [1, 0, 0, 1, 0, 0]


def test_nothing_passes_before_an_epoch_is_begun(room: Workspace) -> None:
    """A gate is shut until somebody asks what is permitted today."""
    started(room)
    gate = opened(room)
    with pytest.raises(GateError, match="no epoch is under way"):
        gate.read(0)
    assert len(gate) == 4  # a sampler asks before the first epoch
    with pytest.raises(GateError, match="no epoch is under way"):
        gate.read(0)
    with pytest.raises(GateError, match="no epoch is under way"):
        len(pickle.loads(pickle.dumps(gate)))  # noqa: S301  (our own bytes)


@pytest.mark.parametrize("how", ["swapped", "longer", "empty", "gone", "folder", "pipe", "link"])
def test_a_file_that_is_not_what_was_cleared_never_passes(room: Workspace, how: str, tmp_path: Path) -> None:
    """Whatever stands in the file's place now is dropped, with the reason, and nothing waits for it."""
    gate = begun(room)
    path = room.folder / "music/0000.wav"
    content = path.read_bytes()
    path.unlink()
    other = tmp_path / "other.wav"
    other.write_bytes(content[:-2] + b"no")
    put = {
        "swapped": lambda: path.write_bytes(other.read_bytes()),
        "longer": lambda: path.write_bytes(content + b"more"),
        "empty": lambda: path.write_bytes(b""),
        "gone": lambda: None,
        "folder": path.mkdir,
        "pipe": lambda: os.mkfifo(path),
        "link": lambda: path.symlink_to(other),
    }
    put[how]()
    assert gate.read(0) is None
    assert whys(gate) == [Why.MISSING if how == "gone" else Why.CHANGED]
    assert gate.read(1) is not None
    assert times_read(gate.run / MARKS, 6).tolist() == [0, 1, 0, 0, 0, 0]


def test_a_file_is_given_to_those_who_open_paths(room: Workspace) -> None:
    """The copy holds the bytes that were checked, ends as the item does, and is gone afterwards."""
    gate = begun(room)
    with gate.copy(0) as path:
        assert path is not None
        assert path.suffix == ".wav"
        assert path.read_bytes() == (room.folder / "music/0000.wav").read_bytes()
    assert not path.exists()
    with gate.copy(2) as path:
        assert path is None


def test_the_gate_is_shut_when_too_much_does_not_pass(room: Workspace) -> None:
    """Past the share that is allowed nothing passes any more, in any process, until another epoch is begun."""
    gate = begun(room, most_unfit=0.25)
    other = pickle.loads(pickle.dumps(gate))  # noqa: S301  (our own bytes)
    assert gate.read(None, "one.wav") is None
    assert gate.read(None, "one.wav") is None  # is counted once
    assert other.read(1) is not None
    with pytest.raises(GateError, match="2 of the 4 items"):
        other.read(None, "two.wav")  # counts what the first process dropped, too
    for one in (gate, other):
        with pytest.raises(GateError, match="the gate is shut"):
            one.read(1)
    gate.begin_epoch(1)
    assert gate.read(1) is not None
    assert other.read(1) is not None


def test_what_the_manifest_refuses_shuts_no_gate(room: Workspace) -> None:
    """To ask for all of a corpus, and to be given the permitted part, is how a gate is used."""
    gate = begun(room, most_unfit=0.0)
    assert [place for place in range(6) if gate.read(place) is not None] == [0, 1, 3, 4]
    assert whys(gate) == []


def test_a_revocation_is_honoured_in_the_next_epoch(room: Workspace) -> None:
    """What a source says since then is heard when the next epoch begins, and the log says what was superseded."""
    gate = begun(room)
    assert "0000.wav" in names(gate)
    withdrawn(room)
    assert "0000.wav" in names(gate)  # the epoch goes on as it began
    gate.begin_epoch(1)
    assert names(gate) == ["0001.wav", "0004.wav"]
    assert gate.why(0).why is Why.WITHDRAWN  # type: ignore[union-attr]  # it does not pass
    assert "non-commercial" in gate.why(0).says  # type: ignore[union-attr]  # likewise
    assert gate.read(0) is None
    assert len(room.receipts.manifests()) == 2


def test_a_grant_that_expires_overnight_passes_no_more(room: Workspace) -> None:
    """Nobody says anything, and yet the item is dropped when an epoch begins on a day on which it is not granted."""
    granted(room, ends=DAY.isoformat())
    started(room, manifest=cleared(room))
    gate = opened(room)
    gate.begin_epoch(0)
    assert "0002.wav" in names(gate)
    gate = opened(room, at=NOON + timedelta(days=1))
    gate.begin_epoch(1)
    assert names(gate) == PERMITTED
    assert gate.why(2).why is Why.WITHDRAWN  # type: ignore[union-attr]  # it does not pass


def granted(room: Workspace, **how: object) -> None:
    """Have Ann, who holds all of the third recording, grant it."""
    room.desk.introduce(Party("ann", "Ann", control=Control.VOUCHED), EARLIER)
    held = [("jamendo:2", Holding("ann", "Ann", right, Fraction(1))) for right in Right]
    room.desk.register("ann", held, EARLIER)
    about = (Subject(Reach.RECORDING, "jamendo:2"),)
    told = {"kind": Kind.GRANT, "party": "ann", "actor": "desk", "at": EARLIER.isoformat(), "subjects": about}
    room.desk.say(Statement(**told, **how))  # type: ignore[arg-type]  # keywords pass through


def test_a_look_at_the_record_hides_no_expired_grant(room: Workspace) -> None:
    """`licet reopen` looks at what changed; the gate asks for all of it all the same, on a day that is new to it."""
    granted(room, ends=DAY.isoformat())
    started(room, manifest=cleared(room))
    tomorrow = NOON + timedelta(days=1)
    assert not any(one.superseded for one in room.reopen(day=tomorrow.date(), at=tomorrow, salt=lambda: SALT))
    gate = opened(room, at=tomorrow)
    gate.begin_epoch(0)
    assert "0002.wav" not in names(gate)


@pytest.mark.parametrize("how", ["control", "holding"])
def test_who_holds_what_is_heard_in_the_next_epoch(room: Workspace, how: str) -> None:
    """A holder whose proof of control falls, and another who holds something too: the grant counts no more."""
    granted(room)
    started(room, manifest=cleared(room))
    gate = opened(room)
    gate.begin_epoch(0)
    assert "0002.wav" in names(gate)
    if how == "control":
        room.desk.introduce(Party("ann", "Ann", control=Control.SELF_DECLARED), NOON - timedelta(hours=1))
    else:
        room.desk.introduce(Party("bob", "Bob", control=Control.VOUCHED), NOON - timedelta(hours=1))
        held = [("jamendo:2", Holding("bob", "Bob", Right.RECORDING, Fraction(1)))]
        room.desk.register("bob", held, NOON - timedelta(hours=1))
    gate.begin_epoch(1)
    assert "0002.wav" not in names(gate)


def test_a_clock_that_goes_back_brings_no_permission_back(room: Workspace) -> None:
    """What was decided for a later day stays decided."""
    granted(room, ends=DAY.isoformat())
    started(room, manifest=cleared(room))
    opened(room, at=NOON + timedelta(days=1)).begin_epoch(0)
    before = room.receipts.manifests()
    gate = opened(room)
    gate.begin_epoch(1)
    assert "0002.wav" not in names(gate)
    assert room.receipts.manifests() == before


def test_a_policy_that_was_changed_meanwhile_holds_in_the_next_epoch(room: Workspace) -> None:
    """It is read again with every epoch, whichever process opened the gate when."""
    gate = begun(room)
    house = (files("licet.policy") / "data" / "house.toml").read_text(encoding="utf-8")
    (room.folder / "policy.toml").write_text(house + "\n# ours\n")
    settings = room.folder / "licet.toml"
    settings.write_text(settings.read_text().replace('# policy = "policy.toml"', 'policy = "policy.toml"'))
    gate.begin_epoch(1)
    looked = json.loads((room.receipts.manifests()[0] / "looked.json").read_bytes())
    assert looked["policy_sha256"] != room.policy.digest


def test_a_superseding_manifest_that_is_gone_lets_nothing_through(room: Workspace) -> None:
    """The log says that there is one: without it nobody knows what was withdrawn."""
    gate = begun(room)
    withdrawn(room)
    gate.begin_epoch(1)
    shutil.rmtree(room.receipts.manifests()[1])
    with pytest.raises(ManifestError, match="entry 1 of the log supersedes lines"):
        gate.begin_epoch(2)
    with pytest.raises(GateError, match="the gate is shut"):
        gate.read(1)


def test_an_epoch_that_cannot_begin_shuts_the_gate(room: Workspace) -> None:
    """In every process: what was permitted before may not be any more."""
    gate = begun(room, most_unfit=0.1)
    other = pickle.loads(pickle.dumps(gate))  # noqa: S301  (our own bytes)
    withdrawn(room)
    with pytest.raises(GateError, match="2 of the 4 items"):
        gate.begin_epoch(1)
    for one in (gate, other):
        with pytest.raises(GateError, match="the gate is shut"):
            one.read(0)


def test_a_place_that_there_is_not_is_no_item(room: Workspace) -> None:
    """Not the last one either, which a negative number would be."""
    gate = begun(room)
    for place in (-1, 6, -2):
        assert not gate.passes(place)
        assert not gate.admit(place, f"at {place}")
        assert gate.read(place, f"at {place}") is None
    assert gate.place_of_digest("") is None
    assert gate.read(None, "caf\udce9.wav") is None
    assert whys(gate) == [Why.NOT_LISTED] * 4
    assert not times_read(gate.run / MARKS, 6).any()


def test_an_epoch_has_a_number_and_a_pass_of_its_own(room: Workspace) -> None:
    """Counted from 0; and another rank's pass is of that very epoch."""
    gate = begun(room)
    with pytest.raises(GateError, match="there is no epoch -1"):
        gate.begin_epoch(-1)
    with pytest.raises(GateError, match="is no pass of epoch 1"):
        gate.begin_epoch(1, passed=passes_of(gate.run)[0].name)


def test_what_is_withdrawn_in_another_part_shuts_no_gate(room: Workspace) -> None:
    """A run over some receipts has nothing to do with the others."""
    started(room, manifest=None, receipts=[receipt(room, "0001.wav")], most_unfit=0.0)
    withdrawn(room)
    gate = opened(room)
    gate.begin_epoch(0)
    assert names(gate) == ["0001.wav"]


def test_two_runs_over_one_manifest_begin_their_epochs_at_once(room: Workspace) -> None:
    """Whoever comes first looks at it again, and the other takes what came of that."""
    for name in ("first", "second"):
        started(room, name)
    withdrawn(room)
    context = multiprocessing.get_context("spawn")
    trainers = [context.Process(target=_begin, args=(room.folder / "runs" / name,)) for name in ("first", "second")]
    for trainer in trainers:
        trainer.start()
    for trainer in trainers:
        trainer.join()
    assert [trainer.exitcode for trainer in trainers] == [0, 0]
    assert len(room.receipts.manifests()) == 2


def _begin(run: Path) -> None:
    gate = open_gate(run, now=lambda: NOON, salt=lambda: SALT)
    gate.begin_epoch(0)
    sys.exit(len(gate) != 2)


@pytest.mark.parametrize("name", [JSONL_NAME, SET_NAME])
def test_a_manifest_that_is_not_what_was_sealed_opens_no_gate(room: Workspace, name: str) -> None:
    """Lines or a set that somebody changed are held against the log before anything passes."""
    folder = started(room)
    sealed = room.receipts.manifests()[0]
    content = bytearray((sealed / name).read_bytes())
    (sealed / name).unlink()  # it may be the same file as elsewhere
    content[20] ^= 1
    (sealed / name).write_bytes(content)
    with pytest.raises(GateError, match="is not what was sealed"):
        opened(room).begin_epoch(0)
    assert passes_of(folder) == []


def test_a_line_without_a_receipt_does_not_pass(room: Workspace) -> None:
    """The set that was sealed must say of each line what the line says."""
    gate_of = started(room)
    sealed = room.receipts.manifests()[0]
    items = SortedSet(sealed / SET_NAME)
    (own,) = items.prove("item:0:0000.wav")
    content = (sealed / SET_NAME).read_bytes().replace(own.digest, bytes(32))
    (sealed / SET_NAME).unlink()
    (sealed / SET_NAME).write_bytes(content)
    gate = opened(room)
    gate.begin_epoch(0)
    assert names(gate) == ["0001.wav", "0003.wav", "0004.wav"]
    assert gate.why(0).why is Why.NO_RECEIPT  # type: ignore[union-attr]  # it does not pass
    assert read_pass_head(passes_of(gate_of)[0]).unfit == 1


def test_a_manifest_that_is_not_sealed_starts_no_run(room: Workspace) -> None:
    """What nobody can check is no ground to train on."""
    other = room.clear(
        room.folder / "music",
        Use(Act.EVALUATE, Purpose.RESEARCH, frozenset({"DE"}), USE.day),
        workers=1,
        report=False,
    )
    with pytest.raises(ManifestError, match="not sealed"):
        room.runs.start(other.folder, name="x", model="m", use=USE, root=room.folder, at=NOON)


@pytest.mark.parametrize(
    "use",
    [
        Use(Act.TRAIN_GENERATIVE, Purpose.COMMERCIAL, frozenset({"EU"}), USE.day),
        Use(Act.TRAIN_OTHER, Purpose.RESEARCH, frozenset({"EU"}), USE.day),
        Use(Act.TRAIN_OTHER, Purpose.COMMERCIAL, frozenset({"EU", "US"}), USE.day),
    ],
    ids=["act", "purpose", "places"],
)
def test_a_manifest_of_another_use_starts_no_run(room: Workspace, use: Use) -> None:
    """A gate is for exactly the use that was cleared."""
    with pytest.raises(GateError, match="was cleared for train-other, commercial, in EU, and not for"):
        started(room, use=use)


def test_a_manifest_that_was_asked_for_nobody_in_particular_starts_no_run_for_somebody(room: Workspace) -> None:
    """Whom it was cleared for, and for which model, must be the same too."""
    with pytest.raises(GateError, match="for lab, model tidal"):
        started(room, asker="lab", for_model="tidal")


@pytest.mark.parametrize(
    ("how", "error", "says"),
    [
        ({"most_unfit": 1.5}, UsageError, "is no share"),
        ({"name": "../up"}, UsageError, "cannot name a run"),
        ({"name": ""}, UsageError, "cannot name a run"),
    ],
    ids=["share", "path", "empty"],
)
def test_a_run_that_makes_no_sense_is_not_started(
    room: Workspace, how: dict[str, object], error: type[Exception], says: str
) -> None:
    """The error says what is wrong, and nothing is left behind."""
    with pytest.raises(error, match=says):
        started(room, **how)
    assert room.runs.names() == []


def test_a_run_needs_a_folder_and_a_name_of_its_own(room: Workspace, tmp_path: Path) -> None:
    """A second run of one name, and a corpus that is nowhere, are refused."""
    started(room)
    with pytest.raises(UsageError, match="already"):
        started(room)
    with pytest.raises(SourceError, match="there is no folder"):
        started(room, name="other", root=tmp_path / "nowhere")
    with pytest.raises(UsageError, match="no run 'other'"):
        room.runs.gate("other", now=lambda: NOON, salt=lambda: SALT)


def _read_all(gate: Gate, places: list[int]) -> None:
    for place in places:
        gate.read(place)
    gate.flush()
    os._exit(0)


@pytest.mark.parametrize("way", ["fork", "spawn"])
def test_processes_share_one_account(room: Workspace, way: str) -> None:
    """What several processes read is counted once, and all see the next epoch at once."""
    gate = begun(room)
    context = multiprocessing.get_context(way)
    workers = [context.Process(target=_read_all, args=(gate, places)) for places in ([0, 1], [1, 3], [1, 2])]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert times_read(gate.run / MARKS, 6).tolist() == [1, 1, 0, 1, 0, 0]
    other = copy.deepcopy(gate)
    gate.begin_epoch(1)
    assert other.epoch == 1
    other.read(0)
    assert times_read(gate.run / MARKS, 6).tolist() == [2, 1, 0, 1, 0, 0]
    with pytest.raises(GateError, match="a worker begins no epoch"):
        other.begin_epoch(2)


def test_another_rank_takes_the_first_ones_answer(room: Workspace) -> None:
    """A pass that one rank was given is taken by another, and nothing is asked twice."""
    gate = begun(room)
    other = opened(room)
    other.begin_epoch(0, passed=passes_of(gate.run)[0].name)
    assert names(other) == names(gate)
    assert len(passes_of(gate.run)) == 1


def test_a_pass_of_the_same_ground_is_not_made_twice(room: Workspace) -> None:
    """Where nothing was superseded, the next epoch takes the same tables under one more name."""
    gate = begun(room)
    gate.begin_epoch(1)
    first, second = passes_of(gate.run)
    assert (first / "lines.arrow").stat().st_ino == (second / "lines.arrow").stat().st_ino
    assert read_pass_head(second).epoch == 1
    assert read_pass_head(first).basis == read_pass_head(second).basis


def test_a_file_of_two_lines_passes_only_if_both_do(room: Workspace) -> None:
    """The same bytes are the same sound: refused under one name, they are refused under the other."""
    music = room.folder / "music"
    shutil.copy(music / "0000.wav", music / "again.wav")
    rows = f"path,licence\n{'again.wav'},CC-BY-NC-4.0\n0000.wav,CC-BY-4.0\n0001.wav,CC0-1.0\n"
    (room.folder / "list.csv").write_text(rows)
    folder = room.clear(room.folder / "list.csv", USE, audio=music, workers=1, report=False).folder
    room.receipts.seal(folder, salt=SALT, at=NOON)
    room.runs.start(folder, name="second", model="m", use=USE, root=music, at=NOON, most_unfit=1.0)
    gate = opened(room, "second")
    gate.begin_epoch(0)
    assert names(gate) == ["0001.wav"]
    assert gate.admit_bytes((music / "0000.wav").read_bytes()) is None


def test_a_damaged_pass_lets_nothing_through(room: Workspace) -> None:
    """A table that was cut short, and a pass that is none, are told of."""
    gate = begun(room)
    passed = passes_of(gate.run)[0]
    (passed / "names.bin").write_bytes(b"short")
    with pytest.raises(GateError, match="is damaged"):
        gate.read(0)
    with pytest.raises(GateError, match="there is no pass"):
        Pass(gate.run / PASSES / "nothing")


def test_marks_of_another_manifest_are_refused(tmp_path: Path) -> None:
    """Bytes for so many lines are no account of so many others."""
    Marks(tmp_path, 0, 5).mark(4)
    with pytest.raises(GateError, match="another manifest"):
        Marks(tmp_path, 0, 6)
    with pytest.raises(GateError, match="another manifest"):
        times_read(tmp_path, 6)
    assert times_read(tmp_path, 5).tolist() == [0, 0, 0, 0, 1]


def test_marks_of_several_machines_are_one_account(tmp_path: Path) -> None:
    """An item that two machines read in one epoch was read once in it."""
    for machine, read in (("one", [1, 1, 0]), ("two", [0, 1, 1])):
        (tmp_path / f"000000.{machine}").write_bytes(bytes(read))
    (tmp_path / "000001.one").write_bytes(bytes([0, 1, 0]))
    (tmp_path / "000001.two.tmp").write_bytes(b"half")  # of one that was killed
    assert times_read(tmp_path, 3).tolist() == [1, 2, 1]


def test_a_full_disk_is_told_of_before_anything_passes(room: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where what is read cannot be noted, nothing is read."""
    gate = begun(room)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("licet.training.marks.placed", full)
    with pytest.raises(GateError, match="No space left on device"):
        gate.read(0)


def test_half_a_line_of_a_killed_writer_is_passed_over(tmp_path: Path) -> None:
    """What was noted whole counts, and the next one is noted behind it."""
    path = tmp_path / "000000.000000.jsonl"
    path.write_bytes(json.dumps({"item": "a", "place": 1, "why": "changed", "says": ""}).encode() + b'\n{"it')
    assert [one.item for one in read_drops(tmp_path)] == ["a"]
    drops = Drops(path)
    assert drops.note(Dropped("b", 2, "changed", ""))
    assert drops.count() == 2
    assert [one.item for one in read_drops(tmp_path)] == ["a", "b"]


def test_a_manifest_of_nothing_lets_nothing_through(room: Workspace, tmp_path: Path) -> None:
    """An empty corpus has a gate, and its first epoch is over at once."""
    (tmp_path / "empty").mkdir()
    folder = room.clear(tmp_path / "empty", USE, workers=1, report=False).folder
    room.receipts.seal(folder, salt=SALT, at=NOON)
    room.runs.start(folder, name="none", model="m", use=USE, root=tmp_path, at=NOON)
    gate = opened(room, "none")
    assert [len(gate) for _ in gate.epochs(2)] == [0, 0]
    assert gate.admitted().dtype == np.int64
    with pytest.raises(GateError, match="1 of the 0 items"):
        gate.read(None, "something.wav")


def test_without_a_log_there_is_no_gate(room: Workspace) -> None:
    """What the log's key does not vouch for does not pass."""
    started(room)
    shutil.rmtree(room.folder / "keys")
    with pytest.raises(LogError):
        opened(room).begin_epoch(0)
    sound(room.folder / "music/0000.wav", 1)
