"""Which of a file's own tags speak of rights, and what they say.

| format | tags that speak of rights |
|---|---|
| ID3v2 | `TCOP`, `WCOP`, `USER`; `TXXX`, `WXXX` described as licence, copyright, rights; `WOAF` if it is a licence |
| Vorbis, APE | `LICENSE`, `LICENCE`, `COPYRIGHT`, `RIGHTS` |
| MP4 | `cprt`, `©cpy`; freeform `----` atoms named like the Vorbis fields |
| RIFF, AIFF | `ICOP`; `(c)` |

A comment or a description may mention rights too. They are not read: what they say about rights would be a guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from licet.terms.links import licence_at, only_link
from licet.terms.statement import Licence

if TYPE_CHECKING:
    from licet.catalog import Tags

# The three-letter names are those of ID3v2.2.
_FRAMES = frozenset(("TCOP", "WCOP", "USER", "TCR", "WCP", "CPRT", "©CPY", "ICOP", "(C)"))
_FIELDS = frozenset(("LICENSE", "LICENCE", "LICENSE URL", "LICENSEURL", "COPYRIGHT", "COPYRIGHT URL", "RIGHTS"))
_DESCRIBED = frozenset(("TXXX", "WXXX", "TXX", "WXX", "----"))  # frames that carry a name of their own
_PAGES = frozenset(("WOAF", "WAF"))  # the file's own page: a statement only where that page is a licence


@dataclass(frozen=True, slots=True)
class Stated:
    """What one tag says about rights, exactly as worded."""

    tag: str
    text: str


def statements_in_tags(tags: Tags) -> tuple[Stated, ...]:
    """Return what a file's tags say about rights, in file order. What is said twice is returned once.

    Blank tags are left out: they say nothing. None is dropped for being one of many, as it may be the one that refuses;
    whoever reads the tags bounds them.
    """
    found: dict[str, Stated] = {}
    for tag, text in tags.values:
        if text.strip() and (_speaks_of_rights(tag) or (tag.upper() in _PAGES and _is_licence(text))):
            found.setdefault(text.strip(), Stated(tag, text))
    return tuple(found.values())


def _speaks_of_rights(tag: str) -> bool:
    name = tag.upper().replace("_", " ").strip()
    frame, _, description = name.partition(":")
    if frame in _DESCRIBED:
        return description.rpartition(":")[2].strip() in _FIELDS
    return frame in _FRAMES or name in _FIELDS


def _is_licence(text: str) -> bool:
    link = only_link(text)
    return link is not None and isinstance(licence_at(link), Licence)
