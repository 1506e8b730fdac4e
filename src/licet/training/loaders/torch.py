"""PyTorch: data sets by number and in a stream, and a sampler that goes on where a training was interrupted.

- `GatedAudio` decodes the very bytes that the gate hands over. Nothing can come between.
- `GatedDataset` stands around a data set that there is, and that opens files, or keeps tensors, by itself.
- `GatedSampler` says which rank takes what, and `GatedStream` which worker does; see `dealing`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeVar

import torch.utils.data

from licet.errors import UsageError
from licet.training.loaders.dealing import Turns, of_worker
from licet.training.loaders.listed import Listed, Placed, names_of, places_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from licet.training.gate import Gate
    from licet.training.loaders.listed import Name
    from licet.training.passes import Admitted

T = TypeVar("T")


class GatedAudio(Listed[T], torch.utils.data.Dataset[T]):  # type: ignore[misc,unused-ignore]  # torch is an extra: perhaps untyped
    """What passes a gate, decoded from the bytes that it hands over."""

    def __init__(self, gate: Gate, decode: Callable[[bytes, Admitted], T]) -> None:
        """Make a data set of all that passes.

        Args:
            gate: what it passes.
            decode: makes a sample of a file's bytes and what the manifest says of it.
        """
        self.gate, self._decode = gate, decode

    def __len__(self) -> int:
        """How many items pass in this epoch; before the first, how many would in it."""
        return len(self.gate)

    def entries(self) -> NDArray[np.int64]:
        """Return the places of the items that pass in this epoch, ascending."""
        return self.gate.admitted()

    def sample(self, entry: int) -> tuple[T] | None:
        """Return the sample of the item at a place, in a tuple; None if it does not pass."""
        content = self.gate.read(entry)
        return None if content is None else (self._decode(content, self.gate.item(entry)),)


class GatedDataset(Placed[T], torch.utils.data.Dataset[T]):  # type: ignore[misc,unused-ignore]  # torch is an extra: perhaps untyped
    """What passes a gate of a data set that there is."""

    def __init__(
        self,
        gate: Gate,
        dataset: Any,  # noqa: ANN401  (PyTorch asks for __getitem__ and __len__ alone)
        item: Callable[[int], Name] | Sequence[Name],
        *,
        decode: Callable[[bytes, int], T] | None = None,
        cached: bool = False,
    ) -> None:
        """Wrap a data set.

        Args:
            gate: what it passes.
            dataset: has `__getitem__` and `__len__`. Without `decode` it opens its files by itself: each is compared
                with the manifest before, and must be untouched after (`Gate.watch` says what that is worth).
            item: the name of the item that each index is, or a path to it. Several indices may be of one item.
            decode: makes a sample of the bytes that the gate hands over, and the index. The data set is not asked then,
                and no other file can come between: do this wherever it can be done.
            cached: the data set keeps what was made of an item before, features or tensors, and opens no file of it. It
                passes by its name.

        Raises:
            UsageError: both of them.
        """
        if cached and decode is not None:
            raise UsageError("what is cached is not decoded", mend="give decode, or cached=True")
        super().__init__(gate, lambda: places_of(gate, names_of(item, len(dataset))))
        self._dataset, self._decode, self._cached = dataset, decode, cached

    def sample(self, entry: int) -> tuple[T] | None:
        """Return what the data set has at an index of its own, in a tuple; None if it does not pass."""
        place = int(self.places[entry])
        if self._cached:
            return (self._dataset[entry],) if self.gate.admit(place) else None
        if self._decode is None:
            return self.gate.watch(place, lambda: self._dataset[entry])
        content = self.gate.read(place)
        return None if content is None else (self._decode(content, entry),)


class GatedSampler(torch.utils.data.Sampler[int]):  # type: ignore[misc,unused-ignore]  # torch is an extra: perhaps untyped
    """Which entries one rank takes in an epoch, shuffled anew in each; it goes on where it was interrupted."""

    def __init__(
        self, dataset: Listed[Any], *, seed: int | None = 0, rank: int | None = None, ranks: int | None = None
    ) -> None:
        """Sample a gated data set.

        Args:
            dataset: one of Licet's.
            seed: of the shuffling, with the epoch; None keeps the order of the data set.
            rank: of this process; that of `torch.distributed` if it is set up, else 0.
            ranks: how many there are; likewise, else 1.

        Raises:
            UsageError: there is no such rank.
        """
        self._gate = dataset.gate
        self._turns = Turns(dataset, seed, *_ranked(rank, ranks))
        self._taken = (0, 0)  # in an epoch, of entries

    def __len__(self) -> int:
        return len(self._turns)

    def __iter__(self) -> Iterator[int]:
        epoch = self._gate.epoch
        self._taken = (epoch, 0)
        for count, index in enumerate(self._turns.mine(), 1):
            self._taken = (epoch, count)
            yield int(index)

    def state_dict(self, taken: int | None = None) -> dict[str, Any]:
        """Return how far the epoch is.

        Args:
            taken: how many samples this rank has trained on since the epoch began, or was gone on with. Without it,
                those that this sampler has named: of which workers may have read some that training has not seen.
        """
        epoch, named = self._taken
        return self._turns.state(taken if taken is not None else named if epoch == self._gate.epoch else 0)

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from there, once that epoch is begun again: with any number of ranks and workers.

        Raises:
            UsageError: it was shuffled otherwise.
        """
        self._turns.resume(state)


