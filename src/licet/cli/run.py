"""`licet run`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from licet.cli.running import bases_given, chain_fed, commit_of, dropped_in, share_given
from licet.cli.seal import fresh_salt
from licet.cli.shared import (
    ACTS,
    PURPOSES,
    console,
    json_option,
    now,
    open_workspace,
    print_json,
    printable,
    workspace_option,
)
from licet.errors import UsageError

if TYPE_CHECKING:
    from licet.training.runs import Run
    from licet.transparency import Verifier
    from licet.workspace import Workspace
    from licet.workspace.runs import Status

FILE = click.Path(path_type=Path)


@click.group("run")
def command() -> None:
    """Train through a gate that lets only cleared recordings pass, and have the model attested.

    A run is started over a sealed manifest. The training script opens its gate, which asks again at each epoch what is
    permitted, and records what is read. A finished run is an attestation in the log.

    \b
    Examples:
      licet run start manifests/big --name first --model tagger --audio music/
      licet run status first
      licet run finish first --weights tagger.safetensors
      licet run card first --out model/
    """


@command.command("start")
@click.argument("manifest", type=FILE, required=False)
@click.option("--receipt", "receipts", multiple=True, type=FILE, help="Only this item of it: its receipt; repeat.")
@click.option("--name", required=True, help="What the run is called here.")
@click.option("--model", required=True, metavar="NAME", help="What the model is called that comes out.")
@click.option("--audio", "root", type=FILE, required=True, help="The folder that the manifest's items lie in.")
@click.option("--use", "act", type=click.Choice(ACTS), help="What is done with them. Default: the manifest's.")
@click.option("--purpose", type=click.Choice(PURPOSES), help="What for. Default: the manifest's.")
@click.option("--in", "places", multiple=True, metavar="PLACE", help="Where; repeat. Default: the manifest's.")
@click.option("--as", "asker", default="", metavar="PARTY", help="For whom the manifest was asked, if for anybody.")
@click.option("--for-model", default="", metavar="NAME", help="And for which model, if for one alone.")
@click.option("--base", "bases", multiple=True, metavar="BASE", help="A model that it begins with; repeat. See below.")
@click.option("--base-licence", default="", metavar="TEXT", help="What the named base's weights are under.")
@click.option("--base-states", default="", metavar="TEXT", help="What its maker says that it was trained on.")
@click.option(
    "--known", multiple=True, type=FILE, help="Public keys that are believed of a base's attestation; repeat."
)
@click.option("--code", metavar="COMMIT", help="Of the training code. Default: the git commit of this folder, if any.")
@click.option("--config", type=FILE, help="The file of its configuration.")
@click.option(
    "--share", metavar="SHARE", help="Train on a part: 2/8, a shard, or 2/8:3/5, its slices up to one; from 0."
)
@click.option(
    "--most-unfit", type=click.FloatRange(0, 1), default=0.05, show_default=True, help="What share may fail to pass."
)
@workspace_option
@json_option
def start(
    manifest: Path | None,
    receipts: tuple[Path, ...],
    name: str,
    model: str,
    root: Path,
    act: str | None,
    purpose: str | None,
    places: tuple[str, ...],
    asker: str,
    for_model: str,
    bases: tuple[str, ...],
    base_licence: str,
    base_states: str,
    known: tuple[Path, ...],
    code: str | None,
    config: Path | None,
    share: str | None,
    most_unfit: float,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Start a run over a sealed MANIFEST (a folder; default: the latest), for exactly the use that it was cleared for.

    With --receipt it is over the items of those receipts alone, which name their manifest by themselves. What of the
    use is not given is taken from the manifest, for it must be the same. Where the manifest was asked for a party, or
    for one model, --as and --for-model must say so again.

    \b
    BASE is one of:
      NAME, or NAME@VERSION  a model that nobody attested; --base-licence and
                             --base-states tell of it
      a file ending in .toml the same of one model: name, version, licence, states
      a file ending in .json the attestation of a model: what it read is known

    \b
    Examples:
      licet run start --name first --model tagger --audio music/
      licet run start big/ --name tune --model singer --audio music/ --base music-flamingo.toml
      licet run start --receipt a.json --receipt b.json --name two --model tagger --audio music/
      licet run start big/ --name shard2 --model singer-2 --audio music/ --base runs/before/attestation.json --share 2/8
    """
    from licet.policy import Act, Purpose, Use
    from licet.transparency import read_verifiers

    if manifest is not None and receipts:
        raise UsageError("receipts name their manifest by themselves", mend="give a manifest, or --receipt")
    if config is not None and not config.is_file():
        raise UsageError(f"there is no file {config}", mend="name the file of the configuration")
    at = now()
    with open_workspace(workspace) as room:
        folder = manifest if manifest is not None or receipts else room.latest_manifest()
        given = {"act": act, "purpose": purpose, "territories": places}
        keys = [one for path in known for one in read_verifiers(path)]
        cleared = _of_receipt(room, receipts[0], keys) if folder is None else _of_manifest(room, folder)
        use = cleared | {part: value for part, value in given.items() if value}
        run = room.runs.start(
            folder,
            receipts=receipts,
            name=name,
            model=model,
            use=Use(Act(use["act"]), Purpose(use["purpose"]), frozenset(use["territories"]), at.date()),
            root=root,
            at=at,
            asker=asker,
            for_model=for_model,
            bases=bases_given(bases, base_licence, base_states),
            known=keys,
            code=commit_of(Path()) if code is None else code,
            config=config,
            share=None if share is None else share_given(share),
            most_unfit=most_unfit,
        )
        where = room.runs.at(name).resolve()
    _print_started(run, where, [part for part, value in given.items() if not value], as_json=as_json)


