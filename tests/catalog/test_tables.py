"""Tables of any make are read row by row, and what is wrong in one row costs that row."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

import lookalikes
from licet.catalog import Entry, Problem, Right, Severity, open_source
from licet.errors import SourceError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


def read(path: Path, **options: Any) -> tuple[list[Entry], list[Problem]]:
    """Read a table: its entries and its problems."""
    items = list(open_source("table", path, **options).read())
    problems = [item for item in items if isinstance(item, Problem)]
    return [item for item in items if isinstance(item, Entry)], problems


def table(folder: Path, content: str | bytes, name: str = "list.csv") -> Path:
    """Write a table."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def only(folder: Path, content: str, **options: Any) -> tuple[Entry, list[Problem]]:
    """Read a table of one entry."""
    (entry,), problems = read(table(folder, content), **options)
    return entry, problems


def test_columns_are_known_by_their_common_names(tmp_path: Path) -> None:
    """Spelling, case and punctuation of a header do not matter."""
    header = (
        "Track ID;File-Name;Track title;ARTIST_NAME;Album;Licence URL;Page;Duration (s);Rights-holder;ISRC;ISWC;SHA256"
    )
    row = (
        "jamendo:214;a/b.mp3;T;A;B;http://x;https://freesound.org/s/5;3:05.5;H;US-RC1-76-07839;T-034.524.680-1;"
        + "ab" * 32
    )
    entry, problems = only(tmp_path, f"{header}\n{row}\n")
    assert (str(entry.key), entry.path, entry.title, entry.artist, entry.album) == (
        "jamendo:214",
        "a/b.mp3",
        "T",
        "A",
        "B",
    )
    assert (entry.licence, entry.url, entry.duration_s) == ("http://x", "https://freesound.org/s/5", 185.5)
    assert [str(name) for name in entry.identifiers] == ["isrc:USRC17607839", f"sha256:{'ab' * 32}", "freesound:5"]
    assert entry.work is not None
    assert str(entry.work.iswc) == "iswc:T0345246801"
    assert (entry.holdings[0].party.name, problems) == ("H", [])


def test_columns_may_be_called_anything(tmp_path: Path) -> None:
    """A mapping says which column holds a field, whatever it is called."""
    entry, _ = only(
        tmp_path, "Track Name,Rechte\nA song,Restricted\n", columns={"key": "Track Name", "licence": "Rechte"}
    )
    assert (str(entry.key), entry.licence) == ("local:list/A song", "Restricted")


def test_a_column_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    """The refusal lists the columns; an unknown field and a table that names nothing are refused too."""
    path = table(tmp_path, "a,b\n1,2\n")
    with pytest.raises(SourceError, match="no column 'c'") as refusal:
        read(path, columns={"path": "c"})
    assert "a, b" in refusal.value.mend
    with pytest.raises(UsageError, match="no field 'colour'"):
        read(path, columns={"colour": "a"})
    with pytest.raises(SourceError, match="no column that names a recording"):
        read(path)
    with pytest.raises(UsageError, match="no identifier scheme"):
        read(path, columns={"key": "a"}, scheme="vinyl")


NAMED = {
    "an identifier": ("id,file\njamendo:0214,x\n", {}, "jamendo:214"),
    "a number of a scheme": ("id,file\n0214,x\n", {"scheme": "jamendo"}, "jamendo:214"),
    "no number of the scheme": ("id,file\nx,x\n", {"scheme": "jamendo"}, "local:list/x"),
    "a name of its own": ("id,file\na 1,x\n", {}, "local:list/a 1"),
    "a name with a colon": ("id,file\nmix: one,x\n", {}, "local:list/mix: one"),
    "its path": ("id,file\n,a\tb.mp3\n", {"name": "mine"}, "local:mine/a\\x09b.mp3"),
    "its isrc": ("isrc,title\nUSRC17607839,T\n", {}, "isrc:USRC17607839"),
    "its page": ("url,title\nhttp://www.jamendo.com/track/214,T\n", {}, "jamendo:214"),
}


@pytest.mark.parametrize(("content", "options", "key"), NAMED.values(), ids=NAMED)
def test_a_row_is_named_by_the_best_it_has(content: str, options: dict[str, Any], key: str, tmp_path: Path) -> None:
    """An identifier, else a path, else what else can name it; and the key is not repeated among the identifiers."""
    entry, problems = only(tmp_path, content, **options)
    assert (str(entry.key), problems) == (key, [])
    assert entry.key not in entry.identifiers


