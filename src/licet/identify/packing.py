"""How postings become few bytes, and are found among them.

A posting says that a pair with some number is anchored at some position on its segment's line of time. It is one
unsigned integer, `number << width | position`, so that postings in order are integers in order. They are cut into
buckets of `2 ** shift` numbers each; a directory holds where each bucket begins, in bytes, and where the last one ends.
An empty bucket takes no byte; any other holds

1. how many postings it has, in LEB128: seven bits a byte, the lowest first, the top bit set in all but the last byte;
2. two bits for each posting, four to a byte, the lowest first: how many bytes its step takes, less one;
3. the steps, lowest byte first: each posting's distance from the one before, the first one's from where the bucket's
   numbers begin.

Knowing the lengths beforehand is what makes decoding quick: no step waits for the one before to be told apart.

Kernels that read trust no byte: what points outside its array is a `ValueError`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from licet.identify.compiling import kernel

SPAN_BITS = 32  # of a bucket: its numbers and their positions, so that a step takes four bytes at the most
SPARE = 3  # bytes after the last bucket: four are read at once, and fewer are kept

Bytes = NDArray[np.uint8]
UInts = NDArray[np.uint32]
Values = NDArray[np.uint64]
Counts = NDArray[np.int64]
Int = Any  # an int here, a machine word once compiled


@kernel()
def scan(directory: UInts, postings: Bytes, shift: int, width: int, numbers: UInts, when: Counts) -> Counts:
    """Return how far all postings of each of `numbers` lie from where it was asked.

    Args:
        directory: [shape=(n_buckets + 1,)], uint32, bytes.
        postings: [shape=(n_bytes,)], uint8, the spare ones included.
        shift: bits of a number that tell one bucket's numbers apart.
        width: bits of a position.
        numbers: [shape=(n_asked,)], uint32.
        when: [shape=(n_asked,)], int64, frames of the query.

    Returns:
        [shape=(n_found,)], int64, frames: position on the segment's line of time less `when`, number by number.

    Raises:
        ValueError: the bytes contradict themselves.
    """
    most = 0
    for number in numbers:
        most += _bucket(directory, postings, shift, number)[0]
    offsets = np.empty(most, np.int64)
    done = 0
    for asked in range(len(numbers)):
        held, codes, at, end = _bucket(directory, postings, shift, numbers[asked])
        low = np.int64(numbers[asked]) & ((1 << shift) - 1)
        value = 0
        for which in range(held):
            step, at = _step(postings, codes, which, at, end)
            value += step
            if value >> width > low:
                break
            if value >> width == low:
                offsets[done] = (value & ((1 << width) - 1)) - when[asked]
                done += 1
    return offsets[:done]


@kernel()
def pack_postings(values: Values, shift: int, width: int, first: int, last: int) -> tuple[Counts, Bytes]:
    """Write the buckets from `first` up to `last`.

    Args:
        values: [shape=(n_postings,)], uint64, never falling, all of numbers in these buckets.
        shift: bits of a number that tell one bucket's numbers apart; with `width`, `SPAN_BITS` at the most.
        width: bits of a position.
        first: bucket.
        last: bucket, itself left out.

    Returns:
        ends: [shape=(last - first,)], int64, where each bucket ends, in bytes.
        packed: [shape=(ends[-1],)], uint8, without spare bytes.
    """
    packed = np.empty(10 * len(values), np.uint8)  # the most they can take; what stays untouched costs nothing
    ends = np.zeros(last - first, np.int64)
    span = np.uint64(shift + width)
    begin, at = 0, np.int64(0)  # a literal 0 is a type of its own: `_pack_bucket` would be compiled twice
    for bucket in range(first, last):
        end = begin
        while end < len(values) and np.int64(values[end] >> span) == bucket:
            end += 1
        if end > begin:
            at = _pack_bucket(values[begin:end], bucket << (shift + width), packed, at)
        ends[bucket - first] = at
        begin = end
    return ends, packed[:at].copy()


@kernel()
def unpack_postings(directory: UInts, postings: Bytes, shift: int, width: int, first: int) -> Values:
    """Read whole buckets, `first` and those after it.

    Args:
        directory: [shape=(n_buckets + 1,)], uint32, the stretch of it that belongs to these buckets.
        postings: [shape=(directory[-1] - directory[0] + SPARE,)], uint8, their bytes and as many more as are spare.
        shift: bits of a number that tell one bucket's numbers apart.
        width: bits of a position.
        first: bucket.

    Returns:
        [shape=(n_postings,)], uint64, never falling.

    Raises:
        ValueError: the bytes contradict themselves.
    """
    total = 0
    for bucket in range(len(directory) - 1):
        total += _head(postings, *_bounds(directory, bucket, postings))[0]
    values = np.empty(total, np.uint64)
    done = 0
    for bucket in range(len(directory) - 1):
        begin, end = _bounds(directory, bucket, postings)
        held, codes, at = _head(postings, begin, end)
        value = (first + bucket) << (shift + width)
        for which in range(held):
            step, at = _step(postings, codes, which, at, end)
            value += step
            values[done] = value
            done += 1
    return values


@kernel()
def _pack_bucket(values: Values, before: Int, packed: Bytes, at: Int) -> Int:
    """Write one bucket, whose numbers begin at `before`, to `packed` from `at` on; return where it ends."""
    held = len(values)
    while held > 127:
        packed[at] = held & 127 | 128
        held >>= 7
        at += 1
    packed[at] = held
    codes = at + 1
    at = codes + (len(values) + 3) // 4
    packed[codes:at] = 0
    for which in range(len(values)):
        value = np.int64(values[which])
        step = value - before
        before = value
        longer = int(step > 0xFF) + int(step > 0xFFFF) + int(step > 0xFFFFFF)
        packed[codes + which // 4] |= longer << which % 4 * 2
        for _ in range(longer + 1):
            packed[at] = step & 255
            step >>= 8
            at += 1
    return at


@kernel()
def _bucket(directory: UInts, postings: Bytes, shift: Int, number: Int) -> tuple[Int, Int, Int, Int]:
    """Return (postings, where their lengths begin, where their steps begin, where it ends) of a number's bucket."""
    bucket = np.int64(number) >> shift
    if bucket >= len(directory) - 1:
        return 0, 0, 0, 0
    begin, end = _bounds(directory, bucket, postings)
    held, codes, at = _head(postings, begin, end)
    return held, codes, at, end


