"""Put one licence, or one clause of a signal, to one use: what it permits, bars, and asks in return."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from licet.policy.verdict import Binds, Condition, Outcome

if TYPE_CHECKING:
    from licet.policy.rules import Policy, Reading
    from licet.policy.tables import Rule
    from licet.terms import Act, Clause, Licence, Purpose


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one licence comes to, before any evidence is named."""

    outcome: Outcome
    grounds: tuple[tuple[Rule, str], ...]  # the rule, and what it says of this licence
    conditions: tuple[Condition, ...]
    changes: tuple[str, ...]

    @property
    def asks(self) -> tuple[bool, int, int]:
        """Order rulings by how much they ask: a permission before a refusal, fewer conditions before more."""
        binding = sum(condition.binds is Binds.NOW for condition in self.conditions)
        return self.outcome is not Outcome.PERMITTED, binding, len(self.conditions)


@lru_cache(maxsize=4096)
def judge(
    policy: Policy, reading: Reading, licence: Licence, act: Act, purpose: Purpose, accepts: frozenset[str]
) -> Ruling:
    """Judge `licence` under `reading`. A corpus holds millions of recordings and a few dozen licences: it is cached."""
    refusing: list[tuple[Rule, str]] = []
    conditions: list[Condition] = []
    changes: list[str] = []
    for need in reading.needs:
        if need.permission in licence.permits or not need.rule.applies(licence, act, purpose):
            continue
        if need.otherwise:
            accepted = need.otherwise in accepts
            conditions.append(Condition(need.otherwise, Binds.ON_SHARING, need.rule.says, accepted))
        else:
            refusing.append((need.rule, f"{need.rule.says} ({licence.name})"))
            changes.append(f"permission from the holder ({need.permission})")
    for bar in reading.bars:
        named = bar.prohibition is None or bar.prohibition in licence.prohibits
        if named and bar.rule.applies(licence, act, purpose):
            refusing.append((bar.rule, f"{bar.rule.says} ({licence.name})"))
            changes.append("permission from the holder for this purpose")
    for duty in reading.duties:
        if duty.requirement not in licence.requires or not duty.rule.applies(licence, act, purpose):
            continue
        accepted = duty.condition in accepts
        conditions.append(Condition(duty.condition, duty.binds, duty.rule.says, accepted))
        if duty.binds is Binds.NOW and not accepted:
            law = policy.laws["unaccepted"]
            refusing.append((law, f"{law.says} {duty.condition} ({licence.name})"))
            changes.append(f"accepting {duty.condition} (--accept {duty.condition})")
    if refusing:
        return Ruling(Outcome.REFUSED, tuple(refusing), tuple(sorted(conditions)), tuple(changes))
    law = policy.laws["licensed"]
    return Ruling(Outcome.PERMITTED, ((law, f"{law.says} ({licence.name})"),), tuple(sorted(conditions)), ())


def asked_in_return(policy: Policy, clause: Clause, accepts: frozenset[str]) -> Ruling:
    """Judge a clause that permits the use, by what it asks in return."""
    duty = policy.laws["signal-asks"]
    conditions = tuple(
        Condition(name, Binds.NOW, f"{duty.says} {name}", accepted=name in accepts) for name in sorted(clause.asks)
    )
    missing = [condition.name for condition in conditions if not condition.accepted]
    if missing:
        law = policy.laws["unaccepted"]
        grounds = tuple((law, f"{law.says} {name} ({clause.token})") for name in missing)
        return Ruling(
            Outcome.REFUSED, grounds, conditions, tuple(f"accepting {one} (--accept {one})" for one in missing)
        )
    law = policy.laws["signal-permits"]
    return Ruling(Outcome.PERMITTED, ((law, f"{law.says} {clause.token}"),), conditions, ())
