"""`licet dispute`."""

from __future__ import annotations

from pathlib import Path

import click

from licet.cli.saying import word
from licet.cli.shared import json_option, workspace_option


@click.command("dispute")
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
    """Dispute what another party said; STATEMENT is its id. Until it is settled, what that grants is unknown.

    \b
    Example:
      licet dispute bob 4f0c… --words "the master is ours"
    """
    word("dispute", party, workspace, key, as_json=as_json, of=statement, words=words, actor=actor)
