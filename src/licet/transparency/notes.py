"""Signed notes: text, and the signatures of those who vouch for it, as lines that people can read and mail.

The format, the keys and their ids are those of C2SP signed-note, with the two kinds of signature that this log uses:

- 0x01, Ed25519 over the text (RFC 8032);
- 0x04, a witness's Ed25519 cosignature, which says when (C2SP tlog-cosignature).

A text counts for nothing until a signature of a known key was checked. A signature of a known key that does not check
is not passed over: the whole note is refused.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from typing import TYPE_CHECKING

from licet.errors import LogError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

MOST_BYTES = 1 << 20  # of a note
MOST_SIGNATURES = 64
_NAME = re.compile(r"[^\s+]+")
_LINE = "— {} {}\n"
_KEY_BYTES, _SIGNATURE_BYTES, _TIME_BYTES = 32, 64, 8


class Kind(IntEnum):
    """What a key signs, and how: the type byte of signed-note."""

    ED25519 = 0x01
    COSIGNATURE = 0x04


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key that is known: its name, its kind and its 32 bytes."""

    name: str
    key: bytes
    kind: Kind = Kind.ED25519

    @property
    def id(self) -> bytes:
        """Four bytes that name the key in a signature line; they prove nothing."""
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.key).digest()[:4]

    def __str__(self) -> str:
        """Return the key as it is handed over: `name+id+base64`."""
        return f"{self.name}+{self.id.hex()}+{b64encode(bytes([self.kind]) + self.key).decode()}"

    def signed(self, message: bytes, signature: bytes) -> bool:
        """Whether the key signed these very bytes (RFC 8032)."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, message)
        except InvalidSignature:
            return False
        return True

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """Read a key.

        Raises:
            LogError: it is none, or of a kind that is not used here.
        """
        name, _, rest = text.strip().partition("+")
        digits, _, coded = rest.partition("+")
        known = decoded(coded)
        if not _NAME.fullmatch(name) or known is None or len(known) != 1 + _KEY_BYTES or known[0] not in set(Kind):
            raise LogError(f"{text.strip()[:80]!r} is no verifier key", mend="it reads name+id+base64")
        found = cls(name, known[1:], Kind(known[0]))
        if found.id.hex() != digits:
            raise LogError(f"the key of {name} does not have the id that it is given", mend="copy it whole")
        return found


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key and the name it signs under. Neither is ever shown."""

    name: str
    private: Ed25519PrivateKey
    kind: Kind = Kind.ED25519

    def __repr__(self) -> str:
        return f"Signer({self.name!r})"

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self.private.public_key().public_bytes_raw(), self.kind)

    def line(self, text: str, at_s: int = 0) -> str:
        """Return the signature line of `text`; a cosignature says that it was made `at_s` seconds after 1970."""
        signature = self.private.sign(_message(self.kind, text, at_s))
        moment = at_s.to_bytes(_TIME_BYTES, "big") if self.kind is Kind.COSIGNATURE else b""
        return _LINE.format(self.name, b64encode(self.verifier.id + moment + signature).decode())


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that was checked: whose, and when it says it was made, in seconds after 1970."""

    verifier: Verifier
    at_s: int | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A text and its signature lines, of which none was checked yet."""

    text: str
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(self.lines)}"

    def with_line(self, line: str) -> Note:
        """Return the note with one more signature, once."""
        return self if line in self.lines else Note(self.text, (*self.lines, line))

    def signatures(self, known: Iterable[Verifier]) -> tuple[Signature, ...]:
        """Check the signatures of the keys that are known, and return them. Those of others are passed over.

        Raises:
            LogError: one of a known key does not check, or no known key signed.
        """
        keys = {(key.name, key.id): key for key in known}
        found = []
        for line in self.lines:
            _, name, coded = line.rstrip("\n").split(" ")
            raw = decoded(coded) or b""
            if (key := keys.get((name, raw[:4]))) is not None:
                found.append(_checked(key, self.text, raw[4:]))
        if not found:
            raise LogError("no known key signed it", mend="name the key of whoever should have")
        return tuple(found)


def parse_note(content: bytes) -> Note:
    """Read a note.

    Raises:
        LogError: it is none. Nothing of it was checked.
    """
    try:
        whole = content.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise LogError(f"the note is no UTF-8: {wrong}") from wrong
    text, blank, signed = whole.rpartition("\n\n")
    lines = tuple(line + "\n" for line in signed.removesuffix("\n").split("\n"))
    if len(content) > MOST_BYTES or len(lines) > MOST_SIGNATURES:
        raise LogError("the note is too long")
    if not blank or not signed.endswith("\n") or any(ord(one) < ord(" ") and one != "\n" for one in whole):
        raise LogError("it is no signed note: a text, a blank line, and signatures")
    for line in lines:
        dash, _, rest = line.partition(" ")
        name, _, coded = rest.rstrip("\n").partition(" ")
        if dash != "—" or not _NAME.fullmatch(name) or len(decoded(coded) or b"") <= len("\0\0\0\0"):
            raise LogError(f"{line[:80]!r} is no signature line")
    return Note(text + "\n", lines)


def _checked(key: Verifier, text: str, signature: bytes) -> Signature:
    moment = None
    if key.kind is Kind.COSIGNATURE:
        moment, signature = int.from_bytes(signature[:_TIME_BYTES], "big"), signature[_TIME_BYTES:]
    if not key.signed(_message(key.kind, text, moment or 0), signature):
        raise LogError(f"the signature of {key.name} does not check", mend="have it sent again, and ask why")
    return Signature(key, moment)


def _message(kind: Kind, text: str, at_s: int) -> bytes:
    """Return the bytes that are signed."""
    return (f"cosignature/v1\ntime {at_s}\n{text}" if kind is Kind.COSIGNATURE else text).encode()


def decoded(coded: str) -> bytes | None:
    """Return the bytes that base64 (RFC 4648, s. 4) stands for, or None where it is none, or not as it is written."""
    try:
        raw = b64decode(coded, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if b64encode(raw).decode() == coded else None  # the last digit may hold bits that stand for nothing
