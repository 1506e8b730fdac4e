"""A recording that was cropped, mislabelled and encoded again is found, claimed, answered, and packed as evidence."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest

from claiming import ITEM, PAGE, Case, granted, make_case, step
from corpora import COMMERCIAL
from house import NOON, SALT
from licet.corpus import read_lines
from licet.errors import AudioError, EvidenceError, LogError, UsageError, WorkspaceError
from licet.exports.claim_notice import check_pack
from licet.exports.claim_notice.bundle import bundled
from licet.registry.claims import (
    LOGGED_TYPE,
    Against,
    Answer,
    Claim,
    InManifest,
    Remedy,
    Respondent,
    State,
    StepKind,
    What,
)
from licet.registry.statements import Kind, Reach, Statement, Subject
from licet.transparency import public_path, read_verifiers
from licet.workspace.claim_evidence import Gatherer
from licet.workspace.claim_sounds import Drawer, Sounds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """The house, with one claim that rests on a manifest, on an output and on a disclosure."""
    made = make_case(tmp_path_factory.mktemp("house"))
    yield made
    made.room.close()


@pytest.fixture(scope="module")
def claim(case: Case) -> Claim:
    """A claim on everything there is."""
    claims = case.room.claims
    grounds = (
        claims.in_manifest(case.manifest, [case.recording]),
        claims.heard_in(case.output, [case.recording]),
        claims.disclosed("We trained Singer on Big Set.", "https://biglab.example/model", "2026-11-20", PAGE),
    )
    made = case.claim(*grounds, words="It was never ours to give away.\nTake it out.")
    claims.make(made)
    return made


def packed(case: Case, claim: Claim, folder: Path, *audio: Path) -> dict[str, bytes]:
    """Pack a claim, and return its files."""
    names = case.room.claims.pack(claim.id, folder, NOON, audio)
    return {name: (folder / name).read_bytes() for name in names}


def test_the_story_of_a_claim(tmp_path: Path, database: str) -> None:
    """Found, claimed, told, answered, disputed, removed, closed: each in the log by its digest alone."""
    case = make_case(tmp_path, database)
    room, claims = case.room, case.room.claims
    found = {line.item: line for line in read_lines(case.manifest)}
    assert found[ITEM].recordings == (case.recording,), "by its sound: its tag and its name say something else"
    assert found[ITEM].verdict == "refused"

    claim = case.made()
    (ground,) = claim.grounds
    assert isinstance(ground, InManifest)
    (item,) = ground.items
    assert item.item == ITEM
    (match,) = item.found
    assert abs(match.reference_start_ms - match.query_start_ms - 4_000) < 50
    (told,) = (one.message for one in room.notices.outbox.waiting())
    assert (told.to.mailbox, told.kind) == ("biglab@example.org", "claim.made")

    denied = {"answer": Answer.DENIED, "words": "it was said to be free"}
    claims.step(step(claim, StepKind.ACKNOWLEDGED, "biglab", 1))
    claims.step(step(claim, StepKind.ANSWERED, "biglab", 2, **denied))
    claims.step(step(claim, StepKind.DISPUTED, "maker", 3, words="by whoever copied it"))
    (case.corpus / ITEM).unlink()
    again = room.clear(case.corpus, COMMERCIAL, out=tmp_path / "again", workers=1, report=False)
    seal = room.receipts.seal(again.folder, salt=SALT, at=NOON)
    claims.step(step(claim, StepKind.REMEDIED, "biglab", 4, remedy=Remedy.REMOVED, place=seal.place))
    assert list(claims.open(NOON + timedelta(hours=5)))
    place = claims.step(step(claim, StepKind.CLOSED, "maker", 5))

    shown = claims.show(claim.id, NOON + timedelta(days=1))
    assert shown.standing.state is State.CLOSED
    assert not list(claims.open(NOON + timedelta(days=1)))
    kinds = sorted(one.message.kind for one in room.notices.outbox.waiting())
    expected = ["claim.acknowledged", "claim.answered", "claim.closed", "claim.disputed", "claim.made"]
    assert kinds == [*expected, "claim.remedied"]
    log = room.receipts.log()
    log.verify()
    assert len(log) == place + 1
    for name, at in shown.places.items():
        entry = json.loads(log[at])
        assert entry["subject"][0]["digest"] == {"sha256": name}
        assert entry["predicateType"] == LOGGED_TYPE
        assert b"kept" not in log[at]
        assert b"maker" not in log[at]
    room.close()


def test_what_is_overdue(case: Case, claim: Claim) -> None:
    """From the day after the last one."""
    claims = case.room.claims
    assert claim.id not in {one.claim.id for one in claims.overdue(NOON + timedelta(days=7))}
    assert claim.id in {one.claim.id for one in claims.overdue(NOON + timedelta(days=8))}
    assert claim.id in {one.claim.id for one in claims.all(NOON, [case.recording])}
    assert not list(claims.all(NOON, ["jamendo:9"]))
    assert not list(claims.all(NOON - timedelta(seconds=1)))


def test_who_may_not_claim_that(case: Case) -> None:
    """A stranger, who holds nothing, and whoever names a manifest otherwise than it was sealed."""
    claims = case.room.claims
    count = len(case.room.receipts.log())
    with pytest.raises(UsageError, match="nobody here is called 'zoe'"):
        claims.make(case.claim(claimant="zoe"))
    with pytest.raises(UsageError, match="nobody here is called 'zed'"):
        claims.make(case.claim(respondent=Respondent(name="Zed", party="zed")))
    with pytest.raises(UsageError, match="other is not on record to hold anything in local:licences/kept"):
        claims.make(case.claim(claimant="other"))
    (ground,) = case.claim().grounds
    assert isinstance(ground, InManifest)
    with pytest.raises(UsageError, match="is of another manifest"):
        claims.make(case.claim(msgspec.structs.replace(ground, sha256="0" * 64)))
    page = claims.disclosed("We trained.", "https://biglab.example", "2026-11-20", PAGE)
    with pytest.raises(EvidenceError, match="missing"):
        claims.make(case.claim(msgspec.structs.replace(page, evidence="0" * 64)))
    with pytest.raises(UsageError, match="there is no claim"):
        claims.show("0" * 64, NOON)
    assert len(case.room.receipts.log()) == count


def test_what_a_claim_cannot_rest_on(case: Case) -> None:
    """Where the recordings were not found, or nothing can be heard."""
    claims = case.room.claims
    with pytest.raises(UsageError, match=r"found in stranger\.wav"):
        claims.in_manifest(case.manifest, [case.recording], ["stranger.wav"])
    with pytest.raises(UsageError, match="found in 0 items"):
        claims.in_manifest(case.manifest, ["local:licences/given.wav"])
    named = claims.in_manifest(case.manifest, [case.recording], [ITEM])
    assert named == claims.in_manifest(case.manifest, [case.recording])
    with pytest.raises(UsageError, match="heard in output"):
        claims.heard_in(case.output, ["local:licences/given.wav"])
    with pytest.raises(AudioError):
        claims.heard_in(case.masters / "licences.csv", [case.recording])


def test_no_finding_is_left_out_unsaid(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are more than a search gives, they are to be named."""
    monkeypatch.setattr("licet.workspace.claims.LINES_FOUND", 1)
    with pytest.raises(UsageError, match=r"is in 1 items of .* or more"):
        case.room.claims.in_manifest(case.manifest, [case.recording])


