from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.errors import LogError
from licet.transparency import SetHead, SortedSet
from licet.transparency.membership import digest_of_all
from licet.transparency.merkle import EMPTY, inclusion_proof

if TYPE_CHECKING:
    from pathlib import Path

SALT = bytes(range(32))
names = st.text(max_size=6)


def said(name: str) -> bytes:
    """Return the digest of what is said of a name."""
    return sha256(b"said of " + name.encode("utf-8", "surrogatepass")).digest()


def made(folder: Path, members: set[str]) -> SortedSet:
    """Make a set."""
    return SortedSet.build(folder / "set", [(name, said(name)) for name in members], SALT)


@pytest.mark.untraced
@given(members=st.sets(names, max_size=40), others=st.sets(names, max_size=10))
def test_every_name_is_proved_in_or_out(
    tmp_path_factory: pytest.TempPathFactory, members: set[str], others: set[str]
) -> None:
    """With its digest if it is in; by its neighbours if it is not. Nothing else of the set is in the proof."""
    folder = tmp_path_factory.mktemp("set")
    held = made(folder, members)
    head = SetHead(held.head.size, SALT, held.head.root)
    assert head == SortedSet(folder / "set").head
    for name in members | others:
        proof = held.prove(name)
        assert head.digest_of(name, proof) == (said(name) if name in members else None)
        assert len(proof) <= (1 if name in members else 2)


@pytest.mark.untraced
@given(members=st.sets(names, min_size=1, max_size=20), data=st.data())
def test_no_member_is_proved_absent(
    tmp_path_factory: pytest.TempPathFactory, members: set[str], data: st.DataObject
) -> None:
    """Whatever entries of the set a liar chooses to show."""
    held = made(tmp_path_factory.mktemp("set"), members)
    name = data.draw(st.sampled_from(sorted(members)))
    own = held.prove(name)[0].place
    places = data.draw(st.lists(st.integers(0, len(members) - 1), max_size=3))
    proof = tuple(held._neighbour(place) for place in places)
    if places == [own]:
        assert held.head.digest_of(name, proof) == said(name)
    else:
        with pytest.raises(LogError):
            held.head.digest_of(name, proof)


@pytest.mark.untraced
@given(members=st.sets(names, min_size=2, max_size=20), data=st.data())
def test_no_changed_bit_is_proved(
    tmp_path_factory: pytest.TempPathFactory, members: set[str], data: st.DataObject
) -> None:
    """Of an entry, of its way, of its place, of the root."""
    held = made(tmp_path_factory.mktemp("set"), members)
    name = data.draw(st.sampled_from(sorted(members)) | names)
    one, *more = held.prove(name)
    at, bit = data.draw(st.integers(0, 63)), 1 << data.draw(st.integers(0, 7))
    entry = one.entry[:at] + bytes([one.entry[at] ^ bit]) + one.entry[at + 1 :]
    step = data.draw(st.integers(0, len(one.proof) - 1))
    way = (*one.proof[:step], bytes([one.proof[step][0] ^ bit]) + one.proof[step][1:], *one.proof[step + 1 :])
    for bad in (replace(one, entry=entry), replace(one, proof=way), replace(one, place=one.place + 1)):
        with pytest.raises(LogError):
            held.head.digest_of(name, (bad, *more))
    root = bytes([held.head.root[0] ^ bit]) + held.head.root[1:]
    with pytest.raises(LogError):
        replace(held.head, root=root).digest_of(name, (one, *more))


def test_entries_on_one_side_of_a_name_are_not_its_neighbours(tmp_path: Path) -> None:
    """Two that stand before it prove nothing of it, nor does one with others after it."""
    held = made(tmp_path, {"a", "b", "c"})
    last = max("abc", key=held.head.key)
    with pytest.raises(LogError, match="not the neighbours"):
        held.head.digest_of(last, (held._neighbour(0), held._neighbour(1)))
    with pytest.raises(LogError, match="room for the name"):
        held.head.digest_of(last, (held._neighbour(0),))


def test_an_empty_set_holds_nothing(tmp_path: Path) -> None:
    """And proves so."""
    held = made(tmp_path, set())
    assert held.head.root == EMPTY
    assert held.prove("a") == ()
    assert held.head.digest_of("a", ()) is None


def test_an_entry_of_another_length_is_no_entry(tmp_path: Path) -> None:
    """The hash of a node is no entry, though it would check."""
    held = made(tmp_path, {"a", "b"})
    (one,) = held.prove("a")
    with pytest.raises(LogError, match="not in the set"):
        held.head.digest_of("a", (replace(one, entry=one.entry[:32]),))
    assert inclusion_proof(one.place, 2, held._node) == list(one.proof)


def test_what_is_said_of_a_name_that_comes_twice(tmp_path: Path) -> None:
    """Is the digest of both, in whatever order they came."""
    both = [("a", said("a")), ("b", said("b")), ("a", said("c"))]
    for named in (both, both[::-1]):
        held = SortedSet.build(tmp_path / "set", named, SALT)
        assert held.head.size == 2
        expected = sha256(b"".join(sorted((said("a"), said("c"))))).digest()
        assert held.head.digest_of("a", held.prove("a")) == expected == digest_of_all((said("c"), said("a")))
    assert [path.name for path in tmp_path.iterdir()] == ["set"]


def test_a_set_of_more_hashes_than_are_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is the same set."""
    members = {str(number) for number in range(37)}
    whole = made(tmp_path, members).path.read_bytes()
    monkeypatch.setattr("licet.transparency.membership._AT_ONCE", 4)
    assert made(tmp_path, members).path.read_bytes() == whole


def test_a_set_that_was_cut_short_is_refused(tmp_path: Path) -> None:
    """Wherever it was cut."""
    made(tmp_path, {"a", "b", "c"})
    content = (tmp_path / "set").read_bytes()
    for length in range(len(content)):
        (tmp_path / "set").write_bytes(content[:length])
        with pytest.raises(LogError, match="cut short"):
            SortedSet(tmp_path / "set")


def test_another_salt_is_another_set(tmp_path: Path) -> None:
    """Two sets of the same names have no hash in common."""
    first = SortedSet.build(tmp_path / "one", [("a", said("a"))], SALT)
    second = SortedSet.build(tmp_path / "two", [("a", said("a"))], bytes(32))
    assert first.head.root != second.head.root
    assert first.head.key("a") != second.head.key("a")
