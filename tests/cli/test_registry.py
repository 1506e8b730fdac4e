"""The registry at the command line: from what a person says to a verdict that heeds it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from house import TERMS, record
from licet import cli
from licet.errors import LicetError, LogError, SourceError, UsageError
from licet.registry.listing import LONGEST, read_holdings, share_of
from licet.terms.gathering import Answer, CannedWire, Fetcher
from licet.workspace import Workspace


def run(*arguments: str, code: int = 0) -> str:
    """Run a command here, and return what it prints."""
    done = CliRunner().invoke(cli.licet, list(arguments), catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done.output


def told(*arguments: str) -> dict[str, Any]:
    """Run a command here, and return the JSON that it prints."""
    found: dict[str, Any] = json.loads(run(*arguments, "--json"))
    return found


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with three recordings, a log, and two parties who hold the second half and half."""
    monkeypatch.chdir(tmp_path)
    at_hour(monkeypatch, 0)
    with Workspace.init(tmp_path) as room:
        record(room, TERMS)
    (tmp_path / "corpus.csv").write_text("id\njamendo:1\njamendo:2\njamendo:3\n")
    run("log", "init", "log.example/one")
    run("key", "make", "ann.key", "ann.example")
    for party, more in (("ann", ("--key", "ann.key.pub")), ("bob", ()), ("arbiter", ())):
        run("party", "add", party, party.title(), "--control", "account", "--proof", "a challenge file", *more)
    (tmp_path / "holdings.csv").write_text(
        "recording,right,holder,share\njamendo:1,,,\njamendo:2,,ann,1/2\njamendo:2,,bob,50%\n"
    )
    assert "6 holdings" in run("register", "ann", "holdings.csv")
    return tmp_path


def at_hour(monkeypatch: pytest.MonkeyPatch, hour: int) -> None:
    """Set the clock to an hour after noon of 22 November 2026."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(1795348800 + 3600 * hour))


def verdicts(out: str) -> dict[str, str]:
    """Clear the list, and return what each item came to."""
    use = ("--use", "train-generative", "--purpose", "commercial", "--in", "EU")
    done = CliRunner().invoke(cli.licet, ["clear", "corpus.csv", *use, "--out", out, "--no-report"])
    assert done.exit_code in {0, 1}, done.output
    lines = map(json.loads, Path(out, "manifest.jsonl").read_text().splitlines())
    return {line["item"].removeprefix("jamendo:"): line["verdict"] for line in lines}


def test_yes_no_and_no_longer(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is heard from the moment on at which it is said."""
    assert verdicts("before") == {"1": "permitted", "2": "refused", "3": "permitted"}
    assert "reservation" in run("reserve", "ann", "--all", "--use", "train-generative")
    grants = [told("grant", party, "--recording", "jamendo:2", "--in", "EU") for party in ("ann", "bob")]
    assert [one["place"] for one in grants] == [2, 3], "after the manifest and the reservation"
    assert verdicts("granted") == {"1": "refused", "2": "permitted", "3": "permitted"}
    at_hour(monkeypatch, 1)
    dispute = told("dispute", "ann", grants[1]["id"], "--words", "the master is ours")
    assert verdicts("disputed")["2"] == "refused", "as the list has it"
    at_hour(monkeypatch, 2)
    told("settle", "arbiter", dispute["id"], "--dismissed")
    assert verdicts("settled")["2"] == "permitted"
    at_hour(monkeypatch, 3)
    assert "revocation" in run("revoke", "bob", grants[1]["id"])
    assert verdicts("revoked")["2"] == "refused"
    assert "superseded" in run("reopen", code=1)
    assert len(list(here.glob("feeds/*"))) == 2


def test_a_signed_word(here: Path) -> None:
    """By the party's own key; another's is refused."""
    signed = told("reserve", "ann", "--recording", "jamendo:1", "--key", "ann.key")
    with Workspace.open(here) as room:
        said = room.desk.store.statement(signed["id"])
    assert said is not None
    assert said.signed
    with pytest.raises(LogError, match="signatures"):
        run("reserve", "ann", "--recording", "jamendo:1", "--key", "keys/log.key", "--words", "again")


def test_every_part_of_a_statement(here: Path) -> None:
    """Is kept as it was said."""
    one = told(
        *("grant", "ann", "--recording", "jamendo:1", "--release", "ean:4006381333931", "--artist", "Ann", "--all"),
        *("--use", "index", "--purpose", "research", "--in", "DE", "--right", "work", "--from", "2026-01-01"),
        *("--until", "2027-01-01", "--asks", "attribution", "--model", "Tidal", "--exclusive", "--irrevocable"),
        *("--words", "with love", "--actor", "Odile"),
    )
    with Workspace.open(here) as room:
        said = room.desk.store.statement(one["id"])
        assert said is not None
        content = json.loads(room.evidence.read_blob(one["id"]))
    assert content["subjects"] == [
        {"name": "jamendo:1", "reach": "recording"},
        {"name": "ean:4006381333931", "reach": "release"},
        {"name": "Ann", "reach": "artist"},
        {"name": "", "reach": "catalogue"},
    ]
    expected = {
        "acts": ["index"],
        "purposes": ["research"],
        "territories": ["DE"],
        "rights": ["work"],
        "asks": ["attribution"],
    }
    expected |= {
        "begins": "2026-01-01",
        "ends": "2027-01-01",
        "models": ["Tidal"],
        "exclusive": True,
        "irrevocable": True,
    }
    assert {name: content[name] for name in expected} == expected


