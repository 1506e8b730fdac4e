"""Put a source on record: its statements in the catalogue, their bytes in the evidence, its sounds in the index."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from licet import identify
from licet.catalog import Entry, Problem, Recorded, Span
from licet.corpus.sighting import locate
from licet.digests import sha256_bytes, sha256_file
from licet.errors import AudioError, IdentifierError, SourceError, UsageError
from licet.parallel import PROCESSES, Crashed, ordered_map
from licet.terms import Stance, resolve
from licet.terms.third_party import LONGEST, third_party_grant
from licet.workspace.stating import own_statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from licet.catalog.sources import Source
    from licet.catalog.store import CatalogStore
    from licet.identify import FingerprintIndex, Heard, IndexWriter
    from licet.parallel import Engine
    from licet.terms import EvidenceStore

SOUNDS_A_COMMIT = 64
NAMES_COMPARED = 500
NAMED_LOCALLY = frozenset({"audio-folder", "table"})


@dataclass(frozen=True, slots=True)
class Sounds:
    """What came of listening to a source's audio."""

    registered: int = 0
    already: int = 0  # on record before
    silent: int = 0  # heard, but too little to tell it by
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Added:
    """What came of adding one source."""

    recorded: Recorded
    families: tuple[tuple[str, int], ...]  # licence family and recordings, commonest first
    licences: int  # distinct licences by canonical key
    statements: int  # distinct statements, as worded
    unresolved: int  # recordings whose statement nobody resolved
    silent: int  # recordings without a statement
    sounds: Sounds


@dataclass(slots=True)
class _Tally:
    """Counts what the statements come to as the entries stream by."""

    families: Counter[str] = field(default_factory=Counter)
    keys: set[str] = field(default_factory=set)
    statements: set[str] = field(default_factory=set)
    unresolved: int = 0
    silent: int = 0

    def through(self, items: Iterable[Entry | Problem], otherwise: str | None) -> Iterator[Entry | Problem]:
        """Pass `items` on, counting. `otherwise` is what is stated for the whole collection."""
        for item in items:
            if isinstance(item, Entry):
                own = own_statement(item)
                silent = resolve(own).stance is Stance.SILENT
                self._count(otherwise if silent and otherwise else own)
            yield item

    def _count(self, statement: str) -> None:
        resolution = resolve(statement)
        family = " or ".join(offer.family for offer in resolution.offers) or resolution.stance
        self.families[family] += 1
        self.keys.update(offer.key for offer in resolution.offers)
        self.unresolved += resolution.stance == "unresolved"
        self.silent += resolution.stance == "silent"
        if statement:
            self.statements.add(sha256_bytes(statement.encode("utf-8", "replace")))


def reject_taken_names(source: Source, catalogue: CatalogStore) -> None:
    """Refuse a folder or table whose local names another one has taken: `local:music/a.mp3` must mean one recording.

    Raises:
        UsageError: its first recordings are on record from somewhere else.
    """
    if source.kind not in NAMED_LOCALLY:
        return
    first = islice(source.read(), NAMES_COMPARED)
    keys = [str(item.key) for item in first if isinstance(item, Entry) and item.key.scheme == "local"]
    for key, listed in catalogue.find(keys, as_of=datetime.max.replace(tzinfo=UTC)).items():
        for one in listed:
            if one.snapshot.location != source.location:
                raise UsageError(f"{key} is on record from {one.snapshot.location}", mend="give this source a --name")


def add_statements(
    source: Source,
    catalogue: CatalogStore,
    evidence: EvidenceStore,
    *,
    captured_at: datetime,
    licence: str | None,
    licence_from: Path | None,
) -> tuple[Recorded, _Tally]:
    """Record a snapshot of `source`. The evidence is durable before anything leans on it."""
    span, where = _collection_evidence(licence, licence_from, evidence)
    with evidence.batch():
        for _, blob in source.blobs():
            evidence.put_bytes(blob) if isinstance(blob, bytes) else evidence.put_file(blob)
    tally = _Tally()
    recorded = catalogue.record(
        source.kind,
        source.location,
        captured_at,
        source.files(),
        tally.through(source.read(), licence),
        licence=licence,
        licence_span=span,
        licence_where=where,
    )
    return recorded, tally


