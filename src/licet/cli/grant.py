"""`licet grant`."""

from __future__ import annotations

import click

from licet.cli.saying import statement_options


@click.command("grant")
@click.option("--asks", multiple=True, metavar="CONDITION", help="What it asks for: attribution, payment ...; repeat.")
@click.option("--to", "grantees", multiple=True, metavar="PARTY", help="To this party alone; repeat. Default: anybody.")
@click.option("--model", "models", multiple=True, help="For this model alone; repeat.")
@click.option("--exclusive", is_flag=True, help="To nobody else: reserved against all others.")
@click.option("--irrevocable", is_flag=True, help="A revocation leaves what was copied under it.")
@statement_options
def grant() -> None:
    """Put on record that PARTY allows uses of what it holds.

    It clears what PARTY holds: a recording and its composition are clear when all who hold a share have granted, and
    their shares sum to the whole. A grant is heard by every clearance from this moment on, and is in the log.

    \b
    Examples:
      licet grant ann --recording jamendo:214 --use train-generative --purpose commercial --in EU
      licet grant ann --recording jamendo:214 --to lab --model tidal --asks payment
      licet grant ann --all --asks attribution --asks payment --until 2027-12-31 --key ann.key
    """


command = grant
