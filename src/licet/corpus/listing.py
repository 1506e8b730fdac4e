"""Every line of a manifest, packed small enough to travel inside a page.

The page gets two things. `index` holds what its table shows, sorts and filters by, a column at a time. `chunks` hold
what a reader sees on opening an item, `CHUNK` items each, and are unpacked only when asked for. Both are JSON, deflated
(RFC 1950) and in base64, with each distinct text written once and named by its place: most texts of a corpus repeat.
`templates/report.js` reads what is written here; the order of fields is the contract between the two.
"""

from __future__ import annotations

import zlib
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from licet.corpus.explanation import explained
from licet.corpus.wording import VOICES, heard, moment, number, recognised, shown, span_of_time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from licet.corpus.explanation import Ground
    from licet.corpus.manifest import Line, ReasonLine, StatementLine

LIMIT = 100_000  # lines in one page
BUDGET = 24 << 20  # bytes of packed chunks in one page
CHUNK = 1_000  # lines
STATIC = 200  # lines that can be read without JavaScript
LEVEL = 6  # of deflating
MANY = 50  # reasons, statements or matches of one item on a page; the manifest keeps them all

FLAGS = ("contested", "partial", "mislabelled")
MISLABELLING = frozenset({"contradicted", "disagreement"})


@dataclass(frozen=True, slots=True)
class Listing:
    """The lines of a manifest for a page: packed, and the first few as they are."""

    index: str
    chunks: tuple[str, ...]
    first: tuple[Line, ...]
    lines: int  # how many are packed: the first so many of the manifest


def listing(lines: Iterable[Line], reading: str) -> Listing:
    """Pack `lines` until `LIMIT` or `BUDGET` is reached; reasons of `reading` come first."""
    index, details, texts = _Index(reading), [], _Texts()
    chunks: list[str] = []
    first: list[Line] = []
    for line in lines:
        index.add(line)
        details.append(_details(line, texts))
        if len(first) < STATIC:
            first.append(line)
        if len(details) == CHUNK:
            chunks.append(_packed({"texts": texts.all, "items": details}))
            details, texts = [], _Texts()
        if index.lines == LIMIT or (not details and sum(map(len, chunks)) >= BUDGET):
            break
    if details:
        chunks.append(_packed({"texts": texts.all, "items": details}))
    return Listing(index.packed(), tuple(chunks), tuple(first), index.lines)


def telling(line: Line, reading: str) -> tuple[ReasonLine, ...]:
    """Return the reasons that decided a line under `reading`."""
    return tuple(reason for reason in line.reasons if reading in reason.readings and reason.verdict == line.verdict)


class _Texts(dict[str, int]):
    """The place of each text. A text not met before gets the next, and is made fit to be shown.

    A dict, because a corpus of 50,000 items asks some three million times, and nearly always for a text met before.
    """

    def __init__(self) -> None:
        super().__init__()
        self.all: list[str] = []

    def __missing__(self, text: str) -> int:
        place = self[text] = len(self.all)
        self.all.append(shown(text))
        return place

    def each(self, texts: Iterable[str]) -> list[int]:
        return list(map(self.__getitem__, texts))


class _Index:
    """The columns of the table, and those it is searched and filtered by."""

    COLUMNS = (
        *("item", "row", "verdict", "title", "artist", "licence", "family", "source", "found", "why"),
        *("rules", "holders", "recordings", "flagged"),
    )

    def __init__(self, reading: str) -> None:
        self._reading = reading
        self._texts = _Texts()
        self._rows: list[tuple[int | list[int], ...]] = []

    @property
    def lines(self) -> int:
        return len(self._rows)

    def add(self, line: Line) -> None:
        rules = tuple(dict.fromkeys(reason.rule for reason in telling(line, self._reading)))
        texts, each = self._texts, self._texts.each
        names = (line.verdict, line.title, line.artist, line.licence, line.family, line.source, line.identified_by)
        self._rows.append(
            (
                texts[line.item],
                line.row,
                *each(names),
                texts[why(line, self._reading)],
                each(rules[:MANY]),
                each(line.holders[:MANY] or (line.artist,)),
                each(line.recordings[:MANY]),
                _flags(line, rules),
            )
        )

    def packed(self) -> str:
        columns = zip(*self._rows, strict=True) if self._rows else ((),) * len(self.COLUMNS)
        named = dict(zip(self.COLUMNS, columns, strict=True))
        return _packed({"chunk": CHUNK, "flags": FLAGS, "texts": self._texts.all, **named})


def why(line: Line, reading: str) -> str:
    """Return the first reason for a line's verdict, in words."""
    if line.error is not None:
        return line.error.message
    return next((reason.says for reason in telling(line, reading)), "")


def _flags(line: Line, rules: tuple[str, ...]) -> int:
    """Return `FLAGS` as bits, the first the lowest."""
    return line.contested | line.partial << 1 | (not MISLABELLING.isdisjoint(rules)) << 2


def _details(line: Line, texts: _Texts) -> list[Any]:
    """Return what an opened item shows, in the order that `report.js` unpacks it in."""
    each, behind = texts.each, explained(line)
    return [
        [[*each((one.reading, one.verdict, one.status)), one.ground] for one in behind.sides],
        [_ground(one, texts) for one in behind.grounds[:MANY]],
        [_statement(said, texts) for said in line.statements[:MANY]],
        [[*each((one.name, one.binds)), int(one.accepted), texts[one.says]] for one in line.conditions[:MANY]],
        [each(part[:MANY]) for part in (line.changes, line.hints, line.notes)],
        each(heard(match) for match in line.matches[:MANY]),
        [each(fact) for fact in _facts(line)],
        texts[line.attribution],
        each((line.error.code, line.error.message, line.error.mend)) if line.error else None,
    ]


def _ground(one: Ground, texts: _Texts) -> list[Any]:
    words = texts.each((one.verdict, one.rule, one.says, one.cites, one.status))
    return [*words, *map(texts.each, (one.decides, one.heard, one.about[:MANY], one.evidence[:MANY]))]


def _statement(said: StatementLine, texts: _Texts) -> list[int]:
    what = (VOICES.get(said.voice, said.voice), said.about, said.statement, said.licence, said.source)
    return texts.each((*what, said.where, moment(said.captured), said.evidence))


def _facts(line: Line) -> list[tuple[str, str]]:
    """Return what an item is, as labels and values; what is not known is left out."""
    facts = (
        ("Recording", ", ".join(line.recordings[:MANY])),
        ("Recognised by", recognised(line.identified_by, line.confidence) if line.identified_by else ""),
        ("Title", line.title),
        ("Artist", line.artist),
        ("Album", line.album),
        ("Holders", ", ".join(line.holders[:MANY])),
        ("Lasts", span_of_time(line.duration_s) if line.duration_s is not None else ""),
        ("Audio", ", ".join(filter(None, (line.codec, _rate(line.sample_rate_hz), _channels(line.channels))))),
        ("Size", f"{number(line.size)} bytes" if line.size else ""),
        ("File SHA-256", line.sha256),
    )
    return [fact for fact in facts if fact[1]]


def _rate(hertz: int) -> str:
    return f"{number(hertz)} Hz" if hertz else ""


def _channels(channels: int) -> str:
    return f"{channels} channel{'s' if channels > 1 else ''}" if channels else ""


def _packed(value: object) -> str:
    return b64encode(zlib.compress(msgspec.json.encode(value), LEVEL)).decode("ascii")
