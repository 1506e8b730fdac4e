"""The command line: what it prints, what it exits with, and that it answers in a blink."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from corpora import clip, launder, write_masters
from licet import cli
from licet.identify import Match
from playing import encode, music, write_wav

if TYPE_CHECKING:
    from pathlib import Path

ASKED = ("--use", "train-generative", "--purpose", "commercial", "--in", "EU", "--in", "US")


def run(*arguments: object) -> tuple[int, str]:
    """Run a command in this process, as `main` does, and return its exit code and what it printed."""
    result = CliRunner().invoke(cli.licet, [str(one) for one in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def answer(*arguments: object) -> dict[str, Any]:
    """Run a command with --json and return what it printed last."""
    _, output = run(*arguments, "--json")
    parsed: dict[str, Any] = json.loads(output.splitlines()[-1])
    return parsed


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace at the command line: masters on record, a corpus cleared."""
    folder = tmp_path_factory.mktemp("cli")
    licences = write_masters(folder / "masters")
    corpus = folder / "corpus"
    corpus.mkdir()
    encode(corpus / "given.mp3", clip(1), "libmp3lame", 11_025)
    launder(encode(corpus / "laundered.mp3", clip(2), "libmp3lame", 11_025))
    write_wav(corpus / "stranger [bold].wav", music(77, 8, rate_hz=11_025), 11_025)
    (corpus / "empty.mp3").write_bytes(b"")
    assert run("init", folder / "w")[0] == 0
    assert run("add", "table", licences, "--audio", licences.parent, "-w", folder / "w", "--workers", 1)[0] == 0
    assert run("clear", corpus, *ASKED, "-w", folder / "w", "--workers", 1)[0] == 1
    return folder


def test_clear_ends_with_counts(place: Path) -> None:
    """The last field, so that a script can read it off the end."""
    found = answer("clear", place / "corpus", *ASKED, "-w", place / "w", "--workers", 1)
    assert found["format"] == "licet-clear/1"
    assert list(found)[-1] == "counts"
    assert found["counts"] == {"permitted": 1, "refused": 1, "unknown": 1, "error": 1}


def test_clear_prints_a_table_that_names_what_blocks_the_rest(place: Path) -> None:
    """With the other readings beside it, and the disclaimer."""
    code, output = run("clear", place / "corpus", *ASKED, "-w", place / "w", "--workers", 1)
    assert code == 1
    for words in ("permitted", "guidance, 2025", "What blocks the rest", "no legal advice", "report.html"):
        assert words in output


def test_a_corpus_of_permitted_items_exits_with_0(place: Path, tmp_path: Path) -> None:
    """A script may go on."""
    encode(tmp_path / "given.mp3", clip(1), "libmp3lame", 11_025)
    assert run("clear", tmp_path, *ASKED, "-w", place / "w", "--workers", 1, "--out", tmp_path / "out")[0] == 0


def test_identify_prints_one_object_a_file(place: Path) -> None:
    """With everything that a match is."""
    files = [place / "corpus" / name for name in ("given.mp3", "stranger [bold].wav", "empty.mp3")]
    code, output = run("identify", *files, "-w", place / "w", "--json")
    given, stranger, empty = map(json.loads, output.splitlines())
    assert code == 2
    assert given["matches"][0]["recording"] == "local:licences/given.wav"
    assert set(given["matches"][0]) == {field.name for field in fields(Match)}
    assert given["coverage"] > 0.8
    assert stranger["coverage"] == empty["coverage"] == 0
    assert stranger["matches"] == []
    assert empty["error"]["code"] == "empty"


def test_identify_takes_a_list(place: Path, tmp_path: Path) -> None:
    """One path a line."""
    (tmp_path / "list").write_text(f"{place / 'corpus' / 'given.mp3'}\n\n")
    code, output = run("identify", "--from", tmp_path / "list", "-w", place / "w")
    assert code == 0
    assert "local:licences/given.wav" in output


def test_identify_says_so_where_nothing_is_found(place: Path) -> None:
    """Exit code 1, and square brackets in a name are no markup."""
    code, output = run("identify", place / "corpus" / "stranger [bold].wav", "-w", place / "w")
    assert code == 1
    assert "stranger [bold].wav" in output
    assert "no recording on record" in output


def test_report_is_written_again(place: Path) -> None:
    """From the latest manifest, without clearing."""
    code, output = run("report", "-w", place / "w")
    assert code == 0
    assert all(name in output for name in ("report.html", "ATTRIBUTION.txt"))
    assert answer("report", "-w", place / "w")["report"].endswith("report.html")


def test_adding_again_shows_the_drift(place: Path, tmp_path: Path) -> None:
    """A relicensed recording is named."""
    table = tmp_path / "list.csv"
    table.write_text("id,licence\njamendo:1,CC BY 4.0\njamendo:2,CC BY 4.0\n")
    run("init", tmp_path / "w")
    run("add", "table", table, "-w", tmp_path / "w", "--captured", "2026-01-01")
    table.write_text("id,licence\njamendo:1,CC BY-NC 4.0\njamendo:3,\nbroken row,1,2\n")
    code, output = run("add", "table", table, "-w", tmp_path / "w", "--captured", "2026-02-01")
    assert code == 0
    assert "1 added, 1 removed, 1 changed, 1 of them under another licence" in output
    assert "jamendo:1: CC BY 4.0 -> CC BY-NC 4.0" in output
    found = answer("add", "table", table, "-w", tmp_path / "w", "--captured", "2026-03-01")
    assert (found["drift"]["changed"], found["families"]) == (0, {"BY-NC": 1, "silent": 1})
    assert found["problems"]["count"] == 1