def test_who_a_party_is(here: Path) -> None:
    """In words and in JSON; what is said of it later counts."""
    assert told("party", "show", "ann")["recordings"] == 2
    run("party", "add", "ann", "Ann M.", "--identifier", "isni:0000000121032683", "--control", "vouched")
    shown = run("party", "show", "ann")
    for words in ("Ann M.", "isni:0000000121032683", "vouched"):
        assert words in shown
    with pytest.raises(UsageError, match="nobody"):
        run("party", "show", "zoe")
    with pytest.raises(UsageError, match="no id of a party"):
        run("party", "add", "Zoe!", "Zoe")
    with pytest.raises(UsageError, match="no name"):
        run("party", "add", "zoe", " ")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("recording\njamendo:77\n", "jamendo:77 is not on record"),
        ("recording,holder\njamendo:1,zoe\n", "nobody here is called 'zoe'"),
        ("recording,share\njamendo:1,two\n", ":2: 'two' is no share"),
        ("recording,share\njamendo:1,150%\n", "no share of a whole"),
        ("recording,right\njamendo:1,lyrics\n", "no right 'lyrics'"),
        ("recording\nspotify:1\n", ":2: "),
        ("recording,colour\njamendo:1,red\n", "no column 'colour'"),
        ("holder\nann\n", "no column `recording`"),
        ('recording\n"jamendo:1\n', "no list of holdings"),
        ("recording\n" + "x" * (LONGEST + 1) + "\n", "has more than"),
    ],
    ids=["unknown", "stranger", "share", "too much", "right", "scheme", "column", "no column", "quote", "long line"],
)
def test_a_list_that_makes_no_sense(content: str, says: str, here: Path) -> None:
    """The error names the line, and nothing of the list counts."""
    (here / "bad.csv").write_text(content)
    with pytest.raises(LicetError, match=says):
        run("register", "ann", "bad.csv")
    with Workspace.open(here) as room:
        assert room.desk.store.held_by("ann") == {"jamendo:1", "jamendo:2"}


def test_a_broken_line_at_the_end_undoes_the_list(here: Path) -> None:
    """All of it counts, or none."""
    (here / "bad.csv").write_text("recording\njamendo:3\njamendo:77\n")
    with pytest.raises(UsageError, match="not on record"):
        run("register", "ann", "bad.csv")
    with Workspace.open(here) as room:
        assert "jamendo:3" not in room.desk.store.held_by("ann")


@pytest.mark.parametrize(
    ("text", "share"), [("", "1"), ("1/3", "1/3"), ("0.25", "1/4"), (".5", "1/2"), ("12.5%", "1/8")]
)
def test_shares_are_fractions(text: str, share: str) -> None:
    """Never a number that rounds."""
    assert str(share_of(text)) == share


def test_no_such_list_and_no_text(tmp_path: Path) -> None:
    """Both are said."""
    with pytest.raises(SourceError, match="cannot be read"):
        list(read_holdings(tmp_path / "none.csv", "ann"))
    (tmp_path / "bytes.csv").write_bytes(b"recording\n\xff\n")
    with pytest.raises(SourceError, match="no list of holdings"):
        list(read_holdings(tmp_path / "bytes.csv", "ann"))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("grant", "ann"), "nothing is named"),
        (("grant", "ann", "--all", "--in", "XX"), "there is no 'XX'"),
        (("grant", "ann", "--all", "--from", "soon"), "there is no day 'soon'"),
        (("grant", "ann", "--all", "--from", "2027-01-02", "--until", "2027-01-01"), "is before"),
        (("grant", "ann", "--recording", "spotify:1"), "spotify"),
        (("revoke", "ann", "4f0c"), "there is no statement 4f0c"),
        (("grant", "zoe", "--all"), "nobody here"),
        (("grant", "ann", "--all", "--words", "x" * 5000), "too long"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_makes_no_sense_is_said(arguments: tuple[str, ...], says: str, here: Path) -> None:
    """Before anything is on record."""
    with pytest.raises(LicetError, match=says):
        run(*arguments)
    assert here


def test_a_site_proves_who_controls_it(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a line of ours in a file of its own, over HTTPS, and from no other host."""
    run("party", "add", "zoe", "Zoe")
    line = "licet-party: zoe at log.example/one"
    shown = told("party", "confirm", "zoe", "zoe.example", "--show-line")
    url = "https://zoe.example/.well-known/licet-party.txt"
    assert (shown["url"], shown["line"]) == (url, line)
    moved = Answer(301, [(b"Location", b"https://other.example/.well-known/licet-party.txt")])
    away = {url: moved, "https://other.example/.well-known/licet-party.txt": Answer(200, [], line.encode())}
    for answers, says in (
        ({url: Answer(404, [])}, "answered 404"),
        ({url: Answer(200, [], b"licet-party: ann at log.example/one")}, "does not hold the line"),
        (away, "another host answered"),
    ):
        answering(monkeypatch, answers)
        with pytest.raises(UsageError, match=says):
            run("party", "confirm", "zoe", "https://zoe.example")
    assert told("party", "show", "zoe")["control"] == "self-declared"
    answering(monkeypatch, {url: Answer(200, [], f"# ours\n {line} \n".encode())})
    assert "account" in run("party", "confirm", "zoe", "https://zoe.example")
    assert url in told("party", "show", "zoe")["proof"]
    for site in ("http://zoe.example", "https://me@zoe.example", "https://"):
        with pytest.raises(UsageError, match="no site"):
            run("party", "confirm", "zoe", site)
    with pytest.raises(UsageError, match="nobody"):
        run("party", "confirm", "yan", "https://yan.example")


def answering(monkeypatch: pytest.MonkeyPatch, answers: dict[str, Answer]) -> None:
    """Let the command ask a web that answers from memory."""
    monkeypatch.setattr(
        "licet.terms.gathering.Fetcher",
        lambda agent, now: Fetcher(agent, now, wire=CannedWire(answers), interval_s=0),
    )