def test_a_step_is_checked(case: Case) -> None:
    """Against how the claim stands, and against what is on record."""
    claims = case.room.claims
    claim = case.made(words="steps")
    with pytest.raises(UsageError, match="the respondent's to say"):
        claims.step(step(claim, StepKind.ANSWERED, "maker", answer=Answer.ACCEPTED))
    with pytest.raises(UsageError, match="there is no claim"):
        claims.step(msgspec.structs.replace(step(claim, StepKind.ACKNOWLEDGED, "biglab"), claim="0" * 64))
    for place in (0, 10_000):
        with pytest.raises(UsageError, match=f"entry {place} of the log is no manifest's"):
            claims.step(step(claim, StepKind.REMEDIED, "biglab", remedy=Remedy.REMOVED, place=place))
    with pytest.raises(UsageError, match="is no grant of maker's"):
        claims.step(step(claim, StepKind.REMEDIED, "biglab", remedy=Remedy.LICENSED, grant="0" * 64))
    about = (Subject(Reach.RECORDING, case.recording),)
    grant = Statement(kind=Kind.GRANT, party="maker", actor="desk", at=NOON.isoformat(), subjects=about)
    case.room.desk.say(grant)
    claims.step(step(claim, StepKind.REMEDIED, "biglab", 9, remedy=Remedy.LICENSED, grant=grant.id))
    with pytest.raises(UsageError, match="before steps that it would undo"):
        claims.step(step(claim, StepKind.WITHDRAWN, "maker", 8))
    claims.step(step(claim, StepKind.REMEDIED, "biglab", 10, remedy=Remedy.REMOVED))
    shown = claims.show(claim.id, NOON + timedelta(days=1))
    assert shown.standing.remedies == (Remedy.LICENSED, Remedy.REMOVED)


