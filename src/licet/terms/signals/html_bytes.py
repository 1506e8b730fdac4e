"""What the `meta` elements of a page say, found without running or trusting the rest of it.

Tags are walked from left to right, as the HTML Standard tokenises them (WHATWG, 13.2.5), so that nothing inside a
comment, a script or another tag's attribute is taken for an element. The walk never goes back: `html.parser` of the
standard library takes quadratic time on broken pages. A page too broken to walk says nothing from there on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from licet.terms.signals.reading import MOST_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_METAS = 1000  # of one page
_TAG = re.compile(rb"""<(?:(!--|[!?])|(/?[a-zA-Z][^\s/>]*+)((?:[^"'>]|"[^"]*+"|'[^']*+')*+)(>)?)""")
_ATTRIBUTE = re.compile(rb"""([^\s"'>/=]++)\s*+(?:=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++)))?""")
_OPAQUE = frozenset({b"script", b"style", b"template", b"noscript", b"textarea", b"title", b"xmp", b"iframe", b"svg"})


def metas(content: bytes) -> tuple[tuple[str, str], ...]:
    """Return `(name in lower case, content)` of each `meta` in the first MiB of a page, in order."""
    return tuple(_walk(content[:MOST_BYTES]))


def _walk(page: bytes) -> Iterator[tuple[str, str]]:
    small, at, found = page.lower(), 0, 0
    while at >= 0 and found < MOST_METAS and (tag := _TAG.search(page, at)):
        aside, element, attributes, closed = tag.groups(b"")
        name = element.lower()
        at = tag.end()
        if aside:  # a comment, or what a browser takes for one
            at = small.find(b"-->" if aside == b"!--" else b">", at)
        elif not closed:
            return
        elif name in _OPAQUE:
            at = small.find(b"</" + name, at)
        elif name == b"meta":
            found += 1
            yield from _meta(attributes)


def _meta(attributes: bytes) -> Iterator[tuple[str, str]]:
    held: dict[bytes, str] = {}
    for name, *values in _ATTRIBUTE.findall(attributes):
        held.setdefault(name.lower(), b"".join(values).decode("utf-8", "replace").strip())  # the first one counts
    if b"name" in held and b"content" in held:
        yield held[b"name"].lower(), held[b"content"]
