"""From what parties have said to terms: what may be done with one recording, as far as its holders' own words go.

For each of the two rights, apart:

1. Hear what was said by the moment asked about, and holds on that day. What its party has revoked by then is not
   heard, nor what a settlement found not to hold.
2. A grant that is disputed, and not settled, is *unresolved*: it permits nothing, and keeps others from permitting. So
   is one whose offer, or the acceptance of that, is disputed. To take an offer back leaves the grants that it led to.
   Nobody settles a dispute in its own favour.
3. Within what one party says, the narrow goes before the wide: a grant of one recording is taken out of the same
   party's reservation of its whole catalogue, and the other way round. Of what is equally wide, the reservation stays.
   A grant that does not count (steps 2 and 6) takes nothing out of a reservation.
4. A reservation of any holder reserves, however small its share: whoever holds a part can keep the whole from being
   used. It is honoured whatever proof of control there is; to honour one too many does the lesser harm.
5. A grant permits only together with those of all other holders. Their shares must sum to the whole; where they do not,
   or one is not stated, or one of them has granted nothing, the grants that there are clear only their part: they are
   unresolved, and say what is missing. What is permitted then is what all grant, on what any of them asks.
6. A grant counts only with the proof of control that is demanded. Without it, it is unresolved.
7. A grant for some alone, parties or models, is heard where such a one asks; to anybody else it says nothing. One that
   is exclusive is a reservation of the same uses to anybody else.
8. Where all that was said was signed, or entered by a party whose control was proved, it stands as the holder's own
   word, and outweighs what is stated in public.

From this follows, and tests hold it to this: the order of statements never matters; a disputed grant never permits; a
revocation binds every decision after it and none before; and no grant permits more than every holder granted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from fractions import Fraction
from functools import cached_property, reduce
from itertools import product
from operator import and_
from typing import TYPE_CHECKING

from licet.catalog import Right
from licet.errors import UsageError
from licet.registry.regions import Region
from licet.registry.standing import against, led_from, led_to
from licet.registry.statements import ANSWERS, Kind, Reach
from licet.terms import Evidence, Resolution, Says, Stance, Standing, Term, Voice

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from licet.registry.statements import Statement, Subject

_SPEAKING = frozenset({Kind.GRANT, Kind.RESERVATION})
MOST_COMBINATIONS = 256  # of the grants of several holders; what is beyond permits nothing


class Control(IntEnum):
    """How well it is proved that a party holds what it says it holds."""

    SELF_DECLARED = 1
    ACCOUNT = 2  # a domain or a platform account of theirs answered a challenge
    VOUCHED = 3  # an organisation that is known vouches for them
    TRUSTED_KEY = 4  # signed by a key that was trusted already

    def __str__(self) -> str:
        return self.name.lower().replace("_", "-")


def control_named(name: str) -> Control:
    """Return the proof of control of that name: `self-declared`, `account`, `vouched` or `trusted-key`.

    Raises:
        UsageError: there is none.
    """
    named = {str(one): one for one in Control}
    if name not in named:
        raise UsageError(f"there is no proof of control {name!r}", mend=f"one of {', '.join(named)}")
    return named[name]


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom it is asked: a party by its id, and a model by the name that grants call it; "" where nobody said."""

    party: str = ""
    model: str = ""

    def meant_by(self, statement: Statement) -> bool:
        """Whether a grant or an offer is for this one too."""
        party = not statement.grantees or (self.party and self.party in statement.grantees)
        return bool(party and (not statement.models or (self.model and self.model in statement.models)))


ANYBODY = Asker()


@dataclass(frozen=True, slots=True)
class Holding:
    """What a party holds in a recording or its work. `share` is None where nobody stated it."""

    party: str  # id
    name: str
    right: Right
    share: Fraction | None
    control: Control = Control.SELF_DECLARED
    role: str = field(default="", compare=False)  # composer, publisher, performer, label ...: for people


@dataclass(frozen=True)
class Said:
    """A statement on record: its id, and whether its party signed it."""

    id: str
    statement: Statement
    signed: bool = False
    envelope: str = ""  # SHA-256 of the kept DSSE envelope in which its party signed it

    def reach_to(self, names: Iterable[Subject]) -> Reach | None:
        """Return how narrowly it is about a recording that goes by `names`; None if it is not about it."""
        reaches = (one.reach for one in names if one in self._subjects)
        return max(reaches, key=lambda reach: reach.narrowness, default=None)

    @cached_property
    def _subjects(self) -> frozenset[Subject]:
        return frozenset(self.statement.subjects)

    @cached_property
    def moment(self) -> datetime:
        """When it was made, UTC."""
        return self.statement.moment

    @cached_property
    def evidence(self) -> Evidence:
        """Where its text is kept."""
        where = f"statement {self.id} in the registry"
        size = len(self.statement.encoded())
        return Evidence(self.id, "registry", where, self.moment, self.id, 0, size)


