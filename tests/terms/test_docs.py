"""The page on terms says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from licet.terms import instruments, resolve

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "terms.md").read_text(encoding="utf-8")
CASES = re.findall(
    r"^\| `([^`]+)` \| ([^`|]+) \|$", PAGE.partition("The tests run this table")[2].partition("##")[0], re.MULTILINE
)


@pytest.mark.parametrize(("statement", "label"), CASES, ids=[statement[:40] for statement, _ in CASES])
def test_table(statement: str, label: str) -> None:
    """Each statement of the table comes to what the table says."""
    assert resolve(statement).label == label


def test_the_table_is_read() -> None:
    """The table is found, and the count of instruments beside it is right."""
    assert len(CASES) == 22
    assert f"{len(instruments())}, which Creative Commons" in PAGE
