"""Which segments make up an index, and which of their recordings were withdrawn: one small file, replaced whole.

So whatever changes an index happens or does not. What the list does not name does not exist.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from licet.errors import IndexDamagedError
from licet.placing import placed

if TYPE_CHECKING:
    from pathlib import Path

LISTING = "segments.json"
VERSION = 2

_MEND = "restore the folder from a copy, or remove it and register the recordings again"

Natural = Annotated[int, msgspec.Meta(ge=0)]


class Listed(msgspec.Struct, frozen=True):
    """A segment of the index: its file's name, and the places in it, rising, of recordings that were withdrawn."""

    name: Annotated[str, msgspec.Meta(pattern=r"^segment-[1-9][0-9]*\.lfp\Z")]
    withdrawn: tuple[Natural, ...] = ()


class Listing(msgspec.Struct, frozen=True):
    """The list. `next` numbers the segment that will be made next: no name is ever given twice."""

    version: int = VERSION
    next: Annotated[int, msgspec.Meta(ge=1)] = 1
    segments: tuple[Listed, ...] = ()


class _Version(msgspec.Struct):
    version: int


def read(folder: Path) -> Listing:
    """Return the list of the index in `folder`, segments in the order in which their recordings were registered.

    A merge may remove a segment between reading the list and opening what it names: a reader who misses one reads
    the list again, and only where it still names the file is the index damaged.

    Raises:
        IndexDamagedError: the list is there and cannot be read, or is of another version.
    """
    path = folder / LISTING
    try:
        content = path.read_bytes()
        version = msgspec.json.decode(content, type=_Version).version
        listing = msgspec.json.decode(content, type=Listing) if version == VERSION else None
    except FileNotFoundError:
        return Listing()
    except (OSError, msgspec.DecodeError) as error:
        raise IndexDamagedError(f"{path} cannot be read as a list of segments: {error}", mend=_MEND) from error
    if listing is None:
        raise IndexDamagedError(f"{path} is of version {version}, and this Licet reads {VERSION}", mend=_MEND)
    return listing


def write(folder: Path, listing: Listing) -> None:
    """Replace the list in `folder`. It is on the disk when this returns.

    Raises:
        OSError: the disk is full or fails; the list is as it was.
    """
    with placed(folder / LISTING) as stream:
        stream.write(msgspec.json.format(msgspec.json.encode(listing), indent=1))
