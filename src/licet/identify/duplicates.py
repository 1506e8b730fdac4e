"""Which registered recordings share their sound, in whole or in part, and how it was changed.

The index is joined with itself, and no audio is listened to again.

1. The peaks that the index keeps of a recording are looked up among all others: one search a recording, so that the
   work grows with the corpus and not with its square.
2. What a pair shares makes it one of three: `changed` where most of what they share runs at another speed or pitch,
   else `same` where it is nearly all of both, else `part`.
3. A pair that both searches find is told once, by the one that ends first.
4. Recordings that hang together by pairs make a cluster.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from licet.identify.coverage import covered_s
from licet.identify.evidence import SURE, UNCHANGED
from licet.identify.hearing import opened_index

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from licet.identify.evidence import Match
    from licet.identify.fingerprint import Fingerprint

NEARLY_ALL = 0.9  # of a recording: encoders pad, and fades lose their last peaks
LEAST_S = 5.0  # less in common is a sample, a jingle or a coincidence


class Joinable(Protocol):
    """What is asked of an index: the peaks of what it holds, and who else sounds like them."""

    def fingerprint_of(self, recording: str) -> Fingerprint:
        """Return the fingerprint that `recording` was registered with."""
        ...

    def search_all(self, query: Fingerprint, *, excluding: str) -> tuple[tuple[Match, ...], bool]:
        """Return the stretches that `query` shares with others than `excluding`, and whether there may be more."""
        ...


class Relation(StrEnum):
    """What two recordings are to each other, by their sound alone."""

    SAME = "same"
    PART = "part"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of one recording that is a stretch of another."""

    first_start_s: float
    first_end_s: float
    second_start_s: float
    second_end_s: float
    time_factor: float  # how fast the second runs: 1.05 is 5 % faster than the first
    frequency_factor: float  # the second's pitch over the first's
    probability: float

    @property
    def unchanged(self) -> bool:
        """Whether both run at one speed and pitch, to half a per cent."""
        return abs(self.time_factor - 1) < UNCHANGED and abs(self.frequency_factor - 1) < UNCHANGED


@dataclass(frozen=True, slots=True)
class Pair:
    """Two recordings that share their sound. `first` is the one whose name sorts first."""

    first: str
    second: str
    relation: Relation
    first_share: float  # of the first that sounds in the second, 0 to 1
    second_share: float
    seconds: float  # that they share, counted in the one that holds less of them
    stretches: tuple[Stretch, ...]  # as they follow each other in the first


@dataclass(frozen=True, slots=True)
class Compared:
    """The pairs that a recording makes with others, and whether more may share its sound than are told."""

    recording: str
    pairs: tuple[Pair, ...]
    more: bool = False


@dataclass(frozen=True, slots=True)
class Comparer:
    """Compares one recording with all others; it travels to other processes, and opens the index there."""

    index: Path
    state: str  # of the index: what was opened for another state is not used
    least_s: float = LEAST_S

    def __call__(self, recording: str) -> Compared:
        """Return the pairs that `recording` makes with others."""
        return pairs_with(opened_index(self.index, self.state), recording, least_s=self.least_s)


def pairs_with(index: Joinable, recording: str, *, least_s: float = LEAST_S) -> Compared:
    """Steps 1 and 2. Return the pairs that `recording` makes with others, those that share `least_s` seconds or more.

    There are as many as one search tells (`searching.MOST_ALIGNED` for each stretch), and it says if there may be more.

    Raises:
        UsageError: it is not registered.
        IndexDamagedError: the index contradicts itself.
    """
    own = index.fingerprint_of(recording)
    likely, more = index.search_all(own, excluding=recording)
    found = [match for match in likely if match.probability >= SURE]
    found.sort(key=lambda match: match.recording)
    pairs = []
    for other, matches in groupby(found, key=lambda match: match.recording):
        other_s = index.fingerprint_of(other).duration_s
        if recording < other:
            pair = _pair((recording, own.duration_s), (other, other_s), map(_as_first, matches))
        else:
            pair = _pair((other, other_s), (recording, own.duration_s), map(_as_second, matches))
        if pair.seconds >= least_s:
            pairs.append(pair)
    return Compared(recording, tuple(pairs), more)


def once(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """Step 3. Yield each pair when it is first seen. Only what one search found is remembered, until the other has."""
    half: set[tuple[str, str]] = set()
    for pair in pairs:
        names = (pair.first, pair.second)
        if names in half:
            half.remove(names)
        else:
            half.add(names)
            yield pair


class Clusters:
    """Step 4. Recordings that hang together, however long the chain: a forest that every pair joins two trees of."""

    def __init__(self) -> None:
        self._parents: dict[str, str] = {}

    def join(self, first: str, second: str) -> None:
        """Note that two recordings belong together."""
        one, other = sorted((self._root(first), self._root(second)))
        self._parents[other] = one

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        """Yield the clusters, the largest first, each in order of name: the same in whatever order pairs came."""
        members: dict[str, list[str]] = {}
        for recording in sorted(self._parents):
            members.setdefault(self._root(recording), []).append(recording)
        yield from sorted(map(tuple, members.values()), key=lambda cluster: (-len(cluster), cluster))

    def _root(self, recording: str) -> str:
        parents = self._parents
        parents.setdefault(recording, recording)
        while parents[recording] != recording:
            parents[recording] = parents[parents[recording]]
            recording = parents[recording]
        return recording


def _pair(first: tuple[str, float], second: tuple[str, float], stretches: Iterable[Stretch]) -> Pair:
    shared = tuple(sorted(stretches, key=lambda one: (one.first_start_s, one.second_start_s)))
    in_first = covered_s((one.first_start_s, one.first_end_s) for one in shared)
    in_second = covered_s((one.second_start_s, one.second_end_s) for one in shared)
    shares = min(1.0, in_first / first[1]), min(1.0, in_second / second[1])
    longest = max(shared, key=lambda one: one.first_end_s - one.first_start_s)
    return Pair(
        first=first[0],
        second=second[0],
        relation=_relation(longest, min(shares)),
        first_share=round(shares[0], 4),
        second_share=round(shares[1], 4),
        seconds=round(min(in_first, in_second), 3),
        stretches=shared,
    )


def _relation(longest: Stretch, share: float) -> Relation:
    if not longest.unchanged:
        return Relation.CHANGED
    return Relation.SAME if share >= NEARLY_ALL else Relation.PART


def _as_first(match: Match) -> Stretch:
    """Tell a match of the first with the second."""
    return _stretch(_asked(match), _known(match), 1 / match.time_factor, 1 / match.frequency_factor, match.probability)


def _as_second(match: Match) -> Stretch:
    """Tell a match of the second with the first."""
    return _stretch(_known(match), _asked(match), match.time_factor, match.frequency_factor, match.probability)


def _asked(match: Match) -> tuple[float, float]:
    return match.query_start_s, match.query_end_s


def _known(match: Match) -> tuple[float, float]:
    return match.reference_start_s, match.reference_end_s


def _stretch(
    first: tuple[float, float], second: tuple[float, float], time: float, frequency: float, probability: float
) -> Stretch:
    """Return a stretch as it is stated: times to the millisecond, factors and probability to six places."""
    first_s, second_s = ((round(max(start, 0.0), 3), round(end, 3)) for start, end in (first, second))
    return Stretch(*first_s, *second_s, round(time, 6), round(frequency, 6), round(probability, 6))
