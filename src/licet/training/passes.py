"""A pass: what a gate lets through in one epoch, on disk, so that any number of processes share one copy of it.

It is a folder of

- `pass.json`: what it is a pass for;
- `lines.arrow`: a row for each line of the manifest, in its order: what the item is, and why it does not pass. A row's
  number is the item's *place*, which stays the same through a run;
- `codes.bin`: a byte for each: 0 passes, any other number says why not;
- `names.bin`, `digests.bin`: two sorted tables that find a place by an item's name, or by the SHA-256 of its file. Each
  holds 8 bytes of a hash for each line, and then 4 bytes of a place.

All of it is mapped into memory, so that what is not asked for is not read, and processes share what is. Of one name or
one digest that stands in several lines, every line must pass for any of them to: the same bytes are the same sound.
"""

from __future__ import annotations

import mmap
from bisect import bisect_left
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import msgspec

from licet.errors import GateError
from licet.placing import force, link, make_folder, place, placed
from licet.training.admission import Drop, Why

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

FORMAT = "licet-pass/1"
HEAD_NAME = "pass.json"
ROWS_A_BATCH = 1 << 14
MOST_LINES = 1 << 32  # a place has 4 bytes
_LINES, _CODES, _NAMES, _DIGESTS = "lines.arrow", "codes.bin", "names.bin", "digests.bin"
_TABLES = (_LINES, _CODES, _NAMES, _DIGESTS)
_WHYS = tuple(Why)
_ANOTHER = "Another line of the manifest has its name or its bytes, and does not pass."


class Admitted(NamedTuple):
    """One item of a manifest, as a gate knows it."""

    name: str
    row: int
    sha256: str  # of its file's bytes; "" where it has no file
    size: int  # bytes
    duration_s: float | None
    recordings: tuple[str, ...]
    conditions: tuple[str, ...]  # what is asked in return


class Occasion(NamedTuple):
    """When a pass is made, and for what."""

    epoch: int
    day: str  # that it is decided for
    made: str  # ISO 8601, UTC


class PassHead(msgspec.Struct, frozen=True, kw_only=True):
    """What a pass is for, and how many lines came to what."""

    format: str = FORMAT
    basis: str  # SHA-256 of what it follows from: pass after pass of one basis lets the same through
    epoch: int
    day: str  # that it was decided for
    made: str  # ISO 8601, UTC
    lines: int
    permitted: int  # by the manifest as it was sealed, within the share that is trained on
    passing: int
    dropped: dict[str, int]  # how many, by why

    @property
    def unfit(self) -> int:
        """How many do not pass though the manifest permitted them."""
        return sum(count for why, count in self.dropped.items() if not Why(why).expected)


def write_pass(
    folder: Path, lines: Iterable[tuple[Admitted, Drop | None]], *, basis: str, occasion: Occasion
) -> PassHead:
    """Write a pass into `folder`, which appears when it is whole, and return what it is for.

    Memory holds 30 bytes for each line.

    Raises:
        GateError: there are more lines than a pass can number.
        OSError: it cannot be written.
    """
    import numpy as np

    draft = folder.with_name(folder.name + ".draft")
    make_folder(draft)
    codes, names, digests = bytearray(), bytearray(), bytearray()
    with placed(draft / _LINES) as stream, _writer(stream) as rows:
        for item, dropped in lines:
            codes.append(0 if dropped is None else 1 + _WHYS.index(dropped.why))
            names += key_of(item.name)
            digests += bytes.fromhex(item.sha256[:16]) if item.sha256 else bytes(8)
            rows.add(item, "" if dropped is None else dropped.says)
    if len(codes) >= MOST_LINES:
        raise GateError(f"a manifest of {len(codes):,} lines is too long for a gate", mend="part it")
    code = np.frombuffer(codes, np.uint8)
    of_names, of_digests = (_sorted(np.frombuffer(raw, np.dtype("<u8"))) for raw in (names, digests))
    listed = code.copy()
    for table, named in ((of_names, True), (of_digests, False)):
        _spread(code, table, named=named)
    whys = dict(zip(*np.unique(code, return_counts=True), strict=True))
    as_listed = {why: int((listed == 1 + at).sum()) for at, why in enumerate(_WHYS)}
    head = PassHead(
        basis=basis,
        **occasion._asdict(),
        lines=len(codes),
        permitted=len(codes) - sum(count for why, count in as_listed.items() if why.expected),
        passing=int(whys.get(0, 0)),
        dropped={str(why): int(whys[1 + at]) for at, why in enumerate(_WHYS) if 1 + at in whys},
    )
    place(
        {
            draft / _CODES: code.tobytes(),
            draft / _NAMES: of_names[0].tobytes() + of_names[1].tobytes(),
            draft / _DIGESTS: of_digests[0].tobytes() + of_digests[1].tobytes(),
            draft / HEAD_NAME: msgspec.json.encode(head),
        }
    )
    draft.rename(folder)
    force(folder.parent)
    return head


