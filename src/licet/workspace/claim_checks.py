"""What is on record is held against what a claim rests on, and against the remedy that a step names.

1. Where the manifest that a claim rests on is kept here, the claim says of it what it says: each item is there, with
   its bytes, and what was found in it is in its line, by the same recording and at the same place.
2. A disclosure is kept, and fits into the pack that hands it over.
3. What was removed is shown by a manifest that was sealed after those that the claim rests on, and is another. As it is
   kept here, it is of a corpus that is called the same, holds none of the recordings as permitted, and, if it reopens
   another manifest, tells of one of them.
4. What was licensed is shown by a grant of the claimant's that stands at the moment of the step: not revoked, not
   disputed, about one of the recordings, and for the respondent or for everybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.corpus import find_lines, read_head
from licet.corpus.deciding import subjects_of
from licet.corpus.finding import lines_at
from licet.errors import LogError, UsageError
from licet.exports.claim_notice import MOST_FILE_BYTES
from licet.registry.claims import Disclosed, InManifest
from licet.registry.standing import against, led_to
from licet.registry.statements import Kind
from licet.transparency import MANIFEST, parse_statement
from licet.workspace.claim_sounds import as_found

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from licet.corpus import Line, Seal
    from licet.registry.claims import Claim, ItemFound, Step
    from licet.registry.terms import Said
    from licet.workspace.receipts import ReceiptBook
    from licet.workspace.record import WorkspaceRecord

_NAME_IT = "name it as licet explain shows it"


def check_grounds(claim: Claim, record: WorkspaceRecord, book: ReceiptBook) -> None:
    """Refuse a claim that rests on what is not so (steps 1 and 2).

    Raises:
        UsageError: what it says of a manifest is not what that says, or a disclosure is too large.
        EvidenceError: a disclosure's evidence is not kept here.
    """
    sealed = {(seal.origin, seal.place): (folder, sha256) for folder, seal, sha256 in _sealed(book)}
    for ground in claim.grounds:
        if isinstance(ground, Disclosed):
            check_size(record.evidence.size(ground.evidence))
            record.evidence.read_blob(ground.evidence)
        elif isinstance(ground, InManifest) and (kept := sealed.get((ground.origin, ground.place))) is not None:
            folder, sha256 = kept
            if sha256 != ground.sha256:
                raise UsageError(
                    f"grounds: entry {ground.place} of {ground.origin} is of another manifest",
                    mend="name the manifest as it was sealed",
                )
            _check_items(claim, ground, folder)


def check_size(size: int) -> None:
    """Refuse a disclosure that no pack could hold.

    Raises:
        UsageError: it is that large.
    """
    if size > MOST_FILE_BYTES:
        raise UsageError(
            f"the disclosure has more than the {MOST_FILE_BYTES:,} bytes that a pack holds of one file",
            mend="keep the page alone, and not all that it links to",
        )


def _check_items(claim: Claim, ground: InManifest, folder: Path) -> None:
    wanted = [(one.item, one.row) for one in ground.items]
    lines = {(line.item, line.row): line for _, _, some in lines_at(folder, wanted) for line in some}
    for item in ground.items:
        if wrong := _unlike(claim, item, lines.get((item.item, item.row))):
            raise UsageError(f"grounds: {item.item!r} of entry {ground.place}: {wrong}", mend=_NAME_IT)


def _unlike(claim: Claim, item: ItemFound, line: Line | None) -> str:
    """Say what of an item is not in its line of the manifest; "" where all is."""
    if line is None:
        return "the manifest has no such item"
    if (item.sha256 or "") != line.sha256:
        return "its bytes are others in the manifest"
    if not set(item.found) <= {as_found(one) for one in line.matches}:
        return "the manifest does not say that this was found in it"
    return "" if set(claim.recordings) & set(line.recordings) else "none of the recordings was found in it"


def check_remedy(claim: Claim, step: Step, record: WorkspaceRecord, book: ReceiptBook) -> None:
    """Refuse a remedy that names what does not show it (steps 3 and 4).

    Raises:
        UsageError: the message says what is amiss.
        LogError: there is no log.
    """
    if step.place is not None:
        _check_removed(claim, step.place, book)
    if step.grant is not None:
        _check_licensed(claim, step, step.grant, record)


def _check_removed(claim: Claim, place: int, book: ReceiptBook) -> None:
    log = book.log()
    try:
        entry = parse_statement(log[place] if place < len(log) else b"", of_type=MANIFEST)
    except LogError:
        wrong = f"place: entry {place} of the log is no manifest's"
        raise UsageError(wrong, mend="seal the manifest that supersedes") from None
    grounds = [one for one in claim.grounds if isinstance(one, InManifest)]
    own = {one.place for one in grounds if one.origin == log.head.origin}
    if place <= max(own, default=-1) or entry.subject[0].digest["sha256"] in {one.sha256 for one in grounds}:
        raise UsageError(
            f"place: entry {place} of the log is not after what the claim rests on, or is the same manifest",
            mend="clear the corpus again and seal that",
        )
    folders = {seal.place: folder for folder, seal, _ in _sealed(book)}
    if place in folders:
        before = {read_head(folders[one])[0].corpus for one in own & folders.keys()}
        head, _ = read_head(folders[place])
        if before and head.corpus not in before:
            raise UsageError(
                f"place: entry {place} of the log is of the corpus {head.corpus!r}",
                mend=f"clear {', '.join(sorted(before))} again and seal that",
            )
        lines = [line for one in claim.recordings for line in find_lines(folders[place], one)]
        if any(line.verdict == "permitted" for line in lines):
            raise UsageError(
                f"place: entry {place} of the log permits what holds the recordings", mend="clear the corpus again"
            )
        if "reopens" in entry.predicate and not lines:
            raise UsageError(f"place: entry {place} of the log reopens nothing about the recordings", mend="licet diff")


def _check_licensed(claim: Claim, step: Step, grant: str, record: WorkspaceRecord) -> None:
    said = record.registry.statement(grant)
    if said is None or said.statement.kind is not Kind.GRANT or said.statement.party != claim.claimant:
        raise UsageError(f"grant: {grant} is no grant of {claim.claimant}'s", mend="licet grant")
    listed = record.catalogue.find(claim.recordings, as_of=step.moment)
    names = {key: subjects_of(key, listed.get(key, ())) for key in claim.recordings}
    if not any(said.reach_to(some) for some in names.values()):
        raise UsageError(f"grant: {grant} is about none of the recordings", mend="licet grant --recording")
    if said.statement.grantees and claim.respondent.party not in said.statement.grantees:
        raise UsageError(f"grant: {grant} is for others than the respondent", mend="licet grant --to")
    told = record.registry.about(names, [claim.claimant])
    if why := _fallen(grant, [one for one in told if one.moment <= step.moment]):
        raise UsageError(f"grant: {grant} {why}", mend="licet grant")


def _fallen(name: str, heard: list[Said]) -> str:
    """Say why a grant does not stand after all that was heard; "" where it does."""
    known = {one.id: one.statement for one in heard}
    if name not in known:
        return "was made after the step"
    stands = against(known)
    if name in stands.revoked:
        return "was revoked"
    return "is disputed" if name in led_to(known, stands.disputed | stands.fallen) else ""


def _sealed(book: ReceiptBook) -> Iterator[tuple[Path, Seal, str]]:
    """Yield the sealed manifests that are kept here, with their seals and the SHA-256 of their lines."""
    for folder in book.manifests():
        seal, sha256 = book.sealed_as(folder)
        yield folder, seal, sha256
