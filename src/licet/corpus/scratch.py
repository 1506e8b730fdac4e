"""A DuckDB for one piece of work: in bounded memory, and what does not fit spills to a folder that goes afterwards."""

from __future__ import annotations

from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from licet.errors import ManifestError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duckdb import DuckDBPyConnection


@contextmanager
def scratch(trouble: str, *, memory: str, threads: int = 2) -> Iterator[DuckDBPyConnection]:
    """Yield a database that is empty, and gone when the block is left; `trouble` says what failed if anything does.

    Raises:
        ManifestError: a file is damaged, or the disk is full.
    """
    import duckdb  # 0.2 s that importing the room does not owe

    with TemporaryDirectory(prefix="licet-") as spill:
        connection = duckdb.connect(config={"threads": threads, "memory_limit": memory, "temp_directory": spill})
        try:
            yield connection
        except duckdb.Error as broken:
            raise ManifestError(f"{trouble}: {broken}", mend="make it again with `licet clear`") from broken
        finally:
            connection.close()
