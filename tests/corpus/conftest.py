"""A workspace with recordings on record, and one clearance of a corpus of copies, made once for the room's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from corpora import COMMERCIAL, RESEARCH, lines_of, make_workspace, write_broken, write_copies

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from licet.corpus import Line
    from licet.workspace import Workspace


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """A workspace with five recordings on record."""
    with make_workspace(tmp_path_factory.mktemp("house")) as opened:
        yield opened


@pytest.fixture(scope="session")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of copies."""
    return write_copies(tmp_path_factory.mktemp("copies") / "corpus")


@pytest.fixture(scope="session")
def commercial(workspace: Workspace, copies: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Line]:
    """What the copies come to for commercial generative training."""
    out = tmp_path_factory.mktemp("commercial")
    workspace.clear(copies, COMMERCIAL, out=out, workers=1)
    return lines_of(out)


@pytest.fixture(scope="session")
def research(workspace: Workspace, copies: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Line]:
    """What the copies come to for a research organisation that accepts share-alike."""
    out = tmp_path_factory.mktemp("research")
    workspace.clear(copies, RESEARCH, accepts=["share-alike"], out=out, workers=1)
    return lines_of(out)


@pytest.fixture(scope="session")
def broken(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], dict[str, Line]]:
    """Every kind of bad input: the code that each should carry, and the line that it got."""
    folder = tmp_path_factory.mktemp("broken")
    expected = write_broken(folder / "corpus")
    workspace.clear(folder / "corpus", COMMERCIAL, out=folder / "out", workers=1)
    return expected, lines_of(folder / "out")
