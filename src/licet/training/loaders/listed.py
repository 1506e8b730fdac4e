"""A data set that is asked by number: which of its entries pass, and what stands in for one that does not.

1. It has as many entries as pass in the epoch that is under way, and more or fewer in the next.
2. An entry that turns out not to pass when it is read (its file was swapped, say) is replaced by the next one that
   does, so that batches keep their shape, and ranks stay in step. That next one is noted as read, which it is.
3. A number beyond the end counts on from the beginning: whoever asks may have counted before a revocation.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from licet.catalog import escape_path
from licet.errors import GateError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from licet.training.gate import Gate

T = TypeVar("T")
Name = str | os.PathLike[str]
NOWHERE = -1  # the place of what the manifest does not list


class Listed(ABC, Generic[T]):
    """A data set that yields what passes a gate, by number."""

    gate: Gate
    _of: object = None  # the entries that it is known of which do not pass after all
    _lost: frozenset[int] | set[int] = frozenset()  # and which

    def __getstate__(self) -> dict[str, Any]:
        """Travel without what was found out on the way."""
        return {name: value for name, value in self.__dict__.items() if name not in {"_of", "_lost"}}

    @abstractmethod
    def entries(self) -> NDArray[np.int64]:
        """Return the numbers of the entries that pass in this epoch, ascending."""

    @abstractmethod
    def sample(self, entry: int) -> tuple[T] | None:
        """Return what the data set yields for an entry, in a tuple; None if it does not pass after all."""

    def __len__(self) -> int:
        return len(self.entries())

    def __getitem__(self, index: int) -> T:
        """Return what passes at an index, or the next that does (steps 2 and 3).

        Raises:
            GateError: nothing passes, or the gate is shut.
        """
        entries = self.entries()
        if self._of is not entries:
            self._of, self._lost = entries, set()
        for at in range(index, index + len(entries)):
            entry = int(entries[at % len(entries)])
            found = None if entry in self._lost else self.sample(entry)
            if found is not None:
                return found[0]
            self._lost.add(entry)  # type: ignore[union-attr]  # made above
        raise GateError("nothing of this data set passes", mend="`licet run status` says what does not, and why")

    def __iter__(self) -> Iterator[T]:
        return (self[index] for index in range(len(self)))


class Placed(Listed[T]):
    """A data set of somebody else's, whose entries are items of a manifest, each told by its place."""

    def __init__(self, gate: Gate, places: Callable[[], NDArray[np.int64]]) -> None:
        """Wrap a data set.

        Args:
            gate: what it passes.
            places: tells the place of each entry, or `NOWHERE`; it is asked once, when an epoch is under way.
        """
        self.gate = gate
        self._ask: Callable[[], NDArray[np.int64]] | None = places
        self._admitted: NDArray[np.int64] | None = None  # what passed when `_entries` was made

    def __getstate__(self) -> dict[str, Any]:
        """Travel with the places, and not with what asks for them."""
        self.entries()
        return super().__getstate__() | {"_ask": None, "_admitted": None, "_entries": None}

    def entries(self) -> NDArray[np.int64]:
        """Return the numbers of the entries that pass in this epoch, ascending."""
        admitted = self.gate.admitted()
        if admitted is not self._admitted:
            if self._ask is not None:
                self.places, self._ask = self._ask(), None
            passes = np.zeros(max(self.places.max(initial=0), admitted.max(initial=0)) + 2, np.bool_)
            passes[admitted] = True  # and the last one, which is that of NOWHERE, does not
            self._entries, self._admitted = np.flatnonzero(passes[self.places]), admitted
        return self._entries


def places_of(gate: Gate, names: Iterable[Name]) -> NDArray[np.int64]:
    """Return the places of items by their names, or by paths to them. What is not listed is noted as dropped."""
    return np.fromiter((place_of(gate, name) for name in names), np.int64)


def place_of(gate: Gate, name: Name) -> int:
    """Return the place of an item by its name, or a path to it; `NOWHERE`, and it is noted, where it is not listed."""
    called = item_name(gate.root, name)
    place = gate.place_of(called)
    if place is None:
        gate.admit(None, called)
        return NOWHERE
    return place


def item_name(root: Path, name: Name) -> str:
    """Return the name of the item that a path leads to; a text that is no absolute path is one already."""
    if isinstance(name, str) and not name.startswith(os.sep):
        return name
    path = Path(os.path.realpath(Path(name).parent)) / Path(name).name  # the file itself may be a link in the corpus
    return escape_path(os.fsencode(path.relative_to(root) if path.is_relative_to(root) else path))


def names_of(item: Callable[[int], Name] | Sequence[Name], count: int) -> Iterator[Name]:
    """Yield the names of `count` entries.

    Raises:
        UsageError: there are more or fewer names.
    """
    if callable(item):
        return map(item, range(count))
    if len(item) != count:
        raise UsageError(f"{len(item):,} names for a data set of {count:,} entries", mend="one for each, in its order")
    return iter(item)
