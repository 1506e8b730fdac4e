"""Which recording a file's tags say it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.catalog.identifiers import Identifier, Names
from licet.catalog.links import identifier_in_link
from licet.errors import IdentifierError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from licet.catalog.tags import Tags

_SCHEMES = {
    "TSRC": "isrc",
    "ISRC": "isrc",
    "----:com.apple.iTunes:ISRC": "isrc",
    "UFID:http://musicbrainz.org": "musicbrainz",
    "MUSICBRAINZ_TRACKID": "musicbrainz",  # by long custom the recording, and MUSICBRAINZ_RELEASETRACKID the track
    "TXXX:MusicBrainz Recording Id": "musicbrainz",
    "----:com.apple.iTunes:MusicBrainz Track Id": "musicbrainz",
}
_LINKS = ("WOAF", "WOAS", "WXXX", "CONTACT", "URL", "WEBSITE", "SOURCE", "COMMENT", "COMM", "PURL", "©cmt", "ICMT")


def identifiers_in_tags(tags: Tags) -> tuple[Identifier, ...]:
    """Return the recordings that `tags` name, each once, in file order. What does not check out is passed over.

    A tag is copied and mistyped with ease: a name in it is a hint, never an identification.
    """
    return tuple(dict.fromkeys(_identifiers(tags)))


def _identifiers(tags: Tags) -> Iterator[Identifier]:
    for name, value in tags.values:
        scheme = _SCHEMES.get(name)
        if scheme is not None:
            try:
                yield Identifier(scheme, value)
            except IdentifierError:
                continue
        elif name.partition(":")[0] in _LINKS:
            found = identifier_in_link(value)
            if found is not None and found.names == Names.RECORDING:
                yield found