HOLDERS = {
    "one": ("Ann", "", [("Ann", None)]),
    "one with a share": ("Ann", "50%", [("Ann", Fraction(1, 2))]),
    "several": ("Ann=1/2; Bob=0.25;Cyd", "", [("Ann", Fraction(1, 2)), ("Bob", Fraction(1, 4)), ("Cyd", None)]),
    "a name with a semicolon": ("Ann; Bob", "", [("Ann; Bob", None)]),
    "nobody": ("", "1/2", []),
}


@pytest.mark.parametrize(("holder", "share", "parties"), HOLDERS.values(), ids=HOLDERS)
def test_holders_are_read_with_their_shares(
    holder: str, share: str, parties: list[tuple[str, Fraction | None]], tmp_path: Path
) -> None:
    """Each holder is a party with a share of the recording, where one is stated."""
    entry, problems = only(tmp_path, f"path,holder,share\na.mp3,{holder},{share}\n")
    assert [(holding.party.name, holding.share) for holding in entry.holdings] == parties
    assert all(holding.right == Right.RECORDING for holding in entry.holdings)
    assert problems == []


DOUBTFUL = {
    "a share over one": "holder,share\nAnn,3/2",
    "shares over one": "holder,share\nAnn=2/3; Bob=2/3,",
    "a share of nothing": "holder,share\nAnn=1/0,",
    "no share": "holder,share\nAnn,half",
    "no isrc": "isrc,share\nnonsense,",
    "no iswc": "iswc,share\nT-034.524.680-2,",
    "no length": "duration,share\nlong,",
    "a length less than nothing": "duration,share\n-1,",
    "an endless length": "duration,share\ninf,",
    "no number": "duration,share\nnan,",
}


@pytest.mark.parametrize("columns", DOUBTFUL.values(), ids=DOUBTFUL)
def test_what_does_not_add_up_is_left_out_and_reported(columns: str, tmp_path: Path) -> None:
    """The row is kept without it, and the problem names its line."""
    header, row = columns.split("\n")
    entry, problems = only(tmp_path, f"path,{header}\na.mp3,{row}\n")
    assert (entry.holdings, entry.identifiers, entry.work, entry.duration_s) == ((), (), None, None)
    assert [(problem.where, problem.severity) for problem in problems] == [("list.csv:2", Severity.DOUBT)]


def test_statements_are_kept_exactly_as_worded(tmp_path: Path) -> None:
    """Blanks and line ends inside a licence or a credit stay; a blank one is none."""
    (first, second), _ = read(table(tmp_path, 'path,licence,attribution\na,"  CC BY\n 4.0 ", by Ann\nb, ,\n'))
    assert (first.licence, first.attribution) == ("  CC BY\n 4.0 ", " by Ann")
    assert (second.licence, second.attribution) == (None, None)


LOST = {
    "a field too few": b"a,CC0\nx\nb,CC0\n",
    "a field too many": b"a,CC0\nx,CC0,CC BY\nb,CC0\n",
    "not utf-8": b"a,CC0\ncaf\xe9,CC0\nb,CC0\n",
    "a quote never closed": b'a,CC0\nx,"CC0\nb,CC0\n',
    "a quote closed wrongly": b'a,CC0\n"x"y,CC0\nb,CC0\n',
    "no name": b"a,CC0\n,CC0\nb,CC0\n",
    "a line without end": b"a,CC0\n" + b"x" * 3_000_000 + b"\nb,CC0\n",
    "a quoted line without end": b'a,CC0\n"' + b"x\n" + b"y" * 3_000_000 + b"\nb,CC0\n",
}


@pytest.mark.parametrize("rows", LOST.values(), ids=LOST)
def test_a_broken_row_costs_only_its_lines(rows: bytes, tmp_path: Path) -> None:
    """The rows before and behind are read, and the problem says which line it was."""
    entries, problems = read(table(tmp_path, b"path,licence\n" + rows))
    assert [entry.path for entry in entries] == ["a", "b"]
    assert problems[0].where == "list.csv:3"
    assert {problem.severity for problem in problems} == {Severity.LOST}


def test_empty_fields_behind_a_row_do_no_harm(tmp_path: Path) -> None:
    """Spreadsheets leave commas behind rows; of two columns with one name the first counts."""
    (entry,), problems = read(table(tmp_path, "path,licence,licence\na,CC0,CC BY,,\n"))
    assert (entry.licence, problems) == ("CC0", [])