def registered_terms(
    recording: str,
    names: Collection[Subject],
    holdings: Sequence[Holding],
    said: Iterable[Said],
    *,
    as_of: datetime,
    demanded: Control,
    asker: Asker = ANYBODY,
) -> tuple[Term, ...]:
    """Return what the registry says of one recording.

    Args:
        recording: its key.
        names: every subject that a statement about it may name.
        holdings: who holds what in it.
        said: what was said about it, and about what was said; more may be there, in any order.
        as_of: the moment that is asked about.
        demanded: the proof of control without which a grant does not count.
        asker: for whom it is asked.
    """
    heard = _heard(said, as_of)
    known = {one.id: one.statement for one in heard}
    stands = against(known)
    gone, frozen = stands.revoked | led_to(known, stands.fallen), led_to(known, stands.disputed)
    live = [
        one
        for one in heard
        if one.statement.kind in _SPEAKING
        and one.id not in gone
        and one.statement.holds_on(as_of.date())
        and _concerns(one.statement, asker)
    ]
    terms: set[Term] = set()
    for right in Right:
        held = [one for one in holdings if one.right is right]
        parties = {one.party for one in held}
        about = [
            one
            for one in live
            if one.statement.party in parties and right in one.statement.rights and one.reach_to(names)
        ]
        if about:
            terms.update(_Case(recording, names, held, about, frozen, known, demanded, asker).terms())
    return tuple(sorted(terms, key=lambda term: (term.evidence.digest, sorted(term.covers), term.resolution.stance)))


def by_subject(said: Iterable[Said]) -> Callable[[Iterable[Subject]], list[Said]]:
    """Return what finds, of all that was said, what is about some subjects, what led to it, and all answers to that.

    The acceptances of an offer are found from the grants that they led to alone: there may be many.
    """
    about: dict[Subject | str, list[Said]] = {}
    by_id: dict[str, Said] = {}
    for one in said:
        by_id[one.id] = one
        for subject in one.statement.subjects:
            about.setdefault(subject, []).append(one)
        if one.statement.kind in ANSWERS:
            about.setdefault(one.statement.of, []).append(one)

    def find(names: Iterable[Subject]) -> list[Said]:
        found: dict[str, Said] = {}
        asked: list[Subject | str] = list(names)
        while asked:
            this = asked.pop()
            led = (by_id.get(name) for name in led_from(found[this].statement)) if this in found else ()
            for one in (*about.get(this, ()), *led):
                if one is not None and one.id not in found:
                    found[one.id] = one
                    asked.append(one.id)
        return list(found.values())

    return find


def missing_share(holdings: Sequence[Holding]) -> Fraction | None:
    """Return the share of one right that nobody holds; None where a holder's share is not stated, or they exceed it."""
    shares = [one.share for one in holdings]
    total = sum((share for share in shares if share is not None), Fraction(0))
    return None if None in shares or total > 1 else 1 - total


def _heard(said: Iterable[Said], as_of: datetime) -> list[Said]:
    """Return what was said by a moment, each once (step 1)."""
    found = {one.id: one for one in said if one.moment <= as_of}
    return [found[name] for name in sorted(found)]


def _concerns(statement: Statement, asker: Asker) -> bool:
    """Whether it says anything to whoever asks (step 7)."""
    return statement.kind is Kind.RESERVATION or statement.exclusive or asker.meant_by(statement)


