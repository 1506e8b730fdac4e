"""JSON that stays what it is wherever it is pasted: in ASCII, and with nothing in it that ends a script on a page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from licet.placing import place

if TYPE_CHECKING:
    from pathlib import Path

_ON_A_PAGE = str.maketrans({"<": r"\u003c", ">": r"\u003e", "&": r"\u0026"})


def json_bytes(document: object) -> bytes:
    """Return a document as it is put in a file, its fields in the order in which they were given."""
    return _safe(json.dumps(document, indent=2)) + b"\n"


def json_line(document: object) -> bytes:
    """Return a document on one line, without the line's end."""
    return _safe(json.dumps(document, separators=(",", ":")))


def write_json(path: Path, document: object) -> tuple[Path, ...]:
    """Put a document in its place, whole, and return the path.

    Raises:
        OSError: it cannot be written; what was there before is there still.
    """
    place({path: json_bytes(document)})
    return (path,)


def _safe(text: str) -> bytes:
    # Outside its strings JSON has none of the three characters.
    return text.translate(_ON_A_PAGE).encode("ascii")
