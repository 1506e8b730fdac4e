"""News as an Atom feed (RFC 4287)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from licet.exports.feed import Feed

NAME = "reopened.atom"
_ATOM = "http://www.w3.org/2005/Atom"
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, s. 2.2: Char


def text(feed: Feed) -> bytes:
    """Return the feed."""
    ET.register_namespace("", _ATOM)
    root = ET.Element(f"{{{_ATOM}}}feed")
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", feed.at)
    _add(ET.SubElement(root, f"{{{_ATOM}}}author"), "name", feed.origin)
    for one in feed.news:
        entry = ET.SubElement(root, f"{{{_ATOM}}}entry")
        _add(entry, "id", one.id)
        _add(entry, "title", one.title)
        _add(entry, "updated", one.at)
        _add(entry, "content", one.text).set("type", "text")
        for recording in one.recordings:
            ET.SubElement(entry, f"{{{_ATOM}}}category", term=_NO_XML.sub("\ufffd", recording))
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _add(parent: ET.Element, name: str, content: str) -> ET.Element:
    child = ET.SubElement(parent, f"{{{_ATOM}}}{name}")
    child.text = _NO_XML.sub("\ufffd", content)
    return child
