"""What a receipt says of one line of a manifest, and what the log holds of the manifest as a whole.

Both are in-toto statements. They share what was asked: `manifest`, `use` and `policy`. `docs/receipts.md` documents
every field.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec

from licet.corpus.manifest import Written
from licet.digests import sha256_bytes
from licet.transparency import MANIFEST, RECEIPT, Statement, Subject, digest_of_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from licet.corpus.manifest import Batch, Counts, Head, Line, MatchLine
    from licet.transparency import SetHead


@dataclass(frozen=True, slots=True)
class Receipts:
    """The receipts of one manifest: what it is of, and the SHA-256 of its JSON lines. It travels to other processes."""

    head: Head
    sha256: str

    def statement(self, line: Line) -> Statement:
        """Return what the receipt of a line says."""
        head = self.head
        return Statement(
            (_subject(line),),
            RECEIPT,
            {
                **self.asked(),
                "line": sha256_bytes(Written.of(line).text),
                "row": line.row,
                "verdict": line.verdict,
                "contested": line.contested,
                "readings": line.readings,
                "reasons": line.reasons,
                "conditions": line.conditions,
                "changes": line.changes,
                "evidence": line.statements,
                "identification": {
                    "recordings": line.recordings,
                    "by": line.identified_by,
                    "confidence": "" if line.confidence is None else repr(line.confidence),
                    "matches": list(map(_match, line.matches)),
                    "catalogue": head.catalogue,
                    "index": head.index,
                },
                "audio": {"size": line.size, "pcm_sha256": line.pcm_sha256, "partial": line.partial},
                "named": {
                    "title": line.title,
                    "artist": line.artist,
                    "album": line.album,
                    "holders": line.holders,
                    "licence": line.licence,
                    "attribution": line.attribution,
                },
                "error": None if line.error is None else msgspec.structs.asdict(line.error),
            },
        )

    def entry(self, items: SetHead, counts: Counts, at: str, reopens: dict[str, Any] | None) -> Statement:
        """Return what the log holds of the manifest, sealed `at` a time in ISO 8601."""
        subject = Subject(self.head.corpus, {"sha256": self.sha256})
        predicate = {
            **self.asked(),
            "items": {"size": items.size, "salt": items.salt.hex(), "root": items.root.hex()},
            "counts": counts,
            "sealed": at,
        }
        return Statement((subject,), MANIFEST, predicate | ({"reopens": reopens} if reopens else {}))

    def asked(self) -> dict[str, Any]:
        """Return what all of them share."""
        head = self.head
        use = {name: getattr(head, name) for name in ("act", "purpose", "territories", "day", "reading", "accepts")}
        for_whom = {name: said for name in ("asker", "model") if (said := getattr(head, name))}
        return {
            "manifest": {"sha256": self.sha256, "licet": head.licet},
            "use": use | {"trust_tags": head.trust_tags} | for_whom,
            "policy": {"name": head.policy, "sha256": head.policy_sha256},
        }

    def __call__(self, batch: Batch) -> list[tuple[str, bytes]]:
        """Return the names under which the lines of a batch are in the set, each with what is said of it."""
        named = []
        for line in batch.lines():
            digest = digest_of_parts(self.statement(line).parts())
            named += [(name, digest) for name in names_in_set(line)]
        return named


def names_in_set(line: Line) -> Iterator[str]:
    """Yield the names that a manifest is asked for: of the item, of its file's bytes, and of each recording in it."""
    yield f"item:{line.row}:{line.item}"
    if line.sha256:
        yield f"sha256:{line.sha256}"
    for recording in dict.fromkeys(line.recordings):
        yield f"recording:{recording}"


def _subject(line: Line) -> Subject:
    """Name an item by its file's bytes, or, where there is no file, by its identifier's."""
    if line.sha256:
        return Subject(line.item, {"sha256": line.sha256}, {"digestOf": "file"})
    return Subject(line.item, {"sha256": sha256(line.item.encode()).hexdigest()}, {"digestOf": "name"})


def _match(match: MatchLine) -> dict[str, str | int]:
    """Write a match down without numbers that have a fraction: they are text."""
    return {name: repr(one) if isinstance(one, float) else one for name, one in msgspec.structs.asdict(match).items()}
