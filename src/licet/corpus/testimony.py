"""The terms that bear on one item: what is on record for its recordings, and what the corpus says of it itself.

What is on record is, in this order: what the source's own line says, what was stated for the whole collection, and
what the data set that the source is a reading of says of its layers. Of the last, the version that held when the
snapshot was taken is heard; the others are there to be seen, and are set aside.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from licet.catalog import Right, escape_path
from licet.corpus.manifest import StatedLine
from licet.digests import sha256_bytes
from licet.terms import Evidence, Layer, Scope, Stance, Term, Voice, resolve, statements_in_tags
from licet.terms.data_sets import Bearing, data_set_of, layers_of
from licet.terms.signals import Target, embedded_rsl, training_mining
from licet.terms.third_party import grants_in, third_party_grant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from licet.catalog import Entry, Listed, Snapshot, Span, Tags
    from licet.corpus.sighting import Sighting
    from licet.terms.data_sets import Stated
    from licet.terms.signals import Signal


def terms_on_record(listed: Listed, of_set: Callable[[Snapshot], Sequence[Term]] | None = None) -> Iterator[Term]:
    """Yield what one source's snapshot says of one recording: its own line, its tags, the collection's terms.

    `of_set` returns what `terms_of_set` does, for whoever asks about many recordings.
    """
    entry, snapshot = listed.entry, listed.snapshot
    covers = rights_covered(entry)
    about = str(entry.key)
    evidence = _evidence_of(entry.span, snapshot)
    statements = [entry.licence] if entry.licence else []
    if not statements and entry.tags is not None:
        statements = [stated.text for stated in statements_in_tags(entry.tags)]
    for statement in statements or [""]:
        yield Term(
            statement, resolve(statement), evidence, Voice.CATALOGUE, about, covers=covers, dropped=not listed.current
        )
    if snapshot.licence is not None and snapshot.licence_span is not None:
        collection = _evidence(snapshot.licence_span, snapshot, snapshot.licence_where)
        resolution = resolve(snapshot.licence)
        yield Term(snapshot.licence, resolution, collection, Voice.CATALOGUE, about, Scope.COLLECTION, covers=covers)
    for term in (of_set or terms_of_set)(snapshot):
        # The audio is for each recording's own line to say. Where none does, somebody may take another layer for it.
        if term.layer is Layer.DATA_SET or (term.layer is not Layer.AUDIO and not statements):
            yield term.retold(about, term.evidence)


def terms_of_set(snapshot: Snapshot, keep: Callable[[bytes], str] | None = None) -> tuple[Term, ...]:
    """Return what the data set that a snapshot is a reading of says of its layers, about no recording yet.

    `keep` stores the bytes of a statement and returns their SHA-256; without it they are named, not stored.
    """
    day = snapshot.captured_at.astimezone(UTC).date()
    states = layers_of(data_set_of(snapshot.source), day)
    return tuple(_term_of_set(stated, bearing, snapshot, keep) for stated, bearing in states)


def rights_covered(entry: Entry) -> frozenset[Right]:
    """Return what an entry's licence speaks for: both rights, unless the work is known to be another's.

    Whoever uploads a recording of their own speaks for both. Where the source names holders of the work, and one of
    them is neither the artist nor a holder of the recording, a licence of the recording does not clear the song.
    """
    own = {entry.artist, *(one.party.name for one in entry.holdings if one.right is Right.RECORDING)}
    writers = {one.party.name for one in entry.holdings if one.right is Right.WORK}
    another = {_plain(name) for name in writers} - {_plain(name) for name in own if name}
    return frozenset({Right.RECORDING}) if another else frozenset(Right)


def terms_of_item(sighting: Sighting, keep: Callable[[bytes], str], *, trust_tags: bool) -> Iterator[Term]:
    """Yield what the corpus says of one item: the list's licence column, then the file's tags and signals.

    `keep` stores the bytes of a statement and returns their SHA-256. A tag is vouched for only by `trust_tags`.
    """
    said = sighting.item.said
    captured_at = datetime.combine(sighting.seen or date.max, time.min, UTC)
    if said is not None and said.licence:
        where = f"list, row {sighting.item.row}"
        evidence = Evidence(said.digest, "list", where, captured_at, said.blob, said.start, said.length)
        covers = frozenset({Right.RECORDING}) if said.song_elsewhere else frozenset(Right)
        yield Term(said.licence, resolve(said.licence), evidence, Voice.CORPUS, covers=covers)
    for stated in statements_in_tags(sighting.tags):
        content = tag_statement(sighting.sha256, sighting.tags, stated.tag, stated.text)
        digest = keep(content)
        evidence = Evidence(digest, f"tag {stated.tag}", sighting.item.name, captured_at, digest, 0, len(content))
        yield Term(stated.text, resolve(stated.text), evidence, Voice.CORPUS, vouched=trust_tags)
    for name, content, signal in _signals_in(sighting):
        resolution = signal.resolution
        if resolution.stance is not Stance.SILENT:
            digest = keep(content)
            evidence = Evidence(digest, name, sighting.item.name, captured_at, digest, 0, len(content))
            words = "; ".join(dict.fromkeys(clause.token for clause in resolution.clauses))
            yield Term(words, resolution, evidence, Voice.CORPUS, vouched=trust_tags)


def _signals_in(sighting: Sighting) -> Iterator[tuple[str, bytes, Signal]]:
    """Yield the signals that a file carries: RSL in its tags, and a signed C2PA manifest."""
    for tag, text in sighting.tags.values:
        if "rsl" in text:
            content = tag_statement(sighting.sha256, sighting.tags, tag, text)
            yield f"tag {tag}", content, embedded_rsl.READER.read(text.encode("utf-8", "replace"), Target())
    if sighting.signed:
        content = sighting.signed.encode()
        yield "c2pa", content, training_mining.READER.read(content, Target())


def tag_statement(file_sha256: str, tags: Tags, tag: str, value: str) -> bytes:
    """Return the evidence of one embedded tag: canonical JSON that ties its value to the file's SHA-256."""
    facts = {"file_sha256": file_sha256, "format": tags.format, "tag": tag, "value": value}
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")


