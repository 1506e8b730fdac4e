"""`licet explain`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from licet.cli.shared import console, json_option, open_workspace, print_json, workspace_option
from licet.errors import ManifestError, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from licet.corpus import Head
    from licet.corpus.telling import Told


@click.command("explain")
@click.argument("item")
@click.option("--manifest", type=click.Path(path_type=Path), help="A manifest's folder. Default: the latest.")
@workspace_option
@json_option
def command(item: str, manifest: Path | None, workspace: Path | None, as_json: bool) -> None:
    """Explain the verdict on ITEM: every reading of the law, the reasons, and the bytes that say so.

    ITEM is named as in the manifest: by its path in the corpus, or by the identifier it was listed by. A recording's
    identifier finds every item that it was found in. What would change the verdict, and whom to ask, is said too.

    \b
    Examples:
      licet explain albums/track01.mp3
      licet explain jamendo:214 --json
    """
    from licet.cli.explaining import show
    from licet.corpus import find_lines, read_head
    from licet.corpus.contacts import contacts_for
    from licet.corpus.explanation import explained
    from licet.corpus.proofs import proof_of
    from licet.corpus.telling import DISCLAIMER, Told, titles_of

    with open_workspace(workspace) as room:
        folder = manifest or room.latest_manifest()
        lines = find_lines(folder, item)
        if not lines:
            raise UsageError(f"the manifest has no item {item!r}", mend="name it as the manifest does")
        head, _ = read_head(folder)
        recordings = [recording for line in lines for recording in line.recordings]
        on_record = room.catalogue.find(recordings, as_of=_end_of(head.day))
        told = []
        for line in lines:
            proofs = tuple(proof_of(statement, room.evidence) for statement in line.statements)
            told.append(Told(head, line, explained(line), proofs, contacts_for(line, on_record)))
        titles = titles_of(room.policy, head)
    if as_json:
        print_json("explain", {"asked": _asked(head), "items": list(map(_facts, told)), "notice": DISCLAIMER})
        return
    out = console()
    for one in told:
        show(one, titles, out)
    out.print(f"\n[dim]{DISCLAIMER}[/dim]")


def _end_of(day: str) -> datetime:
    """Return the last moment of the day that a manifest is of: what was put on record later does not count."""
    from licet.corpus.deciding import end_of

    try:
        return end_of(date.fromisoformat(day))
    except ValueError:
        raise ManifestError(f"the manifest is of {day!r}, which is no day", mend="clear the corpus again") from None


def _asked(head: Head) -> dict[str, Any]:
    import msgspec

    names = "corpus act purpose territories day reading accepts asker model policy policy_sha256".split()
    return {name: msgspec.to_builtins(getattr(head, name)) for name in names}


def _facts(told: Told) -> dict[str, Any]:
    """Return the line of the manifest, its statements with their bytes, and what the text says of it besides."""
    import msgspec

    facts: dict[str, Any] = msgspec.to_builtins(told.line)
    for proof, shown in zip(told.proofs, facts["statements"], strict=True):
        shown |= {"bytes": proof.words if proof.kept else f"[{proof.trouble}]", "kept": proof.kept}
        shown |= {"trouble": proof.trouble, "mend": proof.mend}
    return facts | {
        "answer": told.answer,
        "sureness": told.sureness,
        "sides": msgspec.to_builtins(told.explanation.sides),
        "grounds": msgspec.to_builtins(told.explanation.grounds),
        "actions": list(told.actions),
        "ask": msgspec.to_builtins(told.ask),
    }
