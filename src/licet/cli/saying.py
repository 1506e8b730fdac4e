"""What the commands of the registry share: the options that word a statement, and how it is told that it was made."""

from __future__ import annotations

from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from licet.cli.shared import ACTS, PURPOSES, console, json_option, now, open_workspace, print_json, workspace_option
from licet.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from licet.registry.statements import Statement, Subject
    from licet.workspace import Workspace

RIGHTS = ("recording", "work")


def _made_by(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add what says who makes a statement, and where."""
    for option in (
        json_option,
        workspace_option,
        click.option("--key", type=click.Path(path_type=Path), help="PARTY's own private key: it signs the statement."),
        click.option("--actor", default="desk", show_default=True, help="Who enters it."),
    ):
        function = option(function)
    return function


def statement_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add what a statement about recordings takes; the command is given it as `facts`."""

    @click.argument("party")
    @click.option("--recording", multiple=True, metavar="KEY", help="One recording, such as jamendo:214; repeat.")
    @click.option("--release", multiple=True, metavar="ID", help="All on a release, such as ean:4006381333931; repeat.")
    @click.option("--artist", multiple=True, metavar="NAME", help="All of an artist's; repeat.")
    @click.option("--all", "everything", is_flag=True, help="All that PARTY holds.")
    @click.option("--use", "acts", multiple=True, type=click.Choice(ACTS), help="Which uses; repeat. Default: all.")
    @click.option("--purpose", "purposes", multiple=True, type=click.Choice(PURPOSES), help="Default: all.")
    @click.option(
        "--in", "territories", multiple=True, metavar="PLACE", help="ISO 3166 code or EU. Default: everywhere."
    )
    @click.option("--right", "rights", multiple=True, type=click.Choice(RIGHTS), help="Default: both.")
    @click.option("--from", "begins", default="", metavar="YYYY-MM-DD", help="The first day. Default: at once.")
    @click.option("--until", "ends", default="", metavar="YYYY-MM-DD", help="The last day. Default: none.")
    @click.option("--words", default="", help="What people should read with it.")
    @_made_by
    @wraps(function)
    def with_facts(
        party: str,
        recording: tuple[str, ...],
        release: tuple[str, ...],
        artist: tuple[str, ...],
        everything: bool,
        key: Path | None,
        workspace: Path | None,
        as_json: bool,
        **facts: Any,  # noqa: ANN401  (options of several types)
    ) -> None:
        kind = function.__name__
        subjects = _subjects(recording, release, artist, everything=everything)
        word(kind, party, workspace, key, as_json=as_json, subjects=subjects, **facts)

    return with_facts


def about_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add what a statement about another one takes; its kind is the function's name."""

    @click.argument("party")
    @click.argument("statement")
    @click.option("--words", default="", help="Why: for people to read.")
    @_made_by
    @wraps(function)
    def with_facts(
        party: str,
        statement: str,
        key: Path | None,
        workspace: Path | None,
        as_json: bool,
        **facts: Any,  # noqa: ANN401  (as above)
    ) -> None:
        word(function.__name__, party, workspace, key, as_json=as_json, of=statement, **facts)

    return with_facts


def word(
    kind: str,
    party: str,
    workspace: Path | None,
    key: Path | None = None,
    *,
    as_json: bool,
    **facts: Any,  # noqa: ANN401  (as above)
) -> None:
    """Make a statement in the registry, and tell its id and its place in the log."""
    import msgspec

    from licet.registry.statements import Statement

    said = {name: value for name, value in facts.items() if value}
    try:
        statement = msgspec.convert({"kind": kind, "party": party, "at": now().isoformat(), **said}, Statement)
    except msgspec.ValidationError as wrong:
        raise UsageError(f"that is no statement: {wrong}") from wrong
    with open_workspace(workspace) as room:
        place = _made(room, statement, key)
    if as_json:
        print_json("statement", {"id": statement.id, "place": place, "kind": kind, "party": party})
    else:
        console().print(f"{kind} {statement.id}, entry {place} of the log", soft_wrap=True)


def _made(room: Workspace, statement: Statement, key: Path | None) -> int:
    from licet.registry.statements import SIGNED_TYPE
    from licet.transparency import read_key, sealed

    if key is None:
        return room.desk.say(statement)
    envelope = sealed(SIGNED_TYPE, statement.encoded(), [read_key(key)])
    return room.desk.hear(statement.party, envelope, statement.moment)[1]


def _subjects(
    recordings: tuple[str, ...], releases: tuple[str, ...], artists: tuple[str, ...], *, everything: bool
) -> tuple[Subject, ...]:
    from licet.catalog import parse_identifier
    from licet.registry.statements import Reach, Subject

    found = [Subject(Reach.RECORDING, str(parse_identifier(name))) for name in recordings]
    found += [Subject(Reach.RELEASE, str(parse_identifier(name))) for name in releases]
    found += [Subject(Reach.ARTIST, name) for name in artists]
    found += [Subject(Reach.CATALOGUE)] if everything else []
    if not found:
        raise UsageError("nothing is named that it is about", mend="--recording, --release, --artist or --all")
    return tuple(found)
