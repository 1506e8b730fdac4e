"""Who is served next, where more ask at once than can be served: whoever has waited longest.

A lock of Python's, or a pool of connections, serves whoever comes at the right moment, and under load somebody may
never. Here those who leave hand their place on. Whoever keeps others waiting goes ahead of those who keep nobody.
"""

from __future__ import annotations

from collections import Counter, deque
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Event, Lock, get_ident
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


@dataclass(slots=True, eq=False)
class Turn:
    """One that a thread asks for: whether it has it, and what it is called with while it waits."""

    thread: int
    had: bool = False
    called: Event = field(default_factory=Event)


class Turns:
    """Places for so many of the threads of a process. Whoever has one may ask again, and does not wait for itself."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: deque[Turn] = deque()
        self._ahead: deque[Turn] = deque()  # those who are served first
        self._having: Counter[int] = Counter()  # by thread: how many turns it has in its place
        self._own = Lock()

    @contextmanager
    def turn(self, wait_s: float) -> Iterator[None]:
        """Have one of the places until the block is left.

        Raises:
            TimeoutError: none was free for so long.
        """
        mine = Turn(get_ident())
        try:
            self._take(mine, wait_s)
            yield
        finally:  # whatever ends it, even the waiting: what was handed on meanwhile is not lost
            self._leave(mine)

    def _take(self, mine: Turn, wait_s: float) -> None:
        with self._own:
            if self._having[mine.thread]:
                self._give(mine)
            elif self._free:
                self._free -= 1
                self._give(mine)
            else:
                (self._ahead if _AHEAD.get() else self._waiting).append(mine)
        if not mine.had:
            mine.called.wait(wait_s)
            with self._own:
                if not mine.had:  # it may have been handed on at the last moment
                    raise TimeoutError

    def _give(self, to: Turn) -> None:
        self._having[to.thread] += 1
        to.had = True

    def _leave(self, mine: Turn) -> None:
        with self._own:
            if not mine.had:
                for queue in (self._ahead, self._waiting):
                    if mine in queue:
                        queue.remove(mine)
                return
            self._having[mine.thread] -= 1
            if self._having[mine.thread]:
                return
            del self._having[mine.thread]
            if queue := self._ahead or self._waiting:
                called = queue.popleft()
                self._give(called)
                called.called.set()
            else:
                self._free += 1
