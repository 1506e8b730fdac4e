"""`licet bulk`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from licet import __version__
from licet.cli.shared import as_day, console, json_option, now, open_workspace, print_json, printable, workspace_option
from licet.policy import Act, Purpose, Use

if TYPE_CHECKING:
    from licet.corpus import InBulk


@click.command("bulk")
@click.argument("items", type=click.Path(path_type=Path))
@click.option("--use", "act", required=True, type=click.Choice([act.value for act in Act]), help="What is done.")
@click.option(
    "--purpose", required=True, type=click.Choice([one.value for one in Purpose]), help="What it is done for."
)
@click.option("--in", "places", multiple=True, required=True, metavar="PLACE", help="ISO 3166 code, EU, WORLD; repeat.")
@click.option("--on", "day", metavar="YYYY-MM-DD", help="The day asked about. Default: today.")
@click.option("--reading", help="How contested law is read: strict (default), or another of the policy's.")
@click.option("--accept", multiple=True, metavar="CONDITION", help="Undertake to keep a condition: share-alike ...")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Where the verdicts go: a Parquet file.")
@workspace_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    items: Path,
    act: str,
    purpose: str,
    places: tuple[str, ...],
    day: str | None,
    reading: str | None,
    accept: tuple[str, ...],
    out: Path,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Decide on every item of a table at once: ten million take about twenty seconds.

    ITEMS is a Parquet file with a row for each statement: what it is about (`item`), the statement as worded
    (`licence`) and, where known, who says so, of what and when. Nothing is looked up and nothing is listened to; the
    workspace lends its policy and the conditions that it accepts.

    Beside the verdicts lie their classes (VERDICTS.classes.parquet), with every reason.

    \b
    Example:
      licet bulk items.parquet --use train-generative --purpose commercial --in EU --out verdicts.parquet

    Exit codes: 0 every item is permitted; 1 some are not; 2 an error stopped it.
    """
    from licet.corpus import decide_in_bulk

    use = Use(Act(act), Purpose(purpose), frozenset(places), as_day(day))
    with open_workspace(workspace) as room:
        done = decide_in_bulk(
            items,
            out,
            use=use,
            policy=room.policy,
            reading=reading or room.settings.reading,
            accepts=frozenset({*room.settings.accept, *accept}),
            today=now().date(),
            licet=__version__,
        )
    if as_json:
        print_json("bulk", facts_of(done))
    else:
        show(done)
    context.exit(0 if done.counts.permitted == done.counts.total else 1)


def facts_of(done: InBulk) -> dict[str, Any]:
    """Return what `bulk --json` prints: what was asked, where the answer lies, and, last, the counts."""
    head = msgspec.to_builtins(done.head)
    asked = ("items", "act", "purpose", "territories", "day", "reading", "accepts", "policy", "policy_sha256")
    return {
        **{name: head[name] for name in asked},
        "verdicts": str(done.verdicts),
        "classes_file": str(done.classes),
        "kinds": done.kinds,
        "classes": done.decided,
        "errors": [{"says": says, "items": items} for says, items in done.errors],
        "counts": msgspec.to_builtins(done.counts),
    }


def show(done: InBulk) -> None:
    """Print the counts under the reading that was asked for, and what was wrong with rows that could not be read."""
    from rich.table import Table

    out, head, counts = console(), done.head, done.counts
    out.print(
        f"[bold]{printable(head.items)}[/bold] — {head.act}, {head.purpose}, in {', '.join(head.territories)}, "
        f"on {head.day}, read as [bold]{head.reading}[/bold]"
    )
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("verdict")
    table.add_column("items", justify="right")
    table.add_column("share", justify="right")
    for name, count in msgspec.structs.asdict(counts).items():
        table.add_row(name, f"{count:,}", f"{count / max(counts.total, 1):.1%}")
    out.print(table)
    out.print(f"{counts.total:,} items of {done.kinds:,} kinds of row, in {done.decided:,} classes")
    for says, items in done.errors:
        out.print(f"  {items:,} in error: {printable(says)}")
    for path in (done.verdicts, done.classes):
        out.print(f"  {printable(str(path))}", soft_wrap=True)
    out.print("[dim]Licet informs. It is no legal advice.[/dim]")
