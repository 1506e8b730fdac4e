"""Whether one line of a sealed manifest lets its item pass, and if not, why.

An item passes if all of this holds, and in no other case:

1. The line has a receipt: the set that was sealed with the manifest says of it what the line says.
2. The line says *permitted*; and so does the last line that supersedes it, whose receipt is there too.
3. Whoever trains on a part of the corpus alone, a share of it (`licet.training.sharding`) or some receipts, asks for an
   item of that part.

What passes here is checked once more where it is read: that its bytes are those that were cleared (see `gate`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from licet.corpus import Line


class Why(StrEnum):
    """Why an item does not pass."""

    REFUSED = "refused"  # by the manifest; so are the next two
    UNKNOWN = "unknown"
    ERROR = "error"
    ELSEWHERE = "of-another-part"
    WITHDRAWN = "withdrawn"  # it was permitted when the manifest was sealed, and is not any more
    NO_RECEIPT = "no-receipt"
    NO_DIGEST = "no-digest"  # the manifest does not tell the bytes of its file
    NOT_LISTED = "not-in-manifest"
    MISSING = "missing"  # the file is gone, or cannot be read
    CHANGED = "changed"  # its bytes are not those that were cleared

    @property
    def expected(self) -> bool:
        """Whether the manifest says so itself, so that it is no surprise to whoever trains with it."""
        return self in _EXPECTED


_EXPECTED = frozenset({Why.REFUSED, Why.UNKNOWN, Why.ERROR, Why.ELSEWHERE})


class Drop(NamedTuple):
    """Why one item does not pass, in a word and in a sentence."""

    why: Why
    says: str


class Stands(NamedTuple):
    """How a line stands, or the last one that supersedes it."""

    verdict: str
    says: str  # the reason that decides
    receipt: bool  # whether the sealed set says of it what the line says


def stands(line: Line, reading: str, *, receipt: bool) -> Stands:
    """Return how a line stands under the reading that was asked for."""
    deciding = (one.says for one in line.reasons if one.verdict == line.verdict and reading in one.readings)
    says = line.error.message if line.error is not None else next(deciding, "")
    return Stands(line.verdict, says, receipt)


def drop(sealed: Stands, now: Stands | None, *, elsewhere: bool = False) -> Drop | None:
    """Return why an item does not pass, or None where it does.

    Args:
        sealed: how its line stands in the manifest.
        now: how the last line stands that supersedes it, if one does.
        elsewhere: whether it is of another part of the corpus than the one that is trained on.
    """
    if elsewhere:
        return Drop(Why.ELSEWHERE, "It is of another part of the corpus.")
    for one in filter(None, (sealed, now)):
        if not one.receipt:
            return Drop(Why.NO_RECEIPT, "The sealed manifest holds no receipt that says what this line says.")
    if sealed.verdict != "permitted":
        return Drop(Why(sealed.verdict), sealed.says)
    if now is not None and now.verdict != "permitted":
        return Drop(Why.WITHDRAWN, now.says)
    return None
