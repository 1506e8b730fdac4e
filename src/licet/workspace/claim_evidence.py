"""Gather what a claim rests on, as it was on record: the lines, the sounds, the terms, the holdings and the receipts.

Nothing that is missing stops it. What cannot be had is told in its place: a sound that is not at hand, evidence that is
gone, a manifest that is kept elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from licet.corpus import match_line, read_head
from licet.corpus.deciding import subjects_of
from licet.corpus.finding import lines_at
from licet.corpus.wording import use_in_words
from licet.digests import sha256_bytes
from licet.errors import EvidenceError
from licet.exports.claim_notice import Dossier, Exhibit, Held, Kept, LoggedEntry, Spoken
from licet.exports.claim_notice.bundle import ENTRY_NAME, MOST_FILE_BYTES
from licet.registry.claims import Disclosed, HeardIn
from licet.terms.statement import Evidence
from licet.transparency import prove_entry
from licet.workspace.claim_sounds import Drawer, as_found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from licet.corpus import Line, StatementLine
    from licet.identify import Hearing
    from licet.registry.claims import Claim, Found, Ground, InManifest, ItemFound, Standing
    from licet.registry.statements import Statement
    from licet.registry.terms import Holding
    from licet.workspace.receipts import ReceiptBook
    from licet.workspace.record import WorkspaceRecord

MOST_FILES = 4_500  # of evidence and receipts; pictures and the notice need room too
MOST_BYTES = 1 << 29
_GONE = "The manifest is not kept here: what the claim says of it is shown."
_NO_LINE = "The manifest is kept here, and has no such line: what the claim says of it is shown."


@dataclass(slots=True)
class Gatherer:
    """Gathers the dossier of a claim; `files` is what goes into its pack."""

    record: WorkspaceRecord
    book: ReceiptBook
    identify: Callable[[Path], Hearing]
    drawer: Drawer
    files: dict[str, bytes] = field(default_factory=dict)
    _bytes: int = 0  # of the evidence and the receipts among them

    def dossier(self, claim: Claim, standing: Standing, places: dict[str, int], at: datetime, licet: str) -> Dossier:
        """Return all that the notice of a claim tells, as of a moment.

        Raises:
            LogError: there is no log.
        """
        log = self.book.log()
        place = places[claim.id]
        logged = LoggedEntry(log[place].decode(), prove_entry(log, place))
        self.files[ENTRY_NAME] = msgspec.json.encode(logged)
        listed = self.record.catalogue.find(claim.recordings, as_of=claim.moment)
        titles = {
            key: ", ".join(filter(None, (one[0].entry.title, one[0].entry.artist))) for key, one in listed.items()
        }
        names = {key: subjects_of(key, listed.get(key, ())) for key in claim.recordings}
        said = self.record.registry.about(names, [claim.claimant])
        own = [one for one in said if one.statement.party == claim.claimant and one.statement.moment <= claim.moment]
        holdings = self.record.registry.holdings(claim.recordings, as_of=claim.moment)
        return Dossier(
            claim=claim,
            claimant=self.record.registry.parties([claim.claimant], as_of=claim.moment)[claim.claimant],
            standing=standing,
            as_of=at,
            origin=log.head.origin,
            places=places,
            titles=titles,
            exhibits=tuple(one for ground in claim.grounds for one in self._exhibits(ground, claim)),
            disclosures=tuple((one, self._blob(one.evidence)) for one in claim.grounds if isinstance(one, Disclosed)),
            held=tuple(
                Held(key, titles.get(key, ""), _held_as(one), one.share, str(one.control))
                for key in claim.recordings
                for one in holdings.get(key, ())
                if one.party == claim.claimant
            ),
            spoken=tuple(
                Spoken(
                    one.id,
                    str(one.statement.kind),
                    one.statement.at,
                    _in_words(one.statement),
                    one.signed,
                    self._keep(one.statement.encoded()),
                )
                for one in sorted(own, key=lambda one: (one.statement.moment, one.id))
            ),
            files=self.files | self.drawer.pictures,
            licet=licet,
        )

    def _exhibits(self, ground: Ground, claim: Claim) -> Iterator[Exhibit]:
        if isinstance(ground, HeardIn):
            shown = tuple(self.drawer.shown(one, ground.name, ground.sha256) for one in ground.found)
            facts = (("What it is", f"an audio file that is said to be an output of {claim.against.name}"),)
            yield Exhibit("Output", ground.name, ground.sha256, facts, shown)
        elif not isinstance(ground, Disclosed):
            yield from self._items(ground, claim)

    def _items(self, ground: InManifest, claim: Claim) -> Iterator[Exhibit]:
        folder = self._sealed(ground)
        where = ("Manifest", f"entry {ground.place} of {ground.origin}, SHA-256 {ground.sha256}")
        lines: dict[tuple[str, int], Line] = {}
        use: tuple[tuple[str, str], ...] = ()
        if folder is not None:
            wanted = [(one.item, one.row) for one in ground.items]
            lines = {(line.item, line.row): line for _, _, some in lines_at(folder, wanted) for line in some}
            use = (("Decided for", ", ".join(use_in_words(read_head(folder)[0]))),)
        for item in ground.items:
            sha256 = item.sha256 or ""
            line = lines.get((item.item, item.row))
            notes = () if line is not None else (_GONE if folder is None else _NO_LINE,)
            verdict = (("Verdict", line.verdict),) if line is not None else ()
            fresh = () if item.found else self._heard(item.item, sha256, claim)
            if fresh:
                notes = (*notes, "It was heard again when this pack was made.")
            shown = tuple(self.drawer.shown(one, item.item, sha256) for one in item.found or fresh)
            if not shown:
                notes = (*notes, "It is in the manifest by its name or its bytes: nothing was heard.")
            terms = () if line is None else tuple((one, self._statement(one)) for one in line.statements)
            receipt, since = Kept(), ""
            if folder is not None and line is not None:
                receipt, since = self._receipt(folder, item, line)
            facts = (where, *use, *verdict)
            yield Exhibit("Item", item.item, sha256, facts, shown, terms, receipt, (*notes, since) if since else notes)

    def _sealed(self, ground: InManifest) -> Path | None:
        for folder in self.book.manifests():
            seal, sha256 = self.book.sealed_as(folder)
            if (seal.origin, seal.place, sha256) == (ground.origin, ground.place, ground.sha256):
                return folder
        return None

    def _heard(self, name: str, sha256: str, claim: Claim) -> tuple[Found, ...]:
        file, _ = self.drawer.sounds.find(name, sha256)
        if file is None:
            return ()
        matches = map(match_line, self.identify(file).matches)
        return tuple(as_found(one) for one in matches if one.recording in claim.recordings)

    def _receipt(self, folder: Path, item: ItemFound, line: Line) -> tuple[Kept, str]:
        """Keep the receipt of an item, and say where it was superseded since."""
        found = self.book.receipts(folder, item.item)
        newest, receipt = next(one for one in found if one[0].row == item.row)  # the line has one
        count = sum(name.startswith("receipts/item-") for name in self.files)
        kept = self._put(f"receipts/item-{count + 1:03}.json", msgspec.json.encode(receipt))
        since = f"The verdict was superseded since, and is {newest.verdict} now." if newest != line else ""
        return kept, since

    def _statement(self, line: StatementLine) -> Kept:
        captured = datetime.fromisoformat(line.captured)
        span = line.blob, line.start, line.length
        evidence = Evidence(line.evidence, line.source, line.where, captured, *span)
        try:
            return self._keep(self.record.evidence.read(evidence))
        except EvidenceError as gone:
            return Kept(trouble=gone.message)

    def _blob(self, digest: str) -> Kept:
        try:
            size = self.record.evidence.size(digest)
            return _too_large(size, digest) or self._keep(self.record.evidence.read_blob(digest))
        except EvidenceError as gone:
            return Kept(trouble=gone.message)

    def _keep(self, content: bytes) -> Kept:
        """Put bytes into the pack under the beginning of their SHA-256; as text where they are, for a double click."""
        try:
            content.decode()
            suffix = "txt"
        except UnicodeDecodeError:
            suffix = "bin"
        digest = sha256_bytes(content)
        name = f"evidence/{digest[:16]}.{suffix}"  # short is easier to read
        if self.files.get(name, content) != content:  # and to be had twice by whoever tries hard
            name = f"evidence/{digest}.{suffix}"
        return self._put(name, content)

    def _put(self, name: str, content: bytes) -> Kept:
        """Put a file into the pack, as long as it holds so many; what it does not hold is named by its SHA-256."""
        if name not in self.files:
            if trouble := _too_large(len(content), digest := sha256_bytes(content)):
                return trouble
            if len(self.files) >= MOST_FILES or self._bytes + len(content) > MOST_BYTES:
                return Kept(trouble=f"it holds as much as one pack can; SHA-256 {digest}")
            self._bytes += len(content)
            self.files[name] = content
        return Kept(name)


def _too_large(size: int, digest: str) -> Kept | None:
    if size <= MOST_FILE_BYTES:
        return None
    return Kept(trouble=f"its {size:,} bytes are more than a pack can hold; SHA-256 {digest}")


def _in_words(statement: Statement) -> str:
    if statement.of:
        return f"of {statement.of}"
    everywhere = ", ".join(statement.territories) or "everywhere"
    window = "".join(f" {word} {day}" for word, day in (("from", statement.begins), ("until", statement.ends)) if day)
    asks = f"; asks {', '.join(statement.asks)}" if statement.asks else ""
    return f"{', '.join(statement.acts)}; {', '.join(statement.purposes)}; {everywhere}{window}{asks}"


def _held_as(holding: Holding) -> str:
    return f"{holding.right}, as {holding.role}" if holding.role else str(holding.right)
