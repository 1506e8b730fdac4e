"""Which keys are believed: one that is known may name its successor, or say that a key is believed no longer.

Each such statement stands in the log, and travels with every receipt, so that whoever has only the first key can follow
to the one that signs today:

1. Begin with the keys that are known.
2. Take the statements in their order. One that no believed key signed counts for nothing.
3. A successor is believed from then on, beside the key that named it: what that one signed stays good.
4. A revoked key is believed no longer, whatever it signed and whenever: a signature bears no time that a thief could
   not choose. What it signed is proved again, under the key that followed it, from the log.

A statement that a receipt does not bring along cannot be heeded: whoever must know of every revocation asks the log.
"""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

from licet.errors import LogError
from licet.transparency.envelopes import Envelope, sealed
from licet.transparency.notes import Verifier
from licet.transparency.statements import PAYLOAD_TYPE, SUCCESSION, Statement, Subject, parse_statement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from licet.transparency.notes import Signer


class Act(StrEnum):
    """What is said of a key."""

    SUCCEEDS = "succeeds"
    REVOKED = "revoked"


def said_of(key: Verifier, act: Act, *, by: Signer, at: str, why: str = "") -> Envelope:
    """Say of `key` that it succeeds, or is revoked; `at` is a time in ISO 8601, UTC."""
    subject = Subject(key.name, {"sha256": sha256(key.key).hexdigest()})
    predicate = {"key": str(key), "act": str(act), "at": at, "why": why}
    return sealed(PAYLOAD_TYPE, Statement((subject,), SUCCESSION, predicate).encoded(), [by])


def believed(known: Iterable[Verifier], history: Iterable[Envelope]) -> tuple[Verifier, ...]:
    """Return the keys that are believed after all that believed keys said of keys.

    Raises:
        LogError: one of them signed what is no such statement.
    """
    keys = dict.fromkeys(known)  # step 1
    for envelope in history:
        try:
            envelope.check(keys, of_type=PAYLOAD_TYPE)
        except LogError:
            continue  # step 2
        statement = parse_statement(envelope.body, of_type=SUCCESSION)
        try:
            key, act = Verifier.parse(statement.predicate["key"]), Act(statement.predicate["act"])
        except (KeyError, ValueError, AttributeError) as wrong:
            raise LogError(f"predicate: it says nothing of a key: {wrong}") from wrong
        if act is Act.SUCCEEDS:
            keys[key] = None  # step 3
        else:
            keys.pop(key, None)  # step 4
    return tuple(keys)
