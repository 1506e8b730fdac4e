"""`licet register`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from licet.cli.add import facts_of as facts_of_source
from licet.cli.contested import say_unfinished, show
from licet.cli.saying import RIGHTS
from licet.cli.shared import (
    as_columns,
    console,
    json_option,
    now,
    open_workspace,
    print_json,
    printable,
    progress,
    work_options,
    workspace_option,
)

if TYPE_CHECKING:
    from licet.parallel import Engine
    from licet.workspace.registering import Registration


@click.command("register")
@click.argument("party")
@click.argument("what")
@click.option("--right", "rights", multiple=True, type=click.Choice(RIGHTS), help="Which PARTY holds. Default: both.")
@click.option("--share", default="", metavar="SHARE", help="How much of it: 1/2, 0.5 or 50%. Default: the whole.")
@click.option("--role", default="", help="As what: composer, publisher, performer, label ... For people to read.")
@click.option("--audio", type=click.Path(path_type=Path), help="Where the audio of a catalogue or a message lies.")
@click.option("--name", default="", help="A short name for a folder or a catalogue. Default: its own.")
@click.option("--column", "columns", multiple=True, metavar="FIELD=COLUMN", help="Which column of a list holds what.")
@click.option("--compare/--no-compare", default=True, help="Whether to ask who else claims the sound. Default: yes.")
@work_options
@workspace_option
@json_option
def command(
    party: str,
    what: str,
    rights: tuple[str, ...],
    share: str,
    role: str,
    audio: Path | None,
    name: str,
    columns: tuple[str, ...],
    compare: bool,
    workers: int | None,
    engine: Engine,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Put on record what PARTY holds in WHAT. What is not on record yet is put there with it.

    \b
    WHAT is one of:
      a folder of audio   all of it, as PARTY's own catalogue; its sounds are registered
      a catalogue         CSV or Parquet, with columns such as title, artist, isrc, path: all that it lists
      a DDEX message      .xml: its recordings
      a list of holdings  CSV or Parquet, with the columns recording, right, holder, share, role and no others
      a key               of a recording on record, such as jamendo:214

    PARTY holds the whole of both rights, unless --right and --share, or the columns right (recording or work; empty is
    both), holder (a party's id), share and role of a list, say otherwise. Whoever holds the rest may register it. What
    PARTY had registered of a right in a recording gives way to what it says now.

    The answer tells where shares do not sum to one, and whether somebody else claims a recording or its sound (licet
    conflicts). Those parties hear of it, if they watch. Where a step fails, the same command goes on from there.

    \b
    Examples:
      licet register ann music/
      licet register quay catalogue.csv --audio masters/ --right recording
      licet register quay delivery/message.xml --audio delivery/
      licet register ann holdings.csv
      licet register ann jamendo:214 --share 1/2 --right work --role composer
    """
    from licet.catalog import Right
    from licet.registry.listing import Held, share_of
    from licet.workspace.registering import How, register

    held = Held(party, tuple(one for one in Right if not rights or one in rights), share_of(share), role)
    with open_workspace(workspace) as room, progress("Registering", quiet=as_json) as tick:
        how = How(audio, name, as_columns(columns), compare, workers, engine, tick)
        done = register(room, what, held, now(), how)
    if as_json:
        print_json("register", _facts(done))
    else:
        _show(done, compared=compare)


def _facts(done: Registration) -> dict[str, Any]:
    from licet.registry.contesting import facts_of as facts_of_conflict

    return {
        "party": done.party,
        "holdings": done.holdings,
        "recordings": done.recordings,
        "added": None if done.added is None else facts_of_source(done.added),
        "gaps": [
            {"right": str(one.right), "says": one.says, "recordings": one.recordings, "example": one.example}
            for one in done.gaps
        ],
        "counts": done.counts,
        "unfinished": done.unfinished,
        "conflicts": [facts_of_conflict(one) for one in done.conflicts],
        "told": list(done.told),
    }


def _show(done: Registration, *, compared: bool) -> None:
    out = console()
    if done.added is not None:
        sounds = done.added.sounds
        out.print(
            f"{done.added.recorded.snapshot.entries:,} recordings on record; sounds: {sounds.registered:,} registered, "
            f"{sounds.already:,} on record before, {sounds.silent:,} with too little to hear, "
            f"{len(sounds.problems):,} unreadable."
        )
        for problem in (*done.added.recorded.problems, *sounds.problems)[:5]:
            out.print(f"  {printable(problem.where)}: {printable(problem.says)}")
    out.print(f"{done.holdings:,} holdings on record, in {done.recordings:,} recordings")
    for gap in done.gaps:
        others = f" and {gap.recordings - 1:,} more" if gap.recordings > 1 else ""
        out.print(f"{printable(gap.says)}: {printable(gap.example)}{others}")
    show(done.conflicts, done.counts)
    say_unfinished(done.unfinished)
    if done.told:
        out.print(f"Told: {', '.join(done.told)}")
    if not compared:
        out.print("Not compared with what others claim: licet conflicts does that.")
