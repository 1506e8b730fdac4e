"""Merkle trees: one hash that stands for any number of entries, and short proofs of what is among them.

Numbers are sections of RFC 9162 (December 2021), which defines the tree as RFC 6962 did. A tree is asked through
`Node`: the hash of a *complete* subtree, by its level (0 for a leaf) and its place from the left. Every proof is made
of such hashes and of a few nodes at the right edge that join them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

HASH_BYTES = 32
EMPTY = sha256(b"").digest()
"""The root of a tree without entries (2.1.1)."""

Node = Callable[[int, int], bytes]
"""(level, place) -> the hash of the entries from `place << level` up to `(place + 1) << level`."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of one entry (2.1.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees (2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


def root(size: int, node: Node) -> bytes:
    """Return the root of the first `size` entries (2.1.1)."""
    return _span(0, size, node) if size else EMPTY


def inclusion_proof(place: int, size: int, node: Node) -> list[bytes]:
    """Return the proof that an entry is among the first `size` (2.1.3.1), from the leaf upwards.

    Raises:
        ValueError: there is no such entry among them.
    """
    if not 0 <= place < size:
        raise ValueError(f"entry {place} is not among {size}")
    return [_span(*span, node) for span in reversed(list(_aside(place, size)))]


def consistency_proof(before: int, size: int, node: Node) -> list[bytes]:
    """Return the proof that the first `before` of `size` entries are what they were (2.1.4.1).

    Raises:
        ValueError: `before` is 0 or more than `size`.
    """
    if not 0 < before <= size:
        raise ValueError(f"a tree of {size} entries cannot be consistent with one of {before}")
    first, last, proof = 0, size, []
    while before != last - first:
        split = _split(last - first)
        if before <= split:
            proof.append(_span(first + split, last, node))
            last = first + split
        else:
            proof.append(_span(first, first + split, node))
            first, before = first + split, before - split
    if first:
        proof.append(_span(first, last, node))
    return proof[::-1]


def included(leaf: bytes, place: int, size: int, proof: Sequence[bytes], root_hash: bytes) -> bool:
    """Check the proof that a leaf's hash is at `place` under the root of `size` entries (2.1.3.2)."""
    if not 0 <= place < size:
        return False
    at, last, known = place, size - 1, leaf
    for other in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            known = node_hash(other, known)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            known = node_hash(known, other)
        at, last = at >> 1, last >> 1
    return last == 0 and known == root_hash


def consistent(before: int, size: int, root_before: bytes, root_hash: bytes, proof: Sequence[bytes]) -> bool:
    """Check the proof that a tree of `size` entries begins with one of `before` (2.1.4.2)."""
    if before == size:
        return not proof and root_before == root_hash
    if not 0 < before < size:
        return False
    path = list(proof) if before & (before - 1) else [root_before, *proof]
    if not path:
        return False
    at, last = before - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(other, old), node_hash(other, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, other)
        at, last = at >> 1, last >> 1
    return last == 0 and old == root_before and new == root_hash


def _split(size: int) -> int:
    """Return the largest power of two below `size` (2.1.1)."""
    return 1 << (size - 1).bit_length() - 1


def _span(first: int, last: int, node: Node) -> bytes:
    """Return the hash of the entries from `first` up to `last`: complete subtrees, joined from the right."""
    found = [node(*subtree) for subtree in _subtrees(first, last)]
    known = found.pop()
    while found:
        known = node_hash(found.pop(), known)
    return known


def _subtrees(first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield (level, place) of the complete subtrees that a span of a tree is made of, from the left.

    Only spans that are subtrees of some tree are asked for: those begin at a multiple of their greatest power of two.
    """
    while first < last:
        level = (last - first).bit_length() - 1
        yield level, first >> level
        first += 1 << level


def _aside(place: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield the spans beside the way from the root down to an entry."""
    first, last = 0, size
    while last - first > 1:
        middle = first + _split(last - first)
        if place < middle:
            yield middle, last
            last = middle
        else:
            yield first, middle
            first = middle
