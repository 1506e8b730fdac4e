"""The EU's public summary: the whole template, filled as far as the record goes, and the same on a page and in Word."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import date
from hashlib import sha256
from html import unescape
from html.parser import HTMLParser
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import docx
import pytest
from docx.table import Table as DocxTable

from licet.corpus import Line, Seal, StatementLine
from licet.corpus.manifest import ReasonLine
from licet.corpus.wording import shown
from licet.exports import About, Facts
from licet.exports.eu_summary import summary_of, write
from licet.exports.eu_summary.general import HOURS
from manifests import BY, HOSTILE_TITLES, NC, STRICT, digest, line_of, many_lines, sample_lines, write_sample

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from licet.exports.eu_summary.form import Field, Summary

# The template's own headings, in its own order: C(2025) 5235 final, Annex, as secondary renderers have them.
HEADINGS = (
    "1 General information",
    "1.1 Provider identification",
    "1.2 Model identification",
    "1.3 Modalities, overall training data size and other characteristics",
    "2 List of data sources",
    "2.1 Publicly available datasets",
    "2.2 Private non-publicly available datasets obtained from third parties",
    "2.2.1 Datasets commercially licensed by rightsholders or their representatives",
    "2.2.2 Private datasets obtained from other third parties",
    "2.3 Data crawled and scraped from online sources",
    "2.4 User data",
    "2.5 Synthetic data",
    "2.6 Other sources of data",
    "3 Data processing aspects",
    "3.1 Respect of reservation of rights from text and data mining exception or limitation",
    "3.2 Removal of illegal content",
    "3.3 Other information (optional)",
)
FULL = About(
    name="Harbour Sessions",
    publisher="Quay Models SAS",
    publisher_url="https://quay.example",
    contact="rights@quay.example",
    model="Harbour",
    model_version="1.0",
    model_url="https://quay.example/harbour",
    placed_on_market=date(2026, 12, 1),
    published=date(2026, 11, 23),
    representative="Kai & Co., Bremen",
)


def facts_of(folder: Path, lines: Iterable[Line] | None = None, about: About | None = None, **head: object) -> Facts:
    """Return the facts of a look-alike manifest."""
    return Facts.of(write_sample(folder, lines, **head), about or About())


def field(summary: Summary, label: str) -> Field:
    """Return the one field whose label begins so."""
    (found,) = (one for one in summary.fields if one.label.startswith(label))
    return found


class Text(HTMLParser):
    """Collects what a reader sees of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.headings: list[str] = []
        self._within: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002  (HTMLParser's own)
        """Note where we are."""
        self._within.append(tag)
        if re.fullmatch("h[2-4]", tag):
            self.headings.append("")

    def handle_endtag(self, tag: str) -> None:
        """Leave."""
        while self._within and self._within.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Keep what is shown."""
        if not {"style", "title"} & set(self._within):
            self.seen.append(data)
            if {"h2", "h3", "h4"} & set(self._within):
                self.headings[-1] += data


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    """A varied manifest, and all that its publisher knows."""
    return facts_of(tmp_path_factory.mktemp("eu"), about=FULL)


@pytest.fixture(scope="module")
def files(facts: Facts, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, bytes]:
    """The page and the document."""
    page, document = write(facts, tmp_path_factory.mktemp("out"))
    return page.read_text(encoding="utf-8"), document.read_bytes()


def test_every_heading_of_the_template_is_there_in_its_order(facts: Facts, files: tuple[str, bytes]) -> None:
    """In the summary, on the page and in the document."""
    sections = [f"{one.number} {one.title}" for one in summary_of(facts).sections if one.number]
    page = [" ".join(text.split()) for text in Text(files[0]).headings]
    document = [one.text for one in docx.Document(BytesIO(files[1])).paragraphs if one.style.name.startswith("Heading")]
    assert tuple(sections) == tuple(page[1:]) == tuple(document[1:]) == HEADINGS


@pytest.mark.parametrize("about", [FULL, About()], ids=["all said", "nothing said"])
@pytest.mark.parametrize("lines", [None, []], ids=["sample", "empty"])
def test_each_field_says_what_it_is_filled_from_or_what_a_person_owes(
    tmp_path: Path, lines: list[Line] | None, about: About
) -> None:
    """Nothing is left blank without a word, and nothing is filled from nowhere."""
    for one in summary_of(facts_of(tmp_path, lines, about)).fields:
        assert one.filled or one.asks, one.label
        assert one.filled == bool(one.filled_from), one.label


def test_the_page_and_the_document_hold_the_same(facts: Facts, files: tuple[str, bytes]) -> None:
    """Whatever the summary holds stands in both."""
    summary = summary_of(facts)
    page = " ".join("".join(Text(files[0]).seen).split())
    document = " ".join(words_of(files[1]).split())
    texts = [*summary.notes, *summary.closing, summary.tally]
    for one in summary.fields:
        texts += [one.label, *one.says, *(choice.says for choice in one.choices), one.asks]
        texts += [cell for row in one.table.rows for cell in row] if one.table else []
    for text in map(shown, filter(None, texts)):
        assert text in page
        assert text in document
    asked = sum(bool(one.asks) for one in summary.fields)
    assert page.count("To be filled by a person.") == document.count("To be filled by a person.") == asked > 30


def words_of(document: bytes) -> str:
    """Return all text of a document, that of tables within tables too."""

    def of(block: Any) -> list[str]:
        found = [paragraph.text for paragraph in block.paragraphs]
        for table in block.tables:
            found += [text for row in table.rows for cell in row.cells for text in of(cell)]
        return found

    return "\n".join(of(docx.Document(BytesIO(document))))


def test_what_the_publisher_says_is_filled_in(facts: Facts) -> None:
    """And nothing more is asked of it."""
    summary = summary_of(facts)
    assert field(summary, "Provider name").says == ("Quay Models SAS", "rights@quay.example", "https://quay.example")
    assert field(summary, "Authorised representative").says == ("Kai & Co., Bremen",)
    assert field(summary, "Versioned model name").says == ("Harbour 1.0", "https://quay.example/harbour")
    assert field(summary, "Date of placement").says == ("1 December 2026",)
    assert field(summary, "Last update").says == ("23 November 2026",)
    assert not any(field(summary, name).asks for name in ("Provider name", "Versioned model", "Date of placement"))


def test_half_a_name_is_asked_for_still(tmp_path: Path) -> None:
    """A provider without an address, a model without a version."""
    summary = summary_of(facts_of(tmp_path, about=About(publisher="Quay", model="Harbour")))
    assert field(summary, "Provider name").filled
    assert field(summary, "Provider name").asks
    assert field(summary, "Versioned model name").asks


@pytest.mark.parametrize(
    ("hours", "ticked"),
    [(0.5, HOURS[0]), (10_000, HOURS[0]), (10_001, HOURS[1]), (1_000_000, HOURS[1]), (1_000_001, HOURS[2])],
)
def test_the_range_of_hours_is_ticked(tmp_path: Path, hours: float, ticked: str) -> None:
    """One of the template's three, where every item was measured."""
    lines = [line_of("a", BY, key="jamendo:1", duration_s=hours * 3600)]
    size = field(summary_of(facts_of(tmp_path, lines)), "Audio: training data size")
    assert [choice.says for choice in size.choices if choice.taken] == [ticked]
    assert not size.asks


def test_no_range_is_ticked_while_a_length_is_not_known(tmp_path: Path) -> None:
    """What could be measured is a lower bound, and is said to be without the others."""
    lines = [line_of("a", BY, key="jamendo:1", duration_s=7200.0), line_of("b", BY, key="jamendo:2")]
    size = field(summary_of(facts_of(tmp_path, lines)), "Audio: training data size")
    assert not any(choice.taken for choice in size.choices)
    assert "2.0 hours; the length of 1 item is not known" in size.says[1]
    assert size.asks


def test_only_permitted_items_count_as_content(tmp_path: Path) -> None:
    """A refused item's licence, source and length are in no list of content."""
    lines = [
        line_of("a", BY, key="jamendo:1", duration_s=60.0, codec="flac"),
        line_of("b", NC, key="jamendo:2", duration_s=6e6, codec="mp3", source="fma"),
    ]
    summary = summary_of(facts_of(tmp_path, lines))
    assert (
        field(summary, "Audio: training data size")
        .says[0]
        .startswith("1 item, in which 1 different recording was found")
    )
    types = field(summary, "Audio: types of content")
    assert types.table is not None
    assert types.table.rows == ((BY.name, "1"),)
    assert "mp3" not in types.says[0]
    listed = field(summary, "List of large publicly available datasets").table
    assert listed is not None
    assert listed.rows == (("MTG-Jamendo", "1", "60 seconds"),)


def test_each_recording_keeps_its_own_licence(facts: Facts) -> None:
    """No licence is given for all of them."""
    types = field(summary_of(facts), "Audio: types of content")
    assert types.table is not None
    assert len(types.table.rows) > 1
    assert sum(int(row[1]) for row in types.table.rows) == facts.counts.permitted


def test_that_a_data_set_names_a_recording_is_no_proof_that_it_was_got_there(facts: Facts) -> None:
    """The box stays unticked."""
    used = field(summary_of(facts), "Have you used publicly available")
    assert not any(choice.taken for choice in used.choices)
    assert "not where your copies are from" in used.asks


def test_a_source_that_is_no_data_set_is_left_for_a_person_to_place(tmp_path: Path) -> None:
    """Under other sources, with its numbers."""
    lines = [line_of("a", BY, key="local:a", source="table", duration_s=30.0)]
    summary = summary_of(facts_of(tmp_path, lines))
    other = field(summary, "Narrative description")
    assert other.table is not None
    assert other.table.rows == (("a table that was put on record", "1", "30 seconds"),)
    assert other.asks
    assert field(summary, "List of large publicly available datasets").table is None


def reserving(item: str, source: str) -> Line:
    """Return an item refused on a reservation that one source states."""
    proof = digest(item, source)
    statement = StatementLine(
        voice="corpus",
        source=source,
        statement="train-ai=n",
        licence="",
        stance="signalled",
        about="",
        where="https://example.org/robots.txt",
        captured="2026-11-01T09:30:00+00:00",
        evidence=proof,
        blob=proof,
        start=0,
        length=9,
    )
    reason = ReasonLine((STRICT,), "signal-reserves", "refused", "Reserved.", (proof,), "Art. 4(3)", "contested")
    return line_of(item, NC, key=f"jamendo:{item}", reasons=(reason,), statements=(statement,))


def test_reservations_are_counted_by_protocol(tmp_path: Path) -> None:
    """Items in which each place spoke, and items refused on what it said."""
    lines = [
        reserving("1", "tdmrep"),
        reserving("2", "tdmrep"),
        reserving("3", "aipref"),
        line_of("4", BY, key="jamendo:4"),
    ]
    measures = field(summary_of(facts_of(tmp_path, lines)), "Measures implemented")
    assert measures.table is not None
    assert measures.table.rows == (
        ("TDMRep, the site's file", "2", "2"),
        ("AIPREF, Content-Usage headers", "1", "1"),
        ("mtg-jamendo", "1", "0"),
    )
    assert "3 items were refused because" in measures.says[1]


def test_it_says_what_may_be_fed_and_not_what_was(facts: Facts, files: tuple[str, bytes]) -> None:
    """And that counsel must say whether the duty applies at all."""
    notes = " ".join(summary_of(facts).notes)
    assert "may be fed to training" in notes
    assert "Licet keeps none yet" in notes
    assert "question for counsel" in notes
    assert "no legal advice" in files[0]


def test_a_clearance_for_something_else_than_training_is_said_to_be_none(tmp_path: Path) -> None:
    """Permitted to be indexed is not permitted to be trained on."""
    note = "not cleared for training"
    assert note in " ".join(summary_of(facts_of(tmp_path / "a", act="index")).notes)
    assert note not in " ".join(summary_of(facts_of(tmp_path / "b")).notes)


def test_where_it_was_logged_is_told(tmp_path: Path) -> None:
    """Only where there is a seal."""
    facts = facts_of(tmp_path)
    seal = Seal(name="0" * 64, origin="quay.example/log", place=7, entry="")
    sealed = Facts(facts.folder, facts.head, facts.counts, facts.about, seal)
    logged = "Logged in quay.example/log as entry 7, counted from 0."
    assert logged in field(summary_of(sealed), "Other relevant information").says
    assert "Logged" not in " ".join(field(summary_of(facts), "Other relevant information").says)


def test_the_manifest_is_named_by_its_digest(facts: Facts) -> None:
    """Of the Parquet file, as anybody can check."""
    says = " ".join(field(summary_of(facts), "Other relevant information").says)
    assert sha256((facts.folder / "manifest.parquet").read_bytes()).hexdigest() in says


def test_the_page_may_do_nothing_but_be_read(files: tuple[str, bytes]) -> None:
    """Its policy names its one style sheet; there is no script, and nothing to fetch."""
    page, _ = files
    policy = unescape(re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)[0])
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert f"style-src 'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "script" not in policy
    assert not re.search(r"<(?:script|img|link|iframe|object|embed)\b|\sstyle=|\son\w+=", page)


