"""The report is one page that carries everything, fetches nothing, and is fooled by no title."""

from __future__ import annotations

import importlib
import json
import re
import zlib
from base64 import b64decode, b64encode
from hashlib import sha256
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from licet.corpus import Line, find_lines, write_attribution, write_report
from licet.corpus.manifest import read_batches
from licet.errors import ManifestError
from manifests import many_lines, sample_lines, write_sample

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report of a varied manifest."""
    return write_report(write_sample(tmp_path_factory.mktemp("report"))).read_text(encoding="utf-8")


def unpacked(packed: str) -> Any:
    """Undo what the page's script undoes."""
    return json.loads(zlib.decompress(b64decode(packed)))


def test_the_same_manifest_gives_the_same_bytes(tmp_path: Path) -> None:
    """No clock, no chance."""
    first = write_report(write_sample(tmp_path / "a")).read_bytes()
    assert write_report(write_sample(tmp_path / "b")).read_bytes() == first


def test_every_script_and_style_is_allowed_by_its_hash_and_nothing_else_is(page: str) -> None:
    """The content security policy names what it carries."""
    policy = unescape(re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)[0])
    assert policy.startswith("default-src 'none'")
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert styles
    assert scripts
    for content in (*styles, *scripts):
        assert f"sha256-{b64encode(sha256(content.encode()).digest()).decode()}" in policy


def test_nothing_is_fetched(page: str) -> None:
    """No address stands where a browser would load it."""
    assert not re.findall(r'<(?:img|link|script|iframe|object|embed)[^>]+(?:src|href)="', page)
    assert "@import" not in page


def test_hostile_titles_are_text(page: str) -> None:
    """Nobody's title becomes markup."""
    hostile = [line.title for line in sample_lines() if "<" in line.title]
    assert hostile
    for title in hostile:
        assert title not in page


def test_it_answers_the_question_and_says_that_it_is_no_legal_advice(page: str) -> None:
    """In words, with the other reading beside it."""
    for words in ("no legal advice", "What blocks the rest", "What would change it", "cc-guidance-2025"):
        assert words in page


def test_mislabelled_items_show_both_statements(page: str) -> None:
    """Side by side."""
    assert "The file says" in page
    assert "The record says" in page


def test_every_line_is_in_the_page(tmp_path: Path) -> None:
    """Packed, each under its name."""
    listing = importlib.import_module("licet.corpus.listing")
    lines = sample_lines()
    folder = write_sample(tmp_path)
    found = listing.listing(read_batches(folder, listing.CHUNK), "strict")
    assert found.lines == len(lines)
    assert sum(len(unpacked(chunk)["items"]) for chunk in found.chunks) == len(lines)
    texts = json.dumps(unpacked(found.index), ensure_ascii=False)
    assert all(json.dumps(line.item, ensure_ascii=False)[1:-1] in texts for line in lines[:5])


def test_a_page_holds_so_many_lines_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The manifest holds them all."""
    monkeypatch.setattr("licet.corpus.listing.LIMIT", 1_000)
    folder = write_sample(tmp_path, many_lines(2_000))
    text = write_report(folder).read_text(encoding="utf-8")
    assert "1,000" in text
    assert "2,000" in text


def test_a_page_takes_so_many_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And ends with the chunk that fills it."""
    monkeypatch.setattr("licet.corpus.listing.BUDGET", 1)
    folder = write_sample(tmp_path, many_lines(2_000))
    assert "1,000" in write_report(folder).read_text(encoding="utf-8")


def test_one_worker_and_two_write_the_same_page(tmp_path: Path) -> None:
    """However the chunks were dealt out."""
    pages = [write_report(write_sample(tmp_path / f"{n}", many_lines(4_500)), workers=n) for n in (1, 2)]
    assert pages[0].read_bytes() == pages[1].read_bytes()


def test_an_empty_manifest_has_a_report(tmp_path: Path) -> None:
    """Nothing is nothing, and no error."""
    folder = write_sample(tmp_path, ())
    assert write_report(folder).stat().st_size > 1_000
    assert write_attribution(folder).exists()


@pytest.mark.parametrize("lines", [(Line(item="a", verdict="permitted"),)], ids=["a bare line"])
def test_a_line_that_says_almost_nothing_is_shown(tmp_path: Path, lines: tuple[Line, ...]) -> None:
    """Every field may be empty."""
    assert ">a<" in re.sub(r"\s+", "", write_report(write_sample(tmp_path, lines)).read_text(encoding="utf-8"))


def test_credits_too_long_for_a_page_are_cut_and_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file beside it holds them all."""
    monkeypatch.setattr("licet.corpus.report.CREDIT_CHARACTERS", 400)
    folder = write_sample(tmp_path)
    assert "ATTRIBUTION.txt" in write_report(folder).read_text(encoding="utf-8")
    assert len(write_attribution(folder).read_text(encoding="utf-8")) > 400


def test_each_credit_stands_once_under_its_licence(tmp_path: Path) -> None:
    """Sorted, and only of what is permitted."""
    text = write_attribution(write_sample(tmp_path)).read_text(encoding="utf-8")
    asked = {line.attribution for line in sample_lines() if line.verdict == "permitted" and line.attribution}
    plain = [credit for credit in asked if credit.isprintable() and len(credit) < 200]
    assert plain
    for credit in plain:
        assert text.count(f"  {credit}\n") == 1
    assert not any(
        line.attribution in text for line in sample_lines() if line.attribution and line.verdict == "refused"
    )


@pytest.mark.parametrize("write", [write_report, write_attribution], ids=["report", "attribution"])
def test_without_a_manifest_there_is_nothing_to_tell(tmp_path: Path, write: Any) -> None:
    """An error that says how to make one."""
    with pytest.raises(ManifestError, match="licet clear"):
        write(tmp_path)


def test_a_damaged_manifest_is_named(tmp_path: Path) -> None:
    """And the mend is to make it again."""
    folder = write_sample(tmp_path)
    (folder / "manifest.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(ManifestError, match=r"manifest\.parquet cannot be read"):
        find_lines(folder, "x")
    (folder / "manifest.parquet").unlink()
    with pytest.raises(ManifestError, match="no manifest"):
        find_lines(folder, "x")
