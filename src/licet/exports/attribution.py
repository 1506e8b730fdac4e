"""The credits that the permitted items' licences ask for: as text to paste, as a page to publish, and as a table.

`ATTRIBUTION.txt` is the one that `licet clear` writes. `attribution.html` says the same under one heading a licence,
with its address (CC BY 4.0, s. 3(a)(1)). `attribution.csv` has the columns in which Stable Audio Open publishes its
attribution, one row a permitted item; the licence is named in full there, because `ccby` says neither which version nor
which port, and the address of the licence's text depends on both.

A spreadsheet runs a cell that begins like a formula (OWASP, "CSV Injection"). Such a cell gets an apostrophe before it.
So does one that begins with apostrophes and then like a formula: taking one apostrophe off gives back every title.
"""

from __future__ import annotations

import csv
import re
from contextlib import ExitStack
from io import TextIOWrapper
from typing import TYPE_CHECKING

from licet.corpus.attribution import ATTRIBUTION_NAME, credit_lines, credits_by_licence, licence_url
from licet.corpus.pages import environment
from licet.corpus.wording import shown, use_in_words
from licet.exports.sheets import SHEET, policy_of, style_of
from licet.placing import placed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from licet.corpus.asking import Asked
    from licet.exports.facts import Facts

PAGE_NAME = "attribution.html"
TABLE_NAME = "attribution.csv"
COLUMNS = ("id", "title", "author", "license", "url")

_ITEMS = """
    SELECT item, title, CASE WHEN artist <> '' THEN artist ELSE array_to_string(holders, ', ') END, licence, pages
    FROM lines WHERE verdict = 'permitted' ORDER BY id
"""
_UNCREDITED = """
    SELECT licence, licence_keys, count(*) FROM lines WHERE verdict = 'permitted' AND attribution = ''
    GROUP BY licence, licence_keys ORDER BY licence, licence_keys
"""
_WEB = re.compile(r"https?://", re.IGNORECASE)
_FORMULA = re.compile(r"\s*'*\s*[=+\-@＝＋－＠]")  # the wide ones count in Japanese spreadsheets


def write(facts: Facts, out: Path) -> tuple[Path, ...]:
    """Write the three files into `out`.

    Raises:
        ManifestError: the manifest is damaged.
        OSError: one cannot be written; what was there before is there still.
    """
    files = (out / ATTRIBUTION_NAME, out / PAGE_NAME, out / TABLE_NAME)
    with facts.asking() as manifest, ExitStack() as open_files:
        text, page, table = (open_files.enter_context(placed(path)) for path in files)
        text.writelines(f"{line}\n".encode() for line in credit_lines(facts.head, manifest))
        page.writelines(piece.encode() for piece in _page(facts, manifest))
        _write_table(TextIOWrapper(table, encoding="utf-8", newline=""), manifest)
    return files


def harmless(text: str) -> str:
    """Return `text` as a cell that no spreadsheet takes for a formula, on one line, with nothing hidden in it."""
    cell = shown(text)
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _write_table(stream: TextIOWrapper, manifest: Asked) -> None:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for item, title, author, licence, pages in manifest.each(_ITEMS):
        url = next(filter(_WEB.match, pages), "")
        writer.writerow(map(harmless, (item, title, author, licence, url)))
    stream.flush()
    stream.detach()  # the stream beneath is closed by who opened it


def _page(facts: Facts, manifest: Asked) -> Iterator[str]:
    """Yield the page piece by piece: there may be millions of credits."""
    surroundings = environment("licet.exports")
    credited = manifest.count("verdict = 'permitted' AND attribution <> ''")
    uncredited = tuple(
        (licence, tuple(map(licence_url, keys)), items) for licence, keys, items in manifest.rows(_UNCREDITED)
    )
    return surroundings.get_template("attribution.html.j2").generate(
        name=facts.name,
        head=facts.head,
        use=use_in_words(facts.head),
        credited=credited,
        uncredited=uncredited,
        groups=_groups(manifest),
        style=style_of(SHEET),
        csp=policy_of(SHEET),
        table_name=TABLE_NAME,
    )


def _groups(manifest: Asked) -> Iterator[tuple[str, tuple[str, ...], Iterator[str]]]:
    """Yield each licence, its addresses, and its credits without the licence that ends each of them."""
    for licence, keys, credits_of_it in credits_by_licence(manifest):
        addresses = tuple(filter(None, map(licence_url, keys)))
        endings = (f" — {licence} <{addresses[0]}>" if addresses else "", f" — {licence}")
        yield licence, addresses, (_without(credit, endings) for credit in credits_of_it)


def _without(credit: str, endings: tuple[str, ...]) -> str:
    ending = next((one for one in endings if one and credit.endswith(one)), "")
    return credit.removesuffix(ending)
