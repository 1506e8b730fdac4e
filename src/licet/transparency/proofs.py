"""Proofs to hand over: one JSON document that holds all that a check needs but the public key.

::

    {"format": "licet-log-proof/1", "kind": "inclusion", "place": 7, "leaf": "…", "path": ["…"], "checkpoint": "…"}
    {"format": "licet-log-proof/1", "kind": "consistency", "before": 5, "root": "…", "path": ["…"], "checkpoint": "…"}

Hashes are in hexadecimal, the checkpoint is the signed note as it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from licet.errors import LogError
from licet.transparency import merkle
from licet.transparency.checkpoints import Checkpoint
from licet.transparency.fields import in_field
from licet.transparency.notes import parse_note

if TYPE_CHECKING:
    from collections.abc import Iterable

    from licet.transparency.log import Log
    from licet.transparency.notes import Signature, Verifier

_Hash = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
_Place = Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]
_Path = Annotated[tuple[_Hash, ...], msgspec.Meta(max_length=64)]


class _Proof(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    format: Literal["licet-log-proof/1"] = "licet-log-proof/1"
    path: _Path
    checkpoint: str

    def head(self, known: Iterable[Verifier]) -> tuple[Checkpoint, tuple[Signature, ...]]:
        """Return the head that was signed, and who signed it.

        Raises:
            LogError: no known key did, or a signature does not check. The message names the field.
        """
        with in_field("checkpoint"):
            note = parse_note(self.checkpoint.encode())
            return Checkpoint.parse(note.text), note.signatures(known)

    @property
    def hashes(self) -> list[bytes]:
        """The path, as bytes."""
        return [bytes.fromhex(one) for one in self.path]


class InclusionProof(_Proof, frozen=True, kw_only=True, tag="inclusion"):
    """That an entry is in a log."""

    place: _Place
    leaf: _Hash

    def check(self, known: Iterable[Verifier], entry: bytes | None = None) -> tuple[Signature, ...]:
        """Check the proof, and that it is of `entry` where that is given; return who signed the head.

        Raises:
            LogError: it does not check. The message names the field.
        """
        head, signatures = self.head(known)
        if entry is not None and merkle.leaf_hash(entry).hex() != self.leaf:
            raise LogError("leaf: it is not the hash of this entry")
        if self.place >= head.size:
            raise LogError(f"place: the log had {head.size} entries, and none at {self.place}")
        if not merkle.included(bytes.fromhex(self.leaf), self.place, head.size, self.hashes, head.root):
            raise LogError("path: it does not lead from the leaf to the root of the checkpoint")
        return signatures


class ConsistencyProof(_Proof, frozen=True, kw_only=True, tag="consistency"):
    """That a log began with what it held before."""

    before: _Place
    root: _Hash

    def check(self, known: Iterable[Verifier]) -> tuple[Signature, ...]:
        """Check the proof; return who signed the head.

        Raises:
            LogError: it does not check. The message names the field.
        """
        head, signatures = self.head(known)
        if not merkle.consistent(self.before, head.size, bytes.fromhex(self.root), head.root, self.hashes):
            raise LogError("path: the log of the checkpoint does not begin with that of `before` and `root`")
        return signatures


def prove_entry(log: Log, place: int) -> InclusionProof:
    """Prove that the entry at `place` is in a log.

    Raises:
        IndexError: there is none.
    """
    leaf = merkle.leaf_hash(log[place]).hex()
    path = tuple(one.hex() for one in log.inclusion(place))
    return InclusionProof(place=place, leaf=leaf, path=path, checkpoint=str(log.note))


def prove_growth(log: Log, before: int) -> ConsistencyProof:
    """Prove that a log began with the first `before` of its entries.

    Raises:
        LogError: it has fewer, or `before` is none.
    """
    if not 0 < before <= len(log):
        raise LogError(f"the log has {len(log)} entries: it cannot have begun with {before}")
    path = tuple(one.hex() for one in log.consistency(before))
    return ConsistencyProof(before=before, root=log.root_at(before).hex(), path=path, checkpoint=str(log.note))


def parse_proof(content: bytes) -> InclusionProof | ConsistencyProof:
    """Read a proof, of which nothing is checked yet.

    Raises:
        LogError: it is none. The message names the field.
    """
    try:
        return msgspec.json.decode(content, type=InclusionProof | ConsistencyProof)
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise LogError(f"it is no proof: {wrong}") from wrong
