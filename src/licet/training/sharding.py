"""Shares of a corpus, so that what must be forgotten touches one model of several (SISA).

Bourtoule et al., "Machine Unlearning", IEEE S&P 2021: the items are dealt to shards, each of which trains a model of
its own, and a shard's items to slices, which it is trained on one after the other, with a checkpoint after each. The
models of all shards are joined. To forget an item, its shard alone is trained again, from the checkpoint before its
slice on.

Here each of those trainings is a run: its base is the checkpoint before it, and that of the joined model are the
shards' last ones. What a run read is on record, so that what must be trained again follows from the runs alone.

An item's shard and slice follow from a salt and the recording in it, so that copies of one recording fall together. An
item in which several recordings were found goes by the first of their names in the order of text: items that share that
one are kept together, and such as share another one of them are not. One in which nothing was found goes by its bytes,
and where those are not known by its name.

What an item goes by is what the manifest says that its run was started over. In another manifest, which finds another
recording in it, it may fall into another share.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from licet.errors import UsageError

if TYPE_CHECKING:
    from licet.training.passes import Admitted

MOST_SHARDS = MOST_SLICES = 4096


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """One shard of a corpus, up to and with one of its slices; both are counted from 0."""

    shards: int
    shard: int
    slices: int = 1
    slice: int = 0
    salt: str = ""

    def __post_init__(self) -> None:
        """Refuse a share that there is not."""
        if not (0 < self.shards <= MOST_SHARDS and 0 < self.slices <= MOST_SLICES):
            raise UsageError(
                f"a corpus cannot be parted into {self.shards} shards of {self.slices} slices",
                mend=f"1 to {MOST_SHARDS} of each",
            )
        if not (0 <= self.shard < self.shards and 0 <= self.slice < self.slices):
            raise UsageError(
                f"there is no shard {self.shard} of {self.shards}, slice {self.slice} of {self.slices}",
                mend="both are counted from 0",
            )

    def holds(self, item: Admitted) -> bool:
        """Whether an item is in this shard, and in this slice of it or one before."""
        shard, number = divmod(_number(self.salt, item), self.slices)
        return shard % self.shards == self.shard and number <= self.slice


def _number(salt: str, item: Admitted) -> int:
    """Return an evenly spread number: the same for all items that go by one recording."""
    about = min(item.recordings) if item.recordings else item.sha256 or item.name
    return int.from_bytes(sha256(f"{salt}\0{about}".encode("utf-8", "surrogatepass")).digest()[:8], "big")
