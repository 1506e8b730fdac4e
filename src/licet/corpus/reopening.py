"""Decide again on some lines of a sealed manifest, and tell what became of each.

What was seen of an item was kept beside its line, so that it is decided on again without its audio, and without the
list that named it. A line is superseded if its verdict, its reasons, its conditions, its recordings or the evidence
behind them are others now; that a source was merely read again, to the same end, supersedes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from licet.corpus.finding import lines_at
from licet.corpus.manifest import SEEN_NAME, Written, writing
from licet.corpus.sighting import Sighting
from licet.errors import ManifestError, WorkspaceError
from licet.parallel import Crashed, ordered_map

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from licet.corpus.deciding import Decider
    from licet.corpus.manifest import Head, Line, ReasonLine

REOPENED_NAME = "reopened.jsonl"
LINES_A_PART = 512
_LIKE = ("verdict", "contested", "readings", "reasons", "conditions", "changes", "recordings", "licence_keys")
_SEEN = msgspec.json.Decoder(Sighting)


class Reopened(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one line that was decided on again, and superseded."""

    item: str
    row: int
    recordings: tuple[str, ...]
    before: str  # verdict
    after: str
    says: tuple[str, ...]  # the reasons that decide now
    appeared: tuple[str, ...]  # SHA-256 of evidence that was not leaned on before
    went: tuple[str, ...]


def lines_again(
    folder: Path, places: Collection[tuple[str, int]], decider: Decider, workers: int | None = 1
) -> Iterator[tuple[Line, Line, Sighting]]:
    """Yield those lines at `places`, as they were and as they are now, that are superseded, in order.

    Raises:
        ManifestError: what was seen of an item was not kept.
        WorkspaceError: a process that decides was killed.
    """
    for result in ordered_map(_Again(decider), _in_parts(seen_at(folder, places)), workers=workers):
        if isinstance(result, Crashed):
            raise WorkspaceError("a process that decides was killed", mend="try one worker")
        yield from result


def write_reopened(
    folder: Path, head: Head, found: Iterator[tuple[Line, Line, Sighting]], progress: Callable[[str], None]
) -> int:
    """Write the superseding lines as a manifest into `folder`, with what became of each beside it; return how many."""
    count = 0
    folder.mkdir(parents=True)
    with writing(folder, head) as manifest, (folder / REOPENED_NAME).open("wb") as told:
        for before, after, sighting in found:
            manifest.add(Written.of(after, sighting))
            told.write(msgspec.json.encode(_told(before, after, head.reading)) + b"\n")
            progress(after.verdict)
            count += 1
    return count


def read_reopened(folder: Path) -> Iterator[Reopened]:
    """Yield what became of each line that the manifest in `folder` supersedes; nothing if it supersedes none."""
    path = folder / REOPENED_NAME
    if path.exists():
        with path.open("rb") as stream:
            yield from map(msgspec.json.Decoder(Reopened).decode, stream)


def seen_at(folder: Path, places: Collection[tuple[str, int]]) -> Iterator[tuple[list[Line], list[Sighting]]]:
    """Yield the lines at `places` and what was seen of their items: both files have the same rows in a row group.

    Raises:
        ManifestError: what was seen of an item was not kept.
    """
    import pyarrow.parquet as pq

    if not (folder / SEEN_NAME).exists():
        raise ManifestError(f"{folder} does not hold what was seen of its items", mend="clear the corpus again")
    with pq.ParquetFile(folder / SEEN_NAME) as seen:
        for group, at, lines in lines_at(folder, places):
            texts = seen.read_row_group(group, ["seen"]).take(at).column(0).to_pylist()
            yield lines, list(map(_SEEN.decode, texts))


@dataclass(frozen=True, slots=True)
class _Again:
    """Decides again on some lines; it travels to other processes."""

    decider: Decider

    def __call__(self, part: tuple[list[Line], list[Sighting]]) -> list[tuple[Line, Line, Sighting]]:
        both = zip(part[0], self.decider.lines(part[1]), part[1], strict=True)
        return [one for one in both if _differ(one[0], one[1])]


def _in_parts(
    seen: Iterator[tuple[list[Line], list[Sighting]]],
) -> Iterator[tuple[list[Line], list[Sighting]]]:
    for lines, sightings in seen:
        for first in range(0, len(lines), LINES_A_PART):
            part = slice(first, first + LINES_A_PART)
            yield lines[part], sightings[part]


def _differ(before: Line, after: Line) -> bool:
    return any(getattr(before, name) != getattr(after, name) for name in _LIKE) or _leans(before) != _leans(after)


def _leans(line: Line) -> set[str]:
    return {one.evidence for one in line.statements}


def _told(before: Line, after: Line, reading: str) -> Reopened:
    old, new = _leans(before), _leans(after)
    return Reopened(
        item=after.item,
        row=after.row,
        recordings=tuple(dict.fromkeys((*before.recordings, *after.recordings))),
        before=before.verdict,
        after=after.verdict,
        says=tuple(reason.says for reason in after.reasons if _decides(reason, after.verdict, reading)),
        appeared=tuple(sorted(new - old)),
        went=tuple(sorted(old - new)),
    )


def _decides(reason: ReasonLine, verdict: str, reading: str) -> bool:
    return reason.verdict == verdict and reading in reason.readings
