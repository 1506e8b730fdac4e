"""What the columns of a table mean: names, links, lengths, holders and their shares."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from licet.catalog.entries import Entry, Holding, Party, Right, Span, Work
from licet.catalog.identifiers import Identifier
from licet.catalog.links import identifier_in_link
from licet.catalog.paths import escape_path
from licet.errors import IdentifierError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# What a table may state, and the names that columns commonly have for it: small letters and digits alone are compared.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "key": ("key", "id", "recording", "trackid", "recordingid", "identifier"),
    "path": ("path", "file", "filename", "filepath", "audiopath", "audiofile"),
    "title": ("title", "track", "trackname", "tracktitle", "song"),
    "artist": ("artist", "artistname", "author", "performer", "creator"),
    "album": ("album", "albumname", "albumtitle", "release"),
    "licence": ("licence", "license", "licenceurl", "licenseurl", "tracklicense", "rights"),
    "attribution": ("attribution", "credit"),
    "url": ("url", "link", "page", "trackurl"),
    "duration": ("duration", "durations", "durationseconds", "seconds", "length"),
    "holder": ("holder", "holders", "rightsholder", "rightsholders", "owner", "label"),
    "share": ("share",),
    "composer": ("composer", "composers", "writer", "writers", "songwriter", "songwriters"),
    "isrc": ("isrc",),
    "iswc": ("iswc",),
    "ean": ("ean", "upc", "barcode"),
    "musicbrainz": ("musicbrainz", "mbid", "musicbrainztrackid", "musicbrainzrecordingid"),
    "youtube": ("youtube", "youtubeid", "ytid"),
    "sha256": ("sha256",),
    "md5": ("md5",),
}
_NAMES = ("isrc", "musicbrainz", "sha256", "md5", "youtube", "ean")  # columns that hold an identifier each
NAMING = frozenset({"key", "path", "url", *_NAMES})  # what a row can be named by
_Value = TypeVar("_Value")
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,2}(?:\.\d{1,9})?)", re.ASCII)
_SHARE = re.compile(r"(\d{1,9}(?:/\d{1,9}|\.\d{1,9})?)\s*(%?)", re.ASCII)


@lru_cache(maxsize=256)
def columns_for(columns: tuple[str, ...]) -> Mapping[str, str]:
    """Return which of `columns` holds which field, by its common names. The first name that fits counts."""
    plain = {re.sub(r"[^a-z0-9]", "", column.lower()): column for column in reversed(columns)}
    found = {field: next((plain[name] for name in names if name in plain), None) for field, names in FIELDS.items()}
    return {field: column for field, column in found.items() if column is not None}


def identifiers_of(stated: Mapping[str, str]) -> tuple[list[Identifier], list[str]]:
    """Return the names that a row gives its recording, and what is wrong with those that are none."""
    found, wrong = [], []
    for field in _NAMES:
        if stated.get(field):
            try:
                found.append(Identifier(field, stated[field]))
            except IdentifierError as error:
                wrong.append(error.message)
    linked = identifier_in_link(stated.get("url", ""))
    if linked is not None:
        found.append(linked)
    return found, wrong


def entry_of(
    stated: Mapping[str, str], key: Identifier, identifiers: list[Identifier], span: Span
) -> tuple[Entry, list[str]]:
    """Return the entry that a row states, and what in it does not add up: that much is left out.

    Licence and credit are kept exactly as worded, and so is the path; blanks around the rest mean nothing.
    """
    doubts: list[str] = []

    def taken(read: Callable[[str], _Value], field: str, otherwise: _Value) -> _Value:
        try:
            return read(told[field])
        except ValueError as error:
            doubts.append(str(error))
            return otherwise

    told = {field: stated.get(field, "").strip() for field in FIELDS}
    nobody: tuple[Holding, ...] = ()
    # A composer whose shares cannot be read is a composer all the same.
    somebody = (_holding(told["composer"], None, Right.WORK),) if told["composer"] else nobody
    iswc = taken(lambda text: Identifier("iswc", text) if text else None, "iswc", None)
    entry = Entry(
        key=key,
        span=span,
        title=told["title"],
        artist=told["artist"],
        album=told["album"],
        duration_s=taken(_seconds, "duration", None),
        path=escape_path(stated["path"].encode()) if stated.get("path") else None,
        url=told["url"] or None,
        identifiers=tuple(one for one in dict.fromkeys(identifiers) if one != key),
        holdings=(
            *taken(lambda text: holdings_of(text, told["share"]), "holder", nobody),
            *taken(lambda text: holdings_of(text, right=Right.WORK), "composer", somebody),
        ),
        work=Work(told["title"], iswc) if iswc or told["composer"] else None,
        licence=stated["licence"] if told["licence"] else None,
        attribution=stated["attribution"] if told["attribution"] else None,
    )
    return entry, doubts


def holdings_of(holder: str, share: str = "", right: Right = Right.RECORDING) -> tuple[Holding, ...]:
    """Return who holds the right: `A Name`, or `A Name=1/2; Another=1/2`; `share` is that of a single holder.

    Raises ValueError where a share is no number, or the shares are more than the whole.
    """
    if not holder:
        return ()
    if "=" not in holder:
        return (_holding(holder, _share(share) if share else None, right),)
    holdings = []
    for part in filter(str.strip, holder.split(";")):
        name, equals, stated = part.rpartition("=")
        holdings.append(_holding(name, _share(stated), right) if equals else _holding(part, None, right))
    if sum(holding.share or 0 for holding in holdings) > 1:
        raise ValueError(f"the shares in {holder[:200]!r} are more than the whole")
    return tuple(holdings)


def _holding(name: str, share: Fraction | None, right: Right) -> Holding:
    return Holding(Party(name.strip()), right, "composer" if right is Right.WORK else "holder", share)


def _share(text: str) -> Fraction:
    stated = _SHARE.fullmatch(text.strip())
    try:
        share = Fraction(stated[1]) / (100 if stated[2] else 1) if stated else None
    except ZeroDivisionError:
        share = None
    if share is None or share > 1:
        raise ValueError(f"{text[:60]!r} is no share of the whole")
    return share


def _seconds(text: str) -> float | None:
    """Return a length written as seconds or as `[h:]mm:ss`. Raises ValueError where it is neither."""
    if not text:
        return None
    clock = _CLOCK.fullmatch(text)
    if clock is not None:
        return int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + float(clock[3])
    seconds = float(text)
    if not 0 <= seconds < math.inf:
        raise ValueError(f"nothing lasts {text} s")
    return seconds
