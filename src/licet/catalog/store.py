"""The catalogue in SQL: what each source stated, at each time it was read.

An entry is named by its content, so that reading a source again unchanged adds one row a recording and nothing else.
Where its bytes stand in the file belongs to the listing: a line that has only moved has not changed.

1. `snapshot`: one reading of one source.
2. `entry`: one recording as some source stated it, whenever and however often it did.
3. `listing`: which entries a snapshot lists, each key once, and where their bytes stand.
4. `identifier`: the names that an entry carries; `blob`: the digests of the files that evidence stands in.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

import sqlalchemy as sa

from licet.catalog.codec import decode_entry, decode_snapshot, encode_entry, encode_snapshot, snapshot_id
from licet.catalog.entries import Drift, Entry, Listed, Problem, Recorded, Snapshot, SourceFile, Span
from licet.db import reading, writing
from licet.digests import sha256_bytes
from licet.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from licet.catalog.identifiers import Identifier

PROBLEMS_KEPT = 1_000
EXAMPLES = 5

_BATCH = 500  # databases limit the variables of one statement; SQLite's oldest limit is 999
_STATEMENT_SHOWN = 160
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Item = TypeVar("_Item")

_metadata = sa.MetaData()
_snapshot = sa.Table(
    "catalog_snapshot",
    _metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("id", sa.String(64), nullable=False, unique=True),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("location", sa.Text, nullable=False),
    sa.Column("captured_us", sa.BigInteger, nullable=False),  # microseconds since 1970, UTC
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Index("catalog_snapshot_series", "source", "location", "captured_us"),
)
_entry = sa.Table(
    "catalog_entry",
    _metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),
    sa.Column("key", sa.Text, nullable=False, index=True),
    sa.Column("licence", sa.String(64)),  # SHA-256 of the statement
    sa.Column("body", sa.LargeBinary, nullable=False),
)
_blob = sa.Table(
    "catalog_blob",
    _metadata,
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),
)
_listing = sa.Table(
    "catalog_listing",
    _metadata,
    sa.Column("snapshot", sa.ForeignKey(_snapshot.c.number), primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("entry", sa.ForeignKey(_entry.c.number), nullable=False),
    sa.Column("blob", sa.ForeignKey(_blob.c.number), nullable=False),
    sa.Column("start", sa.BigInteger, nullable=False),
    sa.Index("catalog_listing_key", "key"),
    sqlite_with_rowid=False,
)
_identifier = sa.Table(
    "catalog_identifier",
    _metadata,
    sa.Column("text", sa.Text, primary_key=True),
    sa.Column("entry", sa.ForeignKey(_entry.c.number), primary_key=True),
    sqlite_with_rowid=False,
)


class CatalogStore:
    """The catalogue kept in the database behind `engine`, which `licet.db.open_database` opened."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        with writing(engine) as connection:
            _metadata.create_all(connection)

    def record(  # noqa: PLR0913  (a snapshot has as many facts)
        self,
        source_kind: str,
        location: str,
        captured_at: datetime,
        files: tuple[SourceFile, ...],
        items: Iterable[Entry | Problem],
        *,
        licence: str | None = None,
        licence_span: Span | None = None,
        licence_where: str = "",
    ) -> Recorded:
        """Keep one reading of a source, whole or not at all, and say what changed since the one before.

        Args:
            source_kind: the reader's kind.
            location: where it was read from, as the user gave it.
            captured_at: when the statements were captured, with a time zone.
            files: everything that was read.
            items: what it states: each key once. Taken a batch at a time, however many there are.
            licence: what was stated for the whole collection, as worded.
            licence_span: the bytes that state it.
            licence_where: the file that states it.

        Recording the very same reading again changes nothing.

        Raises:
            UsageError: `captured_at` has no time zone.
            WorkspaceError: the database cannot be written.
        """
        captured_at = _aware(captured_at).astimezone(UTC)
        name = snapshot_id(source_kind, location, captured_at, files, licence)
        taken = Snapshot(
            id=name,
            source=source_kind,
            location=location,
            captured_at=captured_at,
            files=files,
            entries=0,
            licensed=0,
            licence=licence,
            licence_span=licence_span,
            licence_where=licence_where,
        )
        with writing(self._engine) as connection:
            known = connection.scalar(sa.select(_snapshot.c.body).where(_snapshot.c.id == name))
            if known is not None:
                return Recorded(decode_snapshot(known), None)
            before = _snapshots(connection, up_to=captured_at, of=(source_kind, location))
            importing = _Import(connection, taken)
            importing.take(items)
            taken = importing.finish()
            drift = _drift(connection, before[-1], (importing.number, taken)) if before else None
        return Recorded(taken, drift, tuple(importing.problems), importing.problem_count)

    def find(self, keys: Sequence[str], *, as_of: datetime) -> dict[str, tuple[Listed, ...]]:
        """Return what each source, as last read by `as_of`, states of the recordings in `keys`.

        For each source and location the newest snapshot that lists the recording speaks; `current` is False where a
        newer one of the same source, taken by `as_of`, does not list it any more. Keys that no source had listed by
        then are left out (see `known`). Ordered by source and location.
        """
        found: dict[str, tuple[Listed, ...]] = {}
        with reading(self._engine) as connection:
            snapshots = dict(_snapshots(connection, up_to=_aware(as_of)))
            newest = {(one.source, one.location): number for number, one in snapshots.items()}
            for batch in _batches(dict.fromkeys(keys)):
                series: dict[tuple[str, str, str], Listed] = {}
                for row in connection.execute(_last_listings(batch, _microseconds(as_of))):
                    snapshot = snapshots[row.snapshot]
                    place = (snapshot.source, snapshot.location)
                    series[row.key, *place] = Listed(_entry_of(row), snapshot, newest[place] == row.snapshot)
                for (key, *_), listed in sorted(series.items(), key=lambda item: item[0]):
                    found[key] = (*found.get(key, ()), listed)
        return found

    def known(self, keys: Sequence[str]) -> set[str]:
        """Return those of `keys` that any source ever listed, at whatever time."""
        known: set[str] = set()
        with reading(self._engine) as connection:
            for batch in _batches(dict.fromkeys(keys)):
                known.update(connection.scalars(sa.select(_entry.c.key).where(_entry.c.key.in_(batch))))
        return known

    def resolve(self, identifiers: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return the keys of the recordings that carry each identifier (canonical text), sorted; a key carries itself.

        An identifier of a release or a party resolves to every recording that names it. Identifiers that nothing
        carries are left out.
        """
        carriers: dict[str, set[str]] = {}
        with reading(self._engine) as connection:
            for batch in _batches(dict.fromkeys(identifiers)):
                named = sa.select(_identifier.c.text, _entry.c.key).join_from(_identifier, _entry)
                keys = sa.select(_entry.c.key, _entry.c.key).where(_entry.c.key.in_(batch))
                for text, key in connection.execute(named.where(_identifier.c.text.in_(batch)).union(keys)):
                    carriers.setdefault(text, set()).add(key)
        return {text: tuple(sorted(keys)) for text, keys in carriers.items()}

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Return every snapshot, oldest first."""
        with reading(self._engine) as connection:
            return tuple(snapshot for _, snapshot in _snapshots(connection))

    def state(self) -> str:
        """Return the SHA-256 that names what the catalogue holds: the same snapshots, the same state."""
        return sha256_bytes("".join(sorted(snapshot.id for snapshot in self.snapshots())).encode())


class _Import:
    """One import on its way into the tables, a batch at a time."""

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
            "captured_us": _microseconds(snapshot.captured_at),
            "body": b"",
        }
        self.number = _inserted(connection, _snapshot, row)

    def take(self, items: Iterable[Entry | Problem]) -> None:
        """Keep the entries, and set the problems aside."""
        for batch in _batches(self._entries_of(items)):
            self._keep(batch)

    def finish(self) -> Snapshot:
        """Write down what the snapshot came to and return it."""
        taken = replace(self._snapshot, entries=self._entries, licensed=self._licensed)
        change = _snapshot.update().where(_snapshot.c.number == self.number)
        self._connection.execute(change, {"body": encode_snapshot(taken)})
        return taken

    def _entries_of(self, items: Iterable[Entry | Problem]) -> Iterator[Entry]:
        for item in items:
            if isinstance(item, Entry):
                self._entries += 1
                self._licensed += item.licence is not None
                yield item
                continue
            self.problem_count += 1
            if self.problem_count <= PROBLEMS_KEPT:
                self.problems.append(item)

    def _keep(self, batch: list[Entry]) -> None:
        rows = dict(_entry_row(one) for one in batch)
        numbers = self._numbers(_entry, rows)
        fresh = [row for digest, row in rows.items() if digest not in numbers]
        if fresh:
            self._connection.execute(_entry.insert(), fresh)
            numbers |= self._numbers(_entry, [str(row["digest"]) for row in fresh])
        # `rows` is in the order of the batch, and keys are unique in it: entry and row go together.
        listed = list(zip(batch, rows, strict=True))
        written = {row["digest"] for row in fresh}
        names = [
            {"text": name, "entry": numbers[digest]}
            for one, digest in listed
            if digest in written
            for name in dict.fromkeys(map(str, _names_of(one)))
        ]
        if names:
            self._connection.execute(_identifier.insert(), names)
        listings = [self._listing_row(one, numbers[digest]) for one, digest in listed]
        self._connection.execute(_listing.insert(), listings)

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
            self._blobs |= self._numbers(_blob, [digest])
        if digest not in self._blobs:
            self._blobs[digest] = _inserted(self._connection, _blob, {"digest": digest})
        return self._blobs[digest]

    def _numbers(self, table: sa.Table, digests: Iterable[str]) -> dict[str, int]:
        query = sa.select(table.c.digest, table.c.number).where(table.c.digest.in_(list(digests)))
        return {row.digest: row.number for row in self._connection.execute(query)}


