"""Which addresses are asked about a resource: its site's files, itself, and the licences that those point to.

1. The site's `robots.txt`, `/.well-known/tdmrep.json` and `/ai.txt`.
2. The resource itself: its headers, and where it is a page, its HTML.
3. The policies that TDMRep names, and the RSL documents that robots.txt (`License:`), a `Link` header or a `link`
   element names: one level, and no more than `MOST_POINTED`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from licet.errors import UsageError
from licet.terms.gathering.addresses import cleaned, origin
from licet.terms.signals import Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from licet.terms.gathering.responses import Fetched

MOST_POINTED = 8
_RSL = "application/rsl+xml"
_PAGES = frozenset({"", "text/html", "application/xhtml+xml"})
_LINK_HEADER = re.compile(r"<([^<>]{1,2000})>([^<>,]{0,500})")
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_LINK_ELEMENT = re.compile(rb"<link\s([^<>]{1,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(rb"""([\w-]{1,40})\s{0,9}=\s{0,9}("[^"]*"|'[^']*'|[^\s"'>]+)""")


class Kind(StrEnum):
    """What is expected to be found at a place."""

    ROBOTS = "robots.txt"
    TDMREP = "tdmrep.json"
    AI_TXT = "ai.txt"
    RESOURCE = "resource"
    POLICY = "policy"  # ODRL
    LICENCE = "licence"  # RSL

    @property
    def for_site(self) -> bool:
        """Whether it is a file that a site may keep for all that it serves, and that need not be there."""
        return self in {Kind.ROBOTS, Kind.TDMREP, Kind.AI_TXT}


@dataclass(frozen=True, slots=True)
class Place:
    """Where to ask, and what for."""

    kind: Kind
    url: str


def places(url: str) -> tuple[Place, ...]:
    """Return where to ask about `url`, which is cleaned: robots.txt first (steps 1 and 2)."""
    site = origin(url)
    return (
        Place(Kind.ROBOTS, f"{site}/robots.txt"),
        Place(Kind.TDMREP, f"{site}/.well-known/tdmrep.json"),
        Place(Kind.AI_TXT, f"{site}/ai.txt"),
        Place(Kind.RESOURCE, url),
    )


def pointed_to(place: Place, fetched: Fetched, url: str) -> tuple[Place, ...]:
    """Return the policies and licences that what was found at `place` names for `url` (step 3)."""
    if not fetched.response.found:
        return ()
    named = {Kind.ROBOTS: _of_robots, Kind.TDMREP: _of_tdmrep, Kind.RESOURCE: _of_resource}.get(place.kind)
    found: dict[Place, None] = {}
    for kind, address in named(fetched, Target(url)) if named else ():
        try:
            found[Place(kind, cleaned(urljoin(fetched.response.landed, address)))] = None
        except (UsageError, ValueError):
            continue  # an address that cannot be asked
    return tuple(found)[:MOST_POINTED]


def is_page(fetched: Fetched) -> bool:
    """Whether a body may be read as HTML."""
    return fetched.response.media_type in _PAGES


def header_lines(fetched: Fetched) -> bytes:
    """Return all headers, `name: value` a line, as they came: ISO 8859-1."""
    return "".join(f"{name}: {value}\n" for name, value in fetched.response.headers).encode("latin-1", "replace")


def _of_robots(fetched: Fetched, target: Target) -> Iterator[tuple[Kind, str]]:
    from licet.terms.signals.rsl import licence_urls

    for address in licence_urls(fetched.body, target):
        yield Kind.LICENCE, address


def _of_tdmrep(fetched: Fetched, target: Target) -> Iterator[tuple[Kind, str]]:
    from licet.terms.signals import tdmrep

    for address in tdmrep.in_file(fetched.body, target).policies:
        yield Kind.POLICY, address


def _of_resource(fetched: Fetched, target: Target) -> Iterator[tuple[Kind, str]]:
    from licet.terms.signals import tdmrep

    policies = tdmrep.in_headers(header_lines(fetched), target).policies
    links = list(_header_links(fetched))
    if is_page(fetched):
        policies += tdmrep.in_html(fetched.body, target).policies
        links += _element_links(fetched.body)
    yield from ((Kind.POLICY, address) for address in policies)
    yield from ((Kind.LICENCE, address) for address in links)


def _header_links(fetched: Fetched) -> Iterator[str]:
    """Yield the RSL documents that `Link` headers name (RFC 8288)."""
    for value in fetched.response.values("link"):
        for address, parameters in _LINK_HEADER.findall(value):
            held = dict(part.strip().lower().partition("=")[::2] for part in parameters.split(";"))
            if "license" in held.get("rel", "").strip('"').split() and held.get("type", "").strip('"') == _RSL:
                yield address


def _element_links(page: bytes) -> Iterator[str]:
    """Yield the RSL documents that `link` elements name, none of them in a comment."""
    for attributes in _LINK_ELEMENT.findall(_COMMENT.sub(b"", page)):
        held = {name.lower(): value.strip(b"\"'") for name, value in _ATTRIBUTE.findall(attributes)}
        if b"license" in held.get(b"rel", b"").lower().split() and held.get(b"type", b"").lower() == _RSL.encode():
            yield unescape(held.get(b"href", b"").decode("utf-8", "replace"))
