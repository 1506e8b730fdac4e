"""Quotes and agreements: what a grant would cost, and what was agreed, as canonical JSON (RFC 8785).

A quote is one value that is never changed. Its id is the SHA-256 of its canonical text. Amounts are text, exact and in
their currency; amounts of two currencies are never added, and a share of revenue is no amount.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

import msgspec

from licet.catalog import Right
from licet.errors import LogError, UsageError
from licet.registry.rates import Rate
from licet.transparency.statements import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

    from licet.transparency import Envelope, Verifier

QUOTE, AGREEMENT = "licet-quote/1", "licet-agreement/1"
AGREEMENT_TYPE = "application/vnd.licet.agreement+json"

_T = TypeVar("_T", "Quote", "Agreement")


class Portion(msgspec.Struct, frozen=True, kw_only=True):
    """What one grant would be of: recordings of which the same rights are taken."""

    rights: tuple[Right, ...]
    recordings: tuple[str, ...]
    price: str  # "" where the offer asks for a share of revenue alone


class QuotedLine(msgspec.Struct, frozen=True, kw_only=True):
    """One offer, what it would go for, and what that comes to."""

    offer: str  # its id
    party: str
    side: str  # recording (the master), work (the composition), or both: what the offer is of
    recordings: int  # each once
    seconds: str  # of sound, together, as a decimal number
    rates: tuple[Rate, ...]
    price: str  # rounded once; "" where it asks for a share of revenue alone
    revenue: tuple[str, ...]  # shares of revenue, in words
    portions: tuple[Portion, ...]


class Total(msgspec.Struct, frozen=True):
    """A sum in one currency, of one side or of all."""

    side: str  # recording, work, both, all
    amount: str


class Hindered(msgspec.Struct, frozen=True, kw_only=True):
    """Something that keeps items from being licensed."""

    why: str
    items: int
    first: tuple[str, ...]  # the first of them, by name


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What a holder would have to offer, that offers nothing which applies."""

    party: str
    name: str
    portions: tuple[Portion, ...]  # without a price


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """What it costs to license what a manifest refuses, for one use and for whoever asks."""

    format: str = QUOTE
    corpus: str
    manifest: str  # SHA-256 of its lines
    at: str  # ISO 8601, UTC
    valid_until: str  # the last day
    party: str  # who asks
    model: str
    act: str
    purpose: str
    territories: tuple[str, ...]
    day: str  # for which it was decided
    reading: str
    accepts: tuple[str, ...]  # conditions besides payment
    runs: int
    models: int
    permitted: int  # items that nothing more is needed for
    on_payment: int  # items that need no offer: they are permitted once payment is accepted
    licensed: int  # items that become permitted
    hindered: int  # items that do not
    lines: tuple[QuotedLine, ...]
    totals: tuple[Total, ...]
    why: tuple[Hindered, ...]
    requests: tuple[Request, ...]

    @property
    def id(self) -> str:
        """The SHA-256 of the quote."""
        return sha256(self.encoded()).hexdigest()

    def encoded(self) -> bytes:
        """Return its canonical text."""
        return canonical(self)

    def same_terms(self, other: Quote) -> bool:
        """Whether another quote, made later of the same manifest, says the same of what is to be paid for what."""
        names = ("manifest", "party", "model", "act", "purpose", "territories", "runs", "models", "accepts")
        return all(getattr(self, name) == getattr(other, name) for name in (*names, "lines", "totals"))


class Agreed(msgspec.Struct, frozen=True, kw_only=True):
    """One statement of an agreement, and where it is in the log."""

    id: str
    place: int
    party: str
    of: str  # of an acceptance, the offer; of a grant, the acceptance
    price: str = ""


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """What one party is owed: amounts, one in each currency, and shares of revenue."""

    party: str
    amounts: tuple[str, ...]
    revenue: tuple[str, ...]


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """What was agreed: the acceptances, the grants, and what is due for them."""

    format: str = AGREEMENT
    quote: str  # its id
    manifest: str
    party: str
    model: str
    at: str
    log: str  # its origin
    acceptances: tuple[Agreed, ...]
    grants: tuple[Agreed, ...]
    totals: tuple[Total, ...]
    due: tuple[Due, ...]

    def encoded(self) -> bytes:
        """Return its canonical text."""
        return canonical(self)


def parse_quote(content: bytes) -> Quote:
    """Read a quote; of what it says nothing is checked yet.

    Raises:
        UsageError: it is none.
    """
    try:
        return _read(content, Quote, QUOTE)
    except msgspec.DecodeError as wrong:
        raise UsageError(f"it is no quote: {wrong}", mend="make one with `licet quote --out`") from wrong


def signed_agreement(envelope: Envelope, known: Iterable[Verifier]) -> Agreement:
    """Return the agreement in an envelope that one of the known keys signed.

    Raises:
        LogError: none of them did, or it holds no agreement.
    """
    envelope.check(known, of_type=AGREEMENT_TYPE)
    try:
        return _read(envelope.body, Agreement, AGREEMENT)
    except msgspec.DecodeError as wrong:
        raise LogError(f"payload: it is no agreement: {wrong}") from wrong


def _read(content: bytes, kind: type[_T], form: str) -> _T:
    found = msgspec.json.decode(content, type=kind)
    if found.format != form:
        raise msgspec.ValidationError(f"format: it is {found.format!r}, and not {form!r}")
    return found
