from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from licet.corpus import read_lines
from licet.errors import LogError, ManifestError, UsageError
from licet.training.lineage import Lineage, Told, parse_lineage
from licet.training.passes import Admitted
from licet.training.runs import ATTESTATION_NAME, Base
from licet.training.sharding import Share
from licet.training.usage import SET_NAME
from licet.transparency import SortedSet, make_key
from licet.workspace import Workspace
from schooling import NOON, SALT, USE, manifest_of, names, opened, sound, started, trained

if TYPE_CHECKING:
    from pathlib import Path

    from licet.transparency import Verifier

SHARDS = SLICES = 2


def key(room: Workspace) -> Verifier:
    """Return the key of the workspace's log."""
    return room.receipts.signer().verifier


def base(room: Workspace, name: str) -> Path:
    """Return the attestation of a run."""
    return room.runs.at(name) / ATTESTATION_NAME


def sharded(room: Workspace) -> None:
    """Train a model for each shard, slice by slice, and join them."""
    for shard in range(SHARDS):
        for part in range(SLICES):
            share = Share(shards=SHARDS, shard=shard, slices=SLICES, slice=part, salt="school")
            bases = [base(room, f"shard{shard}.{part - 1}")] if part else []
            trained(room, f"shard{shard}.{part}", share=share, bases=bases)
    merged(room, "merged", [f"shard{shard}.{SLICES - 1}" for shard in range(SHARDS)])


def merged(room: Workspace, name: str, runs: list[str]) -> None:
    """Join models: a run that reads nothing itself."""
    started(room, name, bases=[base(room, run) for run in runs])
    opened(room, name).begin_epoch(0)
    weights = room.folder / f"{name}.safetensors"
    weights.write_bytes(name.encode())
    room.runs.finish(name, [weights], at=NOON, salt=SALT)


def test_a_scrub_names_the_runs_that_read_it_and_what_builds_on_them(room: Workspace) -> None:
    """By the recording, by the item's name or by its bytes; a model that began with another is affected with it."""
    trained(room)
    trained(room, "tuned", bases=[base(room, "first")])
    merged(room, "other", [])
    digest = next(line.sha256 for line in read_lines(manifest_of(room)) if line.item == "0003.wav")
    for what in ("jamendo:3", "0003.wav", digest, f"sha256:{digest}", "recording:jamendo:3"):
        found = room.scrubber.find(what)
        assert [one.name for one in found.affected] == ["first", "tuned"]
        assert found.spared == ("other",)
    first, tuned = room.scrubber.find("jamendo:3").affected
    assert first.again == ()
    assert [one.name for one in tuned.again] == ["tagger"]
    assert first.milliseconds == 8000
    assert room.scrubber.find("jamendo:2").affected == ()  # it was refused, and never read


def test_a_run_that_goes_on_still_is_found_too(room: Workspace) -> None:
    """What was read so far counts, though nothing of it is in the log yet."""
    started(room)
    gate = opened(room)
    gate.begin_epoch(0)
    assert room.scrubber.find("jamendo:3").affected == ()
    gate.read(3)
    (one,) = room.scrubber.find("jamendo:3").affected
    assert (one.name, one.finished, one.wall_s) == ("first", False, 0)
    assert one.read == ("recording:jamendo:3", *(name for name in one.read if name.startswith("sha256:")))
    assert [one.name for one in room.scrubber.find("item:0003.wav").affected] == ["first"]


def test_what_was_registered_under_another_name_later_is_found_by_its_bytes(room: Workspace, tmp_path: Path) -> None:
    """A recording that was not known when the corpus was cleared is found in it once it is cleared again."""
    music = room.folder / "music"
    sound(music / "0009.wav", 9)
    stated = "CC0-1.0"
    folder = room.clear(music, USE, workers=1, report=False, stated=stated).folder
    room.receipts.seal(folder, salt=SALT, at=NOON)
    trained(room, manifest=folder)
    assert room.scrubber.find("jamendo:99").affected == ()
    sound(tmp_path / "late.wav", 9)
    (tmp_path / "late.csv").write_text("id,title,artist,licence,path\njamendo:99,Late,Bo,CC-BY-NC-4.0,late.wav\n")
    room.add("table", tmp_path / "late.csv", captured_at=NOON - timedelta(hours=1), audio=tmp_path, workers=1)
    again = room.clear(music, USE, workers=1, report=False, stated=stated).folder
    room.receipts.seal(again, salt=SALT, at=NOON)
    assert [one.name for one in room.scrubber.find("jamendo:99").affected] == ["first"]


