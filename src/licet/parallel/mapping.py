"""The one door to many workers: results come back in the order of the items, wherever each was worked on.

One worker and many give the same bytes, and so do all engines. Only a bounded window of items is under way at a time,
so that a corpus of any length takes constant memory.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

from licet.errors import UsageError
from licet.parallel.engine import PROCESSES

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from licet.parallel.engine import Crashed, Engine

Item = TypeVar("Item")
Result = TypeVar("Result")


def available_workers() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def ordered_map(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    workers: int | None,
    engine: Engine = PROCESSES,
    known: Callable[[Item], Result | None] = lambda _: None,
) -> Generator[Result | Crashed[Item], None, None]:
    """Yield `function(item)` for each item, in the order of the items.

    With one worker the function is called here. With more it is called in as many processes, or on Ray, so it and the
    items must pickle; an item whose process dies (killed, out of memory, a crash in a decoder) comes back as `Crashed`.

    Args:
        function: what is called. Each worker is given it once, so what it opens to work with stays open.
        items: what it is called with, taken as results are asked for.
        workers: how many are called at a time; None is as many as the engine has processors.
        engine: where they are called.
        known: asked first, always here: what it answers is taken instead.

    Raises:
        UsageError: fewer than one worker; Ray is asked for and not there.
    """
    if workers is not None and workers < 1:
        raise UsageError(f"{workers} workers cannot do any work", mend="give 1 or more")
    if engine.name == "ray":
        from licet.parallel.cluster import map_on_ray

        yield from map_on_ray(function, items, workers=workers, address=engine.address, known=known)
        return
    workers = workers or available_workers()
    if workers == 1:
        for item in items:
            result = known(item)
            yield function(item) if result is None else result
        return
    from licet.parallel.processes import Pool

    with Pool(function, workers) as pool:
        yield from pool.run(items, known)