@command.command("status")
@click.argument("name")
@workspace_option
@json_option
@click.pass_context
def status(context: click.Context, name: str, workspace: Path | None, as_json: bool) -> None:
    """Show how far the run NAME is: what passes, what was read, and what did not pass, and why.

    \b
    Examples:
      licet run status first
      licet run status first --json

    Exit codes: 0 nothing did not pass that the manifest permits; 1 something did not; 2 an error.
    """
    with open_workspace(workspace) as room:
        told = _status(room.runs.status(name), dropped_in(room.runs.at(name)))
    if as_json:
        print_json("run-status", told)
    else:
        _print_status(told)
    context.exit(0 if all(one["expected"] for one in told["dropped"]) else 1)


@command.command("list")
@workspace_option
@json_option
def list_runs(workspace: Path | None, as_json: bool) -> None:
    """List the runs of the workspace, in the order in which they were started.

    \b
    Example:
      licet run list
    """
    from licet.training.runs import read_run, state_of

    with open_workspace(workspace) as room:
        folders = [room.runs.at(name) for name in room.runs.names()]
    runs = [(read_run(folder), state_of(folder)) for folder in folders]
    if as_json:
        told = [{"name": run.name, "model": run.model, "state": state, "started": run.started} for run, state in runs]
        print_json("runs", {"runs": told})
        return
    for run, state in runs:
        line = f"{run.name:<24} {state:<9} {run.started}  {run.model}"
        console().print(printable(line), soft_wrap=True)
    if not runs:
        console().print("There is no run.")


@command.command("finish")
@click.argument("name")
@click.option("--weights", multiple=True, type=FILE, metavar="PATH", help="What came out: a file or a folder; repeat.")
@workspace_option
@json_option
def finish(name: str, weights: tuple[Path, ...], workspace: Path | None, as_json: bool) -> None:
    """Finish the run NAME: sum up what it read, log it, attest the weights, and write the rights card.

    From then on no epoch of it begins any more. A run that was finished before stays as it was attested.

    \b
    Examples:
      licet run finish first --weights tagger.safetensors
      licet run finish first --weights checkpoint/ --json
    """
    from licet.training.runs import ATTESTATION_NAME, State

    with open_workspace(workspace) as room:
        before = room.runs.status(name).state is State.FINISHED
        attestation = room.runs.finish(name, weights, at=now(), salt=fresh_salt())
        folder = room.runs.at(name)
        files = _write_card(room, name, folder, "")
    told: dict[str, Any] = {
        "name": name,
        "before": before,
        "attestation": str(folder / ATTESTATION_NAME),
        "place": attestation.log.place,
        "weights": {file.name: file.digest.get("sha256", "") for file in attestation.statement.subject},
        "files": list(map(str, files)),
    }
    if as_json:
        print_json("run-finish", told)
        return
    out = console()
    if before:
        out.print("It was finished before; what was attested then stands.")
    for line in (f"attested: {told['attestation']}, entry {told['place']} of the log", *told["files"]):
        out.print(printable(line), soft_wrap=True)


@command.command("card")
@click.argument("name")
@click.option("--out", type=FILE, help="The folder that it goes to. Default: that of the run.")
@click.option("--licence", default="", metavar="ID", help="Of the weights, as their maker gives it: apache-2.0 ...")
@workspace_option
@json_option
def card(name: str, out: Path | None, licence: str, workspace: Path | None, as_json: bool) -> None:
    """Write the rights card of the finished run NAME, for the model's page, and the credits beside it.

    \b
    Examples:
      licet run card first
      licet run card first --out model/ --licence cc-by-nc-4.0
    """
    with open_workspace(workspace) as room:
        room.runs.attestation(name)  # it is finished
        files = _write_card(room, name, out or room.runs.at(name), licence)
    if as_json:
        print_json("run-card", {"files": list(map(str, files))})
    else:
        click.echo("\n".join(map(str, files)))


