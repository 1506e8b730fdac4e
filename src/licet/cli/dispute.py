"""`licet dispute`."""

from __future__ import annotations

import click

from licet.cli.saying import about_options


@click.command("dispute")
@about_options
def dispute() -> None:
    """Dispute what another party said; STATEMENT is its id. Until it is settled, what that grants is unknown.

    \b
    Example:
      licet dispute bob 4f0c… --words "the master is ours"
    """


command = dispute
