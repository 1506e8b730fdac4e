from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from licet.corpus import read_lines
from licet.digests import sha256_file
from licet.errors import LogError, ManifestError, UsageError
from licet.training.lineage import Lineage, Told, parse_lineage
from licet.training.passes import Admitted
from licet.training.runs import ATTESTATION_NAME, Base
from licet.training.sharding import Share
from licet.training.usage import SET_NAME
from licet.transparency import Attestation, SortedSet, make_key
from licet.workspace import Workspace
from licet.workspace.receipts import ReceiptBook
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
    empty(room, name, bases=[base(room, run) for run in runs])


def empty(room: Workspace, name: str, **how: object) -> None:
    """Finish a run that reads nothing."""
    started(room, name, **how)
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
    with pytest.MonkeyPatch.context() as cut:
        cut.setattr(ReceiptBook, "append_once", killed)
        with pytest.raises(KeyboardInterrupt):
            room.runs.finish("first", at=NOON, salt=SALT)
    (one,) = room.scrubber.find("jamendo:3").affected  # summed up, and not in the log yet
    assert (one.name, one.finished) == ("first", False)


def killed(*_: object) -> int:
    """Stop here, as a kill does."""
    raise KeyboardInterrupt


def test_what_was_registered_under_another_name_later_is_found_by_its_bytes(room: Workspace, tmp_path: Path) -> None:
    """A recording that was not known when the corpus was cleared is found in it once it is cleared again."""
    music = room.folder / "music"
    sound(music / "0009.wav", 9)
    stated = "CC0-1.0"
    folder = room.clear(music, USE, workers=1, report=False, stated=stated).folder
    room.receipts.seal(folder, salt=SALT, at=NOON)
    trained(room, manifest=folder)
    with pytest.raises(UsageError, match="nothing here goes by the name 'jamendo:99'"):
        room.scrubber.find("jamendo:99")
    sound(tmp_path / "late.wav", 9)
    (tmp_path / "late.csv").write_text("id,title,artist,licence,path\njamendo:99,Late,Bo,CC-BY-NC-4.0,late.wav\n")
    room.add("table", tmp_path / "late.csv", captured_at=NOON - timedelta(hours=1), audio=tmp_path, workers=1)
    again = room.clear(music, USE, workers=1, report=False, stated=stated).folder
    room.receipts.seal(again, salt=SALT, at=NOON)
    for what in ("jamendo:99", "recording:jamendo:99", "JAMENDO:99"):
        assert [one.name for one in room.scrubber.find(what).affected] == ["first"]
        with pytest.raises(UsageError, match="the run first read sha256:"):
            room.scrubber.lineage("first", what)
    assert room.scrubber.prove("first", "jamendo:99").check([key(room)])[0] is not None


@pytest.mark.parametrize(
    "what",
    [
        *("jamendo:0", "recording:jamendo:0", "JAMENDO:0", "isrc:USABC1200001", "recording:isrc:US-ABC-12-00001"),
        *("0000.wav", "item:0000.wav", "item:0:0000.wav", "digest", "DIGEST", "sha256:digest", "sha256:DIGEST"),
    ],
)
def test_whatever_it_is_called_it_is_the_same(room: Workspace, tmp_path: Path, what: str) -> None:
    """An identifier of the recording, in any spelling; an item, as its receipt or its run names it; bytes."""
    (tmp_path / "more.csv").write_text(
        "id,isrc,title,artist,licence,path\njamendo:0,USABC1200001,Song 0,Ann,CC-BY-4.0,0000.wav\n"
    )
    room.add("table", tmp_path / "more.csv", captured_at=NOON - timedelta(hours=1), audio=room.folder / "music")
    digest = sha256_file(room.folder / "music" / "0000.wav")
    what = what.replace("digest", digest).replace("DIGEST", digest.upper())
    trained(room)
    assert [one.name for one in room.scrubber.find(what).affected] == ["first"]
    assert room.scrubber.prove("first", what).check([key(room)])[0] is not None
    assert room.scrubber.prove_in_manifest(manifest_of(room), what).check([key(room)])[0] is not None
    with pytest.raises(UsageError, match="the run first read"):
        room.scrubber.lineage("first", what)
    assert room.scrubber.without(manifest_of(room), what, tmp_path / "without") == (5, 1)


