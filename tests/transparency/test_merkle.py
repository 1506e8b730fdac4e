from __future__ import annotations

from functools import cache
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.transparency import consistent, included, leaf_hash
from licet.transparency.merkle import EMPTY, consistency_proof, inclusion_proof, root

LARGEST = 300
LEAVES = [leaf_hash(bytes([number % 251, number // 251])) for number in range(LARGEST)]

# Roots of the first 1 to 8 of these entries: the test data of Google's Certificate Transparency.
KNOWN_ENTRIES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
KNOWN_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


@cache
def mth(first: int, last: int) -> bytes:
    """RFC 9162, 2.1.1, as it is worded."""
    if last - first == 1:
        return LEAVES[first]
    k = 1
    while k * 2 < last - first:
        k *= 2
    return sha256(b"\x01" + mth(first, first + k) + mth(first + k, last)).digest()


def node(level: int, place: int) -> bytes:
    """Return the hash of a complete subtree."""
    return mth(place << level, (place + 1) << level)


def path(m: int, first: int, last: int) -> list[bytes]:
    """RFC 9162, 2.1.3.1, as it is worded."""
    if last - first == 1:
        return []
    k = 1
    while k * 2 < last - first:
        k *= 2
    if m < k:
        return [*path(m, first, first + k), mth(first + k, last)]
    return [*path(m - k, first + k, last), mth(first, first + k)]


def subproof(m: int, first: int, last: int, *, whole: bool) -> list[bytes]:
    """RFC 9162, 2.1.4.1, as it is worded."""
    if m == last - first:
        return [] if whole else [mth(first, last)]
    k = 1
    while k * 2 < last - first:
        k *= 2
    if m <= k:
        return [*subproof(m, first, first + k, whole=whole), mth(first + k, last)]
    return [*subproof(m - k, first + k, last, whole=False), mth(first, first + k)]


def test_known_roots() -> None:
    """Those that others have published."""
    leaves = [leaf_hash(bytes.fromhex(entry)) for entry in KNOWN_ENTRIES]

    def known(level: int, place: int) -> bytes:
        if level == 0:
            return leaves[place]
        return sha256(b"\x01" + known(level - 1, 2 * place) + known(level - 1, 2 * place + 1)).digest()

    assert root(0, known) == EMPTY == sha256().digest()
    assert [root(size, known).hex() for size in range(1, 9)] == list(KNOWN_ROOTS)


@pytest.mark.untraced
def test_every_leaf_of_every_size_is_proved() -> None:
    """By the proof that the specification words, and it checks."""
    for size in range(1, LARGEST + 1):
        head = root(size, node)
        assert head == mth(0, size)
        for place in range(size):
            proof = inclusion_proof(place, size, node)
            assert proof == path(place, 0, size)
            assert included(LEAVES[place], place, size, proof, head)


@pytest.mark.untraced
def test_every_pair_of_sizes_is_proved_consistent() -> None:
    """By the proof that the specification words, and it checks."""
    for size in range(1, LARGEST + 1):
        for before in range(1, size + 1):
            proof = consistency_proof(before, size, node)
            assert proof == subproof(before, 0, size, whole=True)
            assert consistent(before, size, mth(0, before), mth(0, size), proof)


def flipped(content: bytes, bit: int) -> bytes:
    """Return bytes with one bit changed."""
    changed = bytearray(content)
    changed[bit // 8 % len(content)] ^= 1 << bit % 8
    return bytes(changed)


@given(st.data())
def test_no_changed_bit_is_proved(data: st.DataObject) -> None:
    """Of the leaf, of the proof, of either root."""
    size = data.draw(st.integers(2, LARGEST))
    bit = data.draw(st.integers(0, 255))
    place, before = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size - 1))
    head, old = mth(0, size), mth(0, before)
    proof = inclusion_proof(place, size, node)
    which = data.draw(st.integers(0, len(proof) - 1))
    bad = [*proof[:which], flipped(proof[which], bit), *proof[which + 1 :]]
    assert not included(flipped(LEAVES[place], bit), place, size, proof, head)
    assert not included(LEAVES[place], place, size, bad, head)
    assert not included(LEAVES[place], place, size, proof, flipped(head, bit))
    proof = consistency_proof(before, size, node)
    which = data.draw(st.integers(0, len(proof) - 1))
    bad = [*proof[:which], flipped(proof[which], bit), *proof[which + 1 :]]
    assert not consistent(before, size, old, head, bad)
    assert not consistent(before, size, flipped(old, bit), head, proof)
    assert not consistent(before, size, old, flipped(head, bit), proof)


@given(st.data())
def test_no_proof_of_another_place_or_size_or_length_checks(data: st.DataObject) -> None:
    """Nor one that was cut, or drawn out."""
    size = data.draw(st.integers(1, LARGEST))
    place, before = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    proof, more = inclusion_proof(place, size, node), data.draw(st.sampled_from(LEAVES))
    for elsewhere in (place - 1, place + 1, place + size, -1):
        assert not included(LEAVES[place], elsewhere, size, proof, mth(0, size))
    assert not included(LEAVES[place], place, size, [*proof, more], mth(0, size))
    assert not proof or not included(LEAVES[place], place, size, proof[:-1], mth(0, size))
    proof = consistency_proof(before, size, node)
    assert not consistent(before, size, mth(0, before), mth(0, size), [*proof, more])
    assert not proof or not consistent(before, size, mth(0, before), mth(0, size), proof[:-1])
    assert not consistent(0, size, EMPTY, mth(0, size), proof)
    assert not consistent(3, 5, mth(0, 3), mth(0, 5), [])
    assert not consistent(size + 1, size, mth(0, size), mth(0, size), proof)


@pytest.mark.parametrize(("place", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_what_is_not_there_cannot_be_proved(place: int, size: int) -> None:
    """It is an error to ask."""
    with pytest.raises(ValueError, match="not among"):
        inclusion_proof(place, size, node)


@pytest.mark.parametrize(("before", "size"), [(0, 3), (4, 3)])
def test_what_is_no_beginning_cannot_be_proved(before: int, size: int) -> None:
    """It is an error to ask."""
    with pytest.raises(ValueError, match="cannot be consistent"):
        consistency_proof(before, size, node)
