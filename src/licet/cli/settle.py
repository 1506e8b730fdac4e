"""`licet settle`."""

from __future__ import annotations

from pathlib import Path

import click

from licet.cli.saying import word
from licet.cli.shared import json_option, workspace_option


@click.command("settle")
@click.argument("party")
@click.argument("statement")
@click.option("--upheld/--dismissed", required=True, help="Whether the disputed statement falls, or stands.")
@click.option("--words", default="", help="Why: for people to read.")
@click.option("--actor", default="desk", show_default=True, help="Who enters it.")
@click.option("--key", type=click.Path(path_type=Path), help="PARTY's own private key: it signs the statement.")
@workspace_option
@json_option
def command(
    party: str,
    statement: str,
    upheld: bool,
    words: str,
    actor: str,
    key: Path | None,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Settle a dispute; STATEMENT is the dispute's id. PARTY is who settles it.

    \b
    Examples:
      licet settle arbiter 77aa… --upheld
      licet settle arbiter 77aa… --dismissed
    """
    word("settlement", party, workspace, key, as_json=as_json, of=statement, upheld=upheld, words=words, actor=actor)
