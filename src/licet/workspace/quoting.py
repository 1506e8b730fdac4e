"""What it would cost to license what a manifest refuses, proved by deciding again with the grants supposed.

1. What is refused or unknown is decided on again, for the day that is asked and for whoever asks: some of it may be
   permitted by now, or as soon as payment is accepted.
2. Of the rest it is asked which rights are lacking: those without which it is not permitted, whoever might grant them.
3. The offers of all who hold them are found and priced (see `licet.registry.quoting`). By the minute a recording is as
   long as its registered sound, or as it was heard in an item where that is longer. Where its sound is not registered,
   an item of the very same sound is as long as it is; how long others are, nobody knows.
4. It is decided again with the very grants that accepting would make. What is still refused is taken out with its
   reason, and the others are priced again, until all that is priced is proved.

The manifest is read a row group at a time. What is kept of it is the places of the items that are not permitted, and
the recordings that lack something.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from licet.catalog import Right
from licet.corpus import Clearance, read_head, read_lines
from licet.corpus.deciding import Decider, subjects_of
from licet.corpus.identity import Method
from licet.corpus.manifest import JSONL_NAME
from licet.corpus.reopening import seen_at
from licet.digests import sha256_file
from licet.errors import UsageError
from licet.policy import Outcome
from licet.registry.agreeing import grants
from licet.registry.itemising import line_of, portions_of, requests_of, side_of, totals_of
from licet.registry.offering import PAYMENT, Demand, Lacking, lacking
from licet.registry.quotes import VALID_DAYS, Hindered, Portion, Quote, check_model
from licet.registry.quoting import PricedOffer, licensable, priced
from licet.registry.rates import MOST_RUNS
from licet.registry.terms import Said, by_subject
from licet.workspace.reopening import asked_again
from licet.workspace.supposing import Supposing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from licet.corpus import Line
    from licet.corpus.manifest import Head
    from licet.corpus.sighting import Sighting
    from licet.policy import Policy
    from licet.registry.terms import Asker
    from licet.workspace.record import WorkspaceRecord

AT_ONCE = 500  # recordings asked about in one question
OWN_LENGTH = frozenset({Method.FILE, Method.PCM})  # how an item is told that is just as long as the recording
FIRST_NAMED = 5  # items that a hindrance names
MOST_WHYS = 200  # that are told apart
_NOT_PERMITTED = frozenset({Outcome.REFUSED, Outcome.UNKNOWN})

Place = tuple[str, int]  # item and row


@dataclass(slots=True)
class _Tally:
    """What keeps items from being licensed, counted."""

    found: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    items: int = 0

    def add(self, item: str, whys: Iterable[str]) -> None:
        """Count an item, under each reason once."""
        self.items += 1
        for why in dict.fromkeys(whys):
            name = why if why in self.found or len(self.found) < MOST_WHYS else "for other reasons"
            count, first = self.found.get(name, (0, ()))
            self.found[name] = (count + 1, (*first, item)[:FIRST_NAMED])

    def whys(self) -> tuple[Hindered, ...]:
        """Return them, the most frequent first."""
        order = sorted(self.found.items(), key=lambda one: (-one[1][0], one[0]))
        return tuple(Hindered(why=why, items=count, first=first) for why, (count, first) in order)


@dataclass(slots=True)
class _Wanting:
    """What a manifest lacks."""

    permitted: int = 0
    on_payment: int = 0
    items: dict[Place, tuple[str, ...]] = field(default_factory=dict)  # recordings that lack something
    rights: dict[str, frozenset[Right]] = field(default_factory=dict)  # by recording
    seconds: dict[str, Fraction] = field(default_factory=dict)  # likewise


@dataclass(frozen=True)
class Quoter:
    """Makes one quote.

    Raises:
        UsageError: the asker's model has no name, or there are no so many runs.
    """

    record: WorkspaceRecord
    policy: Policy
    manifest: Path
    asker: Asker
    at: datetime
    until: datetime  # offers made after this are not heard
    runs: int = 1

    def __post_init__(self) -> None:
        check_model(self.asker.model)
        if not 1 <= self.runs <= MOST_RUNS:
            raise UsageError(f"runs: {self.runs} training runs cannot be priced", mend=f"1 to {MOST_RUNS:,}")

    def __call__(self) -> Quote:
        """Return the quote.

        Raises:
            ManifestError: there is no manifest, or it is damaged.
        """
        tally, wanting = _Tally(), self._wanting_of_lines()
        lacked = self._lacking(wanting)
        hopeful: dict[Place, tuple[str, ...]] = {}
        for place, names in wanting.items.items():
            if names and licensable(names, lacked):
                hopeful[place] = names
            else:
                whys = [why for name in names for why in (lacked[name].why if name in lacked else ())]
                tally.add(place[0], whys or ["nobody can say which recording it is"])
        for item in self._broken:
            tally.add(item, ["it could not be looked at"])
        offers = self._proved(hopeful, lacked, tally)
        return self._quote(wanting, hopeful, offers, lacked, tally)

    @cached_property
    def _head(self) -> Head:
        return read_head(self.manifest)[0]

    @cached_property
    def _broken(self) -> list[str]:
        return []

    @cached_property
    def _clearance(self) -> Clearance:
        """The manifest's own question, asked today and by whoever asks."""
        return asked_again(self._head, self.policy, self.record.evidence, self.at.date(), self.asker)

    @cached_property
    def _paying(self) -> Clearance:
        return replace(self._clearance, accepts=self.policy.accepted((*self._head.accepts, PAYMENT)))

    @cached_property
    def _demand(self) -> Demand:
        use = self._clearance.use
        return Demand(
            act=use.act,
            purpose=use.purpose,
            territories=use.territories,
            day=use.day,
            at=self.at,
            until=self.until,
            asker=self.asker,
            accepts=self._clearance.accepts,
            control=self.record.demanded,
        )

    def _wanting_of_lines(self) -> _Wanting:
        """Return what is lacking (steps 1 and 2)."""
        wanting, places = _Wanting(), set[Place]()
        for line in read_lines(self.manifest):
            if line.verdict in _NOT_PERMITTED:
                places.add((line.item, line.row))
            elif line.verdict == Outcome.PERMITTED:
                wanting.permitted += 1
            else:
                self._broken.append(line.item)
        for _, seen in seen_at(self.manifest, places):
            rest = self._not_permitted(seen, self._clearance)
            wanting.permitted += len(seen) - len(rest)
            wanted = self._not_permitted([sighting for sighting, _ in rest], self._paying)
            wanting.on_payment += len(rest) - len(wanted)
            self._add(wanting, wanted)
        return wanting

    def _not_permitted(self, seen: Sequence[Sighting], clearance: Clearance) -> list[tuple[Sighting, Line]]:
        """Return those that are not permitted, with nothing supposed."""
        decided = self._decided(seen, clearance, Supposing(self.record))
        return [(sighting, line) for sighting, line in decided if line.verdict in _NOT_PERMITTED]

    def _decided(
        self, seen: Sequence[Sighting], clearance: Clearance, record: Supposing
    ) -> Iterator[tuple[Sighting, Line]]:
        return zip(seen, Decider(clearance, record).lines(seen), strict=True) if seen else iter(())

    def _add(self, wanting: _Wanting, wanted: Sequence[tuple[Sighting, Line]]) -> None:
        """Find out what some items lack (step 2)."""
        seen = [sighting for sighting, _ in wanted]
        names = {name for _, line in wanted for name in line.recordings}
        enough: dict[Place, frozenset[Right]] = {}
        for right in Right:
            alone = frozenset({right})
            supposing = Supposing(self.record, cleared=dict.fromkeys(names, alone))
            for _, line in self._decided(seen, self._paying, supposing):
                if line.verdict == Outcome.PERMITTED:
                    enough.setdefault((line.item, line.row), alone)
        for sighting, line in wanted:
            place = (line.item, line.row)
            rights = enough.get(place, frozenset(Right))
            recordings = self._those_that_lack(sighting, line.recordings, rights)
            wanting.items[place] = recordings
            for name in recordings:
                wanting.rights[name] = wanting.rights.get(name, frozenset()) | rights
                if (seconds := _seconds(line, name, self.record.index.duration_of(name))) is not None:
                    wanting.seconds[name] = max(seconds, wanting.seconds.get(name, seconds))

    def _those_that_lack(
        self, sighting: Sighting, recordings: tuple[str, ...], rights: frozenset[Right]
    ) -> tuple[str, ...]:
        """Return those recordings in an item without whose rights it is not permitted."""
        lacking_some = list(recordings)
        for name in recordings if len(recordings) > 1 else ():
            others = [one for one in lacking_some if one != name]
            supposing = Supposing(self.record, cleared=dict.fromkeys(others, rights))
            ((_, line),) = self._decided([sighting], self._paying, supposing)
            if line.verdict == Outcome.PERMITTED:
                lacking_some = others
        return tuple(lacking_some)

    def _lacking(self, wanting: _Wanting) -> dict[str, Lacking]:
        """Return who offers what each recording lacks (step 3)."""
        found: dict[str, Lacking] = {}
        registry, names = self.record.registry, iter(sorted(wanting.rights))
        end_of_day = datetime.combine(self._clearance.use.day, time.max, UTC)
        while some := list(islice(names, AT_ONCE)):
            listed = self.record.find(some, as_of=end_of_day)
            called = {name: subjects_of(name, listed.get(name, ())) for name in some}
            with registry.in_one_state():
                holdings = registry.holdings(some, as_of=self.at)
                parties = {one.party for those in holdings.values() for one in those}
                said = by_subject(registry.about(called, parties))
            for name in some:
                rights, seconds = wanting.rights[name], wanting.seconds.get(name)
                held, words = holdings.get(name, ()), said(called[name])
                found[name] = lacking(name, rights, seconds, called[name], held, words, self._demand)
        return found

    def _proved(
        self, hopeful: dict[Place, tuple[str, ...]], lacked: Mapping[str, Lacking], tally: _Tally
    ) -> tuple[PricedOffer, ...]:
        """Return the offers with which all of `hopeful` is permitted; take out of it what is not (step 4).

        An offer that comes to more than can be written as an amount is taken out likewise.
        """
        while True:
            offers = priced(hopeful.values(), lacked, runs=self.runs)
            if dear := {one.offer.id for one in offers if one.price is not None and not one.price.writable}:
                lacked = {name: one.without(dear) for name, one in lacked.items()}
                for place, names in list(hopeful.items()):
                    if not licensable(names, lacked):
                        del hopeful[place]
                        tally.add(place[0], (why for name in names if name in lacked for why in lacked[name].why))
                continue
            refused = list(self._refused(hopeful, self._supposed(offers)))
            if not refused:
                return offers
            for line in refused:
                del hopeful[line.item, line.row]
                tally.add(line.item, _still(line, self._head.reading))

    def _supposed(self, offers: Iterable[PricedOffer]) -> dict[str, list[Said]]:
        """Return the grants that accepting makes, by recording; each of one recording, which comes to the same."""
        found: dict[str, list[Said]] = defaultdict(list)
        for one in offers:
            for name, rights in one.recordings.items():
                portion = Portion(rights=tuple(sorted(rights)), recordings=(name,), price="")
                line = line_of(one, (portion,))
                made = grants(line, self.asker, one.offer.statement, "", self.at.isoformat(), "quote")
                found[name] += [Said(grant.id, grant) for grant in made]
        return found

    def _refused(self, places: Collection[Place], said: Mapping[str, Sequence[Said]]) -> Iterator[Line]:
        supposing = Supposing(self.record, said=said)
        for _, seen in seen_at(self.manifest, places):
            for _, line in self._decided(seen, self._paying, supposing):
                if line.verdict != Outcome.PERMITTED:
                    yield line

    def _quote(
        self,
        wanting: _Wanting,
        hopeful: Collection[Place],
        offers: Sequence[PricedOffer],
        lacked: Mapping[str, Lacking],
        tally: _Tally,
    ) -> Quote:
        head, use = self._head, self._clearance.use
        ends = [one.offer.statement.ends for one in offers if one.offer.statement.ends]
        longest = (self.at.date() + timedelta(days=VALID_DAYS)).isoformat()
        lines = tuple(line_of(one, tuple(portions_of(one))) for one in offers)
        return Quote(
            corpus=head.corpus,
            manifest=sha256_file(self.manifest / JSONL_NAME),
            at=self.at.astimezone(UTC).isoformat(),
            valid_until=min([longest, *ends]),
            party=self.asker.party,
            model=self.asker.model,
            act=use.act,
            purpose=use.purpose,
            territories=tuple(sorted(use.territories)),
            day=use.day.isoformat(),
            reading=head.reading,
            accepts=tuple(sorted(head.accepts)),
            runs=self.runs,
            permitted=wanting.permitted,
            on_payment=wanting.on_payment,
            licensed=len(hopeful),
            hindered=tally.items,
            lines=lines,
            totals=tuple(totals_of([(side_of(one.offer.statement), one.price) for one in offers if one.price])),
            why=tally.whys(),
            requests=tuple(requests_of(lacked.values())),
        )


def _seconds(line: Line, recording: str, registered: float | None) -> Fraction | None:
    """Return for how long a recording in an item is paid for; None where nobody knows (step 3)."""
    heard = _heard(line, recording)
    if registered is not None:
        return max(heard or Fraction(0), Fraction(str(registered)))
    return heard if line.identified_by in OWN_LENGTH else None


def _heard(line: Line, recording: str) -> Fraction | None:
    """Return how long a recording sounds in an item: all of it, or of several recordings as long as it was heard."""
    if line.duration_s is None:
        return None
    whole = Fraction(str(line.duration_s))
    if len(line.recordings) == 1:
        return whole
    heard = (one for one in line.matches if one.recording == recording)
    seconds = sum((Fraction(str(one.query_end_s)) - Fraction(str(one.query_start_s)) for one in heard), Fraction(0))
    return min(seconds, whole) or whole


def _still(line: Line, reading: str) -> list[str]:
    """Return why an item would be refused even so."""
    says = [one.says for one in line.reasons if one.verdict == line.verdict and reading in one.readings]
    return [f"with all that is offered it would be {line.verdict} still: {one}" for one in says[:1]]
