"""What a party says for the record, one frozen value each: it is never changed, and a change is a new statement.

A statement is made by a party about recordings that it holds something in: one recording, a release, all of an
artist's, or all that the party holds. It grants or reserves uses, or offers a grant at a price; or it accepts,
revokes, disputes or settles an earlier one. Its name is the SHA-256 of its canonical text (RFC 8785), which is what a
party signs, and what is logged.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256

import msgspec

from licet.catalog import Right
from licet.errors import UsageError
from licet.registry.rates import Rate
from licet.terms import Act, Purpose
from licet.terms.territories import COUNTRIES, UNION, WORLD
from licet.transparency.statements import canonical

SIGNED_TYPE = "application/vnd.licet.statement+json"
MOST_TEXT = 4_000  # characters of free text
MOST_SUBJECTS = 10_000
MOST_NAME = 600  # of a subject: it is indexed, and databases want that short


class Kind(StrEnum):
    """What a statement does."""

    GRANT = "grant"
    RESERVATION = "reservation"
    OFFER = "offer"  # of a grant, to whoever accepts its rates; by itself it permits nobody
    ACCEPTANCE = "acceptance"  # of an offer, by whoever wants the grant
    REVOCATION = "revocation"  # of one's own grant, reservation or offer
    DISPUTE = "dispute"  # of somebody's statement: until it is settled, what that one grants is unknown
    SETTLEMENT = "settlement"  # of a dispute


ANSWERS = frozenset({Kind.REVOCATION, Kind.DISPUTE, Kind.SETTLEMENT})  # to what was said before
ABOUT_ANOTHER = ANSWERS | {Kind.ACCEPTANCE}  # not about recordings
_LATER = ("grantees", "rates", "under", "price")  # left out where empty: what was signed before them stays what it was


class Reach(StrEnum):
    """How wide a statement is. The narrow one goes before the wide one of the same party."""

    CATALOGUE = "catalogue"  # all that the party holds
    ARTIST = "artist"
    RELEASE = "release"
    RECORDING = "recording"

    @property
    def narrowness(self) -> int:
        """Return 1 for the widest."""
        return list(Reach).index(self) + 1


class Subject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a statement is about: the key of a recording, the identifier of a release, the name of an artist, or all."""

    reach: Reach
    name: str = ""