def _of_manifest(room: Workspace, manifest: Path) -> dict[str, Any]:
    """Return what a sealed manifest was cleared for."""
    from licet.corpus import read_head

    head, _ = read_head(room.receipts.sealed_folder(manifest))
    return {"act": head.act, "purpose": head.purpose, "territories": head.territories}


def _of_receipt(room: Workspace, path: Path, known: list[Verifier]) -> dict[str, Any]:
    """Return what the item of a receipt was cleared for."""
    from licet.transparency import Receipt, parse_receipt

    given = parse_receipt(path.read_bytes())
    if not isinstance(given, Receipt):
        raise UsageError(f"{path} is no receipt", mend="`licet receipt ITEM` prints one")
    use: dict[str, Any] = given.check([room.receipts.signer().verifier, *known]).statement.predicate["use"]
    return use


def _write_card(room: Workspace, name: str, out: Path, licence: str) -> tuple[Path, ...]:
    from licet.exports.finished import Finished
    from licet.exports.model_card import write

    folder = room.runs.at(name)
    sealed, *newer = chain_fed(folder, room.receipts)
    return write(Finished.of(folder, sealed, newer), out, licence=licence)


def _print_started(run: Run, where: Path, taken: list[str], *, as_json: bool) -> None:
    import msgspec

    script = [
        "from licet.workspace import open_gate",
        f"gate = open_gate({json.dumps(str(where), ensure_ascii=False)})",
    ]
    if as_json:
        facts: dict[str, Any] = msgspec.to_builtins(run)
        facts = {name: value for name, value in facts.items() if name not in {"format", "licet"}}
        print_json("run-start", facts | {"folder": str(where), "as_cleared": taken, "script": script})
        return
    cleared = " (as the manifest was cleared)" if taken else ""
    lines = [f"run {run.name} for the model {run.model}, over entry {run.place} of {run.origin}"]
    lines += [f"  use   {run.act}, {run.purpose}, in {', '.join(run.territories)}{cleared}"]
    lines += [f"  base  {base.name} {base.version}".rstrip() for base in run.bases]
    lines += [f"  code  {run.code or 'no commit is stated'}", "", "In the training script:", ""]
    lines += [f"  {line}" for line in script]
    for line in lines:
        console().print(printable(line), soft_wrap=True)


def _status(one: Status, some: dict[str, list[dict[str, str]]]) -> dict[str, Any]:
    """Return how far a run is, as JSON has it."""
    from licet.training import Why

    head = one.head
    return {
        "name": one.run.name,
        "model": one.run.model,
        "state": str(one.state),
        "started": one.run.started,
        "epoch": None if head is None else head.epoch,
        "day": "" if head is None else head.day,
        "lines": 0 if head is None else head.lines,
        "permitted": 0 if head is None else head.permitted,
        "passing": 0 if head is None else head.passing,
        "items": one.items,
        "epochs": one.epochs,
        "reads": one.reads,
        "dropped": [
            {"why": why, "items": items, "expected": Why(why).expected, "some": some.get(why, [])}
            for why, items in one.dropped.items()
        ],
    }


def _print_status(told: dict[str, Any]) -> None:
    from rich.table import Table

    out = console()
    out.print(f"[bold]{printable(told['name'])}[/bold], model {printable(told['model'])}: {told['state']}")
    if told["epoch"] is None:
        out.print("No epoch was begun yet.")
        return
    out.print(f"epoch {told['epoch']}, decided for {told['day']}")
    table = Table(show_edge=False, pad_edge=False)
    for name in ("permitted", "passing", "read", "epochs", "readings"):
        table.add_column(name, justify="right")
    table.add_row(*(f"{told[name]:,}" for name in ("permitted", "passing", "items", "epochs", "reads")))
    out.print(table)
    if not told["dropped"]:
        return
    table = Table(title="What did not pass", title_justify="left", show_edge=False, pad_edge=False)
    for name, justify in (("items", "right"), ("because", "left"), ("some of them", "left")):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]  # a word that it knows
    for one in told["dropped"]:
        because = f"{one['why']}{'' if one['expected'] else ' (unexpected)'}"
        named = ", ".join(printable(item["item"]) for item in one["some"])
        table.add_row(f"{one['items']:,}", because, named, style="dim" if one["expected"] else "")
    out.print(table)
