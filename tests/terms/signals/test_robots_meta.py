from __future__ import annotations

import pytest

from licet.terms.clauses import Act, Says
from licet.terms.signals import Reader, Signal, Target
from licet.terms.signals.crawlers import TRAINING
from licet.terms.signals.reading import MOST_BYTES
from licet.terms.signals.robots_meta import HEADER, PAGE
from licet.terms.statement import Stance

INDEX = frozenset({Act.INDEX})


def reserved(signal: Signal) -> frozenset[Act]:
    """Return the acts that a signal reserves; it has no other clauses."""
    assert all(clause.says is Says.RESERVES for clause in signal.clauses)
    return frozenset[Act]().union(*(clause.acts for clause in signal.clauses))


@pytest.mark.parametrize(
    ("value", "acts"),
    [
        pytest.param("noai", TRAINING, id="noai"),
        pytest.param("noai, noimageai", TRAINING, id="DeviantArt's pair"),
        pytest.param("noimageai", frozenset(), id="noimageai says nothing of sound"),
        pytest.param("NoIndex", INDEX, id="noindex in any case"),
        pytest.param("none", INDEX, id="none is noindex and nofollow"),
        pytest.param("otherbot: noindex, nofollow", INDEX, id="addressed to one crawler"),
        pytest.param("googlebot: nofollow\r\nnoai", TRAINING, id="two header lines"),
        pytest.param("unavailable_after: 25 Jun 2010 15:00:00 PST, noai", TRAINING, id="a colon that is no prefix"),
        pytest.param("all, index, follow, max-snippet: 20", frozenset(), id="permissive words permit nothing"),
        pytest.param("noainoai", frozenset(), id="a longer word"),
        pytest.param("", frozenset(), id="nothing"),
    ],
)
def test_a_header_reserves_what_its_words_name(value: str, acts: frozenset[Act]) -> None:
    """`noai` reserves training and `noindex` indexing, whoever is addressed."""
    assert reserved(HEADER.read(value.encode(), Target())) == acts


@pytest.mark.parametrize(
    ("page", "acts"),
    [
        pytest.param('<meta name="robots" content="noai, noimageai">', TRAINING, id="as DeviantArt writes it"),
        pytest.param("<META content='NOAI' NAME=Robots />", TRAINING, id="any order, quotes and case"),
        pytest.param('<meta name="googlebot" content="noindex">', INDEX, id="a known crawler"),
        pytest.param('<meta name="tunebot" content="noindex">', frozenset(), id="an unknown name"),
        pytest.param('<meta name="robots">', frozenset(), id="no content"),
        pytest.param('<!-- <meta name="robots" content="noai"> -->', frozenset(), id="a comment"),
        pytest.param('<script>"<meta name=robots content=noai>"</script>', frozenset(), id="a script"),
        pytest.param("noai", frozenset(), id="a word in the text"),
    ],
)
def test_a_page_is_read_by_its_meta_elements(page: str, acts: frozenset[Act]) -> None:
    """Only a robots element says anything, and nothing is read in comments or scripts."""
    assert reserved(PAGE.read(f"<!doctype html><head>{page}</head>".encode(), Target())) == acts


def test_a_word_is_told_once_with_its_prefix() -> None:
    """The first that says so is the token."""
    assert [clause.token for clause in HEADER.read(b"gptbot: noai, noai", Target()).clauses] == ["gptbot: noai"]


def test_silence_is_unset() -> None:
    """Nothing said is called unset, and is silent."""
    signal = HEADER.read(b"index", Target())
    assert (signal.silence, signal.resolution.stance) == ("unset", Stance.SILENT)


@pytest.mark.parametrize("reader", [HEADER, PAGE], ids=["header", "page"])
def test_what_was_not_read_is_reported(reader: Reader) -> None:
    """Whatever lies beyond the first MiB is not read, and that is said."""
    assert reader.read(b" " * (MOST_BYTES + 1), Target()).problems
