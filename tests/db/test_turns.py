"""Whoever has waited longest is served next, after those who go ahead."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from threading import Event

import pytest

from licet.db.turns import Turn, Turns, going_ahead


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
    turns = Turns(0)

    class Late(Event):
        def wait(self, timeout: float | None = None) -> bool:
            assert timeout == 1
            turns._give(turns._waiting.popleft())  # as when it is handed on
            return False

    with monkeypatch.context() as patched:
        patched.setattr("licet.db.turns.Turn", partial(Turn, called=Late()))
        with turns.turn(1):
            pass
    with turns.turn(0):
        pass


@pytest.mark.parametrize("handed_on", [False, True], ids=["still waiting", "just handed on"])
def test_whoever_is_interrupted_while_waiting_takes_no_place_along(
    monkeypatch: pytest.MonkeyPatch, handed_on: bool
) -> None:
    """It leaves the queue, or gives back what it was handed meanwhile."""
    turns = Turns(1)

    class Interrupted(Event):
        def wait(self, timeout: float | None = None) -> bool:
            assert timeout == 1
            if handed_on:
                other.__exit__(None, None, None)
            raise KeyboardInterrupt

    def hold() -> None:
        other.__enter__()

    other = turns.turn(0)
    with ThreadPoolExecutor(1) as threads:
        threads.submit(hold).result()
    with monkeypatch.context() as patched:
        patched.setattr("licet.db.turns.Turn", partial(Turn, called=Interrupted()))
        with pytest.raises(KeyboardInterrupt), turns.turn(1):
            pass
    assert not turns._waiting
    if not handed_on:
        other.__exit__(None, None, None)
    with turns.turn(0):
        pass
