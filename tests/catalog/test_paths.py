"""A path is written as printable text and read back as the same bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.catalog import escape_path, unescape_path
from licet.errors import IdentifierError

WRITTEN = {
    "plain": (b"album/01 caf\xc3\xa9.ogg", "album/01 café.ogg"),
    "backslash": (b"a\\b", "a\\\\b"),
    "newline": (b"a\nb", "a\\x0ab"),
    "not utf-8": (b"caf\xe9", "caf\\xe9"),
    "line separator": ("a\u2028b".encode(), "a\\xe2\\x80\\xa8b"),
    "turned writing": ("a\u202egpj".encode(), "a\\xe2\\x80\\xaegpj"),
}


@pytest.mark.parametrize(("path", "text"), WRITTEN.values(), ids=WRITTEN)
def test_what_cannot_be_printed_is_escaped(path: bytes, text: str) -> None:
    """Ordinary names stand for themselves; the rest is written byte by byte."""
    assert escape_path(path) == text


@given(st.binary())
def test_escaping_is_undone_exactly(path: bytes) -> None:
    """Any bytes come back, and their text is one line without controls."""
    text = escape_path(path)
    assert unescape_path(text) == path
    assert len(text.splitlines()) <= 1
    text.encode()  # no lone surrogate is left


@pytest.mark.parametrize("text", ["a\\b", "\\x4", "\\", "\\xzz"])
def test_a_stray_backslash_is_refused(text: str) -> None:
    """A text that was never escaped is not taken for one that was."""
    with pytest.raises(IdentifierError):
        unescape_path(text)


@given(st.text(st.sampled_from("\\x0aé1")))
def test_unescaping_any_text_never_fails_otherwise(text: str) -> None:
    """What `unescape_path` takes it takes without loss of a byte."""
    try:
        path = unescape_path(text)
    except IdentifierError:
        return
    assert unescape_path(escape_path(path)) == path
