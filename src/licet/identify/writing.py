"""Add recordings to an index and withdraw them, one writer at a time; a crash at any moment leaves the last commit.

1. What is added or withdrawn waits in memory; a commit, or enough of it, makes a segment of what was added.
2. The segment is written beside the others, forced to disk, and given its name.
3. Only then does the list of segments name it, and tell what was withdrawn: what no list names does not exist, and the
   next writer sweeps it away.
4. Segments that have become many are merged in the background. The list names the result, once it is whole, in place
   of what it was made of, and only then are those files removed.
"""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Self

from licet.errors import UsageError, WorkspaceError
from licet.identify import listing
from licet.identify.drafting import check, write_segment
from licet.identify.fingerprint import PARAMETERS, Fingerprint
from licet.identify.listing import LISTING, Listed, Listing
from licet.identify.merging import Source, due, groups, merge, moved
from licet.identify.segments import Registered, Segment, length_in_frames
from licet.placing import TEMPORARY, take_lock

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

PEAKS_WAITING = 2_000_000  # about twenty hours: five million postings, and some 200 MB while they are sorted
FRAMES_WAITING = 1 << 31  # half of what a segment's line of time can hold, should they be silent

_LOCK = "writer.lock"


class _Halted(Exception):  # noqa: N818  (nothing went wrong: the writer was left before the merge was done)
    """A merge was called off."""


@dataclass(frozen=True, slots=True)
class _Merging:
    """A merge under way: `sources` as they were when it began."""

    path: Path
    sources: tuple[Source, ...]
    made: Future[bool]

    @property
    def segments(self) -> list[Segment]:
        """What is being merged."""
        return [source.segment for source in self.sources]


