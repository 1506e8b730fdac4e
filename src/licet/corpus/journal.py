"""A scan that survives: sightings are written down as they come, and a scan begun again goes on where it stopped.

The journal is a SQLite file of its own: each sighting under its item's name and row, committed a few at a time, so that
a kill costs at most those few. A sighting holds as long as its item is listed alike and its file looks alike from
outside; a mended file is looked at again, and only that one. `subject` names all else that a sighting depends on (the
index, the version); a journal of another subject is emptied.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Self

import msgspec

from licet.corpus.manifest import Trouble
from licet.corpus.sighting import Looker, Sighting, locate, stamp_of
from licet.errors import AudioError, WorkspaceError
from licet.parallel import PROCESSES, Crashed, ordered_map

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from licet.corpus.items import Item
    from licet.parallel import Engine

SIGHTINGS_A_COMMIT = 32
_DECODER = msgspec.json.Decoder(Sighting)


class Journal:
    """The sightings of one corpus so far. Close it, or use it in a `with` block.

    Raises:
        WorkspaceError: the file is no journal, or another scan of the same corpus is writing it.
    """

    def __init__(self, path: Path, *, subject: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._unsaved = 0
        self._database = sqlite3.connect(path, timeout=1, isolation_level=None)
        try:
            self._prepare(subject)
        except sqlite3.Error as broken:
            self._database.close()
            mend = "wait for the other scan to end; if there is none, delete the file: the scan begins anew"
            raise WorkspaceError(f"the journal {path} cannot be used: {broken}", mend=mend) from broken

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with closing(self._database), suppress(sqlite3.Error):  # what is not saved is looked at again
            self._save()

    def _prepare(self, subject: str) -> None:
        run = self._database.execute
        run("PRAGMA journal_mode = WAL")
        run("PRAGMA synchronous = NORMAL")
        run("PRAGMA locking_mode = EXCLUSIVE")
        run("CREATE TABLE IF NOT EXISTS subject (text TEXT PRIMARY KEY) WITHOUT ROWID")
        run("CREATE TABLE IF NOT EXISTS sighting (name TEXT, row INTEGER, line BLOB, PRIMARY KEY (name, row))")
        run("BEGIN IMMEDIATE")
        if run("SELECT text FROM subject").fetchall() != [(subject,)]:
            run("DELETE FROM sighting")
            run("DELETE FROM subject")
            run("INSERT INTO subject VALUES (?)", (subject,))
        run("COMMIT")
        run("BEGIN IMMEDIATE")

    def recall(self, item: Item, root: Path) -> Sighting | None:
        """Return what was seen of `item`, or None if it must be looked at (again)."""
        found = self._database.execute(
            "SELECT line FROM sighting WHERE name = ? AND row = ?", (item.name, item.row)
        ).fetchone()
        if found is None:
            return None
        try:
            sighting = _DECODER.decode(found[0])
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        return sighting if sighting.item == item and _holds(sighting, root) else None

    def write(self, sighting: Sighting) -> None:
        """Write one sighting down.

        Raises:
            WorkspaceError: the disk is full, or the file is gone.
        """
        row = (sighting.item.name, sighting.item.row, msgspec.json.encode(sighting))
        try:
            self._database.execute("INSERT OR REPLACE INTO sighting VALUES (?, ?, ?)", row)
            self._unsaved += 1
            if self._unsaved >= SIGHTINGS_A_COMMIT:
                self._save()
                self._database.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as refused:
            mend = "make room on the disk; the scan goes on where it stopped"
            raise WorkspaceError(f"the journal {self._path} cannot be written: {refused}", mend=mend) from refused

    def _save(self) -> None:
        self._database.execute("COMMIT")
        self._unsaved = 0


def sightings(
    items: Iterable[Item], looker: Looker, journal: Journal, *, workers: int | None, engine: Engine = PROCESSES
) -> Iterator[Sighting]:
    """Yield a sighting for each item, in order; what the journal recalls is not looked at again."""
    recalled: set[tuple[str, int]] = set()

    def known(item: Item) -> Sighting | None:
        if item.path is None:
            return looker(item)  # nothing to open: not worth another process, nor a place in the journal
        sighting = journal.recall(item, looker.root)
        if sighting is not None:
            recalled.add((item.name, item.row))
        return sighting

    for result in ordered_map(looker, items, workers=workers, engine=engine, known=known):
        sighting = _crashed(result.item) if isinstance(result, Crashed) else result
        place = (sighting.item.name, sighting.item.row)
        if place in recalled:
            recalled.remove(place)
        elif sighting.item.path is not None:
            journal.write(sighting)
        yield sighting


def _holds(sighting: Sighting, root: Path) -> bool:
    """Whether the file still looks as it did; one that could not be reached must still be out of reach."""
    try:
        return stamp_of(locate(root, sighting.item.path or "")) == sighting.stamp
    except (OSError, AudioError):
        return sighting.stamp is None


def _crashed(item: Item) -> Sighting:
    return Sighting(item=item, trouble=Trouble("crashed", "the decoder crashed on it", "re-encode it, and report it"))
