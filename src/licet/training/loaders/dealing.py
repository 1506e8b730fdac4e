"""Deal the entries of a data set to ranks and workers, in an order that outlives an interruption.

1. In an epoch every entry has a key, which follows from the seed, the epoch and the entry's number alone. What passes
   is taken in the order of the keys. So what a revocation takes away leaves the order of the rest as it was.
2. Ranks take turns: of three, the first takes the 1st, the 4th, the 7th. All take as many; where that does not come out
   even, some take an entry that another one takes too.
3. The workers of a rank take turns by batches, in the order in which PyTorch's `DataLoader` asks them: the batches are
   those of one worker, whatever their number.
4. An interrupted epoch is told by the key of the first entry that was not taken, and goes on with any number of ranks
   and workers: what passes of the entries with that key or a higher one is dealt anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from licet.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from licet.training.gate import Gate

END = 1 << 64  # no key is as high


class Entries(Protocol):
    """A data set that knows which of its entries pass."""

    gate: Gate

    def __len__(self) -> int:
        """How many entries pass in this epoch."""

    def entries(self) -> NDArray[np.int64]:
        """Return the numbers of the entries that pass in this epoch, ascending."""


class Order(NamedTuple):
    """What is still to be taken in an epoch, in its order."""

    indices: NDArray[np.int64]  # into the entries that pass
    keys: NDArray[np.uint64]  # ascending


def in_order(entries: NDArray[np.int64], epoch: int, seed: int | None, since: int = 0) -> Order:
    """Return the order of the entries that pass, from a key on (step 1).

    Args:
        entries: [shape=(n,)], int64: their numbers, ascending.
        epoch: whose order it is.
        seed: of the shuffling; None leaves them as they are.
        since: the lowest key that is taken, 0 to `END`.
    """
    if not len(entries) or since >= END:
        return Order(np.zeros(0, np.int64), np.zeros(0, np.uint64))
    keys = entries.astype(np.uint64) if seed is None else _keys(int(entries[-1]) + 1, epoch, seed)[entries]
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    first = int(np.searchsorted(keys, np.uint64(since)))
    return Order(order[first:], keys[first:])


def share(indices: NDArray[np.int64], rank: int, ranks: int) -> NDArray[np.int64]:
    """Return what one of several ranks takes (step 2)."""
    turns = -(-len(indices) // ranks)
    return indices[(rank + ranks * np.arange(turns)) % max(1, len(indices))]


def of_worker(indices: NDArray[np.int64], worker: int, workers: int, batch_size: int) -> NDArray[np.int64]:
    """Return what one of a rank's workers takes (step 3)."""
    mine: NDArray[np.bool_] = np.arange(len(indices)) // batch_size % workers == worker
    return indices[mine]


class Turns:
    """Whose turn it is to take which entry of a data set, in the epoch that is under way at its gate."""

    def __init__(self, dataset: Entries, seed: int | None, rank: int, ranks: int) -> None:
        """Deal to one rank.

        Raises:
            UsageError: there is no such rank.
        """
        if not 0 <= rank < ranks:
            raise UsageError(f"there is no rank {rank} of {ranks}", mend="they are counted from 0")
        self._dataset, self._seed, self._rank, self._ranks = dataset, seed, rank, ranks
        self._since = (0, 0)  # an epoch, and the key of the first entry to be taken in it
        self._dealt: tuple[object, tuple[int, int], Order] | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Travel without the order: who needs it deals again."""
        return self.__dict__ | {"_dealt": None}

    def since(self) -> int:
        """Return the key from which on the epoch that is under way is dealt."""
        epoch, key = self._since
        return key if epoch == self._dataset.gate.epoch else 0

    def mine(self) -> NDArray[np.int64]:
        """Return what this rank takes in the epoch that is under way: indices into the entries that pass."""
        return share(self._order().indices, self._rank, self._ranks)

    def __len__(self) -> int:
        rest = len(self._order().indices) if self._since[1] and self.since() else len(self._dataset)
        return (rest + self._ranks - 1) // self._ranks

    def state(self, taken: int) -> dict[str, Any]:
        """Return how far the epoch is, once each rank has taken so many entries (step 4)."""
        keys = self._order().keys
        at = taken * self._ranks
        since = int(keys[at]) if at < len(keys) else END
        return {"epoch": self._dataset.gate.epoch, "seed": self._seed, "since": since}

    def resume(self, state: Mapping[str, Any]) -> None:
        """Go on from where a training was interrupted.

        Raises:
            UsageError: it was in another order.
        """
        if state["seed"] != self._seed:
            raise UsageError(f"the interrupted epoch had the seed {state['seed']}, and this has {self._seed}")
        self._since = (state["epoch"], state["since"])

    def _order(self) -> Order:
        entries, epoch = self._dataset.entries(), (self._dataset.gate.epoch, self.since())
        if self._dealt is None or self._dealt[0] is not entries or self._dealt[1] != epoch:
            self._dealt = (entries, epoch, in_order(entries, epoch[0], self._seed, epoch[1]))
        return self._dealt[2]


def _keys(count: int, epoch: int, seed: int) -> NDArray[np.uint64]:
    """Return the keys of the first `count` entries; what they are does not depend on how many are asked for."""
    bits = np.random.PCG64(np.random.SeedSequence([seed, epoch]))  # raw: NumPy keeps those the same for ever (NEP 19)
    return np.asarray(bits.random_raw(count), np.uint64)
