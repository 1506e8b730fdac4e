"""A scan survives a kill, and gives the same bytes however it was run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from corpora import COMMERCIAL, clip, lines_of
from licet.corpus.journal import Journal
from licet.errors import WorkspaceError
from playing import write_wav

if TYPE_CHECKING:
    from pathlib import Path

    from licet.workspace import Workspace

ASKED = ("--use", "train-generative", "--purpose", "commercial", "--in", "EU", "--on", "2026-11-22", "--no-report")


def house(workspace: Workspace, folder: Path) -> Path:
    """Copy a workspace, without what it has heard of any corpus."""
    return shutil.copytree(workspace.folder, folder, ignore=shutil.ignore_patterns("scans", "manifests"))


def clearing(corpus: Path, where: Path, out: Path, workers: int = 1) -> subprocess.Popen[bytes]:
    """Start clearing at the command line."""
    command = (sys.executable, "-m", "licet.cli", "clear", str(corpus), *ASKED)
    more = ("-w", str(where), "--out", str(out), "--workers", str(workers), "--json")
    return subprocess.Popen([*command, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def written(out: Path) -> tuple[bytes, bytes]:
    """Return the bytes of both manifests."""
    return (out / "manifest.parquet").read_bytes(), (out / "manifest.jsonl").read_bytes()


@pytest.fixture(scope="module")
def whole(workspace: Workspace, copies: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """The manifest of a scan that nobody disturbed."""
    folder = tmp_path_factory.mktemp("whole")
    process = clearing(copies, house(workspace, folder / "w"), folder / "out")
    _, said = process.communicate()
    assert process.returncode == 1, said
    return written(folder / "out")


@pytest.mark.parametrize("after_s", [0.9, 1.6, 2.6])
def test_a_scan_killed_and_resumed_gives_the_same_bytes(
    workspace: Workspace, copies: Path, whole: tuple[bytes, bytes], tmp_path: Path, after_s: float
) -> None:
    """Kill -9, wherever it was; no manifest is there until it is whole."""
    where = house(workspace, tmp_path / "w")
    process = clearing(copies, where, tmp_path / "out")
    time.sleep(after_s)
    process.kill()
    process.communicate()
    if (tmp_path / "out" / "manifest.parquet").exists():
        assert written(tmp_path / "out") == whole
    clearing(copies, where, tmp_path / "out").communicate()
    assert written(tmp_path / "out") == whole


def test_two_workers_give_the_same_bytes_as_one(
    workspace: Workspace, copies: Path, whole: tuple[bytes, bytes], tmp_path: Path
) -> None:
    """Scale decides only where the work is done."""
    process = clearing(copies, house(workspace, tmp_path / "w"), tmp_path / "out", workers=2)
    process.communicate()
    assert written(tmp_path / "out") == whole


def test_a_full_disk_is_one_sentence_and_loses_nothing(
    workspace: Workspace, copies: Path, whole: tuple[bytes, bytes], tmp_path: Path
) -> None:
    """No manifest appears; with room again the scan goes on and gives the same bytes."""
    where = house(workspace, tmp_path / "w")
    command = f"ulimit -f 24; exec {sys.executable} -m licet.cli clear {copies} {' '.join(ASKED)} --workers 1 "
    command += f"-w {where} --out {tmp_path / 'out'}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)  # noqa: S607
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "mend:" in done.stderr
    assert not (tmp_path / "out" / "manifest.parquet").exists()
    clearing(copies, where, tmp_path / "out").communicate()
    assert written(tmp_path / "out") == whole


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
