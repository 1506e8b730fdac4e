"""What is behind one line of a manifest: its readings side by side, and every reason once.

Most reasons are the same for several recordings. To show each once, and lose nothing:

1. Reasons that differ only in the recording they speak of and in its evidence are one.
2. A reason decides under the readings whose verdict it points to, and is only heard under the others.
3. A reading is as settled as the least settled of the reasons that decide under it; and where the readings come to
   different verdicts, none is settled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from licet.corpus.manifest import Line, ReasonLine

_SETTLED, _CONTESTED = "settled", "contested"
_SURENESS = {_SETTLED: 0, "pending": 1}  # what is contested, or a word that nobody knows, is less sure still


@dataclass(frozen=True, slots=True)
class Ground:
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
    verdicts = {one.reading: one.verdict for one in line.readings}
    grounds = tuple(_grounds(line.reasons, verdicts))
    differ = len(set(verdicts.values())) > 1
    sides = (_side(reading, verdict, grounds, differ=differ) for reading, verdict in verdicts.items())
    return Explanation(tuple(sides), grounds)


def _grounds(reasons: Sequence[ReasonLine], verdicts: dict[str, str]) -> list[Ground]:
    """Return every reason once (step 1): those that decide under the reading asked for come first."""
    alike: dict[ReasonLine, list[ReasonLine]] = {}
    for one in reasons:
        alike.setdefault(replace(one, about="", evidence=()), []).append(one)
    found = [_ground(words, several, verdicts) for words, several in alike.items()]
    places = {reading: place for place, reading in enumerate(verdicts)}
    return sorted(found, key=lambda one: min((places[name] for name in one.decides), default=len(places)))


def _ground(words: ReasonLine, several: list[ReasonLine], verdicts: dict[str, str]) -> Ground:
    decides = tuple(name for name in words.readings if verdicts.get(name) == words.verdict)  # 2.
    return Ground(
        rule=words.rule,
        verdict=words.verdict,
        says=words.says,
        cites=words.cites,
        status=words.status,
        decides=decides,
        heard=tuple(name for name in words.readings if name not in decides),
        about=tuple(dict.fromkeys(one.about for one in several if one.about)),
        evidence=tuple(dict.fromkeys(digest for one in several for digest in one.evidence)),
    )


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
