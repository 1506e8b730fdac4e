"""What `licet.toml` may say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from licet.errors import WorkspaceError
from licet.settings import FILE_NAME, Settings, nearest, read_settings, template
from licet.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, text: str) -> Path:
    """Write settings."""
    (folder / FILE_NAME).write_text(text, encoding="utf-8")
    return folder


def test_the_template_says_what_the_defaults_are(tmp_path: Path) -> None:
    """A new workspace behaves as if its file said nothing."""
    assert read_settings(write(tmp_path, template())) == Settings()


def test_a_person_may_change_them(tmp_path: Path) -> None:
    """Reading, conditions, policy."""
    text = 'format = 1\nreading = "cc-guidance-2025"\naccept = ["share-alike"]\npolicy = "own.toml"\n'
    found = read_settings(write(tmp_path, text))
    assert (found.reading, found.accept, found.policy) == ("cc-guidance-2025", ("share-alike",), "own.toml")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("format = 2", "another version"),
        ("", "another version"),
        ("format = ", "cannot be read"),
        ("format = 1\nspeed = 3", "sets what there is not: speed"),
        ("format = 1\nreading = 3", "reading is not text"),
        ('format = 1\naccept = "all"', "not a list"),
        ("format = 1\naccept = [1]", "not a list"),
    ],
    ids=["newer", "empty", "no TOML", "unknown key", "number for text", "text for list", "list of numbers"],
)
def test_what_makes_no_sense_is_an_error_that_names_the_file(tmp_path: Path, text: str, complaint: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(WorkspaceError, match=complaint):
        read_settings(write(tmp_path, text))


def test_a_folder_without_settings_is_no_workspace(tmp_path: Path) -> None:
    """And the mend is `licet init`."""
    with pytest.raises(WorkspaceError, match="licet init"):
        read_settings(tmp_path)


def test_the_nearest_workspace_upwards_is_found(tmp_path: Path) -> None:
    """As with any tool that lives in a folder."""
    below = write(tmp_path, template()) / "a" / "b"
    below.mkdir(parents=True)
    assert nearest(below) == tmp_path


def test_no_workspace_upwards_is_an_error(tmp_path: Path) -> None:
    """There is none to guess."""
    with pytest.raises(WorkspaceError, match="no workspace"):
        nearest(tmp_path)


@pytest.mark.parametrize("database", ["other.db", 'postgresql://u:p"\\w@host/d?a=1', "ünï.db"])
def test_a_new_workspace_may_lie_on_another_database(tmp_path: Path, database: str) -> None:
    """Whatever is in its name or URL."""
    assert read_settings(write(tmp_path, template(database))).database == database


def test_a_workspace_whose_database_is_not_there_is_not_made(tmp_path: Path) -> None:
    """So that the same command can be given again."""
    folder = tmp_path / "house"
    with pytest.raises(WorkspaceError):
        Workspace.init(folder, "postgresql://nobody@127.0.0.1:1/none")
    assert list(folder.iterdir()) == []
    Workspace.init(folder).close()