TWICE = {
    "the same": ("a,CC0\na,CC0\n", ["CC0"], 0),
    "silent first": ("a,\na,CC0\n", ["CC0"], 0),
    "silent second": ("a,CC0\na,\n", ["CC0"], 0),
    "both silent": ("a,\na,\n", [None], 0),
    "different": ("a,CC0\na,CC BY-NC\n", [None], 1),
    "three times": ("a,CC0\na,CC BY\na,CC0\n", [None], 1),
}


@pytest.mark.parametrize(("rows", "licences", "doubts"), TWICE.values(), ids=TWICE)
def test_a_recording_listed_twice_is_one(rows: str, licences: list[str | None], doubts: int, tmp_path: Path) -> None:
    """One entry a recording; where its rows contradict each other none of the licences is taken."""
    entries, problems = read(table(tmp_path, f"path,licence\n{rows}"))
    assert [entry.licence for entry in entries] == licences
    assert [problem.severity for problem in problems] == [Severity.DOUBT] * doubts


def test_rows_may_be_asked_for_as_they_stand(tmp_path: Path) -> None:
    """A corpus that lists a file twice has it twice."""
    source = open_source("table", table(tmp_path, "path,licence\na,CC0\na,CC BY\n"))
    assert [item.licence for item in source.rows() if isinstance(item, Entry)] == ["CC0", "CC BY"]  # type: ignore[attr-defined]  # only tables have rows


def test_lines_that_are_no_objects_are_problems(tmp_path: Path) -> None:
    """In JSONL a line of something else costs itself, be it deep, long or of another character set."""
    deep = b"[" * 200_000
    lines = [
        b'{"path": "a"}',
        b"[1]",
        b"{",
        deep,
        b'"\xff"',
        b'{"path": "' + b"x" * 2_000_000 + b'"}',
        b'{"path": "b"}',
    ]
    entries, problems = read(table(tmp_path, b"\n".join(lines), "list.jsonl"))
    assert [entry.path for entry in entries] == ["a", "b"]
    assert [problem.where for problem in problems] == [f"list.jsonl:{line}" for line in (2, 3, 4, 5, 6)]


def test_a_column_may_come_late(tmp_path: Path) -> None:
    """An object may state what none before it did, and a licence is never lost for that."""
    note = "x" * 100_000
    lines = [f'{{"path": "{number}", "note": "{note}"}}' for number in range(120)]
    path = table(tmp_path, "\n".join([*lines, '{"path": "last", "license": "CC0"}']), "list.jsonl")
    assert read(path)[0][-1].licence == "CC0"


def test_tabs_part_fields_and_quotes_are_letters(tmp_path: Path) -> None:
    """In a tab-separated file a line is a row: long ones and other character sets are problems."""
    content = b'path\ttitle\na\t"A\nb\tcaf\xe9\nc\t' + b"x" * 2_000_000 + b"\nd\tD\n"
    entries, problems = read(table(tmp_path, content, "list.tsv"))
    assert [(entry.path, entry.title) for entry in entries] == [("a", '"A'), ("d", "D")]
    assert [problem.where for problem in problems] == ["list.tsv:3", "list.tsv:4"]


def test_a_table_without_rows_states_nothing(tmp_path: Path) -> None:
    """A header alone is a table, in CSV as in Parquet."""
    assert read(table(tmp_path, "path,licence\n")) == ([], [])
    parquet.write_table(pa.table({"path": pa.array([], pa.string())}), tmp_path / "list.parquet")
    assert read(tmp_path / "list.parquet") == ([], [])


def test_a_parquet_row_that_is_no_text_costs_only_itself(tmp_path: Path) -> None:
    """Text columns hold bytes that nobody checked."""
    bad = pa.Array.from_buffers(pa.string(), 3, pa.array([b"a", b"\xff", b"c"], pa.binary()).buffers())
    parquet.write_table(pa.table({"path": bad}), tmp_path / "list.parquet")
    entries, problems = read(tmp_path / "list.parquet")
    assert [entry.path for entry in entries] == ["a", "c"]
    assert [problem.where for problem in problems] == ["list.parquet:2"]


