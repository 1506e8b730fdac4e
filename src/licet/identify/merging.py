"""Make one segment of several, in memory that does not grow with them, and tell which ones are due.

1. Every source is verified first: what is damaged must not be given a fresh checksum.
2. Recordings follow each other as before, the withdrawn ones left out and their room on the line of time closed.
3. Postings are merged by ranges of numbers, each small enough to be sorted in memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from licet.identify.drafting import drafted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

    from licet.identify.drafting import Draft, Values
    from licet.identify.segments import Segment

MANY = 8  # segments of a size, which become one of the next
SMALLEST = 1 << 16  # bytes: segments below are of one size; above, each size is `MANY` times the one before
ROOM_BYTES = 7 << 29  # of postings in a merged segment: its directory counts 4 GiB, and widths may grow a little
ROOM_FRAMES = 1 << 32  # on a merged segment's line of time
RANGE_BYTES = 8 << 20  # of postings merged at once: about three million, 100 MB while they are sorted
STALE = 4  # a segment of which one in so many recordings was withdrawn is rewritten without them

_EDGES = 4096  # places where a range may end

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Source:
    """A segment, and the places of its recordings that were withdrawn."""

    segment: Segment
    withdrawn: set[int] = field(default_factory=set)

    @property
    def living(self) -> Ints:
        """Places of the recordings that were not withdrawn, [shape=(n_living,)], int64, rising."""
        return np.setdiff1d(np.arange(len(self.segment)), np.array(sorted(self.withdrawn), np.int64))

    @property
    def size(self) -> int:
        """Which of the sizes it is of: 0 below `SMALLEST` bytes, 1 below `MANY` times that, and so on."""
        bits = (len(self.segment.postings) // SMALLEST).bit_length()
        return -(-bits // (MANY.bit_length() - 1))

    @property
    def stale(self) -> bool:
        """Whether so much of it was withdrawn that it is better rewritten."""
        return len(self.withdrawn) * STALE >= len(self.segment)


def due(sources: Sequence[Source], busy: Collection[Segment] = ()) -> slice | None:
    """Return which of `sources` are to be made one, if any; those in `busy` are being merged already.

    1. A segment of which a quarter was withdrawn is rewritten by itself.
    2. Otherwise, where `MANY` neighbours are of a size or smaller, they become one, or as many as there is room for.
       The smallest sizes come first. What fills more than half of the room stays as it is.

    Only neighbours are merged, so recordings stay in the order in which they were registered.
    """
    free = [source.segment not in busy for source in sources]
    for at, source in enumerate(sources):
        if free[at] and source.stale:
            return slice(at, at + 1)
    small = [ready and fits((source, source)) for ready, source in zip(free, sources, strict=True)]
    for size in sorted({source.size for source in sources}):
        run = 0
        for at, source in enumerate(sources):
            run = run + 1 if small[at] and source.size <= size else 0
            if run == MANY:
                return _fitting(sources, at + 1 - run, at + 1)
    return None


def fits(sources: Sequence[Source]) -> bool:
    """Tell whether there is room for `sources` in one segment."""
    return (
        sum(len(source.segment.postings) for source in sources) <= ROOM_BYTES
        and sum(source.segment.frames for source in sources) <= ROOM_FRAMES
    )


def groups(sources: Sequence[Source]) -> Iterator[slice]:
    """Yield neighbours, as many at a time as there is room for, until all were had."""
    at = 0
    while at < len(sources):
        group = _fitting(sources, at, len(sources))
        yield group
        at = group.stop


def merge(path: Path, sources: Sequence[Source], check: Callable[[], None] = lambda: None) -> bool:
    """Write the segment at `path` out of `sources`. Return False, and write nothing, where all was withdrawn.

    `check` is called now and then; what it raises ends the attempt, and leaves nothing behind.

    Raises:
        IndexDamagedError: a source is not what was written.
        OSError: the disk is full or fails.
    """
    for source in sources:
        check()
        source.segment.verify()
    if not any(len(source.living) for source in sources):
        return False
    with drafted(path) as draft:
        moves = [_copied(source, draft, check) for source in sources]
        postings = sum(source.segment.n_postings for source in sources)
        shift = draft.bucketed(postings, max(source.segment.header.highest for source in sources))
        draft.store(_merged(sources, moves, shift, draft.width, check))
    return True


def moved(before: Sequence[Source], now: Sequence[Source]) -> Iterator[int]:
    """Yield where in the merger of `before` those recordings lie that were withdrawn while it was made."""
    passed = 0
    for then, source in zip(before, now, strict=True):
        living = then.living
        yield from (passed + np.searchsorted(living, sorted(source.withdrawn - then.withdrawn))).tolist()
        passed += len(living)


@dataclass(frozen=True, slots=True)
class _Move:
    """Where a segment's recordings go: by how many frames, and which go at all; [shape=(n_recordings,)] each."""

    frames: Ints
    kept: NDArray[np.bool_]


