"""`licet demo`."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from licet.cli.clear import facts_of, show
from licet.cli.seal import seal_manifest
from licet.cli.shared import as_day, console, json_option, now, print_json, printable, progress, workers_option
from licet.errors import UsageError

if TYPE_CHECKING:
    from licet.workspace import Cleared, Workspace

LAUNDERED_SHOWN = 4
ORIGIN = "demo.example/log"


@click.command("demo")
@click.option("--out", type=click.Path(path_type=Path), default="licet-demo", help="Where it is all left to look at.")
@workers_option
@json_option
def command(out: Path, workers: int | None, as_json: bool) -> None:
    """Compose a small catalogue of Licet's own music, copy it badly, and clear the copies.

    The music is made here, by code, and is CC0; the artists and the licences are make-believe. The copies are what a
    scraper would find: re-encoded, cut, sped up, under noise, mislabelled, unlicensed, unknown and broken. They are
    cleared for a commercial use and for a research use, sealed into a log, and written in every format of others.

    \b
    Example:
      licet demo --out /tmp/licet-demo

    Exit code 0 when it ran to its end, whatever it found.
    """
    from licet.demo import write_demo
    from licet.exports import WRITERS, About, Facts, export
    from licet.identify.rehearsing import rehearse
    from licet.parallel import available_workers
    from licet.parallel.processes import beside
    from licet.policy import Act, Purpose, Use
    from licet.transparency import create_log, make_key, public_path
    from licet.workspace import Workspace

    if out.exists() and any(out.iterdir()):
        raise UsageError(f"{out} holds something already", mend="name another folder with --out")
    say = (lambda _: None) if as_json else click.echo
    say("Composing the music and making the copies …")
    # On a fresh machine what listens is compiled first, which takes as long as the music does.
    aside = beside(rehearse) if (workers or available_workers()) > 1 else nullcontext()
    with aside, progress("Playing", quiet=as_json) as tick:
        demo = write_demo(out, tick)
    day, commercial, research = as_day(None), Purpose.COMMERCIAL, Purpose.RESEARCH
    with Workspace.init(out / "workspace") as room:
        say(f"Putting {demo.licences} on record …")
        with progress("Listening", quiet=as_json) as tick:
            room.add("table", demo.licences, captured_at=now(), audio=demo.catalogue, workers=workers, progress=tick)
        create_log(room.receipts.log_folder, ORIGIN, make_key(room.receipts.key_path, ORIGIN))
        cleared = {}
        for purpose, places in ((commercial, {"EU", "US"}), (research, {"EU"})):
            use = Use(Act.TRAIN_GENERATIVE, purpose, frozenset(places), day)
            with progress("Clearing", quiet=as_json) as tick:
                folder = out / str(purpose)
                cleared[purpose] = room.clear(demo.corpus, use, out=folder, today=day, workers=workers, progress=tick)
            seal_manifest(room, folder, workers, quiet=as_json)
        receipt = _write_receipt(room, cleared[commercial], out)
        known = public_path(room.receipts.key_path)
    say("Writing it in the formats of others …")
    facts = Facts.of(out / commercial, About(name="Licet's demo", description="Music that code composed and played."))
    for name in WRITERS:
        export(name, facts, out / "exports")
    if as_json:
        print_json("demo", {str(purpose): facts_of(one) for purpose, one in cleared.items()})
        return
    for one in cleared.values():
        click.echo()
        show(one)
    _show_laundering(cleared[research])
    click.echo(f"\nCheck {receipt.name}: licet verify {receipt} --known {known}")
    click.echo(f"Open {cleared[commercial].folder / 'report.html'}, and {out / 'exports' / 'eu-summary.html'}")


def _write_receipt(room: Workspace, cleared: Cleared, out: Path) -> Path:
    """Write the receipt of the first item that may be used, and check it as its reader would."""
    import msgspec

    from licet.transparency import parse_receipt

    _, receipt = next(room.receipts.receipts(cleared.folder, next(cleared.permitted()).item))
    path = out / "receipt.json"
    path.write_bytes(msgspec.json.encode(receipt))
    parse_receipt(path.read_bytes()).check([room.receipts.signer().verifier])
    return path


def _show_laundering(cleared: Cleared) -> None:
    """Show the files whose own statement and whose sound do not agree."""
    out = console()
    caught = [line for line in cleared.lines() if any(reason.rule == "disagreement" for reason in line.reasons)]
    if caught:
        out.print(f"\n[bold]{len(caught)} files say one thing and sound another[/bold]")
    for line in caught[:LAUNDERED_SHOWN]:
        out.print(f"  {printable(line.item)} is {printable(line.title)} by {printable(line.artist)}")
        for statement in line.statements:
            if statement.stance in {"licensed", "reserved"}:
                whose = "the file says" if statement.voice == "corpus" else "the record says"
                out.print(f"    {whose} {printable(statement.licence)} ({printable(statement.source)})")
