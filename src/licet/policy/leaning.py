"""When a reading leans on an exception to copyright, and what it then says.

1. The reading names the exceptions that it leans on; `strict` names none.
2. In every place that is asked about, one of them must cover the act and the purpose on that day.
3. Somebody must have licensed the recording or opened it in some way: silence shows no lawful access, and is never
   permission.
4. An exception that yields falls away where rights are reserved: in words or by a signal, by an offer against payment
   or consent, and where words that nobody has read may reserve them.
5. What it needs, such as lawful access, is a condition, and must have been accepted.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from licet.policy.hearing import opens
from licet.policy.law import applies, cited
from licet.policy.verdict import Binds, Condition, Finding, Outcome, Reason, worst
from licet.terms import Stance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from licet.policy.law import Limitation
    from licet.policy.rules import Reading
    from licet.policy.use import Use
    from licet.terms import Term

_PRICES = frozenset({"payment", "consent"})


def lean(
    use: Use, accepts: frozenset[str], terms: Sequence[Term], reading: Reading, findings: Sequence[Finding]
) -> Finding | None:
    """Return what the reading's exceptions make of `findings`, or None where they change nothing."""
    if not reading.limitations:
        return None
    opening = [term for term in terms if opens(term)]  # 3.
    outcome = worst(tuple(one.outcome for one in findings))
    if outcome is Outcome.PERMITTED or not opening:
        return None
    leant = _covering(use, reading, any(map(_may_reserve, terms)), accepts)
    if not leant:
        return None
    needs = sorted({need for _, one in leant for need in one.needs})
    conditions = tuple(Condition(name, Binds.NOW, says, name in accepts) for name, says in needs)
    reasons = tuple(reason for finding in findings for reason in finding.reasons)
    missing = [f"accepting {name} (--accept {name})" for name, _ in needs if name not in accepts]  # 5.
    if missing:
        asked = tuple(condition for finding in findings for condition in finding.conditions)
        changes = tuple(change for finding in findings for change in finding.changes)
        return Finding(outcome, reasons, (*asked, *conditions), (*changes, *missing))
    evidence, about = tuple(sorted({term.evidence.digest for term in opening})), opening[0].about
    because = tuple(
        Reason(one.rule.id, Outcome.PERMITTED, one.rule.says, evidence, cited(one, place), one.rule.status, about)
        for place, one in leant
    )
    return Finding(Outcome.PERMITTED, (*because, *reasons), conditions)


def _may_reserve(term: Term) -> bool:
    """Whether a term reserves rights or may do so. An offer against payment or consent reserves what is not bought."""
    said = term.resolution
    offered = said.stance is Stance.SIGNALLED and all(clause.asks & _PRICES for clause in said.clauses)
    return offered or said.stance in {Stance.RESERVED, Stance.UNRESOLVED}


@lru_cache(maxsize=256)
def _covering(
    use: Use,
    reading: Reading,
    reserved: bool,
    accepts: frozenset[str],
) -> tuple[tuple[str, Limitation], ...]:
    """Return for each place of the use an exception that covers it (steps 2 and 4); nothing unless all are covered.

    One whose needs are all accepted is taken first, and one that does not yield before one that does.
    """
    able = [one for one in reading.limitations if not (one.yields and reserved)]
    able.sort(key=lambda one: (not {name for name, _ in one.needs} <= accepts, one.yields, one.rule.id))
    found = []
    for place in sorted(use.territories):
        first = next((one for one in able if applies(one, use.act, use.purpose, place, use.day)), None)
        if first is None:
            return ()
        found.append((place, first))
    return tuple(found)
