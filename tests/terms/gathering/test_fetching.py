"""A polite client against a real server: it keeps the rules, and whatever the server does it comes back."""

from __future__ import annotations

import gzip
import time
import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from licet.errors import UsageError
from licet.terms.gathering import Answer, CannedWire, Fetcher, UnansweredError

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

    from conftest import Site

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
PAGE = "https://example.org/song"
ROBOTS = "https://example.org/robots.txt"


def canned(answers: dict[str, Answer | UnansweredError]) -> tuple[Fetcher, CannedWire]:
    """Return a fetcher that never waits, and the wire that answers it."""
    wire = CannedWire(answers)
    return Fetcher("Licet/test", lambda: AT, wire=wire, interval_s=0), wire


def redirect(there: str, status: int = 302) -> Answer:
    """Answer that it lies elsewhere."""
    return Answer(status, [(b"Location", there.encode())])


def test_an_answer_is_kept_with_its_headers_and_its_time(site: Site, fetcher: Fetcher) -> None:
    """But never with its cookies."""
    site.serve("/song", b"la la", Content_Usage="train-ai=n", Set_Cookie="secret=1")
    fetched = fetcher.fetch(f"{site.root}/song#top")
    assert (fetched.body, fetched.response.status, fetched.response.fetched_at) == (b"la la", 200, AT)
    assert fetched.response.values("content-usage") == ("train-ai=n",)
    assert b"secret" not in fetched.response.head_bytes()
    assert site.asked[-1][1]["user-agent"] == "Licet/test"


def test_robots_txt_is_asked_first_and_heeded(site: Site, fetcher: Fetcher) -> None:
    """For everything but itself and well-known files."""
    site.serve("/robots.txt", b"User-agent: licet\nDisallow: /private\n")
    site.serve("/private/song", b"la la")
    assert fetcher.fetch(f"{site.root}/private/song").response.trouble == "robots"
    assert [path for path, _ in site.asked] == ["/robots.txt"]
    assert fetcher.fetch(f"{site.root}/private/song", well_known=True).body == b"la la"


@pytest.mark.parametrize("status", [500, 503, 429], ids=str)
def test_while_robots_txt_cannot_be_had_nothing_else_is_asked(site: Site, fetcher: Fetcher, status: int) -> None:
    """A server in trouble has not said yes."""
    site.serve("/robots.txt", b"", status)
    site.serve("/song", b"la la")
    response = fetcher.fetch(f"{site.root}/song").response
    assert (response.trouble, response.settled) == ("robots-unknown", False)


def test_what_was_had_before_is_asked_for_only_if_it_changed(site: Site, fetcher: Fetcher) -> None:
    """A 304 keeps the old bytes, takes the new time and the new headers."""
    site.serve("/song", b"la la", ETag='"1"', Last_Modified="Sun, 22 Nov 2026 08:00:00 GMT")
    before = fetcher.fetch(f"{site.root}/song")
    site.serve("/song", b"", 304, tdm_reservation="1")
    later = Fetcher(
        "Licet/test", lambda: AT.replace(hour=13), interval_s=0, dangerously_allow_private_addresses=True
    ).fetch(f"{site.root}/song", known=before)
    assert (later.body, later.response.status, later.response.unchanged) == (b"la la", 200, True)
    assert later.response.fetched_at.hour == 13
    assert later.response.values("tdm-reservation") == ("1",)
    assert site.asked[-1][1]["if-none-match"] == '"1"'
    assert site.asked[-1][1]["if-modified-since"] == "Sun, 22 Nov 2026 08:00:00 GMT"


def test_a_304_that_nobody_asked_for_settles_nothing() -> None:
    """There are no old bytes that it could mean."""
    fetcher, _ = canned({PAGE: Answer(304, [])})
    assert not fetcher.fetch(PAGE).response.settled


def test_a_body_without_end_is_not_read_to_the_end(site: Site, fetcher: Fetcher) -> None:
    """A gigabyte is announced, and a megabyte is enough to see."""

    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(1 << 30))
        handler.end_headers()
        for _ in range(1 << 14):
            handler.wfile.write(b"\0" * (1 << 16))

    site.pages["/song"] = endless
    assert fetcher.fetch(f"{site.root}/song").response.trouble == "too-large"


def test_a_gzip_bomb_does_not_go_off(site: Site, fetcher: Fetcher) -> None:
    """What counts is what it unfolds to."""
    site.serve("/song", gzip.compress(bytes(16 << 20)), Content_Encoding="gzip")
    assert fetcher.fetch(f"{site.root}/song").response.trouble == "too-large"


@pytest.mark.parametrize(
    ("body", "encoding", "expected"),
    [
        (gzip.compress(b"la la"), "gzip", b"la la"),
        (gzip.compress(b"la" * 200_000), "GZIP", b"la" * 200_000),
        (zlib.compress(b"la la"), "deflate", b"la la"),
        (b"la la", "identity", b"la la"),
        (gzip.compress(b"la la")[:-9], "gzip", "bad-encoding"),
        (gzip.compress(bytes(99_999))[:-9], "gzip", "bad-encoding"),
        (b"la la", "gzip", "bad-encoding"),
        (b"la la", "br", "bad-encoding"),
    ],
    ids=["gzip", "long", "deflate", "plain", "cut", "cut long", "no gzip", "brotli"],
)
def test_encodings_are_undone(site: Site, fetcher: Fetcher, body: bytes, encoding: str, expected: bytes | str) -> None:
    """Those that were asked for, and those alone."""
    site.serve("/song", body, Content_Encoding=encoding)
    fetched = fetcher.fetch(f"{site.root}/song")
    assert expected in (fetched.body, fetched.response.trouble)


