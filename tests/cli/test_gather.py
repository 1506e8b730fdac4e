"""`licet gather`: what the web says is kept, told, and bears on what is cleared."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from licet import cli
from licet.policy import Act, Purpose, Use
from licet.terms.gathering import Answer, CannedWire, Fetcher
from licet.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "https://example.org/song"
DAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
USE = Use(Act.TRAIN_GENERATIVE, Purpose.COMMERCIAL, frozenset({"US"}), DAY)
RESERVES = b"User-agent: GPTBot\nDisallow: /\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Make a workspace with one recording on record, whose page is known, and a list that names it."""
    folder = tmp_path / "house"
    with Workspace.init(folder) as room:
        (tmp_path / "licences.csv").write_text(f"id,title,licence,url\njamendo:214,A,CC BY 4.0,{PAGE}\n")
        room.add("table", tmp_path / "licences.csv", captured_at=NOON.replace(day=20))
    (tmp_path / "corpus.csv").write_text("id\njamendo:214\n")
    return folder


def answered(monkeypatch: pytest.MonkeyPatch, answers: dict[str, Answer]) -> CannedWire:
    """Let the command ask a web that answers from memory."""
    wire = CannedWire(answers)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOON.timestamp())))
    monkeypatch.setattr(
        "licet.terms.gathering.Fetcher", lambda agent, now, **_: Fetcher(agent, now, wire=wire, interval_s=0)
    )
    return wire


def run(place: Path, *arguments: str) -> tuple[int, str]:
    """Run the command in the workspace."""
    done = CliRunner().invoke(cli.licet, ["gather", *arguments, "-w", str(place)], catch_exceptions=False)
    return done.exit_code, done.output


def test_what_was_gathered_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each answer, and what it says."""
    answered(monkeypatch, {"https://example.org/robots.txt": Answer(200, [], RESERVES), PAGE: Answer(200, [])})
    code, output = run(place, PAGE)
    assert code == 0
    assert "4 answers kept" in output
    assert "signalled: User-agent: GPTBot, Disallow: / (https://example.org/robots.txt)" in output


def test_silence_is_told_as_silence(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And as no permission."""
    answered(monkeypatch, {PAGE: Answer(200, [])})
    assert "nothing is said, which permits nothing" in run(place, PAGE)[1]


def test_what_could_not_be_had_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By exit code, in words and in JSON."""
    answered(monkeypatch, {PAGE: Answer(503, [])})
    code, output = run(place, PAGE, "--json")
    facts = json.loads(output)
    assert (code, facts["format"]) == (1, "licet-gather/1")
    assert [one["status"] for one in facts["responses"]] == [404, 404, 404, 503]
    assert facts["signals"][PAGE][-1]["stance"] == "unresolved"
    assert "unresolved" in run(place, PAGE)[1]


def test_nothing_named_is_an_error(place: Path) -> None:
    """With its mend."""
    from licet.errors import UsageError

    with pytest.raises(UsageError, match="no address was named"):
        run(place)


def test_a_list_is_gathered(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One address a line, each once; a long table is cut."""
    monkeypatch.setattr("licet.cli.gather.SHOWN", 2)
    wire = answered(monkeypatch, {PAGE: Answer(200, [])})
    (tmp_path / "urls.txt").write_text(f"{PAGE}\n\n{PAGE}#top\n")
    code, output = run(place, "--list", str(tmp_path / "urls.txt"))
    assert (code, "… and 2 more" in output) == (0, True)
    assert [url for url, _ in wire.asked].count(PAGE) == 1


def test_saved_answers_are_read_without_asking(place: Path, tmp_path: Path) -> None:
    """One response of one address, as of a day."""
    (tmp_path / "song.http").write_bytes(b"HTTP/1.1 200 OK\r\ntdm-reservation: 1\r\n\r\nla la")
    saved = str(tmp_path / "song.http")
    code, output = run(place, PAGE, "--from", saved, "--captured", "2026-11-20", "--json")
    (term,) = [one for one in json.loads(output)["signals"][PAGE] if one["stance"] == "signalled"]
    assert (code, term["statement"], term["captured"][:10]) == (0, "tdm-reservation=1", "2026-11-20")


