"""The engine of a database, opened so that a crash loses nothing that was committed.

SQLite: a write-ahead log, foreign keys on, a full sync at every commit. PostgreSQL: through psycopg, in UTF-8; that a
commit lasts is the server's to keep, and is its default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from licet.db.turns import Turns
from licet.db.urls import shown, url_of
from licet.errors import WorkspaceError

if TYPE_CHECKING:
    from pathlib import Path

WAIT_MS = 30_000  # for another writer to finish
WRITES = "licet_writes"  # execution options of a connection, which tell the beginning of its transaction what it is for
COPIES_TABLES = "licet_copies_tables"

TO_WRITE, TO_READ = "licet_to_write", "licet_to_read"  # of an engine: the queues of this process's threads

_READERS = 4  # at once, in one process: more would wait for its interpreter. Their connections are kept
_CACHE_KIB = 32 << 10  # an import that does not fit is written to disk more than once
_ONE_WRITER = 0x6C696365742E6462  # "licet.db": the number of the lock that writers take in PostgreSQL


def engine_at(target: str | Path) -> sa.Engine:
    """Return an engine for the database at `target`; nothing is opened yet.

    Raises:
        WorkspaceError: the URL is none, or its driver is not installed.
    """
    url = url_of(target)
    engine = _sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url)
    engine.update_execution_options(**{TO_WRITE: Turns(1), TO_READ: Turns(_READERS)})
    return engine


def _pool() -> dict[str, Any]:
    return {"pool_size": _READERS + 1, "max_overflow": -1}  # one writes; and who has a turn may read two things at once


def _sqlite(url: sa.URL) -> sa.Engine:
    in_memory = url.database in {None, "", ":memory:"}  # of one connection, whatever is asked
    engine = sa.create_engine(url, **({} if in_memory else _pool()))
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401  (whichever driver is in use)
    # The driver would open transactions by its own rules, too late for a consistent read: we begin them ourselves.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={WAIT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"cache_size=-{_CACHE_KIB}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    if options.get(COPIES_TABLES):
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")  # inside of a transaction it would do nothing
    # A writer takes its lock at once: one that had read first could be refused it without waiting.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(WRITES) else "BEGIN")


def _postgresql(url: sa.URL) -> sa.Engine:
    try:
        engine = sa.create_engine(url, connect_args={"client_encoding": "utf8"}, pool_pre_ping=True, **_pool())
    except ImportError:
        raise WorkspaceError(
            f"the driver for the database {shown(url)} is not installed", mend="pip install 'licet[postgres]'"
        ) from None
    sa.event.listen(engine, "connect", _prepare_postgresql)
    sa.event.listen(engine, "begin", _begin_postgresql)
    return engine


def _prepare_postgresql(connection: Any, _record: object) -> None:  # noqa: ANN401  (psycopg may not be installed)
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        connection.close()
        raise WorkspaceError(
            f"the database is encoded in {encoding}, which does not hold every text",
            mend="make one with `createdb --encoding UTF8 --template template0`",
        )
    connection.autocommit = True
    connection.execute(f"SET lock_timeout = {WAIT_MS}")
    connection.autocommit = False


def _begin_postgresql(connection: sa.Connection) -> None:
    if connection.get_execution_options().get(WRITES):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ONE_WRITER})")
