"""An older database is brought to today's schema when it is opened, whole or not at all."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory

from licet.catalog import Right
from licet.catalog.store import CatalogStore
from licet.db import NUMBER, SCHEMA_VERSION, TEXT, is_url, moment_of, open_database, reading, writing
from licet.db.migrations import FOLDER
from licet.errors import WorkspaceError
from licet.registry.parties import Party
from licet.registry.statements import Kind
from licet.registry.store import RegistryStore
from licet.registry.terms import Holding
from licet.terms.gathering import Response
from licet.terms.store import ResponseStore
from speaking import THIS, said

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION_1 = Path(__file__).parent / "version-1.sql"  # what the first Licet left on disk, with nothing in it

_ROOM = sa.MetaData()
_SONG = sa.Table("song", _ROOM, sa.Column("number", NUMBER, primary_key=True), sa.Column("title", TEXT))
_VERSE = sa.Table("verse", _ROOM, sa.Column("song", sa.ForeignKey(_SONG.c.number)), sa.Column("words", TEXT))

STEP = """
import sqlalchemy as sa
from alembic import op

revision = "{new:04}"
down_revision = "{old:04}"


def upgrade() -> None:
    {what}
"""
LENGTHEN = """
    with op.batch_alter_table("song") as song:
        song.add_column(sa.Column("length_s", sa.Integer(), nullable=False, server_default="0"))
        song.alter_column("title", nullable=False)
"""
FILL = 'op.execute("UPDATE song SET length_s = 60")'


@pytest.fixture
def older(database: str) -> str:
    """Return a database of today's version with a song of one verse."""
    engine = open_database(database)
    with writing(engine) as connection:
        _ROOM.create_all(connection)
        connection.execute(_SONG.insert(), {"number": 1, "title": "A"})
        connection.execute(_VERSE.insert(), {"song": 1, "words": "la"})
    engine.dispose()
    return database


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Let this Licet be two versions newer, and return the folder where its steps lie."""
    folder = tmp_path / "migrations" / "versions"
    folder.mkdir(parents=True)
    for step in (FOLDER / "versions").glob("v*.py"):
        (folder / step.name).write_text(step.read_text())
    monkeypatch.setattr("licet.db.migrations.FOLDER", folder.parent)
    monkeypatch.setattr("licet.db.schema.SCHEMA_VERSION", SCHEMA_VERSION + 2)
    return folder


def write_step(folder: Path, above: int, what: str) -> None:
    """Write the step that leads to the version so many above today's."""
    new = SCHEMA_VERSION + above
    (folder / f"v{new:04}_made_up.py").write_text(STEP.format(new=new, old=new - 1, what=what))


def test_an_older_database_is_brought_to_today(older: str, steps: Path) -> None:
    """Step by step, with its rows and what refers to them; the next opening finds nothing to do."""
    write_step(steps, 1, LENGTHEN)
    write_step(steps, 2, FILL)
    for _ in range(2):
        engine = open_database(older)
        with reading(engine) as connection:
            assert connection.execute(sa.text("SELECT number, title, length_s FROM song")).all() == [(1, "A", 60)]
            assert connection.execute(sa.text("SELECT words FROM verse JOIN song ON song = number")).all() == [("la",)]
            assert connection.scalar(sa.text("SELECT version FROM licet_schema")) == SCHEMA_VERSION + 2
        with pytest.raises(WorkspaceError), writing(engine) as connection:
            connection.execute(_VERSE.insert(), {"song": 99, "words": "of no song"})
        engine.dispose()


@pytest.mark.parametrize(
    ("what", "error"),
    [("raise ZeroDivisionError", ZeroDivisionError), ('op.execute("UPDATE nothing SET x = 1")', WorkspaceError)],
    ids=["a bug", "a refusal"],
)
def test_a_step_that_fails_leaves_all_as_it_was(older: str, steps: Path, what: str, error: type[Exception]) -> None:
    """Those before it are undone with it."""
    write_step(steps, 1, LENGTHEN)
    write_step(steps, 2, what)
    with pytest.raises(error):
        open_database(older)
    write_step(steps, 2, FILL)
    engine = open_database(older)
    with reading(engine) as connection:
        assert connection.scalar(sa.text("SELECT length_s FROM song")) == 60
    engine.dispose()


def test_rows_that_would_refer_to_nothing_are_refused(older: str, steps: Path) -> None:
    """A step cannot leave them behind, on either database."""
    write_step(steps, 1, 'op.execute("DELETE FROM song")')
    write_step(steps, 2, "pass")
    with pytest.raises(WorkspaceError):
        open_database(older)


def test_it_is_brought_to_today_once(older: str, steps: Path) -> None:
    """Though several find it old at the same moment."""
    write_step(steps, 1, LENGTHEN)
    write_step(steps, 2, 'op.execute("UPDATE song SET length_s = length_s + 60")')
    with ThreadPoolExecutor(4) as pool:
        for engine in pool.map(lambda _: open_database(older), range(4)):
            with reading(engine) as connection:
                assert connection.scalar(sa.text("SELECT length_s FROM song")) == 60
            engine.dispose()


