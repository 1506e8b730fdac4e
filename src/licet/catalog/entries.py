"""The facts a source states: one entry a recording, with the exact bytes that state it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003  (a dataclass field: msgspec reads it at run time)
from enum import StrEnum
from fractions import Fraction  # noqa: TC003  (likewise)

from licet.catalog.identifiers import Identifier  # noqa: TC001  (likewise)
from licet.catalog.tags import Tags  # noqa: TC001  (likewise)


class Right(StrEnum):
    """A recording carries two rights; a verdict covers both."""

    RECORDING = "recording"  # the fixed performance (the master)
    WORK = "work"  # the composition it is of


@dataclass(frozen=True, slots=True)
class Span:
    """Where in a file a statement stands: evidence is a span of bytes, named by its own SHA-256.

    A licence list of a million records is stored once; each record is a span of it with a digest of its own, so that
    a change to one record re-opens what leaned on that record and nothing else.
    """

    digest: str  # SHA-256 of the span's own bytes
    blob: str  # SHA-256 of the whole file it stands in
    start: int  # bytes from the beginning of the file
    length: int  # bytes


@dataclass(frozen=True, slots=True)
class Party:
    """A person or organisation that holds or represents rights, by the name a source gives it."""

    name: str
    identifiers: tuple[Identifier, ...] = ()  # ISNI, IPI, `jamendo-artist:20` ...


@dataclass(frozen=True, slots=True)
class Holding:
    """What one party holds in a recording or in its work. `share` is None where the source states none."""

    party: Party
    right: Right
    role: str  # artist, composer, label ...
    share: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """A composition, with its ISWC where the source states one."""

    title: str
    iswc: Identifier | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One recording as one source states it. `None` and "" mean that the source is silent, never "no"."""

    key: Identifier  # the source's own name for the recording: `jamendo:214`
    span: Span  # the bytes that state it
    title: str = ""
    artist: str = ""
    album: str = ""
    duration_s: float | None = None
    path: str | None = None  # where the source says the audio lies, relative to its root
    url: str | None = None  # the page to credit
    identifiers: tuple[Identifier, ...] = ()  # every other name: digests, ISRC, MusicBrainz id ...
    holdings: tuple[Holding, ...] = ()
    work: Work | None = None
    licence: str | None = None  # the licence statement exactly as worded
    attribution: str | None = None  # the credit line exactly as worded, where the source gives one
    tags: Tags | None = None  # what the file says about itself, where the source is a folder of audio


class Severity(StrEnum):
    """How much a problem with a record costs."""

    LOST = "lost"  # the record could not be read
    DOUBT = "doubt"  # it was read, and something in it does not add up


@dataclass(frozen=True, slots=True)
class Problem:
    """A bad record. It is a value, so that one run reports every one of them and loses nothing else."""

    where: str  # file and line, as a person would look it up: `audio_licenses.txt:17`
    says: str
    severity: Severity = Severity.LOST


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file a source was read from."""

    path: str  # relative to the source's root, `/` between folders
    sha256: str
    size: int  # bytes


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One reading of one source: what, when, and the SHA-256 of everything that was read."""

    id: str  # SHA-256 over source kind, location, capture time, file digests and the statement for the whole
    source: str  # the reader's kind: `mtg-jamendo`
    location: str  # where it was read from, as the user gave it
    captured_at: datetime  # aware, UTC: when the statements were captured
    files: tuple[SourceFile, ...]
    entries: int
    licensed: int  # entries that state a licence
    licence: str | None = None  # what was stated for the whole collection, exactly as worded
    licence_span: Span | None = None  # the bytes that state it
    licence_where: str = ""  # the file that states it, as a person would look it up


@dataclass(frozen=True, slots=True)
class Drift:
    """What changed between two snapshots of one source. Counts are whole; the lists name the first few."""

    added: int = 0
    removed: int = 0
    changed: int = 0
    relicensed: int = 0  # of the changed: the licence statement differs
    examples: tuple[str, ...] = field(default=())  # `jamendo:214: CC BY 3.0 -> CC BY-NC 3.0`


@dataclass(frozen=True, slots=True)
class Listed:
    """A recording as one snapshot lists it."""

    entry: Entry
    snapshot: Snapshot  # the last one of its source that lists the recording
    current: bool  # False where a newer snapshot of the same source no longer lists it


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of one import. `problems` holds the first thousand of `problem_count`."""

    snapshot: Snapshot
    drift: Drift | None  # None at the first import of a source, and when this very snapshot was there already
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0
