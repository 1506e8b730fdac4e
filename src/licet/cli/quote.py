"""`licet quote`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from licet.cli.shared import console, json_option, now, open_workspace, print_json, printable, workspace_option

if TYPE_CHECKING:
    from licet.registry.quotes import Quote

FOLDER = click.Path(path_type=Path)
RUNS = click.IntRange(1, 1_000_000)
SIDES = {"recording": "recording", "work": "composition", "both": "both", "all": "all"}


@click.command("quote")
@click.argument("manifest", type=FOLDER, required=False)
@click.option("--as", "party", required=True, metavar="PARTY", help="For whom: a party on record.")
@click.option("--model", default="", metavar="NAME", help="For which model. Default: any of PARTY's.")
@click.option("--runs", type=RUNS, default=1, show_default=True, help="Training runs to pay for.")
@click.option("--out", type=FOLDER, help="Write the quote here, to accept it later.")
@click.option("--requests", type=FOLDER, help="Write what to ask of holders without an offer into this folder.")
@workspace_option
@json_option
def command(
    manifest: Path | None,
    party: str,
    model: str,
    runs: int,
    out: Path | None,
    requests: Path | None,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Tell what it costs to license what MANIFEST refuses, by the offers on record. Default: the latest manifest.

    Each recording is paid for once, however many copies there are. What is priced is proved: with the grants that
    accepting makes, it is permitted. What cannot be licensed wholly is listed with why, and not priced. A quote is for
    one model, and holds for 30 days, or until the first of its offers ends.

    \b
    Examples:
      licet quote --as lab --model tidal --runs 3 --out quote.json
      licet quote manifests/corpus-train-generative-commercial --as lab --requests letters/ --json

    Exit codes: 0 all that was refused can be licensed; 1 something cannot.
    """
    import msgspec

    from licet.placing import place
    from licet.registry.agreeing import drafted
    from licet.registry.terms import Asker

    with open_workspace(workspace) as room:
        folder = manifest or room.latest_manifest()
        quote = room.market.quote(folder, Asker(party, model), now(), runs=runs)
    files = {} if out is None else {out: quote.encoded()}
    if requests is not None:
        files |= {requests / f"{one.party}.txt": drafted(one, quote).encode() for one in quote.requests}
    place(files)
    if as_json:
        print_json("quote", {"id": quote.id} | msgspec.to_builtins(quote))
    else:
        _show(quote)
    sys.exit(1 if quote.hindered else 0)


def _show(quote: Quote) -> None:
    from rich.table import Table

    out = console()
    table = Table(box=None, pad_edge=False)
    for name in ("offer", "party", "for", "recordings", "rates", "comes to"):
        table.add_column(name, justify="right" if name in {"recordings", "comes to"} else "left")
    for line in quote.lines:
        rates, owed = "; ".join(map(str, line.rates)), ", ".join(filter(None, (line.price, *line.revenue)))
        table.add_row(line.offer[:12], printable(line.party), SIDES[line.side], f"{line.recordings:,}", rates, owed)
    for total in quote.totals:
        table.add_row("", "", f"sum, {SIDES[total.side]}", "", "", total.amount)
    if quote.lines:
        out.print(table)
    for count, words in (
        (quote.permitted, "need nothing more"),
        (quote.on_payment, "are permitted once payment is accepted, by what is on record"),
        (quote.licensed, f"are licensed by this quote, valid until {quote.valid_until}"),
        (quote.hindered, "cannot be licensed:"),
    ):
        if count:
            out.print(f"{count:>7,} {words}")
    for one in quote.why:
        first = ", ".join(map(printable, one.first))
        more = ", …" if one.items > len(one.first) else ""
        out.print(f"{one.items:>9,} {printable(one.why)} ({first}{more})", soft_wrap=True)
    for request in quote.requests:
        count = sum(len(portion.recordings) for portion in request.portions)
        out.print(f"ask {printable(request.name)} for an offer of {count:,} (--requests drafts it)")
    out.print(f"quote {quote.id}", soft_wrap=True)
