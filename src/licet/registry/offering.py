"""Which offers apply: what one recording lacks for a use, and which of its holders' offers would give it.

For each right that a recording lacks:

1. Somebody is on record to hold it, the shares are stated, and they sum to the whole.
2. Every holder either has granted its part to whoever asks, or offers it. Where one does neither, nothing is licensed.
3. An offer applies where it holds on the day it is asked and on the day of the use, was neither revoked nor disputed
   (unless the dispute was dismissed), is about the recording and the right, covers the act, the purpose and all the
   places, and is for whoever asks.
4. It applies only if its party's control is proved as is demanded, if what it asks besides payment was accepted, and if
   it can be priced: in one currency, by the model only where it is said for which, by the minute only where somebody
   knows how long the recording is.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from licet.catalog import Right
from licet.registry.rates import Basis, currencies
from licet.registry.regions import Region
from licet.registry.standing import against
from licet.registry.statements import Kind, Statement
from licet.registry.terms import Asker, Control, Holding, Said, missing_share

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from fractions import Fraction

    from licet.registry.statements import Subject
    from licet.terms import Act, Purpose

PAYMENT = "payment"  # the condition that every grant asks which an offer led to
RIGHT_NAMES = {Right.RECORDING: "recording", Right.WORK: "composition"}


@dataclass(frozen=True, slots=True)
class Demand:
    """What is wanted, by whom, and when it is asked."""

    act: Act
    purpose: Purpose
    territories: frozenset[str]
    day: date  # of the use
    at: datetime  # when it is asked
    until: datetime  # offers made after this are not heard
    asker: Asker
    accepts: frozenset[str]  # conditions besides payment
    control: Control  # the proof that is demanded

    def covered_by(self, statement: Statement) -> bool:
        """Whether a grant or an offer names this use, everywhere that it happens."""
        wanted = Region.of_use(self.act, self.purpose, self.territories)
        return statement.holds_on(self.day) and statement.holds_on(self.at.date()) and not wanted - Region.of(statement)


@dataclass(frozen=True, slots=True)
class Lacking:
    """What one recording lacks, and who would give it.

    `why` says what stands in the way of licensing it wholly; it is empty where nothing does.
    """

    recording: str
    seconds: Fraction | None  # of its sound; None where nobody knows
    offers: Mapping[tuple[Right, str], tuple[Said, ...]] = field(default_factory=dict)  # by holder; narrow before wide
    why: tuple[str, ...] = ()
    silent: tuple[Holding, ...] = ()  # holders with no offer that applies

    def without(self, dear: Collection[str]) -> Lacking:
        """Return the same without some offers, by id, which come to more than an amount that can be written."""
        left = {key: tuple(one for one in those if one.id not in dear) for key, those in self.offers.items()}
        parties = dict.fromkeys(party for (_, party), those in left.items() if not those)
        why = (f"the offer of {party} comes to more than can be written as an amount" for party in parties)
        return replace(self, offers=left, why=(*self.why, *why))


def lacking(
    recording: str,
    rights: Iterable[Right],
    seconds: Fraction | None,
    names: Collection[Subject],
    holdings: Sequence[Holding],
    said: Iterable[Said],
    demand: Demand,
) -> Lacking:
    """Return who offers the rights that a recording lacks.

    Args:
        recording: its key.
        rights: those that it lacks.
        seconds: of its sound.
        names: every subject that a statement about it may name.
        holdings: who holds what in it.
        said: what was said about it, and about what was said; more may be there, in any order.
        demand: what is wanted.
    """
    live = in_force(said, demand.at)
    offers: dict[tuple[Right, str], tuple[Said, ...]] = {}
    why: dict[str, None] = {}
    silent: list[Holding] = []
    for right in sorted(set(rights)):
        held = [one for one in holdings if one.right is right]
        if missing := unshared(right, held):  # 1
            why[missing] = None
        for holder in _each_once(held):  # 2
            found = _Holder(holder, right, names, seconds, demand, live)
            if not found.has_granted:
                applying, hindrance = found.offers()
                offers[right, holder.party] = applying
                if hindrance:
                    why[hindrance] = None
                    silent.append(holder)
    return Lacking(recording, seconds, offers, tuple(why), tuple(silent))


def unshared(right: Right, held: Sequence[Holding]) -> str:
    """Say what keeps the holders of a right from being all there are, or return "" (step 1)."""
    name = RIGHT_NAMES[right]
    if not held:
        return f"nobody is on record to hold the {name}"
    missing = missing_share(held)
    if missing is None:
        return f"the shares in the {name} are not all stated, or exceed the whole"
    return f"{missing} of the {name} is nobody's on record" if missing else ""


def in_force(said: Iterable[Said], at: datetime) -> list[Said]:
    """Return the grants and offers made by a moment that nobody took back and no dispute stands against, by id."""
    heard = {one.id: one for one in said if one.moment <= at}
    stands = against({name: one.statement for name, one in heard.items()})
    gone = stands.revoked | stands.disputed | stands.fallen
    names = sorted(heard.keys() - gone)
    return [heard[name] for name in names if heard[name].statement.kind in {Kind.GRANT, Kind.OFFER}]


@dataclass(frozen=True, slots=True)
class _Holder:
    """One holder of one right in one recording, and what it grants and offers."""

    holding: Holding
    right: Right
    names: Collection[Subject]
    seconds: Fraction | None
    demand: Demand
    live: Sequence[Said]

    @property
    def has_granted(self) -> bool:
        """Whether it has granted its part to whoever asks already."""
        proved = self.holding.control >= self.demand.control
        return proved and any(self.demand.asker.meant_by(one.statement) for one in self._about(Kind.GRANT))

    def offers(self) -> tuple[tuple[Said, ...], str]:
        """Return its offers that apply, the narrow before the wide, and why there is none (steps 3 and 4)."""
        made = [one for one in self._about(Kind.OFFER) if self._may_take(one.statement)]
        if not made:
            return (), f"{self.holding.name} makes no offer for this use"
        if self.holding.control < self.demand.control:
            return (), f"the control of {self.holding.name} is {self.holding.control} only"
        hindrances = {one.id: self._hindrance(one.statement) for one in made}
        applying = [one for one in made if not hindrances[one.id]]
        narrow_first = sorted(applying, key=lambda one: (-_narrowness(one, self.names), one.id))
        return tuple(narrow_first), "" if applying else min(hindrances.values())

    def _about(self, kind: Kind) -> Iterator[Said]:
        """Yield what the holder says of that kind about the right in the recording and the use."""
        for one in self.live:
            says = one.statement
            mine = says.kind is kind and says.party == self.holding.party and self.right in says.rights
            if mine and one.reach_to(self.names) and self.demand.covered_by(says):
                yield one

    def _may_take(self, offer: Statement) -> bool:
        return self.demand.asker.meant_by(offer) and offer.moment <= self.demand.until

    def _hindrance(self, offer: Statement) -> str:
        """Say why an offer does not apply, or return "" (step 4)."""
        whose = f"the offer of {self.holding.name}"
        if unaccepted := sorted(set(offer.asks) - self.demand.accepts - {PAYMENT}):
            return f"{whose} asks for {', '.join(unaccepted)}, and that was not accepted"
        if len(currencies(offer.rates)) > 1:
            return f"{whose} is in several currencies"
        if not self.demand.asker.model and any(rate.basis is Basis.MODEL for rate in offer.rates):
            return f"{whose} is by the model, and it is not said for which: --model"
        if self.seconds is None and any(rate.basis is Basis.MINUTE for rate in offer.rates):
            return f"{whose} is by the minute, and nobody knows how long it is"
        return ""


def _each_once(held: Sequence[Holding]) -> Iterator[Holding]:
    """Yield each holder once, with the least proof of its control, by id."""
    for party in sorted({one.party for one in held}):
        yield min((one for one in held if one.party == party), key=lambda one: (one.control, one.name))


def _narrowness(offer: Said, names: Collection[Subject]) -> int:
    reach = offer.reach_to(names)
    assert reach is not None
    return reach.narrowness