def test_a_licence_stated_for_a_folder_is_evidence_with_its_file(tmp_path: Path) -> None:
    """The README's first steps."""
    (tmp_path / "music").mkdir()
    write_wav(tmp_path / "music" / "a.wav", clip(1), 11_025)
    (tmp_path / "LICENSE").write_text("All of it is under CC BY 4.0.")
    run("init", tmp_path / "w")
    stated = ("--licence", "CC-BY-4.0", "--licence-from", tmp_path / "LICENSE")
    found = answer("add", "audio-folder", tmp_path / "music", *stated, "-w", tmp_path / "w", "--workers", 1)
    assert (found["families"], found["sounds"]["registered"]) == ({"BY": 1}, 1)
    assert run("clear", tmp_path / "music", *ASKED, "-w", tmp_path / "w", "--workers", 1)[0] == 0
    again = answer("add", "audio-folder", tmp_path / "music", *stated, "-w", tmp_path / "w", "--workers", 1)
    assert again["sounds"]["already"] == 1


def test_a_licence_stated_for_a_corpus_must_agree_with_the_record(place: Path, tmp_path: Path) -> None:
    """`--stated` confirms or takes away, and its file is kept as evidence."""
    (tmp_path / "README").write_text("Everything here is CC0.")
    encode(tmp_path / "corpus.mp3", clip(2), "libmp3lame", 11_025)
    (tmp_path / "c").mkdir()
    (tmp_path / "corpus.mp3").rename(tmp_path / "c" / "x.mp3")
    stated = ("--stated", "CC0", "--stated-from", tmp_path / "README")
    run("clear", tmp_path / "c", *ASKED, *stated, "-w", place / "w", "--out", tmp_path / "out", "--workers", 1)
    found = answer("explain", "x.mp3", "--manifest", tmp_path / "out", "-w", place / "w")["items"][0]
    assert found["verdict"] == "refused"
    assert "Everything here is CC0." in {one["bytes"] for one in found["statements"]}


def test_two_folders_of_one_name_are_not_taken_for_one(tmp_path: Path) -> None:
    """`local:music/a.wav` must mean one recording."""
    from licet.errors import UsageError

    for number, folder in enumerate(("one/music", "two/music")):
        (tmp_path / folder).mkdir(parents=True)
        write_wav(tmp_path / folder / "a.wav", clip(number), 11_025)
    run("init", tmp_path / "w")
    run("add", "audio-folder", tmp_path / "one/music", "-w", tmp_path / "w", "--workers", 1)
    with pytest.raises(UsageError, match="--name"):
        run("add", "audio-folder", tmp_path / "two/music", "-w", tmp_path / "w", "--workers", 1)
    code, _ = run("add", "audio-folder", tmp_path / "two/music", "--name", "second", "-w", tmp_path / "w")
    assert code == 0


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("identify",), "no file was named"),
        (("identify", "x.mp3", "-w", "nowhere"), "not a workspace"),
        (("clear", "nowhere", *ASKED), "no corpus"),
        (("clear", ".", *ASKED, "--reading", "lenient"), "no reading"),
        (("clear", ".", *ASKED, "--accept", "everything"), "no licence asks for everything"),
        (("clear", ".", *ASKED, "--on", "yesterday"), "no day"),
        (("clear", ".", *ASKED, "--in", "UK"), "try GB"),
        (("clear", ".", *ASKED, "--stated-from", __file__), "nothing says what it states"),
        (("clear", ".", *ASKED, "--column", "licence"), "maps nothing"),
        (("add", "cloud", "."), "no kind of source"),
        (("add", "table", "nowhere.csv"), "nowhere.csv"),
        (("explain", "nothing"), "no item"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else value,
)
def test_misuse_is_one_sentence_with_its_mend(
    place: Path, arguments: tuple[str, ...], complaint: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """On standard error, in JSON too where it was asked for, and exit code 2."""
    monkeypatch.setenv("LICET_WORKSPACE", str(place / "w"))
    monkeypatch.setattr(sys, "argv", ["licet", *arguments, "--json"])
    with pytest.raises(SystemExit) as exit_:
        cli.main()
    captured = capsys.readouterr()
    assert exit_.value.code == 2
    assert complaint in captured.err
    assert json.loads(captured.out)["format"] == "licet-error/1"


def test_the_clock_can_be_fixed(place: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`SOURCE_DATE_EPOCH`, as reproducible builds have it."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1577836800")
    (tmp_path / "c").mkdir()
    assert answer("clear", tmp_path / "c", *ASKED, "-w", place / "w", "--out", tmp_path / "o")["day"] == "2020-01-01"


def test_help_loads_nothing_heavy() -> None:
    """`licet --help` answers in a blink because it imports next to nothing."""
    heavy = "numpy scipy numba av sqlalchemy pyarrow duckdb torch ray httpx rich msgspec jinja2".split()
    program = (
        "import sys\nfrom click.testing import CliRunner\nfrom licet import cli\n"
        "assert CliRunner().invoke(cli.licet, ['--help']).exit_code == 0\n"
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_identify_does_not_open_the_database(place: Path) -> None:
    """A clip is told from the index alone: SQLAlchemy costs half a second that a cold start does not have."""
    clip, space = str(place / "corpus" / "given.mp3"), str(place / "w")
    program = (
        "import sys\nfrom click.testing import CliRunner\nfrom licet import cli\n"
        f"assert CliRunner().invoke(cli.licet, ['identify', {clip!r}, '-w', {space!r}]).exit_code == 0\n"
        "print([name for name in ('sqlalchemy', 'pyarrow', 'duckdb', 'licet.corpus') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("command", list(cli._COMMANDS))
def test_every_command_has_help_with_an_example(command: str) -> None:
    """Readable without the docs."""
    code, output = run(command, "--help")
    assert code == 0
    assert f"licet {command}" in output
