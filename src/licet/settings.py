"""A workspace's settings: the few things in `licet.toml` that a person may change."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from licet.errors import WorkspaceError

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "licet.toml"
FORMAT = 1

DATABASE = "licet.db"
TEMPLATE = """\
# A Licet workspace. Everything it knows lies beside this file; back up the folder as a whole.
format = 1

# Where the catalogue is kept: a file in this folder, or a URL such as postgresql://user@host/database.
database = {database}

# The reading that a verdict is given under unless another is asked for.
reading = "strict"

# Conditions that you undertake to keep, and that therefore do not refuse a use.
accept = ["attribution", "notice"]

# The proof of control without which a grant in the registry does not count:
# self-declared, account, vouched or trusted-key.
control = "account"

# Parties that may settle disputes between others with their own signatures.
arbiters = []

# A policy file of your own instead of the house's: a path, relative to this folder.
# policy = "policy.toml"
"""


@dataclass(frozen=True, slots=True)
class Settings:
    """What `licet.toml` says."""

    database: str = field(default=DATABASE, repr=False)  # a URL may hold a password
    reading: str = "strict"
    accept: tuple[str, ...] = ("attribution", "notice")
    policy: str | None = None
    control: str = "account"
    arbiters: tuple[str, ...] = ()


def template(database: str = DATABASE) -> str:
    """Return the settings of a new workspace, whose catalogue is kept in `database`."""
    return TEMPLATE.replace(
        "{database}", json.dumps(database, ensure_ascii=False)
    )  # a JSON string is a basic string of TOML


def nearest(start: Path) -> Path:
    """Return the nearest folder from `start` upwards that is a workspace.

    Raises:
        WorkspaceError: there is none.
    """
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder
    raise WorkspaceError(f"there is no workspace in {start} or above it", mend="make one with `licet init`")


def read_settings(folder: Path) -> Settings:
    """Read the settings of the workspace in `folder`.

    Raises:
        WorkspaceError: there is no workspace, its file is not valid, or another version of Licet wrote it.
    """
    path = folder / FILE_NAME
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise WorkspaceError(f"{folder} is not a workspace", mend="make one with `licet init`") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as broken:
        raise WorkspaceError(f"{path} cannot be read: {broken}") from broken
    if table.pop("format", None) != FORMAT:
        raise WorkspaceError(f"{path} is of another version of Licet", mend=f"this one reads format {FORMAT}")
    return Settings(**_checked(table, path))


def _checked(table: dict[str, Any], path: Path) -> dict[str, Any]:
    unknown = table.keys() - set(Settings.__slots__)
    if unknown:
        raise WorkspaceError(f"{path} sets what there is not: {', '.join(sorted(unknown))}")
    for name in ("database", "reading", "policy", "control"):
        if name in table and not isinstance(table[name], str):
            raise WorkspaceError(f"{path}: {name} is not text")
    for name in {"accept", "arbiters"} & table.keys():
        if not isinstance(table[name], list) or not all(isinstance(one, str) for one in table[name]):
            raise WorkspaceError(f"{path}: {name} is not a list of names")
        table[name] = tuple(table[name])
    return table
