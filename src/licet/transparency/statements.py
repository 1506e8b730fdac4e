"""Statements: what somebody says of some bytes (in-toto Attestation Framework, Statement v1), as canonical JSON.

The canonical form is that of RFC 8785, so that a statement has one text and one digest. Ours hold text, whole numbers,
yes and no, lists, and objects with names in ASCII; a number with a fraction is written as text. Of such values the
encoder in use gives RFC 8785's bytes at a fortieth of the cost; what is read is held against the `rfc8785` library.

Each part of a statement has a digest of its own: its type, its subject, and every member of its predicate. The digest
of the whole is that of all those, so that whoever finds it wrong can tell which part is.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import msgspec
import rfc8785

from licet.errors import LogError

STATEMENT = "https://in-toto.io/Statement/v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
RECEIPT = "urn:licet:receipt:v1"  # one item's verdict
MANIFEST = "urn:licet:manifest:v1"  # the root of all items' verdicts
MODEL = "urn:licet:model:v1"  # what a training run read, and the weights that came out
SUCCESSION = "urn:licet:succession:v1"  # which key signs from now on, or no longer

_ENCODER = msgspec.json.Encoder(order="sorted")


class Subject(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a statement is about: a name, the digests of its bytes, and what those are the digests of."""

    name: str
    digest: dict[str, str]
    annotations: dict[str, str] = {}


class Statement(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A statement, signed or not."""

    subject: tuple[Subject, ...]
    predicate_type: str
    predicate: dict[str, Any]
    type: str = msgspec.field(name="_type", default=STATEMENT)

    def encoded(self) -> bytes:
        """Return its canonical text."""
        return canonical(self)

    def parts(self) -> dict[str, str]:
        """Return the SHA-256 of each part's canonical text, by the part's name."""
        whole = {"_type": self.type, "predicateType": self.predicate_type, "subject": self.subject}
        whole |= {f"predicate.{name}": value for name, value in self.predicate.items()}
        return {name: sha256(canonical(value)).hexdigest() for name, value in whole.items()}


def canonical(value: object) -> bytes:
    """Return the canonical text (RFC 8785) of a value of ours, which holds no number with a fraction."""
    return _ENCODER.encode(value)


def digest_of_parts(parts: dict[str, str]) -> bytes:
    """Return the SHA-256 of a statement by those of its parts."""
    return sha256(canonical(parts)).digest()


def parse_statement(content: bytes, *, of_type: str | tuple[str, ...]) -> Statement:
    """Read a statement whose predicate is of a type, or of one of several.

    Raises:
        LogError: it is none, of another type, or not in canonical form. The message names the field.
    """
    try:
        statement = msgspec.json.decode(content, type=Statement)
        once = rfc8785.dumps(msgspec.json.decode(content))
    except (msgspec.DecodeError, UnicodeDecodeError, rfc8785.CanonicalizationError, RecursionError) as wrong:
        raise LogError(f"it is no statement: {wrong}") from wrong
    if once != content:
        raise LogError("it is not in the canonical form of RFC 8785")
    if statement.type != STATEMENT:
        raise LogError(f"_type: it is {statement.type!r}, and not {STATEMENT!r}")
    types = (of_type,) if isinstance(of_type, str) else of_type
    if statement.predicate_type not in types:
        raise LogError(f"predicateType: it is {statement.predicate_type!r}, and not {' or '.join(map(repr, types))}")
    return statement
