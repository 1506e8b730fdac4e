"""`licet party`."""

from __future__ import annotations

from pathlib import Path

import click

from licet import __version__
from licet.cli.shared import console, json_option, now, open_workspace, print_json, printable, workspace_option

CONTROLS = ("self-declared", "account", "vouched", "trusted-key")


@click.group("party")
def command() -> None:
    """Put on record who speaks for rights: a person or an organisation, its names, its keys, and how that was proved.

    \b
    Examples:
      licet party add ann "Ann Maker" --identifier isni:0000000121032683 --key ann.key.pub
      licet party add quay "Quay Records" --control account --proof "challenge file at https://quay.example"
      licet party confirm ann https://ann.example
      licet party show ann
    """


@command.command("add")
@click.argument("party")
@click.argument("name")
@click.option("--identifier", "identifiers", multiple=True, metavar="ID", help="ISNI, IPI ...; repeat.")
@click.option("--key", "keys", multiple=True, type=click.Path(path_type=Path), help="A file of public keys; repeat.")
@click.option(
    "--control", type=click.Choice(CONTROLS), default=CONTROLS[0], show_default=True, help="How it was proved."
)
@click.option("--proof", default="", help="By what, for people to read.")
@workspace_option
@json_option
def add(
    party: str,
    name: str,
    identifiers: tuple[str, ...],
    keys: tuple[Path, ...],
    control: str,
    proof: str,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Put PARTY on record, or what is new of it; NAME is what it is called."""
    from licet.catalog import parse_identifier
    from licet.registry.parties import Party
    from licet.registry.terms import control_named
    from licet.transparency import read_verifiers

    known = tuple(str(parse_identifier(one)) for one in identifiers)
    public = tuple(str(key) for file in keys for key in read_verifiers(file))
    with open_workspace(workspace) as room:
        room.desk.introduce(Party(party, name, known, public, control_named(control), proof), now())
    _tell({"id": party, "name": name, "control": control, "keys": list(public)}, as_json=as_json)


@command.command("confirm")
@click.argument("party")
@click.argument("site")
@click.option("--show-line", is_flag=True, help="Only print the line that the site must hold, and where.")
@workspace_option
@json_option
def confirm(party: str, site: str, show_line: bool, workspace: Path | None, as_json: bool) -> None:
    """Ask SITE whether PARTY controls it: it must hold our line in /.well-known/licet-party.txt.

    PARTY is on record with the control `account` from then on; the answer is kept as evidence.
    """
    from licet.registry.challenge import challenge_url
    from licet.terms.gathering import Fetcher

    url = challenge_url(site)
    with open_workspace(workspace) as room:
        line = room.desk.challenge(party, now())
        if show_line:
            _tell({"url": url, "line": line}, as_json=as_json)
            return
        fetched = Fetcher(f"Licet/{__version__}", now).fetch(url, well_known=True)
        confirmed = room.desk.confirm(party, fetched, fetched.response.fetched_at)
    _tell({"id": confirmed.id, "control": str(confirmed.control), "proof": confirmed.proof}, as_json=as_json)


@command.command("show")
@click.argument("party")
@workspace_option
@json_option
def show(party: str, workspace: Path | None, as_json: bool) -> None:
    """Show who PARTY is, and how many recordings it is on record to hold something in."""
    from licet.errors import UsageError

    with open_workspace(workspace) as room:
        found = room.desk.store.parties([party], as_of=now()).get(party)
        if found is None:
            raise UsageError(f"nobody here is called {party!r}", mend="licet party add")
        held = len(room.desk.store.held_by(party))
    told = {"id": found.id, "name": found.name, "control": str(found.control), "keys": list(found.keys)}
    _tell(told | {"identifiers": list(found.identifiers), "proof": found.proof, "recordings": held}, as_json=as_json)


def _tell(told: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        print_json("party", told)
        return
    for name, value in told.items():
        shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        console().print(f"{name:<12} {printable(shown)}", soft_wrap=True)
