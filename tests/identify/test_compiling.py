from __future__ import annotations

import importlib.util
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numba
import pytest

from licet.identify.compiling import private_folder

if TYPE_CHECKING:
    from collections.abc import Callable

SOURCE = """
from licet.identify.compiling import kernel

@kernel()
def twice(number):
    return 2 * number
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder the place of temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def read_only(tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a module where neither its own folder nor the user's cache takes compiled code."""
    del temporary
    (tmp_path / "__pycache__").write_text("a file where a folder should be")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "__pycache__"))
    monkeypatch.setattr(numba.config, "CACHE_DIR", "")
    (tmp_path / "module.py").write_text(SOURCE)
    return tmp_path / "module.py"


def twice_of(file: Path) -> Callable[[int], Any]:
    """Import the module and return its kernel."""
    spec = importlib.util.spec_from_file_location("module", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Callable[[int], Any] = module.twice
    return found


def test_compiled_code_is_kept_among_the_temporary_files_where_nothing_else_can_be_written(
    read_only: Path, temporary: Path
) -> None:
    """In a folder that is the user's alone, where the next process finds it."""
    assert twice_of(read_only)(21) == 42
    (folder,) = temporary.iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert list(folder.rglob("*.nbi"))
    again = twice_of(read_only)
    assert again(21) == 42
    assert sum(again.stats.cache_hits.values()) == 1  # type: ignore[attr-defined]  # numba's own count


def test_kernels_work_where_nothing_can_be_written_at_all(read_only: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are compiled anew each time."""
    monkeypatch.setattr(tempfile, "tempdir", str(read_only))  # a file: nothing can be made in it
    assert twice_of(read_only)(21) == 42


@pytest.mark.parametrize("mode", [0o777, 0o750], ids=["writable by all", "readable by the group"])
def test_a_folder_that_others_can_enter_is_not_trusted(temporary: Path, mode: int) -> None:
    """They could have put code there."""
    Path(private_folder()).chmod(mode)
    assert private_folder() == ""
    assert len(list(temporary.iterdir())) == 1


@pytest.mark.usefixtures("temporary")
def test_a_link_is_not_trusted(tmp_path: Path) -> None:
    """Whoever made it may point it elsewhere tomorrow."""
    link = Path(private_folder())
    link.rename(tmp_path / "elsewhere")
    link.symlink_to(tmp_path / "elsewhere")
    assert private_folder() == ""
