"""Manifests are sealed, and their receipts checked by somebody who has nothing but a public key."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import msgspec
import pytest

from house import LISTED, NOON, ORIGIN, SALT, begun, clear
from licet.corpus import read_lines, read_seal
from licet.errors import LogError, ManifestError, UsageError
from licet.transparency import Receipt, Verifier, make_key, parse_receipt, public_path, read_verifiers
from licet.workspace import Workspace
from manifests import sample_lines, write_sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace with a log."""
    with begun(tmp_path / "house") as opened:
        yield opened


def receipt_of(room: Workspace, manifest: Path, item: str) -> Receipt:
    """Return the receipt of one item, as it comes over the wire."""
    ((_, receipt),) = room.receipts.receipts(manifest, item)
    given = parse_receipt(msgspec.json.encode(receipt))
    assert isinstance(given, Receipt)
    return given


def public(room: Workspace) -> tuple[Verifier, ...]:
    """Return the log's public key."""
    return read_verifiers(public_path(room.receipts.key_path))


def test_a_receipt_says_what_the_manifest_says(room: Workspace) -> None:
    """Of every item, and it checks with the public key."""
    manifest = clear(room)
    lines = {line.item: line for line in read_lines(manifest)}
    assert len(lines) == len(LISTED)
    for item, line in lines.items():
        checked = receipt_of(room, manifest, item).check(public(room))
        assert checked.statement.predicate["verdict"] == line.verdict
        assert [one["evidence"] for one in checked.statement.predicate["evidence"]] == [
            one.evidence for one in line.statements
        ]


def test_every_kind_of_line_has_a_receipt(room: Workspace, tmp_path: Path) -> None:
    """Hostile titles, broken files, matches with fractions: what is read back from Parquet is what was sealed."""
    manifest = write_sample(tmp_path / "sample")
    room.receipts.seal(manifest, salt=SALT, at=NOON)
    keys = public(room)
    for item in dict.fromkeys(line.item for line in sample_lines()):
        for line, receipt in room.receipts.receipts(manifest, item):
            assert receipt.check(keys).statement.predicate["row"] == line.row


def test_one_entry_whatever_the_number_of_items_and_of_seals(room: Workspace) -> None:
    """Sealing again what is sealed appends nothing, wherever the manifest lies by now."""
    manifest = clear(room)
    seal = read_seal(manifest)
    assert seal == room.receipts.seal(manifest, salt=bytes(32), at=NOON)
    elsewhere = shutil.copytree(manifest, room.folder / "elsewhere")
    (elsewhere / "seal.json").unlink()
    assert seal == room.receipts.seal(elsewhere, salt=bytes(32), at=NOON) == read_seal(elsewhere)
    assert len(room.receipts.log()) == 1


def test_a_receipt_outlives_its_manifest(room: Workspace) -> None:
    """What is cleared again, to another end, is another manifest; the seal of the old one does not stay beside it."""
    manifest = clear(room)
    old = room.receipts.manifests()[0]
    room.clear(room.folder / "corpus.csv", room_use(), out=manifest, workers=1, report=False)
    assert read_seal(manifest) is None
    with pytest.raises(ManifestError, match="not sealed"):
        next(room.receipts.receipts(manifest, "jamendo:1"))
    assert receipt_of(room, old, "jamendo:1").check(public(room)).statement.predicate["verdict"] == "permitted"


def room_use() -> object:
    """Return another use than the house's."""
    from dataclasses import replace

    from house import USE
    from licet.policy import Purpose

    return replace(USE, purpose=Purpose.RESEARCH)


