"""`licet prove`."""

from __future__ import annotations

from pathlib import Path

import click

from licet.cli.shared import open_workspace, workspace_option
from licet.errors import UsageError


@click.command("prove")
@click.argument("name")
@click.option("--manifest", type=click.Path(path_type=Path), help="A sealed manifest's folder. Default: the latest.")
@click.option("--run", "run", metavar="RUN", help="A finished run: prove that it read NAME, or that it did not.")
@workspace_option
def command(name: str, manifest: Path | None, run: str | None, workspace: Path | None) -> None:
    """Print a proof that NAME is in a sealed manifest, or that it is not. `licet verify` tells which, offline.

    NAME is a recording's identifier (jamendo:214), an item, or the SHA-256 of a file. Nothing else of the manifest is
    shown but the salted hashes beside it. With --run, the proof is of what a finished run read. Where what is named
    goes by several names, such as those of its copies, the proof is of one that is there, if one is.

    \b
    Examples:
      licet prove jamendo:214 > proof.json
      licet prove sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
      licet prove jamendo:214 --run first > unread.json
    """
    import msgspec

    if run is not None and manifest is not None:
        raise UsageError("a proof is of a manifest or of a run", mend="give --manifest or --run")
    with open_workspace(workspace) as room:
        if run is not None:
            proof = room.scrubber.prove(run, name)
        else:
            proof = room.scrubber.prove_in_manifest(manifest or room.latest_manifest(), name)
    click.echo(msgspec.json.encode(proof).decode())
