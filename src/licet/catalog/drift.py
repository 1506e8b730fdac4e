"""What changed between two snapshots of one source."""

from __future__ import annotations

import sqlalchemy as sa

from licet.catalog.codec import decode_entry
from licet.catalog.entries import Drift, Snapshot
from licet.catalog.tables import ENTRY, LISTING

EXAMPLES = 5

_STATEMENT_SHOWN = 160


def drift_between(connection: sa.Connection, before: tuple[int, Snapshot], after: tuple[int, Snapshot]) -> Drift:
    """Compare two snapshots, given with their numbers: in the database, however long they are."""
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
    if before[1].licence != after[1].licence:
        examples.insert(0, f"the whole collection: {_shown(before[1].licence)} -> {_shown(after[1].licence)}")
    return Drift(
        added=after[1].entries - kept,
        removed=before[1].entries - kept,
        changed=connection.scalar(count.where(changed)) or 0,
        relicensed=connection.scalar(count.where(changed, relicensed)) or 0,
        examples=tuple(examples),
    )


def keys_that_differ(connection: sa.Connection, before: int | None, after: int) -> list[str]:
    """Return the keys that two snapshots, given by their numbers, list otherwise, or that one of them does not list.

    Without one before, those are all of the later one's.
    """
    new = sa.select(LISTING.c.key, LISTING.c.entry).where(LISTING.c.snapshot == after)
    if before is None:
        return list(connection.scalars(new))
    # Both are read in the order of their key, once; a join would look each key of the one up in the other.
    old = sa.select(LISTING.c.key, LISTING.c.entry).where(LISTING.c.snapshot == before)
    differing = [sa.except_(new, old).subquery(), sa.except_(old, new).subquery()]
    return list(connection.scalars(sa.union(*(sa.select(one.c.key) for one in differing))))


def _side(snapshot: int, name: str) -> sa.Subquery:
    query = sa.select(LISTING.c.key, LISTING.c.entry, ENTRY.c.licence, ENTRY.c.body)
    return query.join_from(LISTING, ENTRY).where(LISTING.c.snapshot == snapshot).subquery(name)


def _shown(licence: str | None) -> str:
    if licence is None:
        return "no licence stated"
    return licence if len(licence) <= _STATEMENT_SHOWN else licence[:_STATEMENT_SHOWN] + "..."
