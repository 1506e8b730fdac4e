"""`licet export`."""

from __future__ import annotations

from pathlib import Path

import click

from licet.cli.shared import json_option, open_workspace, print_json, workspace_option


@click.command("export")
@click.argument("name", metavar="FORMAT")
@click.argument("manifest", type=click.Path(path_type=Path), required=False)
@click.option("--about", type=click.Path(path_type=Path), help="What only you know: see the fields below.")
@click.option("--out", type=click.Path(path_type=Path), help="Where it goes. Default: beside the manifest.")
@workspace_option
@json_option
def command(
    name: str, manifest: Path | None, about: Path | None, out: Path | None, workspace: Path | None, as_json: bool
) -> None:
    """Write MANIFEST (a folder; default: the latest) in another FORMAT, or in all of them.

    \b
    FORMAT is one of:
      attribution    the credits that the licences ask for: text, HTML, CSV
      cc-rel         each item's licence in CC REL, the whole's terms in ODRL
      croissant      Croissant 1.1, whose record set is the manifest
      cyclonedx      CycloneDX 1.6: the data set and the model trained on it
      eu-summary     the public summary of training content, EU AI Act Art. 53(1)(d)
      model-signing  a resource of an OpenSSF model-signing statement
      rights-card    Markdown for a model's or a data set's page
      spdx           SPDX 3.0 with the data set profile
      all            every one of them

    \b
    --about names a TOML file with any of: name, description, version, url, published,
    publisher, publisher_url, contact, keywords, cite, licence, model, model_version,
    model_url, placed_on_market, representative.

    \b
    Examples:
      licet export croissant
      licet export eu-summary out/ --about about.toml
      licet export all --out published/
    """
    from licet.exports import WRITERS, About, Facts, export, read_about

    said = read_about(about) if about is not None else About()
    if manifest is None:
        with open_workspace(workspace) as room:
            manifest = room.latest_manifest()
    facts = Facts.of(manifest, said)
    names = list(WRITERS) if name == "all" else [name]
    written = {one: export(one, facts, out or manifest) for one in names}
    if as_json:
        print_json("export", {"files": {one: list(map(str, files)) for one, files in written.items()}})
    else:
        for files in written.values():
            click.echo("\n".join(map(str, files)))