@kernel()
def _bounds(directory: UInts, bucket: Int, postings: Bytes) -> tuple[Int, Int]:
    """Return where a bucket begins and ends, counted from where the directory's first does."""
    begin = np.int64(directory[bucket]) - np.int64(directory[0])
    end = np.int64(directory[bucket + 1]) - np.int64(directory[0])
    if begin < 0 or begin > end or end + SPARE > len(postings):
        raise ValueError("the directory points outside the postings")
    return begin, end


@kernel()
def _head(postings: Bytes, begin: Int, end: Int) -> tuple[Int, Int, Int]:
    """Return (postings, where their lengths begin, where their steps begin) of the bucket from `begin` to `end`."""
    if begin == end:
        return 0, end, end
    held, at = np.int64(0), begin
    for seven in range(5):
        byte = np.int64(postings[at])
        held |= (byte & 127) << (7 * seven)
        at += 1
        if byte < 128 or at == end:
            break
    steps = at + (held + 3) // 4
    if steps + held > end:
        raise ValueError("a bucket says that it holds more than it does")
    return held, at, steps


@kernel()
def _step(postings: Bytes, codes: Int, which: Int, at: Int, end: Int) -> tuple[Int, Int]:
    """Return the step that begins at `at`, and where the next one does."""
    if at >= end:
        raise ValueError("a bucket says that it holds more than it does")
    longer = np.int64(postings[codes + (which >> 2)]) >> ((which & 3) << 1) & 3
    here = np.uint64(at)  # unsigned: a negative place would be looked for, at twice the time
    four = (
        np.uint32(postings[here])
        | np.uint32(postings[here + np.uint64(1)]) << np.uint32(8)
        | np.uint32(postings[here + np.uint64(2)]) << np.uint32(16)
        | np.uint32(postings[here + np.uint64(3)]) << np.uint32(24)
    )
    return np.int64(four) & (0xFFFFFFFF >> (24 - 8 * longer)), at + longer + 1
