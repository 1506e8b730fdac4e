"""Find the lines of one item, or of one recording, in a manifest of any size."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

import msgspec

from licet.corpus.asking import asking
from licet.corpus.manifest import PARQUET_NAME, Line, read_head

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

LINES_FOUND = 100


def find_lines(folder: Path, item: str) -> tuple[Line, ...]:
    """Return the lines of `item`, or of every item that the recording `item` was found in: the first hundred.

    Raises:
        ManifestError: there is no manifest in `folder`, or it is damaged.
    """
    head, _ = read_head(folder)
    named = "SELECT id FROM lines WHERE item = $item OR list_contains(recordings, $item) ORDER BY id LIMIT $limit"
    with asking(folder, head.reading) as manifest:
        places = [int(row[0]) for row in manifest.rows(named, item=item, limit=LINES_FOUND)]
        return manifest.lines(f"id IN ({', '.join(map(str, places))})", LINES_FOUND) if places else ()


def lines_at(folder: Path, places: Collection[tuple[str, int]]) -> Iterator[tuple[int, list[int], list[Line]]]:
    """Yield the lines at `places` (item and row), with the number of their row group and their places in it.

    The file is sorted by item, so that most of its row groups are passed over.
    """
    import pyarrow.parquet as pq

    wanted, items = set(places), sorted({item for item, _ in places})
    with pq.ParquetFile(folder / PARQUET_NAME) as lines:
        for group in range(lines.num_row_groups):
            bounds = lines.metadata.row_group(group).column(0).statistics
            if bounds is not None and bounds.has_min_max:
                first = bisect_left(items, bounds.min)
                if first == len(items) or items[first] > bounds.max:
                    continue
            names = lines.read_row_group(group, ["item", "row"]).to_pydict()
            at = [number for number, name in enumerate(zip(names["item"], names["row"], strict=True)) if name in wanted]
            if at:
                rows = lines.read_row_group(group).take(at).to_pylist()
                yield group, at, [msgspec.convert(row, Line) for row in rows]
