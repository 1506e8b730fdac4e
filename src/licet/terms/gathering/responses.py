"""What a server answered when it was asked for an address, or why it did not: one frozen value, and its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime  # noqa: TC003  (a dataclass field: msgspec reads it at run time)

from licet.digests import sha256_bytes

_PRIVATE = frozenset({"set-cookie", "set-cookie2"})  # whoever was given a cookie keeps it to himself
_TOO_MANY_REQUESTS = 429


@dataclass(frozen=True, slots=True)
class Response:
    """One answer. Its head and its body are kept as evidence under the digests that it names."""

    url: str  # as it was asked for
    fetched_at: datetime  # aware, UTC
    status: int = 0  # of the last hop; 0 where no answer came
    headers: tuple[tuple[str, str], ...] = ()  # names in lower case, in the order served
    body: str = ""  # SHA-256 of the body, its content encoding undone
    landed: str = ""  # where redirects led
    trouble: str = ""  # why there is no answer, in one word: `expired-certificate`, `too-large` ...
    says: str = ""  # the same for people
    unchanged: bool = False  # the server said so (304): the bytes are those of an earlier answer

    @property
    def found(self) -> bool:
        """Whether there is a body to read."""
        return not self.trouble and 200 <= self.status < 300

    @property
    def absent(self) -> bool:
        """Whether the server says that nothing is there, which is not the same as not answering (RFC 9309, 2.3.1)."""
        return not self.trouble and 400 <= self.status < 500 and self.status != _TOO_MANY_REQUESTS

    @property
    def settled(self) -> bool:
        """Whether the question was answered, one way or the other."""
        return self.found or self.absent

    @property
    def media_type(self) -> str:
        """Return the media type without parameters, in lower case; "" where none is stated."""
        return next(iter(self.values("content-type")), "").partition(";")[0].strip().lower()

    def values(self, name: str) -> tuple[str, ...]:
        """Return the values of every header called `name` (lower case), in the order served."""
        return tuple(value for header, value in self.headers if header == name)

    def head_bytes(self) -> bytes:
        """Return the head as it is kept: status and headers, a line each; a failure's reason where there is none."""
        first = f"trouble: {self.trouble}: {self.says}" if self.trouble else f"status: {self.status}"
        lines = (f"url: {self.url}", f"landed: {self.landed}", first, "", *(f"{k}: {v}" for k, v in self.headers))
        return "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")

    @property
    def head(self) -> str:
        """Return the SHA-256 of the head."""
        return sha256_bytes(self.head_bytes())


@dataclass(frozen=True, slots=True)
class Fetched:
    """A response and the bytes of its body."""

    response: Response
    body: bytes = b""


def kept_headers(headers: list[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    """Return headers as text (ISO 8859-1, as RFC 9110 has it), without cookies."""
    named = ((name.decode("latin-1").lower(), value.decode("latin-1").strip()) for name, value in headers)
    return tuple((name, value) for name, value in named if name not in _PRIVATE)
