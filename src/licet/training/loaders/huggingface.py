"""Hugging Face `datasets`: rows by number, and in a stream; the sound of each as a path, or as bytes in the table.

- What stands behind a path is read by the gate, and the sample is made of those very bytes.
- Bytes in the table are told by their SHA-256, which needs no name.
- Rows without sound pass by the name of an item: for features that were made of it before.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

import numpy as np
from datasets import Audio

from licet.errors import UsageError
from licet.training.loaders.held import admit_all
from licet.training.loaders.listed import NOWHERE, Placed, item_name, names_of, place_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from datasets import Dataset, IterableDataset
    from numpy.typing import NDArray

    from licet.training.gate import Gate
    from licet.training.loaders.listed import Name

Row = dict[str, Any]


class GatedRows(Placed[Row]):
    """The rows of a `Dataset` that pass a gate."""

    def __init__(
        self,
        gate: Gate,
        dataset: Dataset,
        *,
        audio: str | None = None,
        item: str | Callable[[int], Name] | Sequence[Name] | None = None,
        decode: Callable[[bytes], Any] | None = None,
    ) -> None:
        """Wrap a data set.

        Args:
            gate: what it passes.
            dataset: without a format, or with a transform.
            audio: the column that holds the sound; the one of the type `Audio`, if there is one.
            item: the column that names each row's item, or the names, or what tells them by the row's number. Without
                it the paths of the sound do; or its bytes, each of which is read once when the first epoch begins.
            decode: makes what the column holds in the end of a file's bytes; without it the column's own type does.

        Raises:
            UsageError: the rows cannot be told.
        """
        self._cells = _Cells(gate, dataset.features, audio, decode)
        form = dataset.format
        if form["type"] not in {None, "custom"}:
            raise UsageError(f"rows in the format {form['type']} do not pass", mend="gate first, or give a transform")
        self._transform = form["format_kwargs"].get("transform") if form["type"] else None
        self._rows = self._cells.bare(dataset.with_format(None))
        if item is None and not self._cells.audio:
            raise UsageError("nothing tells which item a row is of", mend="name a column: item='id' or audio='audio'")
        super().__init__(gate, lambda: self._places(item))

    def sample(self, entry: int) -> tuple[Row] | None:
        """Return a row, in a tuple; None if it does not pass."""
        row = self._cells.admitted(self._rows[entry], int(self.places[entry]))
        if row is None or self._transform is None:
            return None if row is None else (row,)
        return ({name: cells[0] for name, cells in self._transform({name: [row[name]] for name in row}).items()},)

    def _places(self, item: str | Callable[[int], Name] | Sequence[Name] | None) -> NDArray[np.int64]:
        if item is None:
            cells = self._rows.select_columns([self._cells.audio])
            return np.fromiter((self._cells.place(cell) for row in cells for cell in row.values()), np.int64)
        names = self._rows[item] if isinstance(item, str) else names_of(item, len(self._rows))
        return np.fromiter((place_of(self.gate, name) for name in names), np.int64, len(self._rows))


def stream(
    gate: Gate,
    dataset: IterableDataset,
    *,
    audio: str | None = None,
    item: str | None = None,
    decode: Callable[[bytes], Any] | None = None,
) -> IterableDataset:
    """Return what passes a gate of a stream, as a stream that is shared, shuffled and gone on with as `datasets` does.

    Args:
        gate: what it passes.
        dataset: the stream.
        audio: the column that holds the sound; the one of the type `Audio`, if there is one.
        item: for a stream without sound: the column that names each row's item.
        decode: makes what the column holds in the end of a file's bytes; without it the column's own type does.

    Raises:
        UsageError: the rows cannot be told.
    """
    cells = _Cells(gate, dataset.features or {}, audio, decode)
    if item is None and not cells.audio:
        raise UsageError("nothing tells which item a row is of", mend="name a column: item='id' or audio='audio'")
    return cells.bare(dataset).map(_Admission(cells, item), batched=True, batch_size=1)


class _Cells:
    """The cells of a column of sounds, and what becomes of them."""

    def __init__(
        self, gate: Gate, features: dict[str, Any], audio: str | None, decode: Callable[[bytes], Any] | None
    ) -> None:
        sounds = [name for name, kind in features.items() if isinstance(kind, Audio)]
        held = [name for name, kind in features.items() if _holds_sound(kind)]
        if len(held) > 1 or held != sounds:
            raise UsageError(
                f"there is sound in {', '.join(held)}, and the gate looks at one column",
                mend="take the others off: dataset.remove_columns(...)",
            )
        self.gate = gate
        self.audio = audio or next(iter(sounds), "")  # none
        self.kind = features.get(self.audio)
        self._decode = decode

    def bare(self, dataset: Any) -> Any:  # noqa: ANN401  (of either kind, and the same comes back)
        """Return the data set with the sound as it is kept, not decoded."""
        return dataset.cast_column(self.audio, Audio(decode=False)) if isinstance(self.kind, Audio) else dataset

    def place(self, cell: Any) -> int:  # noqa: ANN401  (a path, bytes, or both)
        """Return the place of the item that a cell is of, or `NOWHERE`."""
        path, content = _parts(cell)
        if content is None:
            return place_of(self.gate, path or "")
        digest = sha256(content).hexdigest()
        place = self.gate.place_of_digest(digest)
        if place is None:
            self.gate.admit(None, path or f"sha256:{digest}")
        return NOWHERE if place is None else place

    def admitted(self, row: Row, place: int | None, name: str = "") -> Row | None:
        """Return a row with its sound made of what the gate let through; None where it does not pass."""
        if not self.audio:
            return row if self.gate.admit(place, name) else None
        path, content = _parts(row[self.audio])
        if content is None:
            content = self.gate.read(place, name)
        elif not admit_all(self.gate, {path or "bytes in a table": content}):
            content = None
        return None if content is None else row | {self.audio: self._made(content, path)}

    def _made(self, content: bytes, path: str | None) -> Any:  # noqa: ANN401  (what the user's function makes)
        if self._decode is not None:
            return self._decode(content)
        cell = {"path": path, "bytes": content}
        return self.kind.decode_example(cell) if isinstance(self.kind, Audio) and self.kind.decode else cell


class _Admission:
    """Admits one row of a stream; it travels to workers."""

    def __init__(self, cells: _Cells, item: str | None) -> None:
        self._cells, self._item = cells, item

    def __call__(self, batch: dict[str, list[Any]]) -> dict[str, list[Any]]:
        row = {name: cells[0] for name, cells in batch.items()}
        gate = self._cells.gate
        said = row[self._item] if self._item else _parts(row[self._cells.audio])[0]
        name = item_name(gate.root, said or "")
        found = self._cells.admitted(row, gate.place_of(name), name)
        return {name: [] if found is None else [found[name]] for name in row}


def _holds_sound(kind: Any) -> bool:  # noqa: ANN401  (a feature of theirs, of any kind)
    """Whether a feature is of sound, or has one in it."""
    if isinstance(kind, Audio):
        return True
    inner = kind.values() if isinstance(kind, dict) else kind if isinstance(kind, list | tuple) else ()
    return any(map(_holds_sound, inner or [one for one in [getattr(kind, "feature", None)] if one is not None]))


def _parts(cell: Any) -> tuple[str | None, bytes | None]:  # noqa: ANN401  (a path, bytes, or both)
    """Return a cell's path and its bytes."""
    if isinstance(cell, dict):
        return cell.get("path"), cell.get("bytes")
    return (None, cell) if isinstance(cell, bytes) else (cell, None)
