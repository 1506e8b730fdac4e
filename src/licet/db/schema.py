"""The version that all tables share: a new database gets it, an older one is brought to it, a newer one is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from licet.db.engines import engine_at
from licet.db.transactions import migrating, reading, writing
from licet.db.urls import shown
from licet.errors import WorkspaceError

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA_VERSION = 2

_OLDEST = 1  # that a workspace was ever written in
_metadata = sa.MetaData()
_version = sa.Table("licet_schema", _metadata, sa.Column("version", sa.Integer, primary_key=True))


def open_database(target: str | Path) -> sa.Engine:
    """Open the database at `target`: a path (made where it is missing), or a URL with `://` in it.

    Raises:
        WorkspaceError: it cannot be opened, is no Licet database, or was written by a newer version of Licet.
    """
    engine = engine_at(target)
    try:
        _agree_on_version(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _agree_on_version(engine: sa.Engine) -> None:
    with reading(engine) as connection:
        tables = sa.inspect(connection).get_table_names()
        found = connection.scalar(sa.select(_version.c.version)) if _version.name in tables else None
    if found is None and tables:
        raise WorkspaceError(
            f"{shown(engine.url)} is a database, and not one of Licet's", mend="name another: nothing was changed"
        )
    if found is None:
        with writing(engine) as connection:
            _metadata.create_all(connection)
            if connection.scalar(sa.select(_version.c.version)) is None:
                connection.execute(_version.insert().values(version=SCHEMA_VERSION))
    elif found != SCHEMA_VERSION:
        _migrate(engine)


def _migrate(engine: sa.Engine) -> None:
    """Bring the database to today's version, in one transaction; another process may have done so meanwhile."""
    from licet.db.migrations import migrate

    with migrating(engine) as connection:
        found = connection.scalar(sa.select(_version.c.version)) or 0
        if found != SCHEMA_VERSION:
            _reject_foreign(engine, found)
            migrate(connection, found)
            connection.execute(_version.update().values(version=SCHEMA_VERSION))


def _reject_foreign(engine: sa.Engine, found: int) -> None:
    """Refuse a version that no step leads on from."""
    if not _OLDEST <= found < SCHEMA_VERSION:
        raise WorkspaceError(
            f"{shown(engine.url)} is of schema version {found}, and this Licet writes version {SCHEMA_VERSION}",
            mend="make a new workspace with this Licet" if found < _OLDEST else "use the newer Licet that wrote it",
        )
