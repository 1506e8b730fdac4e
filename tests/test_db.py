"""The database opens safely, and says what is wrong when it cannot be used."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from licet.db import SCHEMA_VERSION, open_database, reading, writing
from licet.db.engines import engine_at
from licet.errors import WorkspaceError

if TYPE_CHECKING:
    from pathlib import Path


def test_a_new_database_is_made_once(database: str) -> None:
    """Opening a missing database makes it, and opening it again finds the same version."""
    for _ in range(2):
        engine = open_database(database)
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
def test_another_version_is_refused(database: str, version: int, mend: str) -> None:
    """A database that no step leads on from is left alone, and the user told which Licet to use."""
    engine = open_database(database)
    with writing(engine) as connection:
        connection.execute(sa.text("UPDATE licet_schema SET version = :version"), {"version": version})
    engine.dispose()
    with pytest.raises(WorkspaceError) as refusal:
        open_database(database)
    assert mend in refusal.value.mend


def test_somebody_elses_database_is_refused(database: str) -> None:
    """A database with tables of its own gets none of ours."""
    engine = engine_at(database)
    with writing(engine) as connection:
        connection.execute(sa.text("CREATE TABLE songs (title TEXT)"))
    with pytest.raises(WorkspaceError, match="not one of Licet's"):
        open_database(database)
    assert sa.inspect(engine).get_table_names() == ["songs"]
    engine.dispose()


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    """A file of something else, or a folder, is refused in our own words."""
    (tmp_path / "text.db").write_text("this is no database, and long enough to have a header " * 20)
    for place in (tmp_path / "text.db", tmp_path, tmp_path / "missing" / "licet.db"):
        with pytest.raises(WorkspaceError, match="cannot be used"):
            open_database(place)


def test_a_block_that_fails_leaves_nothing(database: str) -> None:
    """What a writing block did is undone when it raises."""
    engine = open_database(database)
    with suppress(ZeroDivisionError), writing(engine) as connection:
        connection.execute(sa.text("UPDATE licet_schema SET version = 77"))
        raise ZeroDivisionError
    with reading(engine) as connection:
        assert connection.scalar(sa.text("SELECT version FROM licet_schema")) == SCHEMA_VERSION
    engine.dispose()


def test_a_reader_sees_one_state(database: str) -> None:
    """What is written meanwhile is there for the next one."""
    engine = open_database(database)
    version = sa.text("SELECT version FROM licet_schema")
    with reading(engine) as connection:
        before = connection.scalar(version)
        with writing(engine) as other:
            other.execute(sa.text("UPDATE licet_schema SET version = 77"))
        assert connection.scalar(version) == before
    with reading(engine) as connection:
        assert connection.scalar(version) == 77
    engine.dispose()


def test_writers_take_turns(database: str) -> None:
    """Each sees what the one before it left, though all of them had begun: nothing that was counted is lost."""
    engine = open_database(database)

    def count_up(_: int) -> None:
        with writing(engine) as connection:
            version = connection.scalar(sa.text("SELECT version FROM licet_schema"))
            connection.execute(sa.text("UPDATE licet_schema SET version = :next"), {"next": version + 1})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count_up, range(40)))
    with reading(engine) as connection:
        assert connection.scalar(sa.text("SELECT version FROM licet_schema")) == SCHEMA_VERSION + 40
    engine.dispose()


@pytest.mark.parametrize("process", ["this", "another"])
def test_a_writer_does_not_wait_for_ever(database: str, process: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told that another one is writing, in its own process or in another, which has an engine of its own."""
    monkeypatch.setattr("licet.db.engines.WAIT_MS", 20)
    engine = open_database(database)
    other = open_database(database) if process == "another" else engine
    with writing(engine), pytest.raises(WorkspaceError, match="lock") as refusal, writing(other):
        pass
    assert "another Licet" in refusal.value.mend
    for one in {engine, other}:
        one.dispose()


def test_writers_who_wait_leave_connections_to_those_who_read(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Among them the one that writes: it may ask something else before it ends."""
    monkeypatch.setattr("licet.db.engines._READERS", 1)
    monkeypatch.setattr("licet.db.engines.WAIT_MS", 5_000)
    engine = open_database(database)
    waiting = Barrier(5)

    def write(_: int) -> int | None:
        waiting.wait()
        with writing(engine), reading(engine) as connection:
            return connection.scalar(sa.text("SELECT version FROM licet_schema"))

    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(write, range(5))) == [SCHEMA_VERSION] * 5
    engine.dispose()


def test_where_more_is_asked_than_is_answered(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has waited long enough is told so."""
    monkeypatch.setattr("licet.db.engines._READERS", 1)
    monkeypatch.setattr("licet.db.engines.WAIT_MS", 20)
    engine = open_database(database)
    with reading(engine), ThreadPoolExecutor(1) as other:
        with reading(engine) as connection:  # whoever has a turn does not wait for itself
            assert connection.scalar(sa.text("SELECT version FROM licet_schema")) == SCHEMA_VERSION
        with pytest.raises(WorkspaceError, match="asked more"):
            other.submit(_read, engine).result()
    ThreadPoolExecutor(1).submit(_read, engine).result()
    engine.dispose()


def _read(engine: sa.Engine) -> None:
    with reading(engine):
        pass


def test_processes_may_make_it_at_once(database: str) -> None:
    """One makes it, and the others find it."""
    with ThreadPoolExecutor(4) as pool:
        for engine in pool.map(lambda _: open_database(database), range(4)):
            with reading(engine) as connection:
                assert connection.execute(sa.text("SELECT version FROM licet_schema")).all() == [(SCHEMA_VERSION,)]
            engine.dispose()