def test_each_version_has_its_step() -> None:
    """From the baseline to today's, in one line."""
    revisions = list(ScriptDirectory(FOLDER).walk_revisions())
    assert [int(one.revision) for one in reversed(revisions)] == list(range(1, SCHEMA_VERSION + 1))


def test_the_first_workspaces_are_taken_as_they_stand(tmp_path: Path) -> None:
    """Opened today they hold what a new one holds. Who changes a table writes its step, or this fails."""
    with sqlite3.connect(tmp_path / "old.db") as connection:
        connection.executescript(VERSION_1.read_text())
    connection.close()
    assert tables(tmp_path / "old.db") == tables(tmp_path / "new.db")


HOLDING_1 = """
CREATE TABLE registry_holding (
    number {number} NOT NULL, recording TEXT NOT NULL, "right" VARCHAR(16) NOT NULL, party VARCHAR(64) NOT NULL,
    share TEXT NOT NULL, "by" VARCHAR(64) NOT NULL, at_us BIGINT NOT NULL, PRIMARY KEY (number)
)
"""


def test_what_was_registered_before_there_were_roles_is_held_still(database: str) -> None:
    """Version 2: and what is registered of it later counts."""
    engine = open_database(database)
    number = "BIGSERIAL" if is_url(database) else "INTEGER"
    with writing(engine) as connection:
        connection.execute(sa.text(HOLDING_1.format(number=number)))
        row = {"recording": "jamendo:1", "right": "work", "party": "ann", "share": "1/2", "by": "ann", "at": 5}
        columns = 'recording, "right", party, share, "by", at_us'
        connection.execute(
            sa.text(f"INSERT INTO registry_holding ({columns}) VALUES (:recording, :right, :party, :share, :by, :at)"),  # noqa: S608
            row,
        )
        connection.execute(sa.text("UPDATE licet_schema SET version = 1"))
    engine.dispose()
    engine = open_database(database)
    store = RegistryStore(engine)
    store.add_party(Party("ann", "Ann"), moment_of(0))
    (before,) = store.holdings(["jamendo:1"], as_of=moment_of(5))["jamendo:1"]
    assert (before.share, before.role) == (Fraction(1, 2), "")
    store.hold("ann", [("jamendo:1", Holding("ann", "Ann", Right.WORK, Fraction(1), role="composer"))], moment_of(5))
    (after,) = store.holdings(["jamendo:1"], as_of=moment_of(5))["jamendo:1"]
    assert (after.share, after.role) == (Fraction(1), "composer")
    engine.dispose()


STATEMENT_1 = """
CREATE TABLE registry_statement (
    number {number} NOT NULL, id VARCHAR(64) NOT NULL, party VARCHAR(64) NOT NULL, "of" VARCHAR(64) NOT NULL,
    at_us BIGINT NOT NULL, signed BOOLEAN NOT NULL, body {blob} NOT NULL, place BIGINT, PRIMARY KEY (number)
)
"""


def test_what_was_said_before_kinds_were_noted_is_heard_still(database: str) -> None:
    """Version 2 notes them from what was said."""
    engine = open_database(database)
    grant = said(subjects=THIS)
    dispute = said(Kind.DISPUTE, "bob", 1, of=grant.id)
    number, blob = ("BIGSERIAL", "BYTEA") if is_url(database) else ("INTEGER", "BLOB")
    with writing(engine) as connection:
        connection.execute(sa.text(STATEMENT_1.format(number=number, blob=blob)))
        for one in (grant, dispute):
            row = {"id": one.id, "party": one.statement.party, "of": one.statement.of, "body": one.statement.encoded()}
            connection.execute(
                sa.text(
                    'INSERT INTO registry_statement (id, party, "of", at_us, signed, body)'
                    " VALUES (:id, :party, :of, 5, :signed, :body)"
                ),
                row | {"signed": False},
            )
        connection.execute(sa.text("UPDATE licet_schema SET version = 1"))
    engine.dispose()
    engine = open_database(database)
    with reading(engine) as connection:
        kinds = connection.execute(sa.text("SELECT kind, envelope FROM registry_statement ORDER BY number")).all()
    assert kinds == [("grant", ""), ("dispute", "")]
    assert RegistryStore(engine).statement(dispute.id) == dispute
    engine.dispose()


def tables(place: Path) -> dict[str, object]:
    """Return what every table is made of, once each room has opened its store."""
    engine = open_database(place)
    CatalogStore(engine)
    ResponseStore(engine).record([Response("https://example.org/", datetime(2026, 1, 1, tzinfo=UTC), 404)])
    with reading(engine) as connection:
        found = sa.inspect(connection)
        facts = {
            name: (
                [(column["name"], str(column["type"]), column["nullable"]) for column in found.get_columns(name)],
                found.get_pk_constraint(name)["constrained_columns"],
                sorted(str(key) for key in found.get_foreign_keys(name)),
                sorted(str(index) for index in found.get_indexes(name)),
            )
            for name in found.get_table_names()
        }
    engine.dispose()
    return facts
