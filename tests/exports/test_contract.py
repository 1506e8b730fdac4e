"""What holds of every format."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from licet.errors import ManifestError, UsageError
from licet.exports import WRITERS, About, Facts, export
from manifests import HOSTILE_TITLES, write_sample

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = sorted(WRITERS)


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A manifest with something of everything."""
    return write_sample(tmp_path_factory.mktemp("sample"))


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_facts_give_the_same_bytes(name: str, sample: Path, tmp_path: Path) -> None:
    """Nothing of the clock, of chance or of the place gets in."""
    facts = Facts.of(sample, About(name="Harbour"))
    first, second = (export(name, facts, tmp_path / each) for each in ("one", "two"))
    assert first
    assert [path.name for path in first] == [path.name for path in second]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


@pytest.mark.parametrize("name", FORMATS)
def test_what_it_says_it_wrote_is_all_there_is(name: str, sample: Path, tmp_path: Path) -> None:
    """No draft is left, and nothing is written beside."""
    written = export(name, Facts.of(sample, About()), tmp_path / "out")
    assert sorted(written) == sorted((tmp_path / "out").iterdir())


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_manifest_is_written_too(name: str, tmp_path: Path) -> None:
    """Nothing in, a whole file out."""
    facts = Facts.of(write_sample(tmp_path / "empty", []), About())
    assert all(path.stat().st_size for path in export(name, facts, tmp_path / "out") if path.suffix != ".csv")


@pytest.mark.parametrize("name", FORMATS)
def test_other_peoples_titles_do_not_break_it(name: str, sample: Path, tmp_path: Path) -> None:
    """JSON stays JSON, and no page holds a script of a title's."""
    for path in export(name, Facts.of(sample, About(name=HOSTILE_TITLES[0], publisher=HOSTILE_TITLES[1])), tmp_path):
        if path.suffix in {".json", ".jsonld"}:
            json.loads(path.read_bytes())
        elif path.suffix in {".html", ".md"}:
            page = path.read_text(encoding="utf-8")
            assert "<script>alert" not in page
            assert "<img src=x" not in page


@pytest.mark.parametrize("name", FORMATS)
def test_a_failed_write_leaves_what_was_there(name: str, sample: Path, tmp_path: Path) -> None:
    """Whoever reads while it is written again finds the old file or the new one."""
    facts = Facts.of(sample, About())
    first = {path: path.open("rb") for path in export(name, facts, tmp_path)}  # open, so that no inode is used again
    again = export(name, facts, tmp_path)
    assert set(first) == set(again)
    for path, old in first.items():
        with old:
            assert path.stat().st_ino != os.fstat(old.fileno()).st_ino, "it was put in its place whole, as a new file"


def test_a_format_that_there_is_not(sample: Path, tmp_path: Path) -> None:
    """The error names those that there are."""
    with pytest.raises(UsageError, match="croissant"):
        export("word-perfect", Facts.of(sample, About()), tmp_path)


def test_no_manifest(tmp_path: Path) -> None:
    """The error names the folder."""
    with pytest.raises(ManifestError, match=str(tmp_path)):
        Facts.of(tmp_path, About())
