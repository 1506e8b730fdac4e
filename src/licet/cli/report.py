"""`licet report`."""

from __future__ import annotations

from pathlib import Path

import click

from licet.cli.shared import json_option, open_workspace, print_json, workspace_option


@click.command("report")
@click.argument("manifest", type=click.Path(path_type=Path), required=False)
@workspace_option
@json_option
def command(manifest: Path | None, workspace: Path | None, as_json: bool) -> None:
    """Write the report and the attribution text of MANIFEST (a folder; default: the latest) again.

    \b
    Example:
      licet report
    """
    from licet.corpus import write_attribution, write_report

    if manifest is None:
        with open_workspace(workspace) as room:
            manifest = room.latest_manifest()
    report, attribution = write_report(manifest, workers=None), write_attribution(manifest)
    if as_json:
        print_json("report", {"report": str(report), "attribution": str(attribution)})
    else:
        click.echo(f"{report}\n{attribution}")
