"""The index: which recordings are registered, and which of them sound in a piece of audio."""

from __future__ import annotations

import hashlib
from itertools import islice
from typing import TYPE_CHECKING, Self

from licet.errors import IndexDamagedError, UsageError
from licet.identify import listing
from licet.identify.evidence import LIKELY, Match
from licet.identify.fingerprint import PARAMETERS
from licet.identify.searching import Search, Shelf
from licet.identify.segments import Segment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from licet.identify.fingerprint import Fingerprint
    from licet.identify.segments import Registered

MATCHES = 100  # that a search returns at most, unless told otherwise
_ATTEMPTS = 10  # at opening an index that is being merged


class FingerprintIndex:
    """A folder of segments, mapped into memory and never changed. What is added later is seen by opening it again."""

    def __init__(self, shelves: Iterable[Shelf]) -> None:
        self._shelves = tuple(shelves)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the index in `folder`; a folder without one, or none at all, is an empty index.

        Raises:
            IndexDamagedError: a segment or the list of them is missing, damaged, or of another version.
        """
        for _ in range(_ATTEMPTS):
            listed = listing.read(folder)
            try:
                return cls(Shelf(Segment(folder / each.name), frozenset(each.withdrawn)) for each in listed.segments)
            except IndexDamagedError:
                if listing.read(folder) == listed:
                    raise  # otherwise a merge took away what the list named a moment ago
        raise IndexDamagedError(f"{folder} changes faster than it can be opened", mend="try again when it is at rest")

    @property
    def state(self) -> str:
        """SHA-256 that names the exact set of recordings: equal states answer every search alike."""
        said = "".join(f"{shelf.segment.digest} {sorted(shelf.hidden)}\n" for shelf in self._shelves)
        return hashlib.sha256(said.encode()).hexdigest()

    def __len__(self) -> int:
        return sum(len(shelf.segment) - len(shelf.hidden) for shelf in self._shelves)

    def __contains__(self, recording: object) -> bool:
        return isinstance(recording, str) and self._find(recording) is not None

    def recordings(self) -> Iterator[Registered]:
        """Yield every recording, in the order in which they were registered."""
        for shelf in self._shelves:
            for place, known in enumerate(shelf.segment):
                if place not in shelf.hidden:
                    yield known

    def path_of(self, recording: str) -> str:
        """Return the path `recording` was registered from.

        Raises:
            UsageError: it is not registered.
        """
        segment, place = self._require(recording)
        return segment.registered(place).path

    def duration_of(self, recording: str) -> float | None:
        """Return how long the registered sound of `recording` is, in seconds; None where it is not registered."""
        found = self._find(recording)
        return None if found is None else found[0].registered(found[1]).duration_s

    def fingerprint_of(self, recording: str) -> Fingerprint:
        """Return what is stored of the fingerprint of `recording`: its most salient peaks.

        Raises:
            UsageError: it is not registered.
        """
        segment, place = self._require(recording)
        return segment.fingerprint(place)

    def verify(self) -> None:
        """Read all segments and compare them with their checksums.

        Raises:
            IndexDamagedError: a segment is not what was written. It is named.
        """
        for shelf in self._shelves:
            shelf.segment.verify()

    def search(
        self, query: Fingerprint, *, limit: int = MATCHES, least: float = LIKELY, excluding: str | None = None
    ) -> tuple[Match, ...]:
        """Return every stretch of `query` that is a stretch of a recording, the most probable first.

        Args:
            query: of any length; what is long is looked up stretch by stretch.
            limit: matches returned at most.
            least: probability of those returned.
            excluding: a recording that is not to be found, such as the query itself.

        Raises:
            UsageError: the fingerprint was made with other parameters than the index.
            IndexDamagedError: a segment contradicts itself.
        """
        found, _ = self.search_all(query, excluding=excluding)
        return tuple(islice((match for match in found if match.probability >= least), limit))

    def search_all(self, query: Fingerprint, *, excluding: str | None = None) -> tuple[tuple[Match, ...], bool]:
        """Return all that is likely, and whether more recordings may hold the same sound than are told.

        Raises:
            UsageError: the fingerprint was made with other parameters than the index.
            IndexDamagedError: a segment contradicts itself.
        """
        if query.parameters != PARAMETERS:
            raise UsageError(f"a fingerprint made with {query.parameters!r} cannot be looked up in this index")
        search = Search(query, self.shelves(excluding))
        return tuple(search.run()), search.more

    def shelves(self, excluding: str | None = None) -> tuple[Shelf, ...]:
        """Return the segments, with what is withdrawn in them and `excluding` hidden."""
        found = self._find(excluding) if excluding is not None else None
        if found is None:
            return self._shelves
        return tuple(
            Shelf(shelf.segment, shelf.hidden | {found[1]}) if shelf.segment is found[0] else shelf
            for shelf in self._shelves
        )

    def _find(self, recording: str) -> tuple[Segment, int] | None:
        for shelf in self._shelves:
            place = shelf.segment.place_of(recording)
            if place is not None and place not in shelf.hidden:
                return shelf.segment, place
        return None

    def _require(self, recording: str) -> tuple[Segment, int]:
        found = self._find(recording)
        if found is None:
            raise UsageError(f"no recording {recording!r} is registered")
        return found
