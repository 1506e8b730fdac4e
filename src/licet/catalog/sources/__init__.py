"""Readers of what others state about recordings: one file a source, all of one shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from licet.catalog.sources.audio_folder import AudioFolder
from licet.catalog.sources.ddex_ern import DdexErn
from licet.catalog.sources.fields import FIELDS
from licet.catalog.sources.fma import Fma
from licet.catalog.sources.mtg_jamendo import MtgJamendo
from licet.catalog.sources.stable_audio import StableAudio
from licet.catalog.sources.table import Table
from licet.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from licet.catalog.entries import Entry, Problem, SourceFile

__all__ = ["FIELDS", "KINDS", "Kind", "Source", "open_source"]


class Source(Protocol):
    """Something that states facts about recordings, read in one go and the same way every time."""

    @property
    def kind(self) -> str:
        """The reader's name, as in `KINDS`."""

    @property
    def location(self) -> str:
        """Where it is read from, as the user gave it."""

    def files(self) -> tuple[SourceFile, ...]:
        """Return everything that is read, with its SHA-256.

        Raises:
            SourceError: it cannot be read as what it was said to be.
        """

    def blobs(self) -> Iterator[tuple[str, Path | bytes]]:
        """Yield the SHA-256 of each file that evidence stands in, and where its bytes are."""

    def read(self) -> Iterator[Entry | Problem]:
        """Yield what it states: each key once, and a problem for each record that cannot be taken as it stands.

        Raises:
            SourceError: as `files`.
        """


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of source. `options` are the names that `open_source` takes for it besides the path."""

    name: str
    describes: str  # one line, for `--help`
    opens: Callable[..., Source]
    options: tuple[str, ...] = ()


KINDS = {
    kind.name: kind
    for kind in (
        Kind(MtgJamendo.kind, "a checkout of MTG/mtg-jamendo-dataset", MtgJamendo),
        Kind(Fma.kind, "tracks.csv of the Free Music Archive dataset (FMA)", Fma),
        Kind(StableAudio.kind, "an attribution list of Stable Audio Open (CSV)", StableAudio, ("scheme",)),
        Kind(DdexErn.kind, "a DDEX ERN message (NewReleaseMessage), or a folder of them", DdexErn),
        Kind(Table.kind, "any CSV, TSV, JSONL or Parquet", Table, ("columns", "name", "scheme")),
        Kind(AudioFolder.kind, "a folder of audio, with what its tags say", AudioFolder, ("name",)),
    )
}


def open_source(kind: str, path: Path, /, **options: object) -> Source:
    """Return the source of this `kind` at `path`. Nothing is read yet.

    Args:
        kind: one of `KINDS`.
        path: a file or a folder, as the kind has it.
        options: `columns` (a table's own names for our `FIELDS`), `name` (what the local keys begin with), `scheme`
            (what the numbers in the key column are: `jamendo`).

    Raises:
        UsageError: there is no such kind, or it takes no such option.
    """
    known = KINDS.get(kind)
    if known is None:
        raise UsageError(f"{kind!r} is no kind of source", mend=f"use one of {', '.join(KINDS)}")
    for option in options:
        if option not in known.options:
            takes = ", ".join(known.options) or "none"
            raise UsageError(f"a source of kind {kind} takes no {option!r}", mend=f"it takes: {takes}")
    return known.opens(path, **options)
