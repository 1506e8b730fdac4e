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
    from collections.abc import Callable, Generator, Iterator

    from postgres import Server

UNTRACED = "untraced: do the same thing many thousands of times, and leave it to other tests to cover those lines"

settings.register_profile("licet", deadline=None)
settings.register_profile("thorough", deadline=None, max_examples=20_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "licet"))


def pytest_configure(config: pytest.Config) -> None:
    """Name our marks."""
    config.addinivalue_line("markers", UNTRACED)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Measure no coverage while a test runs that is marked `untraced`: it would take twice its time and more.

    What pytest-cov has for it (`no_cover`) stops one of the two tracers that it starts in a process of xdist's.
    """
    if item.get_closest_marker("untraced") is None:
        return (yield)
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracer)


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
