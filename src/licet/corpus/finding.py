"""Find the lines of one item, or of one recording, in a manifest of any size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.corpus.asking import asking
from licet.corpus.manifest import read_head

if TYPE_CHECKING:
    from pathlib import Path

    from licet.corpus.manifest import Line

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
