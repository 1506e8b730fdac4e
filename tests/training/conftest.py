"""One laboratory for all tests of training, made once in each process and copied for each test."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

import schooling
from licet.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace whose sounds are cleared, and the manifest sealed."""
    folder = tmp_path_factory.mktemp("school") / "lab"
    with schooling.lab(folder) as room:
        schooling.cleared(room)
    return folder


@pytest.fixture
def room(template: Path, tmp_path: Path) -> Iterator[Workspace]:
    """Open a copy of it."""
    shutil.copytree(template, tmp_path / "lab")
    with Workspace.open(tmp_path / "lab") as copied:
        yield copied
