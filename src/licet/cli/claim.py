"""`licet claim`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from licet.cli.shared import console, json_option, now, open_workspace, print_json, printable, workspace_option
from licet.errors import UsageError

if TYPE_CHECKING:
    from licet.registry.claims import Ground
    from licet.workspace import Workspace
    from licet.workspace.claims import Standings

FILE = click.Path(path_type=Path)
STEPS = ("acknowledged", "answered", "remedied", "disputed-answer", "withdrawn", "closed")
ASKS = ("tell", "remove", "license", "pay", "credit")


@click.group("claim")
def command() -> None:
    """Claim a recording that is in a corpus, an output or a model; answer claims; hand over the evidence.

    A claim says what was found, and what is asked. A finding is no proof of training, and no claim says that it is.

    \b
    Examples:
      licet claim make ann --recording jamendo:214 --corpus "Big Set" --to "Big Lab" --manifest big/ --ask remove
      licet claim step biglab 4f0c answered --answer partly --words "of two we hold one"
      licet claim list --overdue
      licet claim pack 4f0c pack/ --audio music/ --audio corpus/
      licet claim verify pack/ --known log.key.pub
    """


@command.command("make")
@click.argument("party")
@click.option("--recording", "recordings", multiple=True, required=True, metavar="KEY", help="Of PARTY's; repeat.")
@click.option("--corpus", metavar="NAME", help="The corpus that it is in.")
@click.option("--output", metavar="NAME", help="The model or service whose output it is in.")
@click.option("--model", metavar="NAME", help="The model whose makers say that they used it.")
@click.option("--to", "respondent", required=True, metavar="NAME", help="Who is asked.")
@click.option("--to-party", default="", metavar="ID", help="Their id, where they are on record as a party.")
@click.option("--manifest", type=FILE, help="It rests on this sealed manifest: its folder.")
@click.option("--item", "items", multiple=True, help="An item of it; repeat. Default: all that the recordings are in.")
@click.option("--heard", multiple=True, type=FILE, help="It rests on this audio file, an output; repeat.")
@click.option("--disclosure", type=FILE, help="It rests on a maker's own words: the page, as it was kept.")
@click.option("--quote", default="", help="The words in it.")
@click.option("--url", default="", help="Where they were read.")
@click.option("--read", default="", metavar="YYYY-MM-DD", help="When. Default: today.")
@click.option("--ask", "asks", multiple=True, required=True, type=click.Choice(ASKS), help="What for; repeat.")
@click.option("--acknowledge-days", type=click.IntRange(1), default=7, show_default=True, help="No law: a default.")
@click.option("--answer-days", type=click.IntRange(1), default=30, show_default=True, help="Likewise.")
@click.option("--words", default="", help="What people should read with it.")
@click.option("--actor", default="desk", show_default=True, help="Who enters it.")
@workspace_option
@json_option
def make(
    party: str,
    recordings: tuple[str, ...],
    corpus: str | None,
    output: str | None,
    model: str | None,
    respondent: str,
    to_party: str,
    manifest: Path | None,
    items: tuple[str, ...],
    heard: tuple[Path, ...],
    disclosure: Path | None,
    quote: str,
    url: str,
    read: str,
    asks: tuple[str, ...],
    acknowledge_days: int,
    answer_days: int,
    words: str,
    actor: str,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Claim for PARTY, which is on record to hold something in the recordings, and print the claim's id.

    It rests on a sealed manifest, on audio files that are said to be outputs, on a maker's own words, or several of
    these.

    \b
    Examples:
      licet claim make ann --recording jamendo:214 --corpus "Big Set" --to "Big Lab" --manifest big/ --ask tell
      licet claim make ann --recording jamendo:214 --output Singer --to "Big Lab" --heard song.mp3 --ask pay
      licet claim make ann --recording jamendo:214 --model Singer --to "Big Lab" --disclosure page.html --ask license \\
          --quote "trained on Big Set" --url https://biglab.example/model
    """
    import msgspec

    from licet.catalog import parse_identifier
    from licet.registry.claims import Claim

    against = [(what, one) for what, one in (("corpus", corpus), ("output", output), ("model", model)) if one]
    if len(against) != 1:
        raise UsageError("it is not said what the claim is against", mend="one of --corpus, --output and --model")
    keys = tuple(str(parse_identifier(one)) for one in recordings)
    at = now()
    with open_workspace(workspace) as room:
        grounds: list[Ground] = []
        if manifest is not None:
            grounds.append(room.claims.in_manifest(manifest, keys, items))
        grounds += [room.claims.heard_in(file, keys) for file in heard]
        if disclosure is not None:
            day = read or at.date().isoformat()
            grounds.append(room.claims.disclosed(quote, url, day, _page(disclosure)))
        facts = {
            "claimant": party,
            "actor": actor,
            "at": at.isoformat(),
            "recordings": keys,
            "against": {"what": against[0][0], "name": against[0][1]},
            "respondent": {"name": respondent, "party": to_party},
            "grounds": msgspec.to_builtins(grounds),
            "asks": asks,
            "days": {"acknowledge": acknowledge_days, "answer": answer_days},
            "words": words,
        }
        try:
            claim = msgspec.convert(facts, Claim)
        except msgspec.ValidationError as wrong:
            raise UsageError(f"that is no claim: {wrong}", mend="--manifest, --heard or --disclosure") from wrong
        place = room.claims.make(claim)
        told = _told(room.claims.show(claim.id, at))
    _print(told, f"claim {claim.id}, entry {place} of the log", as_json=as_json)


