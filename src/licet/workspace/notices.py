"""Who is told what, and when: the outbox of a workspace, and who watches.

1. A party that watches hears when a statement of its own is disputed, or a dispute is settled. The notice is committed
   with the statement.
2. It hears that its recordings were found in a clearance when whoever made that chooses to tell (`tell`), and not
   before: a finding is its maker's own until then. Told is what was sealed: the log's entry goes along.
3. It hears which of its recordings a finished run read, and for which model: `licet run finish` says so in the log.
4. Whoever asked (`clear --as`) and watches hears which of its receipts were superseded. All who hold receipts read it
   in the feeds that `reopen` writes.

Nothing is sent by itself: `deliver` carries what is due.
"""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from licet.corpus import read_head, read_lines
from licet.corpus.reopening import REOPENED_NAME, read_reopened
from licet.corpus.wording import use_in_words
from licet.db import writing
from licet.registry.outbox import deliver
from licet.registry.outbox.store import OutboxStore
from licet.registry.watching import Cleared, Finding, Read, Superseded, of_finding, of_run, of_superseded
from licet.training.attestation import read_attested
from licet.training.usage import TABLE_NAME, recordings_read
from licet.transparency import MANIFEST, parse_statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import sqlalchemy as sa

    from licet.registry.outbox import Address, Attempt, Message
    from licet.registry.outbox.channels import Channel
    from licet.registry.outbox.courier import Clock
    from licet.registry.store import RegistryStore
    from licet.transparency import Statement
    from licet.workspace.receipts import ReceiptBook

LINES_AT_ONCE = 500


class Notices:
    """What parties are told, in the workspace whose database is behind `engine`."""

    def __init__(self, engine: sa.Engine, registry: RegistryStore, book: ReceiptBook) -> None:
        self._engine = engine
        self._registry = registry
        self._book = book

    @cached_property
    def outbox(self) -> OutboxStore:
        """What waits to be sent, and what came of what was."""
        return OutboxStore(self._engine)

    def watch(self, party: str, to: Address, at: datetime, *, active: bool = True) -> None:
        """Let a party hear at an address from now on, or no longer."""
        self._registry.watch(party, to, at, active=active)

    def tell(self, manifest: Path, at: datetime) -> dict[str, int]:
        """Tell every party that watches which of its recordings were found in a sealed manifest.

        Telling it again tells nobody twice. Returns how many items each party is told of.

        Raises:
            ManifestError: the manifest is not sealed, or damaged.
        """
        folder = self._book.sealed_folder(manifest)
        head, _ = read_head(folder)
        seal, sha256 = self._book.sealed_as(folder)
        cleared = Cleared(head.corpus, ", ".join(use_in_words(head)), seal.origin, seal.place, sha256)
        findings: dict[str, Finding] = {}
        for lines in _in_parts(folder):
            recordings = {recording for _, those in lines for recording in those}
            holders = self._registry.holdings(tuple(recordings), as_of=at)
            for verdict, those in lines:
                for party, recording in {(one.party, name) for name in those for one in holders.get(name, ())}:
                    findings.setdefault(party, Finding()).add(recording, verdict)
        watching = self._registry.watching(findings, as_of=at)
        messages = [
            of_finding(cleared, party, findings[party], to, at) for party, those in watching.items() for to in those
        ]
        self.put(messages)
        return {party: sum(findings[party].counts.values()) for party in sorted(watching)}

    def read_in_run(self, folder: Path, statement: Statement, place: int) -> None:
        """Tell every party that watches which of its recordings a run read: once, however often this is called."""
        told = read_attested(statement)
        at = datetime.fromisoformat(told.run.finished)
        run = Read(told.model, told.run.name, told.manifest.origin, place, told.read.table)
        findings: dict[str, Finding] = {}
        held: set[str] = set()
        for recordings in recordings_read(folder / TABLE_NAME):
            fresh = [name for name in recordings if name not in held]
            for name, holders in self._registry.holdings(fresh, as_of=at).items():
                held.add(name)
                for party in {one.party for one in holders}:
                    findings.setdefault(party, Finding()).add(name, "read")
        watching = self._registry.watching(findings, as_of=at)
        self.put(of_run(run, party, findings[party], to, at) for party, those in watching.items() for to in those)

    def put(self, messages: Iterable[Message]) -> None:
        """Put messages into the outbox: all of them, or none. One that is there already is left as it is."""
        outbox = self.outbox  # opened before: it makes its tables in a transaction of its own
        with writing(self._engine) as connection:
            outbox.put(connection, messages)

    def superseded(self) -> None:
        """Tell those for whom it was asked which of their receipts were superseded, however often this is called.

        Raises:
            ManifestError: a sealed manifest is damaged.
        """
        for folder in self._book.manifests():
            head, _ = read_head(folder)
            if head.asker and (folder / REOPENED_NAME).exists():
                seal, _ = self._book.sealed_as(folder)
                entry = parse_statement(seal.entry.encode(), of_type=MANIFEST).predicate
                when = datetime.fromisoformat(entry["sealed"])
                watching = self._registry.watching([head.asker], as_of=when)
                news = Superseded(
                    head.corpus, use_in_words(head)[0], seal.origin, seal.place, entry["reopens"]["because"]
                )
                to_tell = [to for to in watching.get(head.asker, ()) if self.outbox.find(news.key(to)) is None]
                if to_tell:
                    for line in read_reopened(folder):
                        news.add(line.item, line.before, line.after)
                    self.put(of_superseded(news, to, when) for to in to_tell)

    def deliver(self, channels: Sequence[Channel], now: Clock) -> Iterator[Attempt]:
        """Send what is due, until nothing is, and yield what came of each attempt."""
        while attempts := deliver(self.outbox, channels, now):
            yield from attempts


def _in_parts(folder: Path) -> Iterator[list[tuple[str, tuple[str, ...]]]]:
    lines = ((line.verdict, line.recordings) for line in read_lines(folder) if line.recordings)
    while part := list(islice(lines, LINES_AT_ONCE)):
        yield part
