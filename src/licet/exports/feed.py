"""What became of receipts that were opened again, as news: the newest first, and a bounded number of them."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nlargest
from typing import TYPE_CHECKING

from licet.atom import Entry
from licet.corpus import read_seal
from licet.corpus.reopening import read_reopened
from licet.digests import sha256_bytes
from licet.errors import ManifestError
from licet.exports import atom, json_feed
from licet.placing import place
from licet.transparency import MANIFEST, parse_statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from licet.corpus.reopening import Reopened

MOST = 500  # items in a feed; the log holds them all


@dataclass(frozen=True, slots=True)
class Feed:
    """The news of one log."""

    origin: str
    at: str  # when it was last written: the time of its newest item, or the log's beginning
    news: tuple[Entry, ...]

    @property
    def id(self) -> str:
        """A name that stays."""
        return f"urn:licet:feed:{sha256_bytes(self.origin.encode())}"

    @property
    def title(self) -> str:
        """What it is called."""
        return f"Receipts of {self.origin} that were superseded"


def write_feeds(origin: str, manifests: Iterable[Path], out: Path) -> tuple[Path, ...]:
    """Write the news of the sealed `manifests` into `out`, as Atom and as JSON Feed.

    Raises:
        ManifestError: one of them is not sealed.
        OSError: a file cannot be written; none appears in part.
    """
    newest = nlargest(MOST, _numbered(manifests), key=lambda pair: pair[0])
    news = tuple(one for _, one in newest)
    feed = Feed(origin, news[0].at if news else "1970-01-01T00:00:00+00:00", news)
    files = {out / atom.NAME: atom.text(feed), out / json_feed.NAME: json_feed.text(feed)}
    place(files)
    return tuple(files)


def _numbered(manifests: Iterable[Path]) -> Iterator[tuple[tuple[int, int], Entry]]:
    """Yield all news, each with its place: of its entry in the log, and in that, the first one first."""
    for folder in manifests:
        seal = read_seal(folder)
        if seal is None:
            raise ManifestError(f"the manifest in {folder} is not sealed", mend="seal it with `licet seal`")
        entry = parse_statement(seal.entry.encode(), of_type=MANIFEST)
        because = "; ".join(entry.predicate.get("reopens", {}).get("because", ()))
        for number, one in enumerate(read_reopened(folder)):
            name = sha256_bytes(f"{one.row}\n{one.item}".encode())
            yield (
                (seal.place, -number),
                Entry(
                    id=f"urn:licet:reopened:{entry.subject[0].digest['sha256']}:{name}",
                    at=entry.predicate["sealed"],
                    title=f"{one.item}: {_change(one)}",
                    text=f"{' '.join(one.says)} Opened again because {because}.",
                    tags=one.recordings,
                ),
            )


def _change(one: Reopened) -> str:
    return f"{one.before} → {one.after}" if one.before != one.after else f"still {one.after}, on other grounds"
