"""`licet export`: every format from one command, and what only people know from a file of theirs."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from licet import cli
from licet.errors import UsageError
from licet.exports import WRITERS, read_about
from licet.exports.about import MOST_BYTES, About
from manifests import write_sample

DOCS = Path(__file__).resolve().parents[2] / "docs"


def run(*arguments: str) -> str:
    """Run the command, and return what it prints."""
    done = CliRunner().invoke(cli.licet, ["export", *arguments], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_one_format_and_all_of_them(tmp_path: Path) -> None:
    """Beside the manifest, or where it is told to go; the paths are printed."""
    manifest = write_sample(tmp_path / "manifest")
    assert run("rights-card", str(manifest)).split() == [str(manifest / "RIGHTS.md")]
    told = json.loads(run("all", str(manifest), "--out", str(tmp_path / "out"), "--json"))
    assert set(told["files"]) == set(WRITERS)
    written = {file for files in told["files"].values() for file in files}
    assert written == set(map(str, (tmp_path / "out").iterdir()))


def test_what_only_people_know_is_read_from_the_file_in_the_docs(tmp_path: Path) -> None:
    """All of its fields, and they are all that there are."""
    (block,) = re.findall(
        r"^```toml\n(.*?)^```", (DOCS / "exports.md").read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    (tmp_path / "about.toml").write_text(block, encoding="utf-8")
    about = read_about(tmp_path / "about.toml")
    assert about.published == date(2026, 12, 1)
    assert not [name for name in About.__struct_fields__ if getattr(about, name) == getattr(About(), name)]
    manifest = write_sample(tmp_path / "manifest")
    run("croissant", str(manifest), "--about", str(tmp_path / "about.toml"))
    assert json.loads((manifest / "croissant.json").read_bytes())["name"] == "Harbour Sessions"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"nmae = 'a'", "nmae"),
        (b"published = 'soon'", "published"),
        (b"name = ", "not understood"),
        (b"\xff", "not understood"),
        (b" " * (MOST_BYTES + 1), "too long"),
        (None, "cannot be read"),
    ],
    ids=["misspelt", "no day", "no TOML", "no UTF-8", "too long", "not there"],
)
def test_a_file_that_is_not_understood(content: bytes | None, says: str, tmp_path: Path) -> None:
    """The error names the file and the field."""
    path = tmp_path / "about.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=says):
        read_about(path)


def test_the_help_names_every_format_and_every_field() -> None:
    """So that nobody need look them up."""
    text = run("--help")
    assert not [name for name in (*WRITERS, *About.__struct_fields__) if name not in text]