def _collection_evidence(
    licence: str | None, licence_from: Path | None, evidence: EvidenceStore
) -> tuple[Span | None, str]:
    """Keep the file that states the licence of a whole collection; without one, the statement itself."""
    if licence is None:
        return None, ""
    if licence_from is None:
        content = licence.encode()
        return Span(evidence.put_bytes(content), sha256_bytes(content), 0, len(content)), "stated at the command line"
    with licence_from.open("rb") as stream:
        if third_party_grant(stream.read(LONGEST + 1)) is not None:
            raise SourceError(
                f"{licence_from} is a third party's grant, which is no evidence of what the holders allow",
                mend="name the file in which the holders themselves state the licence",
            )
    digest = evidence.put_file(licence_from)
    return Span(digest, digest, 0, licence_from.stat().st_size), str(licence_from)


@dataclass(frozen=True, slots=True)
class _Job:
    key: str
    path: Path
    shown: str


@dataclass(frozen=True, slots=True)
class _Listened:
    job: _Job
    heard: Heard | None
    sha256: str
    problem: str = ""


def add_sounds(
    entries: Iterable[Entry],
    root: Path,
    catalogue: CatalogStore,
    index: Path,
    *,
    workers: int | None,
    engine: Engine = PROCESSES,
    progress: Callable[[str], None],
) -> Sounds:
    """Listen to the audio of `entries` below `root` and put it in the index. Stopped half-way, it goes on next time."""
    counts: Counter[str] = Counter()
    problems: list[Problem] = []
    known = identify.FingerprintIndex.open(index)
    with identify.IndexWriter(index) as writer:
        learned: list[tuple[str, str]] = []
        jobs = _jobs(entries, root, known, counts)
        for result in ordered_map(_listen, jobs, workers=workers, engine=engine):
            if isinstance(result, Crashed):
                result = _Listened(result.item, None, "", "the decoder crashed on it")  # noqa: PLW2901  (one shape)
            if result.heard is None:
                counts["failed"] += 1
                problems.append(Problem(result.job.shown, result.problem))
            else:
                outcome = _register(result, result.heard, writer)
                counts[outcome] += 1
                learned += _digests(result, result.heard)
            progress("registered" if result.heard else "failed")
            if len(learned) >= 2 * SOUNDS_A_COMMIT:
                writer.commit()
                catalogue.learn(learned)
                learned.clear()
        writer.commit()
        catalogue.learn(learned)
    return Sounds(counts["registered"], counts["already"], counts["silent"], tuple(problems))


def _jobs(entries: Iterable[Entry], root: Path, known: FingerprintIndex, counts: Counter[str]) -> Iterator[_Job]:
    for entry in entries:
        if entry.path is None:
            continue
        if str(entry.key) in known:
            counts["already"] += 1
            continue
        try:
            path = locate(root, entry.path)
            inside = path.resolve().is_relative_to(root.resolve())
        except (IdentifierError, OSError, ValueError):
            continue
        if inside and path.is_file():
            yield _Job(str(entry.key), path, entry.path)


def _listen(job: _Job) -> _Listened:
    try:
        return _Listened(job, identify.listen(job.path), sha256_file(job.path))
    except (AudioError, OSError) as wrong:
        return _Listened(job, None, "", str(wrong))


def _register(result: _Listened, heard: Heard, writer: IndexWriter) -> str:
    if not len(heard.fingerprint):
        return "silent"
    new = writer.add(result.job.key, result.job.shown, heard.fingerprint)
    return "registered" if new else "already"


def _digests(result: _Listened, heard: Heard) -> list[tuple[str, str]]:
    key = result.job.key
    return [(key, f"sha256:{result.sha256}"), (key, f"pcm-sha256:{heard.audio.pcm_sha256}")]