def test_a_warc_file_is_read_whole(place: Path, tmp_path: Path) -> None:
    """A redirect to another of its answers leads there."""

    def record(url: str, content: bytes) -> bytes:
        head = f"WARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-11-20T08:00:00Z\r\n"
        return f"WARC/1.1\r\n{head}Content-Length: {len(content)}\r\n\r\n".encode() + content + b"\r\n\r\n"

    moved = b"HTTP/1.1 301 Moved\r\nLocation: %b\r\n\r\n"
    (tmp_path / "saved.warc").write_bytes(
        record("http://example.org/song", moved % PAGE.encode())
        + record(PAGE, b"HTTP/1.1 200 OK\r\nContent-Usage: train-ai=n\r\n\r\n")
        + record("https://example.org/loop", moved % b"/loop")
    )
    code, output = run(place, "--from", str(tmp_path / "saved.warc"), "--json")
    facts = json.loads(output)
    assert (code, len(facts["responses"])) == (1, 3)
    for url in (PAGE, "http://example.org/song"):
        assert next(one["statement"] for one in facts["signals"][url]) == "train-ai=n"
    assert facts["signals"]["https://example.org/loop"][0]["stance"] == "unresolved"


def cleared(place: Path) -> tuple[str, list[str], bytes]:
    """Clear the corpus: the verdict, where the statements stood, and the manifest."""
    with Workspace.open(place) as room:
        done = room.clear(place.parent / "corpus.csv", USE, out=place / "out", workers=1, report=False)
        (line,) = done.lines()
        manifest = next((place / "out").glob("*.parquet")).read_bytes()
        return line.verdict, [one.where for one in line.statements], manifest


def test_what_is_gathered_bears_on_the_recording(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing before; a reservation of its own page refuses; of other recordings' pages nothing is heard."""
    verdict, _, manifest = cleared(place)
    assert verdict == "permitted"
    answered(monkeypatch, {PAGE: Answer(200, [(b"Content-Usage", b"train-ai=n")])})
    run(place, "https://example.net/another")
    assert cleared(place) == (verdict, cleared(place)[1], manifest)
    run(place, PAGE)
    verdict, where, _ = cleared(place)
    assert verdict == "refused"
    assert f"{PAGE}, header Content-Usage" in where


def test_what_cannot_be_had_leaves_it_unknown(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what was reserved before stays reserved."""
    answered(monkeypatch, {PAGE: Answer(500, [])})
    run(place, PAGE)
    assert cleared(place)[0] == "unknown"
    answered(monkeypatch, {PAGE: Answer(200, [(b"Content-Usage", b"train-ai=n")])})
    run(place, PAGE)
    assert cleared(place)[0] == "refused"
    answered(monkeypatch, {PAGE: Answer(500, [])})
    run(place, PAGE)
    assert cleared(place)[0] == "refused"


def test_what_is_gathered_later_says_nothing_of_an_earlier_day(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A verdict is about a day."""
    answered(monkeypatch, {PAGE: Answer(200, [(b"Content-Usage", b"train-ai=n")])})
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOON.timestamp()) + 86_400))
    run(place, PAGE)
    assert cleared(place)[0] == "permitted"


def test_what_is_gathered_bears_on_a_list_that_names_the_address(place: Path, tmp_path: Path) -> None:
    """A list's own address is where its file was had: what is said there is said of the item."""
    (tmp_path / "corpus.csv").write_text(f"id,licence,url\njamendo:214,CC BY 4.0,{PAGE}2\n")
    assert cleared(place)[0] == "permitted"
    (tmp_path / "song.http").write_bytes(b"HTTP/1.1 200 OK\r\ntdm-reservation: 1\r\n\r\nla la")
    run(place, f"{PAGE}2", "--from", str(tmp_path / "song.http"), "--captured", "2026-11-20")
    verdict, places, _ = cleared(place)
    assert verdict == "refused"
    assert any(f"{PAGE}2" in where for where in places)
