"""What parties say, in as few words as a test needs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from licet.catalog import Right
from licet.corpus.house import house_policy
from licet.policy import Act, Outcome, Purpose, Question, Use, decide
from licet.registry.statements import Kind, Reach, Statement, Subject
from licet.registry.terms import ANYBODY, Asker, Control, Holding, Said, registered_terms

if TYPE_CHECKING:
    from licet.terms import Term

HOUSE = house_policy()
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = NOON.date()
RECORDING = "jamendo:214"
NAMES = frozenset(
    {
        Subject(Reach.CATALOGUE),
        Subject(Reach.ARTIST, "Ann"),
        Subject(Reach.RELEASE, "ean:4006381333931"),
        Subject(Reach.RECORDING, RECORDING),
    }
)
THIS = (Subject(Reach.RECORDING, RECORDING),)
ALL = (Subject(Reach.CATALOGUE),)
ANN, BOB = "ann", "bob"


def held(party: str, share: Fraction | int | None = 1, right: Right | None = None, **other: Control) -> list[Holding]:
    """Return what a party holds: in both rights, or in one."""
    control = other.get("control", Control.VOUCHED)
    whole = None if share is None else Fraction(share)
    return [Holding(party, party.title(), one, whole, control) for one in ([right] if right else Right)]


def said(kind: Kind = Kind.GRANT, party: str = ANN, hour: int = 0, **other: object) -> Said:
    """Make a statement, `hour` hours after the first of the month."""
    facts: dict[str, object] = {"subjects": THIS} if "of" not in other else {}
    at = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=hour)
    one = Statement(kind=kind, party=party, actor="desk", at=at.isoformat(), **(facts | other))  # type: ignore[arg-type]  # fields of several types
    return Said(one.id, one)


def terms(
    holdings: list[Holding],
    *statements: Said,
    as_of: datetime = NOON,
    demanded: Control = Control.ACCOUNT,
    asker: Asker = ANYBODY,
) -> tuple[Term, ...]:
    """Return what they come to."""
    return registered_terms(RECORDING, NAMES, holdings, statements, as_of=as_of, demanded=demanded, asker=asker)


def outcome(
    holdings: list[Holding],
    *statements: Said,
    also: tuple[Term, ...] = (),
    act: Act = Act.TRAIN_GENERATIVE,
    purpose: Purpose = Purpose.COMMERCIAL,
    places: frozenset[str] = frozenset({"DE"}),
    day: date = TODAY,
    as_of: datetime | None = None,
    demanded: Control = Control.ACCOUNT,
    accepts: frozenset[str] = frozenset({"attribution", "notice"}),
    asker: Asker = ANYBODY,
) -> Outcome:
    """Return the verdict on a use, with what `also` is stated in public."""
    moment = as_of or datetime.combine(day, NOON.time(), UTC)
    found = terms(holdings, *statements, as_of=moment, demanded=demanded, asker=asker)
    question = Question(Use(act, purpose, places, day), (*found, *also), "0" * 64, accepts)
    return decide(question, HOUSE, "strict").outcome
