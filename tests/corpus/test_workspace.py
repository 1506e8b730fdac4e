"""The workspace: its doors, and what stands in the way of opening them."""

from __future__ import annotations

import importlib
import pickle
from datetime import date
from typing import TYPE_CHECKING

import pytest

from corpora import COMMERCIAL, THEN, clip, lines_of, write_masters
from licet import Use, Workspace
from licet.corpus import Clearance, Corpus, Counts, Head, Room
from licet.errors import ManifestError, PolicyError, SourceError, WorkspaceError
from licet.workspace import clearing
from licet.workspace.record import WorkspaceRecord
from playing import write_wav

if TYPE_CHECKING:
    from pathlib import Path


def test_a_workspace_is_made_once(tmp_path: Path) -> None:
    """And never over another."""
    Workspace.init(tmp_path / "w").close()
    with pytest.raises(WorkspaceError, match="already"):
        Workspace.init(tmp_path / "w")


def test_a_workspace_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    """A file stands where its folder should."""
    (tmp_path / "w").write_text("x")
    with pytest.raises(WorkspaceError, match="no workspace can be made"):
        Workspace.init(tmp_path / "w" / "below")


def test_a_house_may_have_a_policy_of_its_own(tmp_path: Path) -> None:
    """Named in its settings; a faulty one is refused when the workspace is opened."""
    Workspace.init(tmp_path / "w").close()
    settings = tmp_path / "w" / "licet.toml"
    settings.write_text(settings.read_text() + 'policy = "own.toml"\n')
    (tmp_path / "w" / "own.toml").write_text("name = 1")
    with pytest.raises(PolicyError):
        Workspace.open(tmp_path / "w")
    (tmp_path / "w" / "own.toml").unlink()
    with pytest.raises(PolicyError, match="cannot be read"):
        Workspace.open(tmp_path / "w")


def test_nothing_was_cleared_yet(tmp_path: Path) -> None:
    """There is no latest manifest."""
    with Workspace.init(tmp_path / "w") as workspace, pytest.raises(WorkspaceError, match="nothing was cleared"):
        workspace.latest_manifest()


def test_sounds_added_after_a_clearance_are_heard_in_the_next(tmp_path: Path) -> None:
    """What was opened before is not leaned on."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    write_wav(corpus / "a.wav", clip(3), 11_025)
    with Workspace.init(tmp_path / "w") as workspace:
        workspace.clear(corpus, COMMERCIAL, out=tmp_path / "out", workers=1)
        assert lines_of(tmp_path / "out")["a.wav"].recordings == ()
        assert workspace.identify(corpus / "a.wav").matches == ()
        licences = write_masters(tmp_path / "masters")
        workspace.add("table", licences, captured_at=THEN, audio=licences.parent, workers=1)
        cleared = workspace.clear(corpus, COMMERCIAL, out=tmp_path / "out", workers=1)
        assert [line.recordings for line in cleared.lines()] == [("local:licences/reserved.wav",)]
        assert workspace.identify(corpus / "a.wav").matches[0].recording == "local:licences/reserved.wav"
        assert list(cleared.permitted()) == []


def test_a_masters_file_that_cannot_be_heard_is_a_problem_and_no_more(tmp_path: Path) -> None:
    """The others are registered."""
    licences = write_masters(tmp_path / "masters")
    (tmp_path / "masters" / "kept.wav").write_bytes(b"no audio")
    write_wav(tmp_path / "masters" / "asked.wav", clip(1) * 0, 11_025)
    with Workspace.init(tmp_path / "w") as workspace:
        sounds = workspace.add("table", licences, captured_at=THEN, audio=licences.parent, workers=2).sounds
    assert (sounds.registered, sounds.silent, [one.where for one in sounds.problems]) == (3, 1, ["kept.wav"])


def test_a_listed_path_outside_the_audio_folder_is_not_registered(tmp_path: Path) -> None:
    """A list is other people's input."""
    write_wav(tmp_path / "secret.wav", clip(1), 11_025)
    (tmp_path / "masters").mkdir()
    table = tmp_path / "masters" / "list.csv"
    table.write_text("path,licence\n../secret.wav,CC0\nbroken\\escape.wav,CC0\n")
    with Workspace.init(tmp_path / "w") as workspace:
        added = workspace.add("table", table, captured_at=THEN, audio=table.parent, workers=1)
    assert added.sounds.registered == 0


