"""`licet watch`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from licet.cli.shared import json_option, now, open_workspace, print_json, workspace_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command("watch")
@click.argument("party")
@click.argument("address")
@click.option("--stop", is_flag=True, help="Hear there no longer.")
@workspace_option
@json_option
def command(party: str, address: str, stop: bool, workspace: Path | None, as_json: bool) -> None:
    """Let PARTY hear at ADDRESS.

    That is a mailbox (mailto:ann@example.org), a web hook (https://example.org/hook), or a feed (feed:ann). PARTY hears
    when a statement of its own is disputed or settled, which of its recordings were found in a clearance, where whoever
    made that tells of it (licet tell), and which receipts were superseded that it had asked for (licet clear --as).

    \b
    Examples:
      licet watch ann mailto:ann@example.org
      licet watch ann mailto:ann@example.org --stop
    """
    from licet.registry.outbox import Address

    to = Address(address)
    with open_workspace(workspace) as room:
        room.desk.known(party, now())
        room.notices.watch(party, to, now(), active=not stop)
    if as_json:
        print_json("watch", {"party": party, "address": to.text, "active": not stop})
    else:
        click.echo(f"{party} hears at {to.text}{' no longer' if stop else ''}")
