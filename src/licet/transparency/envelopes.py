"""Envelopes: bytes of a named type, and the signatures of those who vouch for both (DSSE 1.0.0).

Type and bytes are signed together, so that nobody can hand over the bytes as something else. Several may sign; whoever
checks says how many of the keys that they know must have. A signature that does not check, or of a key that nobody
knows, counts for nothing, as the specification has it.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Annotated

import msgspec

from licet.errors import LogError
from licet.transparency.notes import decoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from licet.transparency.notes import Signer, Verifier

MOST_BYTES = 1 << 22  # of an envelope
MOST_SIGNATURES = 64
_URL_SAFE = str.maketrans("-_", "+/")


class EnvelopeSignature(msgspec.Struct, frozen=True):
    """A signature, and a hint at whose it is: it is not signed itself, and proves nothing."""

    sig: str  # base64
    keyid: str = ""

    @property
    def raw(self) -> bytes:
        """The signature's bytes.

        Raises:
            LogError: it is no base64.
        """
        return _raw(self.sig, "signatures")


class Envelope(msgspec.Struct, frozen=True, rename="camel"):
    """Bytes, their type, and signatures of which none was checked yet."""

    payload: str  # base64
    payload_type: str
    signatures: Annotated[tuple[EnvelopeSignature, ...], msgspec.Meta(max_length=MOST_SIGNATURES)]

    @property
    def body(self) -> bytes:
        """The bytes.

        Raises:
            LogError: they are no base64.
        """
        return _raw(self.payload, "payload")

    @property
    def message(self) -> bytes:
        """What is signed.

        Raises:
            LogError: the payload is no base64.
        """
        return pre_authentication(self.payload_type, self.body)

    def check(self, known: Iterable[Verifier], *, of_type: str, at_least: int = 1) -> tuple[Verifier, ...]:
        """Return the known keys that signed, each once.

        Raises:
            LogError: fewer than `at_least` did, or the type is another. The message names the field.
        """
        if self.payload_type != of_type:
            raise LogError(f"payloadType: it is {self.payload_type!r}, and not {of_type!r}")
        message, raw = self.message, [one.raw for one in self.signatures]
        signed = tuple(key for key in dict.fromkeys(known) if any(key.signed(message, one) for one in raw))
        if len(signed) < at_least:
            raise LogError(f"signatures: {len(signed)} known keys signed it, and {at_least} should have")
        return signed

    def with_signature(self, signer: Signer) -> Envelope:
        """Return the envelope with one more signature."""
        return sealed(self.payload_type, self.body, [signer], self.signatures)


def sealed(
    payload_type: str, body: bytes, signers: Sequence[Signer], others: tuple[EnvelopeSignature, ...] = ()
) -> Envelope:
    """Put bytes into an envelope and sign it; `others` are signatures that it has already."""
    message = pre_authentication(payload_type, body)
    own = (EnvelopeSignature(b64encode(one.private.sign(message)).decode(), hint(one.verifier)) for one in signers)
    return Envelope(b64encode(body).decode(), payload_type, (*others, *own))


def parse_envelope(content: bytes) -> Envelope:
    """Read an envelope, of which nothing is checked yet.

    Raises:
        LogError: it is none. The message names the field.
    """
    if len(content) > MOST_BYTES:
        raise LogError(f"an envelope of {len(content)} bytes is too long", mend=f"at most {MOST_BYTES} bytes")
    try:
        return msgspec.json.decode(content, type=Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise LogError(f"it is no envelope: {wrong}") from wrong


def pre_authentication(payload_type: str, body: bytes) -> bytes:
    """Return what is signed: PAE(type, body) of the specification."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(body), body)


def hint(key: Verifier) -> str:
    """Return how a signature names the key that made it: as a signature line of a note does."""
    return f"{key.name}+{key.id.hex()}"


def _raw(coded: str, field: str) -> bytes:
    """Return what base64 stands for: with the alphabet of either section of RFC 4648, 4 or 5."""
    raw = decoded(coded.translate(_URL_SAFE))
    if raw is None:
        raise LogError(f"{field}: it is no base64")
    return raw
