"""An explanation on a terminal: short, each reason once, and nothing of it acted on by the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.cli.shared import printable
from licet.corpus.telling import belonging_in_words
from licet.corpus.wording import VOICES, heard, moment, recognised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from licet.corpus import Line
    from licet.corpus.contacts import Contacts
    from licet.corpus.explanation import Explanation
    from licet.corpus.telling import Told

SHOWN_CHARACTERS = 400  # of the bytes of one statement; --json shows more
SHOWN_REASON = 160  # characters of a reason in the table of readings; it stands whole beneath


def show(told: Told, titles: dict[str, str], out: Console) -> None:
    """Print an explanation; `titles` are those of the readings, as far as they are to hand."""
    line = told.line
    out.print(f"[bold]{printable(line.item)}[/bold]: [bold]{printable(line.verdict)}[/bold]", soft_wrap=True)
    _say(out, told.answer, told.sureness, *_identity(line))
    if line.error is not None:
        _list(out, "What to do", [line.error.mend] if line.error.mend else [])
        return
    _show_sides(told.explanation, titles, out)
    _show_grounds(told, titles, out)
    _show_proofs(told, out)
    _list(out, "What it asks in return", [f"{one.name}, {_kept(one.accepted)}: {one.says}" for one in line.conditions])
    _list(out, "What would change it", told.actions)
    _list(out, "Whom to ask", _asked(told.ask))
    _list(out, "Hints, which prove nothing", line.hints)
    _list(out, "Notes", line.notes)


def _asked(ask: Contacts) -> list[str]:
    people = [f"{one.name}: {'; '.join((*one.roles, *one.identifiers))}" for one in ask.people]
    return [*people, *ask.pages] or ["The record names nobody."]


def _kept(accepted: bool) -> str:
    return "which you accepted" if accepted else "which you have not accepted"


def _identity(line: Line) -> list[str]:
    """Say what the item is, how that is known, and where each recording sounds in it."""
    named = " by ".join(filter(None, (line.title and f"“{line.title}”", line.artist)))
    if not line.recordings:
        return [f"It calls itself {named}; no recording on record was found in it."] if named else []
    told = f"It is {', '.join(line.recordings)}, {named}" if named else f"It is {', '.join(line.recordings)}"
    return [f"{told}, recognised by {recognised(line.identified_by, line.confidence)}.", *map(heard, line.matches)]


def _show_sides(explanation: Explanation, titles: dict[str, str], out: Console) -> None:
    from rich.padding import Padding
    from rich.table import Table

    if not explanation.sides:
        return
    _head(out, "Under each reading of the law")
    table = Table("reading", "verdict", "the reason that decides", "the law", show_edge=False, pad_edge=False)
    last = ""
    for place, side in enumerate(explanation.sides):
        title = printable(titles.get(side.reading, side.reading)) + ("" if place else " (asked for)")
        reason = _reason(explanation, side.ground, side.more)
        said = "as above" if reason == last else printable(reason)
        table.add_row(title, printable(side.verdict), said, printable(side.status))
        last = reason
    out.print(Padding(table, (0, 0, 0, 2), expand=False))


def _reason(explanation: Explanation, place: int | None, more: int) -> str:
    if place is None:
        return "none is stated"
    says = explanation.grounds[place].says
    short = says if len(says) <= SHOWN_REASON else f"{says[:SHOWN_REASON]}…"
    return f"{place + 1}. {short}" + (f" (and {more} more)" if more else "")


def _show_grounds(told: Told, titles: dict[str, str], out: Console) -> None:
    if told.explanation.grounds:
        _head(out, "Every reason, once")
    for place, one in enumerate(told.explanation.grounds, start=1):
        about = f" ({', '.join(one.about)})" if one.about and len(told.line.recordings) > 1 else ""
        _say(out, f"{place}. {one.says}{about}")
        belongs = belonging_in_words(one, titles, len(told.explanation.sides))
        evidence = ", ".join(digest[:12] for digest in one.evidence)
        facts = (f"{one.verdict}: {belongs}", f"{one.cites} ({one.status})", f"rule {one.rule}, evidence {evidence}")
        _say(out, *facts, deep=5)


def _show_proofs(told: Told, out: Console) -> None:
    if told.proofs:
        _head(out, "The bytes that say so")
    for proof in told.proofs:
        one = proof.statement
        words = f"“{one.statement}”" if one.statement else "nothing"
        about = f" of {one.about}" if one.about and len(told.line.recordings) > 1 else ""
        _say(out, f"{VOICES.get(one.voice, one.voice)}{about}: {words} → {one.licence}")
        gone = f"NOT TO HAND: {proof.trouble} ({proof.mend})"
        state = "kept, and its bytes still hash to this name" if proof.kept else gone
        where = f"{one.source}: {one.where}, captured {moment(one.captured)}"
        _say(out, where, f"SHA-256 {one.evidence}", state, deep=5)
        if proof.words != one.statement:
            _say(out, *(f"│ {text}" for text in proof.words[:SHOWN_CHARACTERS].splitlines()), deep=5)


def _list(out: Console, heading: str, texts: Sequence[str]) -> None:
    if texts:
        _head(out, heading)
    for text in texts:
        _say(out, f"- {text}")


def _head(out: Console, heading: str) -> None:
    out.print(f"\n  [bold]{heading}[/bold]")


def _say(out: Console, *texts: str, deep: int = 2) -> None:
    """Print each text that is not empty, so far in: titles and file names are other people's input, and are escaped."""
    from rich.padding import Padding

    for text in filter(None, texts):
        out.print(Padding(printable(text), (0, 0, 0, deep), expand=False))
