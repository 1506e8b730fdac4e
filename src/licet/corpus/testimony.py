"""The terms that bear on one item: what is on record for its recordings, and what the corpus says of it itself."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from licet.digests import sha256_bytes
from licet.terms import Evidence, Scope, Term, Voice, resolve, statements_in_tags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from licet.catalog import Listed, Snapshot, Span, Tags
    from licet.corpus.sighting import Sighting


def terms_on_record(listed: Listed) -> Iterator[Term]:
    """Yield what one source's snapshot says of one recording: its own line, its tags, the collection's terms."""
    entry, snapshot = listed.entry, listed.snapshot
    about = str(entry.key)
    evidence = _evidence_of(entry.span, snapshot)
    statements = [entry.licence] if entry.licence else []
    if not statements and entry.tags is not None:
        statements = [stated.text for stated in statements_in_tags(entry.tags)]
    for statement in statements or [""]:
        yield Term(statement, resolve(statement), evidence, Voice.CATALOGUE, about, dropped=not listed.current)
    if snapshot.licence is not None and snapshot.licence_span is not None:
        collection = _evidence(snapshot.licence_span, snapshot, snapshot.licence_where)
        resolution = resolve(snapshot.licence)
        yield Term(snapshot.licence, resolution, collection, Voice.CATALOGUE, about, Scope.COLLECTION)


def terms_of_item(sighting: Sighting, keep: Callable[[bytes], str], *, trust_tags: bool) -> Iterator[Term]:
    """Yield what the corpus says of one item: the list's licence column, then the tags embedded in the file.

    `keep` stores the bytes of a statement and returns their SHA-256. A tag is vouched for only by `trust_tags`.
    """
    said = sighting.item.said
    captured_at = datetime.combine(sighting.seen or date.max, time.min, UTC)
    if said is not None and said.licence:
        where = f"list, row {sighting.item.row}"
        evidence = Evidence(said.digest, "list", where, captured_at, said.blob, said.start, said.length)
        yield Term(said.licence, resolve(said.licence), evidence, Voice.CORPUS)
    for stated in statements_in_tags(sighting.tags):
        content = tag_statement(sighting.sha256, sighting.tags, stated.tag, stated.text)
        digest = keep(content)
        evidence = Evidence(digest, f"tag {stated.tag}", sighting.item.name, captured_at, digest, 0, len(content))
        yield Term(stated.text, resolve(stated.text), evidence, Voice.CORPUS, vouched=trust_tags)


def tag_statement(file_sha256: str, tags: Tags, tag: str, value: str) -> bytes:
    """Return the evidence of one embedded tag: canonical JSON that ties its value to the file's SHA-256."""
    facts = {"file_sha256": file_sha256, "format": tags.format, "tag": tag, "value": value}
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")


def stated_for_all(statement: str, source: str, where: str, content: bytes, captured_at: datetime) -> Term:
    """Return what somebody states for a whole corpus (`--stated`), with the bytes that state it."""
    digest = sha256_bytes(content)
    evidence = Evidence(digest, source, where, captured_at, digest, 0, len(content))
    return Term(statement, resolve(statement), evidence, Voice.CORPUS, scope=Scope.COLLECTION)


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


_NAMES: dict[str, dict[str, str]] = {}
