"""How XML is read from whoever sends it: bounded in size and depth, with no entities, no DTD and nothing fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.terms.signals.reading import MOST_BYTES
from licet.terms.signals.understanding import Unreadable

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

DEEPEST = 64  # elements within elements


def read_xml(content: bytes) -> Element | Unreadable:
    """Return the root element, or why the bytes cannot be read. Never raises."""
    from xml.etree.ElementTree import ParseError, TreeBuilder  # the tree alone; defusedxml parses

    from defusedxml.ElementTree import XMLParser

    class Shallow(TreeBuilder):
        """A tree that stops growing downwards."""

        depth = 0

        def start(self, tag: str, attrs: dict[str, str], /) -> Element:
            self.depth += 1
            if self.depth > DEEPEST:
                raise ValueError(f"elements nested more than {DEEPEST} deep")
            return super().start(tag, attrs)

        def end(self, tag: str, /) -> Element:
            self.depth -= 1
            return super().end(tag)

    if len(content) > MOST_BYTES:
        return Unreadable(f"more than {MOST_BYTES} bytes of XML")
    parser = XMLParser(target=Shallow(), forbid_dtd=True)
    try:
        parser.feed(content)
        root: Element = parser.close()
    except (ParseError, ValueError, LookupError) as broken:  # defusedxml's own errors are ValueErrors
        return Unreadable(f"not XML that is safe to read: {broken}")
    return root
