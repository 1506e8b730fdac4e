"""A workspace answers the same, whichever database it is kept in."""

from __future__ import annotations

import importlib
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from licet import Use, Workspace
from licet.db import open_database, reading
from licet.terms.gathering import Fetched, Response

if TYPE_CHECKING:
    from pathlib import Path

    from postgres import Server

DAY = datetime(2026, 11, 1, tzinfo=UTC)
USE = Use("train-generative", "commercial", frozenset({"DE"}), date(2026, 11, 22))
LONG = "https://example.org/" + "".join(sha256(bytes([n])).hexdigest() for n in range(62))  # none to compress


def workspace_in(folder: Path, database: str) -> Path:
    """Make the folder of a workspace that is kept in `database`."""
    folder.mkdir()
    (folder / "licet.toml").write_text(f'format = 1\ndatabase = "{database}"\n')
    return folder


def manifest_of(folder: Path, table: Path, workers: int) -> dict[str, bytes]:
    """Add a table, say that the web had no answer, clear it, and return the manifest's files."""
    with Workspace.open(folder) as workspace:
        workspace.add("table", table, captured_at=DAY)
        workspace.gatherings.keep([Fetched(Response(LONG, DAY, 404))])
        out = workspace.clear(table, USE, out=folder / "out", workers=workers, report=False).folder
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


@pytest.mark.parametrize("workers", [1, 2], ids=["one", "two"])
def test_manifests_are_the_same_bytes(
    tmp_path: Path, postgres: Server, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record travels to another process as its URL."""
    clearing = importlib.import_module("licet.corpus.clear")  # the module behind the function of that name
    monkeypatch.setattr(clearing, "ITEMS_A_BATCH", 10)
    monkeypatch.setattr(clearing, "BATCHES_HERE", 1)
    table = tmp_path / "list.csv"
    names = ["a", "B", "é", "_", "日本", *map(str, range(40))]
    table.write_text("path,licence\n" + "".join(f"{name}.mp3,CC BY 4.0\n" for name in names))
    ours = workspace_in(tmp_path / "sqlite", "licet.db")
    theirs = workspace_in(tmp_path / "postgresql", postgres.empty_database())
    assert manifest_of(ours, table, workers) == manifest_of(theirs, table, workers)
    assert (ours / "licet.db").exists()
    assert not (theirs / "licet.db").exists()


def test_a_url_of_sqlite_is_taken_too(tmp_path: Path) -> None:
    """And is no file of that name in the folder."""
    folder = workspace_in(tmp_path / "w", f"sqlite:///{tmp_path / 'elsewhere.db'}")
    Workspace.open(folder).close()
    engine = open_database(tmp_path / "elsewhere.db")
    with reading(engine) as connection:
        assert "catalog_entry" in sa.inspect(connection).get_table_names()
    engine.dispose()
