"""What stands against what was said: that it was taken back, that somebody disputes it, or that it fell.

1. A party takes back its own statements alone.
2. A dispute stands against a statement, and against the grants to which that led: an offer's, and an acceptance's.
3. It stands until it is settled. Upheld, the statement falls; dismissed, nothing stands against it any more.
4. Nobody settles a dispute in its own favour: who disputes may dismiss (that takes the dispute back), and whose word it
   is about may uphold (that gives in). Anything else takes somebody else's word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from licet.registry.statements import Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from licet.registry.statements import Statement


@dataclass(frozen=True, slots=True)
class Against:
    """The ids of the statements that something stands against; `led_to` tells what falls with them."""

    revoked: frozenset[str]
    disputed: frozenset[str]  # and nobody has settled it
    fallen: frozenset[str]  # the dispute was upheld


def against(heard: Mapping[str, Statement]) -> Against:
    """Return what stands against statements, of all that was heard, by id."""
    revoked = (
        says.of
        for says in heard.values()
        if says.kind is Kind.REVOCATION and says.of in heard and heard[says.of].party == says.party
    )
    upheld, dismissed = settled(heard)
    disputes = {name: says.of for name, says in heard.items() if says.kind is Kind.DISPUTE}
    unsettled = (of for name, of in disputes.items() if name not in upheld | dismissed)
    fallen = (of for name, of in disputes.items() if name in upheld)
    return Against(frozenset(revoked), frozenset(unsettled), frozenset(fallen))


def settled(heard: Mapping[str, Statement]) -> tuple[set[str], set[str]]:
    """Return the disputes that were upheld, and those that were dismissed (step 4)."""
    upheld, dismissed = set[str](), set[str]()
    for says in heard.values():
        dispute = heard.get(says.of)
        if says.kind is Kind.SETTLEMENT and dispute is not None:
            disputer, others = says.party == dispute.party, says.party in _concerned(dispute.of, heard)
            if says.upheld and (others or not disputer):
                upheld.add(says.of)
            elif not says.upheld and (disputer or not others):
                dismissed.add(says.of)
    return upheld, dismissed


def led_from(statement: Statement) -> Iterator[str]:
    """Yield the id of what led to a grant, or to an acceptance: the acceptance, and the offer."""
    if statement.under:
        yield statement.under
    if statement.kind is Kind.ACCEPTANCE:
        yield statement.of


def led_to(heard: Mapping[str, Statement], some: Collection[str]) -> frozenset[str]:
    """Return some statements, and the grants to which one of them led (step 2)."""
    accepted = {name for name, says in heard.items() if says.kind is Kind.ACCEPTANCE and says.of in some}
    led = accepted.union(some)
    return frozenset(some).union(name for name, says in heard.items() if says.under and says.under in led)


def _concerned(name: str, heard: Mapping[str, Statement]) -> set[str]:
    """Return the parties to a statement: its own, and those of what led to it."""
    found, asked = set[str](), [name]
    while asked:
        if (says := heard.get(asked.pop())) is not None:
            found.add(says.party)
            asked += led_from(says)
    return found
