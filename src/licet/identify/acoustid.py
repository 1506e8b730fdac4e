"""Ask AcoustID about a file that nobody here has on record: an outside opinion, and never more than a hint.

1. `fpcalc`, Chromaprint's own program, listens to the file's first two minutes.
2. Its fingerprint and the file's length go to api.acoustid.org, with the user's own key. Nothing else leaves this
   machine, and nothing at all unless it is asked for.
3. What comes back is checked, bounded and called a hint: it has a confidence and a method, and identifies nothing.

AcoustID knows whole tracks by what volunteers submitted; a clip from the middle of one it does not know. Its terms
(acoustid.org/webservice): at most three requests a second, and free of charge for non-commercial use only.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import msgspec

from licet.errors import SourceError, UsageError
from licet.identify.fpcalc import chromaprint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

URL = "https://api.acoustid.org/v2/lookup"
KEY = "LICET_ACOUSTID_KEY"
"""The environment variable with the key: a setting would be copied along with the workspace, and a flag seen by all."""
METHOD = "acoustid"

BETWEEN_S = 1 / 3  # requests, by AcoustID's terms
PATIENCE_S = 30.0  # with an answer as a whole
LARGEST_ANSWER = 1_000_000  # bytes
HINTS = 10  # told of one file
LONGEST_TEXT = 300  # characters of somebody else's words
_BAD_KEYS = frozenset({4, 17})  # AcoustID's codes: invalid key, unknown application


@dataclass(frozen=True, slots=True)
class Hint:
    """What AcoustID takes a file for. It permits nothing, and identifies nothing."""

    acoustid: str  # AcoustID's own name for the sound
    musicbrainz_recording: str | None
    title: str
    artists: tuple[str, ...]
    confidence: float  # 0 to 1, AcoustID's own score
    method: str = METHOD


class Transport(Protocol):
    """The way to AcoustID."""

    def post(self, form: Mapping[str, str]) -> bytes:
        """Send a form and return the answer's body, whatever its status.

        Raises:
            SourceError: none came, or too much of it.
        """
        ...


@dataclass(slots=True)
class CannedTransport:
    """A transport that gives the same answer to everything, and keeps what it was sent: for tests."""

    answer: bytes = field(repr=False)
    sent: list[dict[str, str]] = field(default_factory=list, repr=False)

    def post(self, form: Mapping[str, str]) -> bytes:
        """Keep `form` and return the answer."""
        self.sent.append(dict(form))
        return self.answer


class HttpTransport:
    """The real way: HTTPS, no redirects, bounded in time and size.

    Args:
        agent: what asks, and of which version, as AcoustID is told.
        client_options: what else `httpx.Client` takes.

    Raises:
        UsageError: httpx is not installed.
    """

    def __init__(self, agent: str = "licet", **client_options: Any) -> None:  # noqa: ANN401  (httpx's own)
        try:
            import httpx
        except ImportError:
            raise UsageError("httpx is not installed", mend="install it with `pip install licet[acoustid]`") from None
        # Uncompressed, so that the bound on an answer holds for what is read and for what it unfolds to.
        headers = {"User-Agent": agent, "Accept-Encoding": "identity"}
        self._client = httpx.Client(timeout=10.0, headers=headers, **client_options)
        self._wrong = httpx.HTTPError

    def post(self, form: Mapping[str, str]) -> bytes:
        """Send a form and return the answer's body."""
        try:
            with self._client.stream("POST", URL, data=dict(form)) as response:
                return _bounded(response.iter_raw())
        except self._wrong as error:
            mend = "see whether you are online, and ask again later"
            raise SourceError(f"AcoustID did not answer: {type(error).__name__}", mend=mend) from None


def _bounded(pieces: Iterator[bytes]) -> bytes:
    body, until = bytearray(), time.monotonic() + PATIENCE_S
    for piece in pieces:
        body += piece
        if len(body) > LARGEST_ANSWER or time.monotonic() > until:
            raise SourceError("AcoustID's answer has no end", mend="ask again later")
    return bytes(body)


def key_in(environment: Mapping[str, str]) -> str:
    """Return the user's key.

    Raises:
        UsageError: there is none.
    """
    key = environment.get(KEY, "").strip()
    if not key:
        mend = f"register an application at https://acoustid.org/new-application and put its key into {KEY}"
        raise UsageError("AcoustID wants a key, and there is none", mend=mend)
    return key


class AcoustId:
    """Asks AcoustID, no faster than it allows. The key is sent to it and shown to nobody."""

    def __init__(
        self,
        key: str,
        transport: Transport,
        *,
        hear: Callable[[Path], tuple[int, str]] = chromaprint,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._key = key
        self._transport = transport
        self._hear = hear
        self._clock = clock
        self._sleep = sleep
        self._next = clock()

    def ask(self, path: Path) -> tuple[Hint, ...]:
        """Return what AcoustID takes the file at `path` for, the likeliest first; nothing where it does not know it.

        Raises:
            UsageError: the key is not one of AcoustID's, or `fpcalc` is missing.
            SourceError: there is no answer, or none that makes sense, or nothing to ask about.
        """
        duration, fingerprint = self._hear(path)
        self._wait()
        form = {
            "client": self._key,
            "format": "json",
            "meta": "recordings",
            "duration": str(duration),
            "fingerprint": fingerprint,
        }
        answer = _read(self._transport.post(form))
        if answer.status != "ok":
            raise self._refusal(answer.error or _Error())
        hints = (hint for result in answer.results for hint in _hints(result))
        return tuple(sorted(hints, key=lambda hint: (-hint.confidence, hint.title, hint.acoustid)))[:HINTS]

    def _wait(self) -> None:
        now = self._clock()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + BETWEEN_S

    def _refusal(self, error: _Error) -> Exception:
        if error.code in _BAD_KEYS:
            return UsageError("AcoustID does not know this key", mend=f"look at what {KEY} holds")
        says = _bounded_text(error.message.replace(self._key, "…"))
        return SourceError(f"AcoustID refused: {says or 'without a reason'}", mend="ask again later")


class _Artist(msgspec.Struct):
    name: str = ""


class _Recording(msgspec.Struct):
    id: UUID
    title: str | None = None
    artists: list[_Artist] = []


class _Result(msgspec.Struct):
    id: UUID
    score: float
    recordings: list[_Recording] = []


class _Error(msgspec.Struct):
    code: int = 0
    message: str = ""


class _Answer(msgspec.Struct):
    status: str
    results: list[_Result] = []
    error: _Error | None = None


def _read(body: bytes) -> _Answer:
    try:
        return msgspec.json.decode(body, type=_Answer)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError("AcoustID's answer is not what it promises", mend="ask again later") from error


def _hints(result: _Result) -> Iterator[Hint]:
    """Yield a hint for each recording that MusicBrainz knows this sound by, or one without a name."""
    confidence = round(min(1.0, max(0.0, result.score)), 6)
    if not result.recordings:
        yield Hint(str(result.id), None, "", (), confidence)
    for recording in result.recordings[:HINTS]:
        artists = tuple(_bounded_text(artist.name) for artist in recording.artists[:HINTS])
        yield Hint(str(result.id), str(recording.id), _bounded_text(recording.title or ""), artists, confidence)


def _bounded_text(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"
