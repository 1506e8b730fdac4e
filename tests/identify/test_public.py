from __future__ import annotations

import subprocess
import sys

import licet.identify


def test_the_public_names_are_there() -> None:
    """Every public name exists, and the list is in order."""
    names = licet.identify.__all__
    assert all(hasattr(licet.identify, name) for name in names)
    assert len(names) == len(set(names))


def test_importing_the_room_is_cheap() -> None:
    """Importing it loads no decoder, no table library and no database."""
    code = (
        "import sys, licet.identify;"
        "print(sorted({'av', 'pyarrow', 'sqlalchemy', 'duckdb', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
