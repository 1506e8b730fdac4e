"""Loaders: what passes a gate, in the form in which a training script reads it already.

`gated(dataset, gate, …)` picks the loader by the kind of what it is given. No framework is loaded for it: who has a
data set of one has it loaded.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from licet.errors import UsageError

if TYPE_CHECKING:
    from licet.training.gate import Gate

__all__ = ["gated"]

_ROOM = "licet.training.loaders"
_KINDS = {  # a class, by its module and name; the module of its loader, and what makes it
    ("datasets.arrow_dataset", "Dataset"): ("huggingface", "GatedRows"),
    ("datasets.iterable_dataset", "IterableDataset"): ("huggingface", "stream"),
    ("webdataset.pipeline", "DataPipeline"): ("webdataset", "composed"),
    ("lhotse.cut.set", "CutSet"): ("lhotse", "gated_cuts"),
    ("pyarrow.lib", "Table"): ("parquet", "GatedBatches"),
    ("pyarrow._dataset", "Dataset"): ("parquet", "GatedBatches"),
    ("torch.utils.data.dataset", "IterableDataset"): ("", "GatedStream(GatedAudio(gate, decode))"),
    ("torch.utils.data.dataset", "Dataset"): ("torch", "GatedDataset"),
}
_FILES = {".parquet": ("parquet", "GatedBatches"), ".json": ("nemo", "verified"), ".jsonl": ("nemo", "verified")}


def gated(dataset: Any, gate: Gate, **how: Any) -> Any:  # noqa: ANN401  (as many kinds as there are frameworks)
    """Return what passes a gate of a data set, as a data set of its kind: the one line of a training script.

    Args:
        dataset: a data set of PyTorch's, Hugging Face's, WebDataset's or Lhotse's; a table or data set of pyarrow's;
            the path of a Parquet file, or of a manifest of NeMo's.
        gate: what it passes.
        how: what the loader of that kind is told besides; see `docs/loaders.md`.

    Raises:
        UsageError: it is of no such kind.
    """
    room, made = _loader(dataset)
    if not room:
        raise UsageError(
            f"a {type(dataset).__name__} opens files by itself, and tells nobody which",
            mend=f"in its place: {made}, of licet.training.loaders.torch",
        )
    return getattr(import_module(f"{_ROOM}.{room}"), made)(gate, dataset, **how)


def _loader(dataset: object) -> tuple[str, str]:
    """Return the module of the loader, and what makes it."""
    if isinstance(dataset, str | Path):
        kinds = [_FILES[suffix] for suffix in [Path(dataset).suffix.lower()] if suffix in _FILES]
    else:
        classes = [(kind.__module__, kind.__qualname__) for kind in type(dataset).__mro__]
        kinds = [loader for kind, loader in _KINDS.items() if kind in classes]
    if not kinds:
        raise UsageError(
            f"there is no loader for {type(dataset).__module__}.{type(dataset).__qualname__}",
            mend="a data set of torch, datasets, webdataset, lhotse or pyarrow, or the path of a .parquet or .jsonl",
        )
    return kinds[0]
