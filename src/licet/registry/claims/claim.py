"""A claim: that recordings are in somebody's corpus, output or model, what that rests on, and what is asked.

It is one value that is never changed; what becomes of it is told by its steps. Its name is the SHA-256 of its canonical
text (RFC 8785), so times are whole milliseconds, and factors and probabilities text. A claim says what was *found*, or
what a maker said itself: neither is a proof of training, and no field of it could say so.

The deadlines stand in the claim. Seven days to acknowledge and thirty to answer are defaults of this house, and no law.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, TypeVar
from urllib.parse import urlsplit

import msgspec

from licet.errors import UsageError
from licet.registry.statements import MOST_NAME, MOST_TEXT, moment
from licet.transparency.statements import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

LOGGED_TYPE = "urn:licet:claim:v1"  # of a claim's entry in the log, and of a step's
MOST_RECORDINGS = 1_000
MOST_ITEMS = 500  # of one ground
MOST_GROUNDS = 50
MOST_FOUND = 100  # in one item
MOST_DAYS = 365
ACKNOWLEDGE_DAYS, ANSWER_DAYS = 7, 30

Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]  # SHA-256
_Count = Annotated[int, msgspec.Meta(ge=0, le=(1 << 53) - 1)]  # RFC 8785 writes no greater number
_Number = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,9}(\.[0-9]{1,9})?$")]
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")  # controls, and bytes that are no text
_YEARS = range(1970, 9_000)  # what is due days after them is still a day


class What(StrEnum):
    """What a claim is against."""

    CORPUS = "corpus"
    OUTPUT = "output"
    MODEL = "model"


class Ask(StrEnum):
    """What a claimant asks for."""

    TELL = "tell"  # what was done with the recordings
    REMOVE = "remove"
    LICENSE = "license"
    PAY = "pay"
    CREDIT = "credit"


class _Fact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all parts of a claim share: nothing in them is unknown."""


class Against(_Fact, frozen=True):
    """The corpus, output or model, as it is called."""

    what: What
    name: str


class Respondent(_Fact, frozen=True):
    """Who is asked: a name, and the id of a party that is on record."""

    name: str
    party: str = ""


class Found(_Fact, frozen=True):
    """Where a recording sounds in a file, how changed, and how sure that is."""

    recording: str
    query_start_ms: _Count
    query_end_ms: _Count
    reference_start_ms: _Count
    reference_end_ms: _Count
    time_factor: _Number  # 1.05: the file runs 5 % faster than the recording
    frequency_factor: _Number  # 1.05: the file sounds 5 % higher
    aligned_peaks: _Count
    probability: _Number
    path: str = ""  # where the recording's audio lay when it was registered


class ItemFound(_Fact, frozen=True):
    """One item of a manifest, and what of the recordings was found in it."""

    item: str
    row: _Count = 0
    sha256: Digest | None = None  # of the file; None where the manifest had none at hand
    found: Annotated[tuple[Found, ...], msgspec.Meta(max_length=MOST_FOUND)] = ()  # none where it is there by its name


class InManifest(_Fact, frozen=True, tag="manifest", tag_field="rests_on"):
    """Items of a manifest that was sealed into a log."""

    origin: str  # of the log
    place: _Count  # of the manifest's entry
    sha256: Digest  # of the manifest's lines
    items: Annotated[tuple[ItemFound, ...], msgspec.Meta(min_length=1, max_length=MOST_ITEMS)]


class HeardIn(_Fact, frozen=True, tag="audio", tag_field="rests_on"):
    """An audio file that is said to be an output."""

    name: str
    sha256: Digest
    found: Annotated[tuple[Found, ...], msgspec.Meta(min_length=1, max_length=MOST_FOUND)]


class Disclosed(_Fact, frozen=True, tag="disclosure", tag_field="rests_on"):
    """A maker's own words, where they were read, and the bytes that were kept of them."""

    words: str
    url: str
    read: str  # YYYY-MM-DD
    evidence: Digest


Ground = InManifest | HeardIn | Disclosed


class Days(_Fact, frozen=True):
    """How long a respondent is given, in calendar days (UTC) after the day of the claim."""

    acknowledge: Annotated[int, msgspec.Meta(ge=1, le=MOST_DAYS)] = ACKNOWLEDGE_DAYS
    answer: Annotated[int, msgspec.Meta(ge=1, le=MOST_DAYS)] = ANSWER_DAYS


class Recorded(_Fact, frozen=True):
    """What is put on record at a moment, and named by its text."""

    at: str  # ISO 8601, UTC

    @property
    def id(self) -> str:
        """The SHA-256 of its canonical text."""
        return sha256(self.encoded()).hexdigest()

    @property
    def moment(self) -> datetime:
        """When it was made."""
        return dated(self.at, "at")

    def encoded(self) -> bytes:
        """Return its canonical text."""
        return canonical(self)


_R = TypeVar("_R", bound=Recorded)


