"""Where the audio of an ERN recording lies beside its message, and the digests that the message gives for it."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from licet.catalog.identifiers import Identifier
from licet.catalog.paths import escape_path
from licet.catalog.sources.ern_facts import scopes_of
from licet.errors import IdentifierError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from licet.catalog.sources.ern_xml import Node

_TECHNICAL = ("TechnicalDetails", "TechnicalSoundRecordingDetails")
_DIGESTS = {"md5": "md5", "sha256": "sha256"}
_TRUE = frozenset({"true", "1"})


def files_of(recording: Node) -> Iterator[tuple[str, tuple[Identifier, ...]]]:
    """Yield each file of a recording but previews: where it lies, relative to the message, and its digests."""
    for details in (one for scope in scopes_of(recording) for name in _TECHNICAL for one in scope.at(name)):
        if details.says("IsPreview") in _TRUE or details.says("IsClip") in _TRUE:
            continue
        for file in (*details.at("File"), *details.at("DeliveryFile", "File")):
            place = file.says("URI") or posixpath.join(file.says("FilePath"), file.says("FileName"))
            yield _below(place), tuple(_digests(file))


def _digests(file: Node) -> Iterator[Identifier]:
    for one in file.at("HashSum"):
        named = one.says("Algorithm") or one.says("HashSumAlgorithmType")
        scheme = _DIGESTS.get(re.sub(r"[^a-z0-9]", "", named.lower()))
        if scheme is not None:
            try:
                yield Identifier(scheme, one.says("HashSumValue") or one.says("HashSum"))
            except IdentifierError:
                continue  # a digest in another notation is no name of ours


def _below(place: str) -> str:
    """Return a path that stays below the message, or "" where it leads elsewhere."""
    parts = posixpath.normpath(place).split("/")
    elsewhere = not place or "://" in place or place.startswith("/") or ".." in parts
    return "" if elsewhere else escape_path("/".join(parts).encode())