def test_a_manifest_without_it_lets_it_pass_no_more(room: Workspace, tmp_path: Path) -> None:
    """The lines are left out, the others stay as they are, and all are looked at again at the gate."""
    out = tmp_path / "without"
    assert room.scrubber.without(manifest_of(room), "jamendo:3", out) == (5, 1)
    assert [line.item for line in read_lines(out)] == [f"{number:04}.wav" for number in (0, 1, 2, 4, 5)]
    room.receipts.seal(out, salt=SALT, at=NOON)
    started(room, manifest=out)
    gate = opened(room)
    gate.begin_epoch(0)
    assert names(gate) == ["0000.wav", "0001.wav", "0004.wav"]
    assert gate.place_of("0003.wav") is None
    with pytest.raises(ManifestError, match="there is no manifest"):
        room.scrubber.without(tmp_path, "jamendo:3", tmp_path / "x")


def test_removal_of_one_recording_yields_a_lineage_without_it(room: Workspace, tmp_path: Path) -> None:
    """Found, left out, trained again; and the proof of the new model checks offline with the log's key alone."""
    trained(room)
    trained(room, "tuned", bases=[base(room, "first")])
    with pytest.raises(UsageError, match="the run tuned read"):
        room.scrubber.lineage("tuned", "jamendo:3")
    out = tmp_path / "without"
    room.scrubber.without(manifest_of(room), "jamendo:3", out)
    room.receipts.seal(out, salt=SALT, at=NOON)
    trained(room, "first2", manifest=out)
    trained(room, "tuned2", manifest=out, bases=[base(room, "first2")])
    proof = parse_lineage(msgspec.json.encode(room.scrubber.lineage("tuned2", "jamendo:3")))
    checked = proof.check([key(room)])
    assert [one.predicate["run"]["name"] for one in checked.statements] == ["tuned2", "first2"]
    assert checked.unknown == ()
    assert "recording:jamendo:3" in proof.names


def test_with_shards_only_what_must_be_is_trained_again(room: Workspace, tmp_path: Path) -> None:
    """One shard from one slice on, and the joined model; its lineage leans on the shards that were spared."""
    sharded(room)
    read = {one.name for one in room.scrubber.find("jamendo:3").affected}
    spared = set(room.scrubber.find("jamendo:3").spared)
    (shard,) = {name.partition(".")[0] for name in read - {"merged"}}
    assert "merged" in read
    assert spared >= {f"shard{number}.{part}" for number in range(2) for part in range(2)} - read
    assert any(not name.startswith(shard) for name in spared)
    out = tmp_path / "without"
    room.scrubber.without(manifest_of(room), "jamendo:3", out)
    room.receipts.seal(out, salt=SALT, at=NOON)
    last = {number: f"shard{number}.{SLICES - 1}" for number in range(SHARDS)}
    for one in room.scrubber.find("jamendo:3").affected:
        if one.name != "merged":
            kept = [base(room, f"{shard}.0") for again in one.run.bases if again not in one.again]
            redone = [base(room, f"{shard}.0.again") for _ in one.again]
            trained(room, f"{one.name}.again", manifest=out, share=one.run.share, bases=[*kept, *redone])
            last[int(shard.removeprefix("shard"))] = f"{one.name}.again"
    merged(room, "merged2", list(last.values()))
    checked = room.scrubber.lineage("merged2", "jamendo:3").check([key(room)])
    told = {one.predicate["run"]["name"] for one in checked.statements}
    assert told >= {"merged2", *last.values()}
    assert not told & read