@pytest.mark.parametrize("step", ["sealed.set", "pending", "append", "seal", "unlink"])
def test_a_seal_that_was_cut_short_goes_on(step: str, room: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a kill at any step there is one entry, and one sealed manifest."""
    cleared = room.clear(room.folder / "corpus.csv", room_use(), workers=1, report=False)  # type: ignore[arg-type]  # a use
    with monkeypatch.context() as cut:
        from licet.workspace import receipts

        def killed(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        if step == "sealed.set":
            cut.setattr(receipts, "seal_items", killed)
        elif step == "append":
            cut.setattr(receipts.ReceiptBook, "append_once", killed)
        elif step == "unlink":
            cut.setattr("pathlib.Path.unlink", killed)
        else:
            real, name = receipts.place, f"{step}.json"
            cut.setattr(receipts, "place", lambda files: killed() if name in {f.name for f in files} else real(files))
        with pytest.raises(KeyboardInterrupt):
            room.receipts.seal(cleared.folder, salt=SALT, at=NOON)
    room.receipts.seal(cleared.folder, salt=bytes(32), at=NOON)
    assert len(room.receipts.log()) == len(room.receipts.manifests()) == 1
    room.receipts.log().verify()
    receipt_of(room, cleared.folder, "jamendo:1").check(public(room))


def test_what_is_in_a_manifest_and_what_is_not(room: Workspace) -> None:
    """Proved for a recording, without the manifest."""
    manifest = clear(room)
    for name, there in (("recording:jamendo:1", True), ("recording:jamendo:77", False), ("sha256:" + "0" * 64, False)):
        digest, _ = room.receipts.prove(manifest, name).check(public(room))
        assert (digest is not None) is there


def test_several_sign(room: Workspace) -> None:
    """The log's key, and whoever else is asked to."""
    manifest = clear(room)
    lawyer = make_key(room.folder / "keys" / "legal.key", "legal.example/one")
    ((_, receipt),) = room.receipts.receipts(manifest, "jamendo:1", [lawyer])
    signed = receipt.check([*public(room), lawyer.verifier], at_least=2).signed_by
    assert [one.name for one in signed] == [ORIGIN, "legal.example/one"]


def test_a_key_is_rotated_and_revoked(room: Workspace) -> None:
    """The old public key leads to the new one, and what a revoked key signed is refused, until it is proved anew."""
    manifest = clear(room)
    (old,) = public(room)
    before = receipt_of(room, manifest, "jamendo:1")
    signer = room.receipts.rotate(NOON)
    assert public(room) == (signer.verifier,)
    assert signer.verifier != old
    after = receipt_of(room, manifest, "jamendo:1")
    for receipt, known in ((before, old), (after, old), (after, signer.verifier)):
        receipt.check([known])
    with pytest.raises(LogError, match="no known key"):
        before.check([signer.verifier])
    with pytest.raises(UsageError, match="the key that signs"):
        room.receipts.revoke(signer.verifier, NOON, "")
    room.receipts.revoke(old, NOON, "stolen")
    told = receipt_of(room, manifest, "jamendo:1")
    assert [key for key in told.check([old]).anchor.keys] == [signer.verifier]  # noqa: C416  (as a list)
    with pytest.raises(LogError):
        msgspec.structs.replace(before, keys=told.keys).check([old])
    assert (room.receipts.key_path.with_name(f"log.key.{old.id.hex()}").stat().st_mode & 0o777) == 0o600
    assert [
        one.check([old, signer.verifier], of_type="application/vnd.in-toto+json") for one in room.receipts.history()
    ]
    room.receipts.log().verify()
    assert len(room.receipts.log()) == 3


def test_a_rotation_that_was_cut_short_goes_on(room: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the key that was made already."""
    from licet.workspace import receipts

    with monkeypatch.context() as cut:
        cut.setattr(receipts, "link", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            room.receipts.rotate(NOON)
    (old,) = public(room)
    coming = read_verifiers(public_path(room.receipts.key_path.with_name("log.key.next")))
    assert (room.receipts.rotate(NOON).verifier,) == coming == public(room)
    clear(room)
    assert old != coming[0]


def test_what_is_not_there_is_said(room: Workspace, tmp_path: Path) -> None:
    """An item, a manifest, a log, a key."""
    manifest = clear(room)
    with pytest.raises(UsageError, match="no item"):
        next(room.receipts.receipts(manifest, "jamendo:77"))
    with pytest.raises(ManifestError, match="no manifest"):
        room.receipts.seal(tmp_path, salt=SALT, at=NOON)
    with Workspace.init(tmp_path / "bare") as bare:
        assert not bare.receipts.begun
        with pytest.raises(LogError, match="licet log init"):
            bare.receipts.seal(manifest, salt=SALT, at=NOON)
