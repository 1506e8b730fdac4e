"""Take something out of models again: which runs read it, what must be trained again, and the proof that it is gone.

1. What is asked for goes by several names: of recordings, of items, of files' bytes (`naming`). What nobody knows by
   any of them is refused: that nothing read it would say nothing.
2. A run is *affected* if it read one of them, or began with a model that is. The log has them in the order in which
   they build on one another, so that one look at each is enough. What a run read is proved by the root in the log.
3. What must be trained again are the affected runs, in that order, each from the models that it began with: those that
   are not affected are there already. With shards and slices (`licet.training.sharding`) that is little.
4. Of some it is *not known*: who began with a model that nobody attested, or that was attested elsewhere, or with one
   of which it is not known; whose files are damaged; and models in the log whose runs are not here.
5. The new models are proved not to have read it by what their runs are on record to have read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date
from typing import TYPE_CHECKING

import msgspec

from licet.corpus.leaving_out import write_without
from licet.errors import LicetError, LogError, UsageError
from licet.training.lineage import Lineage, Told
from licet.training.runs import RUN_NAME
from licet.training.usage import SET_NAME
from licet.transparency import MANIFEST, SortedSet
from licet.transparency.receipts import require_name
from licet.workspace.exposures import Exposure, models_in
from licet.workspace.naming import ITEM, called, names_in, names_of_line
from licet.workspace.reopening import Reopener, looked_at
from licet.workspace.runs import RUNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from licet.corpus import Line
    from licet.training.runs import Base, Run
    from licet.transparency import Membership, Statement
    from licet.workspace.receipts import ReceiptBook
    from licet.workspace.reopening import Reopening
    from licet.workspace.runs import Runs

_DAMAGED = (LicetError, OSError, ValueError, msgspec.MsgspecError)  # what a file of a run may come to, if it is altered

_NAMED = "name a recording as `licet explain` shows it, an item of a sealed manifest, or the SHA-256 of a file"


@dataclass(frozen=True, slots=True)
class Affected:
    """A run that read what is asked for, or began with a model that did."""

    name: str
    run: Run
    finished: bool
    read: tuple[str, ...]  # the names that it read itself
    again: tuple[Base, ...]  # models it began with that are affected, and must be there again first
    wall_s: int  # how long it took, from start to finish; 0 where it is not finished
    milliseconds: int  # of sound that it read


@dataclass(frozen=True, slots=True)
class Unknown:
    """A run of which it is not known whether what it began with, or itself, read what is asked for."""

    name: str
    model: str  # "" where that is not known either
    because: str


@dataclass(frozen=True, slots=True)
class Scrub:
    """What it takes to take something out again."""

    names: tuple[str, ...]  # what it goes by
    affected: tuple[Affected, ...]  # in the order in which they must be trained again
    spared: tuple[str, ...]  # runs that never read it, nor any model that they began with
    unknown: tuple[Unknown, ...]  # neither

    @property
    def wall_s(self) -> int:
        """How many seconds the affected runs took that are finished: what it costs to train them again."""
        return sum(one.wall_s for one in self.affected)


@dataclass(frozen=True, slots=True)
class Scrubber:
    """Looks through the runs of a workspace."""

    runs: Runs
    book: ReceiptBook

    def find(self, what: str) -> Scrub:
        """Tell which runs and models read something: a recording, an item, or the SHA-256 of a file.

        Raises:
            UsageError: nothing here goes by that name.
            ManifestError: a sealed manifest is damaged.
            LogError: the log is not what its head says.
        """
        asked = called(what, self.runs.record, self.book)
        logged, found = models_in(self.book), _Found()
        for one in sorted(self._runs(logged, found), key=lambda one: one.order):
            found.weigh(one, asked.names)
        for digest, (place, statement) in logged.items():
            if digest not in found.came_to:
                found.is_gone(place, statement)
        if not asked.known and not found.affected:
            raise UsageError(f"nothing here goes by the name {what!r}", mend=_NAMED)
        return Scrub(asked.names, tuple(found.affected), tuple(found.spared), tuple(found.unknown))

    def without(self, manifest: Path, what: str, out: Path) -> tuple[int, int]:
        """Write a manifest without the lines of something into `out`; return how many lines it has, and lacks.

        Raises:
            UsageError: nothing is named.
            ManifestError: the manifest is not sealed, or damaged.
        """
        names = frozenset(called(what, self.runs.record, self.book).names)

        def leave(line: Line) -> bool:
            return not names.isdisjoint(names_of_line(line))

        return write_without(self.book.sealed_folder(manifest), out, leave)

    def decided_again(self, manifest: Path, *, at: datetime, salt: Callable[[], bytes]) -> list[Reopening]:
        """Decide at once on every line of a manifest that was sealed without something.

        Its lines are those of another, and say what was known then: till they are decided on again, they would have
        fresh receipts of old verdicts. A call that was cut short is given again, and goes on.

        Args:
            manifest: its folder.
            at: now, aware.
            salt: gives 32 random bytes.

        Raises:
            ManifestError: the manifest is not sealed, or damaged.
            LogError: there is no log or no key.
        """
        sealed = self.book.sealed_folder(manifest)
        day = max(at.astimezone(UTC).date(), date.fromisoformat(looked_at(sealed).day))
        reopener = Reopener(self.runs.record, self.book, self.runs.policy(), day, at, salt)
        came = list(reopener(among=self.book.chain(sealed)))
        self.runs.notices.superseded()
        return came

    def lineage(self, name: str, what: str) -> Lineage:
        """Prove that the model of a run has not read something, nor any model that it began with.

        The attestations are signed with the key that signs today, so that it alone checks all of it.

        Raises:
            UsageError: nothing goes by that name; a run read it; there is no such run, or it is not finished; or a
                model was attested elsewhere.
            LogError: the files of a run are not what the log holds. The message names the file.
        """
        asked = called(what, self.runs.record, self.book)
        if not asked.known:
            self.find(what)  # a run may have read it though no manifest is left that names it
        logged, found = models_in(self.book), _Found()
        here = {one.digest: one for one in self._runs(logged, found) if one.digest}
        first = self._finished(name, logged)
        lineage = {first.digest: first}
        waiting = [first]
        while waiting:
            for base in waiting.pop().run.bases:
                if base.statement and base.statement not in here:
                    damaged = "; ".join(one.because for one in found.unknown)
                    raise UsageError(
                        f"{base.name} was attested elsewhere, or its run is gone{damaged and f' ({damaged})'}",
                        mend="ask its keeper to prove its lineage",
                    )
                if base.statement and base.statement not in lineage:
                    lineage[base.statement] = here[base.statement]
                    waiting.append(here[base.statement])
        return Lineage(names=asked.names, models=tuple(self._told(one, asked.names) for one in lineage.values()))

    def prove(self, name: str, what: str) -> Membership:
        """Prove that a finished run read something, by one of the names that it read it by; or that it did not.

        Raises:
            UsageError: there is no such run, or it is not finished; or nothing is named.
            LogError: the files of the run are not what the log holds. The message names the file.
        """
        asked = called(what, self.runs.record, self.book)
        one = self._finished(name, models_in(self.book))
        found = next(iter(one.read(asked.names)), "")
        if not found and not asked.known and asked.names[0].startswith(ITEM):
            raise UsageError(f"nothing here goes by the name {what!r}", mend=_NAMED)
        return self._membership(one, found or asked.names[0])

    def prove_in_manifest(self, manifest: Path, what: str) -> Membership:
        """Prove that something is in a sealed manifest, by one of the names that it is there by; or that it is not.

        Raises:
            ManifestError: the manifest is not sealed, or damaged.
            UsageError: it has no item of that name, or nothing is named.
        """
        names = called(what, self.runs.record, self.book).names
        name = next(names_in(self.book.sealed_folder(manifest), names), names[0])
        try:
            require_name(name, MANIFEST)
        except LogError:
            raise UsageError(
                f"the manifest has no item {what!r}", mend="that one row does not have it, `item:ROW:NAME` proves"
            ) from None
        return self.book.prove(manifest, name)

    def _finished(self, name: str, logged: dict[str, tuple[int, Statement]]) -> Exposure:
        self.runs.attestation(name)  # else it is said that there is no such run, or that it is not finished
        return Exposure.at(self.runs, name, logged)

    def _told(self, one: Exposure, names: tuple[str, ...]) -> Told:
        for name in one.read(names):
            raise UsageError(f"the run {one.name} read {name}", mend="`licet scrub` says what to train again")
        assert one.entry is not None
        attestation = self.book.attestation(one.entry.statement, one.entry.place)
        return Told(attestation, tuple(self._membership(one, name) for name in names))

    def _membership(self, one: Exposure, name: str) -> Membership:
        assert one.entry is not None
        return self.book.prove_in(SortedSet(one.folder / SET_NAME), name, one.entry.statement, one.entry.place)

    def _runs(self, logged: dict[str, tuple[int, Statement]], found: _Found) -> Iterator[Exposure]:
        """Yield the runs whose files can be read, each statement once; of the others it is noted what is wrong."""
        seen: set[str] = set()
        for path in sorted((self.runs.folder / RUNS).glob(f"*/{RUN_NAME}")):
            try:
                one = Exposure.at(self.runs, path.parent.name, logged)
            except _DAMAGED as wrong:
                found.is_damaged(path.parent, wrong)
            else:
                if not one.digest or one.digest not in seen:  # a folder may have been copied
                    yield one
                seen.add(one.digest)


class _Found:
    """What came of looking at runs so far."""

    def __init__(self) -> None:
        self.affected: list[Affected] = []
        self.spared: list[str] = []
        self.unknown: list[Unknown] = []
        self.came_to: dict[str, str] = {}  # affected, spared or unknown, by a statement's SHA-256
        self._damaged: set[str] = set()

    def weigh(self, one: Exposure, names: tuple[str, ...]) -> None:
        """Say what a run comes to, after all those that it may have begun with (steps 2 and 4)."""
        try:
            read = one.read(names)
        except _DAMAGED as wrong:
            self.came_to[one.digest] = "unknown"
            self.is_damaged(one.folder, wrong, one.run.model)
            return
        again = tuple(base for base in one.run.bases if self.came_to.get(base.statement) == "affected")
        because = "; ".join(filter(None, map(self._not_known, one.run.bases)))
        if read or again:
            told = None if one.entry is None else one.entry.told
            wall, sound = (told.run.wall_s, told.read.milliseconds) if told is not None else (0, 0)
            self.affected.append(Affected(one.name, one.run, told is not None, read, again, wall, sound))
            came_to = "affected"
        elif because:
            self.unknown.append(Unknown(one.name, one.run.model, because))
            came_to = "unknown"
        else:
            self.spared.append(one.name)
            came_to = "spared"
        if one.digest:
            self.came_to[one.digest] = came_to

    def is_damaged(self, folder: Path, wrong: Exception, model: str = "") -> None:
        """Note that a run's files cannot be read."""
        says = str(wrong)
        self._damaged.add(folder.name)
        self.unknown.append(Unknown(folder.name, model, says if str(folder) in says else f"{folder}: {says}"))

    def is_gone(self, place: int, statement: Statement) -> None:
        """Note that the log attests a model whose run is not here."""
        run, model = (statement.predicate.get(part) for part in ("run", "model"))
        name = str(run.get("name", "")) if isinstance(run, dict) else ""
        if name not in self._damaged:
            because = f"entry {place} of the log attests it, and its run is not here"
            self.unknown.append(Unknown(name, str(model or ""), because))

    def _not_known(self, base: Base) -> str:
        if not base.statement:
            return f"it began with {base.name}, and nobody attested what that read"
        if base.statement not in self.came_to:
            return f"it began with {base.name}, whose run is not here"
        return f"it began with {base.name}, of which it is not known" * (self.came_to[base.statement] == "unknown")
