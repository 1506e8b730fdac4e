"""What `noai` and `noindex` say, in an X-Robots-Tag header and in `<meta name="robots">` of a page.

No standard holds these words. `noai` and `noimageai` are DeviantArt's (November 2022) and mean that nothing, or no
image, may be used to train; `noimageai` says nothing about sound. `noindex` and `none` are the search engines' own.

1. Words are parted by commas, and are read without regard to case.
2. `otherbot: noindex` addresses one crawler. It counts as addressed to all: header lines may arrive joined, and then
   nothing shows where a prefix ends.
3. In HTML, a meta element named `robots`, or as a known crawler is, holds the same words. Nothing is read inside a
   comment or a script.
4. Words that reserve nothing (`index`, `all`, `nofollow`, `max-snippet: 20`) permit nothing either.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from licet.terms.clauses import Act, Clause, Says
from licet.terms.signals.crawlers import CRAWLERS, TRAINING
from licet.terms.signals.html_bytes import metas
from licet.terms.signals.reading import MOST_BYTES, Certainty, Reader, Signal, Target
from licet.terms.signals.understanding import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

WORDS = {"noai": TRAINING, "noindex": frozenset({Act.INDEX}), "none": frozenset({Act.INDEX})}

_PART_END = re.compile(r"[,\r\n]")


def read_header(content: bytes, target: Target) -> Signal:  # noqa: ARG001  (a header speaks of what it came with)
    """Read the value of an X-Robots-Tag header, or several of them on lines of their own."""
    return _signal(HEADER, content, [content[:MOST_BYTES].decode("latin-1")])


def read_page(content: bytes, target: Target) -> Signal:  # noqa: ARG001  (a page speaks of itself)
    """Read the robots elements of an HTML page (step 3)."""
    return _signal(PAGE, content, [held for name, held in metas(content) if name == "robots" or name in CRAWLERS])


def _signal(reader: Reader, content: bytes, values: Iterable[str]) -> Signal:
    """Return what the words of some values reserve, each word once."""
    clauses: dict[str, Clause] = {}
    for part in (part for value in values for part in _PART_END.split(value)):  # step 1
        word = part.rpartition(":")[2].strip().lower()  # step 2
        if word in WORDS:
            clauses.setdefault(word, Clause(Says.RESERVES, WORDS[word], shown(part)))
    long = (f"longer than {MOST_BYTES} bytes: the rest was not read",) if len(content) > MOST_BYTES else ()
    return Signal(reader.protocol, "x-robots-tag", reader.silence, tuple(clauses.values()), long)


_STANDARD = "noai (DeviantArt, 2022-11); noindex (the X-Robots-Tag and robots meta rules of search engines)"
HEADER = Reader("x-robots-tag", _STANDARD, Certainty.SECOND_HAND, "unset", read_header)
PAGE = Reader("robots-meta", _STANDARD, Certainty.SECOND_HAND, "unset", read_page)
