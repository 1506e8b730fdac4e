"""A segment while it is being written: recordings first, then their postings in order, and the header last.

Everything streams to the disk but a few numbers for each recording, so a segment may be far larger than memory.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from licet.errors import UsageError
from licet.identify.fingerprint import FRAMES_PER_S
from licet.identify.hashes import CELLS, FAN_STORED, RANKS_PAIRED, RANKS_STORED, numbers, pairs
from licet.identify.layout import MADE_WITH, PAGE, SECTIONS, Header, Section, aligned
from licet.identify.segments import SILENCE, Registered, key_of, length_in_frames
from licet.placing import placed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import Any

    from licet.identify.fingerprint import Fingerprint

BUCKET = 16  # postings in a bucket on average, or fewer: decoded in some 50 ns, for a quarter of a byte each
LONGEST = 1 << 28  # frames of one recording: 72 days
MOST_PEAKS = 1 << 25  # of one recording: 14 days of music
MOST_BYTES = (1 << 32) - 1  # of postings: the directory counts them in 32 bits

Values = NDArray[np.uint64]


@contextmanager
def drafted(path: Path) -> Iterator[Draft]:
    """Yield a draft that is the segment at `path` once the block is left, and nothing if an error leaves it.

    Raises:
        OSError: the disk is full or fails.
    """
    with placed(path) as stream:
        draft = Draft(stream)
        yield draft
        stream.seek(0)
        stream.write(draft.header().page())


def write_segment(path: Path, recordings: Iterable[tuple[Registered, Fingerprint]]) -> None:
    """Make a segment of `recordings`, whose frames must lie within their durations.

    Raises:
        OSError: the disk is full or fails.
    """
    from licet.identify.quantising import pack_peaks

    named, when = [np.zeros(0, np.uint32)], [np.zeros(0, np.uint32)]
    with drafted(path) as draft:
        for known, fingerprint in recordings:
            stored, paired = fingerprint.salient(RANKS_STORED), fingerprint.salient(RANKS_PAIRED)
            anchors, targets = pairs(paired, FAN_STORED)
            cells = numbers(paired, anchors, targets)
            after = np.rint(np.maximum(paired.frames[anchors], 0)).astype(np.int64)
            own = cells < CELLS  # a pitch at the very end of the scale has no number
            named.append(cells[own])
            when.append((draft.frames + after[own]).astype(np.uint32))
            draft.add(known, pack_peaks(stored.frames, stored.pitches), length_in_frames(known.duration_s))
        values = np.concatenate(named).astype(np.uint64) << np.uint64(draft.width)
        values |= np.concatenate(when)
        values.sort()
        highest = int(values[-1]) >> draft.width if len(values) else 0
        shift = draft.bucketed(len(values), highest)
        draft.store([(0, (highest >> shift) + 1, values)])


def check(known: Registered, fingerprint: Fingerprint) -> None:
    """Make sure that a segment can hold a recording.

    Raises:
        UsageError: its name, its length or its peaks make no sense, or there is too much of it.
    """
    if "\x00" in known.recording + known.path:
        raise UsageError(f"{known.recording!r} cannot be registered: a name holds a null character")
    length, frames = known.duration_s * FRAMES_PER_S, fingerprint.frames
    if not 0 <= length <= LONGEST or len(fingerprint) > MOST_PEAKS:
        raise UsageError(f"{known.recording} is too long to register", mend="cut it into parts")
    sound = (
        np.isfinite(fingerprint.pitches).all() and (np.diff(frames, prepend=0, append=length + SILENCE / 2) >= 0).all()
    )
    if not sound:
        raise UsageError(f"{known.recording} cannot be registered: its peaks are out of order")


class Draft:
    """The growing content of a segment. `frames` is the length of its line of time so far."""

    def __init__(self, stream: BinaryIO) -> None:
        self.frames = 0
        self._stream = stream
        self._stream.write(bytes(PAGE))
        self._sections: list[Section] = []
        self._running, self._size = hashlib.sha256(), 0
        self._starts: list[int] = []
        self._durations: list[float] = []
        self._keys: list[np.uint64] = []
        self._words, self._letters = [0], [0]
        self._names = bytearray()
        self._postings, self._highest, self._shift = 0, 0, 0

    @property
    def width(self) -> int:
        """Bits of a position: as many as the last one takes."""
        return max((self.frames - 1).bit_length(), 1)

    def add(self, known: Registered, words: NDArray[np.uint16], length: int) -> None:
        """Append a recording: its peaks as `quantising.py` makes them, and its room on the line of time in frames."""
        self._write(words)
        self._words.append(self._words[-1] + len(words))
        self._starts.append(self.frames)
        self._durations.append(known.duration_s)
        self._keys.append(key_of(known.recording))
        self._names += f"{known.recording}\x00{known.path}".encode("utf-8", "surrogatepass")
        self._letters.append(len(self._names))
        self.frames += length

    def bucketed(self, postings: int, highest: int) -> int:
        """Divide numbers up to `highest` into buckets for about so many `postings`; return the shift.

        No recording may be added afterwards.
        """
        from licet.identify.packing import SPAN_BITS

        self._highest = highest
        while self.width + self._shift < SPAN_BITS and postings << self._shift + 1 <= BUCKET * (highest + 1):
            self._shift += 1
        return self._shift

    def store(self, batches: Iterable[tuple[int, int, Values]]) -> None:
        """Write all postings: (first bucket, the one after the last, sorted values), each batch where one ended.

        Raises:
            UsageError: they take more than four gibibytes.
        """
        from licet.identify.packing import SPARE, pack_postings

        self._describe()
        directory = [np.zeros(1, np.int64)]
        for first, last, values in batches:
            ends, packed = pack_postings(values, self._shift, self.width, first, last)
            directory.append(ends + self._size)
            self._write(packed)
            self._postings += len(values)
        if self._size > MOST_BYTES:
            raise UsageError("a segment cannot hold so many postings", mend="register shorter recordings")
        self._write(np.zeros(SPARE, np.uint8))
        self._close("postings")
        self._whole("directory", np.concatenate(directory))

    def header(self) -> Header:
        """Return what the page must say of all this."""
        return Header(
            parameters=MADE_WITH,
            recordings=len(self._starts),
            postings=self._postings,
            highest=self._highest,
            frames=self.frames,
            shift=self._shift,
            width=self.width,
            sections=tuple(self._sections),
        )

    def _describe(self) -> None:
        """Write what is known of the recordings."""
        keys = np.array(self._keys, np.uint64)
        order = np.argsort(keys, kind="stable")
        self._close("peaks")
        self._whole("words", self._words)
        self._whole("starts", self._starts)
        self._whole("durations", self._durations)
        self._whole("names", np.frombuffer(self._names, np.uint8))
        self._whole("letters", self._letters)
        self._whole("keys", keys[order])
        self._whole("places", order)

    def _whole(self, name: str, items: Sequence[float] | NDArray[Any]) -> None:
        self._write(np.asarray(items, SECTIONS[name]))
        self._close(name)

    def _write(self, items: NDArray[Any]) -> None:
        data = items.tobytes()
        self._stream.write(data)
        self._running.update(data)
        self._size += len(data)

    def _close(self, name: str) -> None:
        """End the section that was being written; its padding is part of what its checksum covers."""
        padding = bytes(aligned(self._size) - self._size)
        self._stream.write(padding)
        self._running.update(padding)
        self._sections.append(Section(name, self._size, self._running.hexdigest()))
        self._running, self._size = hashlib.sha256(), 0