def test_a_claim_is_called_by_the_beginning_of_its_id(case: Case, claim: Claim) -> None:
    """As long as one alone begins so."""
    case.made(words="another")
    assert case.room.claims.called(claim.id[:12]) == claim.id
    with pytest.raises(UsageError, match="more than one"):
        case.room.claims.called("")
    with pytest.raises(UsageError, match="there is no claim"):
        case.room.claims.called("zz")


def test_what_a_killed_writer_left_is_logged_once(case: Case) -> None:
    """A claim that was committed, and one that was even logged, and not noted to be."""
    claims, book = case.room.claims, case.room.receipts
    lost, logged = case.claim(words="lost"), case.claim(words="logged")
    claims.make(logged)
    before = len(book.log())
    claims.store.note_places({logged.id: None})  # type: ignore[dict-item]  # as if it had been killed before this
    claims.store.add(lost, before)
    after = case.made(words="after")
    assert claims.store.places([logged.id, lost.id, after.id]) == {
        logged.id: before - 1,
        lost.id: before,
        after.id: before + 1,
    }
    assert len(book.log()) == before + 2


def test_a_pack_holds_everything_and_checks(case: Case, claim: Claim, tmp_path: Path) -> None:
    """Pictures from both sounds, the terms, the holdings, the disclosure, the receipt and the log's entry."""
    files = packed(case, claim, tmp_path / "pack", case.corpus, case.output, case.masters)
    assert {name for name in files if name.startswith("pictures/")} == {"pictures/001.png", "pictures/002.png"}
    assert files["claim.json"] == claim.encoded()
    assert PAGE in files.values()
    page = files["notice.html"].decode()
    assert "A finding is no proof of training." in page
    assert page.count("<img ") == 2
    for text in ("CC BY-NC-SA 2.0 FR", "reservation", "Kept, Kept&#39;s Maker", "0:04.1 to 0:12.9", "refused"):
        assert text in page
    assert "not at hand" not in page
    steps = json.loads(files["steps.json"])
    assert (steps["state"], steps["steps"]) == ("open", [])
    known = read_verifiers(public_path(case.room.receipts.key_path))
    checked = check_pack(tmp_path / "pack", known)
    assert (checked.wrong, checked.claim, checked.files) == ((), claim.id, len(files) - 1)
    assert files == packed(case, claim, tmp_path / "again", case.corpus, case.output, case.masters)
    with pytest.raises(UsageError, match="is there already"):
        case.room.claims.pack(claim.id, tmp_path / "pack", NOON)


