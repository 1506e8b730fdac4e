"""`licet identify`."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from licet.cli.shared import console, json_option, print_json, printable, work_options, workspace_option
from licet.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from licet.identify import Hearing
    from licet.parallel import Engine


@click.command("identify")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--from", "list_file", type=click.File("r", errors="surrogateescape"), help="A list: one path a line.")
@work_options
@workspace_option
@json_option
@click.pass_context
def command(
    context: click.Context,
    files: tuple[Path, ...],
    list_file: IO[str] | None,
    workers: int | None,
    engine: Engine,
    workspace: Path | None,
    as_json: bool,
) -> None:
    """Tell which recordings on record sound in FILES, where, and how changed.

    With --json one object a file is printed, a line each, as soon as it is known.

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
    hearer = Hearer(index, FingerprintIndex.open(index).state)
    few = workers or (1 if engine == PROCESSES else None)  # a clip is heard before another process has started
    for hearing in ordered_map(hearer, _all(files, list_file), workers=few, engine=engine):
        if isinstance(hearing, Crashed):
            raise UsageError(f"the decoder crashed on {hearing.item}", mend="leave it out, and report it")
        worst = max(worst, _code(hearing))
        if as_json:
            print_json("identify", _facts(hearing))
        else:
            _show(hearing)
    context.exit(worst)


def _all(files: tuple[Path, ...], list_file: IO[str] | None) -> Iterator[Path]:
    yield from files
    for line in list_file or ():
        if name := line.rstrip("\r\n"):
            yield Path(name)


def _code(hearing: Hearing) -> int:
    if hearing.trouble is not None:
        return 2
    return 0 if hearing.matches else 1


def _facts(hearing: Hearing) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "file": _shown(hearing.file),
        "duration_s": hearing.duration_s,
        "matches": [asdict(match) for match in hearing.matches],
    }
    if hearing.note:
        facts["note"] = hearing.note
    if hearing.trouble is not None:
        trouble = hearing.trouble
        facts["error"] = {"code": trouble.code, "message": trouble.message, "mend": trouble.mend}
    return facts


def _show(hearing: Hearing) -> None:
    out = console()
    out.print(f"[bold]{printable(_shown(hearing.file))}[/bold]")
    if hearing.trouble is not None:
        out.print(f"  cannot be heard: {printable(hearing.trouble.message)}")
        return
    if not hearing.matches:
        out.print("  no recording on record sounds in it")
    for match in hearing.matches:
        changed = _changed(match.time_factor, match.frequency_factor)
        out.print(
            f"  {printable(match.recording)}  from {_clock(match.reference_start_s)} of the recording, "
            f"at {_clock(match.query_start_s)}–{_clock(match.query_end_s)} here{changed}  "
            f"(probability {match.probability:.4f}, {match.aligned_peaks} peaks)"
        )
        out.print(f"    registered from {printable(match.path)}")


def _shown(file: Path) -> str:
    """Return a path as text, whatever bytes it holds."""
    return os.fsencode(file).decode("utf-8", "backslashreplace")


def _changed(time_factor: float, frequency_factor: float) -> str:
    """Say how the file differs from the recording, where that can be heard."""
    tempo, pitch = 100 * (time_factor - 1), 100 * (frequency_factor - 1)
    changes = [f"{tempo:+.1f} % tempo"] if abs(tempo) >= 0.25 else []
    changes += [f"{pitch:+.1f} % pitch"] if abs(pitch) >= 0.25 else []
    return f", {', '.join(changes)}" if changes else ""


def _clock(seconds: float) -> str:
    minutes, rest = divmod(max(seconds, 0.0), 60)
    return f"{int(minutes)}:{rest:04.1f}"