def _inserted(connection: sa.Connection, table: sa.Table, row: dict[str, object]) -> int:
    """Insert a row and return its number."""
    key = connection.execute(table.insert(), row).inserted_primary_key
    assert key is not None  # both tables number their rows
    return int(key[0])


def _entry_row(one: Entry) -> tuple[str, dict[str, object]]:
    """Return the row of an entry, and its name: the digest of all it states, wherever that stands."""
    body = encode_entry(replace(one, span=replace(one.span, blob="", start=0)))
    digest = sha256_bytes(body)
    licence = None if one.licence is None else sha256_bytes(one.licence.encode())
    return digest, {"digest": digest, "key": str(one.key), "licence": licence, "body": body}


def _entry_of(row: sa.Row[tuple[object, ...]]) -> Entry:
    """Return the entry of a listing, with the place where its bytes stand."""
    one = decode_entry(row.body)
    return replace(one, span=replace(one.span, blob=row.blob, start=row.start))


def _names_of(one: Entry) -> Iterator[Identifier]:
    """Every name that leads to a recording: its own, its work's, its releases' and its parties'."""
    yield from one.identifiers
    if one.work is not None and one.work.iswc is not None:
        yield one.work.iswc
    for holding in one.holdings:
        yield from holding.party.identifiers


def _snapshots(
    connection: sa.Connection, *, up_to: datetime | None = None, of: tuple[str, str] | None = None
) -> list[tuple[int, Snapshot]]:
    """Return snapshots with their numbers, oldest first; of two taken at one moment, the first recorded first."""
    query = sa.select(_snapshot.c.number, _snapshot.c.body)
    if up_to is not None:
        query = query.where(_snapshot.c.captured_us <= _microseconds(up_to))
    if of is not None:
        query = query.where(_snapshot.c.source == of[0], _snapshot.c.location == of[1])
    query = query.order_by(_snapshot.c.captured_us, _snapshot.c.number)
    return [(row.number, decode_snapshot(row.body)) for row in connection.execute(query)]


