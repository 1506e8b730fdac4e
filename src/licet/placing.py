"""Put files in their places so that each is whole and on the disk, or was never there."""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

TEMPORARY = ".tmp"  # what a killed writer leaves has this at the end of its name


@contextmanager
def placed(path: Path) -> Iterator[BinaryIO]:
    """Yield a stream whose content is the file at `path` once the block is left, and not before.

    1. The content goes to a file beside it, and is forced to disk.
    2. That file takes the name: whoever opens `path` finds the old content or the new.
    3. The folder is forced to disk, so that the name stays.

    Raises:
        OSError: the disk is full or fails; what was at `path` before is there still.
    """
    temporary = path.with_name(path.name + TEMPORARY)
    try:
        with temporary.open("wb", buffering=1 << 20) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    force(path.parent)


def place(files: Mapping[Path, bytes]) -> None:
    """Put several files in their places, in whatever order, and their folders where there are none.

    Raises:
        OSError: the disk is full or fails. Some may be in their places then, each of them whole.
    """
    drafts = {path: path.with_name(path.name + TEMPORARY) for path in files}
    try:
        for path, draft in drafts.items():
            make_folder(path.parent)
            with draft.open("wb") as stream:
                stream.write(files[path])
                stream.flush()
                os.fsync(stream.fileno())
        for path, draft in drafts.items():
            draft.replace(path)
    except BaseException:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)
        raise
    for folder in {path.parent for path in files}:
        force(folder)


def link(path: Path, other: Path) -> None:
    """Give the file at `path` another name: of the same bytes on disk where it can be, else of a copy of them."""
    other.unlink(missing_ok=True)
    try:
        other.hardlink_to(path)
    except OSError:  # another disk, or one that knows no links
        with placed(other) as stream, path.open("rb") as source:
            shutil.copyfileobj(source, stream)


def take_lock(path: Path, *, wait: bool = False) -> int:
    """Lock the file at `path`, made if need be, against every other process; closing what is returned lets it go.

    Raises:
        BlockingIOError: another process holds it, and `wait` is not asked for.
        OSError: the file cannot be made.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BaseException:
        os.close(handle)
        raise
    return handle


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait until no other process is in a block that names the same file, which is made if need be.

    Raises:
        OSError: the file cannot be made.
    """
    make_folder(path.parent)
    handle = take_lock(path, wait=True)
    try:
        yield
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make a folder, and those it lies in, so that they stay."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        force(folder.parent)


def force(path: Path) -> None:
    """Force to disk what a file holds, or which names a folder does."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
