"""A run: one training, from what it was to be fed to the weights that came out. `docs/runs.md` documents the files.

A run is a folder: `run.json` says what it was started with and never changes; `passes/` what was let through in each
epoch; `usage/` what was read (`marks`); `drops/` what did not pass; and once it is finished `usage.parquet`,
`items.set` and `attestation.json` (`usage`, `attestation`).
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from licet.errors import UsageError, WorkspaceError
from licet.placing import make_folder, place
from licet.training.sharding import Share

if TYPE_CHECKING:
    from pathlib import Path

RUN_NAME = "run.json"
FINISHING_NAME = "finishing.json"  # what is being logged of a run, from which on nothing more is read
ATTESTATION_NAME = "attestation.json"
PASSES, MARKS, DROPS, LIVE = "passes", "usage", "drops", "live"
BASES = "bases"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


class State(StrEnum):
    """How far a run is."""

    STARTED = "started"  # nothing was read yet
    READING = "reading"
    FINISHED = "finished"


class Base(msgspec.Struct, frozen=True, kw_only=True):
    """A model that a run begins with, and what is known of what it was trained on.

    Where Licet attested it, `statement` names what was attested, and all that it read is known. Else there are its
    maker's words, or none; what is not disclosed stays so.
    """

    name: str
    version: str = ""
    licence: str = ""  # of its weights, which a fine-tune inherits
    states: str = ""  # what its maker says that it was trained on; "" is not disclosed
    statement: str = ""  # SHA-256 of the statement that attests it


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What a run was started with."""

    format: str = "licet-run/1"
    licet: str  # version
    name: str
    model: str  # what comes out
    started: str  # ISO 8601, UTC
    manifest: str  # SHA-256 of its lines
    sealed: str  # its folder in `sealed/`
    origin: str  # the log that it is in
    place: int  # of its entry
    root: str  # the folder that its items' names are relative to
    act: str
    purpose: str
    territories: tuple[str, ...]
    reading: str
    accepts: tuple[str, ...]
    asker: str = ""
    for_model: str = ""  # the model that was asked for, where grants were for one alone
    code: str = ""  # a commit
    config: str = ""  # SHA-256 of the configuration
    bases: tuple[Base, ...] = ()
    share: Share | None = None
    only: tuple[str, ...] = ()  # the names of these items in the manifest's set, where receipts were given; else all
    most_unfit: float


def write_run(folder: Path, run: Run, bases: dict[str, bytes]) -> None:
    """Write what a run was started with, and the attestations of its bases by the names of their statements.

    Raises:
        UsageError: there is a run of this name, or it is no name.
    """
    if not _NAME.fullmatch(run.name):
        raise UsageError(
            f"{run.name!r} cannot name a run", mend="letters, digits, full stops, hyphens and underscores, at most 128"
        )
    if (folder / RUN_NAME).exists():
        raise UsageError(f"there is a run {run.name!r} already", mend="name this one otherwise, or go on with that")
    make_folder(folder)
    place({folder / BASES / f"{name}.json": content for name, content in bases.items()})
    place({folder / RUN_NAME: msgspec.json.format(msgspec.json.encode(run))})


def read_run(folder: Path) -> Run:
    """Return what the run in `folder` was started with.

    Raises:
        UsageError: there is none.
        WorkspaceError: it is damaged.
    """
    try:
        return msgspec.json.decode((folder / RUN_NAME).read_bytes(), type=Run)
    except FileNotFoundError:
        raise UsageError(f"there is no run in {folder}", mend="start one with `licet run start`") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise WorkspaceError(f"{folder / RUN_NAME} is damaged: {wrong}") from wrong


def state_of(folder: Path) -> State:
    """Return how far the run in `folder` is."""
    if (folder / ATTESTATION_NAME).exists():
        return State.FINISHED
    return State.READING if (folder / MARKS).is_dir() else State.STARTED


def passes_of(folder: Path) -> list[Path]:
    """Return the passes of the run in `folder`, the last that was made last."""
    made = (path for path in (folder / PASSES).glob("*") if path.suffix != ".draft")
    return sorted(made, key=lambda path: path.suffix)