@dataclass(frozen=True)
class _Case:
    """One right in one recording: who holds it, and what they say of it that holds."""

    recording: str
    names: Collection[Subject]
    held: Sequence[Holding]
    about: Sequence[Said]  # live, by holders, of this right and this recording
    frozen: Collection[str]  # ids of what is disputed
    heard: Collection[str]  # ids of all that was said, and of what led to it
    demanded: Control
    asker: Asker

    def terms(self) -> Iterator[Term]:
        """Yield what comes of it (steps 2 to 8)."""
        waiting = {one.id: why for one in self.about if (why := self._waits(one))}
        grants = self._grants(waiting)
        lacking = self._lacking(grants)
        for one in self.about:
            region = self._region(one, waiting)
            if self._reserves(one) and region:  # step 4
                clauses = tuple(region.clauses(Says.RESERVES, _words(one.statement, self.asker)))
                yield self._term(one, Resolution(Stance.SIGNALLED, clauses=clauses), proved=self._proved(one))
            elif not self._reserves(one) and (why := waiting.get(one.id) or lacking):
                yield self._term(one, Resolution(Stance.UNRESOLVED, notes=(why,)), proved=self._proved(one))
        if not lacking and not any(one.id in self.frozen for one in self.about):
            for together in _together(list(grants.values())):
                yield from self._permitted(together)

    def _permitted(self, together: Sequence[tuple[Said, Region]]) -> Iterator[Term]:
        """Yield what one grant of every holder permits together (steps 5 and 8)."""
        asks = frozenset(ask for one, _ in together for ask in one.statement.asks)
        region = reduce(and_, (region for _, region in together))
        proved = all(self._proved(one) for one, _ in together)
        for one, _ in together if region else ():
            clauses = tuple(region.clauses(Says.PERMITS, _words(one.statement, self.asker), asks))
            yield self._term(one, Resolution(Stance.SIGNALLED, clauses=clauses), proved=proved)

    def _reserves(self, one: Said) -> bool:
        """Whether it reserves, for whoever asks: a grant does that to all but those it is exclusive to (step 7)."""
        says = one.statement
        to_asker = bool(says.grantees or says.models) and self.asker.meant_by(says)
        return says.kind is Kind.RESERVATION or (says.exclusive and not to_asker)

    def _waits(self, one: Said) -> str:
        """Say why a grant does not count, or return "" (steps 2 and 6)."""
        if self._reserves(one):
            return ""
        if one.id in self.frozen:
            return "it is disputed, and nobody has settled it yet"
        if one.statement.under and one.statement.under not in self.heard:
            return "the acceptance that it was made under is not on record"
        control = self._control[one.statement.party]
        return f"its party's control is {control} only" if control < self.demanded else ""

    def _grants(self, waiting: Collection[str]) -> dict[str, list[tuple[Said, Region]]]:
        """Return the grants of each holder that count, each with what is left of it."""
        found: dict[str, list[tuple[Said, Region]]] = {one.party: [] for one in self.held}
        for one in self.about:
            if not self._reserves(one) and one.id not in waiting and (region := self._region(one, waiting)):
                found[one.statement.party].append((one, region))
        return found

    def _region(self, one: Said, waiting: Collection[str]) -> Region:
        """Return what a statement says after the same party's other ones (step 3); a grant that waits takes nothing."""
        region, reach = Region.of(one.statement), self._reach(one)
        for other in self.about:
            opposite = self._reserves(other) is not self._reserves(one) and other.id not in waiting
            if opposite and other.statement.party == one.statement.party:
                as_narrow = self._reach(other) == reach and self._reserves(other)
                if self._reach(other) > reach or as_narrow:
                    region -= Region.of(other.statement)
        return region

    def _lacking(self, grants: dict[str, list[tuple[Said, Region]]]) -> str:
        """Say what keeps the grants from permitting, or return "" (step 5)."""
        right = "recording" if self.held[0].right is Right.RECORDING else "composition"
        missing = missing_share(self.held)
        if missing is None:
            return f"the shares in the {right} are not all stated, or exceed the whole"
        if missing:
            return f"{missing} of the {right} is nobody's on record"
        silent = sorted({one.name for one in self.held if not grants[one.party]})
        return f"it clears only its part of the {right}, and not that of {', '.join(silent)}" if silent else ""

    @cached_property
    def _control(self) -> dict[str, Control]:
        """How well each holder's control is proved: of several holdings, the least."""
        found: dict[str, Control] = {}
        for one in self.held:
            found[one.party] = min(one.control, found.get(one.party, one.control))
        return found

    def _reach(self, one: Said) -> int:
        reach = one.reach_to(self.names)
        return 0 if reach is None else reach.narrowness

    def _proved(self, one: Said) -> bool:
        return one.signed or self._control[one.statement.party] >= self.demanded

    def _term(self, one: Said, resolution: Resolution, *, proved: bool) -> Term:
        return Term(
            _words(one.statement, self.asker),
            resolution,
            one.evidence,
            Voice.CATALOGUE,
            self.recording,
            standing=Standing.SIGNED if proved else Standing.PUBLIC,
            covers=frozenset({self.held[0].right}),
        )


def _together(grants: list[list[tuple[Said, Region]]]) -> Iterator[tuple[tuple[Said, Region], ...]]:
    """Yield one grant of every holder, in every way there is, up to a bound."""
    for count, together in enumerate(product(*grants)):
        if count == MOST_COMBINATIONS:
            return
        yield together


def _words(statement: Statement, asker: Asker) -> str:
    """Word a statement for whoever asks: to whom else something was granted is nobody's business."""
    kind = f"exclusive {statement.kind}" if statement.exclusive else str(statement.kind)
    to = f" to {asker.party}" if statement.grantees else ""
    to += f" for {asker.model}" if statement.models else ""
    if statement.kind is Kind.GRANT and not asker.meant_by(statement):
        to = " to another"
    where = ", ".join(sorted(statement.territories)) or "everywhere"
    return f"{kind} by {statement.party}{to}: {', '.join(sorted(statement.acts))} in {where}"
