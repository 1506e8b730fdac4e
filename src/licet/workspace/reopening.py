"""Open again every receipt that leans on what has changed, and supersede in the log those that come out otherwise.

1. For each sealed manifest, find what changed since it was decided, or since it was last looked at again: the policy,
   what a source says of a recording, what a host answers, and what the caller names.
2. Find the receipts that lean on it, by the index that was sealed with them. Those that another manifest superseded
   already are that one's.
3. Decide on those again, as of the day that is asked, under the policy of today.
4. Those that come out otherwise make a manifest of their own, which is sealed; its entry says which one it reopens.
5. Note that the manifest was looked at.

A receipt whose law or evidence merely grew older is not reopened by itself: name it, or clear the corpus again. A gate
asks for all of its manifest's, once a day.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Self

import msgspec

from licet import __version__
from licet.corpus import Clearance, Head, Seal, read_head, stated_again
from licet.corpus.deciding import Decider, end_of
from licet.corpus.manifest import LOOKED_NAME
from licet.corpus.reopening import Reopened, lines_again, read_reopened, write_reopened
from licet.corpus.sealing import leaning_on
from licet.placing import alone, place
from licet.policy import Act, Purpose, Use
from licet.registry.statements import Kind, Reach
from licet.registry.terms import Asker

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import datetime
    from pathlib import Path

    from licet.policy import Policy
    from licet.terms import EvidenceStore
    from licet.workspace.receipts import ReceiptBook
    from licet.workspace.record import WorkspaceRecord

_OF_AN_OFFER = frozenset({Kind.OFFER, Kind.ACCEPTANCE, Kind.REVOCATION})  # they change no verdict; the grants do
EVERYTHING = "everything"  # what a receipt leans on, whatever it is of


class Looked(msgspec.Struct, frozen=True):
    """What was on record, and which policy in force, when a sealed manifest was last looked at."""

    day: str  # that was decided for: what was captured later was not heard
    policy_sha256: str
    licet: str
    snapshots: tuple[str, ...]
    responses: int
    statements: int
    parties: int = 0  # what was said of them, and of holdings
    holdings: int = 0
    whole: str = ""  # the day for which all of it was decided last; "" is not known

    @classmethod
    def of(cls, record: WorkspaceRecord, policy: Policy, day: date) -> Self:
        """Return what is on record now, for whoever decides on all of it."""
        return cls(
            day.isoformat(),
            policy.digest,
            __version__,
            tuple(sorted(snapshot.id for snapshot in record.catalogue.snapshots())),
            record.gatherings.count(),
            record.registry.count(),
            *record.registry.newest(),
            day.isoformat(),
        )


@dataclass(frozen=True, slots=True)
class Reopening:
    """A sealed manifest that was looked at again: how many of its receipts were, and what supersedes them."""

    manifest: Path
    because: tuple[str, ...]  # what changed, in words
    looked_at: int  # receipts
    superseded: int
    by: Path | None = None  # the superseding manifest, sealed
    seal: Seal | None = None

    def lines(self) -> Iterator[Reopened]:
        """Yield what became of each that was superseded."""
        return read_reopened(self.by) if self.by is not None else iter(())


@dataclass(frozen=True, slots=True)
class Reopener:
    """Reopens the receipts of a workspace. Randomness and the clock come in from outside."""

    record: WorkspaceRecord
    book: ReceiptBook
    policy: Policy
    day: date
    at: datetime
    salt: Callable[[], bytes]
    progress: Callable[[str], None] = field(default=lambda _: None)
    workers: int | None = 1

    def __call__(
        self,
        evidence: Collection[str] = (),
        recordings: Collection[str] = (),
        *,
        among: Collection[Path] | None = None,
    ) -> Iterator[Reopening]:
        """Look at sealed manifests again, and yield what came of each some of whose receipts were.

        Args:
            evidence: SHA-256 of evidence whose receipts are opened besides.
            recordings: keys of recordings whose receipts are opened besides.
            among: these manifests alone, and of one that was last decided in whole for another day every receipt: a
                grant may have expired, or the law have changed, without anybody's saying anything. All manifests
                without it.

        Raises:
            LogError: there is no log or no key, or another writer is at work.
            ManifestError: a sealed manifest is damaged.
        """
        asked = {f"evidence:{one}" for one in evidence} | {f"recording:{one}" for one in recordings}
        today = Looked.of(self.record, self.policy, self.day)  # before: what is said meanwhile is for the next time
        with alone(self.book.reopening):
            superseded = self.book.superseding(among)
            for folder in self.book.manifests() if among is None else among:
                head, _ = read_head(folder)
                looked = looked_at(folder)
                because, names = self._changed(head, looked)  # step 1
                if among is not None and looked.whole != today.whole:
                    because = (*because, f"it was decided for {looked.whole or looked.day}, and this is {today.day}")
                    names |= {EVERYTHING}
                if asked:
                    because = (*because, "it was asked for")
                    names |= asked
                if names:
                    gone = superseded.get(folder, {})
                    leaning = leaning_on(folder, None if EVERYTHING in names else names)  # step 2
                    if places := [one for one in leaning if one not in gone]:
                        yield self._reopened(folder, head, because, places, today)
                whole = today.whole if EVERYTHING in names else looked.whole
                noted = msgspec.structs.replace(today, whole=whole)
                place({folder / LOOKED_NAME: msgspec.json.encode(noted)})  # step 5

    def _changed(self, head: Head, looked: Looked) -> tuple[tuple[str, ...], set[str]]:
        """Return what changed, in words, and by the names under which receipts lean on it."""
        because, names = [], set()
        if looked.policy_sha256 != self.policy.digest:
            because.append(f"the policy {head.policy} is now {self.policy.name} {self.policy.version}")
            names.add(EVERYTHING)
        elif looked.licet != __version__:
            because.append(f"Licet {looked.licet} is now {__version__}")
            names.add(EVERYTHING)
        until, as_of = end_of(date.fromisoformat(looked.day)), end_of(self.day)
        keys = self.record.catalogue.changed_since(set(looked.snapshots), until, as_of=as_of)
        if keys:
            because.append(f"sources say something else of {len(keys):,} recording{'s' * (len(keys) > 1)}")
            names |= {f"recording:{name}" for name in self.record.catalogue.names_of(keys)}
        hosts = self.record.gatherings.hosts_since(looked.responses, until, as_of=as_of)
        if hosts:
            because.append(f"{len(hosts):,} host{'s' * (len(hosts) > 1)} answered again")
            names |= {f"host:{host}" for host in hosts}
        concerned = self._spoken_of(looked.statements, until, as_of)
        concerned |= self.record.registry.reheld(looked.parties, looked.holdings, until, as_of=as_of)
        if concerned:
            because.append(
                f"the registry says something else of {len(concerned):,} recording{'s' * (len(concerned) > 1)}"
            )
            names |= {f"recording:{key}" for key in concerned}
        return tuple(because), names

    def _spoken_of(self, count: int, heard_until: datetime, as_of: datetime) -> set[str]:
        """Return the recordings of which the registry says something else than it had said (see `changed_since`)."""
        registry = self.record.registry
        concerned: set[str] = set()
        parties: set[str] = set()
        for said in registry.since(count, heard_until, as_of=as_of):
            about = registry.subject_of(said)
            if about.statement.kind is Kind.OFFER and said.statement.kind in _OF_AN_OFFER:
                continue
            narrow = {subject.name for subject in about.statement.subjects if subject.reach is Reach.RECORDING}
            concerned |= narrow
            if len(narrow) < len(about.statement.subjects):
                parties.add(about.statement.party)
        return concerned.union(*map(registry.held_by, parties))

    def _reopened(
        self, folder: Path, head: Head, because: tuple[str, ...], places: list[tuple[str, int]], today: Looked
    ) -> Reopening:
        """Decide again, and seal what comes out otherwise (steps 3 and 4)."""
        new = self._head(head, today)
        asker = Asker(head.asker, head.model)
        again = asked_again(new, self.policy, self.record.evidence, self.day, asker)
        decider = Decider(again, self.record)
        draft = folder.with_name(f".{folder.name}.again")
        shutil.rmtree(draft, ignore_errors=True)
        try:
            found = lines_again(folder, places, decider, self.workers)
            count = write_reopened(draft, new, found, self.progress)
            place({draft / LOOKED_NAME: msgspec.json.encode(today)})
            if not count:
                return Reopening(folder, because, len(places), 0)
            old, _ = self.book.sealed_as(folder)
            reopens = {"place": old.place, "because": because}
            seal = self.book.seal(draft, salt=self.salt(), at=self.at, reopens=reopens)
            return Reopening(folder, because, len(places), count, self.book.sealed_folder(draft), seal)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def _head(self, head: Head, today: Looked) -> Head:
        """Return what the superseding manifest is of: the same question, today."""
        return msgspec.structs.replace(
            head,
            licet=today.licet,
            day=today.day,
            policy=f"{self.policy.name} {self.policy.version}",
            policy_sha256=today.policy_sha256,
            catalogue=self.record.catalogue.state(),
        )


def asked_again(head: Head, policy: Policy, evidence: EvidenceStore, day: date, asker: Asker) -> Clearance:
    """Return the question that a manifest answers, asked of another day, for whoever asks now."""
    return Clearance(
        use=Use(Act(head.act), Purpose(head.purpose), frozenset(head.territories), day),
        policy=policy,
        reading=policy.reading(head.reading).name,
        accepts=frozenset(head.accepts),
        today=day,
        trust_tags=head.trust_tags,
        asker=asker,
        stated=tuple(stated_again(one, evidence.read_blob(one.blob)) for one in head.stated),
    )


def looked_at(folder: Path) -> Looked:
    """Return what was known when a manifest was last looked at; nothing, where that was not kept.

    Raises:
        ManifestError: there is no manifest.
    """
    path = folder / LOOKED_NAME
    if path.exists():
        return msgspec.json.decode(path.read_bytes(), type=Looked)
    head, _ = read_head(folder)
    return Looked(head.day, head.policy_sha256, head.licet, (), 0, 0)