class GatedStream(torch.utils.data.IterableDataset[T]):  # type: ignore[misc,unused-ignore]  # torch is an extra: perhaps untyped
    """A gated data set as a stream, which ranks and workers share; it goes on where it was interrupted."""

    def __init__(
        self,
        dataset: Listed[T],
        *,
        batch_size: int = 1,
        seed: int | None = 0,
        rank: int | None = None,
        ranks: int | None = None,
    ) -> None:
        """Stream a gated data set.

        Args:
            dataset: one of Licet's.
            batch_size: that of the `DataLoader`: then any number of workers yields the batches that one does.
            seed: of the shuffling, with the epoch; None keeps the order of the data set.
            rank: of this process; that of `torch.distributed` if it is set up, else 0.
            ranks: how many there are; likewise, else 1.

        Raises:
            UsageError: there is no such rank.
        """
        self._dataset, self._batch_size = dataset, batch_size
        self._turns = Turns(dataset, seed, *_ranked(rank, ranks))
        self._taken = (0, 0)  # in an epoch, of this worker's entries
        self._skip = (0, 0, 0)  # in an epoch, of so many of this worker's entries, the first ones

    def __len__(self) -> int:
        return len(self._turns)

    def __iter__(self) -> Iterator[T]:
        epoch = self._dataset.gate.epoch
        mine = of_worker(self._turns.mine(), *_worker(), self._batch_size)
        skip = self._skip[2] if self._skip[:2] == (epoch, len(mine)) else 0  # more or fewer pass: they are dealt anew
        self._taken = (epoch, skip)
        for count, index in enumerate(mine[skip:], skip + 1):
            self._taken = (epoch, count)
            yield self._dataset[int(index)]

    def state_dict(self, taken: int | None = None) -> dict[str, Any]:
        """Return how far the epoch is.

        In a worker it is how far that worker is, for loaders that ask each of them; it is for the same number of them.

        Args:
            taken: how many samples this rank has trained on since the epoch began, or was gone on with. Without it,
                those that were yielded in this process: none, where there are workers.
        """
        epoch, yielded = self._taken
        yielded = yielded if epoch == self._dataset.gate.epoch else 0
        if torch.utils.data.get_worker_info() is None:
            return self._turns.state(yielded if taken is None else taken)
        mine = of_worker(self._turns.mine(), *_worker(), self._batch_size)
        return self._turns.state(0) | {"of": len(mine), "skip": yielded}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from there, once that epoch is begun again; before the first worker starts.

        Raises:
            UsageError: it was shuffled otherwise.
        """
        self._turns.resume(state)
        self._skip = (state["epoch"], state.get("of", 0), state.get("skip", 0))


def _ranked(rank: int | None, ranks: int | None) -> tuple[int, int]:
    """Return which rank this is, and of how many."""
    distributed = sys.modules.get("torch.distributed")
    if distributed is None or not distributed.is_available() or not distributed.is_initialized():
        return rank or 0, ranks or 1
    return (
        distributed.get_rank() if rank is None else rank,
        distributed.get_world_size() if ranks is None else ranks,
    )


def _worker() -> tuple[int, int]:
    """Return which worker this is, and of how many."""
    info = torch.utils.data.get_worker_info()
    return (0, 1) if info is None else (info.id, info.num_workers)
