"""What the commands share: options, the clock, JSON with a version, and a progress line."""

from __future__ import annotations

import json
import os
import sys
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from licet import __version__
from licet.errors import UsageError
from licet.parallel import ENGINES, Engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console

    from licet.workspace import Workspace

ACTS = ("train-generative", "train-other", "fine-tune", "retrieve", "index", "evaluate", "redistribute")
PURPOSES = ("commercial", "non-commercial", "research")

_F = TypeVar("_F", bound="Callable[..., Any]")


def workspace_option(function: _F) -> _F:
    """Add `--workspace`."""
    return click.option(
        "-w",
        "--workspace",
        "workspace",
        type=click.Path(path_type=Path),
        envvar="LICET_WORKSPACE",
        help="The workspace: a folder made by `licet init`. Default: the nearest one upwards from here.",
    )(function)


def json_option(function: _F) -> _F:
    """Add `--json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document with a version.")(function)


def workers_option(function: _F) -> _F:
    """Add `--workers`."""
    return click.option(
        "--workers", type=click.IntRange(1), help="Processes to listen with. Default: as many as processors."
    )(function)


def work_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--workers`, `--engine` and `--address`. The command is given `workers` and an `Engine`."""

    @workers_option
    @click.option("--engine", type=click.Choice(ENGINES), default="processes", help="Where they are: here, or on Ray.")
    @click.option("--address", help="Of a Ray cluster that is running. Default: one on this machine, for the while.")
    @wraps(function)
    def with_engine(*arguments: object, engine: str, address: str | None, **options: object) -> object:
        return function(*arguments, engine=Engine(engine, address), **options)

    return with_engine


def now() -> datetime:
    """Return the time, UTC, whole seconds; `SOURCE_DATE_EPOCH` sets it (reproducible-builds.org).

    Raises:
        UsageError: `SOURCE_DATE_EPOCH` is no number of seconds.
    """
    fixed = os.environ.get("SOURCE_DATE_EPOCH")
    if fixed is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        return datetime.fromtimestamp(int(fixed), UTC)
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"SOURCE_DATE_EPOCH is {fixed!r}", mend="give whole seconds since 1970-01-01 UTC") from None


def as_day(text: str | None) -> date:
    """Return the day that `text` names as YYYY-MM-DD; without a text, today in UTC.

    Raises:
        UsageError: there is no such day.
    """
    if text is None:
        return now().date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"there is no day {text!r}", mend="write YYYY-MM-DD") from None


def as_columns(given: tuple[str, ...]) -> dict[str, str]:
    """Return the mapping that `--column FIELD=COLUMN` gives.

    Raises:
        UsageError: one of them has no `=`.
    """
    pairs = [one.partition("=") for one in given]
    for field, equals, column in pairs:
        if not (field and equals and column):
            raise UsageError(f"{field!r} maps nothing", mend='write FIELD=COLUMN, such as licence="License URL"')
    return {field.strip(): column for field, _, column in pairs}


def open_workspace(given: Path | None) -> Workspace:
    """Open the workspace that was named, or the nearest one upwards from here."""
    from licet.settings import nearest
    from licet.workspace import Workspace

    return Workspace.open(given or nearest(Path.cwd()))


def print_json(kind: str, facts: dict[str, Any]) -> None:
    """Print one JSON document: `format` names what it is and its version."""
    click.echo(json.dumps({"format": f"licet-{kind}/1", "licet": __version__, **facts}, ensure_ascii=False))


def console() -> Console:
    """Return a console on standard output, of a width that a table can use when nobody is looking."""
    from rich.console import Console

    out = Console(highlight=False)
    return out if out.is_terminal else Console(highlight=False, width=110)


def printable(text: str) -> str:
    """Escape what a terminal or a table markup would act on: titles are other people's input."""
    from rich.markup import escape

    return escape("".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text))


@contextmanager
def progress(what: str, *, quiet: bool, total: int | None = None) -> Iterator[Callable[[str], None]]:
    """Show how many items are done, of how many, and what they came to; on a terminal's standard error only."""
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    bars = () if total is None else (BarColumn(),)
    columns = (SpinnerColumn(), *bars, TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        tally: dict[str, int] = {}

        def done(outcome: str) -> None:
            tally[outcome] = tally.get(outcome, 0) + 1
            counts = ", ".join(f"{count:,} {name}" for name, count in sorted(tally.items()))
            bar.update(task, advance=1, description=f"{what}: {counts}")

        yield done