def test_a_long_list_is_decided_in_processes_to_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The record travels as where it lies."""
    clearing = importlib.import_module("licet.corpus.clear")  # the module behind the function of that name
    monkeypatch.setattr(clearing, "ITEMS_A_BATCH", 10)
    monkeypatch.setattr(clearing, "BATCHES_HERE", 1)
    table = tmp_path / "list.csv"
    table.write_text("id,licence\n" + "".join(f"jamendo:{n},CC BY 4.0\n" for n in range(60)))
    with Workspace.init(tmp_path / "w") as workspace:
        workspace.add("table", table, captured_at=THEN)
        for workers in (1, 2):
            counts = workspace.clear(table, COMMERCIAL, out=tmp_path / f"{workers}", workers=workers).counts
            assert counts.permitted == 60
    one, two = ((tmp_path / name / "manifest.parquet").read_bytes() for name in ("1", "2"))
    assert one == two


def test_a_record_pickles_as_where_it_lies(tmp_path: Path) -> None:
    """And opens for itself."""
    Workspace.init(tmp_path / "w").close()
    record = WorkspaceRecord(tmp_path / "w", "licet.db")
    digest = record.keep(b"a statement")
    again = pickle.loads(pickle.dumps(record))  # noqa: S301  (our own bytes, as multiprocessing does it)
    assert again.evidence.read_blob(digest) == b"a statement"
    assert not again.sounds("jamendo:1")


def test_a_manifest_is_not_taken_for_another_thing(tmp_path: Path) -> None:
    """Nor another thing for a manifest."""
    from licet.corpus import read_head, read_lines

    with pytest.raises(ManifestError, match="no manifest"):
        read_head(tmp_path)
    with pytest.raises(ManifestError, match="no manifest"):
        list(read_lines(tmp_path))
    (tmp_path / "clearance.json").write_text("{}")
    (tmp_path / "manifest.jsonl").write_text("{}\n")
    with pytest.raises(ManifestError, match="not the head"):
        read_head(tmp_path)
    with pytest.raises(ManifestError, match=r"manifest.jsonl:1"):
        list(read_lines(tmp_path))


def test_a_manifest_of_another_version_is_refused(tmp_path: Path) -> None:
    """Rather than misread."""
    from licet.corpus import read_head

    with Workspace.init(tmp_path / "w") as workspace:
        (tmp_path / "corpus").mkdir()
        workspace.clear(tmp_path / "corpus", COMMERCIAL, out=tmp_path / "out", workers=1)
    head = tmp_path / "out" / "clearance.json"
    head.write_text(head.read_text().replace("licet-manifest/1", "licet-manifest/9"))
    with pytest.raises(ManifestError, match="licet-manifest/9"):
        read_head(tmp_path / "out")


def test_lines_out_of_order_are_refused(tmp_path: Path) -> None:
    """A manifest is sorted, or it is not one."""
    from licet.corpus import Line, read_head
    from licet.corpus.manifest import Written, writing

    with Workspace.init(tmp_path / "w") as workspace:
        (tmp_path / "corpus").mkdir()
        workspace.clear(tmp_path / "corpus", COMMERCIAL, out=tmp_path / "out", workers=1)
    head, _ = read_head(tmp_path / "out")
    lines = [Line(item=item, verdict="unknown") for item in ("b", "a")]
    with pytest.raises(ManifestError, match="out of order"), writing(tmp_path / "again", head) as manifest:
        list(map(manifest.add, map(Written.of, lines)))
    assert not (tmp_path / "again" / "manifest.parquet").exists()


def test_five_lines_of_python_do_what_the_command_line_does(tmp_path: Path) -> None:
    """With plain text for the use."""
    (tmp_path / "music").mkdir()
    write_wav(tmp_path / "music" / "a.wav", clip(1), 11_025)
    with Workspace.init(tmp_path / "w") as workspace:
        workspace.add("audio-folder", tmp_path / "music", licence="CC-BY-4.0", captured_at=THEN, workers=1)
        use = Use("train-generative", "commercial", {"EU"}, date(2026, 11, 22))  # type: ignore[arg-type]  # on purpose
        assert [line.item for line in workspace.clear(tmp_path / "music", use, workers=1).permitted()] == ["a.wav"]


def test_importing_licet_costs_nothing_and_knows_its_doors() -> None:
    """Anything else is not there."""
    import licet

    assert licet.Workspace is Workspace
    with pytest.raises(AttributeError, match="nothing"):
        _ = licet.nothing  # type: ignore[attr-defined]  # on purpose


def test_a_folder_that_cannot_be_read_is_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the scan goes on."""
    import os

    (tmp_path / "shut").mkdir()
    (tmp_path / "open.mp3").write_bytes(b"x")
    scandir = os.scandir

    def refuse(path: bytes) -> object:
        if path.endswith(b"shut"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = {item.name: item.trouble.code if item.trouble else "" for item in Corpus(tmp_path).items()}
    assert found == {"open.mp3": "", "shut/": "unreadable"}


def test_a_list_that_is_gone_is_an_error(tmp_path: Path) -> None:
    """Named."""
    with pytest.raises(SourceError, match=r"gone\.csv"):
        Corpus(tmp_path / "gone.csv")


def test_what_a_corpus_states_lasts_before_it_is_decided_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No line names evidence whose name a power cut could take: no batch is open while lines are written."""
    open_batches: list[int] = []
    cleared = clearing.clear

    def watched(corpus: Corpus, clearance: Clearance, room: Room, head: Head) -> Counts:
        assert isinstance(room.record, WorkspaceRecord)
        open_batches.append(len(room.record.evidence._unflushed))
        return cleared(corpus, clearance, room, head)

    monkeypatch.setattr(clearing, "clear", watched)
    (tmp_path / "corpus").mkdir()
    with Workspace.init(tmp_path / "w") as room:
        room.clear(tmp_path / "corpus", COMMERCIAL, workers=1, report=False)
    assert open_batches == [0]
