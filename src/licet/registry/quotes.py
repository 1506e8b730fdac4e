"""Quotes and agreements: what a grant would cost, and what was agreed, as canonical JSON (RFC 8785).

A quote is one value that is never changed. Its id is the SHA-256 of its canonical text. Amounts are text, exact and in
their currency; amounts of two currencies are never added, and a share of revenue is no amount.
"""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec

from licet.catalog import Right
from licet.errors import LogError, UsageError
from licet.registry.rates import MOST_RUNS, Rate
from licet.registry.statements import moment
from licet.registry.wording import one_line
from licet.transparency.statements import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from licet.transparency import Envelope, Verifier

QUOTE, AGREEMENT = "licet-quote/1", "licet-agreement/1"
AGREEMENT_TYPE = "application/vnd.licet.agreement+json"
VALID_DAYS = 30  # that a quote holds at most, unless one of its offers ends before
MOST_BYTES = 64 << 20  # of a quote that is read
MOST_MODEL = 200  # characters of the name of a model

Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]  # SHA-256
Runs = Annotated[int, msgspec.Meta(ge=1, le=MOST_RUNS)]

_T = TypeVar("_T", "Quote", "Agreement")
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Portion(msgspec.Struct, frozen=True, kw_only=True):
    """What one grant would be of: recordings of which the same rights are taken."""

    rights: tuple[Right, ...]
    recordings: tuple[str, ...]
    price: str  # "" where the offer asks for a share of revenue alone


class QuotedLine(msgspec.Struct, frozen=True, kw_only=True):
    """One offer, what it would go for, and what that comes to."""

    offer: Digest  # its id
    party: str
    side: str  # recording (the master), work (the composition), or both: what the offer is of
    recordings: int  # each once
    seconds: str  # of sound, together, as a decimal number
    rates: tuple[Rate, ...]
    price: str  # rounded up once; "" where it asks for a share of revenue alone
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
    """What it costs to license what a manifest refuses, for one use, for one model and for whoever asks.

    Raises:
        UsageError: it is of no time, valid until no day or for too long, or the model has no name. It names the field.
    """

    format: str = QUOTE
    corpus: str
    manifest: Digest  # SHA-256 of its lines
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
    runs: Runs
    permitted: int  # items that nothing more is needed for
    on_payment: int  # items that need no offer: they are permitted once payment is accepted
    licensed: int  # items that become permitted
    hindered: int  # items that do not
    lines: tuple[QuotedLine, ...]
    totals: tuple[Total, ...]
    why: tuple[Hindered, ...]
    requests: tuple[Request, ...]

    def __post_init__(self) -> None:
        check_model(self.model)
        made = moment(self.at, "at")
        if made.utcoffset():
            raise UsageError(f"at: {self.at!r} is not in UTC", mend="leave the quote as it was given")
        if _day(self.valid_until) - made.date() > timedelta(days=VALID_DAYS):
            mend = f"a quote is valid for {VALID_DAYS} days at most"
            raise UsageError(f"valid_until: {self.valid_until} is too long after {self.at}", mend=mend)

    @property
    def id(self) -> str:
        """The SHA-256 of the quote."""
        return sha256(self.encoded()).hexdigest()

    def encoded(self) -> bytes:
        """Return its canonical text."""
        return canonical(self)

    def same_terms(self, other: Quote) -> bool:
        """Whether another quote, made later of the same manifest, says the same of what is to be paid for what.

        It may be valid for longer by then, and not for less.
        """
        asked = ("manifest", "party", "model", "act", "purpose", "territories", "runs", "accepts")
        same = all(getattr(self, name) == getattr(other, name) for name in (*asked, "lines", "totals"))
        return same and self.valid_until <= other.valid_until


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
    runs: Runs
    at: str
    log: str  # its origin
    acceptances: tuple[Agreed, ...]
    grants: tuple[Agreed, ...]
    totals: tuple[Total, ...]
    due: tuple[Due, ...]

    def encoded(self) -> bytes:
        """Return its canonical text."""
        return canonical(self)


def check_model(name: str) -> None:
    """Refuse the name of a model that nobody can read; "" leaves it open.

    Raises:
        UsageError: it is none.
    """
    if name and (not name.strip() or not name.isprintable() or len(name) > MOST_MODEL):
        mend = f"at most {MOST_MODEL} letters, digits and signs that can be seen"
        raise UsageError(f"model: {one_line(name)!r} is no name", mend=mend)


def read_quote(path: Path) -> Quote:
    """Read a quote from a file.

    Raises:
        UsageError: the file cannot be read, or is none.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as wrong:
        raise UsageError(f"{path} cannot be read: {wrong.strerror}", mend="make one: licet quote --out") from wrong
    return parse_quote(content)


def parse_quote(content: bytes) -> Quote:
    """Read a quote; whether it holds is not checked yet.

    Raises:
        UsageError: it is none. The message names the field.
    """
    if len(content) > MOST_BYTES:
        raise UsageError(f"it is no quote: it is larger than {MOST_BYTES:,} bytes", mend="quote a smaller manifest")
    try:
        return _read(content, Quote, QUOTE)
    except _UNREADABLE as wrong:
        raise UsageError(f"it is no quote: {wrong}", mend="make one with `licet quote --out`") from wrong


def signed_agreement(envelope: Envelope, known: Iterable[Verifier]) -> Agreement:
    """Return the agreement in an envelope that one of the known keys signed.

    Raises:
        LogError: none of them did, or it holds no agreement.
    """
    envelope.check(known, of_type=AGREEMENT_TYPE)
    try:
        return _read(envelope.body, Agreement, AGREEMENT)
    except _UNREADABLE as wrong:
        raise LogError(f"payload: it is no agreement: {wrong}") from wrong


def _read(content: bytes, kind: type[_T], form: str) -> _T:
    found = msgspec.json.decode(content, type=kind)
    if found.format != form:
        raise msgspec.ValidationError(f"format: it is {found.format!r}, and not {form!r}")
    return found


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        raise UsageError(f"valid_until: there is no day {text!r}", mend="leave the quote as it was given")
    return found
