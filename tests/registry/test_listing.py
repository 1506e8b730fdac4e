"""Lists of holdings, and catalogues that say by the way who holds what."""

from __future__ import annotations

import os
import tracemalloc
from fractions import Fraction
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from pyarrow import parquet

from licet.catalog import Right
from licet.catalog.sources.table import Table
from licet.errors import SourceError
from licet.registry.listing import LONGEST, Held, Listed, is_catalogue, read_catalogue, read_holdings

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


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("recording,right,holder\njamendo:1,work,ann,1/2\n", r":2: the row has 4 fields, and the header 3"),
        ("recording,right,holder\njamendo:1,work\n", r":2: the row has 2 fields, and the header 3"),
        ("recording,share,share\njamendo:1,1/2,1\n", "the column 'share' is there 2 times"),
        ("recording,role\njamendo:1,a\0b\n", r":2: the role is too long, or holds what nobody can see"),
        ("recording\n" + "x" * (LONGEST + 1), r":2: the line has more than 65536 bytes"),
        ('recording\n"jamendo:1\n', "is no list of holdings"),
        ("", "has no column `recording`"),
    ],
    ids=["surplus", "short", "twice", "unseen", "endless", "open quote", "empty"],
)
def test_a_list_that_is_not_whole_is_none(text: str, says: str, tmp_path: Path) -> None:
    """The error names the line or the column: what is left of it could be another holding."""
    path = tmp_path / "list.csv"
    path.write_text(text)
    with pytest.raises(SourceError, match=says):
        list(read_holdings(path, HALF))


def test_a_list_is_a_file_and_its_lines_are_not_read_whole(tmp_path: Path) -> None:
    """A pipe is not waited on, and three gigabytes without an end of line are not read. An empty line is none."""
    path = tmp_path / "list.csv"
    path.write_bytes(b"\xef\xbb\xbfrecording\n\njamendo:1\n")
    assert len(list(read_holdings(path, HALF))) == 1
    os.truncate(path, 3 << 30)
    tracemalloc.start()
    with pytest.raises(SourceError, match=r":4: the line has more than"):
        list(read_holdings(path, HALF))
    assert tracemalloc.get_traced_memory()[1] < 4 << 20
    tracemalloc.stop()
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(SourceError, match="not a regular file"):
        list(read_holdings(path, HALF))


def test_a_column_of_holders_is_there_once(tmp_path: Path) -> None:
    """In Parquet, and in a catalogue of either kind: which of two counts would be a guess."""
    columns = [pa.array([one]) for one in ("jamendo:1", "1/2", "1")]
    twice = pa.Table.from_arrays(columns, ["id", "share", "share"])
    parquet.write_table(twice, path := tmp_path / "list.parquet")
    with pytest.raises(SourceError, match="the column 'share' is there 2 times"):
        list(read_catalogue(path, HALF, lambda _: None))
    parquet.write_table(twice.rename_columns(["recording", "share", "share"]), path)
    with pytest.raises(SourceError, match="the column 'share' is there 2 times"):
        list(read_holdings(path, HALF))
    path = tmp_path / "list.csv"
    path.write_text("path,share,Share,share\na.wav,1/2,1,1\n")
    with pytest.raises(SourceError, match="the column 'share' is there 3 times"):
        list(read_catalogue(path, HALF, Table(path).key_of))


def test_a_time_beyond_every_calendar_is_no_share(tmp_path: Path) -> None:
    """What Parquet can say and nobody can read is said to be so."""
    far = pa.array([3 * 10**17], pa.int64()).cast(pa.timestamp("us"))
    with pytest.raises(SourceError, match=r"list\.parquet:1: the row holds what cannot be read"):
        list(read_holdings(written(tmp_path / "list.parquet", {"recording": ["jamendo:1"], "share": far}), HALF))
