"""Decide only *where* the same function is called: here, or in processes beside this one.

Results come back in the order of the items, whatever the number of workers, so that one worker and many give the same
bytes. Only a bounded window of items is under way at a time, so that a corpus of any length takes constant memory.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from licet.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.context import BaseContext

Item = TypeVar("Item")
Result = TypeVar("Result")

WINDOW_PER_WORKER = 8


@dataclass(frozen=True, slots=True)
class Crashed(Generic[Item]):
    """The process that worked on `item` died: the item alone is lost, and the work goes on."""

    item: Item


def available_workers() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def ordered_map(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    *,
    workers: int,
    known: Callable[[Item], Result | None] = lambda _: None,
) -> Iterator[Result | Crashed[Item]]:
    """Yield `function(item)` for each item, in the order of the items.

    With one worker the function is called here. With more it is called in as many processes, so it and the items must
    pickle; an item whose process dies (killed, out of memory, a crash in a decoder) comes back as `Crashed`. `known` is
    asked first, always here: what it answers is taken instead.

    Raises:
        UsageError: fewer than one worker.
    """
    if workers < 1:
        raise UsageError(f"{workers} workers cannot do any work", mend="give 1 or more")
    if workers == 1:
        for item in items:
            result = known(item)
            yield function(item) if result is None else result
        return
    with _Pool(function, workers) as pool:
        yield from pool.run(items, known)


class _Pool(Generic[Item, Result]):
    """A process pool that survives the death of its processes."""

    def __init__(self, function: Callable[[Item], Result], workers: int) -> None:
        self._function = function
        self._workers = workers
        self._executor = self._start(workers)

    def __enter__(self) -> _Pool[Item, Result]:
        return self

    def __exit__(self, *_: object) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)

    def run(self, items: Iterable[Item], known: Callable[[Item], Result | None]) -> Iterator[Result | Crashed[Item]]:
        """Keep a window of items under way and yield their results in order."""
        window: deque[tuple[Item, Future[Result]]] = deque()
        for item in items:
            result = known(item)
            window.append((item, self._submit(item, window) if result is None else _done(result)))
            while len(window) >= self._workers * WINDOW_PER_WORKER:
                yield self._next(window)
        while window:
            yield self._next(window)

    def _submit(self, item: Item, window: deque[tuple[Item, Future[Result]]]) -> Future[Result]:
        try:
            return self._executor.submit(_call, item)
        except BrokenProcessPool:
            self._restart(window)
            return self._executor.submit(_call, item)

    def _next(self, window: deque[tuple[Item, Future[Result]]]) -> Result | Crashed[Item]:
        item, future = window.popleft()
        try:
            return future.result()
        except BrokenProcessPool:
            # Nobody can say which item killed its process: try this one alone, then begin again with the rest.
            result = self._alone(item)
            self._restart(window)
            return result

    def _alone(self, item: Item) -> Result | Crashed[Item]:
        with self._start(1) as executor:
            future: Future[Result] = executor.submit(_call, item)
            try:
                return future.result()
            except BrokenProcessPool:
                return Crashed(item)

    def _restart(self, window: deque[tuple[Item, Future[Result]]]) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._executor = self._start(self._workers)
        for place, (item, future) in enumerate(window):
            if not future.done() or future.cancelled() or isinstance(future.exception(), BrokenProcessPool):
                window[place] = (item, self._executor.submit(_call, item))

    def _start(self, workers: int) -> ProcessPoolExecutor:
        # Each process is given the function once: what it opens to work with stays open from item to item.
        return ProcessPoolExecutor(workers, mp_context=_context(), initializer=_install, initargs=(self._function,))


_installed: list[Callable[[Any], Any]] = []  # in a worker process: the function it was given


def _install(function: Callable[[Any], Any]) -> None:
    _installed[:] = [function]


def _call(item: Any) -> Any:  # noqa: ANN401  (whatever the function takes and gives)
    return _installed[0](item)


def _done(result: Result) -> Future[Result]:
    future: Future[Result] = Future()
    future.set_result(result)
    return future


def _context() -> BaseContext:
    """Return a start method that never forks a process with threads and open decoders in it."""
    return multiprocessing.get_context("spawn")
