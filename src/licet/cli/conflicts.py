"""`licet conflicts`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from licet.cli.contested import say_unfinished, show
from licet.cli.shared import (
    console,
    json_option,
    now,
    open_workspace,
    print_json,
    progress,
    work_options,
    workspace_option,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from licet.parallel import Engine
    from licet.registry.conflicts import Conflict
    from licet.workspace import Workspace

KEPT = 1_000  # conflicts, and as many duplicates, of which the gravest are shown


@click.command("conflicts")
@click.option("--party", help="Only what concerns this party.")
@click.option("--recording", metavar="KEY", help="Only what concerns this recording.")
@work_options
@workspace_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    party: str | None,
    recording: str | None,
    workers: int | None,
    engine: Engine,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Tell which claims contradict each other. Nothing is merged, and nobody is told: it is for people to settle.

    \b
    What there is:
      more than the whole     the shares of one right in one recording exceed it: nothing is permitted on them
      one sound, two claims   two recordings that are one by their sound, claimed by different parties
      a part in common        a clip or a medley: both claims may well be right
      duplicate               two recordings of one sound with the same holders: no conflict

    Every recording that is registered is compared by its sound with all on record, as licet duplicates does. With
    --json one object a conflict is printed, a line each, as soon as it is known, and the counts at the end.

    \b
    Examples:
      licet conflicts
      licet conflicts --party ann
      licet conflicts --recording jamendo:214 --json

    Exit codes: 0 no claims contradict each other; 1 some do; 2 an error.
    """
    from licet.registry.contesting import facts_of
    from licet.workspace.conflicting import find_conflicts

    counts: Counter[str] = Counter()
    kept: list[Conflict] = []
    unfinished: list[str] = []
    at = now()
    with open_workspace(workspace) as room, progress("Comparing", quiet=as_json) as tick:
        found = find_conflicts(
            room.desk.store,
            room.index_folder,
            _asked(room, party, recording),
            at=at,
            workers=1 if recording else workers,
            engine=engine,
            progress=tick,
            unfinished=unfinished.append,
        )
        for conflict in found:
            if party is not None and party not in conflict.parties:
                continue
            counts[conflict.kind] += 1
            if as_json:
                print_json("conflict", facts_of(conflict))
            elif len(kept) < KEPT:
                kept.append(conflict)
    if as_json:
        print_json("conflicts", {"counts": dict(counts), "unfinished": len(unfinished)})
        context.exit(_found(counts))
    show(kept, counts)
    say_unfinished(len(unfinished))
    if not counts:
        console().print("No claims on record contradict each other.")
    context.exit(_found(counts))


def _found(counts: Counter[str]) -> int:
    return 1 if any(kind != "duplicate" for kind in counts) else 0


def _asked(room: Workspace, party: str | None, recording: str | None) -> Callable[[], Iterable[str]]:
    """Return what gives the recordings that are asked about."""
    from licet.catalog import parse_identifier

    if party is not None:
        room.desk.known(party, now())
    if recording is not None:
        key = str(parse_identifier(recording))
        return lambda: (key,)
    if party is not None:
        held = sorted(room.desk.store.held_by(party))
        return lambda: held
    return room.desk.store.registered
