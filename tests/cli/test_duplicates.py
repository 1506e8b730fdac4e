"""`licet duplicates`: each pair once, in clusters, as a table and as documents of JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from licet import cli
from licet.cli import duplicates
from licet.errors import UsageError
from licet.identify import FingerprintIndex, IndexWriter
from licet.parallel import Crashed
from playing import heard, music, noisy
from spans import Shelf, match

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FOUND = {
    "local:l/a": (
        match("local:l/b", (0.0, 59.0)),
        match("local:l/c", (0.0, 20.0), 9.0),
        match("local:l/c", (30.0, 40.0), 40.0),
    ),
    "local:l/b": (match("local:l/a", (0.0, 59.0)),),
    "local:l/x": (match("local:l/y", (0.0, 50.0), time_factor=1.05),),
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """Run `licet duplicates` over six recordings of a minute each, of which `FOUND` is what searching finds."""
    CliRunner().invoke(cli.licet, ["init", str(tmp_path)])
    monkeypatch.setattr(
        FingerprintIndex, "open", lambda _: Shelf({f"local:l/{name}": 60.0 for name in "abcxyz"}, FOUND)
    )

    def invoke(*arguments: object) -> tuple[int, str]:
        given = ["duplicates", *map(str, arguments), "-w", str(tmp_path), "--workers", "1"]
        result = CliRunner().invoke(cli.licet, given)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    return invoke


def documents(output: str) -> list[dict[str, Any]]:
    """Read one document a line."""
    return [json.loads(line) for line in output.splitlines()]


def test_each_pair_is_a_document_and_the_clusters_come_last(run: Callable[..., tuple[int, str]]) -> None:
    """Exit code 1: some share their sound."""
    code, output = run("--json")
    *pairs, last = documents(output)
    assert code == 1
    assert [(pair["first"], pair["second"], pair["relation"]) for pair in pairs] == [
        ("local:l/a", "local:l/b", "same"),
        ("local:l/a", "local:l/c", "part"),
        ("local:l/x", "local:l/y", "changed"),
    ]
    assert {pair["format"] for pair in pairs} == {"licet-duplicate/1"}
    assert (last["format"], last["recordings"], last["pairs"]) == ("licet-duplicates/1", 6, 3)
    assert last["clusters"] == [["local:l/a", "local:l/b", "local:l/c"], ["local:l/x", "local:l/y"]]


def test_a_pair_says_what_is_shared_and_where(run: Callable[..., tuple[int, str]]) -> None:
    """In seconds of either, with every stretch."""
    part = documents(run("--json")[1])[1]
    assert (part["seconds"], part["first_share"], part["second_share"]) == (30.0, 0.5, 0.5)
    assert part["stretches"][1] == {
        "first_start_s": 30.0,
        "first_end_s": 40.0,
        "second_start_s": 40.0,
        "second_end_s": 50.0,
        "time_factor": 1.0,
        "frequency_factor": 1.0,
        "probability": 0.9999,
    }


def test_the_table_shows_them_cluster_by_cluster(run: Callable[..., tuple[int, str]]) -> None:
    """With the longest stretch and how the second differs from the first."""
    _, output = run()
    for words in ("pairs 3, clusters 2", "local:l/a", "0:00.0–0:20.0 is", "and 1 more", "-4.8 % tempo", "none"):
        assert words in output


def test_two_licences_for_one_sound_are_shown_together(run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    """By what the record states of either; silence states nothing."""
    (tmp_path / "list.csv").write_text("path,licence\na,CC BY 4.0\nb,All rights reserved\nc,\nx,CC0\ny,CC0\n")
    listed = CliRunner().invoke(cli.licet, ["add", "table", f"{tmp_path}/list.csv", "--name", "l", "-w", str(tmp_path)])
    assert listed.exit_code == 0, listed.output
    last = documents(run("--json")[1])[-1]
    assert last["licences"] == {
        "local:l/a": ["CC BY 4.0"],
        "local:l/b": ["reserved"],
        "local:l/c": [],
        "local:l/x": ["CC0 1.0"],
        "local:l/y": ["CC0 1.0"],
    }
    assert "CC BY 4.0 | reserved" in " ".join(run()[1].split())


def test_what_is_too_many_to_show_is_counted(
    run: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And `--json` has them."""
    monkeypatch.setattr(duplicates, "CLUSTERS_SHOWN", 1)
    monkeypatch.setattr(duplicates, "PAIRS_SHOWN", 1)
    _, output = run()
    assert "1 more pairs" in output
    assert "1 more clusters" in output


def test_where_none_share_their_sound_all_is_well(run: Callable[..., tuple[int, str]]) -> None:
    """Exit code 0."""
    code, output = run("--least-seconds", 60)
    assert code == 0
    assert "No two of the 6 recordings" in output


def test_a_copy_and_an_excerpt_are_found_by_their_sound(tmp_path: Path) -> None:
    """By the real search, in what a real index keeps; one worker and two tell the same."""
    whole = music(1, 30.0)
    sounds = {"whole": whole, "copy": noisy(whole, 20), "excerpt": whole[: len(whole) // 2], "other": music(2, 20.0)}
    CliRunner().invoke(cli.licet, ["init", str(tmp_path)])
    with IndexWriter(tmp_path / "index") as writer:
        for name, sound in sounds.items():
            writer.add(name, f"{name}.wav", heard(sound))
    one, two = (
        CliRunner().invoke(cli.licet, ["duplicates", "-w", str(tmp_path), "--json", "--workers", workers]).output
        for workers in "12"
    )
    assert one == two
    *pairs, last = documents(one)
    relations = {(pair["first"], pair["second"]): pair["relation"] for pair in pairs}
    assert relations == {("copy", "whole"): "same", ("copy", "excerpt"): "part", ("excerpt", "whole"): "part"}
    assert last["clusters"] == [["copy", "excerpt", "whole"]]


def test_a_process_that_is_killed_is_an_error(
    run: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names the recording: no pair is left out in silence."""
    monkeypatch.setattr("licet.parallel.ordered_map", lambda *_, **__: iter([Crashed("local:l/b")]))
    with pytest.raises(UsageError, match="compared local:l/b was killed"):
        run()


def test_that_there_may_be_more_is_said(run: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a sound is on record more often than one search tells."""
    assert "There may be more" not in run()[1]
    shelf = Shelf({f"local:l/{name}": 60.0 for name in "abcxyz"}, FOUND, "local:l/a local:l/z")
    shelf.state = "another"  # what was opened for one state is kept
    monkeypatch.setattr(FingerprintIndex, "open", lambda _: shelf)
    assert "There may be more: 2 sounds" in run()[1]
    assert documents(run("--json")[1])[-1]["unfinished"] == 2
