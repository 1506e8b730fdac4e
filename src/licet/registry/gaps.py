"""What is missing where the shares of a right do not sum to one: counted, and told in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from licet.catalog import Right
from licet.registry.conflicts import NAMES_OF_RIGHTS
from licet.registry.terms import missing_share

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from licet.registry.terms import Holding


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is amiss with a right, in how many recordings, and one of them."""

    right: Right
    says: str
    recordings: int
    example: str


@dataclass(slots=True)
class Gaps:
    """Counts them, recording by recording. Memory is that of the different things that are amiss."""

    _found: dict[tuple[Right, str], tuple[int, str]] = field(default_factory=dict)

    def add(self, recording: str, holdings: Iterable[Holding]) -> None:
        """Count what is amiss with a recording in which parties hold something."""
        held = tuple(dict.fromkeys(holdings))
        for right in Right:
            says = _amiss(right, [one for one in held if one.right is right])
            if says:
                count, example = self._found.get((right, says), (0, recording))
                self._found[right, says] = (count + 1, example)

    def __iter__(self) -> Iterator[Gap]:
        """Yield them, the recording's before the composition's, what is amiss most often first."""
        order = sorted(self._found.items(), key=lambda one: (list(Right).index(one[0][0]), -one[1][0], one[0][1]))
        return (Gap(right, says, count, example) for (right, says), (count, example) in order)


def _amiss(right: Right, held: list[Holding]) -> str:
    of = f"the {NAMES_OF_RIGHTS[right]}"
    if not held:
        return f"{of} is nobody's on record"
    missing = missing_share(held)
    if missing:
        return f"{missing} of {of} is nobody's on record"
    if missing is not None:
        return ""
    unstated = any(one.share is None for one in held)
    return f"the shares in {of} are not all stated" if unstated else f"the shares in {of} exceed the whole"
