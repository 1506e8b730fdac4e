"""Take something out of models again: which runs read it, what must be trained again, and the proof that it is gone.

1. What is asked for goes by several names: of a recording, of an item, of a file's bytes. Every sealed manifest is
   asked which files hold the recording, so that a copy that was found later counts too.
2. A run is *affected* if it read one of them, or began with a model that is. The log has them in the order in which
   they build on one another, so that one look at each is enough.
3. What must be trained again are the affected runs, in that order, each from the models that it began with: those that
   are not affected are there already. With shards and slices (`licet.training.sharding`) that is little.
4. The new models are proved not to have read it by what their runs are on record to have read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from licet.corpus.finding import lines_at
from licet.corpus.leaving_out import write_without
from licet.corpus.sealing import leaning_on
from licet.digests import sha256_bytes
from licet.errors import UsageError
from licet.training.attestation import read_attested
from licet.training.lineage import Lineage, Told
from licet.training.marks import times_read
from licet.training.passes import lines_of, read_pass_head
from licet.training.runs import ATTESTATION_NAME, FINISHING_NAME, MARKS, passes_of, read_run
from licet.training.usage import SET_NAME
from licet.transparency import SortedSet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from licet.corpus import Line
    from licet.training.runs import Base, Run
    from licet.transparency import Attestation
    from licet.workspace.receipts import ReceiptBook
    from licet.workspace.runs import Runs

_DIGEST = re.compile(r"[0-9a-f]{64}")
_KINDS = ("recording:", "sha256:", "item:")


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
class Scrub:
    """What it takes to take something out again."""

    names: tuple[str, ...]  # what it goes by
    affected: tuple[Affected, ...]  # in the order in which they must be trained again
    spared: tuple[str, ...]  # runs that never read it, nor any model that they began with

    @property
    def wall_s(self) -> int:
        """How many seconds the affected runs took: what it costs to train them again."""
        return sum(one.wall_s for one in self.affected)


@dataclass(frozen=True, slots=True)
class Scrubber:
    """Looks through the runs of a workspace."""

    runs: Runs
    book: ReceiptBook

    def find(self, what: str) -> Scrub:
        """Tell which runs and models read something: a recording, an item, or the SHA-256 of a file.

        Raises:
            ManifestError: a sealed manifest is damaged.
        """
        names = self.names_of(what)
        attested = dict(self._attestations())
        running = [name for name in self.runs.names() if name not in attested]
        affected: list[Affected] = []
        statements: set[str] = set()
        spared = []
        for name in (*sorted(attested, key=lambda one: attested[one].log.place), *running):
            folder = self.runs.at(name)
            run, read = read_run(folder), tuple(_read(folder, names))
            again = tuple(base for base in run.bases if base.statement in statements)
            if not read and not again:
                spared.append(name)
                continue
            wall = milliseconds = 0
            if name in attested:
                statements.add(sha256_bytes(attested[name].envelope.body))
                told = read_attested(attested[name].statement)
                wall, milliseconds = told.run.wall_s, told.read.milliseconds
            affected.append(Affected(name, run, name in attested, read, again, wall, milliseconds))
        return Scrub(names, tuple(affected), tuple(spared))

    def names_of(self, what: str) -> tuple[str, ...]:
        """Return all that something goes by: what it was called, and the bytes of the files that hold it (step 1).

        Raises:
            ManifestError: a sealed manifest is damaged.
        """
        if what.startswith(_KINDS):
            return (what,)
        names = {f"recording:{what}": None, f"item:{what}": None}
        if _DIGEST.fullmatch(what):
            names[f"sha256:{what}"] = None
        for folder in self.book.manifests():
            places = leaning_on(folder, [f"recording:{what}"])
            for _, _, lines in lines_at(folder, places) if places else ():
                names |= {f"sha256:{line.sha256}" if line.sha256 else f"item:{line.item}": None for line in lines}
        return tuple(names)

    def without(self, manifest: Path, what: str, out: Path) -> tuple[int, int]:
        """Write a manifest without the lines of something into `out`; return how many lines it has, and lacks.

        Raises:
            ManifestError: the manifest is not sealed, or damaged.
        """
        names = frozenset(self.names_of(what))
        return write_without(self.book.sealed_folder(manifest), out, lambda line: not names.isdisjoint(_called(line)))

    def lineage(self, name: str, what: str) -> Lineage:
        """Prove that the model of a run has not read something, nor any model that it began with.

        Raises:
            UsageError: a run read it; there is no such run, or it is not finished; or a model was attested elsewhere.
        """
        names = self.names_of(what)
        by_statement = {sha256_bytes(one.envelope.body): (run, one) for run, one in self._attestations()}
        found = {name: self.runs.attestation(name)}
        waiting = [found[name]]
        while waiting:
            for base in read_attested(waiting.pop().statement).bases:
                if base.statement and base.statement not in by_statement:
                    raise UsageError(f"{base.name} was attested elsewhere", mend="ask its keeper to prove its lineage")
                run, attestation = by_statement.get(base.statement, ("", None))
                if attestation is not None and run not in found:
                    found[run] = attestation
                    waiting.append(attestation)
        return Lineage(names=names, models=tuple(self._told(run, one, names) for run, one in found.items()))

    def _told(self, run: str, attestation: Attestation, names: tuple[str, ...]) -> Told:
        items = SortedSet(self.runs.at(run) / SET_NAME)
        for name in names:
            if items.digest_of(name) is not None:
                raise UsageError(f"the run {run} read {name}", mend="`licet scrub` says what to train again")
        statement, where = attestation.statement, attestation.log.place
        return Told(attestation, tuple(self.book.prove_in(items, name, statement, where) for name in names))

    def _attestations(self) -> Iterator[tuple[str, Attestation]]:
        for name in self.runs.names():
            if (self.runs.at(name) / ATTESTATION_NAME).exists():
                yield name, self.runs.attestation(name)


def _read(folder: Path, names: tuple[str, ...]) -> Iterator[str]:
    """Yield those of `names` that the run in `folder` read; so far, where it is not finished."""
    if (folder / FINISHING_NAME).exists():
        items = SortedSet(folder / SET_NAME)
        yield from (name for name in names if items.digest_of(name) is not None)
    elif passes := passes_of(folder):
        times = times_read(folder / MARKS, read_pass_head(passes[-1]).lines)
        found: set[str] = set()
        for first, batch in lines_of(passes[-1]):
            some = batch.filter(times[first : first + batch.num_rows] > 0).select(["name", "sha256", "recordings"])
            for row in some.to_pylist():
                found |= {f"item:{row['name']}", f"sha256:{row['sha256']}"}.intersection(names)
                found |= {f"recording:{one}" for one in row["recordings"]}.intersection(names)
        yield from (name for name in names if name in found)


def _called(line: Line) -> Iterator[str]:
    yield f"item:{line.item}"
    if line.sha256:
        yield f"sha256:{line.sha256}"
    yield from (f"recording:{recording}" for recording in line.recordings)
