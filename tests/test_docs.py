"""Docs that lie fail a test: every snippet runs, every command exists, the help is the commands' own."""

from __future__ import annotations

import importlib.util
import os
import re
import shlex
from pathlib import Path

import click
import pytest

from corpora import clip
from licet.cli import licet
from playing import write_wav

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(language: str) -> list[tuple[str, str]]:
    """Return the code blocks of one language, each with its page's name."""
    found = [(page.name, *block) for page in PAGES for block in FENCE.findall(page.read_text(encoding="utf-8"))]
    return [(page, code) for page, tongue, code in found if tongue == language]


@pytest.mark.parametrize(
    ("code", "page"), {code: page for page, code in blocks("python")}.items(), ids=lambda text: text[:20]
)
def test_every_python_snippet_runs(code: str, page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder that holds some music and a corpus; one that stands on several pages runs once."""
    monkeypatch.chdir(tmp_path)
    write_wav(tmp_path / "clip.wav", clip(1), 11_025)
    for folder in ("music", "corpus"):
        (tmp_path / folder).mkdir()
        write_wav(tmp_path / folder / "a.wav", clip(1), 11_025)
    exec(compile(code, page, "exec"), {})  # noqa: S102  (our own docs)


@pytest.mark.parametrize(
    ("page", "line"),
    [
        (page, line.removeprefix("$ "))
        for page, code in blocks("console")
        for line in code.splitlines()
        if line.startswith("$ licet ")
    ],
    ids=lambda text: text[:40],
)
def test_every_command_shown_is_one_that_there_is(page: str, line: str) -> None:
    """With options that it takes."""
    _, name, *arguments = shlex.split(line, comments=True)
    with click.Context(licet) as context:
        command = licet.get_command(context, name)
    if isinstance(command, click.Group) and arguments[0] in command.commands:
        command = command.commands[arguments.pop(0)]
    assert command is not None, page
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {argument for argument in arguments if argument.startswith("-")} <= {*known, "--help"}


def test_the_help_in_the_docs_is_the_commands_own() -> None:
    """Written by `docs/generate_cli.py`, which mends this."""
    spec = importlib.util.spec_from_file_location("generate_cli", ROOT / "docs" / "generate_cli.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (ROOT / "docs" / "cli.md").read_text(encoding="utf-8") == module.page()


def test_every_field_of_the_manifest_is_documented() -> None:
    """A reader of the format needs no source."""
    from licet.corpus import Line, MatchLine

    page = (ROOT / "docs" / "manifest.md").read_text(encoding="utf-8")
    for name in (*Line.__struct_fields__, *MatchLine.__struct_fields__):
        assert f"`{name}`" in page


def test_no_page_names_a_place_of_this_machine() -> None:
    """What is written here holds anywhere."""
    home = os.fspath(ROOT.parent)
    assert not [page.name for page in PAGES if f"{home}/" in page.read_text(encoding="utf-8")]