def _last_listings(keys: list[str], moment: int) -> sa.Select[tuple[object, ...]]:
    """Ask for each key and source for the last listing by `moment`; of two at one moment, the later recorded last."""
    last = (
        sa.select(
            _listing.c.key,
            _snapshot.c.source,
            _snapshot.c.location,
            sa.func.max(_snapshot.c.captured_us).label("at"),
        )
        .join_from(_listing, _snapshot)
        .where(_listing.c.key.in_(keys), _snapshot.c.captured_us <= moment)
        .group_by(_listing.c.key, _snapshot.c.source, _snapshot.c.location)
        .subquery()
    )
    of_last = sa.and_(
        _snapshot.c.source == last.c.source,
        _snapshot.c.location == last.c.location,
        _snapshot.c.captured_us == last.c.at,
    )
    in_it = sa.and_(_listing.c.snapshot == _snapshot.c.number, _listing.c.key == last.c.key)
    return (
        sa.select(_listing.c.key, _listing.c.snapshot, _listing.c.start, _blob.c.digest.label("blob"), _entry.c.body)
        .select_from(last.join(_snapshot, of_last).join(_listing, in_it).join(_blob).join(_entry))
        .order_by(_snapshot.c.captured_us, _snapshot.c.number)
    )


def _drift(connection: sa.Connection, before: tuple[int, Snapshot], after: tuple[int, Snapshot]) -> Drift:
    """Compare two snapshots of one source."""
    old, new = _side(before[0], "old"), _side(after[0], "new")
    both = old.join(new, old.c.key == new.c.key)
    changed = old.c.entry != new.c.entry
    relicensed = old.c.licence.is_distinct_from(new.c.licence)
    count = sa.select(sa.func.count()).select_from(both)
    kept = connection.scalar(count) or 0
    query = sa.select(old.c.key, old.c.body, new.c.body).select_from(both).where(changed, relicensed)
    examples = [
        f"{key}: {_shown(decode_entry(was).licence)} -> {_shown(decode_entry(now).licence)}"
        for key, was, now in connection.execute(query.order_by(old.c.key).limit(EXAMPLES))
    ]
    was, now = before[1].licence, after[1].licence
    if was != now:
        examples.insert(0, f"the whole collection: {_shown(was)} -> {_shown(now)}")
    return Drift(
        added=after[1].entries - kept,
        removed=before[1].entries - kept,
        changed=connection.scalar(count.where(changed)) or 0,
        relicensed=connection.scalar(count.where(changed, relicensed)) or 0,
        examples=tuple(examples),
    )


def _side(snapshot: int, name: str) -> sa.Subquery:
    query = sa.select(_listing.c.key, _listing.c.entry, _entry.c.licence, _entry.c.body)
    return query.join_from(_listing, _entry).where(_listing.c.snapshot == snapshot).subquery(name)


def _shown(licence: str | None) -> str:
    if licence is None:
        return "no licence stated"
    return licence if len(licence) <= _STATEMENT_SHOWN else licence[:_STATEMENT_SHOWN] + "..."


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise UsageError(f"{moment} has no time zone", mend="say which: datetime(..., tzinfo=UTC)")
    return moment


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _batches(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    iterator = iter(items)
    while batch := list(islice(iterator, _BATCH)):
        yield batch
