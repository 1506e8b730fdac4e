"""`licet seal`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from licet.cli.shared import (
    console,
    json_option,
    now,
    open_workspace,
    print_json,
    printable,
    progress,
    workers_option,
    workspace_option,
)

if TYPE_CHECKING:
    from licet.corpus import Seal
    from licet.workspace import Workspace


@click.command("seal")
@click.argument("manifest", type=click.Path(path_type=Path), required=False)
@workers_option
@workspace_option
@json_option
def command(manifest: Path | None, workers: int | None, workspace: Path | None, as_json: bool) -> None:
    """Seal MANIFEST (a folder; default: the latest) into the workspace's log: every verdict in it gets a receipt.

    One entry is appended, whatever the number of items. `licet clear` does it by itself once there is a log.

    \b
    Examples:
      licet log init example.org/our-log
      licet seal
    """
    with open_workspace(workspace) as room:
        seal = seal_manifest(room, manifest or room.latest_manifest(), workers, quiet=as_json)
    if as_json:
        print_json("seal", {"origin": seal.origin, "place": seal.place})
    else:
        console().print(sealed_where(seal), soft_wrap=True)


def seal_manifest(room: Workspace, manifest: Path, workers: int | None, *, quiet: bool) -> Seal:
    """Seal a manifest, with a salt of this machine's own making."""
    with progress("Sealing", quiet=quiet) as tick:
        return room.receipts.seal(manifest, salt=fresh_salt(), at=now(), workers=workers, progress=tick)


def fresh_salt() -> bytes:
    """Return random bytes, as many as a set is salted with."""
    from licet.transparency.membership import SALT_BYTES

    return os.urandom(SALT_BYTES)


def sealed_where(seal: Seal) -> str:
    """Say where a manifest is sealed."""
    return f"sealed: entry {seal.place} of {printable(seal.origin)}; `licet receipt ITEM` proves a verdict"
