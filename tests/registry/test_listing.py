"""Lists of holdings, and catalogues that say by the way who holds what."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from pyarrow import parquet

from licet.catalog import Right
from licet.catalog.sources.table import Table
from licet.errors import SourceError
from licet.registry.listing import Held, Listed, is_catalogue, read_catalogue, read_holdings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HALF = Held("ann", (Right.WORK,), Fraction(1, 2), "composer")


def written(path: Path, columns: Mapping[str, object]) -> Path:
    """Write a Parquet file."""
    parquet.write_table(pa.table(dict(columns)), path)
    return path


def broken_text() -> pa.Array:
    """Return a column of text whose second value is not UTF-8."""
    raw = pa.array([b"jamendo:1", b"\xff"], pa.binary())
    return pa.Array.from_buffers(pa.string(), 2, raw.buffers())


@pytest.mark.parametrize(
    ("header", "catalogue"),
    [
        ("recording,right,holder,share", False),
        ("Recording", False),
        ("recording,colour", False),
        ("recording,title", True),
        ("path", True),
        ("isrc,holder,share", True),
    ],
)
def test_a_list_that_says_more_than_who_holds_what_is_a_catalogue(header: str, catalogue: bool, tmp_path: Path) -> None:
    """By the names that columns commonly have; a column that nobody knows makes none."""
    path = tmp_path / "list.csv"
    path.write_text(f"{header}\n")
    assert is_catalogue(path) is catalogue
    assert is_catalogue(written(tmp_path / "list.parquet", {name: ["x"] for name in header.split(",")})) is catalogue
    path.rename(tmp_path / "list.txt")
    assert not is_catalogue(tmp_path / "list.txt")


def test_what_is_meant_where_a_line_is_silent(tmp_path: Path) -> None:
    """Who registers, which rights, and how much; what the line says counts before it."""
    path = tmp_path / "list.csv"
    path.write_text("recording,right,holder,share,role\njamendo:1,,,,\njamendo:2,recording,bob,1,label\n")
    assert list(read_holdings(path, HALF)) == [
        Listed("jamendo:1", Right.WORK, "ann", Fraction(1, 2), "composer"),
        Listed("jamendo:2", Right.RECORDING, "bob", Fraction(1), "label"),
    ]
    path.write_text(f"recording,role\njamendo:1,{'x' * 101}\n")
    with pytest.raises(SourceError, match=r"list\.csv:2: the role is too long"):
        list(read_holdings(path, HALF))


def test_rows_of_a_catalogue_that_name_nothing_are_passed_over(tmp_path: Path) -> None:
    """As they are where it is put on record: a row too long, one without a name, one that is no text."""
    path = tmp_path / "list.csv"
    path.write_text("path,title\na.wav,A\nb.wav,B,more\n,C\n")
    assert [one.recording for one in read_catalogue(path, HALF, Table(path).key_of)] == ["local:list/a.wav"]
    path = written(tmp_path / "list.parquet", {"id": broken_text()})
    assert [one.recording for one in read_catalogue(path, HALF, Table(path).key_of)] == ["jamendo:1"]


def test_a_parquet_list_of_holdings_is_whole_or_nothing(tmp_path: Path) -> None:
    """The error names the row."""
    with pytest.raises(SourceError, match=r"list\.parquet:2: the row is not UTF-8"):
        list(read_holdings(written(tmp_path / "list.parquet", {"recording": broken_text()}), HALF))
    bad = written(tmp_path / "bad.parquet", {"recording": ["jamendo:1", "spotify:1"]})
    with pytest.raises(SourceError, match=r"bad\.parquet:2: "):
        list(read_holdings(bad, HALF))