@command.command("step")
@click.argument("party")
@click.argument("claim")
@click.argument("kind", type=click.Choice(STEPS), metavar="STEP")
@click.option("--answer", type=click.Choice(("accepted", "partly", "denied")), help="How it is answered.")
@click.option("--remedy", type=click.Choice(("removed", "licensed", "paid")), help="What was done about it.")
@click.option("--place", type=click.IntRange(0), help="Removed: the log's entry of the manifest that supersedes.")
@click.option("--grant", metavar="ID", help="Licensed: the grant.")
@click.option("--words", default="", help="What people should read with it.")
@click.option("--actor", default="desk", show_default=True, help="Who enters it.")
@workspace_option
@json_option
def step(
    party: str,
    claim: str,
    kind: str,
    answer: str | None,
    remedy: str | None,
    place: int | None,
    grant: str | None,
    words: str,
    actor: str,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Take a STEP of a CLAIM for PARTY: acknowledged, answered, remedied, disputed-answer, withdrawn or closed.

    The respondent acknowledges, answers and remedies; the claimant disputes, withdraws and closes. Where the claim
    names no party as respondent, the claimant enters what it was told.

    \b
    Examples:
      licet claim step biglab 4f0c acknowledged
      licet claim step biglab 4f0c remedied --remedy removed --place 12
      licet claim step ann 4f0c disputed-answer --words "the other one is there too"
    """
    from licet.registry.claims import Answer, Remedy, Step, StepKind

    at = now()
    with open_workspace(workspace) as room:
        made = Step(
            claim=room.claims.called(claim),
            kind=StepKind(kind),
            party=party,
            actor=actor,
            at=at.isoformat(),
            answer=None if answer is None else Answer(answer),
            remedy=None if remedy is None else Remedy(remedy),
            place=place,
            grant=grant,
            words=words,
        )
        stands = room.claims.step(made)
        told = _told(room.claims.show(made.claim, at)) | {"step": made.id}
    _print(told, f"{kind} {made.id}, entry {stands} of the log: the claim is {told['state']}", as_json=as_json)


@command.command("show")
@click.argument("claim")
@workspace_option
@json_option
def show(claim: str, workspace: Path | None, as_json: bool) -> None:
    """Show a CLAIM, its steps and what is due; its id may be cut short."""
    with open_workspace(workspace) as room:
        told = _told(room.claims.show(room.claims.called(claim), now()))
    lines = [f"claim {told['id']}: {told['state']}"]
    lines += [f"  {name:<12} {_words(told[name])}" for name in ("claimant", "respondent", "against", "recordings")]
    lines += [f"  {name:<12} {_words(told[name])}" for name in ("asks", "rests_on", "words", "at", "place")]
    lines += [f"  {one['at']}  {one['party']}: {_came(one)}" for one in told["steps"]]
    lines += [f"  void: {one['at']}  {one['party']}: {_came(one)}: {one['because']}" for one in told["void"]]
    lines += [_due(one) for one in told["due"]]
    _print(told, *lines, as_json=as_json)


@command.command("list")
@click.option("--overdue", is_flag=True, help="Only those of which a deadline has passed.")
@click.option("--all", "everything", is_flag=True, help="Those that are over, too.")
@workspace_option
@json_option
def list_claims(overdue: bool, everything: bool, workspace: Path | None, as_json: bool) -> None:
    """List the claims on which something may follow, with what is due.

    \b
    Examples:
      licet claim list
      licet claim list --overdue --json
    """
    with open_workspace(workspace) as room:
        found = [_told(one) for one in _chosen(room, overdue=overdue, everything=everything)]
    if as_json:
        print_json("claims", {"claims": found})
        return
    for told in found:
        head = f"{told['id'][:16]}  {told['state']:<12} {told['claimant']} to {_words(told['respondent'])}"
        console().print(printable(f"{head}: {_words(told['against'])}"), soft_wrap=True)
        for one in told["due"]:
            console().print(_due(one), soft_wrap=True)
    if not found:
        console().print("There is no such claim.")


@command.command("pack")
@click.argument("claim")
@click.argument("folder", type=FILE)
@click.option("--audio", multiple=True, type=FILE, help="A folder or a file where sounds are; repeat.")
@workspace_option
@json_option
def pack(claim: str, folder: Path, audio: tuple[Path, ...], workspace: Path | None, as_json: bool) -> None:
    """Write the evidence pack of a CLAIM into FOLDER: the notice, the pictures, the evidence, and a signed list.

    Sounds are looked for in --audio, by their paths in the manifest and on record. Where one is not at hand, the pack
    says so.

    \b
    Example:
      licet claim pack 4f0c pack/ --audio music/ --audio corpus/
    """
    for one in audio:
        if not os.path.exists(one):  # noqa: PTH110  (says no where the system says that such a name cannot be)
            raise UsageError(f"there is no {one}", mend="name a folder or a file with sounds")
    with open_workspace(workspace) as room:
        name = room.claims.called(claim)
        files = room.claims.pack(name, folder, now(), audio)
    told = {"id": name, "folder": str(folder), "files": list(files)}
    _print(told, f"{len(files)} files in {folder}: read notice.html or notice.pdf first", as_json=as_json)


@command.command("verify")
@click.argument("folder", type=FILE)
@click.option("--known", multiple=True, type=FILE, required=True, help="A file of public keys, one a line; repeat.")
@json_option
@click.pass_context
def verify(context: click.Context, folder: Path, known: tuple[Path, ...], as_json: bool) -> None:
    """Check the pack in FOLDER, offline: that nothing in it is changed, missing or added, and who signed it.

    \b
    Example:
      licet claim verify pack/ --known log.key.pub

    Exit codes: 0 it checks; 1 it does not, and each file that is wrong is named; 2 an error.
    """
    from licet.exports.claim_notice import check_pack
    from licet.transparency import read_verifiers

    checked = check_pack(folder, [one for path in known for one in read_verifiers(path)])
    wrong = [{"file": one.file, "says": one.says} for one in checked.wrong]
    told = {
        "checks": not wrong,
        "claim": checked.claim,
        "made": checked.made,
        "files": checked.files,
        "signed_by": list(checked.signed_by),
        "wrong": wrong,
    }
    lines = [f"{folder} {'does not check' if wrong else 'checks'}."]
    lines += [f"  {one['file']}: {one['says']}" for one in wrong]
    if checked.claim:
        lines.append(f"  claim {checked.claim}, packed {checked.made}, signed by {', '.join(checked.signed_by)}")
    _print(told, *lines, as_json=as_json)
    context.exit(1 if wrong else 0)


def _page(path: Path) -> bytes:
    """Read a page, and no more of it than tells that it is too large."""
    from licet.catalog.sources.reading import opened
    from licet.exports.claim_notice import MOST_FILE_BYTES

    with opened(path, "a page") as stream:
        return stream.read(MOST_FILE_BYTES + 1)


def _chosen(room: Workspace, *, overdue: bool, everything: bool) -> list[Standings]:
    claims = room.claims
    at = now()
    return list(claims.overdue(at) if overdue else claims.all(at) if everything else claims.open(at))


def _told(one: Standings) -> dict[str, Any]:
    """Return a claim and how it stands, as JSON has it."""
    import msgspec

    claim, standing = one.claim, one.standing
    facts: dict[str, Any] = msgspec.to_builtins(claim)
    rests_on = [ground["rests_on"] for ground in facts["grounds"]]
    due = [{"what": each.what, "by": each.by.isoformat(), "overdue": each.overdue} for each in standing.due]
    steps = [msgspec.to_builtins(each) | {"id": each.id, "place": one.places.get(each.id)} for each in standing.taken]
    void = [msgspec.to_builtins(each) | {"id": each.id, "because": why} for each, why in standing.void]
    stands = {"id": claim.id, "place": one.places.get(claim.id), "state": str(standing.state), "due": due}
    return facts | stands | {"rests_on": rests_on, "steps": steps, "void": void}


def _print(told: dict[str, Any], *lines: str, as_json: bool) -> None:
    if as_json:
        print_json("claim", told)
        return
    for line in lines:
        console().print(printable(line), soft_wrap=True)


def _came(step: dict[str, Any]) -> str:
    return " ".join(str(step[name]) for name in ("kind", "answer", "remedy", "words") if step[name])


def _due(one: dict[str, Any]) -> str:
    return f"  {'OVERDUE' if one['overdue'] else 'due'}: {one['what']}, by {one['by']}"


def _words(value: object) -> str:
    """Return a part of a claim on one line."""
    if isinstance(value, dict):
        return " ".join(str(one) for one in value.values() if one)
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
