"""One import on its way into the tables, a batch at a time, however long it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from licet.catalog.codec import encode_entry, encode_snapshot
from licet.catalog.entries import Entry, Problem, Severity, Snapshot, Span
from licet.catalog.tables import BLOB, ENTRY, LISTING, NAME, SNAPSHOT
from licet.db import in_batches, microseconds
from licet.digests import sha256_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from licet.catalog.identifiers import Identifier

PROBLEMS_KEPT = 1_000


class Import:
    """The import of one snapshot, inside the transaction of `connection`."""

    def __init__(self, connection: sa.Connection, snapshot: Snapshot) -> None:
        self._connection = connection
        self._snapshot = snapshot
        self._blobs: dict[str, int] = {}
        self._entries = self._licensed = 0
        self.problems: list[Problem] = []
        self.problem_count = 0
        row = {
            "id": snapshot.id,
            "source": snapshot.source,
            "location": snapshot.location,
            "captured_us": microseconds(snapshot.captured_at),
            "body": b"",
        }
        self.number = self._insert(SNAPSHOT, row)

    def take(self, items: Iterable[Entry | Problem]) -> None:
        """Keep the entries, and set the problems aside."""
        for batch in in_batches(self._entries_of(items)):
            self._keep(batch)

    def finish(self) -> Snapshot:
        """Write down what the snapshot came to and return it."""
        taken = replace(self._snapshot, entries=self._entries, licensed=self._licensed)
        change = SNAPSHOT.update().where(SNAPSHOT.c.number == self.number)
        self._connection.execute(change, {"body": encode_snapshot(taken)})
        self._look_for_namesakes()
        return taken

    def _entries_of(self, items: Iterable[Entry | Problem]) -> Iterator[Entry]:
        for item in items:
            if isinstance(item, Entry):
                self._entries += 1
                self._licensed += item.licence is not None
                yield item
            else:
                self._set_aside(item)

    def _set_aside(self, problem: Problem) -> None:
        self.problem_count += 1
        if self.problem_count <= PROBLEMS_KEPT:
            self.problems.append(problem)

    def _keep(self, batch: list[Entry]) -> None:
        # In the order of the batch: its keys are unique, so its digests are too.
        rows = dict(map(_entry_row, batch))
        numbers = self._numbers(ENTRY, rows)
        fresh = {digest: row for digest, row in rows.items() if digest not in numbers}
        if fresh:
            self._connection.execute(ENTRY.insert(), list(fresh.values()))
            numbers |= self._numbers(ENTRY, fresh)
        listed = list(zip(batch, rows, strict=True))
        names = [
            {"text": name, "entry": numbers[digest]}
            for one, digest in listed
            if digest in fresh
            for name in dict.fromkeys(map(str, _names_of(one)))
        ]
        if names:
            self._connection.execute(NAME.insert(), names)
        listings = [self._listing_row(one, numbers[digest]) for one, digest in listed]
        self._connection.execute(LISTING.insert(), listings)

    def _listing_row(self, one: Entry, entry: int) -> dict[str, object]:
        return {
            "snapshot": self.number,
            "key": str(one.key),
            "entry": entry,
            "blob": self._blob(one.span.blob),
            "start": one.span.start,
        }

    def _blob(self, digest: str) -> int:
        """Return the number of the file that evidence stands in."""
        if digest not in self._blobs:
            self._blobs |= self._numbers(BLOB, [digest])
        if digest not in self._blobs:
            self._blobs[digest] = self._insert(BLOB, {"digest": digest})
        return self._blobs[digest]

    def _look_for_namesakes(self) -> None:
        """Report local keys that another place of the same kind has given to recordings of its own.

        Two folders called `music` name their files alike: what is said of the one would be taken for the other.
        """
        other = LISTING.alias()
        of_this_kind = sa.and_(
            SNAPSHOT.c.number == other.c.snapshot,
            SNAPSHOT.c.source == self._snapshot.source,
            SNAPSHOT.c.location != self._snapshot.location,
        )
        query = (
            sa.select(LISTING.c.key, SNAPSHOT.c.location)
            .select_from(LISTING.join(other, LISTING.c.key == other.c.key).join(SNAPSHOT, of_this_kind))
            .where(LISTING.c.snapshot == self.number, LISTING.c.key.startswith("local:"))
            .limit(1)
        )
        for key, location in self._connection.execute(query):
            says = f"{key} is also what a recording at {location} is called: add one of the two under another name"
            self._set_aside(Problem(self._snapshot.location, says, Severity.DOUBT))

    def _numbers(self, table: sa.Table, digests: Iterable[str]) -> dict[str, int]:
        query = sa.select(table.c.digest, table.c.number).where(table.c.digest.in_(list(digests)))
        return {row.digest: row.number for row in self._connection.execute(query)}

    def _insert(self, table: sa.Table, row: dict[str, object]) -> int:
        """Insert a row into a table that numbers its rows, and return its number."""
        key = self._connection.execute(table.insert(), row).inserted_primary_key
        assert key is not None
        return int(key[0])


def _entry_row(one: Entry) -> tuple[str, dict[str, object]]:
    """Return the row of an entry, behind its name: the digest of all that it states, wherever that stands."""
    body = encode_entry(replace(one, span=Span(one.span.digest, "", 0, one.span.length)))
    digest = sha256_bytes(body)
    licence = None if one.licence is None else sha256_bytes(one.licence.encode())
    return digest, {"digest": digest, "key": str(one.key), "licence": licence, "body": body}


def _names_of(one: Entry) -> Iterator[Identifier]:
    """Every name that leads to a recording: its own, its work's, its releases' and its parties'."""
    yield from one.identifiers
    if one.work is not None and one.work.iswc is not None:
        yield one.work.iswc
    for holding in one.holdings:
        yield from holding.party.identifiers
