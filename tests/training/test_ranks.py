from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from licet.training.marks import times_read
from licet.training.runs import MARKS, passes_of
from schooling import started

if TYPE_CHECKING:
    from licet.workspace import Workspace


def test_ranks_take_one_answer_and_fail_together(room: Workspace) -> None:
    """Two of PyTorch's: the first asks once for both, their halves make a whole, and where it fails both do."""
    folder = started(room)
    script = Path(__file__).with_name("ranking.py")
    ranks = [
        subprocess.Popen([sys.executable, script, str(rank), folder], stdout=subprocess.PIPE, text=True)
        for rank in range(2)
    ]
    said = [rank.communicate(timeout=120)[0].strip() for rank in ranks]
    assert said == ["000000.000000 [0, 3] True", "000000.000000 [1, 4] True"]
    assert len(passes_of(folder)) == 1
    assert times_read(folder / MARKS, 6).tolist() == [1, 1, 0, 1, 1, 0]
