"""One immutable file of fingerprints: its layout, and how it is written so that it is either whole or not there.

::

    magic       8 bytes   LICETFP1
    length      4 bytes   of the header, little-endian, as all numbers here
    crc32       4 bytes   of the header
    header      JSON      {"parameters", "sections": [[name, bytes, SHA-256], ...]}
    sections    each padded to a multiple of 64 bytes, in this order:
      hashes    uint32    numbers of pairs, rising
      anchors   uint32    for each hash the peak that its pair begins with: its place in the next two
      moments   uint32    for each peak its time, in sixteenths of a frame from the segment's beginning
      pitches   float32   for each peak its log2 frequency in Hz
      starts    uint32    for each recording its beginning, in sixteenths of a frame
      table     JSON      [[recording, path, duration in seconds], ...]

Recordings lie one behind the other on a single line of time, with a silence between them, so that one subtraction
gives recording and offset both.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import struct
import zlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from licet.errors import IndexDamagedError
from licet.identify.fingerprint import FRAMES_PER_S, PARAMETERS, Fingerprint, Floats
from licet.identify.hashes import FAN_STORED, SCHEME, Hashes, numbers, pairs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MAGIC = b"LICETFP1"
MOMENTS = 16  # to the frame: 1.5 ms
SILENCE = 2048  # frames between two recordings, 48 s: longer than any stretch of a query that is looked up at once
LONGEST = (1 << 32) - 1  # moments a segment may hold: 72 days

_PREFIX = struct.Struct("<8sII")
_HEADER_LIMIT = 1 << 16
_ALIGNMENT = 64
_TYPES: dict[str, Any] = {
    "hashes": np.uint32,
    "anchors": np.uint32,
    "moments": np.uint32,
    "pitches": np.float32,
    "starts": np.uint32,
    "table": np.uint8,
}
_MEND = "restore the folder from a copy, or remove it and register the recordings again"

UInts = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Registered:
    """A recording that the index knows."""

    recording: str
    path: str  # where its audio lay when it was registered
    duration_s: float


class Segment:
    """A segment file, mapped into memory. Opening reads its header alone; `verify` reads all of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as stream:
                self._map = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError) as error:  # ValueError: an empty file cannot be mapped
            raise self.damaged(f"cannot be opened: {error}") from error
        header, at = self._header()
        self.digest = hashlib.sha256(header).hexdigest()
        """SHA-256 of the header, which holds those of the sections: it names the whole content."""
        self._sections: dict[str, tuple[NDArray[Any], str]] = {}
        try:
            fields = json.loads(header)
            self.parameters = str(fields["parameters"])
            for name, size, digest in fields["sections"]:
                dtype = np.dtype(_TYPES[name])
                array = np.frombuffer(self._map, dtype, size // dtype.itemsize, _aligned(at))
                self._sections[name] = (array, digest)
                at = _aligned(at) + size
        except (ValueError, KeyError, TypeError) as error:
            raise self.damaged("its header and its size do not agree") from error
        if set(self._sections) != set(_TYPES):
            raise self.damaged("a section is missing")
        if self.parameters != _parameters():
            raise IndexDamagedError(
                f"{path} was made with other parameters ({self.parameters}, not {_parameters()})", mend=_MEND
            )

    @property
    def hashes(self) -> Hashes:
        """[shape=(n_hashes,)], uint32, rising."""
        return self._sections["hashes"][0]

    @property
    def anchors(self) -> UInts:
        """[shape=(n_hashes,)], uint32, peaks."""
        return self._sections["anchors"][0]

    @property
    def moments(self) -> UInts:
        """[shape=(n_peaks,)], uint32, sixteenths of a frame, never falling."""
        return self._sections["moments"][0]

    @property
    def pitches(self) -> Floats:
        """[shape=(n_peaks,)], float32, log2 Hz."""
        return self._sections["pitches"][0]

    @property
    def starts(self) -> UInts:
        """[shape=(n_recordings,)], uint32, sixteenths of a frame, rising."""
        return self._sections["starts"][0]

    @cached_property
    def recordings(self) -> tuple[Registered, ...]:
        """The recordings, in the order of `starts`. Read when first asked for: most searches need none."""
        try:
            rows = json.loads(self._sections["table"][0].tobytes())
            found = tuple(Registered(str(recording), str(path), float(length)) for recording, path, length in rows)
        except (ValueError, TypeError) as error:
            raise self.damaged("its table of recordings cannot be read") from error
        if len(found) != len(self.starts):
            raise self.damaged("its table of recordings has another length than its starts")
        return found

    def verify(self) -> None:
        """Read every section and compare it with its SHA-256.

        Raises:
            IndexDamagedError: a section is not what was written.
        """
        for name, (array, digest) in self._sections.items():
            if hashlib.sha256(array.data).hexdigest() != digest:
                raise self.damaged(f"its {name} do not match their checksum")

    def _header(self) -> tuple[bytes, int]:
        if len(self._map) < _PREFIX.size:
            raise self.damaged("it is cut short")
        magic, length, crc = _PREFIX.unpack_from(self._map)
        end = _PREFIX.size + length
        if magic != MAGIC:
            raise self.damaged("it is not a fingerprint segment of a version that this Licet reads")
        header = self._map[_PREFIX.size : end]
        if length > _HEADER_LIMIT or len(header) < length or zlib.crc32(header) != crc:
            raise self.damaged("its header does not match its checksum")
        return header, end

    def damaged(self, says: str) -> IndexDamagedError:
        """Return the error that names this file and says what is wrong with it."""
        return IndexDamagedError(f"{self.path} is damaged: {says}", mend=_MEND)


def segment_bytes(recordings: Sequence[tuple[Registered, Fingerprint]]) -> list[bytes]:
    """Return a segment of `recordings` as pieces to be written one after the other."""
    hashes, anchors, moments, pitches, starts = [], [], [], [], []
    peaks, start = 0, 0
    for _, fingerprint in recordings:
        first, second = pairs(fingerprint, FAN_STORED)
        hashes.append(numbers(fingerprint, first, second))
        anchors.append(first + peaks)
        moments.append(np.rint(fingerprint.frames.astype(np.float64) * MOMENTS).astype(np.int64) + start)
        pitches.append(fingerprint.pitches)
        starts.append(start)
        peaks += len(fingerprint)
        start += length_in_moments(fingerprint)
    order = np.argsort(np.concatenate(hashes), kind="stable")
    table = [[known.recording, known.path, known.duration_s] for known, _ in recordings]
    sections: dict[str, NDArray[Any]] = {
        "hashes": np.concatenate(hashes)[order],
        "anchors": np.concatenate(anchors)[order],
        "moments": np.concatenate(moments),
        "pitches": np.concatenate(pitches),
        "starts": np.array(starts),
        # Not msgspec: a path may hold bytes that are not UTF-8, which only this module carries through.
        "table": np.frombuffer(json.dumps(table).encode(), np.uint8),
    }
    return _laid_out({name: array.astype(_TYPES[name]).tobytes() for name, array in sections.items()})


def length_in_moments(fingerprint: Fingerprint) -> int:
    """Return the room a recording takes on its segment's line of time, the silence after it included."""
    return MOMENTS * (int(fingerprint.duration_s * FRAMES_PER_S) + SILENCE)


def write_durably(path: Path, pieces: Sequence[bytes]) -> None:
    """Put a file at `path` that is whole and on the disk when this returns, or was never there."""
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("wb") as stream:
        stream.writelines(pieces)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _laid_out(sections: dict[str, bytes]) -> list[bytes]:
    listed = [[name, len(data), hashlib.sha256(data).hexdigest()] for name, data in sections.items()]
    header = json.dumps({"parameters": _parameters(), "sections": listed}).encode()
    pieces = [_PREFIX.pack(MAGIC, len(header), zlib.crc32(header)), header]
    at = _PREFIX.size + len(header)
    for data in sections.values():
        pieces += [bytes(_aligned(at) - at), data]
        at = _aligned(at) + len(data)
    return pieces


def _aligned(at: int) -> int:
    return -(-at // _ALIGNMENT) * _ALIGNMENT


def _parameters() -> str:
    return f"{PARAMETERS} {SCHEME}"
