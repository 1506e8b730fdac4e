"""Register in one step: what is not on record yet is put there, held by whoever registers it, and compared.

1. The party is known, and what it registers makes sense: a wrong line is said before anything is put on record.
2. A folder of audio, a catalogue or a DDEX message is put on record as a source, and its sound is listened to.
3. Who holds what is put on record, all of it or nothing.
4. What is amiss is counted: shares that do not sum to one, and claims that contradict others' (`conflicts`).
5. The parties in such a conflict that watch hear of it, once.

What fails leaves what was done before it, and says so. The same command goes on from there: what is on record already
is not listened to again, and what is registered again is the same claim, as old as it was. To know what is fresh takes
about a hundred bytes of memory a recording; the rest is read a batch at a time.
"""

from __future__ import annotations

import os
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from licet.catalog import parse_identifier
from licet.catalog.sources.audio_folder import EXTENSIONS
from licet.catalog.sources.table import Table
from licet.db import in_batches
from licet.errors import IdentifierError, LicetError, SourceError, UsageError
from licet.parallel import PROCESSES
from licet.registry.contesting import Contests
from licet.registry.gaps import Gap, Gaps
from licet.registry.listing import is_catalogue, read_catalogue, read_holdings
from licet.workspace.conflicting import find_conflicts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from licet.parallel import Engine
    from licet.registry.conflicts import Conflict
    from licet.registry.listing import Held, Listed
    from licet.workspace.adding import Added
    from licet.workspace.workspace import Workspace

KEPT = 200  # conflicts and duplicates that an answer names; the others it counts
LIST, RECORDING = "list", "recording"  # what needs no source
_SHORT_OF = "nobody is registered to hold it yet"


@dataclass(frozen=True, slots=True)
class Registration:
    """What came of registering something."""

    party: str
    holdings: int
    recordings: int
    gaps: tuple[Gap, ...] = ()  # shares that do not sum to one
    conflicts: tuple[Conflict, ...] = ()  # the first of them, and duplicates
    counts: Mapping[str, int] = field(default_factory=dict)  # of all of them, by kind
    unfinished: int = 0  # recordings whose sound more may share than they were compared with
    told: tuple[str, ...] = ()  # parties that watch, and hear of it now
    added: Added | None = None  # what was put on record, if anything


@dataclass(frozen=True, slots=True)
class How:
    """How something is put on record and compared; every part has its default."""

    audio: Path | None = None  # where the audio of a catalogue or a message lies
    name: str = ""  # a short name for a folder or a catalogue; its own without it
    columns: Mapping[str, str] = field(default_factory=dict)  # which column of a catalogue holds what
    compare: bool = True  # whether to ask who else claims the sound; `licet conflicts` does so later
    workers: int | None = None  # processes; as many as processors without it
    engine: Engine = PROCESSES
    progress: Callable[[str], None] = lambda _: None


def register(room: Workspace, what: Path | str, held: Held, at: datetime, how: How | None = None) -> Registration:
    """Register what `held` says in all that `what` names.

    Args:
        room: the workspace.
        what: a list of holdings or a catalogue (CSV, Parquet ...), a folder of audio, a DDEX message (.xml), or, where
            no such file is there, the key of a recording on record.
        held: who registers it and holds it where `what` does not say otherwise; which rights, and which share.
        at: now, aware.
        how: how it is read, and whether it is compared.

    Raises:
        UsageError: nobody knows the party or a holder, or a recording is not on record.
        SourceError: what is named cannot be read, or a line of it makes no sense.
    """
    how = how or How()
    room.desk.known(held.party, at)
    kind = kind_of(what, how.columns)
    fresh: dict[str, None] = {}
    added = None
    if kind in {LIST, RECORDING}:
        if how.audio is not None or how.name or how.columns:
            raise UsageError(f"a {kind} takes no audio, name or column", mend="they are for what is put on record")
        listed = read_holdings(Path(what), held) if kind == LIST else held.of(_key(room, str(what)))
        count = room.desk.register_listed(held.party, _noted(listed, fresh), at)
    else:
        source = Path(what).absolute()
        _check_holders(room, kind, source, held, how, at)
        added = _add(room, kind, source, at, how)
        with _standing(f"{added.recorded.snapshot.entries:,} recordings are on record, and {_SHORT_OF}"):
            listed = _listed(room, added, kind, source, held, how)
            count = room.desk.register_listed(held.party, _noted(listed, fresh), at)
    with _standing(f"{count:,} holdings are on record; what they contradict was not all looked for"):
        gaps = _gaps(room, fresh, at)
        conflicts, counts, unfinished, told = _compared(room, fresh, at, how)
    return Registration(held.party, count, len(fresh), gaps, conflicts, counts, unfinished, told, added)


