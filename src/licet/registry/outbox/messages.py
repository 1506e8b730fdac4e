"""What somebody is told: a message, where it goes, and the key by which a repeat of it is known.

Nothing is sent here. A message that was made can be sent: its address leads to one mailbox or one web hook and holds no
credentials, no line of it can pass for a header, and it is not too long.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
import rfc8785

from licet.digests import sha256_bytes
from licet.errors import UsageError
from licet.terms.gathering.addresses import cleaned, origin

if TYPE_CHECKING:
    from datetime import datetime

MAIL, HOOK, FEED = "mailto", "https", "feed"
MOST_TEXT_BYTES = MOST_FACTS_BYTES = 64 << 10  # UTF-8
LONGEST_SUBJECT = 200  # characters
LONGEST_KIND = 64
_LONGEST_MAILBOX, _LONGEST_LOCAL = 254, 64  # RFC 5321, 4.5.3.1, less the angle brackets
_KEY = re.compile(r"[A-Za-z0-9_-]{16,128}")  # no full stop: Standard Webhooks signs id.timestamp.body
_KIND = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
_ATOM = r"[A-Za-z0-9!$'*+/=^_`{|}~-]+"  # RFC 5322's atext, less what RFC 6068 wants written otherwise
_LOCAL = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,62}[a-z0-9])?")
_BREAKING = frozenset({"Cc", "Cs", "Zl", "Zp"})  # Unicode's controls, halves of characters, line and paragraph ends


def message_key(*about: str) -> str:
    """Return the key of the message about these things: of the same things always the same (SHA-256).

    Name all that makes it another message: its kind, whom it goes to, and what happened.
    """
    return sha256_bytes(msgspec.json.encode(about))


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """One mailbox (`mailto:anna@example.org`), web hook (`https://example.org/hook`) or feed (`feed:anna`), in one way.

    Raises:
        UsageError: the text is none of them. It is not repeated in the message: it may hold a password.
    """

    text: str

    def __post_init__(self) -> None:
        scheme, _, rest = self.text.partition(":")
        read = {MAIL: _mailbox, FEED: _feed}.get(scheme.lower())
        canonical = read(rest) if read is not None else _hook(self.text)
        object.__setattr__(self, "text", canonical)

    def __str__(self) -> str:
        return self.text

    @property
    def scheme(self) -> str:
        """How it is reached: `mailto`, `https` or `feed`."""
        return self.text.partition(":")[0]

    @property
    def mailbox(self) -> str:
        """The mailbox alone: `anna@example.org`."""
        return self.text.removeprefix(f"{MAIL}:")

    @property
    def receiver(self) -> str:
        """Who fails for all at once: the hook's origin, the relay that takes all mail, the folder of all feeds."""
        return origin(self.text) if self.scheme == HOOK else self.scheme


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that one party is told.

    Args:
        key: names the message, and is seen by its receiver: 16 to 128 letters, digits, `_` or `-` (see `message_key`).
        to: where it goes.
        kind: what it tells of, as words between full stops: `recording.found`.
        subject: one line.
        text: what a person reads; lines end in a newline.
        facts: what a program reads: JSON that every language reads alike (RFC 8785). A copy is kept.
        created_at: when it was written, with a time zone. It is not sent before.

    Raises:
        UsageError: one of them is not so, or too long.
    """

    key: str
    to: Address
    kind: str
    subject: str
    text: str
    facts: dict[str, Any] = field(hash=False)
    created_at: datetime

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise UsageError("that is no message's key", mend="16 to 128 letters, digits, _ or -; see message_key")
        if not _KIND.fullmatch(self.kind) or len(self.kind) > LONGEST_KIND:
            raise UsageError(f"{self.kind[:80]!r} is no kind of message", mend="write words and full stops: term.ended")
        if not self.subject.strip() or len(self.subject) > LONGEST_SUBJECT or _breaks(self.subject):
            raise UsageError(f"a subject is one line of at most {LONGEST_SUBJECT} characters")
        if _breaks(self.text.replace("\n", "").replace("\t", "")):
            raise UsageError("a message's text holds no control characters but newlines and tabs")
        if len(self.text.encode()) > MOST_TEXT_BYTES:
            raise UsageError(f"a message's text is longer than {MOST_TEXT_BYTES:,} bytes", mend="say where to read on")
        if self.created_at.tzinfo is None:
            raise UsageError(f"{self.created_at} has no time zone", mend="say which: datetime(..., tzinfo=UTC)")
        object.__setattr__(self, "created_at", self.created_at.astimezone(UTC))
        object.__setattr__(self, "facts", msgspec.json.decode(facts_as_json(self.facts)))


def facts_as_json(facts: object) -> bytes:
    """Return facts as canonical JSON (RFC 8785).

    Raises:
        UsageError: they cannot be written so, or are too long.
    """
    try:
        written = rfc8785.dumps(facts)  # type: ignore[arg-type]  # it refuses what is no JSON by itself
    except (rfc8785.CanonicalizationError, RecursionError) as error:
        raise UsageError(f"a message's facts are no JSON that travels: {error}") from error
    if not isinstance(facts, dict) or len(written) > MOST_FACTS_BYTES:
        raise UsageError(f"a message's facts are an object of at most {MOST_FACTS_BYTES:,} bytes of JSON")
    return written


def _mailbox(text: str) -> str:
    local, _, domain = text.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        domain = ""
    right = _LOCAL.fullmatch(local) and len(local) <= _LONGEST_LOCAL and _DOMAIN.fullmatch(domain)
    mailbox = f"{local}@{domain}"
    if not right or len(mailbox) > _LONGEST_MAILBOX:
        raise UsageError("that is no address of one mailbox", mend="write mailto:anna@example.org, and nothing more")
    return f"{MAIL}:{mailbox}"


def _feed(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise UsageError("that is no name of a feed", mend="letters a to z, digits, dots and hyphens: feed:anna")
    return f"{FEED}:{name}"


def _hook(text: str) -> str:
    mend = "write https:// and a host, without user or password; mailto: and a mailbox; or feed: and a name"
    try:
        credentials = "@" in urlsplit(text).netloc
        url = cleaned(text)
    except (UsageError, ValueError):
        raise UsageError("that is no address of a mailbox or a web hook", mend=mend) from None
    if credentials or _breaks(text) or not url.startswith(f"{HOOK}:"):
        raise UsageError("a web hook is an https address without credentials", mend=mend)
    return url


def _breaks(text: str) -> bool:
    """Whether something in `text` could end a line, or is no character."""
    return any(unicodedata.category(one) in _BREAKING for one in text)
