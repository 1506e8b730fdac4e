"""What the tests of the catalogue share."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from licet.catalog import open_source
from licet.catalog.store import CatalogStore
from licet.db import open_database

sys.path.insert(0, str(Path(__file__).parent))  # for the look-alikes

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"


if TYPE_CHECKING:
    from collections.abc import Iterator

    from licet.catalog import Entry, Problem, Source


@pytest.fixture
def store(database: str) -> Iterator[CatalogStore]:
    """Open an empty catalogue."""
    engine = open_database(database)
    yield CatalogStore(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def jamendo(data: Path) -> Source:
    """Open the real MTG-Jamendo checkout."""
    return open_source("mtg-jamendo", data / "mtg-jamendo")


@pytest.fixture(scope="session")
def jamendo_items(jamendo: Source) -> list[Entry | Problem]:
    """Read it, once for all the tests: it takes seconds."""
    return list(jamendo.read())


@pytest.fixture(scope="session")
def data() -> Path:
    """Return the folder of real data, or skip."""
    if not DATA.is_dir():
        pytest.skip("the real data are not here")
    return DATA