@pytest.mark.parametrize("what", ["jamendo:99", "nowhere.wav", "item:nowhere.wav", "item:7:0000.wav", "ab" * 32])
def test_what_nobody_heard_of_is_not_said_to_be_unread(room: Workspace, what: str) -> None:
    """It may be misspelt, and would be proved absent of every model."""
    trained(room)
    with pytest.raises(UsageError, match="nothing here goes by the name"):
        room.scrubber.find(what)
    with pytest.raises(UsageError, match="nothing here goes by the name"):
        room.scrubber.lineage("first", what)


def test_what_a_manifest_has_not_is_proved_by_a_name_that_it_could_have(room: Workspace) -> None:
    """A recording and bytes are proved absent; of an item's name it must be said in which row."""
    for what in ("jamendo:99", "ab" * 32, "item:7:0000.wav"):
        assert room.scrubber.prove_in_manifest(manifest_of(room), what).check([key(room)])[0] is None
    with pytest.raises(UsageError, match=r"the manifest has no item 'nowhere.wav'"):
        room.scrubber.prove_in_manifest(manifest_of(room), "nowhere.wav")
    trained(room)
    assert room.scrubber.prove("first", "jamendo:2").check([key(room)])[0] is None
    with pytest.raises(UsageError, match="nothing here goes by the name"):
        room.scrubber.prove("first", "nowhere.wav")


@pytest.mark.parametrize("what", ["", " ", "x\udcff"])
def test_what_names_nothing_is_refused(room: Workspace, what: str) -> None:
    """An empty text, and one that is none."""
    with pytest.raises(UsageError, match=r"nothing is named|is no text"):
        room.scrubber.find(what)


def test_what_began_with_a_model_that_nobody_knows_is_not_spared(room: Workspace) -> None:
    """Nor what began with that: nobody can tell what those read."""
    empty(room, "alone")
    empty(room, "adapted", bases=[Base(name="music-flamingo")])
    empty(room, "again", bases=[base(room, "adapted")])
    found = room.scrubber.find("jamendo:3")
    assert (found.affected, found.spared) == ((), ("alone",))
    assert [(one.name, one.because) for one in found.unknown] == [
        ("adapted", "it began with music-flamingo, and nobody attested what that read"),
        ("again", "it began with tagger, of which it is not known"),
    ]


def test_a_model_whose_run_is_gone_is_named_with_what_began_with_it(room: Workspace) -> None:
    """The log holds that it was trained, and no file here tells any more what it read."""
    trained(room)
    empty(room, "tuned", bases=[base(room, "first")])
    assert [one.name for one in room.scrubber.find("jamendo:3").affected] == ["first", "tuned"]
    shutil.rmtree(room.runs.at("first"))
    found = room.scrubber.find("jamendo:3")
    assert (found.affected, found.spared) == ((), ())
    assert [(one.name, one.model, one.because) for one in found.unknown] == [
        ("tuned", "tagger", "it began with tagger, whose run is not here"),
        ("first", "tagger", "entry 1 of the log attests it, and its run is not here"),
    ]


def test_a_run_that_was_copied_counts_once(room: Workspace) -> None:
    """What it took is its statement's, and that is one."""
    trained(room)
    shutil.copytree(room.runs.at("first"), room.runs.at("first").with_name("first.bak"))
    assert [one.name for one in room.scrubber.find("jamendo:3").affected] == ["first"]


@pytest.mark.parametrize("name", ["run.json", "attestation.json", "items.set"])
def test_a_damaged_run_is_named_and_the_others_are_looked_at(room: Workspace, name: str) -> None:
    """Of itself nothing is known; what another run read is told all the same."""
    trained(room)
    trained(room, "second")
    path = room.runs.at("second") / name
    path.write_bytes(path.read_bytes()[:-9])
    found = room.scrubber.find("jamendo:3")
    assert [one.name for one in found.affected] == ["first"]
    (unknown,) = found.unknown
    assert unknown.name == "second"
    assert str(path.parent) in unknown.because
    assert room.scrubber.lineage("first", "jamendo:2").check([key(room)]).unknown == ()


