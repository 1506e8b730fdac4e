"""How the elements of an SPDX document are named, and how one refers to another (SPDX 3.0.1, JSON-LD)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from licet.exports.cleared import page_of

if TYPE_CHECKING:
    from collections.abc import Iterator

Node: TypeAlias = dict[str, Any]

CONTEXT = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
CREATION = "_:creation"
NO_ASSERTION = "expandedlicensing_NoAssertionLicense"
_MINTED = re.compile(r"LicenseRef-[A-Za-z0-9.-]+")


@dataclass(frozen=True)
class Elements:
    """The elements of one document: their names begin alike."""

    base: str

    def name(self, place: str) -> str:
        """Return the name of the element at `place` in the document."""
        return f"{self.base}#{place}"

    def element(self, kind: str, place: str, /, **fields: Any) -> Node:  # noqa: ANN401  (JSON)
        """Return an element with the fields that hold something."""
        known = {name: value for name, value in fields.items() if value not in (None, "", [])}
        return {"type": kind, "spdxId": self.name(place), "creationInfo": CREATION, **known}

    def relation(self, place: str, kind: str, *to: str) -> Node:
        """Return what leads from the element at `place` to those named."""
        ends = {"from": self.name(place), "relationshipType": kind, "to": list(to)}
        return self.element("Relationship", f"{place}/{kind}", **ends)

    def licensed(self, place: str, licence: str) -> Iterator[Node]:
        """Yield the two relationships that the dataset profile asks for, exactly one of each."""
        for kind in ("hasDeclaredLicense", "hasConcludedLicense"):
            yield self.relation(place, kind, licence)

    def quoted(self, place: str, words: str) -> Node:
        """Return terms in words."""
        return self.element("simplelicensing_SimpleLicensingText", place, simplelicensing_licenseText=words)

    def expression(self, place: str, expression: str, words: str, page: str = "") -> Iterator[Node]:
        """Yield a licence expression, and in words what in it has neither a place on SPDX's list nor a page."""
        minted = sorted(set(_MINTED.findall(expression)))
        pages = {one: page or page_of(one) or self.name(f"{place}/{one}") for one in minted}
        entries = [{"type": "DictionaryEntry", "key": one, "value": at} for one, at in pages.items()]
        yield self.element(
            "simplelicensing_LicenseExpression",
            place,
            simplelicensing_licenseExpression=expression,
            simplelicensing_customIdToUri=entries,
        )
        for one, at in pages.items():
            if at == self.name(f"{place}/{one}"):
                yield self.quoted(f"{place}/{one}", words)
