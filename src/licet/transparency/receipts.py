"""Receipts: one JSON document each that proves, offline and with a public key alone, what was decided and logged.

A manifest's entry in the log holds the root of a sorted set (`membership`) of everything that is in the manifest, and
each item there carries the digest of its own statement. A receipt is that statement, signed, with the way from it to
the root, and from the entry to a head of the log. It is checked in this order:

1. Which keys are believed: those that are known, and those that they name as their successors.
2. That a believed key of the log's signed its head, and that the entry is in the log.
3. That the entry is a manifest's, and its root that of a set.
4. That each part of the statement is the one whose digest stands in `parts`.
5. That the item is in the set, and said to be what `parts` amount to.
6. That manifest, use and policy are those of the entry.
7. That as many believed keys signed the statement as must have.

A proof of membership is the same from step 3 on for a name, and shows too that a name is *not* in the manifest. What a
training run read is such a set too, whose root is in its model's entry. A name must be one that such a set could hold:
of what is written otherwise every set proves that it is not there. A model's attestation is its entry as it stands,
signed: steps 1, 2 and 7. Whatever fails is named: by its place in the document.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from licet.errors import LogError
from licet.transparency.envelopes import Envelope, hint
from licet.transparency.fields import in_field
from licet.transparency.membership import Neighbour, SetHead
from licet.transparency.proofs import InclusionProof
from licet.transparency.statements import (
    MANIFEST,
    MODEL,
    PAYLOAD_TYPE,
    RECEIPT,
    Statement,
    digest_of_parts,
    parse_statement,
)
from licet.transparency.succession import believed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from licet.transparency.checkpoints import Checkpoint
    from licet.transparency.notes import Signature, Verifier

MOST_BYTES = 1 << 23  # of a document
_Hash = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
_Hashes = Annotated[tuple[_Hash, ...], msgspec.Meta(max_length=64)]
_Place = Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]
_Entry = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{128}$")]
_SAME = ("manifest", "use", "policy")
_NAMES = {  # by the type of the entry, what its set can hold
    MANIFEST: re.compile(r"recording:.+|sha256:[0-9a-f]{64}|item:[0-9]+:.+", re.DOTALL),
    MODEL: re.compile(r"recording:.+|sha256:[0-9a-f]{64}|item:.+", re.DOTALL),
}


class InSet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of a set, its place, and its way to the root; in hexadecimal."""

    place: _Place
    entry: _Entry  # 64 bytes: the salted hash of a name, and the digest of what is said of it
    path: _Hashes

    @classmethod
    def of(cls, one: Neighbour) -> InSet:
        """Write a neighbour down."""
        return cls(one.place, one.entry.hex(), tuple(step.hex() for step in one.proof))

    @property
    def neighbour(self) -> Neighbour:
        """As it is checked."""
        return Neighbour(self.place, bytes.fromhex(self.entry), tuple(map(bytes.fromhex, self.path)))


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the log was found to hold: an entry with a set's root, under a head that believed keys signed."""

    manifest: Statement  # or a model's, with the set of what it read
    set: SetHead
    place: int
    head: Checkpoint
    signatures: tuple[Signature, ...]
    keys: tuple[Verifier, ...]  # that are believed


class _Logged(msgspec.Struct, frozen=True, kw_only=True, tag_field="format", forbid_unknown_fields=True):
    """What ties a document to a log."""

    log: InclusionProof
    keys: tuple[Envelope, ...] = ()  # how the log's keys followed one another

    def _anchor(self, known: Iterable[Verifier], entry: bytes, of_type: str | tuple[str, ...]) -> Anchor:
        """Check that an entry is in the log (steps 1 to 3).

        Raises:
            LogError: it is not. The message names the field.
        """
        with in_field("keys"):
            keys = believed(known, self.keys)  # step 1
        with in_field("log"):  # step 2
            head, _ = self.log.head(keys)
            signatures = self.log.check(keys, entry)
            if not any(one.verifier.name == head.origin for one in signatures):
                raise LogError(f"checkpoint: no known key of {head.origin} signed it", mend="name the log's own key")
        with in_field("entry"):  # step 3
            manifest = parse_statement(entry, of_type=of_type)
            root = set_head(manifest)
        return Anchor(manifest, root, self.log.place, head, signatures, keys)


class _Anchored(_Logged, frozen=True, kw_only=True):
    """What leans on an entry of the log, and carries it."""

    entry: str  # of the manifest, as it stands in the log


class Receipt(_Anchored, frozen=True, kw_only=True, tag="licet-receipt/1"):
    """What was decided of one item."""

    envelope: Envelope
    parts: dict[str, _Hash]  # the digest of each part of the statement
    item: InSet

    @property
    def statement(self) -> Statement:
        """The statement, of which nothing is checked.

        Raises:
            LogError: it is none.
        """
        with in_field("envelope.payload"):
            return parse_statement(self.envelope.body, of_type=RECEIPT)

    def check(self, known: Iterable[Verifier], *, at_least: int = 1) -> Checked:
        """Check all of it, and that `at_least` known keys signed the statement.

        Raises:
            LogError: something does not check. The message names the field.
        """
        anchor = self._anchor(known, self.entry.encode(), MANIFEST)
        statement = self.statement
        name = item_name(statement)
        for part, digest in statement.parts().items():  # step 4
            if self.parts.get(part) != digest:
                raise LogError(f"envelope.payload.{part}: it is not what `parts` holds of it")
        if extra := self.parts.keys() - statement.parts().keys():
            raise LogError(f"parts: the statement has no {min(extra)}")
        with in_field("item"):  # step 5
            digest_in_set = anchor.set.digest_of(name, (self.item.neighbour,))
        if digest_in_set != digest_of_parts(self.parts):
            raise LogError("parts: they do not amount to the digest that the manifest's root stands for")
        for part in _SAME:  # step 6
            if statement.predicate.get(part) != anchor.manifest.predicate.get(part):
                raise LogError(f"envelope.payload.predicate.{part}: it is not that of the manifest's entry")
        with in_field("envelope"):  # step 7
            _hints_hold(self.envelope, anchor.keys)
            signed = self.envelope.check(anchor.keys, of_type=PAYLOAD_TYPE, at_least=at_least)
        return Checked(statement, signed, anchor)


