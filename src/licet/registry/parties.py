"""Who speaks: parties by an id of ours, the names they go by, and the keys that sign for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from licet.errors import UsageError
from licet.registry.statements import SIGNED_TYPE, Statement, parse
from licet.registry.terms import Control

if TYPE_CHECKING:
    from licet.transparency import Envelope, Verifier

_ID = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Party:
    """A person or an organisation that speaks for rights.

    Raises:
        UsageError: the id is none: letters, digits, dots and hyphens, at most 64 of them.
    """

    id: str
    name: str
    identifiers: tuple[str, ...] = ()  # ISNI, IPI ..., canonical text
    keys: tuple[str, ...] = ()  # public keys, `name+id+base64`
    control: Control = Control.SELF_DECLARED
    proof: str = ""  # how its control was proved, for people

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise UsageError(f"{self.id!r} is no id of a party", mend="letters a to z, digits, dots and hyphens")
        if not self.name.strip():
            raise UsageError(f"{self.id} has no name", mend="say what it is called")


def signed_statement(envelope: Envelope, keys: tuple[Verifier, ...]) -> Statement:
    """Return the statement in an envelope that a party signed.

    Raises:
        LogError: no key of the party's signed it.
        UsageError: it holds no statement.
    """
    envelope.check(keys, of_type=SIGNED_TYPE)
    return parse(envelope.body)
