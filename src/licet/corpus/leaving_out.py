"""Make a manifest of another's lines without some of them.

What was on record when it was decided is not taken along, so that whoever leans on the new one looks at all of its
lines again first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.corpus.manifest import SEEN_NAME, Written, read_batches, read_head, writing
from licet.errors import ManifestError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from licet.corpus.manifest import Line

LINES_A_BATCH = 512


def write_without(folder: Path, out: Path, leave: Callable[[Line], bool]) -> tuple[int, int]:
    """Write the lines of the manifest in `folder` into `out`, but for those that `leave` names.

    Returns:
        How many lines were kept, and how many were left out.

    Raises:
        ManifestError: there is none, it is damaged, or what was seen of its items was not kept.
    """
    head, _ = read_head(folder)
    kept = left = 0
    seen = _seen(folder)
    with writing(out, head) as manifest:
        for batch in read_batches(folder, LINES_A_BATCH):
            for line, text in zip(batch.lines(), batch.texts, strict=True):
                sighting = next(seen, "")
                if leave(line):
                    left += 1
                else:
                    manifest.add(Written(line.item, line.row, line.verdict, text, sighting.encode()))
                    kept += 1
    return kept, left


def _seen(folder: Path) -> Iterator[str]:
    """Yield what was seen of each item, in the order of the lines."""
    import pyarrow.parquet as pq

    if not (folder / SEEN_NAME).exists():
        raise ManifestError(f"{folder} does not hold what was seen of its items", mend="clear the corpus again")
    with pq.ParquetFile(folder / SEEN_NAME) as rows:
        for batch in rows.iter_batches(columns=["seen"]):
            yield from batch.column(0).to_pylist()
