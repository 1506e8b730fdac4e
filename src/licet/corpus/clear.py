"""Clear a corpus: look at every item, decide on it, and write one line each, in order, durably."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import islice
from typing import TYPE_CHECKING

from licet.corpus.deciding import Decider
from licet.corpus.journal import Journal, sightings
from licet.corpus.manifest import Counts, writing
from licet.corpus.sighting import Looker
from licet.errors import WorkspaceError
from licet.parallel import PROCESSES, Crashed, Engine, ordered_map

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from licet.corpus.deciding import Clearance, Record
    from licet.corpus.items import Corpus
    from licet.corpus.manifest import Head, Written
    from licet.corpus.sighting import Sighting

ITEMS_A_BATCH = 512  # of a list
FILES_A_BATCH = 8  # of a folder, where each takes long to hear and a person watches
BATCHES_HERE = 8  # a short list is decided before another process has started


@dataclass(frozen=True, slots=True)
class Room:
    """What clearing works with: the record, the sounds in the index, where to write, and who listens."""

    record: Record
    index: Path
    journal: Path
    out: Path
    workers: int | None = 1
    engine: Engine = PROCESSES
    progress: Callable[[str], None] = field(default=lambda _: None)


def clear(corpus: Corpus, clearance: Clearance, room: Room, head: Head) -> Counts:
    """Clear `corpus` and write its manifest into `room.out`. Returns how many items came to what.

    A scan that was stopped, even by a kill, goes on where it stopped when it is called again. One bad file never stops
    it. The manifest is written to the same bytes with one worker or many.

    Raises:
        WorkspaceError: the journal cannot be written, or a process that decides was killed.
    """
    looker = Looker(corpus.root, room.index, head.index, clearance.today)
    with ExitStack() as stack:
        seen_with = f"{head.licet} {head.index}{' c2pa' if find_spec('c2pa') else ''}"
        journal = stack.enter_context(Journal(room.journal, subject=seen_with))
        manifest = stack.enter_context(writing(room.out, head))
        seen = sightings(corpus.items(), looker, journal, workers=room.workers, engine=room.engine)
        # Deciding asks the database, which is here: on Ray it would have to travel.
        here = room.workers if room.engine == PROCESSES else None
        size, workers = (ITEMS_A_BATCH, here) if corpus.listed else (FILES_A_BATCH, 1)
        for line in _decided(_batches(seen, size), Decider(clearance, room.record), workers):
            manifest.add(line)
            room.progress(line.verdict)
    return manifest.counts


def _decided(batches: Iterable[Sequence[Sighting]], decider: Decider, workers: int | None) -> Iterator[Written]:
    """Decide on each batch: the first few in this process, the rest wherever there is a worker."""
    here = iter(range(BATCHES_HERE))

    def known(batch: Sequence[Sighting]) -> list[Written] | None:
        return decider(batch) if next(here, None) is not None else None

    for lines in ordered_map(decider, batches, workers=workers, known=known):
        if isinstance(lines, Crashed):
            raise WorkspaceError("a process that decides was killed", mend="try --workers 1")
        yield from lines


def _batches(seen: Iterator[Sighting], size: int) -> Iterator[Sequence[Sighting]]:
    while batch := list(islice(seen, size)):
        yield batch
