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
from licet.catalog.paths import escape_path, unescape_path
from licet.catalog.tags import Tags

__all__ = [
    "Drift",
    "Entry",
    "Holding",
    "Identifier",
    "Listed",
    "Names",
    "Party",
    "Problem",
    "Recorded",
    "Right",
    "Severity",
    "Snapshot",
    "SourceFile",
    "Span",
    "Tags",
    "Work",
    "decode_entry",
    "encode_entry",
    "escape_path",
    "local_identifier",
    "parse_identifier",
    "snapshot_id",
    "unescape_path",
]
