"""Every line of a manifest, packed small enough to travel inside a page.

The page gets two things. `index` holds what its table shows, sorts and filters by, a column at a time. `chunks` hold
what a reader sees on opening an item, `CHUNK` items each, and are unpacked only when asked for. Both are JSON, deflated
(RFC 1950) and in base64, with each distinct text written once and named by its place: most texts of a corpus repeat.
`templates/report.js` reads what is written here; the order of fields is the contract between the two.
"""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from licet.corpus.wording import VOICES, heard, moment, number, recognised, shown, span_of_time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from licet.corpus.manifest import Line, ReasonLine

LIMIT = 100_000  # lines in one page
BUDGET = 24 << 20  # bytes of packed chunks in one page
CHUNK = 1_000  # lines
STATIC = 200  # lines that can be read without JavaScript
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
        details.append(_details(line, reading, texts))
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
    return tuple(reason for reason in line.reasons if reason.reading == reading and reason.verdict == line.verdict)


class _Texts:
    """Texts, each once, made fit to be shown, and named by its place."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self.all: list[str] = []

    def __call__(self, text: str) -> int:
        place = self._places.get(text)
        if place is None:
            place = self._places[text] = len(self.all)
            self.all.append(shown(text))
        return place

    def each(self, texts: Iterable[str]) -> list[int]:
        return [self(text) for text in texts]


class _Index:
    """The columns of the table, and those it is searched and filtered by."""

    def __init__(self, reading: str) -> None:
        self._reading = reading
        self._texts = _Texts()
        self._columns: dict[str, list[Any]] = {}
        self.lines = 0

    def add(self, line: Line) -> None:
        rules = tuple(dict.fromkeys(reason.rule for reason in telling(line, self._reading)))
        places, each = self._texts, self._texts.each
        row = {
            "item": places(line.item),
            "row": line.row,
            "verdict": places(line.verdict),
            "title": places(line.title),
            "artist": places(line.artist),
            "licence": places(line.licence),
            "family": places(line.family),
            "source": places(line.source),
            "found": places(line.identified_by),
            "why": places(why(line, self._reading)),
            "rules": each(rules[:MANY]),
            "holders": each(line.holders[:MANY] or (line.artist,)),
            "recordings": each(line.recordings[:MANY]),
            "flagged": _flags(line, rules),
        }
        for name, value in row.items():
            self._columns.setdefault(name, []).append(value)
        self.lines += 1

    def packed(self) -> str:
        empty: dict[str, list[Any]] = {"item": [], "verdict": []}
        return _packed({"chunk": CHUNK, "flags": FLAGS, "texts": self._texts.all, **empty, **self._columns})


def why(line: Line, reading: str) -> str:
    """Return the first reason for a line's verdict, in words."""
    if line.error is not None:
        return line.error.message
    return next((reason.says for reason in telling(line, reading)), "")


def _flags(line: Line, rules: tuple[str, ...]) -> int:
    """Return `FLAGS` as bits, the first the lowest."""
    return line.contested | line.partial << 1 | (not MISLABELLING.isdisjoint(rules)) << 2


def _details(line: Line, reading: str, texts: _Texts) -> list[Any]:
    """Return what an opened item shows, in the order that `report.js` unpacks it in."""
    return [
        [[texts(one.reading), texts(one.verdict)] for one in line.readings],
        [_reason(reason, texts) for reason in sorted(line.reasons, key=lambda one: one.reading != reading)[:MANY]],
        [
            [
                *texts.each(
                    (VOICES.get(said.voice, said.voice), said.about, said.statement, said.licence, said.source)
                ),
                *texts.each((said.where, moment(said.captured), said.evidence)),
            ]
            for said in line.statements[:MANY]
        ],
        [[texts(one.name), texts(one.binds), int(one.accepted), texts(one.says)] for one in line.conditions[:MANY]],
        [texts.each(part[:MANY]) for part in (line.changes, line.hints, line.notes)],
        texts.each(heard(match) for match in line.matches[:MANY]),
        [texts.each(fact) for fact in _facts(line)],
        texts(line.attribution),
        texts.each((line.error.code, line.error.message, line.error.mend)) if line.error else None,
    ]


def _reason(reason: ReasonLine, texts: _Texts) -> list[Any]:
    words = (reason.reading, reason.verdict, reason.rule, reason.says, reason.cites, reason.status, reason.about)
    return [*texts.each(words), texts.each(reason.evidence[:MANY])]


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
    content = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return b64encode(zlib.compress(content, 6)).decode("ascii")
