"""A polite client: it asks slowly, says who it is, keeps out where it is told to, and always comes back.

1. Only http and https; never with credentials; never a private address (see `addresses` and `network`).
2. One request at a time, and to one host no more than one in `interval_s`.
3. A host's robots.txt is asked first, and heeded for all but robots.txt itself and well-known files. While it cannot be
   had, nothing else is asked (RFC 9309, 2.3.1.4).
4. At most five redirects, each hop under the same rules, and never from https to http.
5. What was asked before is asked again only if it has changed (RFC 9110, 13: `ETag`, `Last-Modified`).
6. Whatever goes wrong is a response that says so. Nothing is raised, and nothing waits longer than `TOTAL_S`.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from licet.digests import sha256_bytes
from licet.errors import UsageError
from licet.terms.gathering.addresses import cleaned, origin
from licet.terms.gathering.manners import MOST_ROBOTS_BYTES, lets_in
from licet.terms.gathering.responses import Fetched, Response, kept_headers
from licet.terms.gathering.wire import MOST_BYTES, Answer, UnansweredError, Wire

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

INTERVAL_S = 1.0  # between two requests to one host
TOTAL_S = 30.0  # for one address, redirects and waiting included
MOST_REDIRECTS = 5
ROBOTS_PATH = "/robots.txt"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NOT_MODIFIED = 304


class Fetcher:
    """Asks servers for what they say.

    Args:
        agent: who asks, and of which version: `Licet/1.0`.
        now: the time of day, for the record.
        wire: the way to the web; the real one without it.
        interval_s: seconds between two requests to one host.
        total_s: seconds for one address.
        clock: seconds that only ever grow.
        sleep: waits for some seconds.
        dangerously_allow_private_addresses: ask private hosts too: for tests against a local server, and nothing else.
    """

    def __init__(  # noqa: PLR0913  (two of eight are needed; the others are what tests replace)
        self,
        agent: str,
        now: Callable[[], datetime],
        *,
        wire: Wire | None = None,
        interval_s: float = INTERVAL_S,
        total_s: float = TOTAL_S,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        dangerously_allow_private_addresses: bool = False,
    ) -> None:
        if wire is None:
            from licet.terms.gathering.network import Network

            wire = Network(clock=clock, dangerously_allow_private_addresses=dangerously_allow_private_addresses)
        self._wire = wire
        self._agent = agent
        self._now = now
        self._interval_s = interval_s
        self._total_s = total_s
        self._clock = clock
        self._sleep = sleep
        self._next: dict[str, float] = {}  # by host: when it may be asked again
        self._robots: dict[str, Fetched] = {}  # by origin

    def fetch(self, url: str, *, known: Fetched | None = None, well_known: bool = False) -> Fetched:
        """Ask for `url`. `known` is what was had before; `well_known` files are asked for whatever robots.txt says.

        Raises:
            UsageError: `url` is no web address.
        """
        url, at, until = cleaned(url), self._now(), self._clock() + self._total_s
        try:
            fetched = self._follow(url, at, until, known, well_known=well_known)
        except UnansweredError as unanswered:
            fetched = Fetched(Response(url, at, trouble=unanswered.code, says=unanswered.message))
        if url == origin(url) + ROBOTS_PATH:
            self._robots[origin(url)] = fetched
        return fetched

    def _follow(self, url: str, at: datetime, until: float, known: Fetched | None, *, well_known: bool) -> Fetched:
        """Ask, and follow redirects, each hop under the same rules (step 4)."""
        here = url
        for _ in range(MOST_REDIRECTS + 1):
            if not well_known:
                self._mind_robots(here)
            asking = known if known is not None and known.response.found and known.response.landed == here else None
            answer = self._ask(here, until, asking)
            headers = kept_headers(answer.headers)
            if answer.status == _NOT_MODIFIED and asking is not None:
                return _unchanged(asking, at, headers)
            there = dict(headers).get("location", "")
            if answer.status not in _REDIRECTS or not there:
                response = Response(url, at, answer.status, headers, sha256_bytes(answer.body), landed=here)
                return Fetched(response, answer.body)
            here = _hop(here, there)
        raise UnansweredError("too-many-redirects", f"it redirects more than {MOST_REDIRECTS} times")

    def _mind_robots(self, url: str) -> None:
        """Keep out where robots.txt says so, or cannot be had (step 3)."""
        site = origin(url)
        robots = self._robots.get(site) or self.fetch(site + ROBOTS_PATH, well_known=True)
        if not robots.response.settled:
            raise UnansweredError("robots-unknown", "the site's robots.txt cannot be had, so nothing else was asked")
        if robots.response.found and not lets_in(robots.body, self._agent.partition("/")[0], url):
            raise UnansweredError("robots", "the site's robots.txt keeps our agent out")

    def _ask(self, url: str, until: float, asking: Fetched | None) -> Answer:
        """Ask once, when the host may be asked again (step 2), and only for what has changed (step 5)."""
        host = urlsplit(url).netloc
        if (wait := self._next.get(host, 0.0) - self._clock()) > 0:
            self._sleep(wait)
        left = until - self._clock()
        if left <= 0:
            raise UnansweredError("too-slow", "the answer did not end in time")
        headers = {"User-Agent": self._agent, "Accept": "*/*", "Accept-Encoding": "gzip"}
        if asking is not None:
            headers |= _conditions(asking.response)
        most = MOST_ROBOTS_BYTES if urlsplit(url).path == ROBOTS_PATH else MOST_BYTES
        try:
            return self._wire.get(url, headers, most_bytes=most, within_s=left)
        finally:
            self._next[host] = self._clock() + self._interval_s


def _conditions(known: Response) -> dict[str, str]:
    """Return the headers that ask for what has changed since `known`."""
    tags, days = known.values("etag"), known.values("last-modified")
    return ({"If-None-Match": tags[0]} if tags else {}) | ({"If-Modified-Since": days[0]} if days else {})


def _unchanged(known: Fetched, at: datetime, headers: tuple[tuple[str, str], ...]) -> Fetched:
    """Return the old bytes with the new time; headers that came along replace the old (RFC 9111, 3.2)."""
    renewed = {name for name, _ in headers}
    merged = (*(pair for pair in known.response.headers if pair[0] not in renewed), *headers)
    return Fetched(replace(known.response, fetched_at=at, headers=merged, unchanged=True), known.body)


def _hop(here: str, there: str) -> str:
    """Return where a redirect leads."""
    try:
        target = cleaned(urljoin(here, there))
    except (UsageError, ValueError):
        raise UnansweredError("bad-redirect", "it redirects to what is no web address") from None
    if here.startswith("https:") and not target.startswith("https:"):
        raise UnansweredError("bad-redirect", "it redirects from https to http")
    return target
