"""What a term says of one use, whose word weighs more, and which of them a reading takes for a permission."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from licet.terms import Resolution, Says, Stance
from licet.terms.territories import meets, within

if TYPE_CHECKING:
    from licet.policy.rules import Reading
    from licet.policy.use import Use
    from licet.terms import Clause, Term


def heard_of(term: Term, use: Use) -> Term:
    """Return `term` with what it says of `use` alone.

    A signal that reserves the use anywhere it happens reserves it; one that permits it everywhere it happens permits
    it; and where none of its clauses does either, it is silent. Where some of a signal was not understood, only its
    reservations are. A licence speaks of every use.
    """
    said = term.resolution
    if said.stance is not Stance.SIGNALLED:
        return term
    named = [clause for clause in said.clauses if use.act in clause.acts and use.purpose in clause.purposes]
    reserving = tuple(clause for clause in named if clause.says is Says.RESERVES and _touches(clause, use))
    permitting = tuple(clause for clause in named if clause.says is Says.PERMITS and _spans(clause, use))
    rest = Stance.UNRESOLVED if said.partly else Stance.SIGNALLED if permitting else Stance.SILENT
    stance = Stance.RESERVED if reserving else rest
    return replace(term, resolution=Resolution(stance, (), said.notes, reserving or permitting))


def speaks(term: Term) -> bool:
    """Whether a term says anything of the use."""
    return term.resolution.stance is not Stance.SILENT


def resolves(term: Term) -> bool:
    """Whether what it says is understood."""
    return term.resolution.stance in {Stance.LICENSED, Stance.RESERVED, Stance.SIGNALLED}


def opens(term: Term) -> bool:
    """Whether somebody licenses the recording, or says that it may be used, in whatever way."""
    return term.resolution.stance in {Stance.LICENSED, Stance.SIGNALLED}


def takes(reading: Reading, term: Term) -> bool:
    """Whether the reading takes a permission of this kind for one. A licence and a reservation count in every one."""
    if term.resolution.stance is not Stance.SIGNALLED:
        return True
    return any(clause.force in reading.takes for clause in term.resolution.clauses)


def weight(term: Term) -> tuple[int, int]:
    """Return what a term weighs: first whose word it is, then how specific."""
    return term.standing, term.scope


def _touches(clause: Clause, use: Use) -> bool:
    return not clause.territories or any(meets(place, clause.territories) for place in use.territories)


def _spans(clause: Clause, use: Use) -> bool:
    return all(within(place, clause.territories) for place in use.territories)
