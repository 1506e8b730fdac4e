"""Gather what the web says of some addresses, keep every answer as evidence, and read it again when it is asked for.

1. Ask a resource's places in order, and then what those point to. No place is asked twice in one run.
2. Keep head and body as evidence first, and the response on record after: nothing leans on bytes that are not there.
3. When deciding, read the newest answers of that day from the evidence. Where the newest is none, what was last
   answered is heard beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from licet.errors import EvidenceError, UsageError
from licet.terms.gathering import Fetched, cleaned, places, pointed_to, terms_from

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from licet.terms import EvidenceStore, Term
    from licet.terms.gathering import Fetcher, Place, Response
    from licet.terms.store import ResponseStore


@dataclass(frozen=True, slots=True)
class Gathered:
    """What came of one gathering: every answer, in the order of asking, and what they say of each address."""

    responses: tuple[Response, ...]
    terms: Mapping[str, tuple[Term, ...]]


class Gatherings:
    """What was gathered in a workspace: `responses` and the `evidence` that they name."""

    def __init__(self, responses: ResponseStore, evidence: EvidenceStore) -> None:
        self._responses = responses
        self._evidence = evidence

    def gather(
        self, urls: Iterable[str], fetcher: Fetcher, *, as_of: datetime, progress: Callable[[str], None]
    ) -> Gathered:
        """Ask about `urls`. `as_of` is now, and what was had before then is asked for only if it has changed.

        Raises:
            UsageError: one of them is no web address. None was asked then.
        """
        wanted = list(dict.fromkeys(map(cleaned, urls)))
        asked: dict[str, Fetched] = {}

        def ask(place: Place) -> Fetched:
            if place.url not in asked:
                known = self._known(place.url, as_of)
                asked[place.url] = fetcher.fetch(place.url, known=known, well_known=place.kind.for_site)
                self.keep([asked[place.url]])
                progress("answered" if asked[place.url].response.settled else "failed")
            return asked[place.url]

        for url in wanted:
            found = [(place, ask(place)) for place in places(url)]
            for place, fetched in found:
                for named in pointed_to(place, fetched, url):
                    ask(named)
        latest = max((one.response.fetched_at for one in asked.values()), default=as_of)
        return Gathered(tuple(one.response for one in asked.values()), self.terms(wanted, as_of=latest))

    def keep(self, fetched: Iterable[Fetched]) -> None:
        """Keep answers: first their bytes, then that they came (step 2)."""
        responses = []
        with self._evidence.batch():
            for one in fetched:
                self._evidence.put_bytes(one.response.head_bytes())
                if one.response.body:
                    self._evidence.put_bytes(one.body)
                responses.append(one.response)
        self._responses.record(responses)

    def keep_saved(self, saved: Iterable[Fetched], *, progress: Callable[[str], None]) -> tuple[Response, ...]:
        """Keep answers that somebody saved. One that redirects to another among them counts as that one."""
        kept: dict[str, Response] = {}
        for fetched in saved:
            self.keep([fetched])
            kept[fetched.response.url] = fetched.response
            progress("answered" if fetched.response.settled else "failed")
        self.keep(map(self._again, _redirected(kept)))
        return tuple(kept.values())

    def count(self) -> int:
        """Return how many answers were kept so far."""
        return self._responses.count()

    def hosts_since(self, count: int, heard_until: datetime, *, as_of: datetime) -> set[str]:
        """Return the hosts whose answers by `as_of` were not among the first `count`, or not by `heard_until`."""
        return {urlsplit(url).netloc.lower() for url in self._responses.since(count, heard_until, as_of=as_of)}

    def terms(self, urls: Sequence[str], *, as_of: datetime) -> dict[str, tuple[Term, ...]]:
        """Return what was gathered about each of `urls` by `as_of`; addresses of which nothing was are left out.

        Raises:
            EvidenceError: the bytes of an answer are missing, or were altered.
        """
        if not urls or not self._responses.any():
            return {}
        cleanly = {url: clean for url in urls if (clean := _cleaned(url))}
        asked = {place.url for clean in cleanly.values() for place in places(clean)}
        answers = self._responses.last(sorted(asked), as_of=as_of)
        found = {url: tuple(dict.fromkeys(self._said_of(clean, answers, as_of))) for url, clean in cleanly.items()}
        return {url: terms for url, terms in found.items() if terms}

    def _said_of(self, url: str, answers: Mapping[str, tuple[Response, ...]], as_of: datetime) -> Iterator[Term]:
        """Yield what the places of one address say, and then what those point to (step 3)."""
        pointed: dict[Place, None] = {}
        for place in places(url):
            for response in answers.get(place.url, ()):
                fetched = self._again(response)
                pointed |= dict.fromkeys(pointed_to(place, fetched, url))
                yield from terms_from(place, fetched, url)
        linked = self._responses.last([place.url for place in pointed], as_of=as_of) if pointed else {}
        for place in pointed:
            for response in linked.get(place.url, ()):
                yield from terms_from(place, self._again(response), url)

    def _again(self, response: Response) -> Fetched:
        """Return an answer with its bytes, checked."""
        return Fetched(response, self._evidence.read_blob(response.body) if response.body else b"")

    def _known(self, url: str, as_of: datetime) -> Fetched | None:
        """Return the last answer that has a body, or None where there is none, or its bytes are gone."""
        for response in self._responses.last([url], as_of=as_of).get(url, ()):
            if response.found:
                try:
                    return self._again(response)
                except EvidenceError:
                    return None  # it is asked for afresh
        return None


def _cleaned(url: str) -> str:
    """Return an address as it is kept, or "" where a list gives none."""
    try:
        return cleaned(url)
    except UsageError:
        return ""


def _redirected(kept: Mapping[str, Response]) -> Iterator[Response]:
    """Yield an answer for each saved one that redirects to another that was saved, however often on the way."""
    for url, response in kept.items():
        at, seen = response, {url}
        while 300 <= at.status < 400 and (location := at.values("location")):
            there = _cleaned(urljoin(at.url, location[0]))
            if there in seen or there not in kept or (at.url.startswith("https:") and not there.startswith("https:")):
                break
            seen.add(there)
            at = kept[there]
        if at is not response:
            yield replace(at, url=url, fetched_at=max(at.fetched_at, response.fetched_at))
