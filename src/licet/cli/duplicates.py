"""`licet duplicates`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from licet.cli.contested import say_unfinished
from licet.cli.shared import (
    console,
    json_option,
    open_workspace,
    print_json,
    printable,
    progress,
    work_options,
    workspace_option,
)
from licet.cli.sounding import change, span
from licet.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from licet.identify import FingerprintIndex
    from licet.identify.duplicates import Clusters, Comparer, Pair
    from licet.parallel import Engine

CLUSTERS_SHOWN = 40
PAIRS_SHOWN = 20  # of a cluster


@click.command("duplicates")
@click.option(
    "--least-seconds", type=click.FloatRange(1), default=5.0, show_default=True, help="Leave out pairs that share less."
)
@work_options
@workspace_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    least_seconds: float,
    workers: int | None,
    engine: Engine,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Tell which recordings on record share their sound: copies, excerpts, and faster or slower versions.

    No audio is listened to again. Each pair is told once, as one of three: `same`, nearly all of both; `part`, a
    stretch of either; `changed`, at another speed or pitch. Pairs that hang together make a cluster. Two names for one
    sound are no offence; two licences for it are marked, and worth a look.

    With --json one object a pair is printed, a line each, as soon as it is known, and the clusters at the end.

    \b
    Examples:
      licet duplicates
      licet duplicates --least-seconds 30 --json

    Exit codes: 0 no two recordings share their sound; 1 some do; 2 an error.
    """
    from licet.identify import FingerprintIndex
    from licet.identify.duplicates import Clusters, Comparer, once
    from licet.settings import nearest, read_settings

    folder = workspace or nearest(Path.cwd())
    read_settings(folder)
    index = FingerprintIndex.open(folder / "index")
    comparer = Comparer(folder / "index", index.state, least_seconds)
    clusters = Clusters()
    told: list[Pair] = []
    unfinished: list[str] = []
    with progress("Comparing", quiet=as_json, total=len(index)) as tick:
        for pair in once(_compared(index, comparer, workers, engine, tick, unfinished)):
            clusters.join(pair.first, pair.second)
            told.append(pair)
            if as_json:
                print_json("duplicate", asdict(pair))
    licences: Mapping[str, tuple[str, ...]] = {}
    if told:  # who sounds like whom, the index alone can say; the database is opened for what was found
        with open_workspace(folder) as room:
            licences = room.licences_of(recording for cluster in clusters for recording in cluster)
    if as_json:
        facts = {"recordings": len(index), "pairs": len(told), "clusters": list(clusters), "licences": licences}
        print_json("duplicates", facts | {"unfinished": len(unfinished)})
    else:
        _show(len(index), clusters, told, licences)
        say_unfinished(len(unfinished))
    context.exit(1 if told else 0)


def _compared(
    index: FingerprintIndex,
    comparer: Comparer,
    workers: int | None,
    engine: Engine,
    tick: Callable[[str], None],
    unfinished: list[str],
) -> Iterator[Pair]:
    from licet.parallel import Crashed, ordered_map

    recordings = (known.recording for known in index.recordings())
    for one in ordered_map(comparer, recordings, workers=workers, engine=engine):
        if isinstance(one, Crashed):
            raise UsageError(f"the process that compared {one.item} was killed", mend="try --workers 1")
        tick("shared" if one.pairs else "alone")
        if one.more:
            unfinished.append(one.recording)
        yield from one.pairs


def _show(recordings: int, clusters: Clusters, pairs: list[Pair], licences: Mapping[str, tuple[str, ...]]) -> None:
    from rich.table import Table

    out = console()
    if not pairs:
        out.print(f"No two of the {recordings:,} recordings on record share their sound.")
        return
    groups = list(clusters)
    told: dict[str, list[Pair]] = {}
    for pair in pairs:
        told.setdefault(pair.first, []).append(pair)
    table = Table(title=f"Sound is shared: pairs {len(pairs):,}, clusters {len(groups):,}", title_justify="left")
    for column in ("recording", "recording", "relation", "where", "change", "licences"):
        table.add_column(column, overflow="fold")
    for group in groups[:CLUSTERS_SHOWN]:
        within = sorted(
            (pair for first in group for pair in told.get(first, ())), key=lambda one: (one.first, one.second)
        )
        for pair in within[:PAIRS_SHOWN]:
            table.add_row(*_row(pair), _licences(licences.get(pair.first, ()), licences.get(pair.second, ())))
        if len(within) > PAIRS_SHOWN:
            table.add_row(f"… and {len(within) - PAIRS_SHOWN:,} more pairs")
        table.add_section()
    out.print(table)
    if len(groups) > CLUSTERS_SHOWN:
        out.print(f"… and {len(groups) - CLUSTERS_SHOWN:,} more clusters (--json lists them)")


def _row(pair: Pair) -> tuple[str, ...]:
    longest = max(pair.stretches, key=lambda one: one.first_end_s - one.first_start_s)
    first = span(longest.first_start_s, longest.first_end_s)
    second = span(longest.second_start_s, longest.second_end_s)
    more = f" and {len(pair.stretches) - 1} more" if len(pair.stretches) > 1 else ""
    return (
        f"{printable(pair.first)} ({pair.first_share:.0%})",
        f"{printable(pair.second)} ({pair.second_share:.0%})",
        pair.relation,
        f"{first} is {second}{more}",
        change(longest.time_factor, longest.frequency_factor) or "none",
    )


def _licences(first: tuple[str, ...], second: tuple[str, ...]) -> str:
    """Tell one statement, or both where they differ; where one is silent, there is nothing to differ from."""
    ours, theirs = (printable(", ".join(names)) for names in (first, second))
    if first and second and first != second:
        return f"[red]{ours} | {theirs}[/red]"
    return ours or theirs
