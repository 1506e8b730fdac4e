from __future__ import annotations

import subprocess
import sys

import pytest

import licet.identify


def test_the_public_names_are_there() -> None:
    """Every public name exists, is listed once, and has a file that it comes from."""
    names = licet.identify.__all__
    assert all(hasattr(licet.identify, name) for name in names)
    assert len(names) == len(set(names))
    assert sorted(names) == sorted(name for file in licet.identify._FILES.values() for name in file)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    """As of any module."""
    with pytest.raises(AttributeError, match="has no attribute 'overhear'"):
        licet.identify.overhear  # noqa: B018  (that is the test)


@pytest.mark.parametrize(
    ("room", "unwanted"),
    [
        ("licet.identify", "av duckdb numba numpy pyarrow ray scipy sqlalchemy"),
        ("licet.corpus", "av duckdb numba pyarrow ray scipy sqlalchemy"),
        ("licet.workspace", "av duckdb numba pyarrow ray scipy"),
    ],
)
def test_importing_is_cheap(room: str, unwanted: str) -> None:
    """Importing a room loads no compiler, no decoder, no table library and no database that it may never need."""
    code = f"import sys, {room}; print(sorted(set({unwanted.split()}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
