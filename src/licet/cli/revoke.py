"""`licet revoke`."""

from __future__ import annotations

import click

from licet.cli.saying import about_options


@click.command("revoke")
@about_options
def revocation() -> None:
    """Take back a grant or a reservation of PARTY's own; STATEMENT is its id.

    It binds every clearance from this moment on, and none before. What was copied under an irrevocable grant stays.

    \b
    Example:
      licet revoke ann 4f0c…
    """


command = revocation