def _copied(source: Source, draft: Draft, check: Callable[[], None]) -> _Move:
    """Append the recordings of `source` to the draft."""
    segment, living = source.segment, source.living
    starts = segment.starts.astype(np.int64)
    lengths = np.diff(starts, append=segment.frames)
    move = _Move(np.zeros(len(segment), np.int64), np.zeros(len(segment), np.bool_))
    for place in map(int, living):
        check()
        move.frames[place] = draft.frames - starts[place]
        move.kept[place] = True
        draft.add(segment.registered(place), segment.words(place), int(lengths[place]))
    return move


def _merged(
    sources: Sequence[Source], moves: Sequence[_Move], shift: int, width: int, check: Callable[[], None]
) -> Iterator[tuple[int, int, Values]]:
    """Yield range after range of the sources' postings as `Draft.store` takes them."""
    highest = max(source.segment.header.highest for source in sources)
    for first, last in pairwise(_edges(sources, (highest >> shift) + 1, shift)):
        check()
        numbers = (first << shift, last << shift)
        parts = [_part(source.segment, move, numbers, width) for source, move in zip(sources, moves, strict=True)]
        values = np.concatenate(parts)
        values.sort()
        yield first, last, values


def _edges(sources: Sequence[Source], buckets: int, shift: int) -> list[int]:
    """Return the buckets at which ranges of about `RANGE_BYTES` begin, and the end of the last."""
    steps = np.unique(np.linspace(0, buckets, min(buckets, _EDGES) + 1).astype(np.int64))
    sizes = np.zeros(len(steps), np.int64)
    for segment in (source.segment for source in sources):
        sizes += segment.directory[np.minimum((steps << shift) >> segment.shift, len(segment.directory) - 1)]
    begins = np.searchsorted(sizes, np.arange(0, max(int(sizes[-1]), 1), RANGE_BYTES), "right") - 1
    return sorted({0, *map(int, steps[begins]), buckets})


def _part(segment: Segment, move: _Move, numbers: tuple[int, int], width: int) -> Values:
    """Return the postings of `segment` with numbers from `numbers[0]` up to `numbers[1]`, moved, in no order."""
    from licet.identify.packing import SPARE, unpack_postings

    first, last = numbers[0] >> segment.shift, ((numbers[1] - 1) >> segment.shift) + 1
    directory = segment.directory[first : last + 1]
    if len(directory) < 2:
        return np.zeros(0, np.uint64)
    packed = segment.read("postings", int(directory[0]), int(directory[-1]) + SPARE)
    values = unpack_postings(directory, packed, segment.shift, segment.width, first)
    named = values >> np.uint64(segment.width)
    within = slice(*np.searchsorted(named, np.array(numbers, np.uint64)))
    named, when = named[within], values[within] & np.uint64((1 << segment.width) - 1)
    if move.kept.all():  # as is common: then all go equally far
        when += np.uint64(move.frames[0])
    else:
        place = np.searchsorted(segment.starts, when.astype(np.uint32), "right") - 1
        kept = move.kept[place]
        named, when = named[kept], (when[kept].astype(np.int64) + move.frames[place[kept]]).astype(np.uint64)
    named <<= np.uint64(width)
    named |= when
    return named


def _fitting(sources: Sequence[Source], first: int, last: int) -> slice:
    """Return as many of the sources from `first` up to `last` as there is room for in one segment, one at least."""
    ends = [end for end in range(first + 1, last + 1) if fits(sources[first:end])]
    return slice(first, max(ends, default=first + 1))
