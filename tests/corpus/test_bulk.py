"""In bulk: the policy's own verdict for every item, row by row."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora import COMMERCIAL, DAY, THEN
from licet.catalog import Entry, Identifier, Right, Span
from licet.corpus import InBulk, decide_in_bulk
from licet.corpus.bulk_classes import ClassLine
from licet.corpus.credit import CREDIT, credit_for
from licet.corpus.house import house_policy
from licet.digests import sha256_bytes
from licet.errors import PolicyError, SourceError, UsageError
from licet.policy import Question, Verdict, decide
from licet.terms import Evidence, Layer, Scope, Standing, Term, Voice, resolve
from licet.workspace import Workspace

POLICY = house_policy()
ACCEPTS = frozenset({"attribution", "notice"})
LATER = DAY + timedelta(days=40)
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "stable-audio-open" / "fma_dataset_attribution2.csv"
STATEMENTS = (
    "",
    "All rights reserved",
    "Ask me first, I usually say yes",
    "GPL-2.0-or-later OR CC-BY-3.0",
    "CC0",
    "CC BY 4.0",
    "CC BY-SA 4.0",
    "CC BY-NC 4.0",
)
SPAN = Span("0" * 64, "1" * 64, 0, 1)
Row = dict[str, Any]

rows = st.fixed_dictionaries(
    {
        "item": st.integers(0, 24).map("item {}".format),
        "licence": st.sampled_from(STATEMENTS),
        "recording": st.sampled_from((None, "jamendo:1", "jamendo:2", "fma:10")),
        "scope": st.sampled_from((None, "collection", "artist", "release", "recording")),
        "standing": st.sampled_from((None, "public", "signed")),
        "covers": st.sampled_from((None, "recording", "work", "recording work")),
        "layer": st.sampled_from((None, *(layer.value for layer in Layer))),
        "captured": st.sampled_from((None, date(2024, 1, 1), DAY, LATER)),
        "source": st.sampled_from((None, "tag TCOP")),
        "vouched": st.sampled_from((None, True, False)),
        "dropped": st.sampled_from((None, False, True)),
        "evidence": st.sampled_from((None, *(sha256_bytes(text) for text in (b"1", b"2")))),
    }
)


def write(folder: Path, given: list[Row]) -> Path:
    """Write rows as a table; a column without a value anywhere is text."""
    names = dict.fromkeys(name for row in given for name in row)
    columns = {name: [row.get(name) for row in given] for name in names}
    path = folder / "items.parquet"
    empty = [name for name, cells in columns.items() if all(cell is None for cell in cells)]
    arrays = {name: pa.array(cells, type=pa.string() if name in empty else None) for name, cells in columns.items()}
    pq.write_table(pa.table(arrays or {"item": pa.array([], pa.string()), "licence": pa.array([], pa.string())}), path)
    return path


def bulk(items: Path, **more: Any) -> InBulk:
    """Decide on a table as for a commercial use."""
    asked = {"use": COMMERCIAL, "policy": POLICY, "reading": "strict", "accepts": ACCEPTS, "today": DAY}
    asked |= {"licet": "1", **more}
    return decide_in_bulk(items, items.with_name("verdicts.parquet"), **asked)


def verdicts(done: InBulk) -> list[Row]:
    """Read the verdicts."""
    found: list[Row] = pq.read_table(done.verdicts).to_pylist()
    return found


def classes(done: InBulk) -> dict[str, ClassLine]:
    """Read the classes."""
    lines = pq.read_table(done.classes).to_pylist()
    return {line["id"]: msgspec.convert(line, ClassLine) for line in lines}


def decided(tmp_path: Path, *given: Row) -> list[Row]:
    """Decide on rows."""
    return verdicts(bulk(write(tmp_path, list(given))))


def term_of(row: Row) -> Term:
    """Return what one row says, put together by hand."""
    voice = Voice.CATALOGUE if row["recording"] else Voice.CORPUS
    captured = datetime.combine(row["captured"] or DAY, time.min, UTC)
    digest = row["evidence"] or sha256_bytes(row["licence"].encode())
    return Term(
        row["licence"],
        resolve(row["licence"]),
        Evidence(digest, row["source"] or "list", "", captured),
        voice,
        row["recording"] or "",
        Scope[(row["scope"] or "recording").upper()],
        Standing[(row["standing"] or "public").upper()],
        frozenset(map(Right, (row["covers"] or "recording work").split())),
        vouched=row["vouched"] is not False,
        layer=Layer(row["layer"] or "audio"),
        dropped=row["dropped"] is True,
    )


def one_at_a_time(item: str, given: list[Row]) -> Verdict:
    """Decide on one item as it is decided on everywhere else."""
    terms = tuple(term_of(row) for row in given if row["item"] == item)
    return decide(Question(COMMERCIAL, terms, sha256_bytes(item.encode()), ACCEPTS), POLICY, "strict")


def reasons(line: Row, of: ClassLine) -> set[tuple[object, ...]]:
    """Put an item's own digests and recordings into the reasons of its class."""
    digests = dict(enumerate(line["evidence"] or [term.sha256 for term in of.terms], 1))
    digests[0] = sha256_bytes(line["item"].encode())
    about = dict(enumerate(line["recordings"], 1))
    return {
        (
            name,
            one.rule,
            one.verdict,
            one.says,
            tuple(sorted({digests[int(place)] for place in one.evidence})),
            one.cites,
            one.status,
            about[int(one.about)] if one.about else "",
        )
        for one in of.reasons
        for name in one.readings
    }


