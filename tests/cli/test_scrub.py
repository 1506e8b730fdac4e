from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from licet import cli
from licet.errors import UsageError
from licet.training.runs import ATTESTATION_NAME, Base
from licet.workspace import Workspace
from schooling import NOON, cleared, lab, manifest_of, opened, started, trained

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


@pytest.fixture(scope="module")
def trained_lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with a model and another that began with it."""
    folder = tmp_path_factory.mktemp("scrub") / "lab"
    with lab(folder) as room:
        cleared(room)
        trained(room)
        trained(room, "tuned", bases=[room.runs.at("first") / ATTESTATION_NAME])
    return folder


@pytest.fixture
def house(trained_lab: Path, tmp_path: Path) -> Path:
    """Return a copy of it."""
    shutil.copytree(trained_lab, tmp_path / "lab")
    return tmp_path / "lab"


def scrub(house: Path, *arguments: str) -> Result:
    """Run the command in a workspace."""
    return CliRunner().invoke(cli.licet, ["scrub", *arguments, "--workspace", str(house)], catch_exceptions=False)


def test_it_names_what_must_be_trained_again(house: Path) -> None:
    """In order, with what each begins with, how long it took, and what that costs."""
    result = scrub(house, "jamendo:3", "--per-hour", "3.20 EUR")
    assert result.exit_code == 1
    assert "2 runs must be trained again, in this order; 0 not." in result.output
    assert "tagger (again)" in result.output
    assert "0.00 hours, from start to finish, which is 0.00 EUR" in result.output


def test_what_nobody_read_needs_no_scrub(house: Path) -> None:
    """It was refused, and never read: all is well."""
    result = scrub(house, "jamendo:2")
    assert result.exit_code == 0
    assert "No run read it: 2 looked at." in result.output


def test_its_json_says_all_of_it(house: Path) -> None:
    """The names, the runs and their bases."""
    told = json.loads(scrub(house, "jamendo:3", "--json").output)
    assert told["format"] == "licet-scrub/1"
    assert [(one["run"], one["again"], one["kept"]) for one in told["affected"]] == [
        ("first", [], []),
        ("tuned", ["tagger"], []),
    ]


def test_it_writes_a_manifest_without_it(house: Path, tmp_path: Path) -> None:
    """Sealed, so that a run can be started over it."""
    with Workspace.open(house) as room:
        manifest = manifest_of(room)
    result = scrub(house, "jamendo:3", "--without", str(manifest), "--out", str(tmp_path / "without"))
    assert "5 lines, 1 left out; sealed as entry" in result.output.replace("\n", " ")
    told = json.loads(
        scrub(house, "jamendo:3", "--json", "--without", str(manifest), "--out", str(tmp_path / "again")).output
    )
    assert told["without"]["left_out"] == 1


def test_it_proves_that_a_model_has_not_read_it(house: Path, tmp_path: Path) -> None:
    """With a document that `licet verify` checks; and it proves nothing of one that has."""
    proof = tmp_path / "lineage.json"
    result = scrub(house, "jamendo:2", "--prove", "tuned", "--out", str(proof))
    assert result.exit_code == 0
    assert "proves that tuned has not read jamendo:2" in result.output.replace("\n", " ")
    checked = CliRunner().invoke(cli.licet, ["verify", str(proof), "--known", str(house / "keys/log.key.pub")])
    assert checked.exit_code == 0, checked.output
    told = json.loads(scrub(house, "jamendo:2", "--prove", "tuned", "--out", str(proof), "--json").output)
    assert told["models"] == ["tagger", "tagger"]
    with pytest.raises(UsageError, match="the run tuned read"):
        scrub(house, "jamendo:3", "--prove", "tuned", "--out", str(proof))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--without", "x"), "add --out"),
        (("--prove", "first"), "add --out"),
        (("--prove", "first", "--without", "x", "--out", "y"), "two answers"),
        (("--without", "x", "--out", ""), "add --out"),
        (("--prove", "first", "--out", ""), "add --out"),
        (("--out", "y"), "nothing goes there"),
        (("--per-hour", "much"), "is no amount"),
    ],
    ids=["out", "proof", "both", "nowhere", "proof nowhere", "for nothing", "money"],
)
def test_what_makes_no_sense_is_refused(house: Path, arguments: tuple[str, ...], says: str) -> None:
    """With the mend."""
    with pytest.raises(UsageError, match=says):
        scrub(house, "jamendo:3", *arguments)


@pytest.mark.parametrize(
    ("what", "says"), [("", "nothing is named"), ("x\udcff", "is no text"), ("jamendo:99", "nothing here goes by")]
)
def test_what_names_nothing_is_refused(house: Path, tmp_path: Path, what: str, says: str) -> None:
    """And nothing is written or proved of it."""
    with Workspace.open(house) as room:
        manifest = manifest_of(room)
    out = tmp_path / "out"
    with pytest.raises(UsageError, match=says):
        scrub(house, what)
    with pytest.raises(UsageError, match=says):
        scrub(house, what, "--prove", "first", "--out", str(out))
    if what != "jamendo:99":
        with pytest.raises(UsageError, match=says):
            scrub(house, what, "--without", str(manifest), "--out", str(out))
    assert not out.exists()


def test_of_what_it_is_not_known_is_told_apart(house: Path) -> None:
    """In words, in JSON, and by an exit code that is not that of *nothing*."""
    with Workspace.open(house) as room:
        started(room, "adapted", bases=[Base(name="music-flamingo")])
    result = scrub(house, "jamendo:2")
    assert result.exit_code == 1
    assert "No run read it: 2 looked at." in result.output
    says = "it began with music-flamingo, and nobody attested what that read"
    assert f"Of 1 it is not known:\n  run adapted, model tagger: {says}" in result.output
    assert json.loads(scrub(house, "jamendo:2", "--json").output)["unknown"] == [
        {"run": "adapted", "model": "tagger", "because": says}
    ]


def test_what_is_not_finished_is_not_in_the_hours(house: Path) -> None:
    """And that is said beside them."""
    with Workspace.open(house) as room:
        started(room, "going")
        gate = opened(room, "going")
        gate.begin_epoch(0)
        gate.read(3)
    result = scrub(house, "jamendo:3", "--per-hour", "3.20 EUR")
    assert "That is without 1 that is not finished." in result.output
    assert json.loads(scrub(house, "jamendo:3", "--json").output)["unfinished"] == 1


def test_a_manifest_without_it_says_what_holds_today(
    house: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was withdrawn since is superseded at once, so that no receipt of the new manifest says otherwise."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOON.timestamp())))
    with Workspace.open(house) as room:
        manifest = manifest_of(room)
        (tmp_path / "c.csv").write_text("id,title,artist,licence,path\njamendo:0,Song 0,Ann,CC-BY-NC-4.0,0000.wav\n")
        room.add("table", tmp_path / "c.csv", captured_at=NOON, audio=house / "music", workers=1)
    out = tmp_path / "without"
    told = json.loads(scrub(house, "jamendo:3", "--json", "--without", str(manifest), "--out", str(out)).output)
    assert told["without"]["superseded"] == 1
    arguments = ["receipt", "0000.wav", "--manifest", str(out), "--workspace", str(house)]
    receipt = CliRunner().invoke(cli.licet, arguments, catch_exceptions=False)
    (tmp_path / "receipt.json").write_text(receipt.output)
    known = ["--known", str(house / "keys/log.key.pub"), "--json"]
    checked = CliRunner().invoke(cli.licet, ["verify", str(tmp_path / "receipt.json"), *known], catch_exceptions=False)
    assert json.loads(checked.output)["verdict"].startswith("refused")