class Membership(_Anchored, frozen=True, kw_only=True, tag="licet-membership/1"):
    """That a name is in a manifest, or among what a run read; or that it is not."""

    name: str
    neighbours: Annotated[tuple[InSet, ...], msgspec.Meta(max_length=2)]

    def check(self, known: Iterable[Verifier]) -> tuple[bytes | None, Anchor]:
        """Return the digest of what is said of the name, or None where it is proved to be absent.

        Raises:
            LogError: it proves neither. The message names the field.
        """
        anchor = self._anchor(known, self.entry.encode(), (MANIFEST, MODEL))
        with in_field("name"):
            require_name(self.name, anchor.manifest.predicate_type)
        with in_field("neighbours"):
            return anchor.set.digest_of(self.name, tuple(one.neighbour for one in self.neighbours)), anchor


class Attestation(_Logged, frozen=True, kw_only=True, tag="licet-attestation/1"):
    """What a training run read, and the weights that came out: an entry of the log, signed as it stands there."""

    envelope: Envelope

    @property
    def statement(self) -> Statement:
        """The statement, of which nothing is checked.

        Raises:
            LogError: it is none.
        """
        with in_field("envelope.payload"):
            return parse_statement(self.envelope.body, of_type=MODEL)

    def check(self, known: Iterable[Verifier], *, at_least: int = 1) -> Checked:
        """Check all of it, and that `at_least` known keys signed the statement.

        Raises:
            LogError: something does not check. The message names the field.
        """
        anchor = self._anchor(known, self.envelope.body, MODEL)
        with in_field("envelope"):  # step 7
            _hints_hold(self.envelope, anchor.keys)
            signed = self.envelope.check(anchor.keys, of_type=PAYLOAD_TYPE, at_least=at_least)
        return Checked(anchor.manifest, signed, anchor)


@dataclass(frozen=True, slots=True)
class Checked:
    """A receipt that was checked: what it states, who signed it, and what the log holds."""

    statement: Statement
    signed_by: tuple[Verifier, ...]
    anchor: Anchor


def item_name(statement: Statement) -> str:
    """Return the name under which an item is in its manifest's set.

    Raises:
        LogError: the statement is not about one item.
    """
    row = statement.predicate.get("row")
    if len(statement.subject) != 1 or not isinstance(row, int):
        raise LogError("envelope.payload.subject: the statement is not about one row of a manifest")
    return f"item:{row}:{statement.subject[0].name}"


def require_name(name: str, of_type: str) -> None:
    """Refuse a name that the set in an entry of this type could not hold, whatever it is of.

    Raises:
        LogError: it is written otherwise than the names there.
    """
    if not _NAMES[of_type].fullmatch(name):
        items = "item:ROW:NAME" if of_type == MANIFEST else "item:NAME"
        raise LogError(
            f"{name[:80]!r} is no name that such a set holds",
            mend=f"recording:KEY, sha256: and 64 digits in lower case, or {items}",
        )


def parse_receipt(content: bytes) -> Receipt | Membership | Attestation:
    """Read a receipt, a proof of membership or a model's attestation, of which nothing is checked yet.

    Raises:
        LogError: it is none of them. The message names the field.
    """
    if len(content) > MOST_BYTES:
        raise LogError(f"a receipt of {len(content)} bytes is too long", mend=f"at most {MOST_BYTES} bytes")
    try:
        return msgspec.json.decode(content, type=Receipt | Membership | Attestation)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise LogError(f"it is no receipt: {wrong}") from wrong


def set_head(manifest: Statement) -> SetHead:
    """Return the head of the set whose root an entry of the log holds: a manifest's, or a model's.

    Raises:
        LogError: it holds none.
    """
    try:
        items: dict[str, Any] = manifest.predicate["items"]
        return SetHead(int(items["size"]), bytes.fromhex(items["salt"]), bytes.fromhex(items["root"]))
    except (KeyError, TypeError, ValueError) as wrong:
        raise LogError(f"predicate.items: it is no set's: {wrong!r}") from wrong


def _hints_hold(envelope: Envelope, keys: Iterable[Verifier]) -> None:
    """Refuse a signature that names one key and is another's: the name is not signed, and would mislead a reader."""
    for place, one in enumerate(envelope.signatures):
        for key in keys:
            if one.keyid != hint(key) and key.signed(envelope.message, one.raw):
                raise LogError(f"signatures[{place}].keyid: it is {one.keyid[:80]!r}, and {hint(key)} signed it")
