from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import killed
from imagined import recordings
from licet.identify import IndexWriter
from licet.identify.listing import LISTING

if TYPE_CHECKING:
    from pathlib import Path

DEATHS = 100


def test_a_writer_killed_a_hundred_times_loses_nothing(tmp_path: Path) -> None:
    """Kill -9 whenever it falls: the index opens and verifies, and all that was told to be on the disk is there."""
    done = subprocess.run(
        [sys.executable, killed.__file__, str(tmp_path), str(DEATHS), "7"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    said = re.fullmatch(r"100 deaths, (\d+) commits, \d+ recordings\n", done.stdout)
    assert said
    assert int(said[1]) >= DEATHS // 10
    index = tmp_path / "index"
    with IndexWriter(index) as writer:
        writer.merge(all=True)
    names = {file.name for file in index.iterdir()}
    assert len(names - {LISTING, "writer.lock"}) == 1
    assert recordings(index)
