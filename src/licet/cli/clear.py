"""`licet clear`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from licet.cli.seal import seal_manifest, sealed_where
from licet.cli.shared import (
    ACTS,
    PURPOSES,
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
from licet.errors import UsageError

if TYPE_CHECKING:
    from licet.parallel import Engine
    from licet.workspace import Cleared

_COLOURS = {"permitted": "green", "refused": "red", "unknown": "yellow", "error": "magenta"}


@click.command("clear")
@click.argument("corpus", type=click.Path(path_type=Path))
@click.option("--use", "act", required=True, type=click.Choice(ACTS), help="What is done with the recordings.")
@click.option("--purpose", required=True, type=click.Choice(PURPOSES), help="What it is done for.")
@click.option("--in", "places", multiple=True, required=True, metavar="PLACE", help="ISO 3166 code, EU, WORLD; repeat.")
@click.option("--on", "day", metavar="YYYY-MM-DD", help="The day asked about. Default: today.")
@click.option(
    "--reading",
    help="How contested law is read: strict (default), cc-guidance-2025, eu-tdm, text-and-data-mining-permissive.",
)
@click.option("--accept", multiple=True, metavar="CONDITION", help="Undertake to keep a condition: share-alike ...")
@click.option("--as", "asker", default="", metavar="PARTY", help="For whom it is asked: grants to PARTY alone count.")
@click.option("--model", default="", metavar="NAME", help="For which model: grants for it alone count.")
@click.option("--audio", type=click.Path(path_type=Path), help="Where the paths of a list begin. Default: beside it.")
@click.option("--column", "columns", multiple=True, metavar="FIELD=COLUMN", help="Which column of a list holds what.")
@click.option("--trust-tags", is_flag=True, help="Let a tag alone permit: only for files whose source you know.")
@click.option("--stated", metavar="LICENCE", help="A licence that the whole corpus is said to be under.")
@click.option(
    "--stated-from", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="The file that says it."
)
@click.option("--out", type=click.Path(path_type=Path), help="Where the manifest goes. Default: in the workspace.")
@click.option("--report/--no-report", default=True, help="Write report.html and ATTRIBUTION.txt too.")
@click.option("--seal/--no-seal", default=True, help="Seal it into the workspace's log, once there is one.")
@work_options
@workspace_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    corpus: Path,
    act: str,
    purpose: str,
    places: tuple[str, ...],
    day: str | None,
    reading: str | None,
    accept: tuple[str, ...],
    asker: str,
    model: str,
    audio: Path | None,
    columns: tuple[str, ...],
    trust_tags: bool,
    stated: str | None,
    stated_from: Path | None,
    out: Path | None,
    report: bool,
    seal: bool,
    workers: int | None,
    engine: Engine,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Clear CORPUS for a use: a verdict, with its reasons and their evidence, for every item.

    CORPUS is a folder of audio, or a list (CSV, TSV, JSONL, Parquet) that names items by path, by identifier
    (jamendo:214) or by digest. A scan that was stopped goes on where it stopped when the same command is given again.

    \b
    Examples:
      licet clear music/ --use train-generative --purpose commercial --in EU --in US
      licet clear tracks.csv --use fine-tune --purpose research --in DE --accept share-alike
      licet clear music/ --use train-generative --purpose commercial --in EU --as lab --model tidal --accept payment
      licet clear music/ --use train-other --purpose commercial --in JP --stated CC-BY-SA-3.0 --stated-from README

    Exit codes: 0 every item is permitted; 1 some are not; 2 an error stopped it.
    """
    from licet.policy import Act, Purpose, Use
    from licet.registry.terms import Asker

    if stated_from is not None and stated is None:
        raise UsageError("--stated-from names a file, and nothing says what it states", mend="add --stated LICENCE")
    use = Use(Act(act), Purpose(purpose), frozenset(places), as_day(day))
    with open_workspace(workspace) as room:
        with progress("Clearing", quiet=as_json) as tick:
            cleared = room.clear(
                corpus,
                use,
                reading=reading,
                accepts=accept,
                asker=Asker(asker, model),
                out=out,
                audio=audio,
                columns=as_columns(columns),
                trust_tags=trust_tags,
                stated=stated,
                stated_from=stated_from,
                today=now().date(),
                workers=workers,
                engine=engine,
                progress=tick,
                report=report,
            )
        if seal and room.receipts.begun:
            seal_manifest(room, cleared.folder, workers, quiet=as_json)
    if as_json:
        print_json("clear", facts_of(cleared))
    else:
        show(cleared)
    context.exit(0 if cleared.counts.permitted == cleared.counts.total else 1)


