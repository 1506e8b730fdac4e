"""What a data set says of itself, layer by layer, each as of a date: its audio, its own terms, its metadata, its code.

Four things are called "the licence" of a data set, and only one of them is the recording's. The facts stand in
`data/data_sets.toml`, one table a data set and one row a statement. To say what held on a day:

1. The versions of one layer stand in the order in which they were read. A version is known to hold from the day it was
   first read so (`since`; without one, from the beginning) to the day it was last read so (`seen`); the newest, until
   another is read.
2. The version that is known to hold on the day binds. Versions before it are past, versions after it came later.
3. Between two versions nobody knows which one held: the earlier binds, and the later is doubtful and permits nothing.
4. A derived set has the audio of its origins, under whatever holds for each recording, and the terms of their data sets
   bind it too. What it says for itself never widens them: it states no audio of its own.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from licet.digests import sha256_bytes
from licet.errors import SourceError
from licet.terms.clauses import Act, Clause, Purpose, Says
from licet.terms.resolve import resolve
from licet.terms.statement import Layer, Resolution, Stance

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


_INHERITED = frozenset({Layer.AUDIO, Layer.DATA_SET})  # what speaks of the recordings


class Means(StrEnum):
    """What a statement comes to."""

    LICENCE = "licence"  # names a licence
    LIMIT = "limit"  # takes some purposes away
    NOTHING = "nothing"  # neither permits nor takes away: it points at each recording, or leaves the matter out
    UNREAD = "unread"  # is known to exist, and was not read


class Bearing(StrEnum):
    """How a version stands to a day."""

    BINDS = "binds"
    DOUBTFUL = "doubtful"  # it may have held already: nobody saw the change
    PAST = "past"
    LATER = "later"


@dataclass(frozen=True)
class Stated:
    """What one data set says of one layer, as it was read from `since` (None: from the beginning) to `seen`."""

    data_set: str
    layer: Layer
    states: str  # a licence by name, or in our words
    resolution: Resolution
    where: str
    cites: str
    seen: date
    since: date | None = None

    @property
    def first(self) -> date:
        """The first day on which it is known to have been said."""
        return self.since or self.seen

    @cached_property
    def content(self) -> bytes:
        """The row as evidence: canonical JSON."""
        facts = {
            "data_set": self.data_set,
            "layer": self.layer,
            "states": self.states,
            "where": self.where,
            "cites": self.cites,
            "seen": self.seen.isoformat(),
            "since": self.since and self.since.isoformat(),
        }
        return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of `content`."""
        return sha256_bytes(self.content)


@dataclass(frozen=True, slots=True)
class DataSet:
    """A data set: the sources that are readings of it, the sets it was made from, and what it states, in order."""

    id: str
    name: str
    sources: tuple[str, ...]  # kinds of source, as in `catalog.KINDS`
    derived_from: tuple[str, ...]
    stated: tuple[Stated, ...]


class _LayerRow(msgspec.Struct, forbid_unknown_fields=True):
    layer: Layer
    means: Means
    states: str
    where: str
    cites: str
    seen: date
    since: date | None = None
    reserves: list[Purpose] = []  # of a limit: the purposes that are taken away, for every act
    note: str = ""


