"""Atom feeds (RFC 4287): entries in, bytes out, and back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from licet.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAMESPACE = "http://www.w3.org/2005/Atom"
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, s. 2.2: Char


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece of news."""

    id: str  # a URI
    at: str  # ISO 8601
    title: str
    text: str
    tags: tuple[str, ...] = ()


def feed_text(id: str, title: str, author: str, at: str, entries: Iterable[Entry]) -> bytes:  # noqa: A002  (Atom's word)
    """Return a feed, last changed `at` a time in ISO 8601. What XML cannot hold becomes U+FFFD."""
    ET.register_namespace("", _NAMESPACE)
    root = ET.Element(_named("feed"))
    _add(root, "id", id)
    _add(root, "title", title)
    _add(root, "updated", at)
    _add(ET.SubElement(root, _named("author")), "name", author)
    for one in entries:
        entry = ET.SubElement(root, _named("entry"))
        _add(entry, "id", one.id)
        _add(entry, "title", one.title)
        _add(entry, "updated", one.at)
        _add(entry, "content", one.text).set("type", "text")
        for tag in one.tags:
            ET.SubElement(entry, _named("category"), term=_NO_XML.sub("\ufffd", tag))
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def entries_of(content: bytes) -> tuple[Entry, ...]:
    """Return the entries of a feed that `feed_text` wrote.

    Raises:
        SourceError: it is no XML, or none that is safe to read.
    """
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ET.ParseError, DefusedXmlException, ValueError) as wrong:
        raise SourceError(f"it is no feed: {wrong}") from wrong
    return tuple(map(_entry, root.iter(_named("entry"))))


def _entry(found: ET.Element) -> Entry:
    id_, at, title, text = (found.findtext(_named(name), "") for name in ("id", "updated", "title", "content"))
    return Entry(id_, at, title, text, tuple(one.get("term", "") for one in found.iter(_named("category"))))


def _named(name: str) -> str:
    return f"{{{_NAMESPACE}}}{name}"


def _add(parent: ET.Element, name: str, content: str) -> ET.Element:
    child = ET.SubElement(parent, _named(name))
    child.text = _NO_XML.sub("\ufffd", content)
    return child
