from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from licet.identify import hashes, index, peaks
from licet.identify.fingerprint import SAMPLE_RATE_HZ
from playing import music, write_wav

if TYPE_CHECKING:
    import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "identify.md"


def test_the_page_s_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The page's own lines register a folder and find a clip of it."""
    example = re.search(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert example is not None
    (tmp_path / "music").mkdir()
    for piece in range(3):
        write_wav(tmp_path / f"music/piece-{piece}.wav", music(piece, 30.0), SAMPLE_RATE_HZ)
    write_wav(tmp_path / "clip.wav", music(1, 30.0)[10 * SAMPLE_RATE_HZ : 20 * SAMPLE_RATE_HZ], SAMPLE_RATE_HZ)
    monkeypatch.chdir(tmp_path)
    exec(example[1], {})  # noqa: S102  (our own page)
    assert capsys.readouterr().out == "piece-1 True 10 1.0\n"


def test_the_page_s_figures_are_the_code_s() -> None:
    """The parameters that the page states are those in use."""
    text = " ".join(PAGE.read_text().split())
    assert f"nothing stronger within {peaks.NEAR_FRAMES} frames and {peaks.NEAR_BINS} bins" in text
    assert f"fewer than {peaks.KEPT} stronger such points of its octave within {peaks.REACH} frames" in text
    assert f"{hashes.NEAREST} to {hashes.FARTHEST} frames and at most {hashes.WIDEST} octaves" in text
    assert f"(1/{hashes.PITCH_CELLS} octave)" in text
    assert f"(1/{hashes.INTERVAL_CELLS} octave)" in text
    assert f"under {len(index.CHANGES)} changes" in text
    assert np.isclose(max(factor for factor, _ in index.CHANGES), 1.10)
