"""A verdict: permitted, refused or unknown, with every reason that led there and what would change it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from licet.policy.tables import Rule
    from licet.policy.use import Use


class Outcome(StrEnum):
    """The three answers. "Unknown" is an answer too, and it opens no gate."""

    PERMITTED = "permitted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


_SEVERITY = {Outcome.PERMITTED: 0, Outcome.UNKNOWN: 1, Outcome.REFUSED: 2}


def worst(outcomes: tuple[Outcome, ...]) -> Outcome:
    """Return the least permissive of `outcomes`; of none, unknown: silence is never permission."""
    return max(outcomes, key=_SEVERITY.__getitem__, default=Outcome.UNKNOWN)


class Status(StrEnum):
    """How settled the law behind a rule is."""

    SETTLED = "settled"
    CONTESTED = "contested"
    PENDING = "pending"


class Binds(StrEnum):
    """From when a condition binds."""

    NOW = "now"  # the use itself may not begin without it
    ON_SHARING = "on-sharing"  # only when the recording, or something made from it, is shared


@dataclass(frozen=True, slots=True)
class Reason:
    """Why. `evidence` holds SHA-256 digests of the statements it leans on, and never nothing."""

    rule: str  # the rule's id in the policy file
    outcome: Outcome  # which way this reason points by itself
    says: str
    evidence: tuple[str, ...]
    cites: str
    status: Status
    about: str = ""  # the recording it speaks of; "" for the item itself

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError(f"a reason names evidence: {self.rule}")


@dataclass(frozen=True, slots=True, order=True)
class Condition:
    """Something a licence asks in return: `attribution`, `notice`, `share-alike` ..."""

    name: str
    binds: Binds
    says: str
    accepted: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """What one step of a decision comes to. All findings must hold together: the least permissive is the verdict."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    conditions: tuple[Condition, ...] = ()
    changes: tuple[str, ...] = ()


def because(rule: Rule, says: str, outcome: Outcome, evidence: tuple[str, ...], about: str) -> Reason:
    """Return the reason that `rule` gives."""
    return Reason(rule.id, outcome, says, evidence, rule.cites, rule.status, about)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one reading of the law makes of the question."""

    reading: str
    outcome: Outcome
    reasons: tuple[Reason, ...]
    conditions: tuple[Condition, ...]
    changes: tuple[str, ...]  # what would change it

    def __post_init__(self) -> None:
        if not self.reasons:
            raise ValueError("an opinion carries at least one reason")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one question under one reading, with what the other readings say beside it.

    A verdict has no truth value: `if verdict:` is an error, and only `.permitted` opens a gate.
    """

    use: Use
    policy: str  # SHA-256 of the policy file
    opinion: Opinion  # under the reading that was asked for
    others: tuple[Opinion, ...]  # under every other reading of the policy

    @property
    def outcome(self) -> Outcome:
        """The answer under the reading that was asked for."""
        return self.opinion.outcome

    @property
    def permitted(self) -> bool:
        """True only if the use is permitted under the reading that was asked for."""
        return self.outcome is Outcome.PERMITTED

    @property
    def contested(self) -> bool:
        """True if the readings differ, or if a reason that decided leans on law that is not settled."""
        deciding = (r for r in self.opinion.reasons if r.outcome is self.outcome)
        differ = any(other.outcome is not self.outcome for other in self.others)
        return differ or any(reason.status is not Status.SETTLED for reason in deciding)

    def __bool__(self) -> NoReturn:
        raise TypeError("a verdict has no truth value; ask .permitted, or compare .outcome")
