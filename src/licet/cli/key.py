"""`licet key`."""

from __future__ import annotations

from pathlib import Path

import click

from licet.cli.shared import console, json_option, now, open_workspace, print_json, printable, workspace_option


@click.group("key")
def command() -> None:
    """Make keys, hand the log over to a new one, and say which are believed no longer.

    A private key is never shown, and only its owner may read its file.

    \b
    Examples:
      licet key make keys/legal.key example.org/legal
      licet key rotate
      licet key revoke old.pub --why "the laptop was stolen"
    """


@command.command("make")
@click.argument("path", type=click.Path(path_type=Path))
@click.argument("name")
@json_option
def make(path: Path, name: str, as_json: bool) -> None:
    """Make a key at PATH that signs under NAME; its public half goes beside it, as PATH.pub."""
    from licet.transparency import make_key

    _show(str(make_key(path, name).verifier), path, as_json=as_json)


@command.command("show")
@workspace_option
@json_option
def show(workspace: Path | None, as_json: bool) -> None:
    """Show the public key that the workspace's log is signed with, and what was said of its keys."""
    import json

    with open_workspace(workspace) as room:
        key = str(room.receipts.signer().verifier)
        said = [json.loads(one.body)["predicate"] for one in room.receipts.history()]
    if as_json:
        print_json("key", {"public_key": key, "said": said})
        return
    out = console()
    out.print(printable(key), soft_wrap=True)
    for one in said:
        out.print(printable(f"  {one['at']}  {one['act']:<9} {one['key']} {one['why']}"), soft_wrap=True)


@command.command("rotate")
@workspace_option
@json_option
def rotate(workspace: Path | None, as_json: bool) -> None:
    """Make a new key for the log; the old one names it as its successor, in the log. The old one is kept beside it.

    Receipts that were given out stay good, and new ones are checked with the old public key too: they bring along what
    it said. Where the old key was stolen, revoke it next.
    """
    with open_workspace(workspace) as room:
        signer = room.receipts.rotate(now())
        path = room.receipts.key_path
    _show(str(signer.verifier), path, as_json=as_json)


@command.command("revoke")
@click.argument("public_key", type=click.Path(path_type=Path))
@click.option("--why", default="", help="The reason, for everybody to read.")
@workspace_option
@json_option
def revoke(public_key: Path, why: str, workspace: Path | None, as_json: bool) -> None:
    """Say in the log that the key in PUBLIC_KEY, a file, is believed no longer, whatever it signed and whenever.

    Receipts that it signed must be asked for again: they are proved from the log under the key that signs now.
    """
    from licet.transparency import read_verifiers

    with open_workspace(workspace) as room:
        keys = read_verifiers(public_key)
        for key in keys:
            room.receipts.revoke(key, now(), why)
    if as_json:
        print_json("key-revoke", {"revoked": list(map(str, keys))})
    else:
        for key in keys:
            console().print(f"revoked: {printable(str(key))}", soft_wrap=True)


def _show(key: str, path: Path, *, as_json: bool) -> None:
    from licet.transparency import public_path

    if as_json:
        print_json("key", {"public_key": key, "path": str(public_path(path))})
    else:
        console().print(f"{printable(str(public_path(path)))}: {printable(key)}", soft_wrap=True)
