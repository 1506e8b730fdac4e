"""What the runs of a workspace are on record to have read, each answer held to what the log attests.

1. What is attested of a finished run is what the log holds: an attestation that is not there counts for nothing.
2. The set of what it read is the one whose root was attested, and each answer out of it is proved by that root.
3. Of a run that goes on still, what it marked so far counts.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from licet.digests import sha256_bytes
from licet.errors import LogError
from licet.training.attestation import read_attested
from licet.training.marks import times_read
from licet.training.passes import lines_of, read_pass_head
from licet.training.runs import ATTESTATION_NAME, FINISHING_NAME, MARKS, passes_of, read_run
from licet.training.usage import SET_NAME
from licet.transparency import MODEL, SortedSet, parse_statement
from licet.transparency.receipts import set_head
from licet.workspace.runs import RUNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from licet.training.attestation import Attested
    from licet.training.runs import Run
    from licet.transparency import Statement
    from licet.workspace.receipts import ReceiptBook
    from licet.workspace.runs import Runs

_BACK = "put it back from a backup"


def models_in(book: ReceiptBook) -> dict[str, tuple[int, Statement]]:
    """Return the models that the log attests, by the SHA-256 of their statements, each with its place there.

    Raises:
        LogError: the log is not what its head says.
    """
    found: dict[str, tuple[int, Statement]] = {}
    for place, entry in enumerate(book.log() if book.begun else ()):
        if MODEL.encode() in entry:
            with suppress(LogError):  # another statement may hold the word
                found[sha256_bytes(entry)] = (place, parse_statement(entry, of_type=MODEL))
    return found


@dataclass(frozen=True, slots=True)
class Entry:
    """What the log attests of a finished run."""

    digest: str  # of the statement
    place: int
    statement: Statement
    told: Attested


@dataclass(frozen=True, slots=True)
class Exposure:
    """A run, and what it read."""

    name: str
    folder: Path
    run: Run
    entry: Entry | None  # None where it is not finished

    @classmethod
    def at(cls, runs: Runs, name: str, logged: dict[str, tuple[int, Statement]]) -> Exposure:
        """Look at a run.

        Raises:
            LicetError: a file of it is damaged, or not what the log holds.
        """
        folder = runs.folder / RUNS / name
        run, path = read_run(folder), folder / ATTESTATION_NAME
        if not path.exists():
            return cls(name, folder, run, None)
        digest = sha256_bytes(runs.attestation(name).envelope.body)
        if digest not in logged:
            raise LogError(f"{path} is not what the log holds", mend=_BACK)
        place, statement = logged[digest]
        told = read_attested(statement)
        run = msgspec.structs.replace(run, bases=told.bases)
        return cls(name, folder, run, Entry(digest, place, statement, told))

    @property
    def digest(self) -> str:
        """The SHA-256 of its statement; "" where it is not finished."""
        return "" if self.entry is None else self.entry.digest

    @property
    def order(self) -> tuple[object, ...]:
        """Where it stands among others, so that each comes after all that it can have begun with."""
        place = None if self.entry is None else self.entry.place
        return (place is None, place or 0, self.run.started, self.name)

    def read(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return those names that the run read; so far, where it is not finished.

        Raises:
            LogError: the set of what it read is not the one that was attested. The message names the file.
        """
        path = self.folder / SET_NAME
        if self.entry is not None:
            return tuple(_in_attested(path, names, self.entry.statement))
        if (self.folder / FINISHING_NAME).exists():
            items = SortedSet(path)
            return tuple(name for name in names if items.digest_of(name) is not None)
        found = _marked(self.folder, frozenset(names))
        return tuple(name for name in names if name in found)


def _in_attested(path: Path, names: Iterable[str], statement: Statement) -> Iterator[str]:
    """Yield those names that the set of a finished run holds, each proved by the root that was attested."""
    items, head = SortedSet(path), set_head(statement)
    if items.head != head:
        raise LogError(f"{path} is not what was attested", mend=_BACK)
    for name in names:
        try:
            there = head.digest_of(name, items.prove(name)) is not None
        except LogError as wrong:
            raise LogError(f"{path} is not what was attested: {wrong.message}", mend=_BACK) from wrong
        if there:
            yield name


def _marked(folder: Path, names: frozenset[str]) -> set[str]:
    """Return those names that a run which goes on still has marked."""
    found: set[str] = set()
    for last in passes_of(folder)[-1:]:
        times = times_read(folder / MARKS, read_pass_head(last).lines)
        for first, batch in lines_of(last):
            some = batch.filter(times[first : first + batch.num_rows] > 0).select(["name", "sha256", "recordings"])
            for row in some.to_pylist():
                found |= {f"item:{row['name']}", f"sha256:{row['sha256']}"} & names
                found |= {f"recording:{one}" for one in row["recordings"]} & names
    return found