class Statement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One statement.

    Raises:
        UsageError: it says what makes no sense. The message names the field.
    """

    kind: Kind
    party: str  # the id of whoever says so
    actor: str  # who entered it
    at: str  # ISO 8601, UTC
    subjects: tuple[Subject, ...] = ()
    rights: tuple[Right, ...] = tuple(Right)
    acts: tuple[Act, ...] = tuple(Act)
    purposes: tuple[Purpose, ...] = tuple(Purpose)
    territories: tuple[str, ...] = ()  # ISO 3166-1 alpha-2 or EU; none is everywhere
    begins: str = ""  # the first and the last day on which it holds; "" leaves it open
    ends: str = ""
    asks: tuple[str, ...] = ()  # conditions: attribution, payment, reporting ...
    grantees: tuple[str, ...] = ()  # to these parties alone, by their ids
    models: tuple[str, ...] = ()  # for these models alone
    exclusive: bool = False  # to its grantees, and reserved against everybody else
    irrevocable: bool = False  # a revocation leaves what was copied under it
    of: str = ""  # the statement that this one accepts, revokes, disputes, or settles
    upheld: bool = False  # a settlement: the disputed statement does not hold
    words: str = ""
    rates: tuple[Rate, ...] = ()  # of an offer: each of them is asked for
    under: str = ""  # of a grant that an offer led to: the acceptance
    price: str = ""  # of such a grant, as agreed: "12.50 EUR"

    def __post_init__(self) -> None:
        moment(self.at, "at")
        days = [_day(getattr(self, name), name) for name in ("begins", "ends")]
        if days[0] and days[1] and days[0] > days[1]:
            raise UsageError(f"ends: {self.ends} is before {self.begins}", mend="give the first day first")
        for name in ("party", "actor"):
            if not getattr(self, name).strip():
                raise UsageError(f"{name}: nobody is named", mend="say who says so")
        about_another = self.kind in ABOUT_ANOTHER
        if about_another is not bool(self.of) or about_another is bool(self.subjects):
            raise UsageError(
                f"of: a {self.kind} is about {'a statement' if about_another else 'recordings'}",
                mend="name the statement by its id" if about_another else "name recordings, and no statement",
            )
        self._check_bounds()
        self._check_terms()
        for name in ("rights", "acts", "purposes"):
            if not getattr(self, name):
                raise UsageError(f"{name}: none is named", mend="leave it out to mean all")
        for place in self.territories:
            if place not in COUNTRIES and place not in {UNION, WORLD}:
                raise UsageError(
                    f"territories: there is no {place!r}", mend="two letters as in ISO 3166-1, EU or WORLD"
                )

    def _check_bounds(self) -> None:
        if any(len(one.name) > MOST_NAME for one in self.subjects):
            raise UsageError("subjects: a name is too long", mend=f"at most {MOST_NAME} characters")
        if any(len(one) > MOST_NAME for one in (*self.grantees, *self.models, self.under, self.price)):
            raise UsageError("grantees: a name is too long", mend=f"at most {MOST_NAME} characters")
        if len(self.subjects) > MOST_SUBJECTS or len(self.words) > MOST_TEXT:
            raise UsageError(
                "words: it is too long", mend=f"at most {MOST_SUBJECTS} subjects and {MOST_TEXT} characters"
            )

    def _check_terms(self) -> None:
        """Refuse what only a grant or an offer can say, of anything else."""
        if bool(self.rates) is not (self.kind is Kind.OFFER):
            raise UsageError("rates: an offer has them, and nothing else does", mend="say what it costs, in an offer")
        if self.grantees and self.kind not in {Kind.GRANT, Kind.OFFER}:
            raise UsageError(f"grantees: a {self.kind} is for everybody", mend="leave them out")
        if (self.under or self.price) and self.kind is not Kind.GRANT:
            raise UsageError(f"under: no offer leads to a {self.kind}", mend="leave it out")

    @property
    def id(self) -> str:
        """The SHA-256 of the statement."""
        return sha256(self.encoded()).hexdigest()

    @property
    def moment(self) -> datetime:
        """When it was made, UTC."""
        return moment(self.at, "at")

    def encoded(self) -> bytes:
        """Return its canonical text."""
        said = msgspec.structs.asdict(self)
        return canonical({name: value for name, value in said.items() if value or name not in _LATER})

    def holds_on(self, day: date) -> bool:
        """Whether a day lies in its window."""
        begins, ends = _day(self.begins, "begins"), _day(self.ends, "ends")
        return (begins is None or begins <= day) and (ends is None or day <= ends)


def parse(content: bytes) -> Statement:
    """Read a statement from its canonical text.

    Raises:
        UsageError: it is none, or not in that form.
    """
    try:
        statement = msgspec.json.decode(content, type=Statement)
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise UsageError(f"it is no statement: {wrong}") from wrong
    if statement.encoded() != content:
        raise UsageError("it is not in canonical form (RFC 8785)", mend="sign what `licet` printed")
    return statement


def moment(text: str, field: str) -> datetime:
    """Return the time that `text` names in ISO 8601, which must say its zone.

    Raises:
        UsageError: it names none.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{field}: {text!r} is no time", mend="write it as 2026-11-22T12:00:00+00:00") from None
    if found.tzinfo is None:
        raise UsageError(f"{field}: {text!r} has no time zone", mend="write it as 2026-11-22T12:00:00+00:00")
    return found


def _day(text: str, field: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"{field}: there is no day {text!r}", mend="write YYYY-MM-DD") from None
