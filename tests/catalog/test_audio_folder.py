"""A folder of audio is read file by file, and what cannot be read is a line that says so."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

import lookalikes
from licet.catalog import Entry, Problem, Tags, open_source, unescape_path
from licet.digests import sha256_bytes
from licet.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path


def read(folder: Path, **options: Any) -> tuple[list[Entry], list[Problem]]:
    """Read a folder: its entries and its problems."""
    items = list(open_source("audio-folder", folder, **options).read())
    problems = [item for item in items if isinstance(item, Problem)]
    return [item for item in items if isinstance(item, Entry)], problems


def test_files_go_by_their_paths_and_are_known_by_extension(tmp_path: Path) -> None:
    """Audio is told by extension in any case, other files are passed over, and folders sort among files."""
    entries, problems = read(lookalikes.audio_folder(tmp_path), name="mine")
    assert [str(entry.key) for entry in entries] == [
        "local:mine/a.MP3",
        "local:mine/b/tagged.opus",
        "local:mine/b-side.wav",
    ]
    assert problems == []
    assert entries[0].identifiers[0].value == sha256_bytes(b"\xff\xfb sound")


def test_a_file_is_what_its_tags_say_and_its_licence_is_left_to_terms(tmp_path: Path) -> None:
    """Titles come from tags, else from the name; tags are kept, and no licence is read out of them here."""
    plain, tagged, _ = read(lookalikes.audio_folder(tmp_path))[0]
    assert (plain.title, plain.tags) == ("a", Tags(""))
    assert (tagged.title, tagged.licence) == ("Titre", None)
    assert tagged.tags == Tags("vorbis", (("LICENSE", "CC0"), ("TITLE", "Titre")))


def test_the_evidence_is_a_line_of_json(tmp_path: Path) -> None:
    """Path, digest and tags, sorted, so that anyone can read it."""
    source = open_source("audio-folder", lookalikes.audio_folder(tmp_path))
    ((_, place),) = source.blobs()
    assert not isinstance(place, bytes)
    line = msgspec.json.decode(place.read_bytes().splitlines()[1])
    assert list(line) == ["path", "sha256", "tags"]
    assert line["tags"] == {"format": "vorbis", "values": [["LICENSE", "CC0"], ["TITLE", "Titre"]]}


def test_the_written_lines_go_with_their_source(tmp_path: Path) -> None:
    """Nothing is left behind in the temporary folder."""
    source = open_source("audio-folder", lookalikes.audio_folder(tmp_path))
    ((_, place),) = source.blobs()
    assert not isinstance(place, bytes)
    assert place.exists()
    del source
    assert not place.exists()


def test_hostile_names_and_files_each_get_a_line(tmp_path: Path) -> None:
    """Empty files, pipes, links, loops and locked folders are problems; odd names are escaped, and nothing is lost."""
    (tmp_path / "empty.mp3").touch()
    os.mkfifo(tmp_path / "pipe.ogg")
    (tmp_path / "good.flac").write_bytes(b"fLaC")
    (tmp_path / "link.flac").symlink_to("good.flac")
    (tmp_path / "loop").symlink_to(".")
    (tmp_path / "picture").symlink_to("nowhere.jpg")
    (tmp_path / "folder.mp3").mkdir()
    odd = b"new\nline \xff\\.mp3"
    with open(os.fsencode(tmp_path) + b"/" + odd, "wb") as stream:  # noqa: PTH123  (a path of bytes)
        stream.write(b"sound")
    entries, problems = read(tmp_path, name="x")
    paths = [entry.path for entry in entries]
    assert paths == ["good.flac", "new\\x0aline \\xff\\\\.mp3"]
    assert unescape_path(str(paths[1])) == odd
    assert [problem.where for problem in problems] == ["empty.mp3", "link.flac", "loop", "pipe.ogg"]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is locked for the superuser")
def test_what_is_locked_gets_a_line(tmp_path: Path) -> None:
    """A file and a folder without permission are problems."""
    (tmp_path / "locked.mp3").write_bytes(b"sound")
    (tmp_path / "locked.mp3").chmod(0)
    (tmp_path / "folder").mkdir(mode=0)
    entries, problems = read(tmp_path)
    (tmp_path / "folder").chmod(0o700)
    assert entries == []
    assert [problem.where for problem in problems] == ["folder", "locked.mp3"]


def test_a_folder_that_cannot_be_entered_gets_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system says of a folder is passed on, and the files beside it are read."""
    lookalikes.audio_folder(tmp_path)
    entered = type(tmp_path).iterdir

    def refusing(folder: Path) -> Any:
        if folder.name == "b":
            raise PermissionError(13, "Permission denied")
        return entered(folder)

    monkeypatch.setattr(type(tmp_path), "iterdir", refusing)
    entries, problems = read(tmp_path)
    assert [entry.path for entry in entries] == ["a.MP3", "b-side.wav"]
    assert problems == [Problem("b", "it cannot be read: Permission denied")]


def test_a_place_that_cannot_be_looked_at_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where even asking is forbidden, the source says so in its own words."""

    def refusing(_: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(tmp_path), "is_dir", refusing)
    with pytest.raises(SourceError, match="is no folder"):
        open_source("audio-folder", tmp_path).files()
