from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

from licet.terms import signals
from licet.terms.signals import Reader

PAGES = Path(__file__).resolve().parents[3] / "docs" / "signals"
ROW = re.compile(r"^\| `([\w-]+)` \| \[[^]]+\]\(([\w-]+)\) \| ([^|]+) \| ([\w-]+) \|$", re.MULTILINE)
ROWS = ROW.findall((PAGES / "index.md").read_text(encoding="utf-8"))
READERS = [
    reader
    for module in pkgutil.iter_modules(signals.__path__, f"{signals.__name__}.")
    for reader in vars(importlib.import_module(module.name)).values()
    if isinstance(reader, Reader)
]


def test_the_index_lists_every_reader_as_it_is() -> None:
    """With its name, its silence and how sure we are of it."""
    listed = {(protocol, silence, certainty) for protocol, _, silence, certainty in ROWS}
    assert listed == {(reader.protocol, reader.silence, reader.certainty.value) for reader in READERS}


@pytest.mark.parametrize("page", sorted({page for _, page, _, _ in ROWS}))
def test_every_page_says_what_it_should(page: str) -> None:
    """Where the signal is found, what its words become, its silence, its traps, and what is uncertain."""
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    parts = ("**Where it is found.**", "## Its words", "**Its silence**", "## Traps", "## Source and certainty")
    assert [part for part in (*parts, "**Not sure") if part not in text] == []


@pytest.mark.parametrize(("protocol", "page", "silence", "certainty"), ROWS, ids=[row[0] for row in ROWS])
def test_every_page_agrees_with_its_reader(protocol: str, page: str, silence: str, certainty: str) -> None:
    """On what silence is called, and on how sure we are."""
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    assert f"**Its silence** is *{silence}*" in text
    assert f"**{certainty.capitalize()}**" in text