def test_a_set_that_was_not_attested_proves_nothing(room: Workspace) -> None:
    """Another run's, and one in which an entry was altered: the file is named, and no proof is made."""
    trained(room)
    empty(room, "other")
    path = room.runs.at("first") / SET_NAME
    whole = path.read_bytes()
    entry = 8 + 32  # where the first entry begins, behind size and salt
    for content in (
        (room.runs.at("other") / SET_NAME).read_bytes(),
        b"".join(
            (whole[:entry], bytes(64 * SortedSet(path).head.size), whole[entry + 64 * SortedSet(path).head.size :])
        ),
    ):
        path.write_bytes(content)
        found = room.scrubber.find("jamendo:3")
        assert found.affected == ()
        assert [one.name for one in found.unknown] == ["first"]
        assert "items.set is not what was attested" in found.unknown[0].because
        for proof in (room.scrubber.lineage, room.scrubber.prove):
            with pytest.raises(LogError, match=r"items\.set is not what was attested"):
                proof("first", "jamendo:3")
    attestation = base(room, "first")
    given = msgspec.json.decode(base(room, "other").read_bytes(), type=Attestation)
    other = msgspec.structs.replace(given.statement, subject=())
    attestation.write_bytes(msgspec.json.encode(room.receipts.attestation(other, given.log.place)))
    assert [one.name for one in room.scrubber.find("jamendo:2").unknown] == ["first"]


def test_after_a_new_key_the_proof_checks_with_that_alone(room: Workspace) -> None:
    """What was attested before is signed again, and stays what it was."""
    trained(room)
    trained(room, "tuned", bases=[base(room, "first")])
    before = list(room.scrubber.lineage("tuned", "jamendo:2").check([key(room)]).models)
    room.receipts.rotate(NOON)
    proof = room.scrubber.lineage("tuned", "jamendo:2")
    assert list(proof.check([key(room)]).models) == before


def test_what_was_withdrawn_meanwhile_gets_no_fresh_receipt(room: Workspace, tmp_path: Path) -> None:
    """A manifest without something is decided on again at once: its lines are those of another day."""
    (tmp_path / "more.csv").write_text("id,title,artist,licence,path\njamendo:0,Song 0,Ann,CC-BY-NC-4.0,0000.wav\n")
    room.add("table", tmp_path / "more.csv", captured_at=NOON - timedelta(hours=1), audio=room.folder / "music")
    out = tmp_path / "without"
    room.scrubber.without(manifest_of(room), "jamendo:3", out)
    room.receipts.seal(out, salt=SALT, at=NOON)
    ((line, _),) = room.receipts.receipts(out, "0000.wav")
    assert line.verdict == "permitted"
    (came,) = room.scrubber.decided_again(out, at=NOON, salt=lambda: SALT)
    assert (came.looked_at, came.superseded) == (5, 1)
    ((line, receipt),) = room.receipts.receipts(out, "0000.wav")
    assert line.verdict == "refused"
    assert receipt.check([key(room)]).statement.predicate["verdict"] == "refused"
    assert room.scrubber.decided_again(out, at=NOON, salt=lambda: SALT) == []


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
    """Every item is in one shard, whole in its last slice, and items that go by one recording fall into one slice."""

    def item(number: int, *recordings: str) -> Admitted:
        return Admitted(f"{number}.wav", 0, f"{number:064x}", 1, 1.0, recordings[::-1], ())

    for number in range(200):
        one, copy = item(number, f"r{number}"), item(number + 1000, f"r{number}", f"s{number}")
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
        (change(proof, names=("jamendo:2",)), r"names\[0\]: 'jamendo:2' is no name"),
        (change(proof, names=("sha256:" + "AB" * 32,)), r"names\[0\]: .* is no name"),
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
