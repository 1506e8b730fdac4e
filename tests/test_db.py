"""The database opens safely, and says what is wrong when it cannot be used."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from licet.db import SCHEMA_VERSION, open_database, reading, writing
from licet.errors import WorkspaceError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_new_database_is_made_once(tmp_path: Path) -> None:
    """Opening a missing database makes it, and opening it again finds the same version."""
    for _ in range(2):
        engine = open_database(tmp_path / "licet.db")
        with reading(engine) as connection:
            assert connection.scalar(sa.text("SELECT version FROM licet_schema")) == SCHEMA_VERSION
        engine.dispose()


def test_it_is_opened_for_safety(tmp_path: Path) -> None:
    """SQLite keeps a write-ahead log, checks foreign keys and syncs at every commit."""
    engine = open_database(f"sqlite:///{tmp_path / 'licet.db'}")
    with reading(engine) as connection:
        pragmas = [connection.scalar(sa.text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys")]
        assert pragmas == ["wal", 1]
        assert connection.scalar(sa.text("PRAGMA synchronous")) == 2
    engine.dispose()


@pytest.mark.parametrize(
    ("version", "mend"), [(SCHEMA_VERSION + 1, "newer Licet"), (0, "make a new workspace")], ids=["newer", "older"]
)
def test_another_version_is_refused(tmp_path: Path, version: int, mend: str) -> None:
    """A database of another version is left alone, and the user told which Licet to use."""
    open_database(tmp_path / "licet.db").dispose()
    with sqlite3.connect(tmp_path / "licet.db") as connection:
        connection.execute("UPDATE licet_schema SET version = ?", (version,))
    connection.close()
    with pytest.raises(WorkspaceError) as refusal:
        open_database(tmp_path / "licet.db")
    assert mend in refusal.value.mend


def test_somebody_elses_database_is_refused(tmp_path: Path) -> None:
    """A database with tables of its own gets none of ours."""
    with sqlite3.connect(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
    connection.close()
    with pytest.raises(WorkspaceError, match="not one of Licet's"):
        open_database(tmp_path / "other.db")


@pytest.mark.parametrize("url", ["nonsense://x", "://", "sqlite+none:///x"], ids=str)
def test_a_url_that_names_no_database_is_refused(url: str) -> None:
    """A wrong URL is the user's to mend, never a traceback."""
    with pytest.raises(WorkspaceError):
        open_database(url)


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    """A file of something else, or a folder, is refused in our own words."""
    (tmp_path / "text.db").write_text("this is no database, and long enough to have a header " * 20)
    for place in (tmp_path / "text.db", tmp_path, tmp_path / "missing" / "licet.db"):
        with pytest.raises(WorkspaceError, match="cannot be used"):
            open_database(place)


def test_a_block_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """What a writing block did is undone when it raises."""
    engine = open_database(tmp_path / "licet.db")
    with suppress(ZeroDivisionError), writing(engine) as connection:
        connection.execute(sa.text("UPDATE licet_schema SET version = 77"))
        raise ZeroDivisionError
    with reading(engine) as connection:
        assert connection.scalar(sa.text("SELECT version FROM licet_schema")) == SCHEMA_VERSION
    engine.dispose()
