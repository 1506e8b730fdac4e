"""Links that are names: the page of a recording, an artist or a release says which one it is."""

from __future__ import annotations

import re

from licet.catalog.identifiers import Identifier

_LINK_CHARACTERS = 2_000
_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_PAGES = tuple(
    (scheme, re.compile(pattern, re.ASCII | re.IGNORECASE))
    for scheme, pattern in (
        ("jamendo", r"(?:\w+\.)?jamendo\.com/(?:[a-z]{2}/)?(?:download/)?track/([0-9]{1,18})(?![0-9])"),
        ("jamendo", r"jamen\.do/t/([0-9]{1,18})(?![0-9])"),
        ("jamendo-album", r"(?:\w+\.)?jamendo\.com/(?:[a-z]{2}/)?(?:album/|list/a)([0-9]{1,18})(?![0-9])"),
        ("jamendo-artist", r"(?:\w+\.)?jamendo\.com/(?:[a-z]{2}/)?artist/([0-9]{1,18})(?![0-9])"),
        ("freesound", r"(?:www\.)?freesound\.org/(?:people/[^/?#]+/)?(?:sounds|s)/([0-9]{1,18})(?![0-9])"),
        ("musicbrainz", rf"(?:\w+\.)?musicbrainz\.org/recording/({_UUID})(?![0-9a-f-])"),
        ("youtube", r"(?:(?:www|m|music)\.)?youtube\.com/watch\?(?:[^#]*&)?v=([\w-]{11})(?![\w-])"),
        ("youtube", r"youtu\.be/([\w-]{11})(?![\w-])"),
    )
)
_WEB = re.compile(r"https?://", re.IGNORECASE)


def identifier_in_link(link: str) -> Identifier | None:
    """Return what the page at `link` is the page of, or None where the link does not say."""
    link = link.strip()
    web = _WEB.match(link)
    if web is None or len(link) > _LINK_CHARACTERS or any(map(str.isspace, link)):
        return None  # prose that begins with a link may say anything of it
    for scheme, page in _PAGES:
        if found := page.match(link, web.end()):
            return Identifier(scheme, found[1])
    return None
