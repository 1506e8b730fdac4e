"""What a run read, summed up: a table of items, and a sorted set that proves of a name that it was read, or was not.

`usage.parquet` has a row for each item that was read, in the order of the manifest: in how many epochs, and how many
seconds of sound that makes, which is the item's whole length for each epoch: a training that takes excerpts heard less,
never more. `items.set` (`licet.transparency.membership`) holds the names of those items, of their files' bytes and of
the recordings in them; its root goes into the log.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from licet.digests import sha256_file
from licet.placing import placed
from licet.training.passes import lines_of
from licet.transparency import SortedSet
from licet.transparency.statements import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from licet.transparency import SetHead

TABLE_NAME = "usage.parquet"
SET_NAME = "items.set"
_MILLI = 1000


@dataclass(frozen=True, slots=True)
class Usage:
    """What a run read, in numbers."""

    items: int
    reads: int  # of an item in an epoch
    milliseconds: int  # of sound: each item's whole length for each of its epochs, where it is known
    unmeasured: int  # items whose length is not known
    conditions: dict[str, int]  # what is asked in return, and for how many items
    table: str  # SHA-256 of usage.parquet
    set: SetHead


def sum_up(folder: Path, lines: Path, times: NDArray[np.uint32], *, salt: bytes) -> Usage:
    """Write the table and the set of what was read into `folder`.

    Memory is bounded by a batch of lines, besides `times`.

    Args:
        folder: of the run.
        lines: the folder of one of its passes, which tells what the items are.
        times: [shape=(n_lines,)], uint32: in how many epochs each was read.
        salt: 32 random bytes.

    Raises:
        OSError: they cannot be written.
    """
    tally = _Tally()
    with placed(folder / TABLE_NAME) as stream:
        items = SortedSet.build(folder / SET_NAME, _rows(stream, lines, times, tally), salt)
    return Usage(
        items=tally.items,
        reads=int(times.sum(dtype="uint64")),
        milliseconds=tally.milliseconds,
        unmeasured=tally.unmeasured,
        conditions=dict(sorted(tally.conditions.items())),
        table=sha256_file(folder / TABLE_NAME),
        set=items.head,
    )


def recordings_read(table: Path) -> Iterator[list[str]]:
    """Yield the recordings of the items in a table of usage, a batch at a time."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(table) as rows:
        for batch in rows.iter_batches(columns=["recordings"]):
            yield batch.column(0).flatten().unique().to_pylist()


@dataclass(slots=True)
class _Tally:
    items: int = 0
    milliseconds: int = 0
    unmeasured: int = 0
    conditions: dict[str, int] = None  # type: ignore[assignment]  # see below

    def __post_init__(self) -> None:
        self.conditions = {}


def _rows(
    stream: Any,  # noqa: ANN401  (pyarrow has no types)
    lines: Path,
    times: NDArray[np.uint32],
    tally: _Tally,
) -> Iterator[tuple[str, bytes]]:
    """Write the table, and yield the names for the set on the way."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    columns = ("name", "row", "sha256", "recordings", "duration_s", "conditions")
    writer = None
    for first, batch in lines_of(lines):
        epochs = times[first : first + batch.num_rows]
        part = pa.Table.from_batches([batch.select(columns)]).filter(pa.array(epochs > 0))
        counts = pa.array(epochs[epochs > 0], pa.int64())
        lengths = pc.round(pc.multiply(part["duration_s"], float(_MILLI))).cast(pa.int64())
        read = pc.multiply(lengths, counts)
        part = part.append_column("epochs", counts).append_column("read_ms", read)
        writer = writer or pq.ParquetWriter(stream, part.schema, compression="zstd")
        writer.write_table(part)
        tally.items += part.num_rows
        tally.milliseconds += pc.sum(read).as_py() or 0
        tally.unmeasured += part["duration_s"].null_count
        for pair in pc.value_counts(part["conditions"].combine_chunks().flatten()).to_pylist():
            tally.conditions[pair["values"]] = tally.conditions.get(pair["values"], 0) + pair["counts"]
        names = (part[column].to_pylist() for column in ("name", "sha256", "recordings", "epochs"))
        for name, digest, recordings, count in zip(*names, strict=True):
            said = sha256(canonical({"epochs": count})).digest()
            yield f"item:{name}", said
            if digest:
                yield f"sha256:{digest}", said
            for recording in recordings:
                yield f"recording:{recording}", said
    if writer is not None:
        writer.close()
