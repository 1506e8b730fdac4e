"""Make the pass of an epoch: what of a sealed manifest may be read today, and why the rest may not.

1. The manifest is looked at again, with all that supersedes lines of it: what was said since, what expired meanwhile
   (see `reopening`). What comes out otherwise is superseded in the log, before anything is read.
2. Where nothing was superseded since the last pass, that one holds on.
3. Else every manifest of the chain is checked against the log: its entry, its lines, its set.
4. Each line is weighed with its receipt, and with the last line that supersedes it (`licet.training.admission`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from licet.corpus import read_head
from licet.corpus.manifest import JSONL_NAME, read_batches
from licet.corpus.receipts import Receipts
from licet.corpus.sealing import SET_NAME
from licet.digests import sha256_bytes, sha256_file
from licet.errors import GateError, WorkspaceError
from licet.parallel import Crashed, ordered_map
from licet.placing import alone
from licet.training.admission import drop, stands
from licet.training.passes import Admitted, Occasion, read_pass_head, same_pass, write_pass
from licet.training.runs import FINISHING_NAME, PASSES, passes_of
from licet.transparency import MANIFEST, SortedSet, digest_of_parts, parse_statement, prove_entry
from licet.workspace.reopening import looked_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from licet.corpus import Line
    from licet.corpus.manifest import Batch
    from licet.training.admission import Drop, Stands
    from licet.training.runs import Run
    from licet.workspace.receipts import ReceiptBook
    from licet.workspace.reopening import Reopener

LINES_A_BATCH = 512


@dataclass(frozen=True, slots=True)
class Admitter:
    """Makes the passes of a run. Randomness and the clock come in with the reopener."""

    folder: Path  # of the run
    run: Run
    book: ReceiptBook
    reopener: Callable[[], Reopener]
    workers: int | None = 1

    def __call__(self, epoch: int) -> str:
        """Make the pass of an epoch, and return the name of its folder.

        Raises:
            GateError: the manifest is not what the log holds, or the run is finished.
            ManifestError: it is damaged, or cannot be decided on again.
            LogError: there is no log or no key.
        """
        with alone(self.folder / ".lock"):
            return self._admitted(epoch)

    def _admitted(self, epoch: int) -> str:
        if (self.folder / FINISHING_NAME).exists():
            raise GateError(f"the run {self.run.name} is finished", mend="start another")
        sealed = self.book.sealed_named(self.run.sealed)
        chain = self.book.chain(sealed)
        reopener = self.reopener()
        # A clock that goes back, or another machine's that is behind, brings no permission back.
        before = filter(None, (looked_at(one).whole for one in chain))
        day = max((reopener.day, *map(date.fromisoformat, before)))
        for _ in replace(reopener, day=day, workers=self.workers)(among=chain):  # step 1
            pass
        chain = self.book.chain(sealed)
        basis = sha256_bytes("\n".join(one.name for one in chain).encode())
        passes, known = self.folder / PASSES, passes_of(self.folder)
        name = f"{epoch:06}.{len(known):06}"
        occasion = Occasion(epoch, day.isoformat(), reopener.at.isoformat(timespec="seconds"))
        alike = next((one for one in reversed(known) if read_pass_head(one).basis == basis), None)
        if alike is not None:
            same_pass(alike, passes / name, occasion)  # step 2
        else:
            write_pass(passes / name, self._weighed(chain), basis=basis, occasion=occasion)
        return name

    def _weighed(self, chain: list[Path]) -> Iterator[tuple[Admitted, Drop | None]]:
        """Yield each item of the manifest that began the chain, and why it does not pass."""
        sealed, *newer = chain
        last: dict[tuple[str, int], tuple[Admitted, Stands]] = {}
        for folder in newer:  # in the log's order, so that the last one stays
            last |= {(item.name, item.row): (item, now) for item, now in self._lines(folder)}
        only, share = frozenset(self.run.only), self.run.share
        for item, then in self._lines(sealed):
            asked = not only or f"item:{item.row}:{item.name}" in only
            ours = asked and (share is None or share.holds(item))
            newest, now = last.get((item.name, item.row), (item, None))
            recordings = tuple(dict.fromkeys((*item.recordings, *newest.recordings)))
            told = newest._replace(recordings=recordings)  # what it owes now, and all that was ever heard in it
            yield told, drop(then, now, elsewhere=not ours)  # step 4

    def _lines(self, folder: Path) -> Iterator[tuple[Admitted, Stands]]:
        head, _ = read_head(folder)
        receipts = Receipts(head, self._checked(folder))
        weigh = _Weigher(folder, receipts)
        for result in ordered_map(weigh, read_batches(folder, LINES_A_BATCH), workers=self.workers):
            if isinstance(result, Crashed):
                raise WorkspaceError("a process that weighs lines was killed", mend="try one worker")
            yield from result

    def _checked(self, folder: Path) -> str:
        """Check a sealed manifest against the log (step 3), and return the SHA-256 of its lines."""
        seal, sha256 = self.book.sealed_as(folder)
        prove_entry(self.book.log(), seal.place).check([self.book.signer().verifier], seal.entry.encode())
        items = parse_statement(seal.entry.encode(), of_type=MANIFEST).predicate["items"]
        if sha256_file(folder / JSONL_NAME) != sha256:
            raise GateError(f"{folder / JSONL_NAME} is not what was sealed", mend="clear the corpus again")
        head = SortedSet(folder / SET_NAME).head
        if {"size": head.size, "salt": head.salt.hex(), "root": head.root.hex()} != items:
            raise GateError(f"{folder / SET_NAME} is not what was sealed", mend="clear the corpus again")
        return sha256


@dataclass(frozen=True, slots=True)
class _Weigher:
    """Weighs lines against their receipts; it travels to other processes."""

    folder: Path
    receipts: Receipts

    def __call__(self, batch: Batch) -> list[tuple[Admitted, Stands]]:
        items = SortedSet(self.folder / SET_NAME)
        return [self._weighed(line, items) for line in batch.lines()]

    def _weighed(self, line: Line, items: SortedSet) -> tuple[Admitted, Stands]:
        said = digest_of_parts(self.receipts.statement(line).parts())
        receipt = items.digest_of(f"item:{line.row}:{line.item}") == said
        item = Admitted(
            line.item,
            line.row,
            line.sha256,
            line.size,
            line.duration_s,
            line.recordings,
            tuple(dict.fromkeys(condition.name for condition in line.conditions)),
        )
        return item, stands(line, self.receipts.head.reading, receipt=receipt)
