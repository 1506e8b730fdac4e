"""The tables of the catalogue. Nothing but its store reads or writes them.

1. `SNAPSHOT`: one reading of one source.
2. `ENTRY`: one recording as some source stated it, whenever and however often it did; named by its content.
3. `LISTING`: which entries a snapshot lists, each key once, and where their bytes stand. A line that has only moved is
   still the same entry.
4. `NAME`: the identifiers that an entry carries. `LEARNT`: those that were found by reading or hearing its audio.
5. `BLOB`: the digests of the files that evidence stands in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from licet.catalog.codec import decode_snapshot
from licet.db import DIGEST, NUMBER, TEXT, microseconds

if TYPE_CHECKING:
    from datetime import datetime

    from licet.catalog.entries import Snapshot

METADATA = sa.MetaData()


SNAPSHOT = sa.Table(
    "catalog_snapshot",
    METADATA,
    sa.Column("number", NUMBER, primary_key=True),
    sa.Column("id", DIGEST, nullable=False, unique=True),
    sa.Column("source", TEXT, nullable=False),
    sa.Column("location", TEXT, nullable=False),
    sa.Column("captured_us", sa.BigInteger, nullable=False),  # microseconds since 1970, UTC
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Index("catalog_snapshot_series", "source", "location", "captured_us").ddl_if("sqlite"),
    # PostgreSQL indexes no text of more than 2,700 bytes, and a location may be a path of 4,096.
    sa.Index("catalog_snapshot_captured", "captured_us").ddl_if("postgresql"),
)
ENTRY = sa.Table(
    "catalog_entry",
    METADATA,
    sa.Column("number", NUMBER, primary_key=True),
    sa.Column("digest", DIGEST, nullable=False, unique=True),
    sa.Column("key", TEXT, nullable=False, index=True),
    sa.Column("licence", DIGEST),  # SHA-256 of the statement
    sa.Column("body", sa.LargeBinary, nullable=False),
)
BLOB = sa.Table(
    "catalog_blob",
    METADATA,
    sa.Column("number", NUMBER, primary_key=True),
    sa.Column("digest", DIGEST, nullable=False, unique=True),
)
LISTING = sa.Table(
    "catalog_listing",
    METADATA,
    sa.Column("snapshot", sa.ForeignKey(SNAPSHOT.c.number), primary_key=True),
    sa.Column("key", TEXT, primary_key=True),
    sa.Column("entry", sa.ForeignKey(ENTRY.c.number), nullable=False),
    sa.Column("blob", sa.ForeignKey(BLOB.c.number), nullable=False),
    sa.Column("start", sa.BigInteger, nullable=False),
    sa.Index("catalog_listing_key", "key"),
    sqlite_with_rowid=False,
)
NAME = sa.Table(
    "catalog_name",
    METADATA,
    sa.Column("text", TEXT, primary_key=True),
    sa.Column("entry", sa.ForeignKey(ENTRY.c.number), primary_key=True),
    sqlite_with_rowid=False,
)
LEARNT = sa.Table(
    "catalog_learnt",
    METADATA,
    sa.Column("text", TEXT, primary_key=True),
    sa.Column("key", TEXT, primary_key=True),
    sqlite_with_rowid=False,
)


def snapshots_in(
    connection: sa.Connection, *, up_to: datetime | None = None, of: tuple[str, str] | None = None
) -> list[tuple[int, Snapshot]]:
    """Return snapshots with their numbers, oldest first; of two taken at one moment, the first recorded first."""
    query = sa.select(SNAPSHOT.c.number, SNAPSHOT.c.body)
    if up_to is not None:
        query = query.where(SNAPSHOT.c.captured_us <= microseconds(up_to))
    if of is not None:
        query = query.where(SNAPSHOT.c.source == of[0], SNAPSHOT.c.location == of[1])
    query = query.order_by(SNAPSHOT.c.captured_us, SNAPSHOT.c.number)
    return [(row.number, decode_snapshot(row.body)) for row in connection.execute(query)]