def test_hostile_words_are_text_in_both(tmp_path: Path) -> None:
    """Of the publisher, of sources and of licences; what XML cannot hold is replaced."""
    evil = "".join(HOSTILE_TITLES) + "\x00\x08\ud800\ufffe\uffff]]>"
    about = About(name=evil, publisher=evil, contact=evil, model=evil, model_version=evil, representative=evil)
    lines = [
        line_of(f"{at}", BY, key=f"jamendo:{at}", licence=title, source=title, codec=title)
        for at, title in enumerate(HOSTILE_TITLES)
    ]
    page, document = write(facts_of(tmp_path / "m", lines, about, corpus=HOSTILE_TITLES[0]), tmp_path)
    text = page.read_text(encoding="utf-8")
    assert "<script>" not in text
    assert "<img" not in text
    assert "\u202e" not in text
    assert "<script>alert(1)</script>" in words_of(document.read_bytes())


def test_the_document_tells_no_time_but_that_of_the_clearance(files: tuple[str, bytes]) -> None:
    """Neither in its properties nor in its archive."""
    _, content = files
    properties = docx.Document(BytesIO(content)).core_properties
    assert properties.created == properties.modified
    assert properties.created is not None
    assert properties.created.date() == date(2026, 11, 22)
    with ZipFile(BytesIO(content)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(2026, 11, 22, 0, 0, 0)}
        assert parts.testzip() is None


