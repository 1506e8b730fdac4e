"""How a claim stands at a moment: a pure reading of the claim and its steps.

1. Only steps made by the moment count, in the order of their moments; at one moment in the order of their kinds, then
   by name. The order in which they arrive never matters.
2. Each is taken or void: taken, if whoever made it may take it in the state that there is then (`_MAY`). A void step
   changes nothing, and is told with the reason.
3. The respondent acknowledges, answers and remedies; where the claim names no party as respondent, the claimant enters
   what it was told. The claimant disputes an answer, withdraws and closes. Nothing follows on those last two.
4. The acknowledgement is due until the claim is acknowledged, answered or remedied; the answer until it is answered or
   remedied. A disputed answer is due again, as long after the dispute as it was due after the claim.
5. A deadline is a calendar day, UTC: what is done on it is in time, and it is overdue from the next day on.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from licet.registry.claims.step import StepKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from licet.registry.claims.claim import Claim
    from licet.registry.claims.step import Answer, Remedy, Step


class State(StrEnum):
    """How a claim stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    REMEDIED = "remedied"
    DISPUTED = "disputed"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"

    @property
    def over(self) -> bool:
        """Whether nothing follows."""
        return self in {State.WITHDRAWN, State.CLOSED}


class Role(StrEnum):
    """Who may take a step."""

    CLAIMANT = "claimant"
    RESPONDENT = "respondent"


_LIVE = frozenset(one for one in State if not one.over)
_MAY = {  # who, in which states, and what it comes to
    StepKind.ACKNOWLEDGED: (Role.RESPONDENT, frozenset({State.OPEN}), State.ACKNOWLEDGED),
    StepKind.ANSWERED: (Role.RESPONDENT, _LIVE - {State.REMEDIED}, State.ANSWERED),
    StepKind.REMEDIED: (Role.RESPONDENT, _LIVE, State.REMEDIED),
    StepKind.DISPUTED: (Role.CLAIMANT, frozenset({State.ANSWERED, State.REMEDIED}), State.DISPUTED),
    StepKind.WITHDRAWN: (Role.CLAIMANT, _LIVE, State.WITHDRAWN),
    StepKind.CLOSED: (Role.CLAIMANT, frozenset({State.ANSWERED, State.REMEDIED}), State.CLOSED),
}


@dataclass(frozen=True, slots=True)
class Due:
    """What is due, until the end of which day (UTC)."""

    what: str  # acknowledgement, answer
    by: date
    overdue: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How a claim stands, and what led there."""

    state: State
    since: datetime
    answer: Answer | None  # the last one
    remedies: tuple[Remedy, ...]
    due: tuple[Due, ...]  # the first deadline first; none where nothing is awaited of the respondent
    taken: tuple[Step, ...]  # in the order in which they were made
    void: tuple[tuple[Step, str], ...]  # those that changed nothing, each with why

    @property
    def overdue(self) -> bool:
        """Whether a deadline has passed."""
        return any(one.overdue for one in self.due)


def role_of(claim: Claim, kind: StepKind) -> str:
    """Return the id of the party that may take a step of a kind."""
    role, _, _ = _MAY[kind]
    return claim.claimant if role is Role.CLAIMANT else claim.respondent.party or claim.claimant


def standing(claim: Claim, steps: Iterable[Step], *, as_of: datetime) -> Standing:
    """Return how a claim stands at a moment, by the rules above."""
    name, made = claim.id, claim.moment  # each is worked out of all that the claim says
    state, since, awaited = State.OPEN, made, made
    taken: list[Step] = []
    void: list[tuple[Step, str]] = []
    for step in sorted({one for one in steps if one.moment <= as_of}, key=_order):  # 1
        if why := _refused(claim, name, made, state, step):  # 2
            void.append((step, why))
            continue
        _, _, state = _MAY[step.kind]
        since = step.moment
        awaited = step.moment if state is State.DISPUTED else awaited
        taken.append(step)
    answers = [one.answer for one in taken if one.answer is not None]
    return Standing(
        state=state,
        since=since,
        answer=answers[-1] if answers else None,
        remedies=tuple(one.remedy for one in taken if one.remedy is not None),
        due=_due(claim, state, awaited, as_of),
        taken=tuple(taken),
        void=tuple(void),
    )


def _order(step: Step) -> tuple[datetime, int, str]:
    return step.moment, list(StepKind).index(step.kind), step.id


def _refused(claim: Claim, name: str, made: datetime, state: State, step: Step) -> str:
    """Say why a step may not be taken; "" where it may (rules 2 and 3)."""
    if step.claim != name:
        return "it is of another claim"
    if step.moment < made:
        return "it was made before the claim"
    role, states, _ = _MAY[step.kind]
    if step.party != role_of(claim, step.kind):
        return f"{step.kind} is the {role}'s to say, and {step.party} is not"
    return "" if state in states else f"{step.kind} does not follow when the claim is {state}"


def _due(claim: Claim, state: State, awaited: datetime, as_of: datetime) -> tuple[Due, ...]:
    """Return what is awaited of the respondent (rules 4 and 5)."""
    days = {"acknowledgement": claim.days.acknowledge} if state is State.OPEN else {}
    if state in {State.OPEN, State.ACKNOWLEDGED, State.DISPUTED}:
        days["answer"] = claim.days.answer
    day, today = awaited.astimezone(UTC).date(), as_of.astimezone(UTC).date()
    return tuple(
        Due(what, by, overdue=today > by) for what, count in days.items() for by in [day + timedelta(days=count)]
    )