def test_shares_part_a_corpus_and_keep_copies_together() -> None:
    """Every item is in one shard, whole in its last slice, and copies of a recording fall into one slice."""

    def item(number: int, recording: str) -> Admitted:
        return Admitted(f"{number}.wav", 0, f"{number:064x}", 1, 1.0, (recording,), ())

    for number in range(200):
        one, copy = item(number, f"r{number}"), item(number + 1000, f"r{number}")
        held = [
            (shard, part)
            for shard in range(3)
            for part in range(4)
            if Share(shards=3, shard=shard, slices=4, slice=part, salt="s").holds(one)
        ]
        assert held == [
            (shard, part)
            for shard in range(3)
            for part in range(4)
            if Share(shards=3, shard=shard, slices=4, slice=part, salt="s").holds(copy)
        ]
        assert len({shard for shard, _ in held}) == 1
        assert [part for _, part in held] == list(range(held[0][1], 4))


@pytest.mark.parametrize(
    "share",
    [
        {"shards": 0, "shard": 0},
        {"shards": 2, "shard": 2},
        {"shards": 2, "shard": -1},
        {"shards": 1, "shard": 0, "slices": 3, "slice": 3},
        {"shards": 5000, "shard": 0},
    ],
)
def test_a_share_that_there_is_not_is_refused(share: dict[str, int]) -> None:
    """The message says what there is."""
    with pytest.raises(UsageError):
        Share(**share)  # type: ignore[arg-type]  # keywords pass through


def test_what_nobody_attested_is_told(room: Workspace) -> None:
    """Of a base of which there are its maker's words alone, nothing is proved, and the check says so."""
    trained(room, bases=[Base(name="music-flamingo", licence="NVIDIA OneWay Noncommercial")])
    checked = room.scrubber.lineage("first", "jamendo:2").check([key(room)])
    assert [one.name for one in checked.unknown] == ["music-flamingo"]


def change(proof: Lineage, **how: object) -> Lineage:
    """Return a proof in which something is another."""
    return msgspec.structs.replace(proof, **how)


def test_a_lineage_that_lacks_something_does_not_check(room: Workspace) -> None:
    """A model left out, a proof left out, a proof of another run, another name, another key."""
    trained(room)
    trained(room, "tuned", bases=[base(room, "first")])
    proof = room.scrubber.lineage("tuned", "jamendo:2")
    tuned, first = proof.models
    wrong = [
        (change(proof, models=(tuned,)), "which one of them began with, is not among them"),
        (change(proof, names=(*proof.names, "recording:other")), "nothing is proved of recording:other"),
        (change(proof, models=(msgspec.structs.replace(tuned, absent=()), first)), "nothing is proved of"),
        (
            change(proof, models=(msgspec.structs.replace(tuned, absent=first.absent), first)),
            "entry: it is not what the attestation states",
        ),
    ]
    for changed, says in wrong:
        with pytest.raises(LogError, match=says):
            changed.check([key(room)])
    with pytest.raises(LogError):
        proof.check([make_key(room.folder / "other.key", "log.example/other").verifier])
    with pytest.raises(LogError, match="it is no proof of a lineage"):
        parse_lineage(b"{}")
    with pytest.raises(LogError, match="too long"):
        parse_lineage(bytes((1 << 26) + 1))


def test_a_proof_that_something_was_read_is_no_proof_of_its_absence(room: Workspace) -> None:
    """Though each part of it checks, the whole says that the name was read."""
    attestation = trained(room)
    items = SortedSet(room.runs.at("first") / SET_NAME)
    name = "recording:jamendo:3"
    read = room.receipts.prove_in(items, name, attestation.statement, attestation.log.place)
    with pytest.raises(LogError, match="recording:jamendo:3 was read"):
        Lineage(names=(name,), models=(Told(attestation, (read,)),)).check([key(room)])


def test_a_model_that_was_attested_elsewhere_is_for_its_keeper_to_prove(room: Workspace, tmp_path: Path) -> None:
    """What another house's run read is not on record here."""
    shutil.copytree(room.folder, tmp_path / "elsewhere")
    with Workspace.open(tmp_path / "elsewhere") as elsewhere:
        trained(elsewhere, "theirs")
        attestation = base(elsewhere, "theirs")
        trained(room, bases=[attestation], known=[key(elsewhere)])
    with pytest.raises(UsageError, match="was attested elsewhere"):
        room.scrubber.lineage("first", "jamendo:2")
