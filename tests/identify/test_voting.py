from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagined import imagined, segments
from licet.identify import IndexWriter
from licet.identify.fingerprint import FRAMES_PER_S
from licet.identify.packing import SPARE, pack_postings
from licet.identify.voting import WIDTH, Ballot, Change, _meetings, counted, crowded, fullest

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

FIRST, LAST = 1000.0, 1430.0  # frames of a recording that a query is cut from


def votes(seed: int, many: int, reach: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.int64]]:
    """Return `many` votes by chance within `reach` frames, and thirty for one offset."""
    random = np.random.default_rng(seed)
    when = np.sort(random.integers(0, 430, 80))
    voters = random.integers(0, 80, many + 30).astype(np.uint32)
    positions = random.integers(0, reach, many + 30).astype(np.uint32)
    positions[:30] = when[voters[:30]] + reach // 2
    return voters, positions, when


def naive(voters: NDArray[np.uint32], positions: NDArray[np.uint32], when: NDArray[np.int64]) -> dict[int, int]:
    """Count the votes of every box that has one, and of the one that follows it."""
    boxes = Counter(
        (int(position) - int(when[voter])) // WIDTH for voter, position in zip(voters, positions, strict=True)
    )
    return {box: boxes[box] + boxes[box + 1] for box in list(boxes)}


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 1000), many=st.integers(0, 3000), reach=st.sampled_from([50, 2000, 1 << 20]))
def test_the_fullest_boxes_are_those_of_a_plain_count(seed: int, many: int, reach: int) -> None:
    """With room for all, every box of three votes or more is told; with less room, none that is higher is missing."""
    given_votes = votes(seed, many, reach)
    counted = naive(*given_votes)
    boxes, heights = fullest(*given_votes, 3, 1 << 20)
    assert dict(zip(boxes.tolist(), heights.tolist(), strict=True)) == {b: n for b, n in counted.items() if n >= 3}
    boxes, heights = fullest(*given_votes, 3, 8)
    told = dict(zip(boxes.tolist(), heights.tolist(), strict=True))
    assert told == {box: n for box, n in counted.items() if n >= min(told.values(), default=1 << 30)}
    assert len(told) <= 8 or min(told.values()) >= 255


def test_compiled_and_plain_are_one() -> None:
    """Each kernel returns what its plain Python does."""
    given_votes = votes(7, 300, 2000)
    boxes, enough = crowded(*given_votes, 3, 50)
    assert all(map(np.array_equal, (boxes, enough), crowded.py_func(*given_votes, 3, 50)))
    boxes.sort()
    assert all(map(np.array_equal, counted(boxes, enough), counted.py_func(boxes, enough)))


def test_a_box_never_overflows() -> None:
    """A hundred thousand votes for one offset are counted to the last."""
    many = 100_000
    boxes, heights = fullest(np.zeros(many, np.uint32), np.full(many, 40, np.uint32), np.zeros(1, np.int64), 3, 512)
    assert (boxes.tolist(), heights.tolist()) == ([10], [many])


@pytest.mark.parametrize(
    ("limit", "heard"),
    [
        pytest.param(9, {0, 1, 2}, id="room for all"),
        pytest.param(8, {0, 2}, id="one too few"),
        pytest.param(1, {0}, id="the rarest"),
        pytest.param(0, set(), id="no room"),
    ],
)
def test_the_limit_leaves_out_the_commonest(limit: int, heard: set[int]) -> None:
    """Of numbers that one, six and two postings have, the one with six goes first."""
    width = 20
    values = np.array([number << width | at for number, n in enumerate((1, 6, 2)) for at in range(n)], np.uint64)
    ends, packed = pack_postings(values, 0, width, 0, 3)
    segment: Any = SimpleNamespace(
        directory=np.r_[0, ends].astype(np.uint32),
        postings=np.r_[packed, np.zeros(SPARE, np.uint8)],
        shift=0,
        width=width,
    )
    voters, positions = _meetings(segment, np.arange(3, dtype=np.uint32), limit, np.ones(3))
    assert set(voters.tolist()) == heard
    assert len(positions) == sum((1, 6, 2)[voter] for voter in heard)
    # One that promises ten times as much is worth its cost.
    voters, _ = _meetings(segment, np.arange(3, dtype=np.uint32), 6, np.array([0.1, 1.0, 0.01]))
    assert set(voters.tolist()) == {1}


@pytest.mark.parametrize("before", [0.0, 5000.0], ids=["at once", "two minutes into the query"])
def test_a_stretch_votes_for_where_it_was_cut(tmp_path: Path, before: float) -> None:
    """The likeliest candidate is the right recording, at the right offset, however late the stretch comes."""
    with IndexWriter(tmp_path) as writer:
        for seed in range(4):
            writer.add(str(seed), "", imagined(seed, 60.0))
    ((segment, _),) = segments(tmp_path)
    stretch, _ = imagined(2, 60.0).between(FIRST / FRAMES_PER_S, LAST / FRAMES_PER_S)
    moved = stretch.__class__(stretch.frames - np.float32(FIRST - before), stretch.pitches, 200.0)
    best = Ballot(moved, 3, 8).cast(segment, Change(), 10_000, 4)[0]
    assert segment.registered(best.place).recording == "2"
    assert best.start == pytest.approx(FIRST - before, abs=WIDTH + 1)


def test_nothing_asked_is_nothing_found(tmp_path: Path) -> None:
    """A ballot without a pair names nobody."""
    with IndexWriter(tmp_path) as writer:
        writer.add("a", "", imagined(1, 60.0))
    ((segment, _),) = segments(tmp_path)
    ballot = Ballot(imagined(2, 0.0), 3, 8)
    assert len(ballot) == 0
    assert ballot.cast(segment, Change(), 1000, 4) == []
