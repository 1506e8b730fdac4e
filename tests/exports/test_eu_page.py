"""The EU summary in a browser: it is drawn, nothing in it is blocked, and it prints."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from licet.exports import About, Facts, export
from manifests import HOSTILE_TITLES, write_sample

if TYPE_CHECKING:
    from pathlib import Path

MISSING = "Chromium is not installed: on Debian, apt-get install chromium (`make test` does)"
COMPLAINTS = re.compile(r"CONSOLE|Refused to|Content Security Policy|Uncaught|violates", re.IGNORECASE)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a varied manifest, under a name that bites."""
    facts = Facts.of(write_sample(tmp_path_factory.mktemp("manifest")), About(name=HOSTILE_TITLES[1]))
    return export("eu-summary", facts, tmp_path_factory.mktemp("page"))[0]


def browse(page: Path, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Open `page` in Chromium without a window, and return what it says."""
    browser = shutil.which("chromium")
    assert browser is not None, MISSING
    root = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium has no sandbox for root
    quiet = [
        "--headless",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--no-first-run",
    ]
    heard = ["--enable-logging=stderr", "--v=0"]
    return subprocess.run(
        [browser, *quiet, *heard, *root, f"--user-data-dir={home}", *arguments, page.as_uri()],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_it_is_drawn_and_nothing_is_blocked(page: Path, tmp_path: Path) -> None:
    """Its headings are there, its one style holds, and the console is silent."""
    seen = browse(page, tmp_path / "home", "--dump-dom")
    assert seen.stdout.count("<h2") == 4
    assert seen.stdout.count("<h3") == 12
    assert seen.stdout.count("<h4") == 2
    assert "To be filled by a person." in seen.stdout
    assert not [line for line in seen.stderr.splitlines() if COMPLAINTS.search(line)]


def test_a_style_that_the_policy_does_not_name_is_complained_of(page: Path, tmp_path: Path) -> None:
    """So that silence means something."""
    changed = tmp_path / "changed.html"
    changed.write_text(page.read_text(encoding="utf-8").replace("<style>", "<style>\n", 1), encoding="utf-8")
    complaints = browse(changed, tmp_path / "home", "--dump-dom").stderr
    assert COMPLAINTS.search(complaints)


def test_it_is_not_blank_and_its_style_is_applied(page: Path, tmp_path: Path) -> None:
    """A page without its style, or without its text, is a different picture of a different size."""
    shot, bare = tmp_path / "page.png", tmp_path / "bare.png"
    empty = tmp_path / "empty.html"
    empty.write_text("<!doctype html><title>nothing</title>", encoding="utf-8")
    browse(page, tmp_path / "home", "--window-size=1100,1600", f"--screenshot={shot}")
    browse(empty, tmp_path / "home", "--window-size=1100,1600", f"--screenshot={bare}")
    assert shot.stat().st_size > 10 * bare.stat().st_size


def test_it_prints_on_a_few_sheets_of_a4(page: Path, tmp_path: Path) -> None:
    """As its style sheet asks: 210 by 297 mm are 595 by 842 points."""
    printed = tmp_path / "page.pdf"
    browse(page, tmp_path / "home", "--no-pdf-header-footer", f"--print-to-pdf={printed}")
    content = printed.read_bytes()
    sheets = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", content)
    assert 4 <= len(sheets) <= 12
    assert {(round(float(wide)), round(float(high))) for wide, high in sheets} <= {(595, 842), (596, 842)}
