"""`licet forget`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from licet.cli.shared import console, json_option, open_workspace, print_json, printable, workspace_option

if TYPE_CHECKING:
    from pathlib import Path


@click.command("forget")
@click.argument("recordings", nargs=-1, required=True, metavar="RECORDING...")
@click.option("--erase", is_flag=True, help="Remove now what is stored of them: the segments are written anew.")
@workspace_option
@json_option
@click.pass_context
def command(
    context: click.Context, recordings: tuple[str, ...], erase: bool, workspace: Path | None, as_json: bool
) -> None:
    """Take the sound of each RECORDING out of the index: nothing finds it by its sound any more.

    What is stored of the sound is removed by the next merge, or now with --erase. What was said of the recording stays
    on record with its evidence, and so do the digests of its file: an exact copy is still known. Manifests stay as they
    are; clear again to see what has changed. Adding its source again registers the sound again.

    \b
    Examples:
      licet forget local:music/withdrawn.flac
      licet forget jamendo:214 jamendo:215 --erase

    Exit codes: 0 all of them were in the index; 1 some were not; 2 an error.
    """
    with open_workspace(workspace) as room:
        gone = room.forget(recordings, erase=erase)
    missing = [recording for recording in dict.fromkeys(recordings) if recording not in gone]
    if as_json:
        print_json("forget", {"forgotten": list(gone), "missing": missing, "erased": erase})
    else:
        out = console()
        out.print(f"{len(gone):,} forgotten.")
        for recording in missing:
            out.print(f"  {printable(recording)} was not in the index")
    context.exit(1 if missing else 0)
