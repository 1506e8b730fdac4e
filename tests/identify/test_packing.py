from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.identify import packing
from licet.identify.packing import SPARE, pack_postings, scan, unpack_postings
from licet.identify.quantising import FILLER, LOWEST, QUARTERS, STEPS, pack_peaks, unpack_peaks

if TYPE_CHECKING:
    from collections.abc import Callable

    from licet.identify.packing import Bytes, UInts, Values

NUMBERS = 40
WIDTH = 12
SHIFTS = [pytest.param(0, id="a number a bucket"), pytest.param(3, id="eight"), pytest.param(9, id="all in one")]
POSTINGS = st.lists(st.tuples(st.integers(0, NUMBERS - 1), st.integers(0, (1 << WIDTH) - 1)), max_size=200)
ASKED = st.lists(st.integers(0, NUMBERS + 5), max_size=30).map(lambda asked: np.array(sorted(asked), np.uint32))


def _values(pairs: list[tuple[int, int]]) -> Values:
    return np.array(sorted(number << WIDTH | position for number, position in pairs), np.uint64)


def _packed(values: Values, shift: int, pack: Callable[..., Any] = pack_postings) -> tuple[UInts, Bytes]:
    ends, packed = pack(values, shift, WIDTH, 0, ((NUMBERS - 1) >> shift) + 1)
    return np.concatenate([[0], ends]).astype(np.uint32), np.concatenate([packed, np.zeros(SPARE, np.uint8)])


def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let kernels call each other as plain Python."""
    for name in ("_pack_bucket", "_bucket", "_bounds", "_head", "_step"):
        monkeypatch.setattr(packing, name, getattr(packing, name).py_func)


@pytest.mark.parametrize("shift", SHIFTS)
@given(pairs=POSTINGS)
def test_what_is_packed_comes_back(shift: int, pairs: list[tuple[int, int]]) -> None:
    """All postings come back, and so do those of a few buckets in the middle."""
    values = _values(pairs)
    directory, packed = _packed(values, shift)
    assert np.array_equal(unpack_postings(directory, packed, shift, WIDTH, 0), values)
    first, last = len(directory) // 3, len(directory)
    some = unpack_postings(directory[first:last], packed[directory[first] :], shift, WIDTH, first)
    assert np.array_equal(some, values[values >> np.uint64(WIDTH + shift) >= first])


@pytest.mark.parametrize("shift", SHIFTS)
@given(pairs=POSTINGS, asked=ASKED)
def test_every_posting_of_a_number_is_found(shift: int, pairs: list[tuple[int, int]], asked: UInts) -> None:
    """For each number asked, all its postings are told by how far they lie from where it was asked, and no other's."""
    directory, packed = _packed(_values(pairs), shift)
    when = np.arange(len(asked)) * 7
    meant = [at - 7 * which for which, one in enumerate(asked) for number, at in sorted(pairs) if number == one]
    assert scan(directory, packed, shift, WIDTH, asked, when).tolist() == meant


@pytest.mark.parametrize("shift", SHIFTS)
def test_kernels_are_their_plain_python(monkeypatch: pytest.MonkeyPatch, shift: int) -> None:
    """Compiled and as written, every kernel gives the same; steps of one to four bytes among them."""
    random = np.random.default_rng(shift)
    pairs = list(zip(random.integers(0, 8, 300).tolist(), random.integers(0, 1 << WIDTH, 300).tolist(), strict=True))
    values = _values([*pairs, (NUMBERS - 1, 7)])
    asked = np.array([0, 3, 3, 7, 20, NUMBERS - 1, 900], np.uint32)
    directory, packed = _packed(values, shift)
    when = np.arange(len(asked)) * 100
    compiled = [scan(directory, packed, shift, WIDTH, asked, when), directory, packed]
    _plain(monkeypatch)
    directory, packed = _packed(values, shift, pack_postings.py_func)
    assert np.array_equal(unpack_postings.py_func(directory, packed, shift, WIDTH, 0), values)
    plain = [scan.py_func(directory, packed, shift, WIDTH, asked, when), directory, packed]
    assert all(np.array_equal(one, other) for one, other in zip(compiled, plain, strict=True))


def test_the_widest_steps_fit() -> None:
    """A bucket of one number and 32-bit positions holds its first and its last."""
    values = np.array([0, (1 << 32) - 1, 1 << 32, (5 << 32) + 12, (6 << 32) - 1], np.uint64)
    ends, packed = pack_postings(values, 0, 32, 0, 6)
    directory, packed = np.append(0, ends).astype(np.uint32), np.append(packed, np.zeros(SPARE, np.uint8))
    assert np.array_equal(unpack_postings(directory, packed, 0, 32, 0), values)


