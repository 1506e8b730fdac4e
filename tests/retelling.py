"""Do what a page of the docs says: every command of it in order, as a reader would type it.

A block of `console` holds commands, each after `$ `, and what they print. Of what is printed, `…` stands for what
differs from one telling to the next: within a line, or, on a line of its own, for lines. `> FILE` keeps what is
printed, and `$ NAME=$(licet … --json | jq -r .id)` a value of it, as a shell with jq does: `$NAME` is that value from
then on. A list is narrowed to one by `'.grants[] | select(.party == "ann").id'`.
"""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import CliRunner

from licet import cli
from licet.errors import LicetError

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
_KEPT = re.compile(r"([A-Z_]+)=\$\((.*?) \| jq -r '?\.(\w+)(?:\[\] \| select\(\.(\w+) == \"(\w+)\"\)\.(\w+)'?)?\)")


@dataclass
class Shell:
    """The little of a shell that the page needs."""

    values: dict[str, str] = field(default_factory=dict)

    def run(self, line: str) -> tuple[int, str]:
        """Run one command, and return how it ended and what it printed."""
        keeps = _KEPT.fullmatch(line)
        command = keeps[2] if keeps else line
        for name in sorted(self.values, key=len, reverse=True):
            command = command.replace(f"${name}", self.values[name])
        command, _, out = command.partition(" > ")
        program, *arguments = shlex.split(command)
        assert program == "licet", f"the page starts {program}"
        done = CliRunner().invoke(cli.licet, arguments)
        if isinstance(done.exception, LicetError):
            error = done.exception
            return 2, f"{done.output}licet: {error.message}\n" + (f"  mend: {error.mend}\n" if error.mend else "")
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        if out:
            Path(out).write_text(done.output, encoding="utf-8")
        if not keeps:
            return done.exit_code, "" if out else done.output
        found = json.loads(done.output)[keeps[3]]
        if keeps[4]:
            (found,) = (one[keeps[6]] for one in found if one[keeps[4]] == keeps[5])
        self.values[keeps[1]] = found
        return done.exit_code, ""


def commands(page: Path) -> Iterator[tuple[str, str]]:
    """Yield each command of a page, and what it is said to print."""
    for block in _BLOCK.findall(page.read_text(encoding="utf-8")):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, printed = part.replace("\\\n", " ").partition("\n")
            yield " ".join(command.split()), printed


def agrees(said: str, printed: str) -> bool:
    """Whether a command printed what the page says that it prints."""
    pattern = "\n".join(".*" if line.strip() == "…" else _pattern(line) for line in said.rstrip().splitlines())
    return re.fullmatch(pattern, "\n".join(map(str.rstrip, printed.rstrip().splitlines())), re.DOTALL) is not None


def _pattern(line: str) -> str:
    return "[^\n]*?".join(map(re.escape, line.rstrip().split("…")))
