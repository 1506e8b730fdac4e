"""`licet gather`."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from licet import __version__
from licet.cli.shared import (
    as_day,
    console,
    json_option,
    now,
    open_workspace,
    print_json,
    printable,
    progress,
    workspace_option,
)
from licet.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from licet.terms import Term
    from licet.terms.gathering import Response
    from licet.workspace.gathering import Gathered, Gatherings

SHOWN = 200  # answers in a table


@click.command("gather")
@click.argument("urls", nargs=-1, metavar="URL...")
@click.option("--list", "listed", type=click.File("r", errors="surrogateescape"), help="A list: one URL a line.")
@click.option(
    "--from",
    "saved",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Read answers that were saved: a WARC file, or one HTTP response of the URL. Nothing is asked.",
)
@click.option("--captured", metavar="YYYY-MM-DD", help="When one saved response was captured. Default: now.")
@click.option("--interval", type=click.FloatRange(0.2), default=1.0, help="Seconds between two requests to a host.")
@workspace_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    urls: tuple[str, ...],
    listed: IO[str] | None,
    saved: Path | None,
    captured: str | None,
    interval: float,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Ask the web what it says of each URL, and keep the answers as evidence.

    Asked are the site's robots.txt, /.well-known/tdmrep.json and /ai.txt, the URL itself with its headers and HTML, and
    the policies and licences that these point to. What they say bears on the recordings on record with that URL from
    then on. What could not be had leaves them unknown: it is never taken for silence.

    Licet says who it is, keeps to robots.txt, asks one thing at a time, and asks nothing on private networks. What was
    had before is asked for again only if it has changed.

    \b
    Examples:
      licet gather https://example.org/songs/1
      licet gather --list urls.txt --json
      licet gather --from crawl.warc.gz
      licet gather https://example.org/songs/1 --from response.http --captured 2026-11-20

    Exit codes: 0 every question was answered; 1 some were not; 2 an error.
    """
    wanted = [*urls, *(line.strip() for line in listed or () if line.strip())]
    if not wanted and saved is None:
        raise UsageError("no address was named", mend="name one, a list with --list, or a saved file with --from")
    when = now() if captured is None else datetime.combine(as_day(captured), time.min, UTC)
    with open_workspace(workspace) as room, progress("Gathering", quiet=as_json) as tick:
        if saved is None:
            from licet.terms.gathering import Fetcher

            fetcher = Fetcher(f"Licet/{__version__}", now, interval_s=interval)
            gathered = room.gatherings.gather(wanted, fetcher, as_of=when, progress=tick)
        else:
            gathered = _saved(room.gatherings, saved, wanted, when, tick)
    if as_json:
        print_json("gather", _facts(gathered))
    else:
        _show(gathered)
    context.exit(0 if all(response.settled for response in gathered.responses) else 1)


def _saved(
    gatherings: Gatherings, saved: Path, wanted: list[str], when: datetime, tick: Callable[[str], None]
) -> Gathered:
    """Keep what was saved, and read what it says of the addresses that were named, or else of all of them."""
    from licet.terms.gathering import saved_responses
    from licet.workspace.gathering import Gathered

    one = wanted[0] if len(wanted) == 1 else ""
    kept = gatherings.keep_saved(saved_responses(saved, url=one, captured_at=when), progress=tick)
    latest = max((response.fetched_at for response in kept), default=when)
    about = wanted or [response.url for response in kept]
    return Gathered(kept, gatherings.terms(about, as_of=latest))


def _facts(gathered: Gathered) -> dict[str, Any]:
    return {
        "responses": [
            {
                "url": one.url,
                "landed": one.landed,
                "fetched": one.fetched_at.isoformat(),
                "status": one.status,
                "settled": one.settled,
                "unchanged": one.unchanged,
                "trouble": one.trouble,
                "says": one.says,
                "body": one.body,
                "head": one.head,
            }
            for one in gathered.responses
        ],
        "signals": {url: [_term(term) for term in terms] for url, terms in gathered.terms.items()},
    }


def _term(term: Term) -> dict[str, Any]:
    return {
        "source": term.evidence.source,
        "where": term.evidence.where,
        "stance": term.resolution.stance,
        "statement": term.statement,
        "notes": list(term.resolution.notes),
        "scope": term.scope.name.lower(),
        "captured": term.evidence.captured_at.isoformat(),
        "evidence": term.evidence.digest,
    }


def _show(gathered: Gathered) -> None:
    from rich.table import Table

    out = console()
    table = Table(title=f"{len(gathered.responses):,} answers kept", title_justify="left")
    for column in ("address", "answer", "SHA-256"):
        table.add_column(column, overflow="fold")
    for one in gathered.responses[:SHOWN]:
        table.add_row(printable(one.url), _answer(one), one.body[:12])
    out.print(table)
    if len(gathered.responses) > SHOWN:
        out.print(f"… and {len(gathered.responses) - SHOWN:,} more (--json lists them)")
    for url, terms in list(gathered.terms.items())[:SHOWN]:
        out.print(printable(url))
        for term in terms:
            said = "; ".join(term.resolution.notes) if term.resolution.stance == "unresolved" else term.statement
            if said:
                out.print(f"  {term.resolution.stance}: {printable(said)} ({printable(term.evidence.where)})")
        if all(term.resolution.stance == "silent" for term in terms):
            out.print("  nothing is said, which permits nothing")


def _answer(one: Response) -> str:
    if one.trouble:
        return f"[red]{printable(one.trouble)}[/red]: {printable(one.says)}"
    return f"{one.status}, unchanged" if one.unchanged else str(one.status)
