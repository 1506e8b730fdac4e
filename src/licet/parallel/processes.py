"""A pool of processes that outlives the death of any of them."""

from __future__ import annotations

import multiprocessing
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from licet.parallel.engine import WINDOW_PER_WORKER, Crashed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.context import BaseContext

Item = TypeVar("Item")
Result = TypeVar("Result")


class Pool(Generic[Item, Result]):
    """A process pool that survives the death of its processes."""

    def __init__(self, function: Callable[[Item], Result], workers: int) -> None:
        self._function = function
        self._workers = workers
        self._executor = self._start(workers)

    def __enter__(self) -> Pool[Item, Result]:
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


@contextmanager
def beside(function: Callable[[], object]) -> Iterator[None]:
    """Call `function` in a process beside this one, and wait for it at the end; what becomes of it is of no account."""
    with ProcessPoolExecutor(1, mp_context=_context()) as executor:
        executor.submit(function)
        yield


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
