"""Clear a corpus with what a workspace has on record: what is asked, where the answer lies, and what it is of."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from licet import __version__
from licet.corpus import Counts, Head, Line, Room, clear, read_lines, stated_for_all, stated_line
from licet.corpus.manifest import LOOKED_NAME
from licet.digests import sha256_bytes
from licet.placing import place
from licet.workspace.record import INDEX
from licet.workspace.reopening import Looked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from licet.corpus import Clearance, Corpus
    from licet.parallel import Engine
    from licet.terms import EvidenceStore, Term
    from licet.workspace.record import WorkspaceRecord


@dataclass(frozen=True, slots=True)
class Cleared:
    """A corpus that was cleared, and where its manifest, report and attribution text lie."""

    folder: Path
    counts: Counts

    def lines(self) -> Iterator[Line]:
        """Yield every line of the manifest."""
        return read_lines(self.folder)

    def permitted(self) -> Iterator[Line]:
        """Yield the lines of the items that may be used. Nothing else may."""
        return (line for line in self.lines() if line.verdict == "permitted")


def stated_in_words(statement: str, stated_from: Path | None, when: datetime, evidence: EvidenceStore) -> Term:
    """Return what is stated for a corpus as a whole, in words, or in a file that is kept as evidence."""
    content = statement.encode() if stated_from is None else stated_from.read_bytes()
    evidence.put_bytes(content)
    where = "stated at the command line" if stated_from is None else str(stated_from)
    return stated_for_all(statement, "stated for the corpus", where, content, when)


def manifest_folder(workspace: Path, corpus: Corpus, clearance: Clearance) -> Path:
    """Return where the manifest of a corpus goes unless another place is named."""
    name = corpus.path.resolve().name or "corpus"
    return workspace / "manifests" / f"{name}-{clearance.use.act}-{clearance.use.purpose}"


def cleared_into(
    folder: Path,
    corpus: Corpus,
    clearance: Clearance,
    record: WorkspaceRecord,
    *,
    workers: int | None,
    engine: Engine,
    progress: Callable[[str], None],
) -> Counts:
    """Clear a corpus into a folder, with what was on record then beside it; see `Workspace.clear`."""
    looked = Looked.of(record, clearance.policy, clearance.use.day)
    with record.evidence.batch():
        for _, blob in corpus.blobs():
            record.evidence.put_bytes(blob) if isinstance(blob, bytes) else record.evidence.put_file(blob)
    room = Room(
        record=record,
        index=record.folder / INDEX,
        journal=record.folder / "scans" / f"{_name_of(corpus)}.db",
        out=folder,
        workers=workers,
        engine=engine,
        progress=progress,
    )
    counts = clear(corpus, clearance, room, _head(corpus, clearance, record))
    place({folder / LOOKED_NAME: msgspec.json.encode(looked)})
    return counts


def _head(corpus: Corpus, clearance: Clearance, record: WorkspaceRecord) -> Head:
    policy = clearance.policy
    return Head(
        licet=__version__,
        corpus=corpus.path.name or str(corpus.path),
        act=clearance.use.act,
        purpose=clearance.use.purpose,
        territories=tuple(sorted(clearance.use.territories)),
        day=clearance.use.day.isoformat(),
        reading=clearance.reading,
        accepts=tuple(sorted(clearance.accepts)),
        trust_tags=clearance.trust_tags,
        policy=f"{policy.name} {policy.version}",
        policy_sha256=policy.digest,
        catalogue=record.catalogue.state(),
        index=record.index.state,
        stated=tuple(map(stated_line, clearance.stated)),
        asker=clearance.asker.party,
        model=clearance.asker.model,
    )


def _name_of(corpus: Corpus) -> str:
    """Name the journal of a corpus by where it lies, so that two corpora of one name are kept apart."""
    place = os.fsencode(corpus.path.resolve()) + b"\0" + os.fsencode(corpus.root.resolve())
    return sha256_bytes(place)[:16]
