"""`licet register`."""

from __future__ import annotations

from pathlib import Path

import click

from licet.cli.shared import json_option, now, open_workspace, print_json, workspace_option


@click.command("register")
@click.argument("party")
@click.argument("holdings", type=click.Path(path_type=Path))
@workspace_option
@json_option
def command(party: str, holdings: Path, workspace: Path | None, as_json: bool) -> None:
    """Put on record who holds what in recordings, as PARTY says: HOLDINGS is a CSV, a line for each holding.

    Its columns are `recording` (a key on record, such as jamendo:214), `right` (recording or work; empty is both),
    `holder` (a party's id; empty is PARTY itself) and `share` (1/2, 0.5 or 50%; empty is the whole). Put the recordings
    on record first, with their sound: licet add. What PARTY had registered of a right gives way to what it says now.

    \b
    Example:
      licet register ann holdings.csv
    """
    from licet.registry.listing import read_holdings

    with open_workspace(workspace) as room:
        count = room.desk.register_listed(party, read_holdings(holdings, party), now())
    if as_json:
        print_json("register", {"party": party, "holdings": count})
    else:
        click.echo(f"{count:,} holdings on record")
