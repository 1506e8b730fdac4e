"""Transactions: a reader sees one state, a writer is alone, and a foreign error becomes ours.

One writer at a time, on either database: it sees what the one before it left, and nothing changes under it. SQLite has
one lock for that; in PostgreSQL a writer takes an advisory lock before all else and holds it until its end.
Serialisable transactions would let writers run side by side and then ask the loser to do it all again: an import reads
its source once, and cannot. One writer also commits in the order of its numbers, so that a number names a state.

The threads of one process queue before they take a connection, those who write apart from those who read: whoever
waits to write keeps no connection from anybody, and under load everybody has a turn.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError

from licet.db import engines
from licet.db.engines import COPIES_TABLES, TO_READ, TO_WRITE, WRITES
from licet.db.urls import hushed, shown
from licet.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import sqlalchemy as sa

# What PostgreSQL has to be told: SQLite has one way of reading and one of writing. A writer must see what was committed
# while it waited for its lock, so that each of its statements looks afresh.
_READER = {"postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}}
_WRITER = {"postgresql": {"isolation_level": "READ COMMITTED"}}
_SHOWN: ContextVar[tuple[sa.Engine, sa.Connection] | None] = ContextVar("_SHOWN", default=None)
_MEND = "is another Licet writing to it, is the disk full, is it a Licet database?"


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Give a connection that sees one state of the database until it is left.

    Raises:
        WorkspaceError: the database is locked, damaged or gone.
    """
    shown_engine, connection = _SHOWN.get() or (None, None)
    if connection is not None and shown_engine is engine:
        with _ours(engine.url):
            yield connection
    else:
        with _turn(engine, TO_READ), _transaction(engine, _READER.get(engine.dialect.name, {})) as connection:
            yield connection


@contextmanager
def one_state(engine: sa.Engine) -> Iterator[None]:
    """Let all that this thread reads be of one state of the database, until the block is left.

    What is written meanwhile, by whomever, is not seen in it.

    Raises:
        WorkspaceError: the database is locked, damaged or gone.
    """
    with reading(engine) as connection:
        before = _SHOWN.set((engine, connection))
        try:
            yield
        finally:
            _SHOWN.reset(before)


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Give a connection that writes: all of it is kept when the block ends well, and none of it otherwise.

    Raises:
        WorkspaceError: the database is locked by another writer, damaged, full or gone.
    """
    options = {WRITES: True, **_WRITER.get(engine.dialect.name, {})}
    with _turn(engine, TO_WRITE), _transaction(engine, options) as connection:
        yield connection


@contextmanager
def migrating(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Give a connection that writes, and that may put a changed copy of a table in its place.

    That is how SQLite changes a table, and with its foreign keys on the old one could not be dropped. They are off in
    here, and looked at once, before the end.

    Raises:
        WorkspaceError: as in `writing`, or a row refers to one that is no longer there.
    """
    options = {WRITES: True, COPIES_TABLES: True, **_WRITER.get(engine.dialect.name, {})}
    try:
        with _turn(engine, TO_WRITE), _transaction(engine, options) as connection:
            yield connection
            if engine.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise WorkspaceError(f"{shown(engine.url)} would refer to rows that it does not hold")
    finally:
        engine.dispose()  # the next connection has its foreign keys on


@contextmanager
def _turn(engine: sa.Engine, queue: str) -> Iterator[None]:
    """Wait for a turn among the threads of this process."""
    with ExitStack() as held:
        try:
            held.enter_context(engine.get_execution_options()[queue].turn(engines.WAIT_MS / 1000))
        except TimeoutError:
            who = "locked by another writer" if queue == TO_WRITE else "asked more than it answers"
            raise WorkspaceError(f"the database {shown(engine.url)} is {who}", mend=_MEND) from None
        yield


@contextmanager
def _transaction(engine: sa.Engine, options: Mapping[str, Any]) -> Iterator[sa.Connection]:
    with _ours(engine.url), engine.connect() as connection:
        connection.execution_options(**options)
        with connection.begin():
            yield connection


@contextmanager
def _ours(url: sa.URL) -> Iterator[None]:
    """Turn what the driver says into our own error."""
    try:
        yield
    except DBAPIError as error:
        said = str(error.orig).strip()
        quiet = hushed(said, url)
        raise WorkspaceError(
            f"the database {shown(url)} cannot be used: {quiet}",
            mend=_MEND,
        ) from (error if quiet == said else None)
