"""What stands between a corpus and a model: it hands over the bytes of cleared items, and of nothing else.

Of each item that is asked for:

1. It must be one that passes in this epoch (`passes`): whoever is not in the manifest does not.
2. Its file is opened, and must be as long as the one that was cleared; nothing longer is ever read.
3. The bytes are read once, and their SHA-256 taken. Those very bytes are handed over, if it is the manifest's: a file
   that is swapped after the clearance, or between the check and the reading, never reaches the model.
4. That it was read is noted (`marks`). What does not pass is counted, with the reason, in `drops/`.

Once more than a share of what the manifest permitted does not pass, for reasons other than the manifest's own, the gate
is shut: `GateError`, and no item passes any more.

A gate travels to other processes, which open what they need there, and see at once when the process that it came from
begins another epoch, or shuts the gate (`live`).
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import contextmanager
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from licet.errors import GateError
from licet.training.admission import Drop, Why
from licet.training.cleared_file import CHANGED, cleared_file
from licet.training.drops import Dropped, Drops
from licet.training.live import NOTHING, Live
from licet.training.marks import Marks
from licet.training.passes import Pass, read_pass_head
from licet.training.ranks import agreed
from licet.training.runs import DROPS, FINISHING_NAME, LIVE, MARKS, PASSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from licet.training.cleared_file import ClearedFile
    from licet.training.passes import Admitted, PassHead

T = TypeVar("T")

_NOT_LISTED = Drop(Why.NOT_LISTED, "The manifest has no such item.")


class Gate:
    """A gate over the run in a folder. The process that opened it begins epochs; `begin_epoch` is theirs alone."""

    def __init__(self, run: Path, root: Path, admit: Callable[[int], str], *, most_unfit: float) -> None:
        """Open a gate; no epoch is under way yet, and nothing passes before one is.

        Args:
            run: the folder of the run.
            root: the folder that the items' names are relative to.
            admit: makes the pass of an epoch, and returns the name of its folder in `passes/`.
            most_unfit: the share of what the manifest permitted that may fail to pass, 0 to 1.
        """
        self.run, self.root, self.most_unfit = run, root, most_unfit
        self._admit = admit
        self._owner = os.getpid()
        self._ahead: int | None = None  # how many items would pass in the first epoch
        self._open(Live.make(run / LIVE))

    def __getstate__(self) -> dict[str, Any]:
        """Travel as names of files; what begins epochs stays behind."""
        return {"run": self.run, "root": self.root, "most_unfit": self.most_unfit, "live": self._live.path}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.run, self.root, self.most_unfit = state["run"], state["root"], state["most_unfit"]
        self._owner = 0  # of no process
        self._open(Live(state["live"]))

    def _open(self, live: Live) -> None:
        self._live = live
        self._seen = b""  # the state of what is live when its pass was opened
        self._opened: _Opened | None = None

    def __len__(self) -> int:
        """How many items pass in this epoch; before the first, where samplers ask already, how many would in it.

        Raises:
            GateError: see `begin_epoch`.
        """
        if self._owner == os.getpid() and self._live.state == NOTHING:
            if self._ahead is None:
                self._ahead = read_pass_head(self.run / PASSES / agreed(partial(self._admit, 0))).passing
            return self._ahead
        return self._now().passed.head.passing

    @property
    def epoch(self) -> int:
        """The epoch that is under way.

        Raises:
            GateError: none is.
        """
        return self._now().passed.head.epoch

    def begin_epoch(self, epoch: int, passed: str = "") -> str:
        """Ask again what is permitted now, and let that through from here on, in every process.

        Where PyTorch's ranks train together, the first one asks, and all take its answer. Others that do, hand what
        this returns to one another.

        Args:
            epoch: its number.
            passed: what `begin_epoch` returned in another process: that is taken, and nothing is asked.

        Returns:
            The name of the pass.

        Raises:
            GateError: it is not the process that opened the gate, too much is not permitted any more, or what was
                cleared cannot be told.
        """
        if self._owner != os.getpid():
            raise GateError("a worker begins no epoch", mend="call begin_epoch in the process that opened the gate")
        if epoch < 0:
            raise GateError(f"there is no epoch {epoch!r}", mend="epochs are counted from 0")
        self.flush()
        try:
            name = passed or agreed(partial(self._admit, epoch))
            self._check_pass(name, epoch)
        except BaseException:
            self._live.close()  # what was permitted before may not be any more
            raise
        self._live.begin(name)
        return name

    def epochs(self, count: int, first: int = 0) -> Iterator[int]:
        """Yield the numbers of `count` epochs, each begun before it is yielded; what was read is durable after each.

        Raises:
            GateError: see `begin_epoch`.
        """
        for epoch in range(first, first + count):
            self.begin_epoch(epoch)
            yield epoch
            self.flush()

    def admitted(self) -> NDArray[np.int64]:
        """Return the places of the items that pass in this epoch: [shape=(n,)], int64, ascending.

        It is the same array, and not writeable, until another epoch begins.
        """
        return self._now().admitted

    def place_of(self, name: str) -> int | None:
        """Return the place of the item called `name`, or None where the manifest has none."""
        return self._now().passed.place_of(name)

    def place_of_digest(self, sha256: str) -> int | None:
        """Return the place of the item whose file has this SHA-256 (64 hexadecimal digits), or None."""
        return self._now().passed.place_of_digest(sha256)

    def item(self, place: int) -> Admitted:
        """Return what the item at a place is.

        Raises:
            IndexError: there is no such place.
        """
        return self._now().passed.item(place)

    def why(self, place: int) -> Drop | None:
        """Return why the item at a place does not pass, as far as can be told without its bytes; None where it does."""
        return self._now().passed.why(place)

    def passes(self, place: int | None) -> bool:
        """Whether the item at a place passes, as far as can be told without its bytes. Nothing is noted."""
        codes = self._now().passed.codes
        return place is not None and 0 <= place < len(codes) and codes[place] == 0

    def admit(self, place: int | None, name: str = "") -> bool:
        """Whether the item at a place passes, for what is kept under an item's name: features, tensors.

        It counts as read if it does. `name` says what was asked for where there is no such place.

        Raises:
            GateError: the gate is shut.
        """
        now = self._now()
        if place is None or not 0 <= place < len(now.passed.codes):
            self._drop(now, name, None, _NOT_LISTED)
        elif now.passed.codes[place] == 0:
            self._mark(now, place)
            return True
        return False

    def read(self, place: int | None, name: str = "") -> bytes | None:
        """Return the bytes of the item at a place, if it passes and they are those that were cleared; else None.

        Raises:
            GateError: the gate is shut.
        """
        now = self._now()
        found = self._found(now, place, name)
        if place is None or found is None:
            return None
        self._mark(now, place)
        return found.content

    def read_all(self, asked: Iterable[tuple[int | None, str]]) -> list[bytes] | None:
        """Return what `read` returns for each place with its name, if all of them pass; else None.

        It is for what is made of several items at once. None of them counts as read unless all pass.

        Raises:
            GateError: the gate is shut.
        """
        now = self._now()
        all_of_it = [(place, self._found(now, place, name)) for place, name in asked]
        if any(found is None for _, found in all_of_it):
            return None
        for place, _ in all_of_it:
            self._mark(now, place)  # type: ignore[arg-type]  # what has no place was not found
        return [found.content for _, found in all_of_it if found is not None]

    def watch(self, place: int | None, load: Callable[[], T], name: str = "") -> tuple[T] | None:
        """Return what `load` makes of an item's file, which it opens by itself, in a tuple; None where it is dropped.

        The file is read and compared before. After `load` has returned, the path must still lead to the same file
        (device, inode), whose length, and times of change to the nanosecond, are those from before the comparison.
        So no file passes that was replaced or written to, before or meanwhile, unless within a tick of the file
        system's clock (about 4 ms), or by somebody who sets that clock. It does not hold against a folder above the
        file that is renamed away and back meanwhile, or a link that is turned and turned back. `read` leaves no gap.

        Raises:
            GateError: the gate is shut.
        """
        now = self._now()
        found = self._found(now, place, name)
        if place is None or found is None:
            return None
        try:
            loaded = load()
        except Exception:
            if found.untouched():
                raise
        else:
            if found.untouched():
                self._mark(now, place)
                return (loaded,)
        self._drop(now, now.passed.item(place).name, place, CHANGED)
        return None

    def admit_bytes(self, content: bytes, name: str = "") -> int | None:
        """Return the place of the item whose file these bytes are, if it passes; it counts as read. Else None.

        Raises:
            GateError: the gate is shut.
        """
        digest = hashlib.sha256(content).hexdigest()
        place = self.place_of_digest(digest)
        return place if self.admit(place, name or f"sha256:{digest}") else None

    @contextmanager
    def copy(self, place: int | None, name: str = "") -> Iterator[Path | None]:
        """Yield a file that holds the bytes that `read` returns, for a library that opens paths; None where it does.

        The file ends as the item's own does, and is gone when the block is left.

        Raises:
            GateError: the gate is shut.
        """
        content = self.read(place, name)
        if content is None or place is None:
            yield None
            return
        with tempfile.NamedTemporaryFile(suffix=Path(self.item(place).name).suffix) as stream:
            stream.write(content)
            stream.flush()
            yield Path(stream.name)

    def flush(self) -> None:
        """Force to disk what was noted."""
        if self._opened is not None:
            self._opened.marks.flush()

    def _now(self) -> _Opened:
        """Return what is open of the epoch that is under way.

        Raises:
            GateError: none is, or the gate is shut.
        """
        state = self._live.state
        if state == self._seen and self._opened is not None:
            return self._opened
        self._check_open()
        if state == NOTHING:
            raise GateError("no epoch is under way", mend="for epoch in gate.epochs(10): ...")
        self.flush()
        self._opened, self._seen = _Opened(self.run, self._live.name), state
        return self._opened

    def _found(self, now: _Opened, place: int | None, name: str) -> ClearedFile | None:
        """Return the file of the item at a place, if it passes and its bytes are those that were cleared; else None."""
        if place is None or not 0 <= place < len(now.passed.codes):
            self._drop(now, name, None, _NOT_LISTED)
            return None
        if now.passed.codes[place]:
            return None
        item = now.passed.item(place)
        found = cleared_file(self.root, item)
        if isinstance(found, Drop):
            self._drop(now, item.name, place, found)
            return None
        return found

    def _drop(self, now: _Opened, name: str, place: int | None, drop: Drop) -> None:
        """Note that an item does not pass, once an epoch, and shut the gate where too many do not."""
        shown = name.encode("utf-8", "backslashreplace").decode()
        if now.drops.note(Dropped(shown, place, drop.why, drop.says)):
            try:
                self._check_share(now.passed.head, now.passed.head.unfit + now.drops.count())
            except GateError:
                self._live.close()
                raise

    def _mark(self, now: _Opened, place: int) -> None:
        """Note that an item is read. What is asked for while the gate is being shut is not handed over."""
        now.marks.mark(place)
        self._check_open()

    def _check_open(self) -> None:
        if self._live.shut:
            raise GateError("the gate is shut", mend="`licet run status` says what does not pass, and why")

    def _check_pass(self, name: str, epoch: int) -> None:
        head = read_pass_head(self.run / PASSES / name)
        if head.epoch != epoch or (self.run / FINISHING_NAME).exists():
            raise GateError(f"{name} is no pass of epoch {epoch}, or the run is finished", mend="ask for one")
        self._check_share(head, head.unfit)

    def _check_share(self, head: PassHead, unfit: int) -> None:
        if unfit > self.most_unfit * head.permitted:
            raise GateError(
                f"the gate is shut: {unfit:,} of the {head.permitted:,} items that the manifest permits do not pass, "
                f"and at most {self.most_unfit:.1%} may",
                mend="`licet run status` says which and why; clear the corpus again, or allow more with --most-unfit",
            )


class _Opened:
    """What a process has open of one epoch."""

    def __init__(self, run: Path, name: str) -> None:
        self.passed = Pass(run / PASSES / name)
        self.marks = Marks(run / MARKS, self.passed.head.epoch, self.passed.head.lines)
        self.drops = Drops(run / DROPS / f"{name}.jsonl")

    @cached_property
    def admitted(self) -> NDArray[np.int64]:
        """The places of the items that pass, ascending."""
        places = self.passed.passing()
        places.flags.writeable = False
        return places