def test_what_is_not_at_hand_is_said(case: Case, claim: Claim, tmp_path: Path) -> None:
    """One sound alone is drawn beside an empty panel; without either there is no picture."""
    none = packed(case, claim, tmp_path / "none")
    assert not [name for name in none if name.startswith("pictures/")]
    page = none["notice.html"].decode()
    assert page.count("No picture could be drawn: neither sound was at hand.") == 2
    half = packed(case, claim, tmp_path / "half", case.masters / "kept.wav")
    assert len([name for name in half if name.startswith("pictures/")]) == 2
    assert half["notice.html"].decode().count("The file: the file was not at hand.") == 2


def test_a_file_that_is_another_now_is_not_drawn(case: Case, claim: Claim, tmp_path: Path) -> None:
    """Its name does not make it the item that was found; nor do bytes that are no sound make a picture."""
    (tmp_path / "free").mkdir()
    (tmp_path / ITEM).write_bytes((case.masters / "given.wav").read_bytes())
    (tmp_path / "kept.wav").write_text("no sound at all")
    page = packed(case, claim, tmp_path / "pack", tmp_path)["notice.html"].decode()
    assert "The file: what lies there now has other bytes." in page
    assert "is not audio, whatever its name says" in page


def test_evidence_that_is_gone_is_told(case: Case, claim: Claim, tmp_path: Path) -> None:
    """In its place in the table, with the others there."""
    (line,) = (one for one in read_lines(case.manifest) if one.item == ITEM)
    kept = case.room.evidence.path(next(one.blob for one in line.statements if one.source == "table"))
    away = kept.rename(tmp_path / "away")
    page = packed(case, claim, tmp_path / "pack")["notice.html"].decode()
    away.rename(kept)
    assert page.count("not in this pack: evidence is missing") == 1


def test_a_proof_of_membership_is_no_receipt(case: Case, claim: Claim, tmp_path: Path) -> None:
    """A signed list does not make it one."""
    files = {"claim.json": claim.encoded(), "receipts/item-001.json": b""}
    files["receipts/item-001.json"] = msgspec.json.encode(case.room.receipts.prove(case.manifest, "recording:none"))
    signer = case.room.receipts.signer()
    for name, content in (files | {"bundle.json": bundled(files, claim.id, NOON, signer)}).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (wrong,) = check_pack(tmp_path, [signer.verifier]).wrong
    assert (wrong.file, wrong.says) == ("receipts/item-001.json", "it is no receipt")


def test_two_that_begin_alike_are_both_kept(case: Case, tmp_path: Path) -> None:
    """A name that is short is no reason to lose evidence."""
    gatherer = Gatherer(case.room._record, case.room.receipts, case.room.identify, Drawer(Sounds(())))
    first = gatherer._keep(b"one")
    gatherer.files[first.file] = b"another that begins alike"
    second = gatherer._keep(b"one")
    assert gatherer.files == {first.file: b"another that begins alike", second.file: b"one"}
    assert len(second.file) > len(first.file)


