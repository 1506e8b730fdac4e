"""`licet revoke`."""

from __future__ import annotations

from pathlib import Path

import click

from licet.cli.saying import word
from licet.cli.shared import json_option, workspace_option


@click.command("revoke")
@click.argument("party")
@click.argument("statement")
@click.option("--words", default="", help="Why: for people to read.")
@click.option("--actor", default="desk", show_default=True, help="Who enters it.")
@click.option("--key", type=click.Path(path_type=Path), help="PARTY's own private key: it signs the statement.")
@workspace_option
@json_option
def command(
    party: str, statement: str, words: str, actor: str, key: Path | None, workspace: Path | None, as_json: bool
) -> None:
    """Take back a grant or a reservation of PARTY's own; STATEMENT is its id.

    It binds every clearance from this moment on, and none before. What was copied under an irrevocable grant stays.

    \b
    Example:
      licet revoke ann 4f0c…
    """
    word("revocation", party, workspace, key, as_json=as_json, of=statement, words=words, actor=actor)