def facts_of(cleared: Cleared) -> dict[str, Any]:
    """Return what `clear --json` prints: what was asked, where the answer lies, and, last, the counts."""
    from licet.corpus import read_head

    head, _ = read_head(cleared.folder)
    names = "corpus act purpose day reading policy asker model".split()
    asked = {name: getattr(head, name) for name in names}
    return {
        **asked,
        "territories": list(head.territories),
        "accepts": list(head.accepts),
        "trust_tags": head.trust_tags,
        "files": {file.name: str(file) for file in sorted(cleared.folder.iterdir()) if file.is_file()},
        "counts": json.loads(json.dumps({name: getattr(cleared.counts, name) for name in _COLOURS})),
    }


def show(cleared: Cleared) -> None:
    """Print the answer as a table that a lawyer and an engineer both understand."""
    from rich.table import Table

    from licet.corpus import asking, blockers, house_policy, read_head, read_seal, standpoints
    from licet.corpus.telling import titles_of
    from licet.corpus.wording import answer

    head, counts = read_head(cleared.folder)
    with asking(cleared.folder, head.reading) as manifest:
        blocking = blockers(manifest)
        sides = standpoints(manifest, head.reading, counts)
    titles = titles_of(house_policy(), head)
    out = console()
    places = ", ".join(head.territories)
    whom = "".join(f", {how} {printable(name)}" for how, name in (("for", head.asker), ("model", head.model)) if name)
    out.print(
        f"[bold]{printable(head.corpus)}[/bold] — {head.act}, {head.purpose}, in {places}, on {head.day}{whom}, "
        f"read as [bold]{head.reading}[/bold]"
    )
    out.print(answer(counts))
    table = Table(show_edge=False, pad_edge=False)
    table.add_column("read as")
    for name, colour in _COLOURS.items():
        table.add_column(f"[{colour}]{name}[/{colour}]", justify="right")
    for side in sides:
        numbers = (f"{getattr(side.counts, name):,}" for name in _COLOURS)
        style = "bold" if side.reading == head.reading else "dim"
        table.add_row(printable(titles.get(side.reading, side.reading)), *numbers, style=style)
    out.print(table)
    if blocking:
        table = Table(title="What blocks the rest", title_justify="left", show_edge=False, pad_edge=False)
        table.add_column("items", justify="right")
        table.add_column("reason")
        table.add_column("rule", style="dim")
        for block in blocking:
            says = block.says
            if says.endswith(":"):  # what follows differs from item to item
                says = f"{says} {'; '.join(detail.rstrip('.') for detail, _ in block.details)}"
            table.add_row(f"{block.items:,}", printable(says), f"{printable(block.rule)}, {block.status}")
        out.print(table)
    for name in ("report.html", "ATTRIBUTION.txt", "manifest.parquet"):
        if (cleared.folder / name).exists():
            out.print(f"  {printable(str(cleared.folder / name))}", soft_wrap=True)
    if (seal := read_seal(cleared.folder)) is not None:
        out.print(f"  {sealed_where(seal)}", soft_wrap=True)
    out.print("[dim]Licet informs. It is no legal advice. `licet explain ITEM` shows what is behind a verdict.[/dim]")
