"""A checkout of the MTG-Jamendo dataset: its licence list, track lists, names and digests, one entry a track.

Read in this order, each adding to what the one before said:

1. `audio_licenses.txt`: path, credit line, licence line, blank line (see `licence_list`).
2. every `.tsv` under `data/`: who and what each track is, where its audio lies, how long it is (see `track_list`).
3. `data/download/*_audio*_sha256_tracks.txt`: the digests of the audio files. (Lists of other names give digests of
   spectrograms and features, which are not audio.)

An entry's evidence is its licence record; for a track without one, the first row that names it.

Bogdanov et al., "The MTG-Jamendo Dataset for Automatic Music Tagging", ICML 2019 Machine Learning for Music workshop.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path  # noqa: TC003  (a dataclass field)
from typing import TYPE_CHECKING

from licet.catalog.entries import (
    Entry,
    Holding,
    Party,
    Problem,
    Right,
    Severity,
    SourceFile,
    Span,
)
from licet.catalog.identifiers import Identifier
from licet.catalog.sources.licence_list import Licensed, licence_records
from licet.catalog.sources.reading import opened, shown, source_file, span_of
from licet.catalog.sources.track_list import (
    Digest,
    Facts,
    Named,
    Row,
    digest_rows,
    facts_of,
    name_rows,
    track_rows,
)
from licet.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

LICENCES = "audio_licenses.txt"
_NAMES = "data/raw.meta.tsv"


@dataclass(slots=True)
class _Track:
    """What has been read of one track so far."""

    span: Span
    row: tuple[bytes, ...] | None = None  # as it stands in the first list
    facts: Facts | None = None  # the same, read
    named: Named | None = None
    licensed: Licensed | None = None
    contradicted: bool = False  # it is licensed twice, in different words
    digests: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class MtgJamendo:
    """The checkout at `root`."""

    root: Path
    kind: str = "mtg-jamendo"

    @property
    def location(self) -> str:
        """Where the checkout lies, as the user gave it."""
        return shown(self.root)

    def files(self) -> tuple[SourceFile, ...]:
        """Return every file that is read, with its SHA-256.

        Raises:
            SourceError: the folder holds none of them, or one cannot be read.
        """
        return self._files

    def blobs(self) -> Iterator[tuple[str, Path | bytes]]:
        """Yield the SHA-256 and the place of every file that is read."""
        for file in self._files:
            yield file.sha256, self.root / file.path

    def read(self) -> Iterator[Entry | Problem]:
        """Yield every problem met, then one entry for each track, by number.

        Raises:
            SourceError: as `files`.
        """
        tracks: dict[int, _Track] = {}
        for file in sorted(self._files, key=_order):
            with opened(self.root / file.path, self.kind) as stream:
                if file.path == LICENCES:
                    yield from _licences(tracks, licence_records(stream, file))
                elif file.path == _NAMES:
                    yield from _names(tracks, name_rows(stream, file))
                elif file.path.endswith(".tsv"):
                    yield from _rows(tracks, file, track_rows(stream, file))
                else:
                    yield from _digests(tracks, digest_rows(stream, file))
        for number in sorted(tracks):
            yield _entry(number, tracks[number])

    @cached_property
    def _files(self) -> tuple[SourceFile, ...]:
        patterns = (LICENCES, "data/*.tsv", "data/splits/**/*.tsv", "data/download/*_audio*_sha256_tracks.txt")
        names = {path.relative_to(self.root).as_posix() for pattern in patterns for path in self.root.glob(pattern)}
        if not names:
            raise SourceError(
                f"{self.location} is no MTG-Jamendo checkout: it holds neither {LICENCES} nor data/*.tsv",
                mend="give the folder of a clone of MTG/mtg-jamendo-dataset",
            )
        return tuple(source_file(self.root / name, name, self.kind) for name in sorted(names))


def _order(file: SourceFile) -> tuple[bool, bool, str]:
    """Licences first, so that they become the evidence; digests last."""
    return file.path != LICENCES, not file.path.endswith(".tsv"), file.path


def _licences(tracks: dict[int, _Track], records: Iterator[Licensed | Problem]) -> Iterator[Problem]:
    for record in records:
        if isinstance(record, Problem):
            yield record
            continue
        track = tracks.setdefault(record.track, _Track(record.span, licensed=record))
        known = track.licensed
        if known is not None and known.licence != record.licence:
            track.contradicted = True
            says = f"track {record.track} is licensed twice, in different words; neither is taken"
            yield Problem(record.where, says, Severity.DOUBT)


def _rows(tracks: dict[int, _Track], file: SourceFile, rows: Iterator[Row | Problem]) -> Iterator[Problem]:
    for row in rows:
        if isinstance(row, Problem):
            yield row
            continue
        track = tracks.get(row.track)
        if track is not None and track.row == row.facts:
            continue  # most rows: a track stands in many lists
        where = f"{file.path}:{row.line.number}"
        try:
            facts = facts_of(row)
        except ValueError:
            yield Problem(where, f"the artist, album, path or duration of track {row.track} cannot be read")
            continue
        if track is None:
            content = row.line.content or b""
            track = tracks[row.track] = _Track(span_of(content, row.line.start, file.sha256))
        if track.row is None:
            track.row, track.facts = row.facts, facts
        else:
            says = f"track {row.track} has another artist, album, path or duration than the lists before say"
            yield Problem(where, says, Severity.DOUBT)


def _names(tracks: dict[int, _Track], rows: Iterator[Named | Problem]) -> Iterator[Problem]:
    for row in rows:
        if isinstance(row, Problem):
            yield row
        else:
            tracks.setdefault(row.track, _Track(row.span)).named = row


def _digests(tracks: dict[int, _Track], rows: Iterator[Digest | Problem]) -> Iterator[Problem]:
    for row in rows:
        if isinstance(row, Problem):
            yield row
        else:
            tracks.setdefault(row.track, _Track(row.span)).digests.append(row.sha256)


def _entry(number: int, track: _Track) -> Entry:
    licensed = track.licensed if not track.contradicted else None
    names, facts = track.named or track.licensed, track.named or track.facts
    artist_id = facts.artist_id if facts else None
    album_id = facts.album_id if facts else None
    identifiers = [Identifier("sha256", digest) for digest in dict.fromkeys(track.digests)]
    if album_id is not None:
        identifiers.append(Identifier("jamendo-album", album_id))
    return Entry(
        key=Identifier("jamendo", str(number)),
        span=track.span,
        title=names.title if names else "",
        artist=names.artist if names else "",
        album=track.named.album if track.named else "",
        duration_s=track.facts.duration_s if track.facts else None,
        path=track.facts.path if track.facts else track.licensed.path if track.licensed else None,
        url=track.licensed.url if track.licensed else track.named.url if track.named else None,
        identifiers=tuple(identifiers),
        holdings=_holdings(names.artist if names else "", artist_id),
        licence=licensed.licence if licensed else None,
        attribution=licensed.attribution if licensed else None,
    )


def _holdings(artist: str, artist_id: str | None) -> tuple[Holding, ...]:
    """Return the artist as the one who licenses the recording: on Jamendo artists publish for themselves."""
    if not artist and artist_id is None:
        return ()
    identifiers = () if artist_id is None else (Identifier("jamendo-artist", artist_id),)
    return (Holding(Party(artist, identifiers), Right.RECORDING, "artist"),)
