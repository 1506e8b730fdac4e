"""What exists: recordings, works, the parties behind them and the names they go by."""

from __future__ import annotations

from licet.catalog.codec import decode_entry, encode_entry, snapshot_id
from licet.catalog.entries import (
    Drift,
    Entry,
    Holding,
    Listed,
    Party,
    Problem,
    Recorded,
    Right,
    Severity,
    Snapshot,
    SourceFile,
    Span,
    Work,
)
from licet.catalog.identifiers import Identifier, Names, local_identifier, parse_identifier
from licet.catalog.links import identifier_in_link
from licet.catalog.paths import escape_path, unescape_path
from licet.catalog.sources import KINDS, Kind, Source, open_source
from licet.catalog.tagged import identifiers_in_tags
from licet.catalog.tags import Tags, read_tags

__all__ = [
    "KINDS",
    "Drift",
    "Entry",
    "Holding",
    "Identifier",
    "Kind",
    "Listed",
    "Names",
    "Party",
    "Problem",
    "Recorded",
    "Right",
    "Severity",
    "Snapshot",
    "Source",
    "SourceFile",
    "Span",
    "Tags",
    "Work",
    "decode_entry",
    "encode_entry",
    "escape_path",
    "identifier_in_link",
    "identifiers_in_tags",
    "local_identifier",
    "open_source",
    "parse_identifier",
    "read_tags",
    "snapshot_id",
    "unescape_path",
]
