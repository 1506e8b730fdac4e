"""Seal a manifest: the root of its receipts, and which of them lean on what.

Beside the manifest come

- `items.set`: a sorted set (`licet.transparency.membership`) of its items, their files' digests and their recordings;
- `leaning.parquet`: a row for everything that a receipt leans on, sorted by it: `evidence:` and a digest,
  `recording:` and a key or another name that the item is given, `host:` and the host of a page that was asked. It finds
  the receipts that a change concerns; a name of which nothing is on record yet is there too, for one day something is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from licet.corpus.manifest import PARQUET_NAME, SEEN_NAME, read_batches, read_head
from licet.corpus.scratch import scratch
from licet.errors import WorkspaceError
from licet.parallel import Crashed, ordered_map
from licet.transparency import SortedSet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from licet.corpus.receipts import Receipts
    from licet.transparency import Statement

SET_NAME = "items.set"
LEANING_NAME = "leaning.parquet"
LINES_A_BATCH = 512
MEMORY = "512MB"

_LEANING = """
    COPY (
        SELECT DISTINCT name, item, row FROM (
            SELECT item, row, 'evidence:' || unnest(list_distinct(flatten([
                [one.evidence for one in coalesce(statements, [])],
                flatten([one.evidence for one in coalesce(reasons, [])])]))) AS name FROM lines
            UNION ALL SELECT item, row, 'recording:' || unnest(recordings) FROM lines
            UNION ALL SELECT item, row,
                'host:' || lower(regexp_extract(unnest(pages), '^[A-Za-z]+://([^/?#]*)', 1)) FROM lines
            UNION ALL SELECT item, row,
                'recording:' || unnest(json_extract_string(seen, '$.item.declared[*]')) FROM seen
        ) ORDER BY name, item, row
    ) TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 20000)
"""
_CALLED = """
    SELECT item, row FROM lines WHERE item = $item
    UNION SELECT item, row FROM leaning WHERE name = $recording ORDER BY item, row
"""
_FOUND = "SELECT DISTINCT item, row FROM leaning SEMI JOIN asked USING (name) ORDER BY item, row"


def seal_items(
    folder: Path,
    receipts: Receipts,
    *,
    salt: bytes,
    at: str,
    reopens: dict[str, Any] | None = None,
    workers: int | None = 1,
    progress: Callable[[str], None] = lambda _: None,
) -> Statement:
    """Write the set and the index of the manifest in `folder`, and return what goes into the log.

    Raises:
        ManifestError: the manifest is damaged.
        WorkspaceError: a process was killed.
    """
    _, counts = read_head(folder)

    def named() -> Iterator[tuple[str, bytes]]:
        for result in ordered_map(receipts, read_batches(folder, LINES_A_BATCH), workers=workers):
            if isinstance(result, Crashed):
                raise WorkspaceError("a process that seals was killed", mend="try --workers 1")
            yield from result
            progress("sealed")

    items = SortedSet.build(folder / SET_NAME, named(), salt)
    _write_leaning(folder)
    return receipts.entry(items.head, counts, at, reopens)


def leaning_on(folder: Path, names: Iterable[str] | None) -> list[tuple[str, int]]:
    """Return the items and rows of the sealed manifest in `folder` whose receipts lean on any of `names`, in order.

    Without names, those are all.

    Raises:
        ManifestError: its index is damaged.
    """
    import pyarrow as pa

    with _opened(folder) as connection:
        if names is None:
            return connection.read_parquet(str(folder / PARQUET_NAME)).project("item, row").fetchall()
        connection.read_parquet(str(folder / LEANING_NAME)).create_view("leaning")
        connection.register("asked", pa.table({"name": pa.array(sorted(set(names)), pa.string())}))
        return connection.execute(_FOUND).fetchall()


def places_of(folder: Path, item: str) -> list[tuple[str, int]]:
    """Return the items and rows of the sealed manifest in `folder` that are called `item`, or hold that recording.

    Raises:
        ManifestError: it is damaged.
    """
    with _opened(folder) as connection:
        connection.read_parquet(str(folder / PARQUET_NAME)).create_view("lines")
        connection.read_parquet(str(folder / LEANING_NAME)).create_view("leaning")
        return connection.execute(_CALLED, {"item": item, "recording": f"recording:{item}"}).fetchall()


def _write_leaning(folder: Path) -> None:
    with _opened(folder) as connection:
        connection.read_parquet(str(folder / PARQUET_NAME)).create_view("lines")
        if (folder / SEEN_NAME).exists():
            connection.read_parquet(str(folder / SEEN_NAME)).create_view("seen")
        else:
            connection.execute("CREATE VIEW seen AS SELECT '' AS item, 0 AS row, '{}' AS seen WHERE false")
        connection.execute(_LEANING.format(path=str(folder / LEANING_NAME).replace("'", "''")))


def _opened(folder: Path) -> AbstractContextManager[DuckDBPyConnection]:
    return scratch(f"the manifest in {folder} cannot be read", memory=MEMORY)