@settings(max_examples=6)
@given(st.lists(rows, max_size=80))
def test_bulk_is_one_at_a_time_many_times_over(tmp_path_factory: pytest.TempPathFactory, given: list[Row]) -> None:
    """For any evidence: the verdict under every reading, every reason with its evidence, conditions and changes."""
    done = bulk(write(tmp_path_factory.mktemp("any"), given))
    told = classes(done)
    lines = verdicts(done)
    assert [line["item"] for line in lines] == list(dict.fromkeys(row["item"] for row in given))
    for line in lines:
        verdict, of = one_at_a_time(line["item"], given), told[line["class"]]
        opinions = (verdict.opinion, *verdict.others)
        assert line["verdict"] == of.verdict == verdict.outcome
        assert line["readings"] == {opinion.reading: opinion.outcome for opinion in opinions}
        assert line["rule"] == verdict.opinion.reasons[0].rule
        assert line["conditions"] == [condition.name for condition in verdict.opinion.conditions]
        assert (of.contested, of.changes) == (verdict.contested, verdict.opinion.changes)
        assert reasons(line, of) == {
            (o.reading, r.rule, r.outcome, r.says, r.evidence, r.cites, r.status, r.about)
            for o in opinions
            for r in o.reasons
        }


def test_an_item_without_a_statement_is_unknown(tmp_path: Path) -> None:
    """Silence is never permission, in bulk either."""
    (line,) = decided(tmp_path, {"item": "a", "licence": None})
    assert (line["verdict"], line["rule"], line["error"]) == ("unknown", "silence", None)


def test_an_empty_table_gives_an_empty_answer(tmp_path: Path) -> None:
    """No items, no classes, and both files are there."""
    done = bulk(write(tmp_path, []))
    assert (done.counts.total, done.decided, verdicts(done), classes(done)) == (0, 0, [], {})


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        pytest.param({"voice": "nobody"}, "voice: there is no 'nobody'; it is one of corpus, catalogue", id="voice"),
        pytest.param(
            {"voice": "catalogue"}, "voice: the catalogue speaks of a recording, and none is named", id="whose"
        ),
        pytest.param({"scope": "planet"}, "scope: there is no 'planet'", id="scope"),
        pytest.param({"standing": "sworn"}, "standing: there is no 'sworn'", id="standing"),
        pytest.param({"covers": "recording, work"}, "covers: there is no 'recording,'", id="covers"),
        pytest.param({"covers": " "}, "covers: it names neither", id="covers nothing"),
        pytest.param({"layer": "cake"}, "layer: there is no 'cake'", id="layer"),
        pytest.param({"captured": "yesterday"}, "captured: there is no day 'yesterday'", id="day"),
        pytest.param({"captured": "2026-02-30"}, "captured: there is no day '2026-02-30'", id="30 February"),
        pytest.param({"captured": "infinity"}, "captured: there is no day 'infinity'", id="no end"),
        pytest.param({"captured": 5}, "captured: there is no day", id="a number for a day"),
        pytest.param({"vouched": "maybe"}, "vouched: 'maybe' is neither yes nor no", id="vouched"),
        pytest.param({"dropped": 2}, "dropped: '2' is neither yes nor no", id="dropped"),
        pytest.param({"evidence": "abc"}, "evidence: it is no SHA-256", id="evidence"),
        pytest.param({"item": None}, "item: it has none", id="null item"),
        pytest.param({"item": ""}, "item: it has none", id="empty item"),
    ],
)
def test_a_row_that_cannot_be_read_is_an_error_that_says_why(tmp_path: Path, cells: Row, says: str) -> None:
    """And it is counted; the row after it is decided on."""
    done = bulk(write(tmp_path, [{"item": "a", "licence": "CC0", **cells}, {"item": "z", "licence": "CC0"}]))
    bad, good = verdicts(done)
    assert bad["verdict"] == "error"
    assert bad["error"].startswith(says)
    assert bad["readings"] is bad["class"] is None
    assert good["verdict"] == "permitted"
    assert (done.counts.error, done.counts.permitted) == (1, 1)
    assert done.errors == ((bad["error"], 1),)


