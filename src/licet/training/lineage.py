"""Prove that a model has not read something, nor any model that it began with: one document, checked offline.

It holds the attestation of the model, that of every model it began with as far as those are attested, and for each of
them a proof that a name is not among what its run read. It is checked in this order:

1. Every name is one that the set of a run can hold: of what is written otherwise it is proved that nobody read it.
2. Every attestation checks (`licet.transparency.receipts`).
3. Of every one there is a proof, which leans on that very entry, and shows that none of the names was read.
4. Every base that an attestation names by its statement is attested in the document.

Bases that are not attested are told: of what they read nothing is proved, whatever their makers say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import msgspec

from licet.digests import sha256_bytes
from licet.errors import LogError
from licet.training.attestation import read_attested
from licet.transparency import MODEL, Attestation, Membership
from licet.transparency.fields import in_field
from licet.transparency.receipts import require_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from licet.training.runs import Base
    from licet.transparency import Checked, Checkpoint, Statement, Verifier

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
        for place, name in enumerate(self.names):  # step 1
            with in_field(f"names[{place}]"):
                require_name(name, MODEL)
        checked: dict[str, Checked] = {}
        heads: dict[Checkpoint, None] = {}
        for place, told in enumerate(self.models):
            with in_field(f"models[{place}]"):
                one = told.attestation.check(known, at_least=at_least)  # step 2
                checked[sha256_bytes(told.attestation.envelope.body)] = one
                heads |= dict.fromkeys((one.anchor.head, *self._absent(told, known)))  # step 3
        bases = [base for one in checked.values() for base in read_attested(one.statement).bases]
        for base in bases:  # step 4
            if base.statement and base.statement not in checked:
                raise LogError(f"models: {base.name}, which one of them began with, is not among them")
        unknown = tuple(dict.fromkeys(base for base in bases if not base.statement))
        return CheckedLineage(checked, unknown, tuple(heads))

    def _absent(self, told: Told, known: tuple[Verifier, ...]) -> list[Checkpoint]:
        """Check that a run read none of the names, and return the heads of the log that the proofs lean on."""
        proved, heads = {}, []
        for place, proof in enumerate(told.absent):
            with in_field(f"absent[{place}]"):
                digest, anchor = proof.check(known)
                if proof.entry.encode() != told.attestation.envelope.body:
                    raise LogError("entry: it is not what the attestation states")
                proved[proof.name] = digest
                heads.append(anchor.head)
        for name in self.names:
            if name not in proved:
                raise LogError(f"absent: nothing is proved of {name}")
            if proved[name] is not None:
                raise LogError(f"absent: {name} was read")
        return heads


@dataclass(frozen=True, slots=True)
class CheckedLineage:
    """A lineage that was checked."""

    models: dict[str, Checked]  # by the SHA-256 of its statement, the model's own first
    unknown: tuple[Base, ...]  # what it began with and nobody attested: of those nothing is proved
    heads: tuple[Checkpoint, ...]  # of the logs that it leans on, each once

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What is attested of each model."""
        return tuple(one.statement for one in self.models.values())


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