class Claim(Recorded, frozen=True):
    """One claim.

    Raises:
        UsageError: it says what makes no sense. The message names the field.
    """

    claimant: str  # the id of a party
    actor: str  # who entered it
    recordings: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=MOST_RECORDINGS)]  # keys
    against: Against
    respondent: Respondent
    grounds: Annotated[tuple[Ground, ...], msgspec.Meta(min_length=1, max_length=MOST_GROUNDS)]
    asks: Annotated[tuple[Ask, ...], msgspec.Meta(min_length=1)]
    days: Days = Days()
    words: str = ""

    def __post_init__(self) -> None:
        dated(self.at, "at")
        for name, value in self._named():
            if not value.strip():
                raise UsageError(f"{name}: it is empty", mend="say who or what it is")
            plain(value, name, most=MOST_NAME)
        plain(self.respondent.party, "respondent.party", most=MOST_NAME)
        for one in self.found():
            plain(one.path, "grounds.path")
        plain(self.words, "words")
        for name in ("recordings", "grounds", "asks"):
            if len(set(getattr(self, name))) != len(getattr(self, name)) or not getattr(self, name):
                raise UsageError(f"{name}: each is named once, and one at least", mend="leave out what is there twice")
        if self.days.acknowledge > self.days.answer:
            raise UsageError("days: the answer is due before the acknowledgement", mend="give the answer more days")
        if self.respondent.party == self.claimant:
            raise UsageError("respondent: nobody claims against itself", mend="name whoever is asked")
        self._check_grounds()

    def _check_grounds(self) -> None:
        for one in self.found():
            if one.recording not in self.recordings:
                raise UsageError(f"grounds: {one.recording} is none of the recordings", mend="name it, or leave it out")
            if one.query_start_ms >= one.query_end_ms or one.reference_start_ms >= one.reference_end_ms:
                raise UsageError(f"grounds: {one.recording} is found in no time", mend="give where it begins and ends")
        for ground in self.grounds:
            if isinstance(ground, Disclosed):
                _check_disclosed(ground)

    def _named(self) -> Iterator[tuple[str, str]]:
        yield from (("claimant", self.claimant), ("actor", self.actor), ("against.name", self.against.name))
        yield "respondent.name", self.respondent.name
        yield from (("recordings", one) for one in self.recordings)
        for ground in self.grounds:
            if isinstance(ground, InManifest):
                yield "grounds.origin", ground.origin
                yield from (("grounds.items", one.item) for one in ground.items)
            elif isinstance(ground, HeardIn):
                yield "grounds.name", ground.name
            else:
                yield "grounds.url", ground.url

    def found(self) -> Iterator[Found]:
        """Yield whatever its grounds say was found."""
        for ground in self.grounds:
            if isinstance(ground, InManifest):
                for item in ground.items:
                    yield from item.found
            elif isinstance(ground, HeardIn):
                yield from ground.found


def parse_claim(content: bytes) -> Claim:
    """Read a claim from its canonical text.

    Raises:
        UsageError: it is none, or not in that form.
    """
    return parse_recorded(content, Claim, "claim")


def parse_recorded(content: bytes, kind: type[_R], what: str) -> _R:
    """Read what is on record from its canonical text; `what` is what it is called.

    Raises:
        UsageError: it is none, or not in that form.
    """
    try:
        one = msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise UsageError(f"it is no {what}: {wrong}") from wrong
    if one.encoded() != content:
        raise UsageError(f"the {what} is not in canonical form (RFC 8785)")
    return one


def dated(text: str, field: str) -> datetime:
    """Return the time that `text` names, in years for which a deadline can be given.

    Raises:
        UsageError: it names none, or lies in other years.
    """
    found = moment(text, field)
    if found.year not in _YEARS:
        raise UsageError(f"{field}: {text!r} is no time of ours", mend=f"a year from {_YEARS[0]} to {_YEARS[-1]}")
    return found


def plain(text: str, field: str, *, most: int = MOST_TEXT) -> None:
    """Refuse a text that is too long, or that holds control characters.

    Raises:
        UsageError: it is, or does.
    """
    if len(text) > most or _UNSEEN.search(text):
        raise UsageError(f"{field}: at most {most} characters, and none that nobody can see", mend="shorten it")


def _check_disclosed(ground: Disclosed) -> None:
    plain(ground.words, "grounds.words")
    if not ground.words.strip():
        raise UsageError("grounds.words: a disclosure has words", mend="quote the maker")
    if not _on_the_web(ground.url):
        raise UsageError(f"grounds.url: {ground.url!r} is no address on the web", mend="write https:// and the page")
    if not _is_day(ground.read):
        raise UsageError(f"grounds.read: there is no day {ground.read!r}", mend="write YYYY-MM-DD")


def _on_the_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets that hold no address
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text  # and no week, and no day without its hyphens
    except ValueError:
        return False
