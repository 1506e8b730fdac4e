"""The way to the web, as a seam: what one request needs and gives, and a fake that answers from memory."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from licet.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MOST_BYTES = 1 << 20  # of a body, its content encoding undone
_PIECE = 1 << 16
_SOUNDS = ("audio/", "video/", "image/", "application/ogg")
_WINDOWS = {"gzip": 31, "x-gzip": 31, "deflate": 15}  # zlib's word for each format


class UnansweredError(SourceError):
    """No answer came that could be used. `code` says why in one word. It never leaves the fetcher."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    """What one request brought, redirects not followed."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes = b""


class Wire(Protocol):
    """The way to a server."""

    def get(self, url: str, headers: Mapping[str, str], *, most_bytes: int, within_s: float) -> Answer:
        """Ask for `url` once.

        Raises:
            UnansweredError: no answer came, too late, too large, or from where nothing may be asked.
        """
        ...


class Posting(Protocol):
    """The way to a server that is told something."""

    def post(self, url: str, headers: Mapping[str, str], body: bytes, *, within_s: float) -> Answer:
        """Send `body` to `url` once. Of what comes back, the status and the headers are had and nothing else.

        Raises:
            UnansweredError: no answer came, too late, or from where nothing may be asked. It may have been heard.
        """
        ...


@dataclass(slots=True)
class CannedWire:
    """A wire that answers from memory, and keeps what it was asked: for tests."""

    answers: Mapping[str, Answer | UnansweredError]
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    told: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def get(self, url: str, headers: Mapping[str, str], *, most_bytes: int, within_s: float) -> Answer:
        """Give the answer for `url`; of what it does not know it says 404."""
        del most_bytes, within_s
        self.asked.append((url, dict(headers)))
        return self._answer(url)

    def post(self, url: str, headers: Mapping[str, str], body: bytes, *, within_s: float) -> Answer:
        """Give the answer for `url`, and keep what it was told."""
        del within_s
        self.told.append((url, dict(headers), body))
        return self._answer(url)

    def _answer(self, url: str) -> Answer:
        answer = self.answers.get(url, Answer(404, []))
        if isinstance(answer, UnansweredError):
            raise answer
        return answer


def is_media(media_type: str) -> bool:
    """Whether what is served is sound or picture: its headers say what there is to read, and its body is not had."""
    return media_type.strip().lower().startswith(_SOUNDS)


def decoded(pieces: Iterable[bytes], encoding: str, most_bytes: int) -> bytes:
    """Return a body with its content encoding undone, counting bytes as they unfold.

    Raises:
        UnansweredError: `too-large`, or `bad-encoding`: not the encoding that it claims, or one that nobody asked for.
    """
    encoding = encoding.strip().lower()
    if encoding in {"", "identity"}:
        return _bounded(pieces, most_bytes)
    if encoding not in _WINDOWS:
        raise UnansweredError("bad-encoding", f"the body is in an encoding that was not asked for: {encoding[:40]!r}")
    return _bounded(_inflated(pieces, _WINDOWS[encoding]), most_bytes)


def _inflated(pieces: Iterable[bytes], window: int) -> Iterable[bytes]:
    """Unfold a little at a time, so that a bomb is noticed before it has gone off."""
    inflating = zlib.decompressobj(window)
    try:
        for piece in pieces:
            rest = piece
            while rest and not inflating.eof:
                yield inflating.decompress(rest, _PIECE)
                rest = inflating.unconsumed_tail
        yield inflating.flush()  # no more than one match of deflate is left inside
    except zlib.error as broken:
        raise UnansweredError("bad-encoding", f"the body does not unfold: {broken}") from None
    if not inflating.eof:
        raise UnansweredError("bad-encoding", "the body ends in the middle")


def _bounded(pieces: Iterable[bytes], most_bytes: int) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > most_bytes:
            raise UnansweredError("too-large", f"the body is longer than {most_bytes:,} bytes")
    return bytes(body)
