from __future__ import annotations

import re
from pathlib import Path

import pytest

from licet.identify import LIKELY, SURE, hashes, peaks, searching
from licet.identify.fingerprint import SAMPLE_RATE_HZ
from playing import music, write_wav

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


STATED = {
    r"nothing stronger within ([\d.]+) frames": {peaks.NEAR_FRAMES},
    r"within \d+ frames and ([\d.]+) bins": {peaks.NEAR_BINS},
    r"fewer than ([\d.]+) stronger": {peaks.KEPT},
    r"stronger such points of its octave within ([\d.]+) frames": {peaks.REACH},
    r"([\d.]+) to [\d.]+ frames and at most": {hashes.NEAREST},
    r"[\d.]+ to ([\d.]+) frames and at most": {hashes.FARTHEST},
    r"frames and at most ([\d.]+) octaves": {hashes.WIDEST},
    r"pitch \(1/([\d.]+) octave\)": {hashes.PITCH_CELLS},
    r"interval \(1/([\d.]+) octave\)": {hashes.INTERVAL_CELLS},
    r"under ([\d.]+) changes": {len(searching.CHANGES)},
    r"`SURE` is ([\d.]+\d)": {SURE},
    r"`LIKELY` is ([\d.]+\d)": {LIKELY},
}


@pytest.mark.parametrize("words", STATED)
def test_the_page_s_figures_are_the_code_s(words: str) -> None:
    """Where the page states a parameter, it is the one in use."""
    text = " ".join(PAGE.read_text().split())
    assert {float(figure) for figure in re.findall(words, text)} <= STATED[words]