class IndexWriter:
    """The one writer of the index in `folder`, which is made where it is missing.

    Leaving the block commits, and waits for the merges that are due; leaving it by an error does neither.
    """

    def __init__(self, folder: Path, *, peaks_waiting: int = PEAKS_WAITING) -> None:
        self._folder = folder
        self._limit = peaks_waiting
        self._lock = -1
        self._next = 1
        self._sources: list[Source] = []
        self._waiting: dict[str, tuple[Registered, Fingerprint]] = {}
        self._peaks, self._frames = 0, 0  # waiting
        self._unlisted = False  # something was withdrawn since the list was written
        self._merging: _Merging | None = None
        self._halt = Event()
        self._background = ThreadPoolExecutor(1, thread_name_prefix="licet-merge")

    def __enter__(self) -> Self:
        """Take the lock, open what is registered, and sweep up after a writer that was killed.

        Raises:
            WorkspaceError: another writer is at work, or the folder cannot be written.
            IndexDamagedError: what is there is damaged.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._lock = take_lock(self._folder / _LOCK)
        except BlockingIOError as error:
            raise WorkspaceError(
                f"another process is adding to the index in {self._folder}", mend="wait until it has ended"
            ) from error
        except OSError as error:
            raise self._unwritable(error) from error
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
                self.merge()
        finally:
            self._release()

    def __contains__(self, recording: object) -> bool:
        return isinstance(recording, str) and (recording in self._waiting or self._find(recording) is not None)

    def add(self, recording: str, path: str, fingerprint: Fingerprint) -> bool:
        """Register `recording`, whose audio lay at `path`. Return False, and change nothing, if it is known already.

        Raises:
            UsageError: the fingerprint was made with other parameters, contradicts itself or is of more than two months
                of audio; or a name holds a null character.
            WorkspaceError, IndexDamagedError: enough was waiting to be committed; as of `commit`.
        """
        if recording in self:
            return False
        if fingerprint.parameters != PARAMETERS:
            raise UsageError(f"a fingerprint made with {fingerprint.parameters!r} cannot be added to this index")
        known = Registered(recording, path, fingerprint.duration_s)
        check(known, fingerprint)
        self._waiting[recording] = known, fingerprint
        self._count(known, fingerprint, 1)
        if self._peaks >= self._limit or self._frames >= FRAMES_WAITING:
            self.commit()
        return True

    def withdraw(self, recording: str) -> bool:
        """Take `recording` out of the index. Return False if it is not there.

        From the next commit on nothing finds it; a merge removes what is stored of it. It may be added again.
        """
        if recording in self._waiting:
            self._count(*self._waiting.pop(recording), -1)
            return True
        found = self._find(recording)
        if found is None:
            return False
        source, place = found
        source.withdrawn.add(place)
        self._unlisted = True
        return True

    def commit(self) -> None:
        """Make what was added and withdrawn so far part of the index. It is on the disk when this returns.

        Raises:
            WorkspaceError: the disk is full or fails. The index is as it was; what waits still does.
            IndexDamagedError: a segment that was to be merged is damaged. What was added is on the disk nevertheless.
        """
        try:
            self._commit()
            self._tidy()
        except OSError as error:
            raise self._unwritable(error) from error

    def merge(self, *, all: bool = False) -> None:  # noqa: A002  (what the caller means)
        """Commit, and wait until no merge is due; with `all`, leave as few segments as can be, and nothing withdrawn.

        Raises:
            WorkspaceError: the disk is full or fails. The index holds all that was committed.
            IndexDamagedError: a segment that was to be merged is damaged.
        """
        self.commit()
        try:
            while self._merging:
                self._adopt()
                self._tidy()
            for group in reversed(list(groups(self._sources)) if all else []):
                sources = self._sources[group]
                if len(sources) > 1 or sources[0].withdrawn:
                    self._start(group)
                    self._adopt()
        except OSError as error:
            raise self._unwritable(error) from error

    def _commit(self) -> None:
        sources = list(self._sources)
        if self._waiting:
            path = self._folder / self._name()
            write_segment(path, self._waiting.values())
            sources.append(Source(Segment(path)))
        if self._waiting or self._unlisted:
            self._list(sources)
        self._waiting, self._peaks, self._frames, self._unlisted = {}, 0, 0, False

    def _list(self, sources: list[Source]) -> None:
        """Make `sources` the index."""
        listed = tuple(Listed(source.segment.path.name, tuple(sorted(source.withdrawn))) for source in sources)
        listing.write(self._folder, Listing(next=self._next, segments=listed))
        self._sources = sources

    def _tidy(self) -> None:
        """Start the merge that is due. One that runs is waited for only when the next is due.

        So what is merged, and when, follows from what was added and withdrawn, and not from how fast anything was.
        """
        while group := due(self._sources, self._merging.segments if self._merging else ()):
            if self._merging:
                self._adopt()
            else:
                self._start(group)

    def _start(self, group: slice) -> None:
        """Begin to merge in the background."""
        path = self._folder / self._name()
        sources = tuple(Source(source.segment, set(source.withdrawn)) for source in self._sources[group])
        made = self._background.submit(merge, path, sources, self._unless_halted)
        self._merging = _Merging(path, sources, made)

    def _adopt(self) -> None:
        """Wait for the merge that runs, and let its result stand for what it was made of."""
        assert self._merging is not None
        merging, self._merging = self._merging, None
        made = [Source(Segment(merging.path))] if merging.made.result() else []
        first = [source.segment for source in self._sources].index(merging.sources[0].segment)
        group = slice(first, first + len(merging.sources))
        if made:
            made[0].withdrawn.update(moved(merging.sources, self._sources[group]))
        self._list([*self._sources[:first], *made, *self._sources[group.stop :]])
        for source in merging.sources:
            source.segment.path.unlink(missing_ok=True)

    def _unless_halted(self) -> None:
        if self._halt.is_set():
            raise _Halted

    def _find(self, recording: str) -> tuple[Source, int] | None:
        """Return where `recording` is registered, if it is and was not withdrawn."""
        for source in self._sources:
            place = source.segment.place_of(recording)
            if place is not None and place not in source.withdrawn:
                return source, place
        return None

    def _count(self, known: Registered, fingerprint: Fingerprint, sign: int) -> None:
        """Keep account of what waits."""
        self._peaks += sign * len(fingerprint)
        self._frames += sign * length_in_frames(known.duration_s)

    def _name(self) -> str:
        self._next += 1
        return f"segment-{self._next - 1}.lfp"

    def _begin(self) -> None:
        found = listing.read(self._folder)
        self._next = found.next
        self._sources = [Source(Segment(self._folder / one.name), set(one.withdrawn)) for one in found.segments]
        named = {one.name for one in found.segments}
        for stray in self._folder.iterdir():
            ours = stray.name.startswith(("segment-", LISTING)) and stray.suffix in (".lfp", TEMPORARY)
            if ours and stray.name not in named:
                stray.unlink()

    def _release(self) -> None:
        """Call off what runs in the background, and let others write."""
        self._halt.set()
        self._background.shutdown(cancel_futures=True)
        os.close(self._lock)
        self._lock = -1

    def _unwritable(self, error: OSError) -> WorkspaceError:
        return WorkspaceError(
            f"the index in {self._folder} cannot be written: {error.strerror}",
            mend="check its permissions and the space on its disk",
        )
