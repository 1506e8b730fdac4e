"""`licet explain`: a manager and a lawyer read why, under every reading, and whether the proof is still there."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from corpora import clip, launder, write_masters
from licet import cli
from licet.errors import ManifestError
from manifests import many_lines, sample_lines, write_sample
from playing import encode

if TYPE_CHECKING:
    from pathlib import Path

ASKED = ("--use", "train-generative", "--purpose", "commercial", "--in", "EU", "--in", "US")


def run(*arguments: object) -> str:
    """Run a command in this process and return what it printed."""
    result = CliRunner().invoke(cli.licet, [str(one) for one in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with masters on record, and a cleared corpus of a copy, a laundered copy and nothing at all."""
    folder = tmp_path_factory.mktemp("explain")
    licences = write_masters(folder / "masters")
    (folder / "corpus").mkdir()
    encode(folder / "corpus" / "given.mp3", clip(1), "libmp3lame", 11_025)
    launder(encode(folder / "corpus" / "laundered.mp3", clip(2), "libmp3lame", 11_025))
    (folder / "corpus" / "empty.mp3").write_bytes(b"")
    run("init", folder / "w")
    run("add", "table", licences, "--audio", licences.parent, "-w", folder / "w", "--workers", 1)
    run("clear", folder / "corpus", *ASKED, "-w", folder / "w", "--workers", 1, "--no-report", "--out", folder / "out")
    return folder


def explain(place: Path, item: str, out: Path | None = None) -> str:
    """Explain an item of the manifest in `out`, or of the corpus's own."""
    return " ".join(run("explain", item, "--manifest", out or place / "out", "-w", place / "w").split())


def facts(place: Path, item: str) -> dict[str, Any]:
    """Explain an item as JSON."""
    found: dict[str, Any] = json.loads(run("explain", item, "--manifest", place / "out", "-w", place / "w", "--json"))
    return found


def test_it_answers_for_the_use_the_place_and_the_day(place: Path) -> None:
    """In one sentence, with the four readings beside it, and that it is no legal advice."""
    text = explain(place, "given.mp3")
    assert "It may be used to train a generative model, commercially, in the EU and the US, on" in text
    for words in ("Strict (asked for)", "European text and data mining", "no legal advice"):
        assert words in text


def test_it_shows_both_statements_and_the_bytes_of_each(place: Path) -> None:
    """Down to the row of the list and the tag of the file, with their digests and whether they are still kept."""
    text = explain(place, "laundered.mp3")
    digests = [one["evidence"] for one in facts(place, "laundered.mp3")["items"][0]["statements"]]
    for words in ("do not agree", "kept.wav,Kept", "WCOP", "file_sha256", "pitch", "still hash", *digests):
        assert words in text


def test_what_is_contested_is_said_to_be(place: Path) -> None:
    """A reservation that every reading heeds is contested law all the same."""
    found = facts(place, "laundered.mp3")["items"][0]
    assert "contested" in found["sureness"]
    assert "settled" not in {side["status"] for side in found["sides"]}


def test_it_says_what_to_do_and_whom_to_ask(place: Path) -> None:
    """In words that one can act on."""
    text = explain(place, "laundered.mp3")
    assert "- Ask the holder which of the statements is right." in text
    assert "Whom to ask" in text


def test_a_reason_of_four_readings_is_shown_once(place: Path) -> None:
    """With the readings it belongs to, none of which is lost."""
    assert explain(place, "laundered.mp3").count("rule disagreement,") == 1
    found = facts(place, "laundered.mp3")["items"][0]
    assert sum(len(one["decides"]) + len(one["heard"]) for one in found["grounds"]) == sum(
        len(one["readings"]) for one in found["reasons"]
    )


def test_it_finds_items_by_recording(place: Path) -> None:
    """Every file that it was found in."""
    found = facts(place, "local:licences/given.wav")
    assert [item["item"] for item in found["items"]] == ["given.mp3"]
    assert "given.wav,Given" in found["items"][0]["statements"][0]["bytes"]
    assert found["asked"]["territories"] == ["EU", "US"]


def test_a_file_that_could_not_be_heard_is_explained_by_its_mend(place: Path) -> None:
    """And opens no gate."""
    text = explain(place, "empty.mp3")
    assert "could not be looked at" in text
    assert "What to do" in text
    assert facts(place, "empty.mp3")["items"][0]["sureness"] == ""


@pytest.mark.parametrize("harm", ["gone", "altered"])
def test_evidence_that_proves_nothing_any_more_is_said_to(place: Path, tmp_path: Path, harm: str) -> None:
    """And the rest is shown all the same."""
    shutil.copytree(place / "w", tmp_path / "w")
    shutil.copytree(place / "out", tmp_path / "out")
    for blob in (tmp_path / "w" / "evidence" / "sha256").glob("*/*"):
        blob.unlink() if harm == "gone" else blob.write_bytes(blob.read_bytes()[::-1])
    statement = facts(tmp_path, "given.mp3")["items"][0]["statements"][0]
    assert statement["bytes"].startswith("[")
    assert statement["kept"] is False
    assert {"gone": "missing", "altered": "altered"}[harm] in statement["trouble"]
    assert "NOT TO HAND" in explain(tmp_path, "given.mp3")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A manifest with something of everything."""
    return write_sample(tmp_path_factory.mktemp("sample"))


@pytest.mark.parametrize("item", sorted({line.item for line in sample_lines()})[::3], ids=lambda item: ascii(item)[:30])
def test_every_kind_of_line_can_be_explained(place: Path, sample: Path, item: str) -> None:
    """Hostile titles, broken files and doubts: nothing that a terminal would act on comes through."""
    assert explain(place, item, sample).isprintable()


def test_a_manifest_that_somebody_changed_is_no_crash(place: Path, tmp_path: Path) -> None:
    """A time of capture that is none leaves a statement unproven; a day that is none is named."""
    line = next(one for one in sample_lines() if one.statements)
    write_sample(tmp_path, [replace(line, statements=(replace(line.statements[0], captured="yesterday"),))])
    assert "no time of capture" in explain(place, line.item, tmp_path)
    write_sample(tmp_path, [line], day="some day")
    with pytest.raises(ManifestError, match="no day"):
        explain(place, line.item, tmp_path)


def test_the_answer_is_found_among_thousands(place: Path, tmp_path: Path) -> None:
    """By the identifier it was listed by."""
    write_sample(tmp_path, many_lines(5_000))
    assert "jamendo:00004320: " in explain(place, "jamendo:00004320", tmp_path)