def kind_of(what: Path | str, columns: Mapping[str, str] | None = None) -> str:
    """Return what is to be registered: `list`, `recording`, or the kind of a source.

    Raises:
        SourceError: it is a file that cannot be read, or a single file of audio.
    """
    path = Path(what)
    if os.path.isdir(what):  # noqa: PTH112  (says no where the system says that such a name cannot be)
        return "audio-folder"
    if not os.path.lexists(what):
        return RECORDING
    if path.suffix.lower() in EXTENSIONS:
        raise SourceError(f"{path} is one file of audio", mend="give the folder that holds it")
    if path.suffix.lower() == ".xml":
        return "ddex-ern"
    return "table" if is_catalogue(path, columns) else LIST


def _key(room: Workspace, what: str) -> str:
    """Return the key of a recording that is on record."""
    try:
        key = str(parse_identifier(what))
    except IdentifierError as wrong:
        mend = "give a list, a folder of audio, a .xml, or a key such as jamendo:214"
        raise UsageError(f"{what!r} is no file here, and no key of a recording", mend=mend) from wrong
    if not room.catalogue.known([key]):
        carriers = ", ".join(room.catalogue.resolve([key]).get(key, ())[:5])
        mend = f"name it by its key: {carriers}" if carriers else "put it on record first: licet add"
        raise UsageError(f"{key} is not on record", mend=mend)
    return key


def _check_holders(room: Workspace, kind: str, source: Path, held: Held, how: How, at: datetime) -> None:
    """Read what a catalogue says of holders before anything is put on record (step 1)."""
    if kind == "table":
        table = Table(source, how.columns, how.name)
        for some in in_batches(read_catalogue(source, held, table.key_of)):
            for holder in dict.fromkeys(one.holder for one in some):
                room.desk.known(holder, at)


def _add(room: Workspace, kind: str, source: Path, at: datetime, how: How) -> Added:
    """Put a source on record (step 2)."""
    options: dict[str, object] = {"name": how.name, "columns": how.columns}
    try:
        return room.add(
            kind,
            source,
            captured_at=at,
            audio=how.audio,
            workers=how.workers,
            engine=how.engine,
            progress=how.progress,
            options={name: value for name, value in options.items() if value},
        )
    except (SourceError, UsageError):
        raise  # nothing was put on record
    except LicetError as wrong:
        raise _amended(wrong, f"what was read is on record, and {_SHORT_OF}") from None


def _listed(room: Workspace, added: Added, kind: str, source: Path, held: Held, how: How) -> Iterator[Listed]:
    """Yield who holds what in a source that is on record."""
    if kind == "table":
        yield from read_catalogue(source, held, Table(source, how.columns, how.name).key_of)
    else:
        for entry in room.catalogue.entries(added.recorded.snapshot.id):
            yield from held.of(str(entry.key))


def _noted(listed: Iterable[Listed], fresh: dict[str, None]) -> Iterator[Listed]:
    for one in listed:
        fresh[one.recording] = None
        yield one


def _gaps(room: Workspace, recordings: Iterable[str], at: datetime) -> tuple[Gap, ...]:
    gaps = Gaps()
    for some in in_batches(recordings):
        for recording, holdings in room.desk.store.holdings(some, as_of=at).items():
            gaps.add(recording, holdings)
    return tuple(gaps)


def _compared(
    room: Workspace, fresh: dict[str, None], at: datetime, how: How
) -> tuple[tuple[Conflict, ...], dict[str, int], int, tuple[str, ...]]:
    """Find what contradicts others' claims, and tell those who watch (steps 4 and 5)."""
    if not how.compare:
        return (), {}, 0, ()
    counts: Counter[str] = Counter()
    unfinished: list[str] = []
    first: list[Conflict] = []
    contests = Contests()
    store = room.desk.store
    workers = 1 if len(fresh) == 1 else how.workers
    found = find_conflicts(
        store,
        room.index_folder,
        lambda: fresh,
        at=at,
        workers=workers,
        engine=how.engine,
        progress=how.progress,
        unfinished=unfinished.append,
    )
    for conflict in found:
        counts[str(conflict.kind)] += 1
        contests.add(conflict)
        if len(first) < KEPT:
            first.append(conflict)
    outbox = room.notices.outbox
    heard = contests.messages(store.watching(contests.parties, as_of=at), at)
    messages = [one for one in heard if outbox.find(one.key) is None]
    room.notices.put(messages)
    return tuple(first), dict(counts), len(unfinished), tuple(sorted({str(one.facts["party"]) for one in messages}))


@contextmanager
def _standing(what: str) -> Iterator[None]:
    """Say what stands, where something fails."""
    try:
        yield
    except LicetError as wrong:
        raise _amended(wrong, what) from None


def _amended(wrong: LicetError, what: str) -> LicetError:
    more = f"{what}; the same command goes on from there"
    wrong.mend = f"{wrong.mend}; {more}" if wrong.mend else more
    return wrong
