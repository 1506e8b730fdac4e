"""What is behind one line of a manifest: its readings side by side, and every reason once.

Most reasons are the same for several recordings. To show each once, and lose nothing:

1. Reasons that differ only in the recording they speak of and in its evidence are one.
2. A reason decides under the readings whose verdict it points to, and is only heard under the others.
3. A reading is as settled as the least settled of the reasons that decide under it; and where the readings come to
   different verdicts, none is settled.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from licet.corpus.manifest import Line, ReasonLine

_Words: TypeAlias = tuple[tuple[str, ...], str, str, str, str, str]
_SETTLED, _CONTESTED = "settled", "contested"
_SURENESS = {_SETTLED: 0, "pending": 1}  # what is contested, or a word that nobody knows, is less sure still


class Ground(Struct, frozen=True):
    """A reason, once. `decides` and `heard` are the readings it belongs to, in the manifest's order."""

    rule: str
    verdict: str  # which way it points by itself
    says: str
    cites: str
    status: str
    decides: tuple[str, ...]
    heard: tuple[str, ...]
    about: tuple[str, ...]  # recordings; none where it speaks of the item itself
    evidence: tuple[str, ...]  # SHA-256


@dataclass(frozen=True, slots=True)
class Side:
    """One reading beside the others."""

    reading: str
    verdict: str
    ground: int | None  # the place among the grounds of the reason that decides
    more: int  # other reasons that decide as well
    status: str  # "" where no reason decides


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a line came out as it did, under every reading; the reading that was asked for stands first."""

    sides: tuple[Side, ...]
    grounds: tuple[Ground, ...]


def explained(line: Line) -> Explanation:
    """Set the readings of `line` side by side."""
    verdicts = tuple((one.reading, one.verdict) for one in line.readings)
    words = tuple(_words(one) for one in line.reasons)
    sides, grounds = _told(verdicts, words)
    filled = (_filled(ground, [line.reasons[place] for place in places]) for ground, places in grounds)
    return Explanation(sides, tuple(filled))


def _words(one: ReasonLine) -> _Words:
    return one.readings, one.rule, one.verdict, one.says, one.cites, one.status


@lru_cache(maxsize=4096)  # nearly all items of a corpus are told alike
def _told(
    readings: tuple[tuple[str, str], ...], reasons: tuple[_Words, ...]
) -> tuple[tuple[Side, ...], tuple[tuple[Ground, tuple[int, ...]], ...]]:
    """Return the sides, and each ground with the places of its reasons, whatever recordings these speak of."""
    verdicts = dict(readings)
    alike: dict[_Words, list[int]] = {}
    for place, words in enumerate(reasons):
        alike.setdefault(words, []).append(place)
    found = [(_ground(words, verdicts), tuple(places)) for words, places in alike.items()]
    order = {reading: place for place, reading in enumerate(verdicts)}
    found.sort(key=lambda one: min((order[name] for name in one[0].decides), default=len(order)))
    differ = len(set(verdicts.values())) > 1
    grounds = [ground for ground, _ in found]
    return tuple(_side(*one, grounds, differ=differ) for one in readings), tuple(found)


def _ground(words: _Words, verdicts: dict[str, str]) -> Ground:
    """Return a reason as it is of all recordings (step 1), with the readings that it decides under (step 2)."""
    readings, rule, verdict, says, cites, status = words
    decides = tuple(name for name in readings if verdicts.get(name) == verdict)
    heard = tuple(name for name in readings if name not in decides)
    return Ground(rule, verdict, says, cites, status, decides, heard, (), ())


def _filled(ground: Ground, several: Sequence[ReasonLine]) -> Ground:
    about = tuple(dict.fromkeys(one.about for one in several if one.about))
    evidence = tuple(dict.fromkeys(digest for one in several for digest in one.evidence))
    return replace(ground, about=about, evidence=evidence)


def _side(reading: str, verdict: str, grounds: Sequence[Ground], *, differ: bool) -> Side:
    """Put one reading beside the others (step 3). It is shown with the least settled of its reasons."""
    deciding = [place for place, ground in enumerate(grounds) if reading in ground.decides]
    if not deciding:
        return Side(reading, verdict, None, 0, "")
    first = max(deciding, key=lambda place: (_doubt(grounds[place].status), -place))
    status = grounds[first].status
    return Side(reading, verdict, first, len(deciding) - 1, _CONTESTED if differ and status == _SETTLED else status)


def _doubt(status: str) -> int:
    return _SURENESS.get(status, len(_SURENESS))
