"""A claim at the command line, from what was found to a pack that another checks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from claiming import ITEM, PAGE, Case, make_case
from licet import cli
from licet.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

NOON_S = 1795348800  # of 22 November 2026
DAY_S = 24 * 3600


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A corpus that was cleared and sealed."""
    made = make_case(tmp_path_factory.mktemp("house"))
    made.room.close()
    return made


@pytest.fixture
def case(house: Case, monkeypatch: pytest.MonkeyPatch) -> Case:
    """The same, with its folder as the one we are in, at noon."""
    monkeypatch.chdir(house.room.folder)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(NOON_S))
    return house


def run(*arguments: object, code: int = 0) -> str:
    """Run a command here, and return what it prints."""
    done = CliRunner().invoke(cli.licet, ["claim", *map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done.output


def told(*arguments: object, code: int = 0) -> dict[str, Any]:
    """Run a command here, and return the JSON that it prints."""
    found: dict[str, Any] = json.loads(run(*arguments, "--json", code=code))
    return found


def made(case: Case, *more: object) -> dict[str, Any]:
    """Make a claim on the corpus."""
    facts = ("--recording", case.recording, "--to", "Big Lab", "--to-party", "biglab", "--ask", "remove")
    return told("make", "maker", *facts, *more)


def test_from_a_finding_to_a_pack(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made, shown, overdue, answered, packed and verified; and refused by name where the pack was touched."""
    (tmp_path / "page.html").write_bytes(PAGE)
    disclosed = ("--disclosure", tmp_path / "page.html", "--quote", "We trained.", "--url", "https://biglab.example/")
    claim = made(
        case, "--corpus", "Big Set", "--manifest", case.manifest, "--item", ITEM, "--heard", case.output, *disclosed
    )
    assert claim["rests_on"] == ["manifest", "audio", "disclosure"]
    assert (claim["state"], claim["days"]) == ("open", {"acknowledge": 7, "answer": 30})
    name = claim["id"][:16]
    shown = run("show", name)
    assert "due: acknowledgement, by 2026-11-29" in shown
    assert "Big Set" in shown
    assert run("list", "--overdue") == "There is no such claim.\n"

    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(NOON_S + 8 * DAY_S))
    assert "OVERDUE: acknowledgement" in run("list", "--overdue")
    assert "acknowledged" in run("step", "biglab", name, "acknowledged")
    assert [one["id"] for one in told("list")["claims"]] == [claim["id"]]
    assert told("list", "--overdue")["claims"] == []
    answered = told("step", "biglab", name, "answered", "--answer", "partly", "--words", "one [bold]of \u202etwo")
    assert answered["state"] == "answered"
    shown = run("show", name)
    assert "biglab: answered partly one [bold]of \\x202etwo" in shown

    pack = tmp_path / "pack"
    assert "notice.pdf" in run("pack", name, pack, "--audio", case.corpus, "--audio", case.masters)
    key = ("--known", case.room.receipts.key_path.with_name("log.key.pub"))
    assert "pack checks." in run("verify", pack, *key)
    checked = told("verify", pack, *key)
    assert (checked["checks"], checked["claim"], checked["wrong"]) == (True, claim["id"], [])
    (pack / "notice.html").write_text("nothing happened")
    (pack / "pictures" / "003.png").write_bytes(b"")
    touched = told("verify", pack, *key, code=1)
    assert touched["wrong"] == [
        {"file": "notice.html", "says": "changed"},
        {"file": "pictures/003.png", "says": "added"},
    ]
    assert "notice.html: changed" in run("verify", pack, *key, code=1)
    assert "withdrawn" in run("step", "maker", name, "withdrawn")
    assert told("list")["claims"] == []
    assert "withdrawn" in run("list", "--all")
    (pack / "bundle.json").write_bytes(b"{}")
    assert "bundle.json: it is no envelope" in run("verify", pack, *key, code=1)


def test_what_became_void_is_shown(case: Case) -> None:
    """With the reason, as what was said stays said."""
    claim = made(case, "--corpus", "Void Set", "--manifest", case.manifest)
    from licet.registry.claims import Step, StepKind
    from licet.workspace import Workspace

    late = Step(claim=claim["id"], kind=StepKind.CLOSED, party="maker", actor="desk", at="2026-11-22T12:00:00+00:00")
    with Workspace.open(case.room.folder) as room:
        room.claims.store.add(late, 0)  # by another way than the door
    assert "void: 2026-11-22T12:00:00+00:00  maker: closed: closed does not follow" in run("show", claim["id"])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--to", "x", "--ask", "tell"), "what the claim is against"),
        (("--to", "x", "--ask", "tell", "--model", "m", "--corpus", "c"), "what the claim is against"),
        (("--to", "x", "--ask", "tell", "--model", "m"), "that is no claim"),
    ],
    ids=["nothing", "two", "no grounds"],
)
def test_what_is_no_claim(arguments: tuple[str, ...], says: str, case: Case) -> None:
    """And what to give."""
    with pytest.raises(UsageError, match=says):
        run("make", "maker", "--recording", case.recording, *arguments)


def test_what_is_not_there(case: Case, tmp_path: Path) -> None:
    """No claim of that name, no sounds, no pack."""
    with pytest.raises(UsageError, match="no claim that begins"):
        run("show", "zz")
    with pytest.raises(UsageError, match="there is no nowhere"):
        run("pack", "zz", tmp_path / "pack", "--audio", "nowhere")
    with pytest.raises(UsageError, match="there is no folder"):
        run("verify", tmp_path / "pack", "--known", case.room.receipts.key_path.with_name("log.key.pub"))