@pytest.mark.parametrize("day", ["1901-01-01", "some day"])
def test_a_day_that_an_archive_cannot_name_is_its_first(tmp_path: Path, day: str) -> None:
    """And is no error."""
    _, document = write(facts_of(tmp_path / "m", [], day=day), tmp_path)
    with ZipFile(document) as parts:
        assert parts.infolist()[0].date_time[0] == 1980


def test_the_documents_tables_are_tables(files: tuple[str, bytes]) -> None:
    """One a section that has fields, with one row a field; and it prints on A4."""
    document = docx.Document(BytesIO(files[1]))
    assert all(isinstance(table, DocxTable) and len(table.columns) == 2 for table in document.tables)
    assert len(document.tables) == len(HEADINGS) + 1 - 4  # 1, 2, 2.2 and 3 have no fields of their own
    assert document.sections[0].page_width.mm == pytest.approx(210, abs=0.1)


def test_a_long_manifest_makes_no_long_summary(tmp_path: Path) -> None:
    """Lists end after the first few, and the rest is summed."""
    lines = (
        line_of(f"{at:05}", BY, key=f"jamendo:{at}", licence=f"Licence {at}", source=f"source {at}")
        for at in range(200)
    )
    summary = summary_of(facts_of(tmp_path / "a", lines))
    types = field(summary, "Audio: types of content").table
    assert types is not None
    assert types.rows[-1] == ("180 others", "180")
    assert len(types.rows) == 21
    assert sum(len(one.table.rows) for one in summary.fields if one.table) < 100
    page, _ = write(facts_of(tmp_path / "b", many_lines(5_000)), tmp_path)
    assert page.stat().st_size < 100_000


def test_the_sample_has_every_kind_of_verdict(facts: Facts) -> None:
    """So that what is said above of permitted items is said of some among others."""
    assert len(sample_lines()) == facts.counts.total
    assert all((facts.counts.permitted, facts.counts.refused, facts.counts.unknown, facts.counts.error))
