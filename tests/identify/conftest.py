"""An index of eight pieces, made once for the room's tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from licet.identify import IndexWriter
from playing import PIECES, SECONDS, heard, music

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Register eight pieces of half a minute, in two segments."""
    folder = tmp_path_factory.mktemp("index")
    for pieces in (PIECES[:5], PIECES[5:]):
        with IndexWriter(folder) as writer:
            for piece in pieces:
                writer.add(f"piece-{piece}", f"/music/{piece}.wav", heard(music(piece, SECONDS)))
    return folder
