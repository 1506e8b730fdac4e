"""Who is served next, where more ask at once than can be served: whoever has waited longest.

A lock of Python's, or a pool of connections, serves whoever comes at the right moment, and under load somebody may
never. Here those who leave hand their place on. Whoever keeps others waiting goes ahead of those who keep nobody.
"""

from __future__ import annotations

from collections import Counter, deque
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock, get_ident
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_AHEAD: ContextVar[bool] = ContextVar("_AHEAD", default=False)


@contextmanager
def going_ahead() -> Iterator[None]:
    """Let this thread be served before those who wait already, until the block is left: others wait for it."""
    before = _AHEAD.set(True)
    try:
        yield
    finally:
        _AHEAD.reset(before)


class Turns:
    """Places for so many of the threads of a process. Whoever has one may ask again, and does not wait for itself."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: deque[Lock] = deque()
        self._ahead: deque[Lock] = deque()  # those who are served first
        self._having: Counter[int] = Counter()  # by thread: how many turns it has in its place
        self._own = Lock()

    @contextmanager
    def turn(self, wait_s: float) -> Iterator[None]:
        """Have one of the places until the block is left.

        Raises:
            TimeoutError: none was free for so long.
        """
        thread = get_ident()
        if thread not in self._having and not self._take(wait_s):
            raise TimeoutError
        with self._own:
            self._having[thread] += 1
        try:
            yield
        finally:
            self._leave(thread)

    def _take(self, wait_s: float) -> bool:
        mine, queue = Lock(), self._ahead if _AHEAD.get() else self._waiting
        with self._own:
            if self._free:
                self._free -= 1
                return True
            mine.acquire()
            queue.append(mine)
        if mine.acquire(timeout=wait_s):
            return True
        with self._own:
            if mine in queue:
                queue.remove(mine)
                return False
        return True  # it was handed on at the last moment

    def _leave(self, thread: int) -> None:
        with self._own:
            self._having[thread] -= 1
            if self._having[thread]:
                return
            del self._having[thread]
            if queue := self._ahead or self._waiting:
                queue.popleft().release()
            else:
                self._free += 1
