"""Offers, quotes and agreements at the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from house import record
from licet import cli
from licet.errors import UsageError
from licet.registry.quotes import signed_agreement
from licet.transparency import parse_envelope, read_verifiers
from licet.workspace import Workspace

USE = ("--use", "train-generative", "--purpose", "commercial", "--in", "EU")


def run(*arguments: str, code: int = 0) -> str:
    """Run a command here, and return what it prints."""
    done = CliRunner().invoke(cli.licet, list(arguments), catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done.output


def told(*arguments: str, code: int = 0) -> dict[str, Any]:
    """Run a command here, and return the JSON that it prints."""
    found: dict[str, Any] = json.loads(run(*arguments, "--json", code=code))
    return found


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder, at noon of 22 November 2026."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795348800")
    return folder


def begin(folder: Path) -> None:
    """Make a workspace with two refused recordings, their holders, and a team that has a key, where we stand."""
    with Workspace.init(folder) as room:
        record(room, {1: "All rights reserved", 2: "CC-BY-NC-4.0"})
    run("log", "init", "log.example/one")
    run("key", "make", "lab.key", "lab.example")
    for party, more in (("ann", ()), ("bob", ()), ("lab", ("--key", "lab.key.pub"))):
        run("party", "add", party, party.title(), "--control", "account", "--proof", "a challenge file", *more)
    (folder / "holdings.csv").write_text("recording,right,holder\njamendo:1,,ann\njamendo:2,,bob\n")
    run("register", "ann", "holdings.csv")
    (folder / "corpus.csv").write_text("id\njamendo:1\njamendo:2\n")
    run("clear", "corpus.csv", *USE, "--no-report", code=1)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace of the test's own."""
    begin(stand_in(tmp_path, monkeypatch))
    return tmp_path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that is made once, for what is refused: nobody changes it."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        begin(stand_in(folder, patch))
    return folder


def test_offer_quote_accept_clear(here: Path) -> None:
    """From a price to a permission, with a signed agreement in hand."""
    run("offer", "ann", "--all", "--per-recording", "2 EUR", "--per-run", "5 EUR", "--minimum", "recording=10 EUR")
    shown = run("quote", "--as", "lab", "--model", "tidal", "--runs", "2", "--requests", "letters", code=1)
    for words in ("20.00 EUR", "Bob makes no offer for this use", "(jamendo:2)", "ask Bob", "sum, both", "at least 10"):
        assert words in shown
    assert "To Bob," in Path("letters/bob.txt").read_text()
    run("offer", "bob", "--recording", "jamendo:2", "--revenue", "2.5")
    quote = told("quote", "--as", "lab", "--model", "tidal", "--runs", "2", "--out", "quote.json")
    assert quote["format"] == "licet-quote/1"
    assert [one["amount"] for one in quote["totals"]] == ["20.00 EUR", "20.00 EUR"]

    agreement = told("accept", "quote.json", "--as", "lab", "--key", "lab.key", "--out", "agreement.json")
    assert (agreement["quote"], agreement["runs"], agreement["model"]) == (quote["id"], 2, "tidal")
    assert {one["party"]: one["amounts"] for one in agreement["due"]} == {"ann": ["20.00 EUR"], "bob": []}
    envelope = parse_envelope(Path("agreement.json").read_bytes())
    for key in (here / "keys/log.key.pub", here / "lab.key.pub"):
        assert signed_agreement(envelope, read_verifiers(key)).quote == quote["id"]
    again = run("accept", "quote.json", "--as", "lab")
    assert "due to bob: 2.5 % of revenue" in again
    assert all(one["id"] in again for one in agreement["grants"])
    mine = (*USE, "--no-report", "--accept", "payment", "--out", "mine")
    run("clear", "corpus.csv", *mine, "--as", "lab", "--model", "tidal")
    run("clear", "corpus.csv", *mine, "--as", "bob", "--model", "tidal", code=1)


@pytest.mark.parametrize(
    ("prices", "says"),
    [
        ((), "an offer has them"),
        (("--per-run", "5"), "no currency"),
        (("--per-run", "5 EUR", "--per-model", "9 EUR", "--minimum", "9 EUR"), "of no rate that is named"),
        (("--per-run", "5 EUR", "--minimum", "minute=9 EUR"), "of no rate that is named"),
        (("--revenue", "250"), "no percentage"),
        (("--per-run", "5 EUR", "--minimum", "9 USD"), "two currencies"),
    ],
    ids=["none", "no currency", "which rate", "another rate", "percent", "currencies"],
)
def test_prices_that_make_no_sense(
    prices: tuple[str, ...], says: str, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names what is wrong, and nothing is said."""
    stand_in(made, monkeypatch)
    with Workspace.open(made) as room:
        before = room.desk.store.count()
        with pytest.raises(UsageError, match=says):
            run("offer", "ann", "--all", *prices)
        assert room.desk.store.count() == before


def test_a_minimum_of_the_only_rate(here: Path) -> None:
    """Need not name it; a file that is no quote is refused."""
    made = told("offer", "ann", "--all", "--per-minute", "0.05 EUR", "--minimum", "50 EUR")
    with Workspace.open(here) as room:
        content = json.loads(room.evidence.read_blob(made["id"]))
    assert content["rates"] == [{"amount": "0.05 EUR", "basis": "minute", "minimum": "50 EUR"}]
    shown = run("quote", "--as", "lab", code=1)
    assert "nobody knows how long it is" in shown
    run("offer", "bob", "--all", "--per-model", "100 EUR")
    assert "it is not said for which: --model" in run("quote", "--as", "lab", code=1)
    for number, text in enumerate(("{}", "[", '{"format": "licet-quote/2"}')):
        Path(f"{number}.json").write_text(text)
        with pytest.raises(UsageError, match="no quote"):
            run("accept", f"{number}.json", "--as", "lab")
    with pytest.raises(UsageError, match="cannot be read"):
        run("accept", "none.json", "--as", "lab")
    for wrong in (("--runs", "0"), ("--runs", "1000001"), ("--models", "2")):
        run("quote", "--as", "lab", *wrong, code=2)
