"""Entries and snapshots as canonical JSON, and back: the same fact always gives the same bytes."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

from licet.catalog.entries import Entry, Snapshot
from licet.digests import sha256_bytes

if TYPE_CHECKING:
    from datetime import datetime

    from licet.catalog.entries import SourceFile


def encode_entry(entry: Entry) -> bytes:
    """Return `entry` as JSON: fields in the order of the class, a share as `1/2`."""
    return _ENCODER.encode(entry)


def decode_entry(content: bytes) -> Entry:
    """Return the entry that `encode_entry` wrote.

    Raises:
        msgspec.ValidationError: `content` is JSON, and no entry.
        msgspec.DecodeError: `content` is not JSON.
    """
    return _ENTRY_DECODER.decode(content)


def encode_snapshot(snapshot: Snapshot) -> bytes:
    """Return `snapshot` as JSON, its time in UTC."""
    return _ENCODER.encode(snapshot)


def decode_snapshot(content: bytes) -> Snapshot:
    """Return the snapshot that `encode_snapshot` wrote."""
    return _SNAPSHOT_DECODER.decode(content)


def snapshot_id(
    kind: str, location: str, captured_at: datetime, files: tuple[SourceFile, ...], licence: str | None = None
) -> str:
    """Return the SHA-256 that names one reading: the same files read at another moment are another snapshot."""
    facts = (kind, location, captured_at, files, licence)
    return sha256_bytes(_ENCODER.encode(facts))


def _from_json(_kind: type, value: object) -> Fraction:
    return Fraction(str(value))


# A share is the one thing in an entry that JSON has no form for.
_ENCODER = msgspec.json.Encoder(enc_hook=str)
_ENTRY_DECODER = msgspec.json.Decoder(Entry, dec_hook=_from_json)
_SNAPSHOT_DECODER = msgspec.json.Decoder(Snapshot)