def test_of_sound_the_headers_alone_are_had(site: Site, fetcher: Fetcher) -> None:
    """However long it is."""
    site.serve("/song", bytes(2 << 20), Content_Type="audio/mpeg", Content_Usage="train-ai=n")
    fetched = fetcher.fetch(f"{site.root}/song")
    assert (fetched.response.found, fetched.body) == (True, b"")


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_server_that_drips_is_left(site: Site, part: str) -> None:
    """However regularly a byte comes, the time for all of it ends."""

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"Content-Length: 1000\r\n\r\n" if part == "body" else b"X: "))
        for _ in range(1000):
            handler.wfile.write(b"a")
            time.sleep(0.02)

    site.pages["/song"] = drip
    hurried = Fetcher("Licet/test", lambda: AT, interval_s=0, total_s=0.4, dangerously_allow_private_addresses=True)
    began = time.monotonic()
    assert hurried.fetch(f"{site.root}/song", well_known=True).response.trouble == "too-slow"
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nla"])
def test_what_is_no_answer_is_told(site: Site, fetcher: Fetcher, answer: bytes) -> None:
    """Nothing, something else, or half of it."""
    site.pages["/song"] = lambda handler: handler.wfile.write(answer) and None
    assert fetcher.fetch(f"{site.root}/song").response.trouble == "bad-answer"


def test_a_server_that_is_not_there_is_told(site: Site, fetcher: Fetcher) -> None:
    """Unreachable is not silent."""
    nobody = Fetcher("Licet/test", lambda: AT, interval_s=0, dangerously_allow_private_addresses=True)
    assert nobody.fetch("http://127.0.0.1:1/robots.txt", well_known=True).response.trouble == "unreachable"
    del site, fetcher


def test_redirects_are_followed_and_where_they_led_is_kept() -> None:
    """Five of them, and each hop's robots.txt is heeded."""
    chain = {f"https://example.org/{n}": redirect(f"/{n + 1}") for n in range(9)}
    fetcher, _ = canned({**chain, "https://example.org/9": Answer(200, [], b"la")})
    assert fetcher.fetch("https://example.org/4").response.landed == "https://example.org/9"
    assert fetcher.fetch("https://example.org/3").response.trouble == "too-many-redirects"


@pytest.mark.parametrize(
    "there",
    ["file:///etc/passwd", "gopher://example.org/", "http://example.org/", "http://[::1", "https://\x00/"],
    ids=["file", "gopher", "downgrade", "broken", "control"],
)
def test_a_redirect_to_where_nothing_may_be_asked_is_not_followed(there: str) -> None:
    """Nor to what is no address."""
    fetcher, wire = canned({PAGE: redirect(there)})
    assert fetcher.fetch(PAGE).response.trouble == "bad-redirect"
    assert [url for url, _ in wire.asked] == [ROBOTS, PAGE]


def test_the_robots_txt_of_the_host_that_a_redirect_leads_to_counts_too() -> None:
    """Nobody is asked who keeps us out."""
    away = "https://example.net"
    kept_out = Answer(200, [], b"User-agent: *\nDisallow: /")
    fetcher, _ = canned({PAGE: redirect(f"{away}/song"), f"{away}/robots.txt": kept_out})
    assert fetcher.fetch(PAGE).response.trouble == "robots"


def test_one_host_is_asked_no_faster_than_it_should_be() -> None:
    """And another host need not wait for it."""
    now, slept = [100.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    wire = CannedWire({})
    fetcher = Fetcher("Licet/test", lambda: AT, wire=wire, interval_s=2, clock=lambda: now[0], sleep=sleep)
    fetcher.fetch(PAGE)
    assert slept == [2.0]
    fetcher.fetch("https://example.net/robots.txt", well_known=True)
    assert slept == [2.0]
    hurried = Fetcher("Licet/test", lambda: AT, wire=wire, total_s=1, interval_s=2, clock=lambda: now[0], sleep=sleep)
    assert hurried.fetch(PAGE).response.trouble == "too-slow"


def test_credentials_are_neither_sent_nor_kept() -> None:
    """Nor repeated in an error."""
    fetcher, wire = canned({})
    assert fetcher.fetch("https://me:secret@example.org/song").response.url == PAGE
    assert "secret" not in str(wire.asked)
    with pytest.raises(UsageError) as refused:
        fetcher.fetch("ftp://me:secret@example.org/song")
    assert "secret" not in str(refused.value)


def test_what_goes_wrong_on_the_way_is_a_response() -> None:
    """With its reason, and no body."""
    fetcher, _ = canned({PAGE: UnansweredError("expired-certificate", "it expired")})
    response = fetcher.fetch(PAGE).response
    assert (response.trouble, response.says, response.found, response.absent) == (
        "expired-certificate",
        "it expired",
        False,
        False,
    )
    assert b"expired-certificate" in response.head_bytes()
