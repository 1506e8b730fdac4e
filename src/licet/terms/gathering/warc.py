"""Read answers that somebody saved: a WARC file (ISO 28500, versions 1.0 and 1.1), or one HTTP response.

1. A WARC file is records in a row: a version, headers, an empty line, as many bytes as `Content-Length` says, two empty
   lines. Each may be a gzip member of its own.
2. A record of the type `response` with an http or https target holds one HTTP response. Others are passed over.
3. A response that was cut short (`WARC-Truncated`), that does not parse or that is too large is one that did not come.
4. A file that does not begin like a WARC file is one HTTP response, as `curl -i` saves it, of an address that is given.
"""

from __future__ import annotations

import gzip
import http.client
import io
import re
import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, BinaryIO, cast

from licet.digests import sha256_bytes
from licet.errors import SourceError, UsageError
from licet.terms.gathering.addresses import cleaned
from licet.terms.gathering.responses import Fetched, Response, kept_headers
from licet.terms.gathering.wire import MOST_BYTES, UnansweredError, decoded, is_media

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

MOST_UNFOLDED = 1 << 34  # bytes of a whole file
_LONGEST_LINE = 16 << 10
_MOST_LINES = 200  # of one record's head
_MOST_RECORD = 4 * MOST_BYTES  # of a record that is read at all: head, body, and what chunking adds
_VERSION = re.compile(rb"WARC/1\.[01]\r?\n")
_HTTP = re.compile(rb"HTTP/(?:1\.[01]|2(?:\.0)?|3) ")
_PIECE = 1 << 16


def saved_responses(path: Path, *, url: str = "", captured_at: datetime) -> Iterator[Fetched]:
    """Yield the responses in the file at `path`.

    Args:
        path: a WARC file, gzipped or not, or one HTTP response.
        url: what a file that holds one response is the answer to.
        captured_at: when that one was had, aware; a WARC file says so itself.

    Raises:
        SourceError: it cannot be read, or is neither.
        UsageError: it holds one response, and no `url` was given.
    """
    try:
        with path.open("rb") as plain:
            packed = plain.peek(2)[:2] == b"\x1f\x8b"
            stream = cast("BinaryIO", gzip.GzipFile(fileobj=plain) if packed else plain)
            first = stream.readline(_LONGEST_LINE)
            if _VERSION.fullmatch(first):
                yield from _records(stream, path)
            elif _HTTP.match(first):
                if not url:
                    raise UsageError(f"{path} holds one response and not its address", mend="name the address as URL")
                yield _read(cleaned(url), captured_at, first + stream.read(_MOST_RECORD))
            else:
                raise SourceError(f"{path} is neither a WARC file nor an HTTP response", mend="check the path")
    except (OSError, EOFError, zlib.error) as broken:
        raise SourceError(f"{path} cannot be read: {broken}", mend="see whether it is whole") from broken


def _records(stream: BinaryIO, path: Path) -> Iterator[Fetched]:
    """Yield the responses among the records (steps 1 and 2); the first version line is read already."""
    unfolded = 0
    while True:
        head = _head(stream, path)
        length = int(head["content-length"]) if head.get("content-length", "").isdecimal() else -1
        if length < 0 or (unfolded := unfolded + length) > MOST_UNFOLDED:
            raise SourceError(f"{path} holds a record of no length, or too much", mend="see whether it is whole")
        content = stream.read(min(length, _MOST_RECORD))
        left = length - len(content)
        while left > 0 and (piece := stream.read(min(left, _PIECE))):
            left -= len(piece)
        fetched = _response(head, content, whole=length <= _MOST_RECORD and not left)
        if fetched is not None:
            yield fetched
        if not _next_record(stream, path):
            return


def _head(stream: BinaryIO, path: Path) -> dict[str, str]:
    """Return the headers of a record, names in lower case."""
    head: dict[str, str] = {}
    for _ in range(_MOST_LINES):
        line = stream.readline(_LONGEST_LINE).decode("utf-8", "replace").strip()
        if not line:
            return head
        name, _, value = line.partition(":")
        head[name.strip().lower()] = value.strip()
    raise SourceError(f"{path} holds a record whose head has no end", mend="see whether it is a WARC file")


def _next_record(stream: BinaryIO, path: Path) -> bool:
    """Go to the next record: empty lines, and its version; False at the end of the file."""
    for _ in range(_MOST_LINES):
        line = stream.readline(_LONGEST_LINE)
        if not line:
            return False
        if _VERSION.fullmatch(line):
            return True
        if line.strip():
            break
    raise SourceError(f"{path} holds a record that does not begin like one", mend="see whether it is whole")


def _response(head: dict[str, str], content: bytes, *, whole: bool) -> Fetched | None:
    """Return what one record holds, or None where it holds no answer of the web."""
    if head.get("warc-type") != "response":
        return None
    try:
        url = cleaned(head.get("warc-target-uri", "").strip("<>"))
        at = datetime.fromisoformat(head.get("warc-date", "")).astimezone(UTC)
    except (UsageError, ValueError, OverflowError):
        return None  # it says of no address, or at no time
    return _read(url, at, content, whole=whole and "warc-truncated" not in head)


def _read(url: str, at: datetime, content: bytes, *, whole: bool = True) -> Fetched:
    """Read one HTTP response; one that is cut short or does not parse did not come (step 3)."""
    line, _, rest = content.partition(b"\n")
    # A saved head of HTTP/2 or 3 is written as if it were HTTP/1.1, which is all that the standard library reads.
    message = re.sub(rb"^HTTP/[23](?:\.0)?", b"HTTP/1.1", line) + b"\n" + rest
    answer = http.client.HTTPResponse(cast("socket.socket", _Saved(message)))
    try:
        answer.begin()
        body = b"" if is_media(answer.getheader("content-type", "")) else _body(answer, whole=whole)
    except UnansweredError as unanswered:
        return Fetched(Response(url, at, trouble=unanswered.code, says=unanswered.message))
    except (http.client.HTTPException, ValueError, OSError):
        return Fetched(Response(url, at, trouble="bad-answer", says="what was saved is no HTTP response"))
    pairs = answer.getheaders()
    named = [(name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in pairs]
    return Fetched(Response(url, at, answer.status, kept_headers(named), sha256_bytes(body), landed=url), body)


def _body(answer: http.client.HTTPResponse, *, whole: bool) -> bytes:
    body = decoded(iter(lambda: answer.read(_PIECE), b""), answer.getheader("content-encoding", ""), MOST_BYTES)
    if not whole or answer.length:  # `length` is what is still to come, where a length was stated
        raise UnansweredError("truncated", "the saved answer is not whole, or too large")
    return body


class _Saved:
    """A socket that was recorded: all that `http.client` asks of one."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._content)
