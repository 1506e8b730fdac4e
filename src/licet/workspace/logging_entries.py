"""Log what is on record and not noted to be in the log yet, whoever put it there: each of it once.

A writer that was killed may have logged something without noting it: that is looked for in the log before anything is
logged again. Whoever comes first logs for all who wait.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from licet.db import going_ahead
from licet.transparency import LogWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from licet.workspace.receipts import ReceiptBook


class Logged(Protocol):
    """A store whose records are logged by their ids."""

    def unlogged(self) -> list[str]:
        """Return the ids of what is not noted to be in the log, in the order of recording."""

    def last_place(self) -> int:
        """Return the place in the log behind which all stands that is not noted to be in it; -1 for none."""

    def note_places(self, places: Mapping[str, int]) -> None:
        """Note where some of it stands."""


def log_unlogged(store: Logged, book: ReceiptBook, entry: Callable[[str], bytes]) -> None:
    """Log what `store` holds and does not note to be in the log of `book`; `entry` gives the log's text by an id.

    Raises:
        LogError: there is no log or no key.
        WorkspaceError: the database cannot be written.
    """
    with LogWriter(book.log_folder, book.signer, wait=True) as writer, going_ahead():  # others wait for this
        names = store.unlogged()
        entries = {name: entry(name) for name in names}
        logged = _after(book, store.last_place(), writer.head.size, set(entries.values()))
        fresh = [name for name in names if entries[name] not in logged]
        places = dict(zip(fresh, writer.append([entries[name] for name in fresh]), strict=True))
        places |= {name: logged[entries[name]] for name in names if entries[name] in logged}
        store.note_places(places)


def _after(book: ReceiptBook, place: int, size: int, wanted: set[bytes]) -> dict[bytes, int]:
    """Return where some entries stand in the log behind `place`: those of a writer that was killed."""
    behind = range(place + 1, size)
    log = book.log() if behind and wanted else ()
    return {entry: at for at in behind if (entry := log[at]) in wanted}
