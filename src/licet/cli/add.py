"""`licet add`."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from licet.cli.shared import (
    as_columns,
    as_day,
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
    from licet.workspace import Added

PROBLEMS_SHOWN = 5


@click.command("add")
@click.argument("source")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--audio", type=click.Path(path_type=Path), help="Where the audio lies; its sound is registered.")
@click.option("--licence", "--license", help="A licence stated for the whole collection.")
@click.option("--licence-from", type=click.Path(path_type=Path, exists=True), help="The file that states it.")
@click.option("--name", help="A short name for a folder or a table. Default: its own.")
@click.option("--column", "columns", multiple=True, metavar="FIELD=COLUMN", help="Which column of a table holds what.")
@click.option("--captured", metavar="YYYY-MM-DD", help="When the statements were captured. Default: now.")
@work_options
@workspace_option
@json_option
def command(
    source: str,
    path: Path,
    audio: Path | None,
    licence: str | None,
    licence_from: Path | None,
    name: str | None,
    columns: tuple[str, ...],
    captured: str | None,
    workers: int | None,
    engine: Engine,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Put SOURCE at PATH on record.

    Each time makes a new snapshot, and shows what has changed since the one before. What it says is kept as evidence:
    the very bytes, their SHA-256, and when they were captured.

    \b
    Sources:
      audio-folder   a folder of audio with its tags; its sounds are registered
      table          a CSV, TSV, JSONL or Parquet file, with --column where names differ
      mtg-jamendo    a checkout of MTG-Jamendo
      fma            the FMA's tracks.csv
      stable-audio   an attribution list of Stable Audio Open
      ddex-ern       a DDEX ERN message (NewReleaseMessage), or a folder of them

    \b
    Examples:
      licet add audio-folder music/ --licence CC-BY-4.0
      licet add audio-folder /usr/share/games/x/music --licence GPL-2+ --licence-from /usr/share/doc/x/copyright
      licet add table licences.csv --audio music/ --column licence="License URL"
      licet add mtg-jamendo mtg-jamendo-dataset/ --captured 2024-07-01
      licet add ddex-ern delivery/ --audio delivery/
    """
    options: dict[str, Any] = {"name": name, "columns": as_columns(columns)}
    when = now() if captured is None else datetime.combine(as_day(captured), time.min, UTC)
    with open_workspace(workspace) as room, progress("Listening", quiet=as_json) as tick:
        added = room.add(
            source,
            path,
            captured_at=when,
            audio=audio,
            licence=licence,
            licence_from=licence_from,
            workers=workers,
            engine=engine,
            progress=tick,
            options={key: value for key, value in options.items() if value},
        )
    if as_json:
        print_json("add", facts_of(added))
    else:
        _show(added)


def facts_of(added: Added) -> dict[str, Any]:
    """Return what came of adding a source, as JSON tells it."""
    snapshot, drift = added.recorded.snapshot, added.recorded.drift
    return {
        "source": snapshot.source,
        "snapshot": snapshot.id,
        "captured": snapshot.captured_at.isoformat(),
        "entries": snapshot.entries,
        "families": dict(added.families),
        "licences": added.licences,
        "statements": added.statements,
        "unresolved": added.unresolved,
        "silent": added.silent,
        "drift": None
        if drift is None
        else {
            "added": drift.added,
            "removed": drift.removed,
            "changed": drift.changed,
            "relicensed": drift.relicensed,
            "examples": list(drift.examples),
        },
        "problems": {
            "count": added.recorded.problem_count,
            "first": [{"where": one.where, "says": one.says} for one in added.recorded.problems],
        },
        "sounds": {
            "registered": added.sounds.registered,
            "already": added.sounds.already,
            "silent": added.sounds.silent,
            "problems": [{"where": one.where, "says": one.says} for one in added.sounds.problems],
        },
    }


def _show(added: Added) -> None:
    from rich.table import Table

    out = console()
    snapshot, drift, sounds = added.recorded.snapshot, added.recorded.drift, added.sounds
    table = Table(title=f"{snapshot.source}: {snapshot.entries:,} recordings on record", title_justify="left")
    table.add_column("licence")
    table.add_column("recordings", justify="right")
    for family, count in added.families:
        table.add_row(printable(family), f"{count:,}")
    out.print(table)
    out.print(
        f"{added.licences:,} distinct licences from {added.statements:,} statements; "
        f"{added.unresolved:,} unresolved; {added.silent:,} without a statement."
    )
    if drift is not None:
        out.print(
            f"Since the snapshot before: {drift.added:,} added, {drift.removed:,} removed, {drift.changed:,} changed, "
            f"{drift.relicensed:,} of them under another licence."
        )
        for example in drift.examples:
            out.print(f"  {printable(example)}")
    if any((sounds.registered, sounds.already, sounds.silent, sounds.problems)):
        out.print(
            f"Sounds: {sounds.registered:,} registered, {sounds.already:,} on record before, {sounds.silent:,} with "
            f"too little to hear, {len(sounds.problems):,} unreadable."
        )
    problems = (*added.recorded.problems, *sounds.problems)
    for problem in problems[:PROBLEMS_SHOWN]:
        out.print(f"  {printable(problem.where)}: {printable(problem.says)}")
    hidden = added.recorded.problem_count + len(sounds.problems) - PROBLEMS_SHOWN
    if hidden > 0:
        out.print(f"  … and {hidden:,} more problems (--json lists them)")
