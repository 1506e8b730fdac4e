"""Claims in a workspace: made, answered step by step, and packed with their evidence.

A claim, and every step of it, is put on record in this order:

1. It is checked. The claimant is on record to hold something in each of the recordings; a step is one that its party
   may take now.
2. Its text is kept as evidence.
3. It is committed, and with it what the other side is told.
4. It is logged: its digest and its time, and nothing of what it says.

A kill after 3 leaves what is on record and not logged yet; whoever comes next logs it, once.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from licet import __version__
from licet.catalog import escape_path
from licet.corpus import find_lines
from licet.corpus.finding import LINES_FOUND
from licet.errors import UsageError
from licet.exports.claim_notice import write_pack
from licet.registry.claims import (
    LOGGED_TYPE,
    Claim,
    Disclosed,
    HeardIn,
    InManifest,
    ItemFound,
    Step,
    parse_claim,
    parse_step,
    standing,
)
from licet.registry.claims.claim import MOST_ITEMS
from licet.registry.claims.notices import of_claim, of_step
from licet.transparency import Statement as Entry
from licet.transparency import Subject
from licet.workspace.claim_checks import check_grounds, check_remedy, check_size
from licet.workspace.claim_evidence import Gatherer
from licet.workspace.claim_sounds import Drawer, Sounds, as_found
from licet.workspace.logging_entries import log_unlogged

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from licet.corpus import Line
    from licet.identify import Hearing
    from licet.registry.claims import Standing
    from licet.workspace.receipts import ReceiptBook
    from licet.workspace.record import WorkspaceRecord


@dataclass(frozen=True, slots=True)
class Standings:
    """A claim, how it stands, and where it and its steps are in the log, by id."""

    claim: Claim
    standing: Standing
    places: dict[str, int]


class Claims:
    """The claims of a workspace: its `record`, the log of its receipts, and what `identify` hears in a file."""

    def __init__(self, record: WorkspaceRecord, book: ReceiptBook, identify: Callable[[Path], Hearing]) -> None:
        self.store = record.claims
        self._record = record
        self._book = book
        self._identify = identify

    def make(self, claim: Claim) -> int:
        """Make a claim; return its place in the log.

        Raises:
            UsageError: the claimant may not claim that.
            EvidenceError: a disclosure's evidence is not kept here.
            LogError: there is no log.
        """
        self._may_claim(claim)  # step 1
        watching = self._record.registry.watching([claim.respondent.party], as_of=claim.moment)
        behind = len(self._book.log())
        self._record.evidence.put_bytes(claim.encoded())  # step 2
        self.store.add(claim, behind, of_claim(claim, watching))  # step 3
        return self._logged(claim.id)  # step 4

    def step(self, step: Step) -> int:
        """Take a step of a claim; return its place in the log.

        Raises:
            UsageError: there is no such claim, or its party may not take that step now.
            LogError: there is no log.
        """
        claim = self._claim(step.claim)
        self._may_step(claim, step)
        parties = [claim.claimant, claim.respondent.party]
        watching = self._record.registry.watching(parties, as_of=step.moment)
        behind = len(self._book.log())
        self._record.evidence.put_bytes(step.encoded())
        self.store.add(step, behind, of_step(claim, step, watching))
        return self._logged(step.id)

    def called(self, beginning: str) -> str:
        """Return the id of the claim that begins so.

        Raises:
            UsageError: none does, or several do.
        """
        found = self.store.named(beginning)
        if len(found) != 1:
            several = "more than one claim begins" if found else "there is no claim that begins"
            raise UsageError(f"{several} with {beginning!r}", mend="name it by its id: licet claim list")
        return found[0]

    def show(self, name: str, as_of: datetime) -> Standings:
        """Return a claim by its id, and how it stands at a moment.

        Raises:
            UsageError: there is none.
        """
        claim = self._claim(name)
        steps = self.store.steps([name]).get(name, ())
        places = self.store.places([name, *(one.id for one in steps)])
        return Standings(claim, standing(claim, steps, as_of=as_of), places)

    def all(self, as_of: datetime, recordings: Collection[str] | None = None) -> Iterator[Standings]:
        """Yield the claims made by a moment, about some recordings or any, in the order in which they were made."""
        claims = self.store.claims(as_of=as_of, recordings=recordings)
        steps = self.store.steps([one.id for one in claims])
        places = self.store.places(
            [name for one in claims for name in (one.id, *(s.id for s in steps.get(one.id, ())))]
        )
        for claim in claims:
            own = steps.get(claim.id, ())
            at = {name: places[name] for name in (claim.id, *(one.id for one in own)) if name in places}
            yield Standings(claim, standing(claim, own, as_of=as_of), at)

    def open(self, as_of: datetime) -> Iterator[Standings]:
        """Yield the claims on which something may follow."""
        return (one for one in self.all(as_of) if not one.standing.state.over)

    def overdue(self, as_of: datetime) -> Iterator[Standings]:
        """Yield the claims of which a deadline has passed."""
        return (one for one in self.all(as_of) if one.standing.overdue)

    def in_manifest(self, manifest: Path, recordings: Collection[str], items: Collection[str] = ()) -> InManifest:
        """Return what a claim can rest on: items of a sealed manifest in which some of the recordings were found.

        Args:
            manifest: its folder.
            recordings: their keys.
            items: names of items; those in which the recordings were found, without any.

        Raises:
            ManifestError: the manifest is not sealed, or damaged.
            UsageError: in one of the items, or in all of the manifest, none of the recordings was found.
        """
        folder = self._book.sealed_folder(manifest)
        seal, sha256 = self._book.sealed_as(folder)
        lines: dict[tuple[str, int], Line] = {}
        for name in items or recordings:
            there = find_lines(folder, name)
            if len(there) >= LINES_FOUND:  # the others would be left out unsaid
                raise UsageError(
                    f"{name} is in {LINES_FOUND} items of {manifest} or more", mend="name those that you claim"
                )
            found = [one for one in there if set(one.recordings) & set(recordings)]
            if not found and items:
                raise UsageError(f"none of the recordings was found in {name}", mend="licet explain shows what was")
            lines |= {(one.item, one.row): one for one in found}
        if not 0 < len(lines) <= MOST_ITEMS:
            raise UsageError(
                f"the recordings were found in {len(lines):,} items of {manifest}",
                mend=f"one item at least, and at most {MOST_ITEMS} in one claim: name them",
            )
        claimed = tuple(
            ItemFound(
                item=line.item,
                row=line.row,
                sha256=line.sha256 or None,
                found=tuple(as_found(one) for one in line.matches if one.recording in recordings),
            )
            for _, line in sorted(lines.items())
        )
        return InManifest(origin=seal.origin, place=seal.place, sha256=sha256, items=claimed)

    def heard_in(self, file: Path, recordings: Collection[str]) -> HeardIn:
        """Return what a claim can rest on: an audio file in which some of the recordings are heard now.

        Raises:
            AudioError: it is none.
            UsageError: none of the recordings is heard in it.
        """
        from licet.corpus import match_line
        from licet.digests import sha256_file

        hearing = self._identify(file)
        if hearing.trouble is not None:
            raise hearing.trouble
        found = tuple(as_found(match_line(one)) for one in hearing.matches if one.recording in recordings)
        if not found:
            raise UsageError(f"none of the recordings is heard in {file.name}", mend="licet identify shows what is")
        return HeardIn(name=escape_path(os.fsencode(file.name)), sha256=sha256_file(file), found=found)

    def disclosed(self, words: str, url: str, read: str, content: bytes) -> Disclosed:
        """Return what a claim can rest on: a maker's own words, and the bytes that hold them, which are kept.

        Raises:
            UsageError: they are more than a pack can hold.
        """
        check_size(len(content))
        return Disclosed(words=words, url=url, read=read, evidence=self._record.evidence.put_bytes(content))

    def pack(self, name: str, folder: Path, at: datetime, audio: Sequence[Path] = ()) -> tuple[str, ...]:
        """Write the pack of a claim into a folder, and return its files.

        Args:
            name: the claim's id.
            folder: where; it is not there yet, or empty.
            at: as of when, aware.
            audio: folders and files where the sounds may be: of the items and of the recordings.

        Raises:
            UsageError: there is no such claim, something lies in the folder, or the pack is too large.
            LogError: there is no log.
            OSError: the pack cannot be written.
        """
        shown = self.show(name, at)
        if not {name, *(one.id for one in shown.standing.taken)} <= shown.places.keys():
            log_unlogged(self.store, self._book, self._entry)  # whoever put it on record was killed before
            shown = self.show(name, at)
        gatherer = Gatherer(self._record, self._book, self._identify, Drawer(Sounds(tuple(audio))))
        dossier = gatherer.dossier(shown.claim, shown.standing, shown.places, at, __version__)
        return write_pack(dossier, folder, self._book.signer())

    def _claim(self, name: str) -> Claim:
        claim = self.store.claim(name)
        if claim is None:
            raise UsageError(f"there is no claim {name}", mend="name it by its id: licet claim list")
        return claim

    def _may_claim(self, claim: Claim) -> None:
        """Refuse what a party may not claim (step 1)."""
        registry = self._record.registry
        wanted = {claim.claimant, claim.respondent.party} - {""}
        for name in sorted(wanted - registry.parties(wanted, as_of=claim.moment).keys()):
            raise UsageError(f"nobody here is called {name!r}", mend="introduce it: licet party add")
        held = registry.holdings(claim.recordings, as_of=claim.moment)
        for name in claim.recordings:
            if claim.claimant not in {one.party for one in held.get(name, ())}:
                raise UsageError(
                    f"recordings: {claim.claimant} is not on record to hold anything in {name}", mend="register it"
                )
        check_grounds(claim, self._record, self._book)

    def _may_step(self, claim: Claim, step: Step) -> None:
        """Refuse a step that would change nothing, that undoes others, or that names what is not there (step 1)."""
        known = self.store.steps([claim.id]).get(claim.id, ())
        last = max(one.moment for one in (*known, step))
        before, came = (standing(claim, steps, as_of=last) for steps in (known, (*known, step)))
        for void, why in came.void:
            if void == step:
                raise UsageError(f"{step.kind}: {why}", mend="licet claim show tells how it stands")
        if not {*before.taken} <= {*came.taken}:
            raise UsageError(f"at: {step.at} is before steps that it would undo", mend="say it as of now")
        check_remedy(claim, step, self._record, self._book)

    def _logged(self, name: str) -> int:
        log_unlogged(self.store, self._book, self._entry)
        return self.store.places([name])[name]

    def _entry(self, name: str) -> bytes:
        """Return the log's text of a claim or a step: its digest and its time."""
        body = self.store.body(name)
        try:
            what, at = "claim", parse_claim(body).at
        except UsageError:
            what, at = "step", parse_step(body).at
        return Entry((Subject(what, {"sha256": name}),), LOGGED_TYPE, {"at": at}).encoded()
