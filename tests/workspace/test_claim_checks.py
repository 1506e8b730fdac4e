"""What a claim says of a manifest, and what a remedy names, is held against what is on record."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec
import pytest

from claiming import ITEM, THEN, Case, granted, make_case, step
from corpora import COMMERCIAL
from house import NOON, SALT
from licet.catalog import Right
from licet.corpus import read_lines
from licet.errors import UsageError
from licet.registry.claims import Claim, InManifest, Remedy, Step, StepKind
from licet.registry.rates import Basis, Rate
from licet.registry.statements import Kind, Reach, Statement, Subject
from licet.registry.terms import Holding, Said
from licet.workspace.claim_checks import _fallen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    """The house, where nothing that these tests say changes what the next finds."""
    made = make_case(tmp_path_factory.mktemp("house"))
    yield made
    made.room.close()


def test_a_claim_says_of_a_manifest_what_that_says(case: Case) -> None:
    """No item that is not in it, no other bytes, nothing that was not found there, and no line without a recording."""
    (ground,) = case.claim().grounds
    assert isinstance(ground, InManifest)
    (item,) = ground.items
    (found,) = item.found
    lines = {line.item: line for line in read_lines(case.manifest)}
    stranger = lines["stranger.wav"]
    for other, says in (
        ({"item": "never/in/it.mp3"}, "has no such item"),
        ({"row": item.row + 1}, "has no such item"),
        ({"sha256": "0" * 64}, "its bytes are others"),
        ({"sha256": None}, "its bytes are others"),
        ({"found": (msgspec.structs.replace(found, probability="1", aligned_peaks=99_999),)}, "does not say that this"),
        ({"found": (msgspec.structs.replace(found, query_end_ms=found.query_end_ms + 1),)}, "does not say that this"),
        (
            {"item": stranger.item, "row": stranger.row, "sha256": stranger.sha256, "found": ()},
            "none of the recordings",
        ),
    ):
        changed = msgspec.structs.replace(ground, items=(msgspec.structs.replace(item, **other),))
        with pytest.raises(UsageError, match=says):
            case.room.claims.make(case.claim(changed))


def sealed_again(case: Case, out: Path) -> int:
    """Clear the corpus as it is now and seal that; return its place in the log."""
    cleared = case.room.clear(case.corpus, COMMERCIAL, out=out, workers=1, report=False)
    return case.room.receipts.seal(cleared.folder, salt=SALT, at=NOON).place


def removed(claim: Claim, place: int) -> Step:
    """Word the step that says so."""
    return step(claim, StepKind.REMEDIED, "biglab", remedy=Remedy.REMOVED, place=place)


def test_what_shows_that_something_was_removed(tmp_path: Path) -> None:
    """A later manifest of the same corpus that permits none of it; not the one that it was found in."""
    case = make_case(tmp_path)
    claims, room = case.room.claims, case.room
    claim = case.made()
    (ground,) = claim.grounds
    assert isinstance(ground, InManifest)
    with pytest.raises(UsageError, match="is not after what the claim rests on"):
        claims.step(removed(claim, ground.place))
    other = tmp_path / "another set"
    other.mkdir()
    (other / "stranger.wav").write_bytes((case.corpus / "stranger.wav").read_bytes())
    cleared = room.clear(other, COMMERCIAL, workers=1, report=False)
    elsewhere = room.receipts.seal(cleared.folder, salt=SALT, at=NOON).place
    with pytest.raises(UsageError, match="is of the corpus 'another set'"):
        claims.step(removed(claim, elsewhere))
    granted(case)
    permitting = sealed_again(case, tmp_path / "permitting")
    with pytest.raises(UsageError, match="permits what holds the recordings"):
        claims.step(removed(claim, permitting))
    (case.corpus / ITEM).unlink()
    place = sealed_again(case, tmp_path / "without")
    same = case.claim(msgspec.structs.replace(ground, origin="log.example/other"), words="by its digest")
    room.claims.make(same)
    with pytest.raises(UsageError, match="or is the same manifest"):
        claims.step(removed(same, ground.place))
    assert claims.step(removed(claim, place))
    room.close()


def test_a_manifest_that_reopens_another_tells_of_the_recordings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And permits none of them: one that is about other items alone removes nothing."""
    case = make_case(tmp_path)
    claim = case.made()
    granted(case)
    (came,) = case.room.reopen(day=NOON.date(), at=NOON, salt=lambda: SALT)
    assert came.seal is not None
    with pytest.raises(UsageError, match="permits what holds the recordings"):
        case.room.claims.step(removed(claim, came.seal.place))
    monkeypatch.setattr("licet.workspace.claim_checks.find_lines", lambda *_: ())
    with pytest.raises(UsageError, match="reopens nothing about the recordings"):
        case.room.claims.step(removed(claim, came.seal.place))
    monkeypatch.setattr("licet.workspace.claim_checks._sealed", lambda _: iter(()))
    assert case.room.claims.step(removed(claim, came.seal.place)), "of what is not kept here no more is known"
    case.room.close()


