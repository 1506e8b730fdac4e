"""Who else claims a recording, or its sound: the index is asked about what is registered, and about nothing else.

1. The shares in each recording are added up.
2. Each recording whose sound is on record is looked up among all others (`identify.duplicates`): one search a
   recording, so that the work grows with what is asked about, and with the index not at all or little.
3. Whom it is compared with is asked for a few pairs at a time. A pair that two searches find is told once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.db import in_batches
from licet.errors import UsageError
from licet.identify import FingerprintIndex
from licet.identify.duplicates import NEARLY_ALL, Compared, Comparer, Pair, once
from licet.parallel import PROCESSES, Crashed, ordered_map
from licet.registry.conflicts import Conflict, Shared, between, exceeding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from licet.parallel import Engine
    from licet.registry.store import RegistryStore


def find_conflicts(  # noqa: PLR0913  (three are asked about; the others have a default)
    store: RegistryStore,
    index: Path,
    recordings: Callable[[], Iterable[str]],
    *,
    at: datetime,
    workers: int | None = None,
    engine: Engine = PROCESSES,
    progress: Callable[[str], None] = lambda _: None,
    unfinished: Callable[[str], None] = lambda _: None,
) -> Iterator[Conflict]:
    """Yield the conflicts of some recordings, with each other and with all that is on record, and their duplicates.

    Args:
        store: the registry.
        index: the folder of the index.
        recordings: gives the keys of those that are asked about, each once; called twice.
        at: as of when.
        workers: processes to compare with; as many as processors without it.
        engine: where they compare.
        progress: called with `shared` or `alone` for each recording that was compared.
        unfinished: called with each recording whose sound more may share than it was compared with.

    Raises:
        UsageError: a process that compared was killed.
        IndexDamagedError: the index contradicts itself.
    """
    for some in in_batches(recordings()):
        for recording, stakes in store.stakes(some, as_of=at).items():
            yield from exceeding(recording, stakes)
    known = FingerprintIndex.open(index)
    sounding = (recording for recording in recordings() if recording in known)
    compared = ordered_map(Comparer(index, known.state), sounding, workers=workers, engine=engine)
    for pairs in in_batches(once(_pairs(compared, progress, unfinished))):
        stakes_of = store.stakes({name for pair in pairs for name in (pair.first, pair.second)}, as_of=at)
        for pair in pairs:
            yield from between(_shared(pair), stakes_of)


def _pairs(
    compared: Iterable[Compared | Crashed[str]], progress: Callable[[str], None], unfinished: Callable[[str], None]
) -> Iterator[Pair]:
    for one in compared:
        if isinstance(one, Crashed):
            raise UsageError(f"the process that compared {one.item} was killed", mend="try --workers 1")
        progress("shared" if one.pairs else "alone")
        if one.more:
            unfinished(one.recording)
        yield from one.pairs


def _shared(pair: Pair) -> Shared:
    longest = max(pair.stretches, key=lambda one: one.first_end_s - one.first_start_s)
    return Shared(
        first=pair.first,
        second=pair.second,
        first_share=pair.first_share,
        second_share=pair.second_share,
        seconds=pair.seconds,
        relation=str(pair.relation),
        whole=min(pair.first_share, pair.second_share) >= NEARLY_ALL,
        probability=longest.probability,
    )