class _SetRow(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    name: str
    layer: list[_LayerRow]
    sources: list[str] = []
    derived_from: list[str] = []


def layers_of(data_set: str, day: date) -> tuple[tuple[Stated, Bearing], ...]:
    """Return all that `data_set` and its origins state, and how each statement stands to `day`; () if it is not known.

    Its own statements come first. What is doubtful that day is unresolved.
    """
    return _known_layers(data_set, day)


def data_set_of(source: str) -> str:
    """Return the id of the data set that a kind of source is a reading of, or ""."""
    return next((one.id for one in _known().values() if source in one.sources), "")


def data_sets() -> tuple[DataSet, ...]:
    """Return every data set that comes with Licet, in the order of the file."""
    return tuple(_known().values())


def parse_data_sets(content: bytes) -> dict[str, DataSet]:
    """Read a file of data sets, by id. An origin stands before what is derived from it.

    Raises:
        SourceError: it is no TOML, or a row lacks something, holds what it may not, or does not agree with another.
    """
    try:
        document = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as broken:
        raise SourceError(f"the file of data sets is not valid TOML: {broken}") from broken
    sets: dict[str, DataSet] = {}
    rows = document.get("data_set", [])
    for number, row in enumerate(rows if isinstance(rows, list) else [rows], 1):
        one = _data_set(row, number, sets)
        sets[one.id] = one
    return sets


@cache
def _known() -> dict[str, DataSet]:
    return parse_data_sets((Path(__file__).parent / "data" / "data_sets.toml").read_bytes())


@lru_cache(maxsize=4096)
def _known_layers(data_set: str, day: date) -> tuple[tuple[Stated, Bearing], ...]:
    return _layers(_known(), data_set, day)


def _layers(sets: Mapping[str, DataSet], data_set: str, day: date) -> tuple[tuple[Stated, Bearing], ...]:
    if data_set not in sets:
        return ()
    one = sets[data_set]
    found = dict.fromkeys(_on(one, day))
    for origin in one.derived_from:  # 4.
        inherited = ((said, how) for said, how in _layers(sets, origin, day) if said.layer in _INHERITED)
        found |= dict.fromkeys(inherited)
    return tuple(found)


def _on(one: DataSet, day: date) -> Iterator[tuple[Stated, Bearing]]:
    """Yield each statement of one set, and how it stands to `day`."""
    for said in one.stated:
        versions = [other for other in one.stated if other.layer is said.layer]
        bearing = _bearing(versions, versions.index(said), day)
        yield _doubted(said) if bearing is Bearing.DOUBTFUL else said, bearing


def _bearing(versions: list[Stated], place: int, day: date) -> Bearing:
    said = versions[place]
    begins = said.since if place == 0 else said.first  # 1.
    if begins is not None and day < begins:
        before = versions[place - 1] if place else None
        unseen = before is None or day > before.seen
        return Bearing.DOUBTFUL if unseen else Bearing.LATER  # 3. and 2.
    after = versions[place + 1] if place + 1 < len(versions) else None
    return Bearing.PAST if after is not None and day >= after.first else Bearing.BINDS


def _doubted(said: Stated) -> Stated:
    if said.resolution.stance is Stance.SILENT:
        return said
    note = f"first read on {said.first.isoformat()}; whether it held before that is not known"
    return replace(said, resolution=Resolution(Stance.UNRESOLVED, notes=(*said.resolution.notes, note)))


def _data_set(row: object, number: int, sets: Mapping[str, DataSet]) -> DataSet:
    """Check one table of the file.

    Raises:
        SourceError: it does not hold; the message names the data set.
    """
    named = row.get("id") if isinstance(row, dict) else None
    where = f"data set {named if isinstance(named, str) else number}"
    try:
        read = msgspec.convert(row, _SetRow)
    except msgspec.ValidationError as wrong:
        raise SourceError(f"{where}: {wrong}") from wrong
    if read.id in sets:
        raise SourceError(f"{where} is there twice", mend="a data set's id is its own")
    if unknown := sorted(set(read.derived_from) - sets.keys()):
        raise SourceError(f"{where} is derived from {unknown[0]!r}, which is not known", mend="state the origin first")
    if read.derived_from and any(one.layer is Layer.AUDIO for one in read.layer):
        raise SourceError(f"{where} states an audio licence", mend="that of a derived set is its origin's")
    stated = tuple(_stated(read.id, one, f"{where}, row {place}") for place, one in enumerate(read.layer, 1))
    _check_order(stated, where)
    return DataSet(read.id, read.name, tuple(read.sources), tuple(read.derived_from), stated)


def _stated(data_set: str, row: _LayerRow, where: str) -> Stated:
    if row.layer is Layer.THIRD_PARTY:
        raise SourceError(f"{where} is a third party's", mend="only what the makers state stands here")
    if not (row.states and row.where and row.cites):
        raise SourceError(f"{where} leaves states, where or cites empty", mend="say what was read, and where")
    if row.since is not None and row.since > row.seen:
        raise SourceError(f"{where} was first read after it was last read", mend="since comes before seen")
    if bool(row.reserves) != (row.means is Means.LIMIT):
        raise SourceError(f"{where} names purposes and is no limit, or is one and names none", mend="see `reserves`")
    resolution = _resolution(row)
    if row.means is Means.LICENCE and resolution.stance is not Stance.LICENSED:
        raise SourceError(f"{where}: {row.states!r} names no licence that is known", mend="use another `means`")
    return Stated(data_set, row.layer, row.states, resolution, row.where, row.cites, row.seen, row.since)


def _resolution(row: _LayerRow) -> Resolution:
    notes = (row.note,) if row.note else ()
    if row.means is Means.LICENCE:
        return replace(resolve(row.states), notes=(*resolve(row.states).notes, *notes))
    if row.means is Means.LIMIT:
        reserved = Clause(Says.RESERVES, frozenset(Act), row.states, purposes=frozenset(row.reserves))
        return Resolution(Stance.SIGNALLED, notes=notes, clauses=(reserved,))
    return Resolution(Stance.SILENT if row.means is Means.NOTHING else Stance.UNRESOLVED, notes=notes)


def _check_order(stated: tuple[Stated, ...], where: str) -> None:
    """Check that each version was first read after the one before it was last read (step 1)."""
    newest: dict[Layer, Stated] = {}
    for one in stated:
        before = newest.get(one.layer)
        if before is not None and one.first <= before.seen:
            raise SourceError(f"{where}: two versions of its {one.layer} layer overlap", mend="mend since and seen")
        newest[one.layer] = one
