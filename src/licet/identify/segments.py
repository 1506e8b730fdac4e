"""One immutable file of fingerprints, mapped into memory: what it holds, and whether that is what was written.

Recordings lie one behind the other on a single line of time, with a silence between them, so that one subtraction
gives recording and offset both. `layout.py` tells how the file is laid out, `packing.py` how postings are packed.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import weakref
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from licet.errors import IndexDamagedError
from licet.identify.fingerprint import FRAMES_PER_S, Fingerprint, Floats
from licet.identify.layout import MADE_WITH, PAGE, SECTIONS, Header, aligned

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SILENCE = 2048  # frames between two recordings, 48 s: longer than any stretch of a query that is looked up at once
LARGE_BYTES = 1 << 28  # of a segment beyond which its postings are not read through the map

_MEND = "restore the folder from a copy, or remove it and register the recordings again"
_PIECE = 1 << 20  # bytes read at once

UInts = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Registered:
    """A recording that the index knows."""

    recording: str
    path: str  # where its audio lay when it was registered
    duration_s: float


class Segment:
    """A segment file. Opening reads a page of it, whatever its size; `verify` reads all.

    Attributes:
        path: of the file.
        digest: SHA-256 of its page, which holds those of the sections: it names the whole content.
        parameters: how its peaks were found and numbered.
        frames: length of its line of time.
        n_postings: how many postings it holds.
        shift: bits of a number that tell one bucket's numbers apart.
        width: bits of a position.
        starts: [shape=(n_recordings,)], uint32, frames: where on the line of time each recording begins; rising.
        durations: [shape=(n_recordings,)], float64, seconds.
        directory: [shape=(n_buckets + 1,)], uint32, bytes: where in the postings each bucket begins.
        postings: [shape=(n_bytes,)], uint8: see `packing.py`.
    """

    def __init__(self, path: Path) -> None:
        """Open the segment at `path`.

        Raises:
            IndexDamagedError: it is missing, cut short, of another version, or made with other parameters.
        """
        self.path = path
        try:
            self._file = os.open(path, os.O_RDONLY)  # stays open: a merge may take the name away
            weakref.finalize(self, os.close, self._file)
            self._map = mmap.mmap(self._file, 0, access=mmap.ACCESS_READ)
            page = self._map[:PAGE]
            header = Header.of(page)
        except (OSError, ValueError) as error:  # ValueError: an empty file cannot be mapped
            raise self.damaged(f"{error}") from error
        if header.parameters != MADE_WITH:
            raise IndexDamagedError(f"{path} was made with {header.parameters}, not with {MADE_WITH}", mend=_MEND)
        self.header = header
        self.digest = hashlib.sha256(page).hexdigest()
        self.parameters, self.frames, self.n_postings = header.parameters, header.frames, header.postings
        self.shift, self.width = header.shift, header.width
        self._begins = self._laid_out()
        self._peaks, self._words = self._array("peaks"), self._array("words")
        self._names, self._letters = self._array("names"), self._array("letters")
        self._keys, self._places = self._array("keys"), self._array("places")
        self.starts: UInts = self._array("starts")
        self.durations: NDArray[np.float64] = self._array("durations")
        self.directory: UInts = self._array("directory")
        self.postings: NDArray[np.uint8] = self._array("postings")

    def __len__(self) -> int:
        return self.header.recordings

    def __iter__(self) -> Iterator[Registered]:
        """Yield the recordings in the order in which they were registered."""
        return map(self.registered, range(len(self)))

    def registered(self, place: int) -> Registered:
        """Return the recording at `place`.

        Raises:
            IndexDamagedError: its name cannot be read.
        """
        begin, end = self._bounds("letters", place)
        try:
            recording, path = self._names[begin:end].tobytes().decode("utf-8", "surrogatepass").split("\x00")
        except ValueError as error:
            raise self.damaged(f"the name of recording {place} cannot be read") from error
        return Registered(recording, path, float(self.durations[place]))

    def place_of(self, recording: str) -> int | None:
        """Return the place of `recording`, or None where it is not in this segment. No names but its own are read."""
        key = key_of(recording)
        at = int(self._keys.searchsorted(key))
        while at < len(self) and self._keys[at] == key:  # more than once where keys collide
            place = int(self._places[at])
            if place >= len(self):
                raise self.damaged("its keys point at recordings that it does not hold")
            if self.registered(place).recording == recording:
                return place
            at += 1
        return None

    def words(self, place: int) -> NDArray[np.uint16]:
        """Return the peaks of the recording at `place` as they are stored, [shape=(n_words,)], uint16."""
        return self.read("peaks", *self._bounds("words", place))

    def peaks(self, place: int) -> tuple[Floats, Floats]:
        """Return (frames, pitches) of the peaks of the recording at `place`, [shape=(n_peaks,)], float32 each."""
        from licet.identify.quantising import unpack_peaks

        frames, pitches = unpack_peaks(self.words(place))
        return frames, pitches

    def fingerprint(self, place: int) -> Fingerprint:
        """Return what is stored of the fingerprint at `place`: the most salient peaks, their ranks forgotten."""
        return Fingerprint(*self.peaks(place), duration_s=float(self.durations[place]))

    def verify(self) -> None:
        """Read the whole file and compare it with its checksums, a mebibyte at a time.

        Raises:
            IndexDamagedError: the header or a section is not what was written. It is named.
        """
        if hashlib.sha256(self._bytes(0, PAGE)).hexdigest() != self.digest:
            raise self.damaged("its header is not what it was when it was opened")
        at = PAGE
        for section in self.header.sections:
            running, end = hashlib.sha256(), at + aligned(section.size)
            for begin in range(at, end, _PIECE):
                running.update(self._bytes(begin, min(end - begin, _PIECE)))
            if running.hexdigest() != section.sha256:
                raise self.damaged(f"its section {section.name} does not match its checksum")
            at = end
        if self._bytes(at, 1):
            raise self.damaged("something follows its last section")

    def read(self, name: str, first: int, last: int) -> NDArray[Any]:
        """Return items `first` up to `last` of a section as a copy, and leave none of it mapped in memory.

        Raises:
            IndexDamagedError: the disk cannot read them.
        """
        dtype = np.dtype(SECTIONS[name])
        begin = self._begins[name] + first * dtype.itemsize
        return np.frombuffer(self._bytes(begin, (last - first) * dtype.itemsize), dtype)

    def places_at(self, frames: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the place of the recording that each frame of the line of time belongs to, or of the nearest."""
        within = np.clip(frames, 0, self.frames - 1).astype(self.starts.dtype)  # of one type, or all would be converted
        return np.searchsorted(self.starts, within, "right") - 1

    def sizes(self, which: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many bytes each of these buckets takes; none, where there is no such bucket."""
        begins, ends = self._bucket_bounds(which)
        return ends - begins

    def buckets(self, which: NDArray[np.int64]) -> tuple[UInts, NDArray[np.uint8]]:
        """Return a directory and postings of their own that hold copies of these buckets, in the order asked.

        Raises:
            IndexDamagedError: the disk cannot read them, or the directory contradicts itself.
        """
        from licet.identify.packing import SPARE

        begins, ends = self._bucket_bounds(which)
        if (ends < begins).any() or ends.max(initial=0) + SPARE > len(self.postings):
            raise self.damaged("the directory points outside the postings")
        places = (begins + self._begins["postings"]).tolist()
        read = map(self._bytes, places, (ends - begins).tolist())
        directory = np.concatenate([[0], np.cumsum(ends - begins)]).astype(np.uint32)
        return directory, np.frombuffer(b"".join((*read, bytes(SPARE))), np.uint8)

    def _bucket_bounds(self, which: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        last = len(self.directory) - 1
        ends = self.directory[np.minimum(which + 1, last)].astype(np.int64)
        return self.directory[np.minimum(which, last)].astype(np.int64), ends

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return len(self._map)

    @property
    def large(self) -> bool:
        """Whether its postings are copied out of the file, and not mapped: the memory of a search stays bounded."""
        return self.size > LARGE_BYTES

    def damaged(self, says: str) -> IndexDamagedError:
        """Return the error that names this file and says what is wrong with it."""
        return IndexDamagedError(f"{self.path} is damaged: {says}", mend=_MEND)

    def _bytes(self, begin: int, size: int) -> bytes:
        """Return what the file holds from `begin` on, fewer than `size` bytes where it ends before.

        A bad disk makes this an error, where reading through the map would be the end of the process.
        """
        try:
            return os.pread(self._file, size, begin)
        except OSError as error:
            raise self.damaged(f"{error}") from error

    def _laid_out(self) -> dict[str, int]:
        """Return where each section begins, once their names, their sizes and the file's agree."""
        begins, at = {}, PAGE
        for section in self.header.sections:
            begins[section.name] = at
            at += aligned(section.size)
        sizes = {section.name: section.size for section in self.header.sections}
        items = {name: size / np.dtype(SECTIONS.get(name, np.uint8)).itemsize for name, size in sizes.items()}
        if list(items) != list(SECTIONS) or not self.header.items().items() <= items.items() or at != len(self._map):
            raise self.damaged("its header and its size do not agree")
        return begins

    def _array(self, name: str) -> NDArray[Any]:
        size = next(section.size for section in self.header.sections if section.name == name)
        dtype = np.dtype(SECTIONS[name])
        return np.frombuffer(self._map, dtype, size // dtype.itemsize, self._begins[name])

    def _bounds(self, name: str, place: int) -> tuple[int, int]:
        """Return where what belongs to `place` begins and ends, by the offsets in section `name`."""
        offsets, within = (self._words, self._peaks) if name == "words" else (self._letters, self._names)
        begin, end = int(offsets[place]), int(offsets[place + 1])
        if not begin <= end <= len(within):
            raise self.damaged(f"its section {name} points outside of what it divides")
        return begin, end


@lru_cache(maxsize=1)  # every segment is asked for the same recording, one after the other
def key_of(recording: str) -> np.uint64:
    """Return what a recording is looked up by: eight bytes of BLAKE2b over its name, lowest first."""
    name = recording.encode("utf-8", "surrogatepass")
    return np.uint64(int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), "little"))


def length_in_frames(duration_s: float) -> int:
    """Return the room a recording takes on its segment's line of time, the silence after it included."""
    return int(duration_s * FRAMES_PER_S) + SILENCE
