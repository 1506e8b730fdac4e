"""A log in a folder: entries are appended for good, and whoever has its key can check that none went or changed.

1. One writer at a time: it holds a lock as long as it lives.
2. Before it appends, the last checkpoint's signature is checked, and that the tiles give its root: a writer never goes
   on from a state that it did not sign.
3. An append writes entries and tiles, forces them to disk, and only then puts the new checkpoint in its place. A kill
   at any moment leaves the old head or the new one. What was written beyond the old head is no part of the log, and
   is written over.
4. Narrow tiles are deleted once the full one is there.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from licet.errors import LogError
from licet.placing import place, take_lock
from licet.transparency import merkle
from licet.transparency.checkpoints import Checkpoint
from licet.transparency.notes import Note, parse_note
from licet.transparency.tiles import HEIGHT, WIDTH, Tiles, joined, pack_entries, tile_path, widths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from licet.transparency.notes import Signer, Verifier

CHECKPOINT_NAME = "checkpoint"
LOCK_NAME = "lock"


class Log:
    """A log as it stood when it was opened. Reading asks for no lock, and sees no entry that is not durable."""

    def __init__(self, folder: Path, known: Iterable[Verifier]) -> None:
        """Open the log in `folder`; `known` are the keys of whoever may have signed its head.

        Raises:
            LogError: there is none, or no known key signed its head.
        """
        self.folder = folder
        self.note = read_checkpoint(folder)
        self.note.signatures(known)
        self.head = Checkpoint.parse(self.note.text)
        self._tiles = Tiles(folder, self.head.size)

    def __len__(self) -> int:
        return self.head.size

    def __iter__(self) -> Iterator[bytes]:
        """Yield all entries, in the order in which they were appended."""
        for bundle in range(-(-self.head.size // WIDTH)):
            yield from self._tiles.entries(bundle)

    def since(self, place: int) -> Iterator[bytes]:
        """Yield the entries from `place` on, in the order in which they were appended."""
        for bundle in range(place // WIDTH, -(-self.head.size // WIDTH)):
            yield from self._tiles.entries(bundle)[max(0, place - bundle * WIDTH) :]

    def __getitem__(self, place: int) -> bytes:
        """Return an entry.

        Raises:
            IndexError: there is none at `place`.
        """
        if not 0 <= place < self.head.size:
            raise IndexError(f"the log has {self.head.size} entries, and none at {place}")
        return self._tiles.entries(place // WIDTH)[place % WIDTH]

    def inclusion(self, place: int) -> list[bytes]:
        """Prove that the entry at `place` is in the log as its head has it."""
        return merkle.inclusion_proof(place, self.head.size, self._tiles.node)

    def root_at(self, size: int) -> bytes:
        """Return the root that the log had when it held `size` entries."""
        return merkle.root(size, self._tiles.node)

    def consistency(self, before: int) -> list[bytes]:
        """Prove that the log began with the `before` entries that it had then."""
        return merkle.consistency_proof(before, self.head.size, self._tiles.node)

    def verify(self) -> None:
        """Read every entry and every tile, and compare them with the head.

        Raises:
            LogError: one of them is not what the head stands for. It is named.
        """
        hashes: Iterator[bytes] = (merkle.leaf_hash(entry) for entry in self)
        for level, width in widths(self.head.size):
            above = []
            for number in range(-(-width // WIDTH)):
                tile = self._tiles.tile(level, number)
                for at, (known, meant) in enumerate(zip(tile, hashes, strict=False)):
                    if known != meant:
                        path = tile_path(level, number, len(tile))
                        raise LogError(f"hash {at} of {path} is not that of what it stands for")
                if len(tile) == WIDTH:
                    above.append(joined(tile))
            hashes = iter(above)
        _agree(self.head, self._tiles)


class LogWriter:
    """Appends to the log in a folder, one writer at a time. Use it in a `with` block.

    `signer` signed the head that is there. Heads to come are signed by it, and by those who sign `also`. Where another
    writer is at work, this one may `wait` for it to end; as that one may change the key, what gives the signer may be
    named instead, and is asked then.

    Raises:
        LogError: another writer is at work, or the log is not as its head has it.
    """

    def __init__(
        self, folder: Path, signer: Signer | Callable[[], Signer], *, also: Sequence[Signer] = (), wait: bool = False
    ) -> None:
        self.folder = folder
        try:
            self._lock = take_lock(folder / LOCK_NAME, wait=wait)
        except BlockingIOError:
            raise LogError(f"another writer has {folder} open", mend="wait for it to end") from None
        try:
            now = signer() if callable(signer) else signer
            self._signers = (now, *also)
            self.head = Log(folder, [now.verifier]).head
            _agree(self.head, Tiles(folder, self.head.size))
        except BaseException:
            os.close(self._lock)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._lock)

    def append(self, entries: Sequence[bytes]) -> range:
        """Append `entries` and return their places. They are durable when this returns.

        Raises:
            LogError: an entry is too long; nothing was appended.
            OSError: the disk is full or fails; nothing was appended.
        """
        before, size = self.head.size, self.head.size + len(entries)
        if not entries:
            return range(before, size)
        old = Tiles(self.folder, before)
        grown: dict[str, bytes] = {}
        bundle = old.entries(before // WIDTH) if before % WIDTH else []
        for at, part in _parts(before, [*bundle, *entries]):
            grown[tile_path("entries", at, len(part))] = pack_entries(part)
        hashes = [merkle.leaf_hash(entry) for entry in entries]
        for level, width in widths(size):
            known = before >> HEIGHT * level
            there = old.tile(level, known // WIDTH) if known % WIDTH else []
            above = []
            for at, part in _parts(known, [*there, *hashes]):
                grown[tile_path(level, at, len(part))] = b"".join(part)
                if len(part) == WIDTH:
                    above.append(joined(part))
            assert known + len(hashes) == width
            hashes = above
        place({self.folder / path: content for path, content in grown.items()})
        head = Checkpoint(self.head.origin, size, merkle.root(size, Tiles(self.folder, size).node))
        write_checkpoint(self.folder, Note(head.text, tuple(signer.line(head.text) for signer in self._signers)))
        self.head = head
        for path in grown:
            if ".p/" not in path:
                shutil.rmtree(self.folder / f"{path}.p", ignore_errors=True)
        return range(before, size)


def create_log(folder: Path, origin: str, signer: Signer) -> None:
    """Begin an empty log.

    Raises:
        LogError: there is one already.
    """
    if (folder / CHECKPOINT_NAME).exists():
        raise LogError(f"there is a log in {folder} already", mend="append to it, or name another folder")
    head = Checkpoint(origin, 0, merkle.EMPTY)
    write_checkpoint(folder, Note(head.text, (signer.line(head.text),)))


def read_checkpoint(folder: Path) -> Note:
    """Return the head of the log in `folder`, of which nothing was checked.

    Raises:
        LogError: there is none.
    """
    with suppress(FileNotFoundError):
        return parse_note((folder / CHECKPOINT_NAME).read_bytes())
    raise LogError(f"there is no log in {folder}", mend="begin one with `licet log init`")


def write_checkpoint(folder: Path, note: Note) -> None:
    """Put a head in its place, durably."""
    place({folder / CHECKPOINT_NAME: str(note).encode()})


def _parts(before: int, items: list[bytes]) -> Iterator[tuple[int, list[bytes]]]:
    """Yield (place, content) of each tile that `items` belong to, the first of them beginning one."""
    first = before // WIDTH
    for at in range(0, len(items), WIDTH):
        yield first + at // WIDTH, items[at : at + WIDTH]


def _agree(head: Checkpoint, tiles: Tiles) -> None:
    if merkle.root(head.size, tiles.node) != head.root:
        raise LogError("the tiles do not give the root of the checkpoint", mend="restore the log from a copy")
