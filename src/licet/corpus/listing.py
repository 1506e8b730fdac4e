"""Every line of a manifest, packed small enough to travel inside a page.

The page gets two things. `index` holds what its table shows, sorts and filters by, a column at a time. `chunks` hold
what a reader sees on opening an item, `CHUNK` items each, and are unpacked only when asked for. Both are JSON, deflated
(RFC 1950) and in base64, with each distinct text written once and named by its place: most texts of a corpus repeat.
`templates/report.js` reads what is written here; the order of fields is the contract between the two.
"""

from __future__ import annotations

import zlib
from base64 import b64encode
from contextlib import closing
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from licet.corpus.explanation import explained
from licet.corpus.wording import VOICES, heard, moment, number, recognised, shown, span_of_time
from licet.errors import WorkspaceError
from licet.parallel import Crashed, ordered_map

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from licet.corpus.explanation import Ground
    from licet.corpus.manifest import Batch, Line, ReasonLine, StatementLine

LIMIT = 100_000  # lines in one page, in whole chunks
BUDGET = 24 << 20  # bytes of packed chunks in one page
CHUNK = 1_000  # lines
CHUNKS_HERE = 2
STATIC = 200  # lines that can be read without JavaScript
LEVEL = 6  # of deflating
MANY = 50  # reasons, statements or matches of one item on a page; the manifest keeps them all

FLAGS = ("contested", "partial", "mislabelled")
MISLABELLING = frozenset({"contradicted", "disagreement"})

_Row: TypeAlias = tuple[tuple[str, ...], tuple[tuple[str, ...], ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Listing:
    """The lines of a manifest for a page: packed, and the first few as they are."""

    index: str
    chunks: tuple[str, ...]
    first: tuple[Line, ...]
    lines: int  # how many are packed: the first so many of the manifest


def listing(batches: Iterable[Batch], reading: str, *, workers: int | None = 1) -> Listing:
    """Pack batches of `CHUNK` lines until `LIMIT` or `BUDGET` is reached; reasons of `reading` come first.

    Each becomes a chunk, by as many `workers` as there are; the first few here, before another process has started.

    Raises:
        ManifestError: a line is not one.
        WorkspaceError: a worker was killed.
    """
    pack, index = _Packer(reading), _Index()
    chunks: list[str] = []
    first: list[Line] = []

    def known(batch: Batch) -> _Packed | None:
        if len(first) < STATIC:
            first.extend(islice(batch.lines(), STATIC - len(first)))
        return pack(batch) if batch.before < CHUNKS_HERE * CHUNK else None

    within = takewhile(lambda batch: batch.before < LIMIT, batches)
    with closing(ordered_map(pack, within, workers=workers, known=known)) as packed:
        for one in packed:
            if isinstance(one, Crashed):
                raise WorkspaceError("a process that writes the report was killed", mend="try --workers 1")
            chunks.append(one.chunk)
            index.add(one.rows)
            if sum(map(len, chunks)) >= BUDGET:
                break
    return Listing(index.packed(), tuple(chunks), tuple(first), index.lines)


@dataclass(frozen=True, slots=True)
class _Packed:
    """A chunk of what a reader sees on opening an item, and of each item its row of the table."""

    chunk: str
    rows: list[_Row]


@dataclass(frozen=True, slots=True)
class _Packer:
    """Packs lines into a chunk; it travels to other processes."""

    reading: str

    def __call__(self, batch: Batch) -> _Packed:
        texts, details, rows = _Texts(), [], []
        for line in batch.lines():
            details.append(_details(line, texts))
            rows.append(_row(line, self.reading))
        return _Packed(_packed({"texts": texts.all, "items": details}), rows)


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
        *("item", "verdict", "title", "artist", "licence", "family", "source", "found", "why"),
        *("rules", "holders", "recordings"),
        *("row", "flagged"),
    )

    def __init__(self) -> None:
        self._texts = _Texts()
        self._rows: list[tuple[int | list[int], ...]] = []

    @property
    def lines(self) -> int:
        return len(self._rows)

    def add(self, rows: Iterable[_Row]) -> None:
        each = self._texts.each
        for names, lists, numbers in rows:
            self._rows.append((*each(names), *map(each, lists), *numbers))

    def packed(self) -> str:
        columns = zip(*self._rows, strict=True) if self._rows else ((),) * len(self.COLUMNS)
        named = dict(zip(self.COLUMNS, columns, strict=True))
        return _packed({"chunk": CHUNK, "flags": FLAGS, "texts": self._texts.all, **named})


def _row(line: Line, reading: str) -> _Row:
    """Return what the table says of a line, in the order of `_Index.COLUMNS`: texts, lists of texts, numbers."""
    reasons = telling(line, reading)
    rules = tuple(dict.fromkeys(reason.rule for reason in reasons))
    names = (line.item, line.verdict, line.title, line.artist, line.licence, line.family, line.source)
    lists = (rules[:MANY], line.holders[:MANY] or (line.artist,), line.recordings[:MANY])
    return (*names, line.identified_by, _why(line, reasons)), lists, (line.row, _flags(line, rules))


def why(line: Line, reading: str) -> str:
    """Return the first reason for a line's verdict, in words."""
    return _why(line, telling(line, reading))


def _why(line: Line, reasons: Sequence[ReasonLine]) -> str:
    if line.error is not None:
        return line.error.message
    return next((reason.says for reason in reasons), "")


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
