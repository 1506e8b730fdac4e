"""`licet tell`."""

from __future__ import annotations

from pathlib import Path

import click

from licet.cli.shared import json_option, now, open_workspace, print_json, workspace_option


@click.command("tell")
@click.argument("manifest", type=click.Path(path_type=Path), required=False)
@workspace_option
@json_option
def command(manifest: Path | None, workspace: Path | None, as_json: bool) -> None:
    """Tell the parties that watch which of their recordings were found in MANIFEST (sealed; default: the latest).

    Until you do, a finding is yours alone. What is told is counted by verdict, names the use and the log's entry, and
    says that a finding is no proof of training. It waits in the outbox: licet notices --deliver sends it.

    \b
    Example:
      licet tell && licet notices --deliver --key hooks.key
    """
    with open_workspace(workspace) as room:
        told = room.notices.tell(manifest or room.latest_manifest(), now())
    if as_json:
        print_json("tell", {"told": told})
    elif told:
        for party, items in told.items():
            click.echo(f"{items:>9,}  {party}")
    else:
        click.echo("Nobody who watches holds anything in it.")