def test_what_was_licensed_is_a_grant_that_stands(tmp_path: Path) -> None:
    """Not revoked, not disputed, about one of the recordings, and for whoever is asked or for everybody."""
    case = make_case(tmp_path)
    claims, desk = case.room.claims, case.room.desk
    claim = case.made()
    about = (Subject(Reach.RECORDING, case.recording),)
    held = [("local:licences/given.wav", Holding("maker", "The maker", right, Fraction(1))) for right in Right]
    desk.register("maker", held, THEN)

    def said(kind: Kind, hour: float, party: str = "maker", **facts: object) -> str:
        at = (NOON + timedelta(hours=hour)).isoformat()
        facts = {"subjects": about} | facts if "of" not in facts else facts
        statement = Statement(kind=kind, party=party, actor="desk", at=at, **facts)  # type: ignore[arg-type]  # of several types
        desk.say(statement)
        return statement.id

    def licensed(grant: str) -> None:
        claims.step(step(claim, StepKind.REMEDIED, "biglab", 9, remedy=Remedy.LICENSED, grant=grant))

    elsewhere = (Subject(Reach.RECORDING, "local:licences/given.wav"),)
    revoked, disputed, upheld, dismissed = (said(Kind.GRANT, hour) for hour in (1, 1.1, 1.2, 1.3))
    said(Kind.REVOCATION, 2, of=revoked)
    said(Kind.DISPUTE, 2, "other", of=disputed)
    for grant, gives_in in ((upheld, True), (dismissed, False)):
        dispute = said(Kind.DISPUTE, 3, "other", of=grant)
        said(Kind.SETTLEMENT, 4, "maker" if gives_in else "other", of=dispute, upheld=gives_in)
    for grant, says in (
        (said(Kind.RESERVATION, 1.4), "is no grant of maker's"),
        (said(Kind.GRANT, 1, subjects=elsewhere), "is about none of the recordings"),
        (said(Kind.GRANT, 1, grantees=("other",)), "is for others than the respondent"),
        (said(Kind.GRANT, 10), "was made after the step"),
        (revoked, "was revoked"),
        (disputed, "is disputed"),
        (upheld, "is disputed"),
    ):
        with pytest.raises(UsageError, match=says):
            licensed(grant)
    licensed(dismissed)
    licensed(said(Kind.GRANT, 1.5, grantees=("biglab", "other")))
    case.room.close()


def test_a_grant_whose_offer_is_disputed_does_not_stand(case: Case) -> None:
    """What is said of what led to it is said of it."""
    at = NOON.isoformat()
    about = (Subject(Reach.RECORDING, case.recording),)
    rate = (Rate(Basis.MODEL, "5.00 EUR"),)
    offer = Statement(kind=Kind.OFFER, party="maker", actor="desk", at=at, subjects=about, rates=rate)
    taken = Statement(kind=Kind.ACCEPTANCE, party="biglab", actor="desk", at=at, of=offer.id)
    grant = Statement(kind=Kind.GRANT, party="maker", actor="desk", at=at, subjects=about, under=taken.id)
    dispute = Statement(kind=Kind.DISPUTE, party="other", actor="desk", at=at, of=offer.id)
    heard = [Said(one.id, one) for one in (offer, taken, grant)]
    assert not _fallen(grant.id, heard)
    assert _fallen(grant.id, [*heard, Said(dispute.id, dispute)]) == "is disputed"
