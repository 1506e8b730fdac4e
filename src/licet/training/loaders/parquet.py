"""Plain Parquet: record batches with the rows that pass a gate.

A row passes by the SHA-256 of the bytes in it; or the bytes of the file that it names are put into it; or, where it
holds features that were made before, by the name of its item.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from licet.errors import UsageError
from licet.training.loaders.held import admit_all
from licet.training.loaders.listed import item_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from licet.training.gate import Gate


BYTES = "bytes"  # the column that files are put into


class GatedBatches:
    """The rows of a table that pass a gate, in record batches; one pass over the table each time it is iterated."""

    def __init__(
        self,
        gate: Gate,
        source: Any,  # noqa: ANN401  (pyarrow has no types)
        *,
        content: str = "",
        path: str = "",
        item: str = "",
        batch_size: int = 256,
        part: tuple[int, int] = (0, 1),
    ) -> None:
        """Read a table; exactly one of `content`, `path` and `item` tells its items.

        Args:
            gate: what it passes.
            source: a `pyarrow` data set or table, or what makes one: a file, a folder, or several.
            content: the column that holds a file's bytes, or a struct of its `bytes` and `path`.
            path: the column that names a file; its bytes are put into another column, `bytes`.
            item: the column that names an item whose features stand in the row.
            batch_size: rows that are looked at at once; as many come in a batch, or fewer.
            part: which of several readers this is, counted from 0, and how many there are: they take batches in turn.

        Raises:
            UsageError: it is not one of the three.
        """
        if sum(map(bool, (content, path, item))) != 1:
            raise UsageError("it must be told how an item is known", mend="name a column: content, path or item")
        self._gate, self._source, self._batch_size, self._part = gate, source, batch_size, part
        self._column = content or path or item
        self._admit: Callable[[Any], bytes | None] = (
            self._by_content if content else self._by_path if path else self._by_item
        )
        self._puts = bool(path)

    def __iter__(self) -> Iterator[Any]:
        """Yield record batches of what passes.

        Raises:
            GateError: the gate is shut.
        """
        import pyarrow as pa
        import pyarrow.dataset as ds

        source = self._source if isinstance(self._source, ds.Dataset) else ds.dataset(self._source)
        mine, of = self._part
        for number, batch in enumerate(source.to_batches(batch_size=self._batch_size)):
            if number % of != mine:
                continue
            found = [self._admit(cell) for cell in batch.column(self._column).to_pylist()]
            rows = batch.filter(pa.array([one is not None for one in found], pa.bool_()))
            if self._puts:
                rows = rows.append_column(BYTES, pa.array([one for one in found if one is not None], pa.binary()))
            if rows.num_rows:
                yield rows

    def _by_content(self, cell: Any) -> bytes | None:  # noqa: ANN401  (a cell)
        content: bytes | None = cell["bytes"] if isinstance(cell, dict) else cell
        called = (cell.get("path") if isinstance(cell, dict) else "") or "bytes in a table"
        if content is None:
            self._gate.admit(None, called)
            return None
        return content if admit_all(self._gate, {called: content}) else None

    def _by_path(self, cell: str | None) -> bytes | None:
        if cell is None:
            self._gate.admit(None, "a row that names no file")
            return None
        name = item_name(self._gate.root, cell)
        return self._gate.read(self._gate.place_of(name), name)

    def _by_item(self, cell: str | None) -> bytes | None:
        if cell is None:
            self._gate.admit(None, "a row that names no item")
            return None
        name = item_name(self._gate.root, cell)
        return b"" if self._gate.admit(self._gate.place_of(name), name) else None
