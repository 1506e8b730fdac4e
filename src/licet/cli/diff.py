"""`licet diff`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from licet.cli.shared import console, json_option, print_json, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from licet.corpus import Difference
    from licet.corpus.diff import Change


@click.command("diff")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--limit", type=click.IntRange(0), default=5, help="Reasons and examples of each change. Default: 5.")
@json_option
@click.pass_context
def command(context: click.Context, old: Path, new: Path, limit: int, as_json: bool) -> None:
    """Show what changed from OLD to NEW: what was asked, the evidence, the verdicts; and why.

    Each is a manifest's folder, written by `licet clear`, or verdicts written by `licet bulk`. An item that is in
    one of them only is `absent` in the other, and counts as changed.

    \b
    Example:
      licet diff january/ february/

    Exit codes: 0 no verdict changed; 1 some did; 2 an error.
    """
    from licet.corpus import difference

    found = difference(old, new, limit=limit)
    if as_json:
        asked = [{"what": what, "before": before, "after": after} for what, before, after in found.asked]
        print_json("diff", {**asdict(found), "asked": asked, "changed": found.changed})
    else:
        show(found)
    context.exit(1 if found.changed else 0)


def show(found: Difference) -> None:
    """Print what changed, the commonest first."""
    out = console()
    for what, before, after in found.asked:
        out.print(f"{what}: {printable(str(before))} → {printable(str(after))}")
    told = ", ".join(f"{items:,} {name}" for name, items in found.evidence.items())
    out.print(f"Evidence, by items: {told}")
    out.print(f"Verdicts: {found.changed:,} changed, {found.same:,} the same")
    _show_changes(found.verdicts)
    if found.reasons:
        out.print("The same verdict for other reasons:")
        _show_changes(found.reasons)


def _show_changes(changes: Sequence[Change]) -> None:
    out = console()
    for change in changes:
        out.print(f"[bold]{change.before} → {change.after}[/bold]: {change.items:,} items")
        for sign, reasons in (("+", change.appeared), ("−", change.went)):
            for one in reasons:
                out.print(f"  {sign} {one.items:,}: {printable(one.says)} ({printable(one.rule)})")
        if change.examples:
            out.print(f"  such as {', '.join(map(printable, change.examples))}")
