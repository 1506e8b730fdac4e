"""`licet accept`."""

from __future__ import annotations

from pathlib import Path

import click

from licet.cli.shared import console, json_option, now, open_workspace, print_json, printable, workspace_option

FILE = click.Path(path_type=Path)


@click.command("accept")
@click.argument("quote", type=FILE)
@click.option("--as", "party", required=True, metavar="PARTY", help="Who accepts: for whom the quote was made.")
@click.option("--manifest", type=FILE, help="The manifest that was quoted. Default: it is looked for.")
@click.option("--key", type=FILE, help="PARTY's own private key: it signs the acceptances and the agreement.")
@click.option("--actor", default="desk", show_default=True, help="Who enters it.")
@click.option("--out", type=FILE, help="Write the agreement here, signed by the log's key (DSSE).")
@workspace_option
@json_option
def command(
    quote: Path,
    party: str,
    manifest: Path | None,
    key: Path | None,
    actor: str,
    out: Path | None,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Accept QUOTE: the offers in it are accepted, and their parties grant what they offered, at once and in the log.

    It is quoted again first: where an offer was taken back, or something else is to be paid by now, nothing is said.
    Clear the corpus again then, or reopen its receipts: what was priced is permitted. Accepting it again does nothing.

    \b
    Examples:
      licet accept quote.json --as lab --key lab.key --out agreement.json
      licet clear corpus/ --use train-generative --purpose commercial --in EU --as lab --model tidal --accept payment
    """
    import msgspec

    from licet.placing import place
    from licet.registry.quotes import read_quote
    from licet.transparency import read_key

    signer = None if key is None else read_key(key)
    given = read_quote(quote)
    with open_workspace(workspace) as room:
        agreement = room.market.accept(given, party, now(), actor, signer, manifest)
        receipt = room.market.receipt(agreement, signer)
    if out is not None:
        place({out: msgspec.json.encode(receipt)})
    if as_json:
        print_json("agreement", msgspec.to_builtins(agreement))
        return
    shown = console()
    for due in agreement.due:
        owed = ", ".join((*due.amounts, *due.revenue))
        shown.print(f"due to {printable(due.party)}: {owed}", soft_wrap=True)
    for one in (*agreement.acceptances, *agreement.grants):
        kind = "acceptance" if one in agreement.acceptances else f"grant by {printable(one.party)}"
        shown.print(f"{kind} {one.id}, entry {one.place} of the log", soft_wrap=True)
