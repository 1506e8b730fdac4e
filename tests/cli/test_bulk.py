"""`licet bulk` and `licet diff` at the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from licet import cli

if TYPE_CHECKING:
    from pathlib import Path

ASKED = ("--use", "train-generative", "--purpose", "commercial", "--in", "EU", "--on", "2026-11-22")


def run(*arguments: object) -> tuple[int, str]:
    """Run a command in this process, and return its exit code and what it printed."""
    result = CliRunner().invoke(cli.licet, [str(one) for one in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def answer(*arguments: object) -> tuple[int, dict[str, Any]]:
    """Run a command with --json."""
    code, output = run(*arguments, "--json")
    return code, json.loads(output.splitlines()[-1])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace and three tables: all free, one that cannot be read, and one that is licensed otherwise."""
    folder = tmp_path_factory.mktemp("bulk")
    assert run("init", folder / "w")[0] == 0
    for name, second, voice in (("free", "CC0", None), ("broken", "CC0", "[nobody]"), ("other", "CC BY-NC 4.0", None)):
        cells = {"item": ["a", "b"], "licence": ["CC BY 4.0", second], "voice": pa.array([None, voice], pa.string())}
        pq.write_table(pa.table(cells), folder / f"{name}.parquet")
    captured = "2026-11-01"
    for name in ("free", "broken", "other"):
        table = pq.read_table(folder / f"{name}.parquet")
        pq.write_table(table.append_column("captured", [[captured, captured]]), folder / f"{name}.parquet")
    return folder


def bulk(place: Path, name: str) -> tuple[object, ...]:
    """Return the command that decides on one of the tables."""
    return ("bulk", place / f"{name}.parquet", *ASKED, "-w", place / "w", "--out", place / f"{name}.verdicts.parquet")


def test_a_table_of_permitted_items_exits_with_0_and_ends_with_counts(place: Path) -> None:
    """A script may go on, and reads the counts off the end."""
    code, found = answer(*bulk(place, "free"))
    assert code == 0
    assert found["format"] == "licet-bulk/1"
    assert list(found)[-1] == "counts"
    assert found["counts"] == {"permitted": 2, "refused": 0, "unknown": 0, "error": 0}
    assert (found["classes"], found["reading"]) == (2, "strict")


def test_what_cannot_be_read_is_told(place: Path) -> None:
    """Exit code 1, and square brackets in a cell are no markup."""
    code, output = run(*bulk(place, "broken"))
    assert code == 1
    assert "there is no '[nobody]'" in output
    assert "no legal advice" in output


def test_diff_exits_with_1_where_a_verdict_changed(place: Path) -> None:
    """And with 0 where none did."""
    for name in ("free", "other"):
        run(*bulk(place, name))
    free, other = (place / f"{name}.verdicts.parquet" for name in ("free", "other"))
    assert run("diff", free, free)[0] == 0
    code, found = answer("diff", free, other)
    assert (code, found["format"], found["changed"]) == (1, "licet-diff/1", 1)
    assert found["verdicts"][0]["examples"] == ["b"]
    code, output = run("diff", free, other)
    assert code == 1
    for words in ("permitted → refused", "non-commercial", "such as b", "1 changed, 1 the same"):
        assert words in output
