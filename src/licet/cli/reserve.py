"""`licet reserve`."""

from __future__ import annotations

import click

from licet.cli.saying import statement_options


@click.command("reserve")
@statement_options
def reservation() -> None:
    """Put on record that PARTY reserves uses of what it holds: an opt-out, bound to the sound.

    It is honoured whatever a file's tags say, and however small PARTY's share is. A narrower grant of PARTY's own is
    taken out of it.

    \b
    Examples:
      licet reserve ann --all --use train-generative
      licet reserve ann --recording jamendo:214
    """


command = reservation
