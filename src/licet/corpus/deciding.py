"""Decide on what was seen: weigh what each item is, gather what is said of it, ask the policy, state it as a line."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Protocol

import msgspec

from licet.catalog import Names
from licet.corpus.identity import Identity, Method, names_to_look_up, weigh
from licet.corpus.lines import Told, cleared_line, error_line
from licet.corpus.manifest import Written
from licet.corpus.sighting import kept
from licet.corpus.testimony import terms_of_item, terms_of_set, terms_on_record
from licet.digests import sha256_bytes
from licet.policy import Doubt, Policy, Question, Use, decide
from licet.registry.statements import Reach, Subject
from licet.registry.terms import ANYBODY, Asker
from licet.terms import Evidence, Voice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from licet.catalog import Listed, Snapshot
    from licet.corpus.manifest import Line
    from licet.corpus.sighting import Sighting
    from licet.terms import Term


ANSWERS = 4096  # kept, for items of which the same is said


class Record(Protocol):
    """What deciding asks of a workspace. It travels to other processes, and opens there what it needs."""

    def resolve(self, identifiers: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Map identifiers to the keys of the recordings that carry them."""
        ...

    def find(self, keys: Sequence[str], *, as_of: datetime) -> Mapping[str, tuple[Listed, ...]]:
        """Map keys to what each source's snapshot of that day says of the recording."""
        ...

    def signals(self, urls: Sequence[str], *, as_of: datetime) -> Mapping[str, tuple[Term, ...]]:
        """Map addresses to what was gathered about them by then; addresses of which nothing was are left out."""
        ...

    def registered(
        self, names: Mapping[str, frozenset[Subject]], *, as_of: datetime, asker: Asker
    ) -> Mapping[str, tuple[Term, ...]]:
        """Map recordings, each with all that a statement may call it, to what their holders say to `asker` by then."""
        ...

    def sounds(self, recording: str) -> bool:
        """Whether the sound of a recording is registered."""
        ...

    def keep(self, content: bytes) -> str:
        """Keep a statement as evidence and return its SHA-256."""
        ...


@dataclass(frozen=True, slots=True)
class Clearance:
    """What to clear for, and on what terms."""

    use: Use
    policy: Policy
    reading: str
    accepts: frozenset[str]
    today: date  # when the corpus is looked at: what it says of itself is captured then
    trust_tags: bool = False  # whether a tag alone may permit
    stated: tuple[Term, ...] = ()  # what was stated for the whole corpus
    asker: Asker = ANYBODY


@dataclass(frozen=True, slots=True)
class Decider:
    """Decides on a few items at a time, with three questions to the record for all of them."""

    clearance: Clearance
    record: Record
    _answers: dict[tuple[tuple[Term, ...], str], Told] = field(default_factory=dict, init=False, repr=False)

    def __call__(self, batch: Sequence[Sighting]) -> list[Written]:
        """Return the lines of the items in `batch` as they are written: cheap to send between processes."""
        return list(map(Written.of, self.lines(batch), map(kept, batch)))

    def lines(self, batch: Sequence[Sighting]) -> Iterator[Line]:
        """Yield the line of each item."""
        names = {name for sighting in batch for name in names_to_look_up(sighting)}
        known = self.record.resolve(sorted(names))
        identities = [weigh(one, known, self.record.sounds, _item_evidence(one)) for one in batch]
        keys = {found.recording for identity in identities for found in identity.found}
        end_of_day = end_of(self.clearance.use.day)
        listed = self.record.find(sorted(keys), as_of=end_of_day)
        pages = {one.entry.url for several in listed.values() for one in several if one.entry.url}
        pages |= {one.item.said.url for one in batch if one.item.said is not None and one.item.said.url}
        gathered = self.record.signals(sorted(pages), as_of=end_of_day)
        called = {key: subjects_of(key, listed.get(key, ())) for key in keys}
        spoken = self.record.registered(called, as_of=end_of_day, asker=self.clearance.asker)
        sets: dict[str, tuple[Term, ...]] = {}

        def of_set(snapshot: Snapshot) -> tuple[Term, ...]:
            if snapshot.id not in sets:
                sets[snapshot.id] = terms_of_set(snapshot, self.record.keep)
            return sets[snapshot.id]

        for sighting, identity in zip(batch, identities, strict=True):
            said = [term for found in identity.found for term in spoken.get(found.recording, ())]
            yield self._line(sighting, identity, listed, gathered, of_set, said)

    def _line(
        self,
        sighting: Sighting,
        identity: Identity,
        listed: Mapping[str, tuple[Listed, ...]],
        gathered: Mapping[str, tuple[Term, ...]],
        of_set: Callable[[Snapshot], Sequence[Term]],
        said: Sequence[Term],
    ) -> Line:
        if sighting.trouble is not None:
            return error_line(sighting)
        on_record = [one for found in identity.found for one in listed.get(found.recording, ())]
        terms = (
            *(term for one in on_record for term in terms_on_record(one, of_set)),
            *_of_their_pages(on_record, gathered),
            *said,
            *terms_of_item(sighting, self.record.keep, trust_tags=self.clearance.trust_tags),
            *(gathered.get(sighting.item.said.url, ()) if sighting.item.said is not None else ()),
            *self.clearance.stated,
        )
        evidence = _item_evidence(sighting)
        doubts = (*identity.doubts, *_off_record(identity, listed, evidence))
        told = self._told(terms, evidence, doubts) if doubts else asked_alike(self._known, terms, evidence)
        return cleared_line(sighting, identity, on_record, terms, told)

    def _known(self, terms: tuple[Term, ...], evidence: str) -> Told:
        """Ask only what was not asked before: of most items of a list the same is said."""
        if len(self._answers) > ANSWERS:
            self._answers.clear()
        if (terms, evidence) not in self._answers:
            self._answers[terms, evidence] = self._told(terms, evidence)
        return self._answers[terms, evidence]

    def _told(self, terms: tuple[Term, ...], evidence: str, doubts: tuple[Doubt, ...] = ()) -> Told:
        question = Question(self.clearance.use, terms, evidence, self.clearance.accepts, doubts)
        return Told.of(decide(question, self.clearance.policy, self.clearance.reading))


