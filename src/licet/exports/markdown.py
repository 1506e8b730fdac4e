"""Markdown for the pages of others: a data set's card, and a model's.

Names, titles and sentences of other people's are escaped for Markdown (CommonMark 0.31, s. 2.4; GitHub's extensions),
and for the HTML that Markdown lets through. Front matter is YAML, in which a text in JSON's quotes is that text.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from licet.corpus.wording import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# A colon makes an address a link, or a word a picture; so does the dot of `www.`.
_SPECIAL = re.compile(r"[&<>\\`*_{}\[\]#|~$^@=!]|:(?=\S)|(?<=www)\.", re.IGNORECASE)
_FIRST = re.compile(r"^(\d{0,9})(?=[-+]|[.)](?:\s|$))")  # what would begin a list
_PLAIN = re.compile(r"other|[a-z]+(?:-[a-z0-9.]+)+")  # what YAML takes for a text though it has no quotes


def escaped(text: str) -> str:
    """Return `text` so that Markdown shows it as it is, on one line, with nothing hidden in it."""
    quiet = _SPECIAL.sub(lambda found: _ENTITIES.get(found[0], f"\\{found[0]}"), shown(text))
    return _FIRST.sub(r"\1\\", quiet)


def word(text: str) -> str:
    """Return a digest or a state as it can stand in a code span."""
    return re.sub(r"[^\w.:-]", "", text, flags=re.ASCII)


def table(head: tuple[str, ...], rows: Iterable[Iterable[str]], *, numbers: int = 1) -> Iterator[str]:
    """Yield a table whose last so many columns hold numbers. What the cells hold is escaped already."""
    rule = ("---",) * (len(head) - numbers) + ("---:",) * numbers
    yield from (f"| {' | '.join(line)} |" for line in (head, rule, *rows))
    yield ""


def front_matter(facts: Mapping[str, str | Iterable[str]]) -> Iterator[str]:
    """Yield what stands at the top of a card: a text by its name, or a list of texts, each once."""
    yield "---"
    for name, value in facts.items():
        if isinstance(value, str):
            yield f"{name}: {value if _PLAIN.fullmatch(value) else _quoted(value)}"
        elif texts := dict.fromkeys(map(shown, filter(None, value))):
            yield f"{name}:"
            yield from (f"- {_quoted(text)}" for text in texts)
    yield from ("---", "")


def _quoted(text: str) -> str:
    return json.dumps(shown(text), ensure_ascii=False)
