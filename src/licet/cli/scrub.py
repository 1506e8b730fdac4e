"""`licet scrub`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from licet.cli.seal import fresh_salt, seal_manifest
from licet.cli.shared import console, json_option, now, open_workspace, print_json, printable, workspace_option
from licet.errors import UsageError

if TYPE_CHECKING:
    from licet.money import Money
    from licet.training.lineage import Lineage
    from licet.workspace import Workspace
    from licet.workspace.scrubbing import Affected, Scrub

FILE = click.Path(path_type=Path)
SECONDS_AN_HOUR = 3600


@click.command("scrub")
@click.argument("what")
@click.option("--without", "manifest", type=FILE, help="Write the lines of this manifest but for it, and seal them.")
@click.option("--out", type=FILE, help="Where that goes, or the proof.")
@click.option("--prove", "run", metavar="RUN", help="Prove that the model of this run has not read it.")
@click.option("--per-hour", metavar="AMOUNT", help='What an hour of training costs: "3.20 EUR".')
@workspace_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    what: str,
    manifest: Path | None,
    out: Path | None,
    run: str | None,
    per_hour: str | None,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Tell which runs and models read WHAT, and what it takes to take it out of them again.

    WHAT is a recording, an item, or the SHA-256 of a file; a recording by any of its identifiers. A copy of it that was
    found later counts too. A model that began with another is affected with it. What must be trained again is listed
    in order, each with the models that it can begin with because they are not affected. Of a model that began with one
    that nobody attested, or whose run is not here, it is not known; it is listed apart.

    \b
    Examples:
      licet scrub jamendo:214 --per-hour "3.20 EUR"
      licet scrub jamendo:214 --without manifests/big --out manifests/big-without
      licet scrub jamendo:214 --prove tagger-2 --out lineage.json
      licet verify lineage.json --known log.key.pub

    Exit codes: 0 no model has read it; 1 some have, or of some it is not known; 2 an error: nothing goes by that name.
    """
    from licet.money import Money

    asked = manifest is not None or run is not None
    if asked and (out is None or not out.name):
        raise UsageError("nothing says where that goes", mend="add --out")
    if out is not None and not asked:
        raise UsageError("nothing goes there", mend="leave out --out, or add --without or --prove")
    if manifest is not None and run is not None:
        raise UsageError("--without and --prove are two answers", mend="give one of them at a time")
    price = None if per_hour is None else Money.parse(per_hour)
    with open_workspace(workspace) as room:
        if run is not None and out is not None:
            _prove(room, run, what, out, as_json=as_json)
            return
        scrub = room.scrubber.find(what)
        told: dict[str, Any] = {}
        if manifest is not None and out is not None:
            kept, left = room.scrubber.without(manifest, what, out)
            seal = seal_manifest(room, out, None, quiet=as_json)
            again = room.scrubber.decided_again(out, at=now(), salt=fresh_salt)
            told = {
                "without": {
                    "manifest": str(out),
                    "lines": kept,
                    "left_out": left,
                    "place": seal.place,
                    "superseded": sum(one.superseded for one in again),
                }
            }
    if as_json:
        print_json("scrub", _facts(scrub, price) | told)
    else:
        _show(scrub, price)
        for one in told.values():
            console().print(
                f"{printable(one['manifest'])}: {one['lines']:,} lines, {one['left_out']:,} left out; sealed as entry "
                f"{one['place']}. Decided again today: {one['superseded']:,} superseded.",
                soft_wrap=True,
            )
    context.exit(1 if scrub.affected or scrub.unknown else 0)


def _prove(room: Workspace, run: str, what: str, out: Path, *, as_json: bool) -> None:
    import msgspec

    from licet.placing import place

    proof = room.scrubber.lineage(run, what)
    place({out: msgspec.json.encode(proof)})
    if as_json:
        print_json("scrub", {"proof": str(out), "names": proof.names, "models": _models(proof)})
        return
    out_ = console()
    out_.print(f"{printable(str(out))} proves that {printable(run)} has not read {printable(what)}.", soft_wrap=True)
    out_.print(
        f"  nor any attested model that it began with: {', '.join(map(printable, _models(proof)[1:])) or 'none'}"
    )
    out_.print("  check it with `licet verify`; it says of which bases nothing is proved", soft_wrap=True)


def _models(proof: Lineage) -> list[str]:
    return [told.attestation.statement.predicate["model"] for told in proof.models]


def _facts(scrub: Scrub, price: Money | None) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "names": scrub.names,
        "affected": [
            {
                "run": one.name,
                "model": one.run.model,
                "finished": one.finished,
                "read": one.read,
                "again": [base.name for base in one.again],
                "kept": [base.name for base in one.run.bases if base not in one.again],
                "wall_s": one.wall_s,
                "milliseconds": one.milliseconds,
            }
            for one in scrub.affected
        ],
        "spared": scrub.spared,
        "unknown": [{"run": one.name, "model": one.model, "because": one.because} for one in scrub.unknown],
        "wall_s": scrub.wall_s,
        "unfinished": sum(not one.finished for one in scrub.affected),
    }
    return facts | ({} if price is None else {"cost": str(_cost(scrub, price))})


def _show(scrub: Scrub, price: Money | None) -> None:
    out = console()
    if not scrub.affected:
        out.print(f"No run read it: {len(scrub.spared):,} looked at.")
    else:
        runs = len(scrub.affected)
        out.print(f"{runs:,} run{'s' * (runs != 1)} must be trained again, in this order; {len(scrub.spared):,} not.")
        _show_affected(scrub, price)
    if scrub.unknown:
        out.print(f"Of {len(scrub.unknown):,} it is not known:")
    for one in scrub.unknown:
        named = " ".join((f"run {one.name}," if one.name else "", f"model {one.model}" if one.model else "")).strip()
        out.print(f"  {printable(named.rstrip(','))}: {printable(one.because)}", soft_wrap=True)


def _show_affected(scrub: Scrub, price: Money | None) -> None:
    from rich.table import Table

    out = console()
    table = Table(show_edge=False, pad_edge=False)
    for name in ("run", "model", "read it", "begins with", "hours", "of sound"):
        table.add_column(name, justify="right" if name in {"hours", "of sound"} else "left")
    for one in scrub.affected:
        table.add_row(
            printable(one.name),
            printable(one.run.model),
            "itself" if one.read else "through its base",
            _begins(one),
            f"{one.wall_s / SECONDS_AN_HOUR:,.2f}" if one.finished else "not finished",
            f"{one.milliseconds / 1000 / SECONDS_AN_HOUR:,.2f} h",
        )
    out.print(table)
    cost = "" if price is None else f", which is {_cost(scrub, price)}"
    out.print(f"They took {scrub.wall_s / SECONDS_AN_HOUR:,.2f} hours, from start to finish{cost}.")
    going = sum(not one.finished for one in scrub.affected)
    if going:
        out.print(f"That is without {going:,} that {'is' if going == 1 else 'are'} not finished.")


def _begins(one: Affected) -> str:
    told = (f"{printable(base.name)}{' (again)' * (base in one.again)}" for base in one.run.bases)
    return ", ".join(told) or "nothing"


def _cost(scrub: Scrub, price: Money) -> Money:
    from fractions import Fraction

    from licet.money import Money

    return Money.up(Fraction(price.amount) * scrub.wall_s / SECONDS_AN_HOUR, price.currency)
