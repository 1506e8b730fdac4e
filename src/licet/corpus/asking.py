"""A manifest as DuckDB sees it: the views that questions are put to, and which lines deserve a look.

One thread and an order of our own, so that the same manifest gives the same answers. A million lines fit in little
memory; what does not fit spills to a folder that goes when the asking is done.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from licet.corpus.manifest import PARQUET_NAME, Line
from licet.corpus.scratch import scratch
from licet.errors import ManifestError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from duckdb import DuckDBPyConnection

MEMORY = "256MB"

# Which lines deserve a look.
MISLABELLED = "id IN (SELECT id FROM deciding WHERE rule IN ('contradicted', 'disagreement'))"
BROKEN = "verdict = 'error'"
PARTIAL = "partial AND verdict <> 'error'"
CONTESTED = "contested"
DIFFERING = "id IN (SELECT id FROM opinions WHERE opinion <> verdict)"

_VIEWS = (
    "CREATE VIEW lines AS SELECT *, file_row_number AS id FROM manifest",
    """CREATE VIEW opinions AS SELECT id, verdict, o.reading AS reading, o.verdict AS opinion
    FROM (SELECT id, verdict, unnest(readings) AS o FROM lines WHERE verdict <> 'error')""",
    """CREATE VIEW deciding AS SELECT id, verdict, r.rule AS rule, r.says AS says, r.cites AS cites, r.status AS status
    FROM (SELECT id, verdict, unnest(reasons) AS r FROM lines WHERE verdict IN ('refused', 'unknown'))
    WHERE r.verdict = verdict AND list_contains(r.readings, (SELECT reading FROM asked))
    AND r.rule NOT IN ('other-layer', 'other-version')""",
)


class Asked:
    """A manifest that can be asked. Its views: `lines`; `opinions`, one row a reading; `deciding`, one row a reason."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self._connection = connection

    def rows(self, question: str, **given: object) -> list[tuple[Any, ...]]:
        """Answer a question in SQL whose answer is short."""
        return self._connection.execute(question, given).fetchall()

    def each(self, question: str, batch: int = 1_000) -> Iterator[tuple[Any, ...]]:
        """Answer a question in SQL whose answer may be long, a batch of rows at a time."""
        answers = self._connection.execute(question)
        while rows := answers.fetchmany(batch):
            yield from rows

    def count(self, where: str) -> int:
        """Count the lines for which `where` holds."""
        return int(self.rows(f"SELECT count(*) FROM lines WHERE {where}")[0][0])  # noqa: S608  (our own words)

    def lines(self, where: str, limit: int) -> tuple[Line, ...]:
        """Return the first `limit` lines for which `where` holds, whole."""
        names = Line.__struct_fields__
        question = f"SELECT {', '.join(names)} FROM lines WHERE {where} ORDER BY id LIMIT $limit"  # noqa: S608  (likewise)
        found = self.rows(question, limit=limit)
        return tuple(msgspec.convert(dict(zip(names, row, strict=True)), Line) for row in found)


@contextmanager
def asking(folder: Path, reading: str) -> Iterator[Asked]:
    """Open the manifest in `folder` for questions; `deciding` holds the reasons of `reading`.

    Raises:
        ManifestError: there is none, or it is damaged.
    """
    path = folder / PARQUET_NAME
    if not path.is_file():
        raise ManifestError(f"there is no manifest in {folder}", mend="make one with `licet clear`")
    with scratch(f"{path} cannot be read", memory=MEMORY, threads=1) as connection:
        connection.read_parquet(str(path), file_row_number=True).create_view("manifest")
        connection.execute("CREATE TABLE asked AS SELECT $reading AS reading", {"reading": reading})
        for view in _VIEWS:
            connection.execute(view)
        yield Asked(connection)
