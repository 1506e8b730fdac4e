"""Prove that a model has not read something, nor any model that it began with: one document, checked offline.

It holds the attestation of the model, that of every model it began with as far as those are attested, and for each of
them a proof that a name is not among what its run read. It is checked in this order:

1. Every attestation checks (`licet.transparency.receipts`).
2. Of every one there is a proof, which leans on that very entry, and shows that none of the names was read.
3. Every base that an attestation names by its statement is attested in the document.

Bases that are not attested are told: of what they read nothing is proved, whatever their makers say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import msgspec

from licet.digests import sha256_bytes
from licet.errors import LogError
from licet.training.attestation import read_attested
from licet.transparency import Attestation, Membership
from licet.transparency.fields import in_field

if TYPE_CHECKING:
    from collections.abc import Iterable

    from licet.training.runs import Base
    from licet.transparency import Statement, Verifier

MOST_BYTES = 1 << 26  # of a document
MOST_MODELS = 10_000


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One model of a lineage: its attestation, and the proofs that its run read none of the names."""

    attestation: Attestation
    absent: tuple[Membership, ...]


class Lineage(msgspec.Struct, frozen=True, kw_only=True, tag_field="format", tag="licet-lineage/1"):
    """That neither a model nor those it began with have read what goes by some names."""

    names: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]  # recording:…, sha256:…, item:…
    models: Annotated[tuple[Told, ...], msgspec.Meta(min_length=1, max_length=MOST_MODELS)]  # the model itself first

    def check(self, known: Iterable[Verifier], *, at_least: int = 1) -> CheckedLineage:
        """Check all of it, and that `at_least` known keys signed each attestation.

        Raises:
            LogError: something does not check, or a run did read one of the names. The message names the field.
        """
        known = tuple(known)
        statements: dict[str, Statement] = {}
        for place, told in enumerate(self.models):
            with in_field(f"models[{place}]"):
                checked = told.attestation.check(known, at_least=at_least)  # step 1
                statements[sha256_bytes(told.attestation.envelope.body)] = checked.statement
                self._absent(told, known)  # step 2
        bases = [base for statement in statements.values() for base in read_attested(statement).bases]
        for base in bases:  # step 3
            if base.statement and base.statement not in statements:
                raise LogError(f"models: {base.name}, which one of them began with, is not among them")
        unknown = tuple(dict.fromkeys(base for base in bases if not base.statement))
        return CheckedLineage(tuple(statements.values()), unknown)

    def _absent(self, told: Told, known: tuple[Verifier, ...]) -> None:
        proved = {}
        for place, proof in enumerate(told.absent):
            with in_field(f"absent[{place}]"):
                digest, _ = proof.check(known)
                if proof.entry.encode() != told.attestation.envelope.body:
                    raise LogError("entry: it is not what the attestation states")
                proved[proof.name] = digest
        for name in self.names:
            if name not in proved:
                raise LogError(f"absent: nothing is proved of {name}")
            if proved[name] is not None:
                raise LogError(f"absent: {name} was read")


@dataclass(frozen=True, slots=True)
class CheckedLineage:
    """A lineage that was checked."""

    statements: tuple[Statement, ...]  # the model's own first
    unknown: tuple[Base, ...]  # what it began with and nobody attested: of those nothing is proved


def parse_lineage(content: bytes) -> Lineage:
    """Read the proof of a lineage, of which nothing is checked yet.

    Raises:
        LogError: it is none. The message names the field.
    """
    if len(content) > MOST_BYTES:
        raise LogError(f"a proof of {len(content)} bytes is too long", mend=f"at most {MOST_BYTES} bytes")
    try:
        return msgspec.json.decode(content, type=Lineage)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise LogError(f"it is no proof of a lineage: {wrong}") from wrong
