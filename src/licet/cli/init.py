"""`licet init`."""

from __future__ import annotations

from pathlib import Path

import click

from licet.cli.shared import json_option, print_json


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path), default=".")
@click.option("--database", default="licet.db", metavar="URL", help="A file in it (licet.db), or postgresql://...")
@json_option
def command(folder: Path, database: str, as_json: bool) -> None:
    """Make a workspace in FOLDER (default: here).

    A workspace keeps the catalogue, the sounds on record, the evidence and the manifests. It is an ordinary folder:
    copy it to back it up.

    \b
    Examples:
      licet init clearance/
      licet init clearance/ --database postgresql://licet@db.example.org/licet
    """
    from licet.workspace import Workspace

    with Workspace.init(folder, database):
        pass
    if as_json:
        print_json("init", {"workspace": str(folder)})
    else:
        click.echo(f"A workspace is ready in {folder}. Next: licet add SOURCE PATH")
