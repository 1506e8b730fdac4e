"""How the command line ends when something outside goes wrong, and what a person at a terminal sees."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click
import pytest
from click.testing import CliRunner

from corpora import write_copies, write_masters
from licet import cli
from licet.cli import shared

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def ending(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run `main` as the console script does and return its exit code."""
    monkeypatch.setattr(sys, "argv", ["licet", *arguments])
    with pytest.raises(SystemExit) as exit_:
        cli.main()
    assert isinstance(exit_.value.code, int)
    return exit_.value.code


def raising(error: BaseException) -> Callable[..., Any]:
    """Return a stand-in for the whole command that raises."""

    def run(**_: object) -> None:
        raise error

    return run


def test_help_ends_well(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 0."""
    assert ending(monkeypatch, "--help") == 0
    assert "Rights clearance" in capsys.readouterr().out


def test_a_command_that_there_is_not_is_misuse(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, with click's own words."""
    assert ending(monkeypatch, "clean") == 2
    assert "No such command" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (click.Abort(), 130, "goes on where it stopped"),
        (OSError(28, "No space left on device"), 2, "No space left on device"),
    ],
    ids=["interrupted", "disk full"],
)
def test_what_stops_it_is_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, code: int, says: str
) -> None:
    """Never a traceback."""
    monkeypatch.setattr(cli.licet, "main", raising(error))
    assert ending(monkeypatch) == code
    assert says in capsys.readouterr().err


def test_a_reader_that_has_seen_enough_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """`licet identify ... | head`: nothing more is written."""
    read, write = os.pipe()
    os.close(read)
    kept = os.dup(1)
    with os.fdopen(write, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        monkeypatch.setattr(cli.licet, "main", raising(BrokenPipeError()))
        assert ending(monkeypatch) == 1
    os.close(kept)


def test_a_person_at_a_terminal_sees_what_is_done(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line on standard error that counts; nothing where nobody is looking."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with shared.progress("Clearing", quiet=False) as tick:
        tick("permitted")
        tick("refused")
    with shared.progress("Clearing", quiet=True) as tick:
        tick("permitted")
    assert capsys.readouterr().out == ""


def test_a_clock_that_makes_no_sense_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """`SOURCE_DATE_EPOCH` is a number of seconds."""
    from licet.errors import UsageError

    monkeypatch.setenv("SOURCE_DATE_EPOCH", "noon")
    with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH"):
        shared.now()


@pytest.mark.parametrize("as_json", [False, True])
def test_the_demo_clears_for_two_uses_and_shows_what_is_laundered(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, as_json: bool
) -> None:
    """With a smaller catalogue than the real one, which its own tests write."""
    from licet import demo

    def write_demo(folder: Path, progress: Callable[[str], None]) -> demo.DemoCorpus:
        progress("a piece")
        licences = write_masters(folder / "catalogue")
        return demo.DemoCorpus(folder, licences.parent, licences, write_copies(folder / "corpus"), {})

    monkeypatch.setattr(demo, "write_demo", write_demo)
    arguments = ["demo", "--out", str(tmp_path / "d"), "--workers", "1", *(["--json"] if as_json else [])]
    result = CliRunner().invoke(cli.licet, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    if as_json:
        assert '"research"' in result.output
    else:
        assert "1 files say one thing and sound another" in result.output
        assert "the record says CC BY-NC-SA 2.0 FR" in result.output
    from licet.errors import UsageError

    with pytest.raises(UsageError, match="holds something already"):
        CliRunner().invoke(cli.licet, arguments, catch_exceptions=False)
