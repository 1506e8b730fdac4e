"""The database: one SQLAlchemy engine, opened so that a crash loses nothing that was committed.

SQLite by default (write-ahead log, foreign keys on, a full sync at every commit); PostgreSQL or another by URL.
Each room keeps its own tables; this file keeps the version that they share.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError

from licet.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA_VERSION = 1
BUSY_TIMEOUT_MS = 30_000
CACHE_KIB = 32 << 10  # an import that does not fit is written to disk more than once

_WRITES = "licet_writes"
_metadata = sa.MetaData()
_version = sa.Table("licet_schema", _metadata, sa.Column("version", sa.Integer, primary_key=True))


def open_database(target: str | Path) -> sa.Engine:
    """Open the database at `target`: a path (made where it is missing), or a URL with `://` in it.

    Raises:
        WorkspaceError: it cannot be opened, is no Licet database, or was written by another version of Licet.
    """
    engine = _engine(target)
    try:
        _agree_on_version(engine, str(target))
    except WorkspaceError:
        engine.dispose()
        raise
    return engine


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Give a connection that sees one state of the database until it is left.

    Raises:
        WorkspaceError: the database is locked, damaged or gone.
    """
    with _ours(engine), engine.begin() as connection:
        yield connection


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """Give a connection that writes: all of it is kept when the block ends well, and none of it otherwise.

    Raises:
        WorkspaceError: the database is locked by another writer, damaged, full or gone.
    """
    with _ours(engine), engine.execution_options(**{_WRITES: True}).begin() as connection:
        yield connection


def _engine(target: str | Path) -> sa.Engine:
    try:
        if isinstance(target, str) and "://" in target:
            engine = sa.create_engine(target)
        else:
            engine = sa.create_engine(sa.URL.create("sqlite", database=str(target)))
    except (ArgumentError, ImportError) as error:
        raise WorkspaceError(
            f"no database can be opened by that URL: {error}", mend="give a path, or a URL such as postgresql://..."
        ) from error
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401  (whichever driver is in use)
    # The driver would open transactions by its own rules, too late for a consistent read: we begin them ourselves.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        f"cache_size=-{CACHE_KIB}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    # A writer takes its lock at once: one that had read first could be refused it without waiting.
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _ours(engine: sa.Engine) -> Iterator[None]:
    """Turn what the driver says into our own error."""
    try:
        yield
    except DBAPIError as error:
        where = engine.url.render_as_string(hide_password=True)
        raise WorkspaceError(
            f"the database {where} cannot be used: {error.orig}",
            mend="is another Licet writing to it, is the disk full, is it a Licet database?",
        ) from error


def _agree_on_version(engine: sa.Engine, target: str) -> None:
    with reading(engine) as connection:
        tables = sa.inspect(connection).get_table_names()
        found = connection.scalar(sa.select(_version.c.version)) if _version.name in tables else None
    if found is None and tables:
        raise WorkspaceError(
            f"{target} is a database, and not one of Licet's", mend="name another file: nothing was changed"
        )
    if found is None:
        with writing(engine) as connection:
            _metadata.create_all(connection)
            if connection.scalar(sa.select(_version.c.version)) is None:
                connection.execute(_version.insert().values(version=SCHEMA_VERSION))
    elif found != SCHEMA_VERSION:
        older = found < SCHEMA_VERSION
        raise WorkspaceError(
            f"{target} is of schema version {found}, and this Licet writes version {SCHEMA_VERSION}",
            mend="make a new workspace with this Licet" if older else "use the newer Licet that wrote it",
        )
