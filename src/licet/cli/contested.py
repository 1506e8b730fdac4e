"""How conflicts are shown, wherever a command tells them: a table for people, facts for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.cli.shared import console, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from licet.registry.conflicts import Conflict

SHOWN = 40
IN_WORDS = {
    "too-much": "more than the whole",
    "same-sound": "one sound, two claims",
    "overlap": "a part in common",
    "duplicate": "duplicate, no conflict",
}


def say_unfinished(count: int) -> None:
    """Say of how many recordings not all was told: more share their sound than one search tells."""
    if count:
        console().print(f"There may be more: {count:,} sounds are on record more often than one search tells.")


def show(conflicts: Iterable[Conflict], counts: Mapping[str, int]) -> None:
    """Show conflicts, the gravest first, and how many there are."""
    from rich.table import Table

    total = sum(counts.values())
    if not total:
        return
    told = ", ".join(f"{IN_WORDS[kind]} {counts[kind]:,}" for kind in IN_WORDS if counts.get(kind))
    table = Table(title=f"Claims to look at: {told}", title_justify="left")
    for column in ("what", "recording", "held by", "registered by"):
        table.add_column(column, overflow="fold")
    shown = sorted(conflicts, key=lambda one: (list(IN_WORDS).index(one.kind), one.sides[0].recording))[:SHOWN]
    for conflict in shown:
        for number, side in enumerate(conflict.sides):
            what = "" if number else _what(conflict)
            table.add_row(what, printable(side.recording), printable(side.holders), printable(side.registered))
        table.add_section()
    out = console()
    out.print(table)
    if total > len(shown):
        out.print(f"… and {total - len(shown):,} more (licet conflicts --json lists them)")


def _what(conflict: Conflict) -> str:
    """Return what it is, of which rights, and how sure that is, a line each."""
    from licet.registry.conflicts import NAMES_OF_RIGHTS

    rights, shared = ", ".join(NAMES_OF_RIGHTS[right] for right in conflict.rights), conflict.shared
    sure = "" if shared is None else f"\n{shared.method} {shared.probability:.4f}, {shared.seconds:.0f} s"
    return f"{IN_WORDS[conflict.kind]}\n{rights}{sure}"
