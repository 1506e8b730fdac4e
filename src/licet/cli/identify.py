"""`licet identify`."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from licet import __version__
from licet.cli.shared import console, json_option, print_json, printable, work_options, workspace_option
from licet.cli.sounding import change, clock, span
from licet.errors import SourceError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from licet.identify import Hearing
    from licet.identify.acoustid import Hint
    from licet.parallel import Engine


@click.command("identify")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--from", "list_file", type=click.File("r", errors="surrogateescape"), help="A list: one path a line.")
@click.option("--acoustid", "outside", is_flag=True, help="Ask AcoustID about what is not on record. See below.")
@work_options
@workspace_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    files: tuple[Path, ...],
    list_file: IO[str] | None,
    outside: bool,
    workers: int | None,
    engine: Engine,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Tell which recordings on record sound in FILES, where, and how changed.

    With --json one object a file is printed, a line each, as soon as it is known. Recordings are told in the order in
    which they sound, with the share of the file that they account for.

    --acoustid asks api.acoustid.org about the files that nothing on record accounts for, with your own key in
    LICET_ACOUSTID_KEY. It is sent a fingerprint and a length, and its answers are hints: they identify nothing. It is
    free for non-commercial use only. Without this flag nothing leaves this machine.

    \b
    Examples:
      licet identify clip.mp3
      find clips -name '*.mp3' | licet identify --from - --json

    Exit codes: 0 every file is identified; 1 some are not; 2 a file could not be heard, or an error.
    """
    # The database is not opened: who a sound is, the index alone can say, and in half the time.
    from licet.identify import FingerprintIndex, Hearer
    from licet.parallel import PROCESSES, Crashed, ordered_map
    from licet.settings import nearest, read_settings

    if not files and list_file is None:
        raise UsageError("no file was named", mend="name files, or a list with --from")
    folder = workspace or nearest(Path.cwd())
    read_settings(folder)
    index = folder / "index"
    worst = 0
    ask = _asker() if outside else None
    hearer = Hearer(index, FingerprintIndex.open(index).state)
    few = workers or (1 if engine == PROCESSES else None)  # a clip is heard before another process has started
    for hearing in ordered_map(hearer, _all(files, list_file), workers=few, engine=engine):
        if isinstance(hearing, Crashed):
            raise UsageError(f"the decoder crashed on {hearing.item}", mend="leave it out, and report it")
        worst = max(worst, _code(hearing))
        opinion = ask(hearing) if ask else None
        if as_json:
            print_json("identify", _facts(hearing, opinion))
        else:
            _show(hearing)
            _show_opinion(opinion)
    context.exit(worst)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What AcoustID says of a file, or why it says nothing."""

    hints: tuple[Hint, ...] = ()
    trouble: SourceError | None = None


def _asker() -> Callable[[Hearing], Opinion | None]:
    """Return what asks AcoustID about a file that could be heard and is not identified."""
    from licet.identify import SURE
    from licet.identify.acoustid import AcoustId, HttpTransport, key_in

    acoustid = AcoustId(key_in(os.environ), HttpTransport(f"licet/{__version__}"))

    def ask(hearing: Hearing) -> Opinion | None:
        if hearing.trouble is not None or any(match.probability >= SURE for match in hearing.matches):
            return None
        try:
            return Opinion(acoustid.ask(hearing.file))
        except SourceError as trouble:
            return Opinion(trouble=trouble)

    return ask


def _all(files: tuple[Path, ...], list_file: IO[str] | None) -> Iterator[Path]:
    yield from files
    for line in list_file or ():
        if name := line.rstrip("\r\n"):
            yield Path(name)


def _code(hearing: Hearing) -> int:
    if hearing.trouble is not None:
        return 2
    return 0 if hearing.matches else 1


def _facts(hearing: Hearing, opinion: Opinion | None) -> dict[str, Any]:
    from licet.identify.coverage import coverage, in_order_of_time

    facts: dict[str, Any] = {
        "file": _shown(hearing.file),
        "duration_s": hearing.duration_s,
        "coverage": round(coverage(hearing.matches, hearing.duration_s), 4),
        "matches": [asdict(match) for match in in_order_of_time(hearing.matches)],
    }
    if opinion is not None:
        facts["hints"] = [asdict(hint) for hint in opinion.hints]
    if opinion is not None and opinion.trouble is not None:
        facts["hints_error"] = {"message": opinion.trouble.message, "mend": opinion.trouble.mend}
    if hearing.note:
        facts["note"] = hearing.note
    if hearing.trouble is not None:
        trouble = hearing.trouble
        facts["error"] = {"code": trouble.code, "message": trouble.message, "mend": trouble.mend}
    return facts


def _show(hearing: Hearing) -> None:
    from licet.identify.coverage import coverage, in_order_of_time

    out = console()
    out.print(f"[bold]{printable(_shown(hearing.file))}[/bold]")
    if hearing.trouble is not None:
        out.print(f"  cannot be heard: {printable(hearing.trouble.message)}")
        return
    if not hearing.matches:
        out.print("  no recording on record sounds in it")
        return
    for match in in_order_of_time(hearing.matches):
        differs = change(match.time_factor, match.frequency_factor)
        out.print(
            f"  {span(match.query_start_s, match.query_end_s)}  {printable(match.recording)}  "
            f"{span(match.reference_start_s, match.reference_end_s)}{', ' if differs else ''}{differs}  "
            f"(probability {match.probability:.4f}, {match.aligned_peaks} peaks)"
        )
        out.print(f"    registered from {printable(match.path)}")
    share = coverage(hearing.matches, hearing.duration_s)
    out.print(f"  {share:.0%} of {clock(hearing.duration_s or 0.0)} is identified")


def _show_opinion(opinion: Opinion | None) -> None:
    if opinion is None:
        return
    out = console()
    if opinion.trouble is not None:
        out.print(f"  {printable(str(opinion.trouble))}")
    elif not opinion.hints:
        out.print("  AcoustID does not know it either")
    else:
        out.print("  AcoustID takes it for one of these; that is a hint, and identifies nothing:")
    for hint in opinion.hints:
        name = f"{', '.join(hint.artists)}: {hint.title}" if hint.title else "a sound without a name"
        out.print(f"    {printable(name)}  (confidence {hint.confidence:.2f}, acoustid {hint.acoustid})")


def _shown(file: Path) -> str:
    """Return a path as text, whatever bytes it holds."""
    return os.fsencode(file).decode("utf-8", "backslashreplace")
