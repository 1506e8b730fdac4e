"""A tree on disk as C2SP tlog-tiles has it: plain files, 256 hashes or entries each, that any web server can serve.

::

    checkpoint                    the signed head
    tile/<level>/<place>          256 hashes of complete subtrees of height 8 * level: 8,192 bytes
    tile/<level>/<place>.p/<n>    the first n of them, while there are no more
    tile/entries/<place>          256 entries, each behind its length in two bytes, the highest first

A place has three digits to a folder: 1234067 is `x001/x234/067`. A file that is whole never changes.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from licet.errors import LogError
from licet.transparency.merkle import HASH_BYTES, node_hash

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

HEIGHT = 8  # levels of the tree in a tile
WIDTH = 1 << HEIGHT
MOST_ENTRY_BYTES = (1 << 16) - 1
_CACHED = 1024  # tiles, of 8 kB
_LENGTH_BYTES = 2


def tile_path(kind: int | str, place: int, width: int = WIDTH) -> str:
    """Return where a tile of a level, or of `entries`, lies below the log's folder."""
    digits = f"{place:03}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    *folders, last = (digits[at : at + 3] for at in range(0, len(digits), 3))
    path = "/".join((f"tile/{kind}", *(f"x{one}" for one in folders), last))
    return path if width == WIDTH else f"{path}.p/{width}"


def widths(size: int) -> Iterator[tuple[int, int]]:
    """Yield (level, hashes) of each level that a tree of `size` entries has."""
    level = 0
    while hashes := size >> HEIGHT * level:
        yield level, hashes
        level += 1


def pack_entries(entries: Sequence[bytes]) -> bytes:
    """Return a bundle of entries.

    Raises:
        LogError: one of them is too long.
    """
    for entry in entries:
        if len(entry) > MOST_ENTRY_BYTES:
            raise LogError(f"an entry of {len(entry)} bytes is too long", mend=f"at most {MOST_ENTRY_BYTES} bytes")
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES, "big") + entry for entry in entries)


def unpack_entries(bundle: bytes) -> list[bytes]:
    """Return the entries of a bundle.

    Raises:
        LogError: it ends inside of one.
    """
    entries, at = [], 0
    while at < len(bundle):
        begin = at + _LENGTH_BYTES
        at = begin + int.from_bytes(bundle[at:begin], "big")
        if at > len(bundle):
            raise LogError("a bundle ends inside of an entry")
        entries.append(bundle[begin:at])
    return entries


def joined(hashes: Sequence[bytes]) -> bytes:
    """Return the hash of a complete subtree, given those of its 1, 2, 4 ... parts."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes), 2)]
    return hashes[0]


class Tiles:
    """The tiles of a log of `size` entries in `folder`. `node` is what proofs are made of."""

    def __init__(self, folder: Path, size: int) -> None:
        self.size = size
        self._folder = folder
        self._tile: Any = lru_cache(maxsize=_CACHED)(self.tile)

    def node(self, level: int, place: int) -> bytes:
        """Return the hash of a complete subtree.

        Raises:
            LogError: a tile is missing or cut short.
        """
        tile_level, above = divmod(level, HEIGHT)
        tile, at = divmod(place << above, WIDTH)
        return joined(self._tile(tile_level, tile)[at : at + (1 << above)])

    def tile(self, level: int, place: int) -> list[bytes]:
        """Return the hashes of a tile, as many as there are at this size."""
        width = self._width(level, place)
        content = self._read(level, place, width, width * HASH_BYTES)
        return [content[at : at + HASH_BYTES] for at in range(0, width * HASH_BYTES, HASH_BYTES)]

    def entries(self, place: int) -> list[bytes]:
        """Return the entries of a bundle, as many as there are at this size."""
        width = self._width(0, place)
        found = unpack_entries(self._read("entries", place, width))[:width]
        if len(found) < width:
            raise LogError(f"{self._folder / tile_path('entries', place, width)} is cut short")
        return found

    def _width(self, level: int, place: int) -> int:
        width = min((self.size >> HEIGHT * level) - place * WIDTH, WIDTH)
        if width <= 0:
            raise LogError(f"a log of {self.size} entries has no tile {place} at level {level}")
        return width

    def _read(self, kind: int | str, place: int, width: int, size: int = 0) -> bytes:
        """Read a tile; a narrower one may have gone, once it was full."""
        for path in dict.fromkeys(self._folder / tile_path(kind, place, one) for one in (width, WIDTH)):
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                continue
            if len(content) < size:
                raise LogError(f"{path} is cut short", mend="restore the log from a copy")
            return content
        path = self._folder / tile_path(kind, place, width)
        raise LogError(f"there is no {path}", mend="restore the log from a copy")
