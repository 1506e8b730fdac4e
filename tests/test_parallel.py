"""The same function, here or in processes: the same results in the same order."""

from __future__ import annotations

import os
import signal
from functools import partial
from itertools import count, islice
from typing import TYPE_CHECKING

import pytest

from licet.errors import UsageError
from licet.parallel import Crashed, available_workers, ordered_map
from licet.parallel.processes import beside

if TYPE_CHECKING:
    from pathlib import Path


def square(number: int) -> int:
    """Do a little work."""
    return number * number


def fatal_at_seven(number: int) -> int:
    """Die as a crashing decoder would, on one item."""
    if number == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.parametrize("workers", [1, 2, None])
def test_results_come_in_the_order_of_the_items(workers: int | None) -> None:
    """Whatever the number of workers; None is as many as there are processors."""
    assert list(ordered_map(square, range(50), workers=workers)) == [n * n for n in range(50)]


@pytest.mark.parametrize("workers", [1, 2])
def test_what_is_known_is_not_worked_on(workers: int) -> None:
    """And keeps its place in line."""
    results = ordered_map(square, range(10), workers=workers, known=lambda n: -n if n % 2 else None)
    assert list(results) == [-n if n % 2 else n * n for n in range(10)]


@pytest.mark.parametrize("workers", [1, 2])
def test_an_endless_corpus_takes_bounded_memory(workers: int) -> None:
    """Items are taken only as results are asked for."""
    assert list(islice(ordered_map(square, count(), workers=workers), 40)) == [n * n for n in range(40)]


def test_an_item_that_kills_its_process_is_lost_alone() -> None:
    """Every other item, before and after, has its result."""
    results = list(ordered_map(fatal_at_seven, range(30), workers=2))
    assert results[7] == Crashed(7)
    assert results[:7] + results[8:] == [n for n in range(30) if n != 7]


def test_no_worker_is_an_error() -> None:
    """Nothing would ever come."""
    with pytest.raises(UsageError, match="0 workers"):
        list(ordered_map(square, [1], workers=0))


def test_there_is_at_least_one_processor() -> None:
    """The default number of workers."""
    assert available_workers() >= 1


def test_a_function_is_called_beside_the_block(tmp_path: Path) -> None:
    """And is done when the block is left."""
    with beside(partial((tmp_path / "done").write_text, "yes")):
        pass
    assert (tmp_path / "done").read_text() == "yes"


def test_what_fails_beside_the_block_is_of_no_account(tmp_path: Path) -> None:
    """Whatever it was."""
    with beside(partial((tmp_path / "no" / "folder").write_text, "no")):
        pass
    assert not list(tmp_path.iterdir())