def asked_alike(told: Callable[[tuple[Term, ...], str], Told], terms: Sequence[Term], evidence: str) -> Told:
    """Ask with numbers in place of what does not weigh, so that items of which the same is said ask the same.

    That is which bytes say so, and which recordings they name; numbers keep their order. The answer speaks of the
    item's own again: it is to the last reason what `told` answers to the terms themselves.
    """
    proofs = _numbered({evidence, *(term.evidence.digest for term in terms)})
    abouts = _numbered({"", *(term.about for term in terms)})
    alike = (
        term.retold(
            abouts[term.about],
            Evidence(proofs[term.evidence.digest], term.evidence.source, "", term.evidence.captured_at),
        )
        for term in terms
    )
    answer = told(tuple(alike), proofs[evidence])
    digest_of, recording = ({number: own for own, number in known.items()} for known in (proofs, abouts))
    reasons = (
        msgspec.structs.replace(
            reason, evidence=tuple(map(digest_of.__getitem__, reason.evidence)), about=recording[reason.about]
        )
        for reason in answer.reasons
    )
    return msgspec.structs.replace(answer, reasons=tuple(reasons))


def _numbered(names: set[str]) -> dict[str, str]:
    return {name: name and f"{number:06}" for number, name in enumerate(sorted(names))}


def end_of(day: date) -> datetime:
    """Return the last moment of a day, UTC: what was said until then is heard."""
    return datetime.combine(day, time.max, UTC)


def subjects_of(key: str, listed: Sequence[Listed]) -> frozenset[Subject]:
    """Return all that a statement in the registry may call a recording."""
    entries = [one.entry for one in listed]
    releases = {str(name) for entry in entries for name in entry.identifiers if name.names is Names.RELEASE}
    return frozenset(
        {
            Subject(Reach.CATALOGUE),
            Subject(Reach.RECORDING, key),
            *(Subject(Reach.RELEASE, name) for name in releases),
            *(Subject(Reach.ARTIST, entry.artist) for entry in entries if entry.artist),
        }
    )


def _of_their_pages(on_record: list[Listed], gathered: Mapping[str, tuple[Term, ...]]) -> Iterator[Term]:
    """Yield what was gathered at the address of each recording on record, as said of that recording."""
    for about, url in dict.fromkeys((str(one.entry.key), one.entry.url) for one in on_record if one.entry.url):
        for term in gathered.get(url, ()):
            yield replace(term, voice=Voice.CATALOGUE, about=about)


def _off_record(identity: Identity, listed: Mapping[str, tuple[Listed, ...]], evidence: str) -> Iterator[Doubt]:
    """Yield a doubt for each recording that is heard and of which nothing is on record that day.

    What is permitted of the others in the file must not speak for it.
    """
    for one in identity.found:
        if one.method is not Method.LISTED and not listed.get(one.recording):
            says = f"It holds {one.recording}, of which nothing is on record for that day."
            yield Doubt("doubtful", says, (evidence,), one.recording)


def _item_evidence(sighting: Sighting) -> str:
    """Return the digest of what was looked at: the file, else the list's own line, else the item's name."""
    said = sighting.item.said
    return sighting.sha256 or (said.digest if said is not None else sha256_bytes(sighting.item.name.encode()))
