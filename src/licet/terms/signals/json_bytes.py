"""How JSON is read from whoever sends it: bounded in size and depth, in UTF-8, no name twice (RFC 8259, RFC 7493)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NoReturn

from licet.terms.signals.reading import MOST_BYTES
from licet.terms.signals.understanding import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable

DEEPEST = 64  # levels of arrays and objects
_BRACKET = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)  # a string hides the brackets in it


def read_json(content: bytes) -> object | Unreadable:
    """Return the value that the bytes hold, or why they cannot be read. Never raises."""
    if len(content) > MOST_BYTES:
        return Unreadable(f"more than {MOST_BYTES} bytes of JSON")
    if _too_deep(content):
        return Unreadable(f"JSON nested more than {DEEPEST} deep")
    try:
        value: object = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_not_json)
    except UnicodeDecodeError:
        return Unreadable("JSON that is not UTF-8")
    except ValueError as broken:  # JSONDecodeError is one, and so is a number of more digits than Python reads
        return Unreadable(f"not valid JSON: {broken}")
    return value


def _too_deep(content: bytes) -> bool:
    depth = 0
    for found in _BRACKET.finditer(content):
        mark = found[0]
        if mark in b"[{":
            depth += 1
        elif mark in b"]}":
            depth -= 1
        if depth > DEEPEST:
            return True
    return False


def _object(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    held: dict[str, object] = {}
    for name, value in pairs:
        if name in held:
            raise ValueError("an object names the same thing twice")
        held[name] = value
    return held


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")