def test_a_damaged_parquet_file_is_refused(tmp_path: Path) -> None:
    """A file whose end is whole and whose rows are not is refused with the place."""
    path = lookalikes.parquet_table(tmp_path)
    content = bytearray(path.read_bytes())
    content[4:40] = b"\xff" * 36
    path.write_bytes(content)
    with pytest.raises(SourceError, match="damaged"):
        read(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(st.text(st.sampled_from('",;\n\r\tax\0\\{}[]:é'), max_size=80), st.sampled_from([".csv", ".tsv", ".jsonl"]))
def test_any_text_is_read_or_reported(tmp_path: Path, rows: str, suffix: str) -> None:
    """No text in a table makes reading fail, and whatever is stated lies where its entry says."""
    header = '{"path": "first"}\n' if suffix == ".jsonl" else "path\n"
    path = table(tmp_path, header + rows, f"list{suffix}")
    content = path.read_bytes()
    for entry in read(path)[0]:
        raw = content[entry.span.start : entry.span.start + entry.span.length]
        assert entry.path is not None
        assert raw


def test_tracks_of_the_fma_are_read_across_lines(tmp_path: Path) -> None:
    """Two header rows, texts over several lines, and a licence kept as its title."""
    first, second = (item for item in open_source("fma", lookalikes.fma(tmp_path)).read() if isinstance(item, Entry))
    assert (str(first.key), first.path, first.title, first.artist, first.album) == (
        "fma:2",
        "000/000002.mp3",
        "Food",
        "Awol",
        "AWOL",
    )
    assert (first.licence, first.duration_s) == ("Attribution-NonCommercial 3.0", 168.0)
    assert (second.path, second.licence) == ("001/001300.mp3", None)
    assert [(held.party.name, held.right) for held in second.holdings] == [
        ("Awol", Right.RECORDING),
        ("Eddy", Right.WORK),
    ]


def test_broken_tracks_of_the_fma_are_problems(tmp_path: Path) -> None:
    """Short rows, ids that are none and quotes never closed cost themselves; a length that is none is left out."""
    path = lookalikes.fma(tmp_path) / "tracks.csv"
    with path.open("a") as stream:
        stream.write('3,,AWOL\nx,,AWOL,Awol,training,CC0,T,168,\n4,,AWOL,Awol,training,CC0,T,long,\n5,"\n')
    items = list(open_source("fma", path).read())
    last = [item for item in items if isinstance(item, Entry)][-1]
    assert (str(last.key), last.duration_s) == ("fma:4", None)
    assert [item.where for item in items if isinstance(item, Problem)] == [f"tracks.csv:{line}" for line in (7, 8, 10)]


@pytest.mark.parametrize("content", ["", "a,b\n", "a,b\nc,d\n1,2\n"], ids=["empty", "one header", "other headers"])
@pytest.mark.parametrize("kind", ["fma", "stable-audio"])
def test_a_table_of_something_else_is_refused(kind: str, content: str, tmp_path: Path) -> None:
    """A CSV that is not the one it was said to be is refused before anything is read from it."""
    with pytest.raises(SourceError):
        list(open_source(kind, table(tmp_path, content, "tracks.csv")).read())


def test_attributions_belong_where_their_links_lead(tmp_path: Path) -> None:
    """The link tells the Free Music Archive from Freesound; without one the user may say."""
    path = lookalikes.stable_audio(tmp_path)
    with path.open("a") as stream:
        stream.write("9,T,,cc0,\n")
    items = list(open_source("stable-audio", path).read())
    assert [str(item.key) for item in items if isinstance(item, Entry)] == ["fma:4850", "freesound:77"]
    assert [item.where for item in items if isinstance(item, Problem)] == ["list.csv:4"]
    told = [item for item in open_source("stable-audio", path, scheme="fma").read() if isinstance(item, Entry)]
    assert (str(told[2].key), told[2].holdings) == ("fma:9", ())


@pytest.mark.untraced
def test_the_real_attribution_list_is_read_whole(data: Path) -> None:
    """All 13,874 attributions: 8,967 BY and 4,907 CC0."""
    path = data / "stable-audio-open" / "fma_dataset_attribution2.csv"
    items = list(open_source("stable-audio", path).read())
    licences = [item.licence for item in items if isinstance(item, Entry)]
    assert (len(items), licences.count("ccby"), licences.count("cc0")) == (13_874, 8_967, 4_907)


def test_the_real_track_list_of_musdb_is_read_whole(data: Path) -> None:
    """A table with columns of its own: 150 tracks, 102 of them restricted."""
    entries, problems = read(data / "musdb18" / "tracklist.csv", columns={"key": "Track Name"})
    assert (len(entries), sum(entry.licence == "Restricted" for entry in entries), problems) == (150, 102, [])
