"""`licet offer`."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from licet.cli.saying import statement_options
from licet.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

BASES = ("recording", "minute", "run", "model", "revenue")


def _rates(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add what an offer costs; the command is given it as `rates`."""

    @click.option("--per-recording", "recording_rate", metavar="MONEY", help='Each recording, such as "2 EUR".')
    @click.option("--per-minute", "minute_rate", metavar="MONEY", help="Each minute of sound.")
    @click.option("--per-run", "run_rate", metavar="MONEY", help="Each training run, however many recordings.")
    @click.option("--per-model", "model_rate", metavar="MONEY", help="Each model that it is granted for.")
    @click.option("--revenue", "revenue_rate", metavar="PERCENT", help="A share of what a model earns, such as 2.5.")
    @click.option(
        "--minimum",
        "minimums",
        multiple=True,
        metavar="[RATE=]MONEY",
        help="What a rate comes to at least; of several rates, name it: minute=50 EUR; repeat.",
    )
    @wraps(function)
    def with_rates(minimums: tuple[str, ...], **facts: Any) -> None:  # noqa: ANN401  (options of several types)
        amounts = {basis: facts.pop(f"{basis}_rate") for basis in BASES}
        stated = {basis: amount for basis, amount in amounts.items() if amount}
        least = dict(_minimum(text, stated) for text in minimums)
        rates = [{"basis": basis, "amount": one, "minimum": least.get(basis, "")} for basis, one in stated.items()]
        function(rates=rates, **facts)

    return with_rates


@click.command("offer")
@_rates
@click.option(
    "--asks", multiple=True, metavar="CONDITION", help="What it asks besides payment: attribution ...; repeat."
)
@click.option("--to", "grantees", multiple=True, metavar="PARTY", help="To this party alone; repeat. Default: anybody.")
@click.option("--model", "models", multiple=True, help="For this model alone; repeat.")
@click.option("--exclusive", is_flag=True, help="To whoever accepts first, and reserved against all others.")
@click.option("--irrevocable", is_flag=True, help="A revocation leaves what was copied under it.")
@statement_options
def offer() -> None:
    """Put on record at what price PARTY grants uses of what it holds.

    An offer permits nobody. Whoever accepts it has a grant from that moment on, and owes its price: every rate that is
    named, added up, in one currency; a share of revenue stands apart. Take it back with `licet revoke`.

    \b
    Examples:
      licet offer quay --all --use train-generative --purpose commercial --in EU --per-recording "2 EUR"
      licet offer ann --all --right work --per-minute "0.05 EUR" --per-model "100 EUR" --minimum "minute=50 EUR"
      licet offer ann --artist "Ann" --revenue 2.5 --until 2027-12-31 --key ann.key
    """


def _minimum(text: str, stated: dict[str, str]) -> tuple[str, str]:
    basis, equals, amount = text.partition("=")
    if not equals and len(stated) == 1:
        return next(iter(stated)), text
    if basis not in stated or not equals:
        raise UsageError(f"--minimum: {text!r} is of no rate that is named", mend='such as "minute=50 EUR"')
    return basis, amount


command = offer
