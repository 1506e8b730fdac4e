"""`licet reopen`."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from licet.cli.seal import fresh_salt
from licet.cli.shared import (
    as_day,
    console,
    json_option,
    now,
    open_workspace,
    print_json,
    printable,
    progress,
    workspace_option,
)

if TYPE_CHECKING:
    from licet.workspace.reopening import Reopening

SHOWN = 20


@click.command("reopen")
@click.option("--on", "day", metavar="YYYY-MM-DD", help="The day that is decided for. Default: today.")
@click.option("--evidence", multiple=True, metavar="SHA256", help="Open besides what leans on this evidence; repeat.")
@click.option("--recording", multiple=True, metavar="KEY", help="Open besides what names this recording; repeat.")
@click.option("--feeds", type=click.Path(path_type=Path), help="Where the feeds go. Default: feeds, in the workspace.")
@workspace_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    day: str | None,
    evidence: tuple[str, ...],
    recording: tuple[str, ...],
    feeds: Path | None,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Decide again on every receipt that leans on what has changed, and supersede in the log what comes out otherwise.

    What changed is found by itself: sources that were added again, addresses that were gathered again, the policy. What
    became of each receipt goes into two feeds, Atom and JSON Feed.

    \b
    Examples:
      licet add mtg-jamendo checkout/ && licet reopen
      licet reopen --recording jamendo:214

    Exit codes: 0 nothing is superseded; 1 something is; 2 an error stopped it.
    """
    from licet.exports.feed import write_feeds

    with open_workspace(workspace) as room:
        with progress("Deciding again", quiet=as_json) as tick:
            came = list(
                room.reopen(
                    day=as_day(day),
                    at=now(),
                    salt=fresh_salt,
                    evidence=evidence,
                    recordings=recording,
                    progress=tick,
                )
            )
        book = room.receipts
        files = write_feeds(book.log().head.origin, book.manifests(), feeds or room.folder / "feeds")
    if as_json:
        print_json("reopen", {"manifests": [_facts(one) for one in came], "feeds": list(map(str, files))})
    else:
        for one in came:
            _show(one)
        if not came:
            console().print("Nothing that a receipt leans on has changed.")
    context.exit(1 if any(one.superseded for one in came) else 0)


def _facts(one: Reopening) -> dict[str, object]:
    import msgspec

    return {
        "manifest": str(one.manifest),
        "because": list(one.because),
        "looked_at": one.looked_at,
        "superseded": one.superseded,
        "by": None if one.by is None else str(one.by),
        "place": None if one.seal is None else one.seal.place,
        "lines": [msgspec.to_builtins(line) for line in one.lines()],
    }


def _show(one: Reopening) -> None:
    from licet.corpus import read_head

    out = console()
    head, _ = read_head(one.manifest)
    out.print(f"{printable(head.corpus)}, {head.act}, {head.purpose}: {'; '.join(one.because)}", soft_wrap=True)
    out.print(f"  {one.looked_at:,} receipts looked at, {one.superseded:,} superseded", soft_wrap=True)
    for line in islice(one.lines(), SHOWN):
        out.print(f"  {printable(line.item)}: {line.before} → {line.after}", soft_wrap=True)
        for says in line.says:
            out.print(f"    {printable(says)}", soft_wrap=True)
    if one.superseded > SHOWN:
        out.print(f"  and {one.superseded - SHOWN:,} more: --json lists them")
    if one.seal is not None:
        out.print(f"  entry {one.seal.place} of {printable(one.seal.origin)}", soft_wrap=True)
