"""The database: where what is on record is kept, the same in SQLite and in PostgreSQL.

Each room keeps its own tables; this one opens the engine, begins and ends transactions, gives the kinds of column that
hold and order alike on both, and keeps the version that all tables share.
"""

from __future__ import annotations

from licet.db.columns import DIGEST, NUMBER, TEXT
from licet.db.rows import in_batches, microseconds, moment_of
from licet.db.schema import SCHEMA_VERSION, open_database
from licet.db.transactions import one_state, reading, writing
from licet.db.turns import going_ahead
from licet.db.urls import is_url

__all__ = [
    "DIGEST",
    "NUMBER",
    "SCHEMA_VERSION",
    "TEXT",
    "going_ahead",
    "in_batches",
    "is_url",
    "microseconds",
    "moment_of",
    "one_state",
    "open_database",
    "reading",
    "writing",
]
