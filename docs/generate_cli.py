"""Write `docs/cli.md` from the commands' own help: `python docs/generate_cli.py`. A test compares the two."""

from __future__ import annotations

from pathlib import Path

import click
from click.testing import CliRunner

from licet.cli import licet

HEAD = """# The command line

Written from the commands' own `--help` by `docs/generate_cli.py`.

Every command takes `--json` and then prints one JSON document with a version in `format` (`licet-clear/1`); `identify`
prints one for each file, `duplicates` one for each pair and one at the end. Errors go to standard error as one sentence
and its mend, with `--json` to standard output as `licet-error/1`.

| exit code | `clear` | `identify` | `duplicates` | `forget` | `gather` | others |
|---|---|---|---|---|---|---|
| 0 | all are permitted | all are identified | no two are alike | all were in the index | all answered | done |
| 1 | some are not | some are not | some do | some were not | some were not | |
| 2 | an error stopped it | an error, or a file not heard | an error | an error | an error | an error |
"""


def page() -> str:
    """Return the page as it should stand."""
    with click.Context(licet) as context:
        names = licet.list_commands(context)
        found = {name: licet.get_command(context, name) for name in names}
    calls: list[list[str]] = [[]]
    for name, command in found.items():
        calls += [[name], *([name, part] for part in (command.commands if isinstance(command, click.Group) else ()))]
    parts = [HEAD]
    for arguments in calls:
        shown = CliRunner().invoke(licet, [*arguments, "--help"], prog_name="licet", terminal_width=100).output
        parts.append(f"## {' '.join(['licet', *arguments])}\n\n```text\n{shown}```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    Path(__file__).with_name("cli.md").write_text(page(), encoding="utf-8")