def test_many_postings_of_one_number_fit() -> None:
    """A bucket may hold more than one byte can count."""
    values = np.sort(np.random.default_rng(1).integers(0, 1 << 30, 40_000).astype(np.uint64))
    ends, packed = pack_postings(values, 0, 30, 0, 1)
    packed = np.append(packed, np.zeros(SPARE, np.uint8))
    directory = np.append(0, ends).astype(np.uint32)
    assert np.array_equal(unpack_postings(directory, packed, 0, 30, 0), values)


@settings(max_examples=200)
@given(data=st.data())
def test_damage_is_told_or_harmless(data: st.DataObject) -> None:
    """Whatever bytes are changed, reading ends, stays within the arrays, and says so where it cannot go on."""
    random = np.random.default_rng(data.draw(st.integers(0, 1 << 32)))
    shift = data.draw(st.sampled_from([0, 3, 9]))
    directory, packed = _packed(_values([(int(n), int(n) * 97 % 4096) for n in random.integers(0, NUMBERS, 99)]), shift)
    for array in (directory, packed):
        changed = random.integers(0, len(array), data.draw(st.integers(0, 3)))
        array[changed] = random.integers(0, np.iinfo(array.dtype).max, len(changed), dtype=array.dtype)
    asked = np.arange(NUMBERS, dtype=np.uint32)
    try:
        offsets = scan(directory, packed, shift, WIDTH, asked, np.zeros(len(asked), np.int64))
        unpack_postings(directory, packed, shift, WIDTH, 0)
    except ValueError:
        return
    assert len(offsets) <= 4 * len(packed)


@pytest.mark.parametrize(
    ("directory", "packed"),
    [
        pytest.param([0, 9], [1, 0, 5, 0, 0, 0], id="the directory ends behind the postings"),
        pytest.param([0, 3, 2], [1, 0, 5, 0, 0, 0], id="the directory falls"),
        pytest.param([0, 3], [9, 0, 5, 0, 0, 0], id="more postings than bytes"),
        pytest.param([0, 3], [255, 255, 255, 0, 0, 0], id="a count without an end"),
        pytest.param([0, 7], [255, 255, 255, 255, 255, 255, 0, 0, 0, 0], id="a count past all bounds"),
        pytest.param([0, 4], [2, 3, 5, 0, 0, 0, 0], id="a step that takes the next one's bytes"),
    ],
)
def test_a_bucket_that_contradicts_itself_is_told(
    monkeypatch: pytest.MonkeyPatch, directory: list[int], packed: list[int]
) -> None:
    """Reading it is an error, compiled or not."""
    bad = (np.array(directory, np.uint32), np.array(packed, np.uint8), 0, WIDTH)
    with pytest.raises(ValueError, match=r"bucket|directory"):
        unpack_postings(*bad, 0)
    _plain(monkeypatch)
    with pytest.raises(ValueError, match=r"bucket|directory"):
        unpack_postings.py_func(*bad, 0)


@given(
    peaks=st.lists(
        st.tuples(
            st.floats(min_value=-0.5, max_value=5000, width=32), st.floats(min_value=7.125, max_value=12.25, width=32)
        ),
        max_size=40,
    )
)
def test_peaks_come_back_to_the_nearest_step(peaks: list[tuple[float, float]]) -> None:
    """No peak is off by more than half a step, however many came before it; compiled and as written alike."""
    frames, pitches = np.array(sorted(peaks), np.float32).reshape(-1, 2).T.copy()
    words = pack_peaks(frames, pitches)
    assert np.array_equal(words, pack_peaks.py_func(frames, pitches))
    found = unpack_peaks(words)
    assert all(np.array_equal(one, other) for one, other in zip(found, unpack_peaks.py_func(words), strict=True))
    assert np.abs(found[0] - np.maximum(frames, 0)).max(initial=0) <= 0.5 / QUARTERS + 1e-3
    assert np.abs(found[1] - pitches).max(initial=0) <= 0.5 / STEPS + 1e-5


def test_a_long_wait_takes_fillers() -> None:
    """Nine hours of silence before a peak are no trouble, and a pitch off the ladder goes to its end."""
    words = pack_peaks(np.array([1_400_000], np.float32), np.array([14.0], np.float32))
    assert (words[:-1] == FILLER).all()
    frames, pitches = unpack_peaks(words)
    assert (frames.tolist(), pitches.tolist()) == ([1_400_000], [pytest.approx(LOWEST + 2046 / STEPS)])
