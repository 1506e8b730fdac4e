"""What is in a set, and what is not: proofs that show nothing else of it but two neighbours.

A set of names, each with the digest of what is said of it, is put in order of the names' salted hashes and made a
Merkle tree (RFC 9162, s. 2.1) of entries of 64 bytes: salted hash and digest.

- That a name *is* in it: its entry, and the entry's way to the root.
- That a name *is not*: the two entries side by side that its salted hash would lie between, or the one at the edge.

The salt is no secret of whoever checks: it must be known to compute a name's hash. Whoever knows it and has a proof can
tell whether a name that they guess is one of the two neighbours, and nothing of all others; who has no proof, nothing.
A fresh salt for each set keeps two sets from being compared.
"""

from __future__ import annotations

import os
import weakref
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import IO, TYPE_CHECKING, Self

from licet.errors import LogError
from licet.placing import placed
from licet.transparency import merkle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

SALT_BYTES = 32
_HALF = merkle.HASH_BYTES
_ENTRY = 2 * _HALF
_HEAD = 8 + SALT_BYTES  # how many names there are, and the salt
_SHARES = 256  # a share for each value of a hash's first byte
_SPOOLED = 1 << 16  # bytes of a share that are kept in memory: most sets are small
_AT_ONCE = 1 << 14  # hashes read at a time; even, so that no pair is parted


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An entry beside which a name is, or would be: its place, its 64 bytes, and its way to the root."""

    place: int
    entry: bytes
    proof: tuple[bytes, ...]

    @property
    def key(self) -> bytes:
        """The salted hash of its name."""
        return self.entry[:_HALF]

    @property
    def digest(self) -> bytes:
        """What is said of it, as a SHA-256."""
        return self.entry[_HALF:]


@dataclass(frozen=True, slots=True)
class SetHead:
    """What a set is known by: how many names it has, its salt and its root. It is what goes into a log."""

    size: int
    salt: bytes
    root: bytes

    def key(self, name: str) -> bytes:
        """Return the salted hash of a name."""
        return sha256(self.salt + name.encode("utf-8", "surrogatepass")).digest()

    def digest_of(self, name: str, proof: tuple[Neighbour, ...]) -> bytes | None:
        """Check a proof about a name: return the digest of what is said of it, or None where it is proved to be absent.

        Raises:
            LogError: the proof shows neither. The message says why.
        """
        key = self.key(name)
        for one in proof:
            leaf = merkle.leaf_hash(one.entry)
            if len(one.entry) != _ENTRY or not merkle.included(leaf, one.place, self.size, one.proof, self.root):
                raise LogError(f"the entry at {one.place} is not in the set")
        if len(proof) == 1 and proof[0].key == key:
            return proof[0].digest
        lower = [one for one in proof if one.key < key]
        upper = [one for one in proof if one.key > key]
        if len(lower) > 1 or len(upper) > 1 or len(lower) + len(upper) != len(proof):
            raise LogError("these entries are not the neighbours of the name")
        after = lower[0].place + 1 if lower else 0
        before = upper[0].place if upper else self.size
        if after != before:
            raise LogError("between these entries there is room for the name")
        return None


class SortedSet:
    """A set on disk, in one file: its head, its entries in order, and the hashes above them, level by level."""

    def __init__(self, path: Path) -> None:
        """Open the set at `path`. Reads its head and its root, whatever its size.

        Raises:
            LogError: it is none, or it was cut short.
        """
        self.path = path
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._file)
        start = self._read(0, _HEAD)
        size = int.from_bytes(start[:8], "big")
        self._levels = _levels(size)
        if len(start) < _HEAD or path.stat().st_size != self._levels[-1]:
            raise LogError(f"{path} is no set, or was cut short", mend="make it again")
        self.head = SetHead(size, start[8:], merkle.root(size, self._node))

    @classmethod
    def build(cls, path: Path, named: Iterable[tuple[str, bytes]], salt: bytes) -> Self:
        """Make a set of names with the SHA-256 of what is said of each, and open it.

        Of a name that comes several times, what is said is the SHA-256 of those digests, in order. Memory holds a
        small part of the set: salted hashes are even, so that they are dealt out by their first byte and each share is
        sorted by itself.
        """
        prefix = sha256(salt)
        with placed(path) as stream, ExitStack() as stack:
            shares = [stack.enter_context(SpooledTemporaryFile(_SPOOLED, dir=str(path.parent))) for _ in range(_SHARES)]
            for name, digest in named:
                key = prefix.copy()
                key.update(name.encode("utf-8", "surrogatepass"))
                entry = key.digest() + digest
                shares[entry[0]].write(entry)
            stream.write(bytes(8) + salt)
            size = 0
            hashes: IO[bytes] = stack.enter_context(TemporaryFile(dir=path.parent))
            for share in shares:
                for entry in _in_order(share):
                    stream.write(entry)
                    hashes.write(merkle.leaf_hash(entry))
                    size += 1
            while size_here := hashes.tell() // _HALF:
                hashes = _raised(hashes, size_here, stream, stack.enter_context(TemporaryFile(dir=path.parent)))
            stream.seek(0)
            stream.write(size.to_bytes(8, "big"))
        return cls(path)

    def digest_of(self, name: str) -> bytes | None:
        """Return the digest of what is said of a name, or None where it is not in the set; nothing is proved."""
        first, found = self._place_of(self.head.key(name))
        return self._entry(first)[_HALF:] if found else None

    def prove(self, name: str) -> tuple[Neighbour, ...]:
        """Prove that a name is in the set, with one entry, or that it is not, with one or two; none if it is empty."""
        first, found = self._place_of(self.head.key(name))
        if found:
            return (self._neighbour(first),)
        return tuple(self._neighbour(place) for place in (first - 1, first) if 0 <= place < self.head.size)

    def _place_of(self, key: bytes) -> tuple[int, bool]:
        """Return where a key is or would be, and whether it is."""
        first, last = 0, self.head.size
        while first < last:
            middle = (first + last) // 2
            if self._entry(middle)[:_HALF] < key:
                first = middle + 1
            else:
                last = middle
        return first, first < self.head.size and self._entry(first)[:_HALF] == key

    def _neighbour(self, place: int) -> Neighbour:
        proof = merkle.inclusion_proof(place, self.head.size, self._node)
        return Neighbour(place, self._entry(place), tuple(proof))

    def _entry(self, place: int) -> bytes:
        return self._read(_HEAD + place * _ENTRY, _ENTRY)

    def _node(self, level: int, place: int) -> bytes:
        return self._read(self._levels[level] + place * merkle.HASH_BYTES, merkle.HASH_BYTES)

    def _read(self, at: int, size: int) -> bytes:
        return os.pread(self._file, size, at)


def digest_of_all(digests: Iterable[bytes]) -> bytes:
    """Return what is said of a name of which several things are said: the SHA-256 of their digests, in order."""
    several = sorted(digests)
    return several[0] if len(several) == 1 else sha256(b"".join(several)).digest()


def _in_order(share: IO[bytes]) -> Iterator[bytes]:
    """Yield the entries of one share by name, each name once."""
    share.seek(0)
    content = share.read()
    entries = sorted(content[at : at + _ENTRY] for at in range(0, len(content), _ENTRY))
    for key, same in groupby(entries, key=lambda entry: entry[:_HALF]):
        yield key + digest_of_all(entry[_HALF:] for entry in same)


def _raised(hashes: IO[bytes], count: int, stream: IO[bytes], above: IO[bytes]) -> IO[bytes]:
    """Append one level of hashes to `stream`, and write the level above it to `above`."""
    hashes.seek(0)
    for _ in range(0, count, _AT_ONCE):
        part = hashes.read(_AT_ONCE * _HALF)
        stream.write(part)
        for at in range(0, len(part) - _HALF, _ENTRY):
            above.write(merkle.node_hash(part[at : at + _HALF], part[at + _HALF : at + _ENTRY]))
    return above


def _levels(size: int) -> list[int]:
    """Return where the hashes of each level begin, and where the last one ends, in a file of so many entries."""
    begins = [_HEAD + size * _ENTRY]
    while size:
        begins.append(begins[-1] + size * merkle.HASH_BYTES)
        size >>= 1
    return begins
