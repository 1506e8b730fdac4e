"""The catalogue in SQL: what each source stated, at each time it was read.

An entry is named by its content, so that reading a source again unchanged adds one row a recording and nothing else
(see `tables`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from licet.catalog.codec import decode_entry, decode_snapshot, snapshot_id
from licet.catalog.drift import drift_between, keys_that_differ
from licet.catalog.entries import Entry, Listed, Problem, Recorded, Snapshot, SourceFile, Span
from licet.catalog.importing import Import
from licet.catalog.tables import (
    BLOB,
    ENTRY,
    LEARNT,
    LISTING,
    METADATA,
    NAME,
    SNAPSHOT,
    snapshots_in,
)
from licet.db import in_batches, microseconds, reading, writing
from licet.digests import sha256_bytes
from licet.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

_PAGE = 500  # entries read at a time


class CatalogStore:
    """The catalogue kept in the database behind `engine`, which `licet.db.open_database` opened."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        with writing(engine) as connection:
            METADATA.create_all(connection)

    def record(  # noqa: PLR0913, PLR0917  (a snapshot has as many facts)
        self,
        source_kind: str,
        location: str,
        captured_at: datetime,
        files: tuple[SourceFile, ...],
        items: Iterable[Entry | Problem],
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
            known = connection.scalar(sa.select(SNAPSHOT.c.body).where(SNAPSHOT.c.id == name))
            if known is not None:
                return Recorded(decode_snapshot(known), None)
            before = snapshots_in(connection, up_to=captured_at, of=(source_kind, location))
            importing = Import(connection, taken)
            importing.take(items)
            taken = importing.finish()
            drift = drift_between(connection, before[-1], (importing.number, taken)) if before else None
        return Recorded(taken, drift, tuple(importing.problems), importing.problem_count)

    def find(self, keys: Sequence[str], *, as_of: datetime) -> dict[str, tuple[Listed, ...]]:
        """Return what each source, as last read by `as_of`, states of the recordings in `keys`.

        For each source and location the newest snapshot that lists the recording speaks; `current` is False where a
        newer one of the same source, taken by `as_of`, does not list it any more. Keys that no source had listed by
        then are left out (see `known`). Ordered by source and location.
        """
        found: dict[str, tuple[Listed, ...]] = {}
        with reading(self._engine) as connection:
            snapshots = dict(snapshots_in(connection, up_to=_aware(as_of)))
            newest = {(one.source, one.location): number for number, one in snapshots.items()}
            for batch in in_batches(dict.fromkeys(keys)):
                series: dict[tuple[str, str, str], Listed] = {}
                for row in connection.execute(_last_listings(batch, microseconds(as_of))):
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
            for batch in in_batches(dict.fromkeys(keys)):
                known.update(connection.scalars(sa.select(ENTRY.c.key).where(ENTRY.c.key.in_(batch))))
        return known

    def resolve(self, identifiers: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Return the keys of the recordings that carry each identifier (canonical text), sorted; a key carries itself.

        An identifier of a release or a party resolves to every recording that names it. Identifiers that nothing
        carries are left out.
        """
        carriers: dict[str, set[str]] = {}
        with reading(self._engine) as connection:
            for batch in in_batches(dict.fromkeys(identifiers)):
                stated = sa.select(NAME.c.text, ENTRY.c.key).join_from(NAME, ENTRY).where(NAME.c.text.in_(batch))
                learnt = sa.select(LEARNT.c.text, LEARNT.c.key).where(LEARNT.c.text.in_(batch))
                own = sa.select(ENTRY.c.key, ENTRY.c.key).where(ENTRY.c.key.in_(batch))
                for text, key in connection.execute(stated.union(learnt, own)):
                    carriers.setdefault(text, set()).add(key)
        return {text: tuple(sorted(keys)) for text, keys in carriers.items()}

    def names_of(self, keys: Collection[str]) -> set[str]:
        """Return every identifier (canonical text) that was ever stated for a recording in `keys`, and those keys."""
        names = set(keys)
        with reading(self._engine) as connection:
            for batch in in_batches(keys):
                stated = sa.select(NAME.c.text).join_from(NAME, ENTRY).where(ENTRY.c.key.in_(batch))
                names.update(connection.scalars(stated))
        return names

    def learn(self, names: Iterable[tuple[str, str]]) -> None:
        """Keep what was found by reading or hearing a recording: pairs of its key and an identifier (canonical text).

        A source states a recording; its digests are only known once its audio has been read. Learning a pair again
        changes nothing.

        Raises:
            WorkspaceError: the database cannot be written.
        """
        with writing(self._engine) as connection:
            for batch in in_batches(dict.fromkeys(names)):
                texts = [text for _, text in batch]
                there = connection.execute(sa.select(LEARNT.c.key, LEARNT.c.text).where(LEARNT.c.text.in_(texts)))
                known = {(key, text) for key, text in there}
                fresh = [{"key": key, "text": text} for key, text in batch if (key, text) not in known]
                if fresh:
                    connection.execute(LEARNT.insert(), fresh)

    def entries(self, snapshot: str) -> Iterator[Entry]:
        """Yield what the snapshot of that id lists, by key. A page is read at a time, and no lock held between."""
        key = ""
        while True:
            with reading(self._engine) as connection:
                rows = connection.execute(_page(snapshot, key)).all()
            yield from map(_entry_of, rows)
            if len(rows) < _PAGE:
                return
            key = rows[-1].key

    def changed_since(self, known: Collection[str], heard_until: datetime, *, as_of: datetime) -> set[str]:
        """Return the keys of which a source, as last read by `as_of`, says something else than it had said.

        What it had said is what stood in those of the snapshots `known` that were captured by `heard_until`. Where
        another licence is stated for a whole collection, those are all of its keys. Time and memory are those of
        comparing what is new with what it replaces.
        """
        changed: set[str] = set()
        with reading(self._engine) as connection:
            last: dict[tuple[str, str], tuple[int, Snapshot]] = {}
            for number, snapshot in snapshots_in(connection, up_to=_aware(as_of)):
                series = (snapshot.source, snapshot.location)
                if snapshot.id not in known or snapshot.captured_at > heard_until:
                    before = last.get(series)
                    alike = before is not None and before[1].licence == snapshot.licence
                    changed.update(keys_that_differ(connection, before[0] if before and alike else None, number))
                    if before is not None and not alike:
                        changed.update(keys_that_differ(connection, number, before[0]))
                last[series] = (number, snapshot)
        return changed

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Return every snapshot, oldest first."""
        with reading(self._engine) as connection:
            return tuple(snapshot for _, snapshot in snapshots_in(connection))

    def state(self) -> str:
        """Return the SHA-256 that names what the catalogue holds: another snapshot or another name, another state."""
        with reading(self._engine) as connection:
            ids = connection.scalars(sa.select(SNAPSHOT.c.id).order_by(SNAPSHOT.c.id)).all()
            learnt = connection.scalar(sa.select(sa.func.count()).select_from(LEARNT))
        # Names are only ever added, so that their number tells.
        return sha256_bytes("\n".join([*ids, str(learnt)]).encode())


def _entry_of(row: sa.Row[tuple[object, ...]]) -> Entry:
    """Return the entry of a listing, with the place where its bytes stand."""
    one = decode_entry(row.body)
    return replace(one, span=Span(one.span.digest, row.blob, row.start, one.span.length))


def _page(snapshot: str, after: str) -> sa.Select[tuple[str, int, str, bytes]]:
    """Ask for the next page of a snapshot, behind the key `after`."""
    return (
        sa.select(LISTING.c.key, LISTING.c.start, BLOB.c.digest.label("blob"), ENTRY.c.body)
        .select_from(LISTING.join(SNAPSHOT).join(BLOB).join(ENTRY))
        .where(SNAPSHOT.c.id == snapshot, LISTING.c.key > after)
        .order_by(LISTING.c.key)
        .limit(_PAGE)
    )


def _last_listings(keys: list[str], moment: int) -> sa.Select[tuple[object, ...]]:
    """Ask for each key and source for the last listing by `moment`; of two at one moment, the later recorded last."""
    last = (
        sa.select(
            LISTING.c.key,
            SNAPSHOT.c.source,
            SNAPSHOT.c.location,
            sa.func.max(SNAPSHOT.c.captured_us).label("at"),
        )
        .join_from(LISTING, SNAPSHOT)
        .where(LISTING.c.key.in_(keys), SNAPSHOT.c.captured_us <= moment)
        .group_by(LISTING.c.key, SNAPSHOT.c.source, SNAPSHOT.c.location)
        .subquery()
    )
    of_last = sa.and_(
        SNAPSHOT.c.source == last.c.source,
        SNAPSHOT.c.location == last.c.location,
        SNAPSHOT.c.captured_us == last.c.at,
    )
    in_it = sa.and_(LISTING.c.snapshot == SNAPSHOT.c.number, LISTING.c.key == last.c.key)
    return (
        sa.select(LISTING.c.key, LISTING.c.snapshot, LISTING.c.start, BLOB.c.digest.label("blob"), ENTRY.c.body)
        .select_from(last.join(SNAPSHOT, of_last).join(LISTING, in_it).join(BLOB).join(ENTRY))
        .order_by(SNAPSHOT.c.captured_us, SNAPSHOT.c.number)
    )


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise UsageError(f"{moment} has no time zone", mend="say which: datetime(..., tzinfo=UTC)")
    return moment
