"""Whoever has waited longest is served next, after those who go ahead."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest

from licet.db.turns import Turns, going_ahead


def test_in_the_order_in_which_they_asked() -> None:
    """And those who keep others waiting before the rest, in theirs."""
    turns = Turns(1)
    served: list[str] = []

    def ask(name: str) -> None:
        with going_ahead() if name.isupper() else nullcontext(), turns.turn(60):
            served.append(name)

    with ThreadPoolExecutor(8) as threads, turns.turn(0):
        asked = []
        for count, name in enumerate("abAcB", start=1):
            asked.append(threads.submit(ask, name))
            while len(turns._waiting) + len(turns._ahead) < count:
                time.sleep(0.001)
    for one in asked:
        one.result()
    assert served == ["A", "B", "a", "b", "c"]


def test_whoever_gave_up_waiting_keeps_nobody_from_it() -> None:
    """It is not handed a turn that it does not take."""
    turns = Turns(1)

    def ask() -> bool:
        with turns.turn(0.01):
            return True

    with ThreadPoolExecutor(1) as other:
        with turns.turn(0), pytest.raises(TimeoutError):
            other.submit(ask).result()
        assert other.submit(ask).result()


def test_a_turn_that_comes_at_the_last_moment_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was handed on already: to leave it would lose it for all."""

    class Late:
        def acquire(self, timeout: float = 0) -> bool:
            if timeout:
                turns._ahead.clear()  # as when it is handed on
                turns._waiting.clear()
            return not timeout

    turns = Turns(0)
    monkeypatch.setattr("licet.db.turns.Lock", Late)
    with turns.turn(1):
        pass
    monkeypatch.undo()
    with turns.turn(0):
        pass
