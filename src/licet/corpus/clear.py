"""Clear a corpus: look at each item, weigh what it is, gather what is said of it, ask the policy, write a line."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from licet.corpus.identity import Identity, names_to_look_up, weigh
from licet.corpus.journal import Journal, sightings
from licet.corpus.lines import cleared_line, error_line
from licet.corpus.manifest import Counts, Head, Line, writing
from licet.corpus.sighting import Looker, Sighting
from licet.corpus.testimony import terms_of_item, terms_on_record
from licet.digests import sha256_bytes
from licet.policy import Question, decide

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from licet.catalog import Listed
    from licet.corpus.items import Corpus
    from licet.policy import Policy, Use
    from licet.terms import Term

ITEMS_A_LOOKUP = 512


class Catalogue(Protocol):
    """What clearing asks of the catalogue."""

    def resolve(self, identifiers: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Map identifiers to the keys of the recordings that carry them."""
        ...

    def find(self, keys: Sequence[str], *, as_of: datetime) -> Mapping[str, tuple[Listed, ...]]:
        """Map keys to what each source's snapshot of that day says of the recording."""
        ...


@dataclass(frozen=True, slots=True)
class Clearance:
    """What to clear for, and on what terms."""

    use: Use
    policy: Policy
    reading: str
    accepts: frozenset[str]
    today: date  # when the corpus is looked at: what it says of itself is captured then
    stated: tuple[Term, ...] = ()  # what was stated for the whole corpus


@dataclass(frozen=True, slots=True)
class Room:
    """What clearing works with: the catalogue, the sounds on record, where evidence is kept, where to write."""

    catalogue: Catalogue
    sound_on_record: Callable[[str], bool]
    keep: Callable[[bytes], str]
    index: Path
    journal: Path
    out: Path
    workers: int = 1
    progress: Callable[[str], None] = field(default=lambda _: None)


def clear(corpus: Corpus, clearance: Clearance, room: Room, head: Head) -> Counts:
    """Clear `corpus` and write its manifest into `room.out`. Returns how many items came to what.

    A scan that was stopped, even by a kill, goes on where it stopped when it is called again. One bad file never stops
    it. The manifest is written to the same bytes with one worker or many.
    """
    looker = Looker(corpus.root, room.index, clearance.today)
    with ExitStack() as stack:
        journal = stack.enter_context(Journal(room.journal, subject=f"{head.licet} {head.index}"))
        manifest = stack.enter_context(writing(room.out, head))
        seen = sightings(corpus.items(), looker, journal, workers=room.workers)
        while batch := list(islice(seen, ITEMS_A_LOOKUP if corpus.listed else 8)):
            for line in _lines(batch, clearance, room):
                manifest.add(line)
                room.progress(line.verdict)
    return manifest.counts


def _lines(batch: list[Sighting], clearance: Clearance, room: Room) -> Iterator[Line]:
    """Decide on a few items at a time, with two questions to the catalogue for all of them."""
    names = {name for sighting in batch for name in names_to_look_up(sighting)}
    known = room.catalogue.resolve(sorted(names))
    identities = [weigh(sighting, known, room.sound_on_record, _item_evidence(sighting)) for sighting in batch]
    keys = {one.recording for identity in identities for one in identity.found}
    listed = room.catalogue.find(sorted(keys), as_of=datetime.combine(clearance.use.day, time.max, UTC))
    for sighting, identity in zip(batch, identities, strict=True):
        yield _line(sighting, identity, listed, clearance, room.keep)


def _line(
    sighting: Sighting,
    identity: Identity,
    listed: Mapping[str, tuple[Listed, ...]],
    clearance: Clearance,
    keep: Callable[[bytes], str],
) -> Line:
    if sighting.trouble is not None:
        return error_line(sighting)
    on_record = [one for found in identity.found for one in listed.get(found.recording, ())]
    terms = (
        *(term for one in on_record for term in terms_on_record(one)),
        *terms_of_item(sighting, keep),
        *clearance.stated,
    )
    question = Question(
        use=clearance.use,
        terms=terms,
        item_evidence=_item_evidence(sighting),
        accepts=clearance.accepts,
        doubts=identity.doubts,
    )
    verdict = decide(question, clearance.policy, clearance.reading)
    return cleared_line(sighting, identity, on_record, terms, verdict)


def _item_evidence(sighting: Sighting) -> str:
    """Return the digest of what was looked at: the file, else the list's own line, else the item's name."""
    said = sighting.item.said
    return sighting.sha256 or (said.digest if said is not None else sha256_bytes(sighting.item.name.encode()))
