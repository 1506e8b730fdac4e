"""`licet settle`."""

from __future__ import annotations

import click

from licet.cli.saying import about_options


@click.command("settle")
@click.option("--upheld/--dismissed", required=True, help="Whether the disputed statement falls, or stands.")
@about_options
def settlement() -> None:
    """Settle a dispute; STATEMENT is the dispute's id. PARTY is who settles it.

    \b
    Examples:
      licet settle arbiter 77aa… --upheld
      licet settle arbiter 77aa… --dismissed
    """


command = settlement
