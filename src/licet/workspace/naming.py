"""All that something goes by: a recording, an item, or the bytes of a file, as whoever asks for it may write it.

1. A recording, by any identifier: every recording on record that carries it, all identifiers that those carry, and so
   on. Every sealed manifest is asked which files hold one of them, so that a copy that was found later counts too.
2. An item, by its name, or by that of its receipt (`item:ROW:NAME`): the bytes of that file in every sealed manifest.
3. Bytes, by their SHA-256: themselves alone.

A text that does not say which it is may be each of them, and goes by all.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from licet.catalog import Names, parse_identifier
from licet.corpus.finding import lines_at
from licet.corpus.sealing import SET_NAME, leaning_on, places_of
from licet.errors import IdentifierError, UsageError
from licet.transparency import SortedSet

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from licet.corpus import Line
    from licet.workspace.receipts import ReceiptBook
    from licet.workspace.record import WorkspaceRecord

RECORDING, SHA256, ITEM = "recording:", "sha256:", "item:"
_DIGEST = re.compile(r"(?:sha256:)?([0-9a-f]{64})", re.IGNORECASE)
_OF_RECEIPT = re.compile(r"([0-9]{1,18}):(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Called:
    """What something goes by, as the set of what a run read has its names."""

    names: tuple[str, ...]  # recording:…, sha256:…, item:…; what was asked for first
    known: bool  # whether the catalogue or a sealed manifest has one of them


def called(what: str, record: WorkspaceRecord, book: ReceiptBook) -> Called:
    """Return all that `what` goes by.

    Raises:
        UsageError: it is empty, or no text.
        ManifestError: a sealed manifest is damaged.
    """
    _require_text(what)
    digest, recordings, item = _DIGEST.fullmatch(what), [], ""
    if digest is not None:  # step 3
        names = [SHA256 + digest[1].lower()]
    elif what.startswith(ITEM):
        names, item = [what], what.removeprefix(ITEM)
    else:
        recordings = [RECORDING + one for one in _recordings(what.removeprefix(RECORDING), record)]  # step 1
        item = "" if what.startswith(RECORDING) else what
        names = [*recordings, *([ITEM + item] if item else ())]
        if not _is_identifier(what.removeprefix(RECORDING)):
            names.reverse()
    found = dict.fromkeys(names)
    known = bool(record.catalogue.resolve([one.removeprefix(RECORDING) for one in names]))
    for folder in book.manifests():
        lines = list(_lines(folder, recordings, item))
        found |= dict.fromkeys(SHA256 + line.sha256 if line.sha256 else ITEM + line.item for line in lines)
        known = known or bool(lines) or any(names_in(folder, found))
    return Called(tuple(found), known)


def names_in(folder: Path, names: Iterable[str]) -> Iterator[str]:
    """Yield those names that the set of a sealed manifest holds; there an item's has the row that it stands in."""
    items = SortedSet(folder / SET_NAME)
    for name in names:
        if name.startswith(ITEM):
            item = name.removeprefix(ITEM)
            yield from (f"{ITEM}{row}:{one}" for one, row in places_of(folder, item) if one == item)
        if items.digest_of(name) is not None:
            yield name


def names_of_line(line: Line) -> Iterator[str]:
    """Yield what the item of a line goes by."""
    yield ITEM + line.item
    if line.sha256:
        yield SHA256 + line.sha256
    yield from (RECORDING + recording for recording in line.recordings)


def _require_text(what: str) -> None:
    if not what.strip():
        raise UsageError("nothing is named", mend="name a recording, an item, or the SHA-256 of a file")
    try:
        what.encode()
    except UnicodeEncodeError:
        raise UsageError(
            f"{what!r} is no text", mend="name it as `licet explain` shows it, or by the SHA-256 of its file"
        ) from None


def _recordings(what: str, record: WorkspaceRecord) -> list[str]:
    """Return every identifier of the recordings that carry the identifier `what`, itself first."""
    first = str(parse_identifier(what)) if _is_identifier(what) else what
    found = {first: None}
    fresh: list[str] = _carriers([first, f"local:{what}"], record)
    while fresh:
        found |= dict.fromkeys(fresh)
        stated = sorted(filter(_is_of_a_recording, record.catalogue.names_of(fresh)))
        fresh = [key for key in _carriers(stated, record) if key not in found]
        found |= dict.fromkeys(stated)
    return list(found)


def _carriers(names: Collection[str], record: WorkspaceRecord) -> list[str]:
    return sorted({key for keys in record.catalogue.resolve(list(names)).values() for key in keys})


def _is_identifier(text: str) -> bool:
    with suppress(IdentifierError):
        return bool(parse_identifier(text).value)
    return False


def _is_of_a_recording(name: str) -> bool:
    """Whether an identifier names a recording, and not a release, a work, or whoever made it."""
    return _is_identifier(name) and parse_identifier(name).names is Names.RECORDING


def _lines(folder: Path, recordings: Collection[str], item: str) -> Iterator[Line]:
    """Yield the lines of a sealed manifest that hold one of the recordings, or are about the item (step 2)."""
    places = set(leaning_on(folder, recordings)) if recordings else set()
    if item:
        places |= {place for place in places_of(folder, item) if place[0] == item}
    if (receipt := _OF_RECEIPT.fullmatch(item)) is not None:
        row, name = int(receipt[1]), receipt[2]
        places |= {place for place in places_of(folder, name) if place == (name, row)}
    for _, _, lines in lines_at(folder, places) if places else ():
        yield from lines