def test_a_pack_draws_so_many_pictures_and_no_more(
    case: Case, claim: Claim, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What else was found is told in words. A file that is called otherwise is known by its bytes."""
    monkeypatch.setattr("licet.workspace.claim_sounds.MOST_PICTURES", 1)
    copy = tmp_path / "0001.bin"
    copy.write_bytes((case.corpus / ITEM).read_bytes())
    files = packed(case, claim, tmp_path / "pack", copy)
    assert [name for name in files if name.startswith("pictures/")] == ["pictures/001.png"]
    assert "No more than 1 pictures are drawn in one pack." in files["notice.html"].decode()


def test_no_name_leads_out_of_a_folder(tmp_path: Path) -> None:
    """However it is written."""
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.wav").write_bytes(b"secret")
    (inside / "link.wav").symlink_to(tmp_path / "secret.wav")
    (inside / "own.wav").write_bytes(b"own")
    sounds = Sounds((inside,))
    for name in ("../secret.wav", str(tmp_path / "secret.wav"), "link.wav", "", ".", "own.wav/x"):
        assert sounds.find(name) == (None, "the file was not at hand")
    assert sounds.find("own.wav")[0] == inside / "own.wav"


def test_a_manifest_that_is_kept_elsewhere(case: Case, tmp_path: Path) -> None:
    """What the claim says of it is shown, and that this is all; an item without a match is heard again."""
    (ground,) = case.claim().grounds
    assert isinstance(ground, InManifest)
    bare = tuple(msgspec.structs.replace(one, found=()) for one in ground.items)
    claim = case.made(grounds=(msgspec.structs.replace(ground, origin="log.example/other", items=bare),))
    files = packed(case, claim, tmp_path / "pack", case.corpus, case.masters)
    page = files["notice.html"].decode()
    assert "The manifest is not kept here" in page
    assert "It was heard again when this pack was made." in page
    assert "pictures/001.png" in files
    bare_page = packed(case, claim, tmp_path / "bare")["notice.html"].decode()
    assert "nothing was heard" in bare_page
    assert not [name for name in files if name.startswith("receipts/item")]


def test_a_claim_on_disclosures_alone(case: Case, tmp_path: Path) -> None:
    """Nothing was heard, and nothing is said to have been; evidence that is gone is told."""
    claims = case.room.claims
    page = claims.disclosed("We trained Singer on it.", "https://biglab.example/model", "2026-11-20", b"\xff\xfe page")
    claim = case.claim(page, against=Against(what=What.MODEL, name="Singer"))
    claims.make(claim)
    files = packed(case, claim, tmp_path / "pack")
    assert "nothing was heard" in files["notice.html"].decode()
    assert [name for name in files if name.endswith(".bin")]
    kept = case.room.evidence.path(page.evidence)
    kept.unlink()
    gone = packed(case, claim, tmp_path / "gone")["notice.html"].decode()
    assert "not in this pack: evidence is missing" in gone


def test_a_verdict_that_was_superseded_is_said_to_be(tmp_path: Path) -> None:
    """The terms are those of the time; what came of them since is a note."""
    case = make_case(tmp_path)
    claim = case.made()
    granted(case)
    came = list(case.room.reopen(day=NOON.date(), at=NOON, salt=lambda: SALT))
    assert [line.after for one in came for line in one.lines()] == ["permitted"]
    page = packed(case, claim, tmp_path / "pack")["notice.html"].decode()
    assert "The verdict was superseded since, and is permitted now." in page
    case.room.close()


def test_no_claim_without_a_log(tmp_path: Path) -> None:
    """What cannot be logged is not claimed."""
    case = make_case(tmp_path)
    claim = case.claim()
    case.room.receipts.key_path.unlink()
    with pytest.raises((LogError, WorkspaceError)):
        case.room.claims.make(claim)
    assert not list(case.room.claims.all(NOON))
    case.room.close()


def test_a_line_that_the_manifest_does_not_have_is_said_to_be_missing(case: Case, tmp_path: Path) -> None:
    """And not that the manifest is kept elsewhere: such a claim may have come by another way than the door."""
    (ground,) = case.claim().grounds
    assert isinstance(ground, InManifest)
    invented = msgspec.structs.replace(ground.items[0], item="never/in/it.mp3")
    claim = case.claim(msgspec.structs.replace(ground, items=(invented,)), words="invented")
    case.room.claims.store.add(claim, len(case.room.receipts.log()))
    page = packed(case, claim, tmp_path / "pack")["notice.html"].decode()
    assert "The manifest is kept here, and has no such line" in page
    assert "The manifest is not kept here" not in page


def test_what_was_put_on_record_and_not_logged_is_logged_before_it_is_packed(case: Case, tmp_path: Path) -> None:
    """The claim, and every step of it."""
    claims = case.room.claims
    claim = case.claim(words="never logged")
    claims.store.add(claim, len(case.room.receipts.log()))
    files = packed(case, claim, tmp_path / "pack")
    assert "receipts/claim-entry.json" in files
    seen = step(claim, StepKind.ACKNOWLEDGED, "biglab", -0.0)
    claims.store.add(seen, len(case.room.receipts.log()))
    steps = json.loads(packed(case, claim, tmp_path / "again")["steps.json"])
    assert [one["place"] for one in steps["steps"]] == [len(case.room.receipts.log()) - 1]


def test_a_disclosure_that_no_pack_holds_is_refused(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When it is claimed; one that is on record already is named in its pack, and does not stop it."""
    claims = case.room.claims
    with monkeypatch.context() as small:
        small.setattr("licet.workspace.claim_checks.MOST_FILE_BYTES", 4)
        with pytest.raises(UsageError, match="more than the 4 bytes that a pack holds"):
            claims.disclosed("We trained.", "https://biglab.example", "2026-11-20", PAGE)
        small.undo()
        page = claims.disclosed("We trained.", "https://biglab.example", "2026-11-20", PAGE)
        small.setattr("licet.workspace.claim_checks.MOST_FILE_BYTES", 4)
        with pytest.raises(UsageError, match="more than the 4 bytes that a pack holds"):
            claims.make(case.claim(page, words="too large"))
    claim = case.claim(page, words="too large")
    claims.make(claim)
    monkeypatch.setattr("licet.workspace.claim_evidence.MOST_FILE_BYTES", 4)
    said = packed(case, claim, tmp_path / "large")["notice.html"].decode()
    assert f"its {len(PAGE)} bytes are more than a pack can hold; SHA-256 {page.evidence}" in said
    monkeypatch.undo()
    monkeypatch.setattr("licet.workspace.claim_evidence.MOST_BYTES", 4)
    files = packed(case, claim, tmp_path / "full")
    assert "it holds as much as one pack can; SHA-256" in files["notice.html"].decode()
    assert not [name for name in files if name.startswith("evidence/")]


def test_what_is_not_drawn_is_not_listened_to(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor hashed; and what is drawn twice is hashed once."""
    heard = case.room.claims.heard_in(case.output, [case.recording])
    found = tuple(
        msgspec.structs.replace(heard.found[0], query_end_ms=heard.found[0].query_end_ms - less) for less in range(20)
    )
    claim = case.claim(msgspec.structs.replace(heard, found=found), words="many")
    case.room.claims.make(claim)
    counts: Counter[str] = Counter()

    def counted(name: str) -> None:
        function = getattr(sys.modules[name.rpartition(".")[0]], name.rpartition(".")[2])

        def counting(*arguments: object) -> object:
            counts[name] += 1
            return function(*arguments)

        monkeypatch.setattr(name, counting)

    stretch, sha256 = "licet.exports.claim_notice.pictures.stretch_of", "licet.workspace.claim_sounds.sha256_file"
    counted(stretch)
    counted(sha256)
    monkeypatch.setattr("licet.workspace.claim_sounds.MOST_PICTURES", 2)
    packed(case, claim, tmp_path / "pack", case.output, case.masters)
    assert counts == {stretch: 4, sha256: 2}


@pytest.mark.parametrize("name", [b"a\nb.mp3", b"a\xff.mp3", b"n" * 250 + b".mp3", b"back\\slash.mp3"], ids=str)
def test_an_output_of_any_name_is_claimed_and_drawn(name: bytes, case: Case, tmp_path: Path) -> None:
    """As it is written down, and found again under its own name."""
    file = tmp_path / os.fsdecode(name)
    shutil.copy(case.output, file)
    claim = case.claim(case.room.claims.heard_in(file, [case.recording]), words=f"of the name {name!r}")
    case.room.claims.make(claim)
    assert "pictures/001.png" in packed(case, claim, tmp_path / "pack", tmp_path)
    file.unlink()


def test_a_name_that_no_file_can_have_is_not_at_hand(tmp_path: Path) -> None:
    """Whoever chose it."""
    (tmp_path / "a").mkdir()
    for name in ("x" * 300, "a/" * 3_000, "a\\x00b.mp3", "a\0b", "\\zz"):
        assert Sounds((tmp_path,)).find(name) == (None, "the file was not at hand")
