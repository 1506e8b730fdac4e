"""A workspace with three recordings on record, a list that names them and a stranger, and a log."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from licet.policy import Act, Purpose, Use
from licet.transparency import create_log, make_key
from licet.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

    from licet.workspace.reopening import Reopening

ORIGIN = "log.example/house"
DAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
USE = Use(Act.TRAIN_GENERATIVE, Purpose.COMMERCIAL, frozenset({"EU"}), DAY)
SALT = bytes(range(32))
TERMS = {1: "CC-BY-4.0", 2: "CC-BY-NC-4.0", 3: "CC0-1.0"}
LISTED = (1, 2, 3, 9)


def record(room: Workspace, terms: dict[int, str], hour: int = 0, name: str = "catalogue.csv") -> None:
    """Put on record what is said of some recordings at an hour of the day before."""
    rows = (f"jamendo:{key},Song {key},Ann,{licence},https://example.org/{key}\n" for key, licence in terms.items())
    (room.folder / name).write_text("id,title,artist,licence,url\n" + "".join(rows))
    room.add("table", room.folder / name, captured_at=NOON + timedelta(days=-1, hours=hour))


def begun(folder: Path, terms: dict[int, str] = TERMS, database: str = "licet.db") -> Workspace:
    """Make the workspace, its record and its log; its database lies at a path, or is one of PostgreSQL's."""
    room = Workspace.init(folder, database)
    record(room, terms)
    create_log(room.receipts.log_folder, ORIGIN, make_key(room.receipts.key_path, ORIGIN))
    (folder / "corpus.csv").write_text("id\n" + "".join(f"jamendo:{key}\n" for key in LISTED))
    return room


def clear(room: Workspace, **how: object) -> Path:
    """Clear the list and seal what it came to; return the manifest's folder."""
    cleared = room.clear(room.folder / "corpus.csv", USE, workers=1, report=False, **how)  # type: ignore[arg-type]  # keywords pass through
    room.receipts.seal(cleared.folder, salt=SALT, at=NOON)
    return cleared.folder


def reopen(room: Workspace, **how: object) -> list[Reopening]:
    """Open again what changed."""
    return list(room.reopen(day=DAY, at=NOON, salt=lambda: SALT, **how))  # type: ignore[arg-type]  # likewise


def changes(came: list[Reopening]) -> list[tuple[str, str, str]]:
    """Return what became of each item."""
    return [(line.item, line.before, line.after) for one in came for line in one.lines()]
