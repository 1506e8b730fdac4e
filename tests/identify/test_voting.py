from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagined import imagined, segments
from licet.identify import IndexWriter
from licet.identify.fingerprint import FRAMES_PER_S
from licet.identify.hashes import numbers, pairs
from licet.identify.packing import SPARE, pack_postings
from licet.identify.voting import WIDTH, Ballot, Change, _meetings, counted, crowded, fullest

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from licet.identify.segments import Segment

ONE = imagined(1, 60.0)
FIRST, LAST = 1000.0, 1430.0  # frames of a recording that a query is cut from


def votes(seed: int, many: int, reach: int) -> NDArray[np.int64]:
    """Return `many` offsets by chance within `reach` frames, and thirty alike."""
    random = np.random.default_rng(seed)
    return np.append(random.integers(-430, reach, many), np.full(30, reach // 2))


def naive(offsets: NDArray[np.int64]) -> dict[int, int]:
    """Count the votes of every box that has one, and of the one that follows it."""
    boxes = Counter(int(offset) // WIDTH for offset in offsets)
    return {box: boxes[box] + boxes[box + 1] for box in list(boxes)}


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 1000), many=st.integers(0, 3000), reach=st.sampled_from([50, 2000, 1 << 20]))
def test_the_fullest_boxes_are_those_of_a_plain_count(seed: int, many: int, reach: int) -> None:
    """With room for all, every box of three votes or more is told; with less room, none that is higher is missing."""
    given_votes = votes(seed, many, reach)
    counted = naive(given_votes)
    boxes, heights = fullest(given_votes, 3, 1 << 20)
    assert dict(zip(boxes.tolist(), heights.tolist(), strict=True)) == {b: n for b, n in counted.items() if n >= 3}
    boxes, heights = fullest(given_votes, 3, 8)
    told = dict(zip(boxes.tolist(), heights.tolist(), strict=True))
    assert told == {box: n for box, n in counted.items() if n >= min(told.values(), default=1 << 30)}
    assert len(told) <= 8 or min(told.values()) >= 255


def test_compiled_and_plain_are_one() -> None:
    """Each kernel returns what its plain Python does."""
    given_votes = votes(7, 300, 2000)
    boxes, enough = crowded(given_votes, 3, 50)
    assert all(map(np.array_equal, (boxes, enough), crowded.py_func(given_votes, 3, 50)))
    boxes.sort()
    assert all(map(np.array_equal, counted(boxes, enough), counted.py_func(boxes, enough)))


def test_a_box_never_overflows() -> None:
    """A hundred thousand votes for one offset are counted to the last."""
    many = 100_000
    boxes, heights = fullest(np.full(many, 40), 3, 512)
    assert (boxes.tolist(), heights.tolist()) == ([10], [many])


@pytest.fixture
def common(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Segment:
    """A segment whose numbers 0, 1 and 2 have one, six and two postings, of one byte each and two before them."""
    values = np.array([number << 20 | at for number, n in enumerate((1, 6, 2)) for at in range(n)], np.uint64)
    ends, packed = pack_postings(values, 0, 20, 0, 3)
    with IndexWriter(tmp_path) as writer:
        writer.add("a", "", imagined(1, 60.0))
    ((segment, _),) = segments(tmp_path)
    monkeypatch.setattr(segment, "directory", np.r_[0, ends].astype(np.uint32))
    monkeypatch.setattr(segment, "postings", np.r_[packed, np.zeros(SPARE, np.uint8)])
    monkeypatch.setattr(segment, "shift", 0)
    monkeypatch.setattr(segment, "width", 20)
    return segment


@pytest.mark.parametrize(
    ("limit", "promise", "heard"),
    [
        pytest.param(16, (1, 1, 1), {0, 1, 2}, id="room for all"),
        pytest.param(15, (1, 1, 1), {0, 2}, id="one byte too few: the commonest goes"),
        pytest.param(6, (1, 1, 1), {0}, id="the rarest"),
        pytest.param(0, (1, 1, 1), set(), id="no room"),
        pytest.param(11, (0.1, 1, 0.01), {1}, id="one that promises ten times as much is worth its cost"),
    ],
)
def test_the_limit_leaves_out_what_promises_least(
    common: Segment, limit: int, promise: tuple[float, ...], heard: set[int]
) -> None:
    """Of numbers that cost three, nine and four bytes, those go first that promise little for it."""
    asked = np.array([0, 1, 2, 99], np.uint32)
    ((_, offsets),) = _meetings([common], asked, np.array([0, 100, 200, 300]), np.array([*promise, 1.0]), limit)
    meant = {at - 100 * number for number in heard for at in range((1, 6, 2)[number])}
    assert (set(offsets.tolist()), len(offsets)) == (meant, len(meant))


@pytest.mark.parametrize("limit", [1 << 20, 500], ids=["all of it", "some of it"])
def test_a_large_segment_answers_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    """Whether postings are read through the map or copied out of the file, the same meet."""
    monkeypatch.setattr("licet.identify.drafting.BUCKET", 0)  # a bucket for each number, as where there are many
    with IndexWriter(tmp_path) as writer:
        writer.add("a", "", imagined(1, 60.0))
    ((segment, _),) = segments(tmp_path)
    asked = np.repeat(numbers(ONE, *pairs(ONE, 2)), 2)
    ballot = (asked, np.arange(len(asked)), np.ones(len(asked)), limit)
    ((_, mapped),) = _meetings([segment], *ballot)
    monkeypatch.setattr("licet.identify.segments.LARGE_BYTES", 0)
    ((_, copied),) = _meetings([segment], *ballot)
    assert sorted(copied.tolist()) == sorted(mapped.tolist())
    assert 0 < len(mapped) <= limit


@pytest.mark.parametrize("before", [0.0, 5000.0], ids=["at once", "two minutes into the query"])
def test_a_stretch_votes_for_where_it_was_cut(tmp_path: Path, before: float) -> None:
    """The likeliest candidate is the right recording, at the right offset, however late the stretch comes."""
    with IndexWriter(tmp_path) as writer:
        for seed in range(4):
            writer.add(str(seed), "", imagined(seed, 60.0))
    ((segment, _),) = segments(tmp_path)
    stretch, _ = imagined(2, 60.0).between(FIRST / FRAMES_PER_S, LAST / FRAMES_PER_S)
    moved = stretch.__class__(stretch.frames - np.float32(FIRST - before), stretch.pitches, 200.0)
    best, *_ = Ballot(moved, 3, 8).cast([segment], Change(), 10_000, 4)
    assert segment.registered(best.place).recording == "2"
    assert best.start == pytest.approx(FIRST - before, abs=WIDTH + 1)


def test_nothing_asked_is_nothing_found(tmp_path: Path) -> None:
    """A ballot without a pair names nobody."""
    with IndexWriter(tmp_path) as writer:
        writer.add("a", "", imagined(1, 60.0))
    ((segment, _),) = segments(tmp_path)
    ballot = Ballot(imagined(2, 0.0), 3, 8)
    assert len(ballot) == 0
    assert list(ballot.cast([segment], Change(), 1000, 4)) == []
