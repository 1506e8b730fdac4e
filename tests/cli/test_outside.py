"""`licet identify --acoustid`: what is asked, and that an answer is never taken for an identification."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from licet import cli
from licet.errors import AudioError, SourceError, UsageError
from licet.identify import Hearing
from licet.identify.acoustid import KEY, AcoustId, Hint
from spans import match

if TYPE_CHECKING:
    from collections.abc import Callable

HEARD = {
    "known": Hearing(Path("known"), 60.0, (match("b", (30.0, 60.0)), match("a", (0.0, 31.0), 5.0, time_factor=1.05))),
    "likely": Hearing(Path("likely"), 60.0, (match("a", (0.0, 60.0), probability=0.8),)),
    "stranger": Hearing(Path("stranger"), 60.0),
    "broken": Hearing(Path("broken"), None, trouble=AudioError("no audio", code="damaged")),
}


class Ear:
    """Hears what the tests have it hear."""

    def __init__(self, *_: object) -> None:
        pass

    def __call__(self, file: Path) -> Hearing:
        """Hear one file."""
        return HEARD[file.name]


@pytest.fixture
def identify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Run `licet identify` in a workspace with nothing on record, and return what it prints."""
    CliRunner().invoke(cli.licet, ["init", str(tmp_path / "w")])
    monkeypatch.setenv(KEY, "k3y")
    monkeypatch.setattr("licet.identify.Hearer", Ear)

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(cli.licet, ["identify", *arguments, "-w", str(tmp_path / "w")])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output

    return run


def answering(monkeypatch: pytest.MonkeyPatch, answer: tuple[Hint, ...] | SourceError) -> list[Path]:
    """Have AcoustID answer with `answer`, and return the files that it is asked about."""
    asked: list[Path] = []

    def ask(_: AcoustId, path: Path) -> tuple[Hint, ...]:
        asked.append(path)
        if isinstance(answer, SourceError):
            raise answer
        return answer

    monkeypatch.setattr(AcoustId, "ask", ask)
    return asked


def test_recordings_are_told_in_the_order_in_which_they_sound(identify: Callable[..., str]) -> None:
    """With the share of the file that they account for, and how they were changed."""
    first, _, second, _, share = identify("known").splitlines()[1:]
    assert first == "  0:00.0–0:31.0  a  0:05.0–0:37.6, +5.0 % tempo  (probability 0.9999, 100 peaks)"
    assert "b" in second
    assert share == "  100% of 1:00.0 is identified"


def test_only_what_nobody_here_knows_is_asked_about(
    identify: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is only likely is asked about; what cannot be heard is not."""
    asked = answering(monkeypatch, ())
    assert "does not know it either" in identify("known", "likely", "stranger", "broken", "--acoustid")
    assert [path.name for path in asked] == ["likely", "stranger"]


def test_without_the_flag_nobody_is_asked(identify: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline by default."""
    asked = answering(monkeypatch, ())
    assert "hints" not in json.loads(identify("stranger", "--json"))
    assert not asked


def test_a_hint_identifies_nothing(identify: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    """It is shown apart, with its confidence and method, and the file stays unidentified."""
    answering(monkeypatch, (Hint("9ff4", "cd2e", "Lolo [live]", ("Ani", "Bo"), 0.97), Hint("7ff4", None, "", (), 0.4)))
    output = identify("stranger", "--acoustid")
    assert "Ani, Bo: Lolo [live]  (confidence 0.97, acoustid 9ff4)" in output
    assert "a sound without a name  (confidence 0.40, acoustid 7ff4)" in output
    found: dict[str, Any] = json.loads(identify("stranger", "--acoustid", "--json"))
    assert (found["matches"], found["coverage"]) == ([], 0)
    assert found["hints"][0] == {
        "acoustid": "9ff4",
        "musicbrainz_recording": "cd2e",
        "title": "Lolo [live]",
        "artists": ["Ani", "Bo"],
        "confidence": 0.97,
        "method": "acoustid",
    }


def test_no_answer_stops_nothing(identify: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told, of that file."""
    answering(monkeypatch, SourceError("AcoustID did not answer: ConnectError", mend="ask again later"))
    assert "did not answer: ConnectError (ask again later)" in identify("stranger", "--acoustid")
    found = json.loads(identify("stranger", "--acoustid", "--json"))
    assert found["hints_error"] == {"message": "AcoustID did not answer: ConnectError", "mend": "ask again later"}


def test_without_a_key_nothing_is_heard(identify: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said before any work."""
    monkeypatch.delenv(KEY)
    with pytest.raises(UsageError, match=KEY):
        identify("stranger", "--acoustid")