def same_pass(old: Path, folder: Path, occasion: Occasion) -> PassHead:
    """Make another pass of what `old` lets through, for another epoch: the same tables under one more name."""
    head = msgspec.structs.replace(read_pass_head(old), **occasion._asdict())
    draft = folder.with_name(folder.name + ".draft")
    make_folder(draft)
    for name in _TABLES:
        link(old / name, draft / name)
    place({draft / HEAD_NAME: msgspec.json.encode(head)})
    draft.rename(folder)
    force(folder.parent)
    return head


def read_pass_head(folder: Path) -> PassHead:
    """Return what the pass in `folder` is for.

    Raises:
        GateError: there is none, or it is damaged.
    """
    try:
        return msgspec.json.decode((folder / HEAD_NAME).read_bytes(), type=PassHead)
    except (OSError, msgspec.DecodeError) as wrong:
        raise GateError(f"there is no pass in {folder}: {wrong}", mend="begin the epoch again") from wrong


def lines_of(folder: Path) -> Iterator[tuple[int, Any]]:
    """Yield the rows of the pass in `folder` a record batch at a time, with the place of its first; also no rows."""
    import pyarrow as pa

    with pa.ipc.open_file(pa.OSFile(str(folder / _LINES))) as rows:  # mapped, all of it would stay in memory
        first = 0
        for number in range(rows.num_record_batches):
            batch = rows.get_batch(number)
            yield first, batch
            first += batch.num_rows
        if not first:
            yield 0, pa.RecordBatch.from_pylist([], rows.schema)


class Pass:
    """An open pass. Nothing is read until it is asked for."""

    def __init__(self, folder: Path) -> None:
        """Open the pass in `folder`.

        Raises:
            GateError: there is none, or it is damaged.
        """
        self.head = read_pass_head(folder)
        self.folder = folder
        try:
            self.codes = _mapped(folder / _CODES, 1, self.head.lines)
            self._names = _Table(_mapped(folder / _NAMES, 12, self.head.lines), self.head.lines)
            self._digests = _Table(_mapped(folder / _DIGESTS, 12, self.head.lines), self.head.lines)
            self._columns = _columns(folder / _LINES)
        except (OSError, ValueError) as wrong:
            raise GateError(f"the pass in {folder} is damaged: {wrong}", mend="begin the epoch again") from wrong

    def passing(self) -> NDArray[np.int64]:
        """Return the places of the items that pass: [shape=(n,)], int64, ascending."""
        import numpy as np

        return np.flatnonzero(np.frombuffer(self.codes, np.uint8) == 0)

    def why(self, at: int) -> Drop | None:
        """Return why the item at a place does not pass, or None where it does."""
        code = self.codes[at]
        return None if code == 0 else Drop(_WHYS[code - 1], self._cell("says", at) or _ANOTHER)

    def item(self, at: int) -> Admitted:
        """Return the item at a place.

        Raises:
            IndexError: there is no such place.
        """
        if not 0 <= at < self.head.lines:
            raise IndexError(f"there is no line {at} in a manifest of {self.head.lines}")
        cells = {name: self._cell(name, at) for name in Admitted._fields}
        return Admitted(**cells | {name: tuple(cells[name]) for name in ("recordings", "conditions")})

    def place_of(self, name: str) -> int | None:
        """Return the place of the first item called `name`, or None where none is."""
        key = int.from_bytes(key_of(name), "little")
        return next((at for at in self._names.at(key) if self._cell("name", at) == name), None)

    def place_of_digest(self, sha256: str) -> int | None:
        """Return the place of the first item whose file has this SHA-256 (hexadecimal), or None where none has."""
        if not sha256:
            return None
        key = int.from_bytes(bytes.fromhex(sha256[:16]), "little")
        return next((at for at in self._digests.at(key) if self._cell("sha256", at) == sha256), None)

    def _cell(self, column: str, at: int) -> Any:  # noqa: ANN401  (a value of Arrow's)
        batch, row = divmod(at, ROWS_A_BATCH)
        return self._columns(batch)[column][row].as_py()


