"""Credits as text, as a page and as a table: only of what is permitted, and harmless wherever they are opened."""

from __future__ import annotations

import csv
import re
import tracemalloc
from base64 import b64encode
from hashlib import sha256
from html import unescape
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from licet.corpus import write_attribution
from licet.corpus.wording import shown
from licet.exports import About, Facts
from licet.exports.attribution import COLUMNS, harmless, write
from manifests import BY, HOSTILE_TITLES, NC, line_of, sample_lines, write_sample

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from licet.corpus import Line

PERMITTED = [line for line in sample_lines() if line.verdict == "permitted"]


def written(tmp_path: Path, lines: Iterable[Line] | None = None) -> tuple[str, str, list[dict[str, str]]]:
    """Return the text, the page and the rows of a manifest."""
    out = tmp_path / "out"
    out.mkdir()
    text, page, table = write(Facts.of(write_sample(tmp_path / "manifest", lines), About()), out)
    with table.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return text.read_text(encoding="utf-8"), page.read_text(encoding="utf-8"), rows


def test_the_text_is_the_one_beside_the_manifest(tmp_path: Path) -> None:
    """The rule is written once."""
    text, _, _ = written(tmp_path)
    assert write_attribution(tmp_path / "manifest").read_text(encoding="utf-8") == text


def test_the_table_has_one_row_for_each_permitted_item_and_no_other(tmp_path: Path) -> None:
    """In the order of the manifest, with Stable Audio Open's columns."""
    _, _, rows = written(tmp_path)
    assert [row["id"] for row in rows] == [shown(line.item) for line in PERMITTED]
    assert COLUMNS == ("id", "title", "author", "license", "url")
    assert all(tuple(row) == COLUMNS for row in rows)


def test_each_row_names_its_own_licence_in_full(tmp_path: Path) -> None:
    """A version is part of a licence's name."""
    _, _, rows = written(tmp_path)
    assert {row["license"] for row in rows} == {line.licence for line in PERMITTED}
    assert len({row["license"] for row in rows}) > 1


def test_the_address_is_that_of_the_recordings_page(tmp_path: Path) -> None:
    """The first on record that is one of the web; an item without one has none."""
    lines = [
        line_of("a", BY, key="jamendo:1", pages=("https://example.org/1", "https://example.org/list")),
        line_of("b", BY, key="jamendo:2", pages=("javascript:alert(1)", "HTTP://example.org/2")),
        line_of("c", BY, key="jamendo:3", pages=()),
    ]
    _, _, rows = written(tmp_path, lines)
    assert [row["url"] for row in rows] == ["https://example.org/1", "HTTP://example.org/2", ""]


def test_without_an_artist_the_holders_are_the_authors(tmp_path: Path) -> None:
    """Somebody is named where somebody is on record."""
    _, _, rows = written(tmp_path, [line_of("a", BY, key="jamendo:1", holders=("Ada", "Bo"))])
    assert rows[0]["author"] == "Ada, Bo"


@pytest.mark.parametrize(
    "title",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "'=1", "''=1", "＝1", "=cmd|' /C calc'!A0"],
)
def test_a_cell_that_begins_like_a_formula_is_text(title: str) -> None:
    """And taking one apostrophe off gives back what was shown."""
    cell = harmless(title)
    assert cell.startswith("'")
    assert cell[1:] == shown(title)


@pytest.mark.parametrize("title", ["'Round Midnight", "1 + 1 = 2", "a@b", "", "Étude - 3"])
def test_other_titles_are_left_as_they_are(title: str) -> None:
    """An apostrophe of a title's own is none of ours."""
    assert harmless(title) == title


def test_no_cell_of_hostile_titles_begins_like_a_formula(tmp_path: Path) -> None:
    """Whichever column it is in."""
    evil = "=HYPERLINK(1)"
    line = line_of("-item", BY, key="jamendo:1", title=evil, artist=evil, licence=evil, pages=())
    _, _, rows = written(tmp_path, [line])
    assert {name for name, cell in rows[0].items() if cell.startswith("'")} == {"id", "title", "author", "license"}


def test_the_page_holds_each_credit_once_under_its_licence(tmp_path: Path) -> None:
    """With the licence's address as a link."""
    _, page, _ = written(tmp_path)
    assert page.count('<h2 id="licence-') == len({line.licence for line in PERMITTED if line.attribution})
    assert '<a href="https://creativecommons.org/licenses/by/3.0/"' in page
    assert page.count("Tune No. 0 by Maris Quay</bdi>") == 1


def test_the_page_names_nothing_that_is_not_permitted(tmp_path: Path) -> None:
    """Nor its licence."""
    _, page, rows = written(
        tmp_path, [line_of("a", BY, key="jamendo:1"), line_of("b", NC, key="jamendo:2", title="No")]
    )
    assert "BY-NC" not in page
    assert len(rows) == 1


def test_items_without_a_credit_are_counted_by_licence(tmp_path: Path) -> None:
    """CC0 asks for none, and its items are listed in the table."""
    _, page, rows = written(tmp_path)
    found = re.search(r"<bdi>CC0 1\.0</bdi>.*?<td class=\"n all\">(\d+)</td>", page, re.DOTALL)
    assert found is not None
    assert int(found[1]) == sum(row["license"] == "CC0 1.0" for row in rows) == 4


def test_the_page_may_do_nothing_but_be_read(tmp_path: Path) -> None:
    """Its policy names its one style sheet, and it holds no script."""
    _, page, _ = written(tmp_path)
    policy = unescape(re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)[0])
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert f"style-src 'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy
    assert "<script" not in page
    assert "style=" not in page


def test_hostile_titles_are_text_and_bear_no_hidden_turns(tmp_path: Path) -> None:
    """Nobody's title becomes markup, or turns the page round."""
    _, page, _ = written(tmp_path)
    assert not any(title in page for title in HOSTILE_TITLES if "<" in title)
    assert "\u202e" not in page


def test_a_licence_that_is_an_address_of_something_else_is_no_link_to_it(tmp_path: Path) -> None:
    """Only https, and quoted."""
    line = replace(line_of("a", BY, key="jamendo:1"), licence_keys=('javascript:alert(1)//"onload="x',))
    _, page, _ = written(tmp_path, [line])
    assert 'href="javascript' not in page
    assert '"onload="' not in page


def test_nothing_permitted_is_said_to_be_so(tmp_path: Path) -> None:
    """A header, and no row."""
    text, page, rows = written(tmp_path, [])
    assert "No permitted item asks for a credit." in text
    assert "No permitted item asks for a credit." in page
    assert rows == []


@pytest.mark.untraced
def test_memory_does_not_grow_with_the_manifest(tmp_path: Path) -> None:
    """Ten times the lines, and no more than a few batches of rows."""

    def peak(number: int) -> int:
        lines = (line_of(f"{at:06}", BY, key=f"jamendo:{at}", title="x" * 200) for at in range(number))
        facts = Facts.of(write_sample(tmp_path / f"{number}", lines), About())
        out = tmp_path / f"out-{number}"
        out.mkdir()
        tracemalloc.start()
        try:
            write(facts, out)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)  # what is loaded once
    assert peak(20_000) < peak(2_000) + 2_000_000
