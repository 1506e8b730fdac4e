from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

NOTEBOOK = Path(__file__).parents[2] / "examples" / "first_hour.ipynb"


def test_the_first_hour_runs_from_its_first_cell_to_its_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And it shows what its words promise: half of the music gone when Ann changes her mind, and the proof."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    known: dict[str, object] = {}
    for cell in cells:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []  # what it prints is for whoever runs it
            exec(compile("".join(cell["source"]), cell["id"], "exec"), known)  # noqa: S102  (our own notebook)
    shown = capsys.readouterr().out
    assert "epoch 2: 8 pieces" in shown
    assert "epoch 3: 4 pieces" in shown
    assert "{'changed': 1, 'refused': 4, 'withdrawn': 4}" in shown
    assert "['first']\nnot read by ['major-or-minor']" in shown
