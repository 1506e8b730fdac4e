"""What a reader may say when it did not understand everything: what is reserved, and nothing of what is permitted.

A word that was not understood may have taken a permission back or narrowed it. A reservation stands on its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from licet.terms.clauses import Says
from licet.terms.signals.reading import LONGEST_TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from licet.terms.clauses import Clause

MOST_PROBLEMS = 20  # that are listed: one is enough to unresolve a permission, and a hostile file holds a million


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Bytes that are not what they should be, and why."""

    why: str


def understood(clauses: Iterable[Clause], problems: Iterable[str]) -> tuple[tuple[Clause, ...], tuple[str, ...]]:
    """Return the clauses that may stand beside these problems, and the problems, each once and not too many."""
    listed = tuple(dict.fromkeys(problems))[:MOST_PROBLEMS]
    stands = (clause for clause in clauses if clause.says is Says.RESERVES or not listed)
    return tuple(dict.fromkeys(stands)), listed


def shown(value: object) -> str:
    """Return a value as a problem or a token shows it: on one line, printable, and not too long."""
    text = value if isinstance(value, str) else repr(value)
    text = text[: 2 * LONGEST_TOKEN]
    printable = text if text.isprintable() else "".join(one if one.isprintable() else " " for one in text)
    short = " ".join(printable.split())
    return short if len(short) <= LONGEST_TOKEN else short[: LONGEST_TOKEN - 1] + "…"
