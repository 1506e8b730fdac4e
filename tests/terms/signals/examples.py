"""One row for each reader: a real example, and what the contract test needs to know to vary it.

The key is the reader's protocol. Add a row when you add a reader; a reader without one fails `test_contract.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from licet.terms.signals import Target

TRACK = Target("https://music.example/songs/one.mp3")


@dataclass(frozen=True, slots=True)
class Example:
    """What one reader's bytes look like.

    `permission_tokens` are regular expressions: bytes in which none of them is found must never permit. A reader that
    never permits has none. `statements` and `reservations` are parts that can be put together in any number and order,
    between `head` and `tail` and parted by `between`; each of the `reservations` adds a reservation. A protocol whose
    bytes hold one statement only leaves them empty.
    """

    content: bytes
    target: Target = TRACK
    permission_tokens: tuple[bytes, ...] = ()
    statements: tuple[bytes, ...] = ()
    reservations: tuple[bytes, ...] = ()
    head: bytes = b""
    between: bytes = b"\n"
    tail: bytes = b""

    def composed(self, parts: list[bytes]) -> bytes:
        """Return the bytes that make these statements."""
        return self.head + self.between.join(parts) + self.tail


EXAMPLES: dict[str, Example] = {
    "aipref": Example(
        content=b"train-ai=n, search=y",
        permission_tokens=(rb"=[ \t]*y",),
        statements=(b"train-ai=n", b"search=n", b"search=y;q=1", b"bots=y", b'other="n"'),
        reservations=(b"train-ai=n", b"search=n"),
        between=b", ",
    ),
    "aipref-robots": Example(
        content=(
            b"User-Agent: *\nAllow: /\nDisallow: /never/\n"
            b"Content-Usage: / train-ai=n\nContent-Usage: /songs/ train-ai=y # since May\n"
        ),
        permission_tokens=(rb"=[ \t]*y",),
        statements=(
            b"Content-Usage: / train-ai=y",
            b"Content-Usage: /songs/ search=y, train-ai=n",
            b"Content-Usage: train-ai=n",
            b"Disallow: /songs/",
            b"Allow: /songs/one",
        ),
        reservations=(b"Content-Usage: /songs/ search=n", b"Content-Usage: / train-ai=n", b"Content-Usage: search=n"),
        head=b"User-agent: *\n",
    ),
    "content-signals": Example(
        content=b"User-Agent: *\nContent-signal: search=yes, ai-train=no, use=reference\nAllow: /\n",
        permission_tokens=(rb"(?i)=\s*yes",),
        statements=(
            b"Content-Signal: search=yes,ai-train=yes",
            b"Content-Signal: ai-input=no",
            b"Content-Signal: /songs/ ai-train=yes",
            b"Allow: /",
        ),
        reservations=(b"Content-Signal: ai-train=no", b"Content-Signal: /songs/ search=no"),
        head=b"User-agent: *\n",
    ),
    "cc-signals": Example(
        content=b"train-genai=n;exceptions=cc-cr-ec",
        statements=(b"train-ai=n;exceptions=cc-cr", b"search=y;exceptions=cc-cr", b"ai-use=y"),
        reservations=(b"train-genai=n;exceptions=cc-cr-op",),
        between=b", ",
    ),
    "cc-signals-robots": Example(
        content=b"User-Agent: *\nContent-Usage: ai=n;exceptions=cc-cr\nAllow: /\n",
        statements=(b"Content-Usage: /songs/ ai=n;exceptions=cc-cr", b"Content-Usage: / search=y"),
        reservations=(b"Content-Usage: /songs/ genai=n;exceptions=cc-cr-dc", b"Content-Usage: all=n;exceptions=cc-cr"),
        head=b"User-agent: *\n",
    ),
    "robots": Example(
        content=b"User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n\nUser-agent: *\nAllow: /\nDisallow: /admin/\n",
        statements=(
            b"User-agent: CCBot\nDisallow: /*.mp3$",
            b"User-agent: *\nDisallow: /songs/\n",
            b"User-agent: GPTBot\nAllow: /",
            b"Sitemap: https://music.example/sitemap.xml",
        ),
        reservations=(b"User-agent: GPTBot\nDisallow: /songs/", b"User-agent: *\nDisallow: /"),
    ),
    "x-robots-tag": Example(
        content=b"noai, noimageai",
        statements=(b"otherbot: nofollow", b"index", b"noindex", b"unavailable_after: 25 Jun 2010 15:00:00 PST"),
        reservations=(b"noai", b"googlebot: noindex"),
        between=b", ",
    ),
    "robots-meta": Example(
        content=b'<!doctype html><title>One</title><meta name="robots" content="noai, noimageai"><p>One',
        statements=(b'<meta name="robots" content="index">', b"<!-- one -->", b"<script>var one;</script>"),
        reservations=(b'<META CONTENT="NoAI" NAME="ROBOTS">', b"<meta name=googlebot content=noindex />"),
        head=b"<head>",
        tail=b"</head>",
    ),
    "ai-txt": Example(
        content=b"User-Agent: *\nDisallow: *.mp3\nDisallow: *.wav\nAllow: *.txt\nAllow: /\n",
        statements=(b"Allow: *.wav", b"Disallow: *.mp3", b"Training: permitted-with-attribution"),
        reservations=(b"Disallow: /songs/", b"Disallow: *"),
        head=b"User-Agent: *\n",
    ),
}
