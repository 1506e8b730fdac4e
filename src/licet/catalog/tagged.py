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
    "UFID:HTTP://MUSICBRAINZ.ORG": "musicbrainz",
    # By long custom the recording; the track on a release is MUSICBRAINZ_RELEASETRACKID.
    "MUSICBRAINZ_TRACKID": "musicbrainz",
    "MUSICBRAINZ TRACK ID": "musicbrainz",
}
_LINKS = frozenset("WOAF WOAS WXXX CONTACT URL WEBSITE SOURCE PURL COMMENT COMM DESCRIPTION ©CMT ICMT ANNO".split())
_DESCRIBED = ("TXXX", "WXXX", "----")  # frames and atoms that carry a name of their own


def identifiers_in_tags(tags: Tags) -> tuple[Identifier, ...]:
    """Return the recordings that `tags` name, each once, in file order. What does not check out is passed over.

    A tag is copied and mistyped with ease: a name in it is a hint, never an identification.
    """
    return tuple(dict.fromkeys(_identifiers(tags)))


def _identifiers(tags: Tags) -> Iterator[Identifier]:
    for name, value in tags.values:
        frame, _, description = name.upper().partition(":")
        own = description.rpartition(":")[2] if frame in _DESCRIBED else ""
        scheme = _SCHEMES.get(own or name.upper())
        if scheme is not None:
            try:
                yield Identifier(scheme, value)
            except IdentifierError:
                continue
        elif frame in _LINKS or own in _LINKS:
            found = identifier_in_link(value)
            if found is not None and found.names == Names.RECORDING:
                yield found
