"""Add recordings to an index, one writer at a time, so that a crash at any moment leaves the last committed state.

1. New recordings wait in memory; a commit, or enough of them, makes a segment of them.
2. The segment is written beside the others, forced to disk, and given its name.
3. Only then does the list of segments name it: what no list names does not exist, and the next writer sweeps it away.
"""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING, Self

from licet.errors import UsageError, WorkspaceError
from licet.identify.fingerprint import PARAMETERS, Fingerprint
from licet.identify.listing import LISTING, name_segments, next_name, segment_names
from licet.identify.segments import (
    LONGEST,
    Registered,
    Segment,
    length_in_moments,
    segment_bytes,
    write_durably,
)

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

PEAKS_WAITING = 500_000  # about five hours: two million pairs, and some 60 MB while they are sorted

_LOCK = "writer.lock"


class IndexWriter:
    """The one writer of the index in `folder`, which is made where it is missing. Leaving the block commits."""

    def __init__(self, folder: Path, *, peaks_waiting: int = PEAKS_WAITING) -> None:
        self._folder = folder
        self._limit = peaks_waiting
        self._lock = -1
        self._names: tuple[str, ...] = ()
        self._known: set[str] = set()
        self._waiting: list[tuple[Registered, Fingerprint]] = []
        self._peaks = 0
        self._moments = 0

    def __enter__(self) -> Self:
        """Take the lock, read what is registered, and sweep up after a writer that was killed.

        Raises:
            WorkspaceError: another writer is at work, or the folder cannot be written.
            IndexDamagedError: what is there is damaged.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise WorkspaceError(
                f"the index in {self._folder} cannot be written: {error.strerror}", mend="check its permissions"
            ) from error
        try:
            self._begin()
        except BaseException:
            self._release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.commit()
        finally:
            self._release()

    def __contains__(self, recording: object) -> bool:
        return recording in self._known

    def add(self, recording: str, path: str, fingerprint: Fingerprint) -> bool:
        """Register `recording`, whose audio lay at `path`. Return False, and change nothing, if it is known already.

        Raises:
            UsageError: the fingerprint was made with other parameters, or is of more than two months of audio.
        """
        if recording in self._known:
            return False
        if fingerprint.parameters != PARAMETERS:
            raise UsageError(f"a fingerprint made with {fingerprint.parameters!r} cannot be added to this index")
        length = length_in_moments(fingerprint)
        if length > LONGEST:
            raise UsageError(f"{recording} is too long to register", mend="cut it into parts")
        if self._moments + length > LONGEST:
            self.commit()
        self._known.add(recording)
        self._waiting.append((Registered(recording, path, fingerprint.duration_s), fingerprint))
        self._peaks += len(fingerprint)
        self._moments += length
        if self._peaks >= self._limit:
            self.commit()
        return True

    def commit(self) -> None:
        """Make what was added part of the index. It is on the disk when this returns."""
        if not self._waiting:
            return
        name = next_name(self._names)
        write_durably(self._folder / name, segment_bytes(self._waiting))
        self._names = (*self._names, name)
        name_segments(self._folder, self._names)
        self._waiting, self._peaks, self._moments = [], 0, 0

    def _begin(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WorkspaceError(
                f"another process is adding to the index in {self._folder}", mend="wait until it has ended"
            ) from error
        self._names = segment_names(self._folder)
        for name in self._names:
            self._known.update(known.recording for known in Segment(self._folder / name).recordings)
        for stray in self._folder.iterdir():
            ours = stray.name.startswith(("segment-", LISTING)) and stray.suffix in (".lfp", ".tmp")
            if ours and stray.name not in self._names:
                stray.unlink()

    def _release(self) -> None:
        os.close(self._lock)
        self._lock = -1