class _Table:
    """Places by the first 8 bytes of a hash."""

    def __init__(self, raw: memoryview, lines: int) -> None:
        self._keys = raw[: 8 * lines].cast("Q")
        self._places = raw[8 * lines :].cast("I")

    def at(self, key: int) -> Iterator[int]:
        """Yield the places that have a key, ascending."""
        first = bisect_left(self._keys, key)
        while first < len(self._keys) and self._keys[first] == key:
            yield self._places[first]
            first += 1


def key_of(name: str) -> bytes:
    """Return the 8 bytes by which a name is looked up (BLAKE2b, RFC 7693)."""
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _mapped(path: Path, width: int, lines: int) -> memoryview:
    """Map a table of `lines` entries of `width` bytes into memory."""
    if path.stat().st_size != width * lines:
        raise ValueError(f"{path.name} has {path.stat().st_size} bytes, and not {width * lines}")
    if not lines:
        return memoryview(b"")
    with path.open("rb") as stream:
        return memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))


def _columns(path: Path) -> Callable[[int], dict[str, Any]]:
    """Return what gives the columns of a batch of rows by its number."""
    from functools import cache

    import pyarrow as pa

    rows = pa.ipc.open_file(pa.memory_map(str(path)))

    def of_batch(number: int) -> dict[str, Any]:
        batch = rows.get_batch(number)
        return dict(zip(batch.schema.names, batch.columns, strict=True))

    return cache(of_batch)


def _sorted(keys: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    """Return keys in order, each with its place; equal keys in the order of their places."""
    import numpy as np

    order = np.argsort(keys, kind="stable")
    return keys[order], order.astype("<u4")


def _spread(code: NDArray[np.uint8], table: tuple[NDArray[np.uint64], NDArray[np.uint32]], *, named: bool) -> None:
    """Let none of several lines of one key pass unless all do; where there is no digest there is no key (0)."""
    import numpy as np

    keys, places = table
    begins = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1]))) if len(keys) else np.array([], int)
    lengths = np.diff(np.append(begins, len(keys)))
    for begin, length in zip(begins[lengths > 1], lengths[lengths > 1], strict=True):
        same = places[begin : begin + length]
        if (named or keys[begin] != 0) and (code[same] == 0).any():
            code[same] = np.where(code[same] == 0, code[same].max(), code[same])


class _Rows:
    """Writes rows a batch at a time."""

    def __init__(self, stream: Any, schema: Any) -> None:  # noqa: ANN401  (pyarrow has no types)
        import pyarrow as pa

        self._schema = schema
        self._writer = pa.ipc.new_file(stream, schema)
        self._waiting: list[Mapping[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        self._writer.close()

    def add(self, item: Admitted, says: str) -> None:
        self._waiting.append({**item._asdict(), "says": says})
        if len(self._waiting) == ROWS_A_BATCH:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        if self._waiting:
            self._writer.write_batch(pa.RecordBatch.from_pylist(self._waiting, self._schema))
            self._waiting.clear()


def _writer(stream: Any) -> _Rows:  # noqa: ANN401  (pyarrow has no types)
    import pyarrow as pa

    several = pa.list_(pa.string())
    columns = {
        "name": pa.string(),
        "row": pa.int64(),
        "sha256": pa.string(),
        "size": pa.int64(),
        "duration_s": pa.float64(),
        "recordings": several,
        "conditions": several,
        "says": pa.string(),
    }
    return _Rows(stream, pa.schema(list(columns.items())))
