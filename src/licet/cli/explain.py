"""`licet explain`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from licet.cli.shared import console, json_option, open_workspace, print_json, printable, workspace_option
from licet.errors import EvidenceError, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from licet.corpus import Line, StatementLine
    from licet.terms import EvidenceStore

SHOWN_CHARACTERS = 600


@click.command("explain")
@click.argument("item")
@click.option("--manifest", type=click.Path(path_type=Path), help="A manifest's folder. Default: the latest.")
@workspace_option
@json_option
def command(item: str, manifest: Path | None, workspace: Path | None, as_json: bool) -> None:
    """Show everything behind the verdict on ITEM, down to the bytes of the evidence.

    ITEM is named as in the manifest: by its path in the corpus, or by the identifier it was listed by. A recording's
    identifier finds every item that it was found in.

    \b
    Examples:
      licet explain albums/track01.mp3
      licet explain jamendo:214 --json
    """
    from licet.corpus import find_lines

    with open_workspace(workspace) as room:
        lines = find_lines(manifest or room.latest_manifest(), item)
        if not lines:
            raise UsageError(f"the manifest has no item {item!r}", mend="name it as the manifest does")
        if as_json:
            print_json("explain", {"items": [_facts(line, room.evidence) for line in lines]})
            return
        for line in lines:
            _show(line, room.evidence, console())


def _facts(line: Line, evidence: EvidenceStore) -> dict[str, Any]:
    import msgspec

    facts: dict[str, Any] = msgspec.to_builtins(line)
    for statement, shown in zip(line.statements, facts["statements"], strict=True):
        shown["bytes"] = _words(statement, evidence)
    return facts


def _words(statement: StatementLine, store: EvidenceStore) -> str:
    """Return the words of the evidence, read from the store and checked against their digest."""
    from licet.terms import Evidence

    evidence = Evidence(
        statement.evidence,
        statement.source,
        statement.where,
        _when(statement.captured),
        statement.blob,
        statement.start,
        statement.length,
    )
    try:
        return store.read(evidence).decode("utf-8", "backslashreplace")
    except EvidenceError as gone:
        return f"[{gone}]"


def _when(text: str) -> Any:  # noqa: ANN401  (a datetime, imported where it is needed)
    from datetime import datetime

    return datetime.fromisoformat(text)


def _show(line: Line, store: EvidenceStore, out: Console) -> None:
    _show_identity(line, out)
    if line.error is None:
        _show_reasons(line, out)
        _show_evidence(line, store, out)


def _show_identity(line: Line, out: Console) -> None:
    out.print(f"[bold]{printable(line.item)}[/bold]: [bold]{line.verdict}[/bold]", soft_wrap=True)
    if line.error is not None:
        out.print(f"  {printable(line.error.message)} — {printable(line.error.mend)}")
        return
    out.print("  " + " · ".join(f"{one.reading}: {one.verdict}" for one in line.readings))
    if line.recordings:
        sure = "" if line.confidence is None else f", probability {line.confidence:.4f}"
        out.print(f"  It is {printable(', '.join(line.recordings))} (told by {line.identified_by}{sure}).")
        out.print(f"  {printable(line.title)} — {printable(line.artist)}")
    for match in line.matches:
        out.print(
            f"  {printable(match.recording)} sounds at {match.query_start_s:.1f}–{match.query_end_s:.1f} s: "
            f"{match.reference_start_s:.1f}–{match.reference_end_s:.1f} s of the recording; "
            f"tempo × {match.time_factor:.3f}, pitch × {match.frequency_factor:.3f}."
        )


def _show_reasons(line: Line, out: Console) -> None:
    out.print("  [bold]Reasons[/bold]")
    for reason in line.reasons:
        out.print(f"    {reason.reading} · {reason.verdict} · {printable(reason.says)}")
        out.print(
            f"      [dim]{printable(reason.cites)} ({reason.status}); rule {printable(reason.rule)}; evidence "
            f"{', '.join(digest[:12] for digest in reason.evidence)}[/dim]"
        )
    for heading, texts in (("What would change it", line.changes), ("Hints", line.hints), ("Notes", line.notes)):
        if texts:
            out.print(f"  [bold]{heading}[/bold]")
            for text in texts:
                out.print(f"    {printable(text)}")


def _show_evidence(line: Line, store: EvidenceStore, out: Console) -> None:
    if line.statements:
        out.print("  [bold]Evidence[/bold]")
    for statement in line.statements:
        about = f" about {printable(statement.about)}" if statement.about else " about this file"
        out.print(f"    {statement.evidence[:12]} {printable(statement.source)}{about}: {printable(statement.licence)}")
        out.print(f"      [dim]{printable(statement.where)}, captured {statement.captured}[/dim]")
        for text in _words(statement, store)[:SHOWN_CHARACTERS].splitlines():
            out.print(f"      │ {printable(text)}", soft_wrap=True)
