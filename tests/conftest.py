"""What all tests share: databases of both kinds, and time for the property tests.

Property tests take the time they need: a shared machine is slow at times, and that is no failure.
`HYPOTHESIS_PROFILE=thorough` draws 20,000 examples for each property instead of a hundred (`make laws`).
"""

from __future__ import annotations

import os
import sys
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))  # for the server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from postgres import Server

settings.register_profile("licet", deadline=None)
settings.register_profile("thorough", deadline=None, max_examples=20_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "licet"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Run a PostgreSQL server, and fail where there is none to run."""
    from postgres import running_server

    with running_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Return what makes an empty database, and says its path or URL; each test runs on either kind."""
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("postgres")
        return server.empty_database
    numbers = count(1)
    return lambda: str(tmp_path / f"licet-{next(numbers)}.db")


@pytest.fixture
def database(new_database: Callable[[], str]) -> str:
    """Make one empty database, of either kind."""
    return new_database()
