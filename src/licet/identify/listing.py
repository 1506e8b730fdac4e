"""Which segments make up an index: one small file, replaced whole, so that an addition happens or does not."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from licet.errors import IndexDamagedError
from licet.identify.segments import write_durably

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LISTING = "segments.json"
VERSION = 1

_NAME = re.compile(r"segment-[1-9][0-9]*\.lfp")


def segment_names(folder: Path) -> tuple[str, ...]:
    """Return the file names of the segments in `folder`, oldest first; none where nothing was ever committed.

    Raises:
        IndexDamagedError: the list is there and cannot be read, or is of another version.
    """
    path = folder / LISTING
    mend = "restore the folder from a copy, or remove it and register the recordings again"
    try:
        listing = json.loads(path.read_bytes())
        version, names = listing["version"], tuple(listing["segments"])
        named = all(_NAME.fullmatch(name) for name in names)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamagedError(f"{path} cannot be read as a list of segments", mend=mend) from error
    if version != VERSION:
        raise IndexDamagedError(f"{path} is of version {version}, and this Licet reads {VERSION}", mend=mend)
    if not named:
        raise IndexDamagedError(f"{path} names files that are no segments", mend=mend)
    return names


def name_segments(folder: Path, names: Sequence[str]) -> None:
    """Replace the list in `folder`. It is on the disk when this returns."""
    write_durably(folder / LISTING, [json.dumps({"version": VERSION, "segments": list(names)}, indent=1).encode()])


def next_name(names: Sequence[str]) -> str:
    """Return a name for the segment that follows `names`."""
    last = max((int(re.sub(r"\D", "", name.split(".")[0])) for name in names), default=0)
    return f"segment-{last + 1}.lfp"
