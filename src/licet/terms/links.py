"""Links that name a licence, in all the spellings they are met in.

The address of a Creative Commons licence is its name. It is met with http and https, with and without "www." and the
closing slash, in capitals, and with more behind it: `deed`, `deed.zh-hant`, `legalcode.fr`, `rdf`, a query, a fragment.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from licet.terms import creative_commons, other_licences
from licet.terms.creative_commons import NoSuchLicence

if TYPE_CHECKING:
    from licet.terms.statement import Licence

# Stand-ins from the private use area: a statement is read with its links taken out and these left in their place.
LICENCE_LINK, OTHER_LINK = "\ue000", "\ue001"

_LINK = re.compile(
    r"(?:https?://|(?<![\w.@/-])(?:www\.)?(?=(?:creativecommons|artlibre)\.org/))[^\s<>\"|]+", re.IGNORECASE
)
_CLOSING = ".,;:!?)]}'"
_PAGE = re.compile(r"(?:deed|legalcode|rdf)(?:[._-][\w.-]*)?")
_SPDX_ID = re.compile(r"spdx\.org/licenses/([\w.+-]+?)(?:\.html|\.json)?")


def only_link(text: str) -> str | None:
    """Return the link that `text` consists of, without the sign that ends its sentence, or None."""
    match = _LINK.fullmatch(text.strip())
    return match[0].rstrip(_CLOSING) if match else None


def licence_at(link: str) -> Licence | NoSuchLicence | None:
    """Return the licence that `link` is the address of, or None where it is the address of something else."""
    place = _place(link)
    site, _, path = place.partition("/")
    if site == "creativecommons.org" and path.startswith(("licenses/", "publicdomain/")):
        return creative_commons.at_path(_without_page(path))
    if match := _SPDX_ID.fullmatch(place):
        return by_spdx_id(match[1]) or NoSuchLicence(f"the terms of {match[1]} are not known here")
    return other_licences.at_link(place)


def by_spdx_id(name: str) -> Licence | None:
    """Return the licence with this SPDX id, official or minted, in any letter case."""
    return creative_commons.by_spdx().get(name.lower()) or other_licences.by_spdx().get(name.lower())


def take_links(text: str) -> tuple[str, list[Licence | NoSuchLicence]]:
    """Return `text` with a stand-in for each link, and the licences that the links name, in order."""
    named: list[Licence | NoSuchLicence] = []

    def stand_in(match: re.Match[str]) -> str:
        link = match[0].rstrip(_CLOSING)
        licence = licence_at(link)
        if licence is not None:
            named.append(licence)
        return (OTHER_LINK if licence is None else LICENCE_LINK) + match[0][len(link) :]

    return _LINK.sub(stand_in, text), named


def _place(link: str) -> str:
    """Return host and path alone: in lower case, without scheme, "www.", query, fragment and closing slash."""
    if "%" in link:
        link = unquote(link, errors="replace")
    place = re.split(r"[?#]", link.lower().removeprefix("https://").removeprefix("http://"), maxsplit=1)[0]
    return re.sub(r"/{2,}", "/", place.removeprefix("www.")).strip("/")


def _without_page(path: str) -> str:
    """Return a path without the page at its end: `licenses/by/3.0/fr/deed.en` is `licenses/by/3.0/fr`."""
    head, _, tail = path.rpartition("/")
    return head if head and _PAGE.fullmatch(tail) else path
