"""A list of holdings: who holds which share of which right, a line each (CSV, RFC 4180)."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from licet.catalog import Right, parse_identifier
from licet.errors import LicetError, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COLUMNS = ("recording", "right", "holder", "share")
LONGEST = 1 << 16  # characters of a line
_SHARE = re.compile(r"(?:[0-9]{1,9}/[1-9][0-9]{0,8}|[0-9]{1,3}(?:\.[0-9]{1,9})?%?|\.[0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Listed:
    """One line: a recording, one right in it, its holder, and the share."""

    recording: str
    right: Right
    holder: str
    share: Fraction


def read_holdings(path: Path, party: str) -> Iterator[Listed]:
    """Yield the holdings that `party` lists in the file at `path`, one for each right.

    Raises:
        SourceError: it cannot be read, or a line of it makes no sense. The message names the line, and nothing of the
            list counts then.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.DictReader((line for line in stream if _short(line, path)), strict=True)
            if unknown := set(rows.fieldnames or ()) - set(COLUMNS):
                raise SourceError(f"{path}: there is no column {min(unknown)!r}", mend=f"one of {', '.join(COLUMNS)}")
            if "recording" not in (rows.fieldnames or ()):
                raise SourceError(f"{path} has no column `recording`", mend="name the columns in its first line")
            for row in rows:
                yield from _holdings(row, party, f"{path}:{rows.line_num}")
    except OSError as refused:
        raise SourceError(f"{path} cannot be read: {refused.strerror}") from refused
    except (csv.Error, UnicodeDecodeError) as broken:
        raise SourceError(f"{path} is no list of holdings: {broken}", mend="write it as CSV, in UTF-8") from broken


def share_of(text: str) -> Fraction:
    """Return the share that `text` names: `1/2`, `0.5` or `50%`; the whole where it names none.

    Raises:
        SourceError: it is none, or more than the whole, or nothing.
    """
    plain = text.strip()
    if not plain:
        return Fraction(1)
    if _SHARE.fullmatch(plain) is None:
        raise SourceError(f"{text!r} is no share", mend="write 1/2, 0.5 or 50%")
    share = Fraction(plain.removesuffix("%")) / (100 if plain.endswith("%") else 1)
    if not 0 < share <= 1:
        raise SourceError(f"{text!r} is no share of a whole", mend="more than 0, at most 1")
    return share


def _holdings(row: dict[str, str | None], party: str, where: str) -> Iterator[Listed]:
    said = {name: (row.get(name) or "").strip() for name in COLUMNS}
    try:
        recording, share = str(parse_identifier(said["recording"])), share_of(said["share"])
        rights = (Right(said["right"]),) if said["right"] else tuple(Right)
    except LicetError as wrong:
        raise SourceError(f"{where}: {wrong.message}", mend=wrong.mend) from wrong
    except ValueError:
        raise SourceError(f"{where}: there is no right {said['right']!r}", mend="recording, work, or empty") from None
    for right in rights:
        yield Listed(recording, right, said["holder"] or party, share)


def _short(line: str, path: Path) -> bool:
    if len(line) > LONGEST:
        raise SourceError(f"{path} has a line of more than {LONGEST} characters", mend="is it a CSV?")
    return True
