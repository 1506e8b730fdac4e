"""Where a secret is kept: the place is told and shown, the secret itself is read when it is needed and kept nowhere."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from licet.errors import UsageError

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_MEND = "write file: and a path, or env: and a name"


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret in a file that only its owner may read (`file:/path`), or in the environment (`env:NAME`).

    Raises:
        UsageError: the place is neither.
    """

    place: str

    def __post_init__(self) -> None:
        kind, _, where = self.place.partition(":")
        if kind not in {"file", "env"} or not where:
            # The place is not repeated: it may be the secret itself, given by mistake.
            raise UsageError("that is no place of a secret", mend=_MEND)

    def read(self) -> str:
        """Return the secret: the first line of the file, or the value.

        Raises:
            UsageError: there is none, or others may read it.
        """
        kind, _, where = self.place.partition(":")
        found = os.environ.get(where, "") if kind == "env" else _first_line(Path(where))
        if not found:
            raise UsageError(f"there is no secret at {self.place}")
        return found


def _first_line(path: Path) -> str:
    try:
        if path.stat().st_mode & _OTHERS:
            raise UsageError(f"others may read the secret at {path}", mend=f"chmod 600 {path}, and change it")
        return path.read_text(encoding="utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError):
        return ""
