"""Claims that cannot all be true, or may not be: shown to people, and never settled or merged by themselves.

1. The shares of one right in one recording come to more than the whole (`too-much`).
2. Two recordings of one sound are claimed by different parties (`same-sound`): one sound is one recording, and is of
   one composition, so that for either right the holders should be the same.
3. Where two recordings share a stretch alone, a clip or a medley, both claims may well be right (`overlap`): it is the
   weaker kind, and worth a look.
4. Two recordings of one sound with the same holders are no conflict, but a name too many (`duplicate`).

A recording of which nobody claims a right contradicts nobody in it. What is permitted is not decided here: where shares
exceed the whole nothing is (`terms`), and what is found in an item needs the word of every recording that is found.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from licet.catalog import Right

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from licet.registry.terms import Holding

NAMES_OF_RIGHTS = {Right.RECORDING: "recording", Right.WORK: "composition"}


class Kind(StrEnum):
    """What is wrong, the gravest first."""

    TOO_MUCH = "too-much"
    SAME_SOUND = "same-sound"
    OVERLAP = "overlap"
    DUPLICATE = "duplicate"  # nothing is: one party has two names for one sound


@dataclass(frozen=True, slots=True)
class Stake:
    """What a party is said to hold, by whom, and since when it has been said without a break."""

    holding: Holding
    by: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Shared:
    """Two recordings that share their sound: how much of each, how sure that is, and how it was told."""

    first: str
    second: str
    first_share: float  # of the first that sounds in the second, 0 to 1
    second_share: float
    seconds: float
    relation: str  # same, part or changed
    whole: bool  # whether it is nearly all of both
    probability: float
    method: str = "fingerprint"


@dataclass(frozen=True, slots=True)
class Side:
    """A recording, and who claims the rights in it that a conflict is about."""

    recording: str
    stakes: tuple[Stake, ...]

    @property
    def holders(self) -> str:
        """Who claims what, in words: `Ann 1/2, Bob`. The whole goes without saying."""
        return ", ".join(dict.fromkeys(_holder(one.holding) for one in self.stakes))

    @property
    def registered(self) -> str:
        """Who registered that, and when, in words."""
        moments = {(one.by, one.since): None for one in self.stakes}
        return ", ".join(f"{by} on {since:%Y-%m-%d %H:%M} UTC" for by, since in moments)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Claims that contradict each other, in the order of the recordings' names."""

    kind: Kind
    rights: tuple[Right, ...]
    sides: tuple[Side, ...]  # one recording, or two of one sound
    shared: Shared | None = None  # what two recordings share

    @property
    def contradicts(self) -> bool:
        """Whether it is a conflict, and no mere duplicate."""
        return self.kind is not Kind.DUPLICATE

    @property
    def stakes(self) -> tuple[Stake, ...]:
        """All stakes in it."""
        return tuple(stake for side in self.sides for stake in side.stakes)

    @property
    def parties(self) -> tuple[str, ...]:
        """Whom it concerns, by id: who holds, and who registered it."""
        return tuple(sorted({party for one in self.stakes for party in (one.holding.party, one.by)}))

    @property
    def latest(self) -> Stake:
        """The stake that made it a conflict: the last one."""
        return max(self.stakes, key=lambda one: (one.since, one.by))

    @property
    def words(self) -> str:
        """What is wrong, in a sentence."""
        of = " and the ".join(NAMES_OF_RIGHTS[right] for right in self.rights)
        if self.shared is None:
            return f"The shares in the {of} exceed the whole."
        how = f"{self.shared.method}, probability {self.shared.probability:.4f}"
        if self.kind is Kind.OVERLAP:
            return f"They share {self.shared.seconds:.0f} s ({how}), and different parties claim the {of}."
        if self.kind is Kind.SAME_SOUND:
            return f"They are one sound ({how}), and different parties claim the {of}."
        return f"They are one sound ({how}), of the same holders: two names for one recording."


def exceeding(recording: str, stakes: Sequence[Stake]) -> Iterator[Conflict]:
    """Yield the conflict within one recording, if its shares come to more than the whole (step 1)."""
    held = _by_right(stakes)
    rights = tuple(right for right in Right if _total(held[right]) > 1)
    if rights:
        yield Conflict(Kind.TOO_MUCH, rights, (_side(recording, stakes, rights),))


def between(shared: Shared, stakes: Mapping[str, Sequence[Stake]]) -> Iterator[Conflict]:
    """Yield what is to be said of two recordings that share their sound, if there is anything (steps 2 to 4)."""
    names = sorted({shared.first, shared.second})
    held = [_by_right(stakes.get(name, ())) for name in names]
    claimed = [right for right in Right if all(one[right] for one in held)]
    differing = tuple(right for right in claimed if len({_holders(one[right]) for one in held}) > 1)
    if differing:
        kind, rights = Kind.SAME_SOUND if shared.whole else Kind.OVERLAP, differing
    else:
        kind, rights = Kind.DUPLICATE, tuple(claimed)
    if differing or (claimed and shared.whole):
        yield Conflict(kind, rights, tuple(_side(name, stakes[name], rights) for name in names), shared)


def _by_right(stakes: Iterable[Stake]) -> Mapping[Right, list[Holding]]:
    """Return who holds what, each once: that two have registered the same is no second share."""
    found: dict[Right, list[Holding]] = defaultdict(list)
    for holding in dict.fromkeys(one.holding for one in stakes):
        found[holding.right].append(holding)
    return found


def _side(recording: str, stakes: Iterable[Stake], rights: tuple[Right, ...]) -> Side:
    about = (one for one in stakes if one.holding.right in rights)
    order = sorted(
        about, key=lambda one: (one.holding.right, one.holding.party, one.since, one.by, str(one.holding.share))
    )
    return Side(recording, tuple(order))


def _holders(held: Iterable[Holding]) -> frozenset[str]:
    return frozenset(one.party for one in held)


def _total(held: Iterable[Holding]) -> Fraction:
    return sum((one.share for one in held if one.share is not None), Fraction(0))


def _holder(holding: Holding) -> str:
    if holding.share == 1:
        return holding.name
    return f"{holding.name} {'a part' if holding.share is None else holding.share}"
