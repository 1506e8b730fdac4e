"""The tags that speak of rights are found, in every format, and no others."""

from __future__ import annotations

import pytest

from licet.catalog import Tags
from licet.terms import Stated, statements_in_tags

LICENCE = "http://creativecommons.org/licenses/by/3.0/"
SPEAK = {
    "id3": ["TCOP", "WCOP", "USER", "TXXX:LICENSE", "TXXX:License", "TXXX:licence", "WXXX:Copyright", "TCR", "WCP"],
    "vorbis": ["LICENSE", "LICENCE", "COPYRIGHT", "RIGHTS", "license", "LICENSE_URL"],
    "mp4": ["cprt", "©cpy", "----:com.apple.iTunes:LICENSE", "----:LICENSE"],
    "riff": ["ICOP"],
    "aiff": ["(c) "],
    "ape": ["Copyright"],
}
SILENT = [
    "TIT2",
    "COMM",
    "TXXX:MOOD",
    "TXXX",
    "----:com.apple.iTunes:MOOD",
    "TITLE",
    "DESCRIPTION",
    "ICMT",
    "",
    ":LICENSE",
]
CASES = [(kind, tag) for kind, tags in SPEAK.items() for tag in tags]


@pytest.mark.parametrize(("kind", "tag"), CASES, ids=[f"{kind} {tag}" for kind, tag in CASES])
def test_speaks(kind: str, tag: str) -> None:
    """A tag made for rights is a statement, exactly as worded."""
    assert statements_in_tags(Tags(kind, ((tag, " © 2019 X\n"),))) == (Stated(tag, " © 2019 X\n"),)


@pytest.mark.parametrize("tag", SILENT, ids=repr)
def test_is_silent(tag: str) -> None:
    """A tag made for something else is none, whatever it holds."""
    assert statements_in_tags(Tags("", ((tag, LICENCE),))) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [(LICENCE, True), (f" {LICENCE}", True), ("http://example.com/", False), ("CC BY", False), (LICENCE + "9/", False)],
    ids=["licence", "licence after a space", "page", "words", "no such licence"],
)
def test_file_page(text: str, *, found: bool) -> None:
    """The file's own page is a statement only where that page is a licence."""
    assert bool(statements_in_tags(Tags("id3", (("WOAF", text),)))) is found


def test_order_and_repetition() -> None:
    """Statements keep the file's order; blank ones and those said twice are left out."""
    values = (("TCOP", "2019 X"), ("TIT2", "Song"), ("TXXX:LICENSE", "CC BY"), ("WCOP", " "), ("USER", "2019 X"))
    assert statements_in_tags(Tags("id3", values)) == (Stated("TCOP", "2019 X"), Stated("TXXX:LICENSE", "CC BY"))


def test_no_tags() -> None:
    """A file without tags says nothing."""
    assert statements_in_tags(Tags("")) == ()
