from __future__ import annotations

import time

import pytest

from licet.terms import Act, Says, Stance
from licet.terms.signals import Signal, Target
from licet.terms.signals.embedded_rsl import READER
from licet.terms.signals.rsl import DOCUMENT

NO = (
    b'<rsl xmlns="https://rslstandard.org/rsl"><content url=""><license>'
    b'<prohibits type="usage">ai-train</prohibits></license></content></rsl>'
)
PREFIXED = NO.replace(b"xmlns", b"xmlns:r").replace(b"<", b"<r:").replace(b"<r:/", b"</r:")


def read(tag: bytes) -> Signal:
    """Read the text of one tag."""
    return READER.read(tag, Target())


@pytest.mark.parametrize(
    "tag",
    [NO, b"licence: " + NO + b" (2026)", NO.decode().encode("utf-16"), NO.decode().encode("utf-16-be"), PREFIXED],
    ids=["alone", "among-words", "utf-16", "utf-16-be", "with-a-prefix"],
)
def test_finds_the_document(tag: bytes) -> None:
    """Wherever it stands in the tag, and however the tag is encoded, the document is read."""
    signal = read(tag)
    reserved = {act for clause in signal.clauses if clause.says is Says.RESERVES for act in clause.acts}
    assert reserved >= {Act.TRAIN_GENERATIVE, Act.TRAIN_OTHER, Act.FINE_TUNE}
    assert signal.protocol == "rsl-embedded"


def test_says_what_the_document_says() -> None:
    """The clauses are those of the document by itself."""
    assert read(b"x" + NO).clauses == DOCUMENT.read(NO, Target()).clauses


@pytest.mark.parametrize(
    "tag", [b"", b"hearsl", b"<rslt>", b"CC BY 4.0"], ids=["nothing", "a-word", "a-tag", "a-licence"]
)
def test_other_tags_are_silent(tag: bytes) -> None:
    """A tag without a document says nothing of RSL."""
    assert read(tag).resolution.stance is Stance.SILENT


@pytest.mark.parametrize(
    "tag",
    [NO[:-1], NO + NO, PREFIXED.replace(b"xmlns:r", b"xmlns:q"), b"rsl> <rsl ", b"<rsl>" + b" " * (1 << 20)],
    ids=["cut-short", "two-documents", "prefix-bound-elsewhere", "closed-before-opened", "too-long"],
)
def test_what_cannot_be_read_is_left_unresolved(tag: bytes) -> None:
    """A document that is broken, or not alone, is a problem and not silence."""
    assert read(tag).resolution.stance is Stance.UNRESOLVED


@pytest.mark.parametrize("piece", [b"<", b"<a:", b"<rsl ", b"rsl>", b"<" + b"a" * 50])
def test_takes_linear_time(piece: bytes) -> None:
    """A mebibyte of near misses is answered in a moment."""
    begin = time.process_time()
    read(piece * ((1 << 20) // len(piece)))
    assert time.process_time() - begin < 2