def test_one_bad_row_makes_its_item_an_error(tmp_path: Path) -> None:
    """What it was meant to say might have been a refusal."""
    (line,) = decided(tmp_path, {"item": "a", "licence": "CC0"}, {"item": "a", "licence": "CC0", "voice": "?"})
    assert line["verdict"] == "error"


def test_items_of_no_name_are_a_line_each(tmp_path: Path) -> None:
    """Nobody can say that two of them are one."""
    done = bulk(write(tmp_path, [{"item": None, "licence": "CC0"}, {"item": None, "licence": "CC0"}]))
    assert [line["row"] for line in verdicts(done)] == [1, 2]


def test_more_statements_than_are_weighed_are_an_error(tmp_path: Path) -> None:
    """A bound on what one item may cost."""
    done = bulk(write(tmp_path, [{"item": "a", "licence": "CC0", "source": str(n)} for n in range(257)]))
    assert [line["error"] for line in verdicts(done)] == ["more than 256 statements"]


@pytest.mark.parametrize(
    ("captured", "verdict"),
    [
        pytest.param("2026-11-22", "permitted", id="a day as text"),
        pytest.param("2026-11-22T23:59:59Z", "permitted", id="a time as text"),
        pytest.param("2026-11-22T23:30:00-05:00", "unknown", id="a time that is tomorrow in UTC"),
        pytest.param(date(2026, 11, 23), "unknown", id="tomorrow"),
        pytest.param(datetime(2026, 11, 22, 23, 0), "permitted", id="a time without an offset"),  # noqa: DTZ001  (its point)
        pytest.param(datetime(2026, 11, 22, 23, 0, tzinfo=UTC), "permitted", id="a time in UTC"),
        pytest.param(None, "permitted", id="nothing: today"),
    ],
)
def test_what_was_captured_after_the_day_does_not_count(tmp_path: Path, captured: object, verdict: str) -> None:
    """Whatever way a day is written."""
    (line,) = decided(tmp_path, {"item": "a", "licence": "CC0", "captured": captured})
    assert line["verdict"] == verdict


@pytest.mark.parametrize("different", [300_007, 40_009], ids=["each once", "most of them several times"])
def test_the_same_table_gives_the_same_bytes_in_its_own_order(tmp_path: Path, different: int) -> None:
    """With more rows than one thread takes at a time."""
    given = [{"item": f"{n * 7919 % different}", "licence": STATEMENTS[n % 8], "title": f"{n}"} for n in range(300_000)]
    items = write(tmp_path, given)
    first = bulk(items)
    bytes_of = [path.read_bytes() for path in (first.verdicts, first.classes)]
    assert [line["item"] for line in verdicts(first)] == list(dict.fromkeys(row["item"] for row in given))
    again = bulk(items)
    assert [path.read_bytes() for path in (again.verdicts, again.classes)] == bytes_of


def test_what_was_asked_stands_in_both_files(tmp_path: Path) -> None:
    """A verdict is worth nothing without its question."""
    done = bulk(write(tmp_path, [{"item": "a", "licence": "it's mine"}]))
    for path in (done.verdicts, done.classes):
        head = msgspec.json.decode(pq.read_schema(path).metadata[b"licet"])
        assert (head["format"], head["act"], head["day"]) == ("licet-bulk/1", "train-generative", DAY.isoformat())
        assert head["policy_sha256"] == POLICY.digest


