"""What a segment file holds, and where: a page that describes it, then its sections.

::

    page        4096 bytes
      magic     8 bytes   LICETFP2
      crc32     4 bytes   of the rest of the page, little-endian, as all numbers here
      header    JSON      what `Header` holds, and spaces up to the end of the page
    sections    each padded with zeros to a multiple of 64 bytes, in the order of `SECTIONS`

A section's checksum covers its padding and the header's covers its own, so every byte of a file is covered by one.
`docs/index-format.md` tells what each section holds.
"""

from __future__ import annotations

import struct
import zlib
from typing import Annotated, Any

import msgspec
import numpy as np

from licet.identify.fingerprint import PARAMETERS
from licet.identify.hashes import SCHEME

MAGIC = b"LICETFP2"
PAGE = 4096
ALIGNMENT = 64  # bytes: a line of the processor's cache
MADE_WITH = f"{PARAMETERS} {SCHEME}"

SECTIONS: dict[str, Any] = {
    "peaks": np.uint16,
    "words": np.uint64,
    "starts": np.uint32,
    "durations": np.float64,
    "names": np.uint8,
    "letters": np.uint64,
    "keys": np.uint64,
    "places": np.uint32,
    "postings": np.uint8,
    "directory": np.uint32,
}

_PREFIX = struct.Struct("<8sI")

Natural = Annotated[int, msgspec.Meta(ge=0)]


class Section(msgspec.Struct, frozen=True, array_like=True):
    """One section: its name, its bytes without padding, and the SHA-256 of it with its padding, in hexadecimal."""

    name: str
    size: Natural
    sha256: str


class Header(msgspec.Struct, frozen=True):
    """What the page of a segment says.

    Attributes:
        parameters: how peaks were found and numbered; segments of different parameters never meet.
        recordings: how many there are.
        postings: how many there are.
        highest: the greatest number that a posting has, 0 where there are none.
        frames: length of the segment's line of time.
        shift: bits of a number that tell one bucket's numbers apart.
        width: bits of a position.
        sections: in the order in which they lie.
    """

    parameters: str
    recordings: Natural
    postings: Natural
    highest: Annotated[int, msgspec.Meta(ge=0, lt=1 << 32)]
    frames: Annotated[int, msgspec.Meta(ge=0, le=1 << 32)]
    shift: Annotated[int, msgspec.Meta(ge=0, le=32)]
    width: Annotated[int, msgspec.Meta(ge=1, le=32)]
    sections: tuple[Section, ...]

    def page(self) -> bytes:
        """Return the page that says so."""
        text = msgspec.json.encode(self).ljust(PAGE - _PREFIX.size)
        return _PREFIX.pack(MAGIC, zlib.crc32(text)) + text

    @classmethod
    def of(cls, page: bytes) -> Header:
        """Read a page.

        Raises:
            ValueError: it is not one, or not as it was written. The message completes "the segment is damaged:".
        """
        if len(page) < PAGE:
            raise ValueError("it is cut short")
        magic, crc = _PREFIX.unpack_from(page)
        if magic != MAGIC:
            raise ValueError("it is not a fingerprint segment of a version that this Licet reads")
        if zlib.crc32(page[_PREFIX.size :]) != crc:
            raise ValueError("its header does not match its checksum")
        try:
            return msgspec.json.decode(page[_PREFIX.size :], type=cls)
        except msgspec.DecodeError as error:
            raise ValueError(f"its header makes no sense: {error}") from error

    def items(self) -> dict[str, int]:
        """Return how many items each section must hold, as far as the header alone decides that."""
        several = dict.fromkeys(("starts", "durations", "keys", "places"), self.recordings)
        offsets = dict.fromkeys(("words", "letters"), self.recordings + 1)
        return several | offsets | {"directory": (self.highest >> self.shift) + 2}


def aligned(at: int) -> int:
    """Return where the next section begins if the one before ends at `at`."""
    return -(-at // ALIGNMENT) * ALIGNMENT
