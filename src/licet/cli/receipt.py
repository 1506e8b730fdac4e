"""`licet receipt`."""

from __future__ import annotations

from pathlib import Path

import click

from licet.cli.shared import open_workspace, workspace_option


@click.command("receipt")
@click.argument("item")
@click.option("--manifest", type=click.Path(path_type=Path), help="A sealed manifest's folder. Default: the latest.")
@click.option(
    "--also", type=click.Path(path_type=Path), multiple=True, help="A private key that signs too, besides the log's."
)
@workspace_option
def command(item: str, manifest: Path | None, also: tuple[Path, ...], workspace: Path | None) -> None:
    """Print the receipt of ITEM: its verdict, bound to the evidence, signed, with its way into the log.

    ITEM is named as in the manifest, or by a recording's identifier; where that is in several items, each has a
    receipt, on a line of its own. Whoever has the log's public key checks a receipt offline, with `licet verify`.

    \b
    Examples:
      licet receipt albums/track01.mp3 > receipt.json
      licet receipt jamendo:214 --also keys/legal.key
    """
    import msgspec

    from licet.transparency import read_key

    signers = [read_key(path) for path in also]
    with open_workspace(workspace) as room:
        for _, receipt in room.receipts.receipts(manifest or room.latest_manifest(), item, signers):
            click.echo(msgspec.json.encode(receipt).decode())