def test_what_cannot_be_asked_is_a_named_error(tmp_path: Path) -> None:
    """No table, no columns, no reading, no condition."""
    good = write(tmp_path, [{"item": "a", "licence": "CC0"}])
    with pytest.raises(SourceError, match="there is no table"):
        bulk(tmp_path / "nothing.parquet")
    (tmp_path / "text.parquet").write_text("not a table")
    with pytest.raises(SourceError, match="cannot be decided on"):
        bulk(tmp_path / "text.parquet")
    with pytest.raises(PolicyError):
        bulk(good, reading="lenient")
    with pytest.raises(UsageError, match="no licence asks for cake"):
        bulk(good, accepts=frozenset({"cake"}))
    pq.write_table(pa.table({"name": ["a"]}), tmp_path / "other.parquet")
    with pytest.raises(SourceError, match="no column item and no column licence"):
        bulk(tmp_path / "other.parquet")


_cells = st.one_of(
    st.just(""), st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=9)
)


@settings(max_examples=10)
@given(
    st.lists(
        st.tuples(_cells, _cells, _cells, st.one_of(_cells, st.just("a  b\u2003\x1fc\n"))), min_size=1, max_size=30
    )
)
def test_a_credit_in_bulk_is_the_credit(given: list[tuple[str, str, str, str]]) -> None:
    """DuckDB's words and Python's are the same."""
    licence = resolve("CC BY 4.0").offers[0]
    table = pa.table(
        {
            "item": ["fma:1"] * len(given),
            **{
                name: list(cells)
                for name, cells in zip(("title", "artist", "url", "attribution"), zip(*given, strict=True), strict=True)
            },
        }
    )
    with duckdb.connect() as connection:
        connection.register("given", table)
        found = connection.execute(f"SELECT {CREDIT} FROM given").fetchall()  # noqa: S608  (our own words)
    for (credit,), (title, artist, url, attribution) in zip(found, given, strict=True):
        entry = Entry(Identifier("fma", "1"), SPAN, title=title, artist=artist, url=url, attribution=attribution)
        assert credit_for(entry, licence) == f"{credit} — CC BY 4.0 <https://creativecommons.org/licenses/by/4.0/>"


def test_only_what_is_permitted_is_credited(tmp_path: Path) -> None:
    """And only where the licence asks for it."""
    given = [
        {"item": name, "licence": name, "title": "T", "artist": "A"} for name in ("CC BY 4.0", "CC0", "CC BY-NC 4.0")
    ]
    first, *others = decided(tmp_path, *given)
    assert first["attribution"] == "“T” by A — CC BY 4.0 <https://creativecommons.org/licenses/by/4.0/>"
    assert [line["attribution"] for line in others] == ["", ""]


@pytest.mark.untraced
@pytest.mark.skipif(not SHARED.is_file(), reason="the list of Stable Audio Open is not part of this repository")
def test_the_list_of_stable_audio_open_clears_as_its_makers_say(tmp_path: Path) -> None:
    """8,967 recordings under CC BY and 4,907 under CC0, all permitted; every credit stands in the attribution text."""
    with SHARED.open(encoding="utf-8", newline="") as stream:
        listed = list(csv.DictReader(stream))
    (tmp_path / "ids.csv").write_text("id\n" + "".join(f"fma:{row['id']}\n" for row in listed))
    with Workspace.init(tmp_path / "workspace") as workspace:
        workspace.add("stable-audio", SHARED, captured_at=THEN)
        cleared = workspace.clear(tmp_path / "ids.csv", COMMERCIAL, accepts=ACCEPTS, out=tmp_path / "out", workers=1)
        lines = list(cleared.lines())
    assert Counter((line.family, line.verdict) for line in lines) == {
        ("BY", "permitted"): 8967,
        ("CC0", "permitted"): 4907,
    }
    text = (tmp_path / "out" / "ATTRIBUTION.txt").read_text(encoding="utf-8")
    credited = {" ".join(line.attribution.split()) for line in lines if line.attribution}
    assert "8,967 items" in text
    assert sum(line.startswith("  “") for line in text.splitlines()) == len(credited)
    assert sum(bool(line.attribution) for line in lines) == 8967
    rows_ = [
        {
            "item": f"fma:{row['id']}",
            "licence": row["license"],
            "title": row["title"].strip(),
            "artist": row["author"].strip(),
            "url": row["url"],
        }
        for row in listed
    ]
    in_bulk = {line["item"]: line["attribution"] for line in decided(tmp_path, *rows_)}
    assert in_bulk == {line.item: line.attribution for line in lines}
