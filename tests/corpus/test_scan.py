"""A scan survives a kill, and gives the same bytes however it was run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import scanning
from corpora import COMMERCIAL, clip, lines_of
from licet.corpus.journal import Journal
from licet.errors import WorkspaceError
from playing import write_wav

if TYPE_CHECKING:
    from pathlib import Path

    from licet.workspace import Workspace


def written(out: Path) -> tuple[bytes, bytes]:
    """Return the bytes of both manifests."""
    return (out / "manifest.parquet").read_bytes(), (out / "manifest.jsonl").read_bytes()


@pytest.fixture(scope="module")
def scans(workspace: Workspace, copies: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds what came of each scan: it is killed, or runs out of disk, or nobody disturbs it."""
    folder = tmp_path_factory.mktemp("scans")
    for name in scanning.SCANS:  # what it has heard of any corpus is left out
        shutil.copytree(workspace.folder, folder / name / "w", ignore=shutil.ignore_patterns("scans", "manifests"))
    command = (sys.executable, scanning.__file__, str(copies), str(folder))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def whole(scans: Path) -> tuple[bytes, bytes]:
    """The manifest of a scan that nobody disturbed."""
    return written(scans / scanning.WHOLE / "out")


@pytest.fixture(scope="module")
def codes(scans: Path) -> dict[str, int]:
    """What each scan exited with in the end: 1, for some items are refused."""
    found: dict[str, int] = json.loads((scans / "codes.json").read_bytes())
    assert found == dict.fromkeys(scanning.SCANS, 1) | {"stopped": 2}
    return found


@pytest.mark.parametrize("name", scanning.KILLED)
def test_a_scan_killed_and_resumed_gives_the_same_bytes(
    scans: Path, whole: tuple[bytes, bytes], codes: dict[str, int], name: str
) -> None:
    """Kill -9, wherever it was; no manifest is there until it is whole."""
    if (scans / name / "left").exists():
        assert written(scans / name / "left") == whole
    assert written(scans / name / "out") == whole


def test_two_workers_give_the_same_bytes_as_one(scans: Path, whole: tuple[bytes, bytes], codes: dict[str, int]) -> None:
    """Scale decides only where the work is done."""
    assert written(scans / scanning.IN_TWO / "out") == whole


def test_a_full_disk_is_one_sentence_and_loses_nothing(
    scans: Path, whole: tuple[bytes, bytes], codes: dict[str, int]
) -> None:
    """No manifest appears; with room again the scan goes on and gives the same bytes."""
    full = scans / scanning.FULL
    said = (full / "said when full").read_text()
    assert codes["stopped"] == 2
    assert "Traceback" not in said
    assert "mend:" in said
    assert not (full / "left").exists()
    assert written(full / "out") == whole


def test_what_was_heard_is_not_heard_again(workspace: Workspace, tmp_path: Path) -> None:
    """A second question about the same corpus only decides; a file that has changed is heard again."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    write_wav(corpus / "a.wav", clip(1), 11_025)
    write_wav(corpus / "b.wav", clip(2), 11_025)
    workspace.clear(corpus, COMMERCIAL, out=tmp_path / "out", workers=1)
    before = lines_of(tmp_path / "out")
    write_wav(corpus / "a.wav", clip(3), 11_025)
    os.utime(corpus / "a.wav", ns=(1, 1))
    workspace.clear(corpus, COMMERCIAL, out=tmp_path / "out", workers=1)
    after = lines_of(tmp_path / "out")
    assert after["b.wav"] == before["b.wav"]
    assert after["a.wav"].recordings == ("local:licences/reserved.wav",)


def test_a_journal_of_another_subject_is_emptied(tmp_path: Path) -> None:
    """What was heard against another index says nothing about this one."""
    from licet.corpus import Item
    from licet.corpus.sighting import Sighting

    item = Item(name="a", path="a")
    with Journal(tmp_path / "j.db", subject="one") as journal:
        journal.write(Sighting(item=item))
        assert journal.recall(item, tmp_path) is not None
    with Journal(tmp_path / "j.db", subject="two") as journal:
        assert journal.recall(item, tmp_path) is None


def test_two_scans_of_one_corpus_do_not_write_over_each_other(tmp_path: Path) -> None:
    """The second is told to wait."""
    with (
        Journal(tmp_path / "j.db", subject="one"),
        pytest.raises(WorkspaceError, match="cannot be used"),
    ):
        Journal(tmp_path / "j.db", subject="one")


def test_a_file_that_is_no_journal_is_named(tmp_path: Path) -> None:
    """And the mend is to delete it."""
    (tmp_path / "j.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(WorkspaceError, match="delete the file"):
        Journal(tmp_path / "j.db", subject="one")


def test_a_damaged_line_of_the_journal_is_looked_at_again(tmp_path: Path) -> None:
    """Nothing leans on what cannot be read."""
    from licet.corpus import Item
    from licet.corpus.sighting import Sighting

    item = Item(name="a", path="a")
    with Journal(tmp_path / "j.db", subject="one") as journal:
        journal.write(Sighting(item=item))
        journal._database.execute("UPDATE sighting SET line = x'7b'")
        assert journal.recall(item, tmp_path) is None