def stated_for_all(statement: str, source: str, where: str, content: bytes, captured_at: datetime) -> Term:
    """Return what somebody states for a whole corpus (`--stated`), with the bytes that state it.

    Where those are a third party's grant, the statement is reported as one, and is no evidence.
    """
    digest = sha256_bytes(content)
    evidence = Evidence(digest, source, where, captured_at, digest, 0, len(content))
    grant = third_party_grant(content)
    if grant is not None:
        return Term(statement, grant, evidence, Voice.CORPUS, scope=Scope.COLLECTION, layer=Layer.THIRD_PARTY)
    return Term(statement, resolve(statement), evidence, Voice.CORPUS, scope=Scope.COLLECTION)


def stated_line(term: Term) -> StatedLine:
    """Write down what was stated for a whole corpus, so that it can be heard again."""
    evidence = term.evidence
    captured = evidence.captured_at.isoformat(timespec="seconds")
    return StatedLine(term.statement, evidence.source, evidence.where, captured, evidence.blob)


def stated_again(line: StatedLine, content: bytes) -> Term:
    """Return what was stated for a whole corpus, from its line and the bytes that state it."""
    captured_at = datetime.fromisoformat(line.captured)
    return stated_for_all(line.statement, line.source, line.where, content, captured_at)


def grants_found(folder: Path, keep: Callable[[bytes], str], captured_at: datetime) -> tuple[Term, ...]:
    """Return the third parties' grants that lie in a corpus's folder, each as what it is: no evidence."""
    terms = []
    for path, content, resolution in grants_in(folder):
        name = escape_path(os.fsencode(path))
        evidence = Evidence(keep(content), "third party", name, captured_at, sha256_bytes(content), 0, len(content))
        words = f"a grant of its own wording in {name}"
        terms.append(Term(words, resolution, evidence, Voice.CORPUS, scope=Scope.COLLECTION, layer=Layer.THIRD_PARTY))
    return tuple(terms)


def _term_of_set(stated: Stated, bearing: Bearing, snapshot: Snapshot, keep: Callable[[bytes], str] | None) -> Term:
    """Return what a data set states of one layer: heard as of the capture, unless another version held then.

    What holds is dated by the snapshot: that is the day which it is a statement about. What did not is dated by its own
    reading.
    """
    heard = bearing in {Bearing.BINDS, Bearing.DOUBTFUL}
    read_on = datetime.combine(stated.first if bearing is Bearing.LATER else stated.seen, time.min, UTC)
    blob = keep(stated.content) if keep is not None else ""
    where = f"{stated.where} ({stated.cites}), read on {stated.seen.isoformat()}"
    evidence = Evidence(
        stated.digest,
        f"{stated.data_set}, {stated.layer}",
        where,
        snapshot.captured_at if heard else read_on,
        blob,
        0,
        len(stated.content) if blob else 0,
    )
    resolution = stated.resolution
    if not heard:
        resolution = replace(resolution, notes=(*resolution.notes, _NOT_IN_FORCE[bearing]))
    return Term(
        stated.states,
        resolution,
        evidence,
        Voice.CATALOGUE,
        scope=Scope.COLLECTION,
        layer=stated.layer,
        dropped=not heard,
    )


def _evidence_of(span: Span, snapshot: Snapshot) -> Evidence:
    """Return the evidence of an entry, named by the file of the snapshot that its span lies in."""
    return _evidence(span, snapshot, _file_names(snapshot).get(span.blob, snapshot.location))


def _evidence(span: Span, snapshot: Snapshot, where: str) -> Evidence:
    place = f"{where}, bytes {span.start}–{span.start + span.length}"
    return Evidence(span.digest, snapshot.source, place, snapshot.captured_at, span.blob, span.start, span.length)


def _file_names(snapshot: Snapshot) -> dict[str, str]:
    """Map the SHA-256 of each file of a snapshot to its name; worked out once a snapshot, and there are few."""
    if snapshot.id not in _NAMES:
        _NAMES[snapshot.id] = {file.sha256: file.path for file in snapshot.files}
    return _NAMES[snapshot.id]


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


_NAMES: dict[str, dict[str, str]] = {}
_NOT_IN_FORCE = {
    Bearing.PAST: "earlier terms: others held when the snapshot was captured",
    Bearing.LATER: "newer terms: the snapshot was captured before them, under others",
}
