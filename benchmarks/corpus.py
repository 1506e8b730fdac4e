"""Which recordings are registered and which are not, so that nothing unregistered sounds like something registered.

1. A recording is what a file of 40 s and more decodes to: files with the same samples are one.
2. Recordings that share sound form a group, which stays on one side: one recording in two packages, a race's music and
   its faster version, a track cut up and put together again. Names tell some; the rest are found by looking every whole
   recording up among all others. Each pair found is printed, to be judged by ear: a false one would hide an error.
3. A fifth of the test set's groups is never registered. Which ones follows from their names alone.
4. Of the calibration set, which is not registered either, what shares sound with the test set is left out.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from music import files
from progress import counted, say

from licet.errors import AudioError
from licet.identify import SURE, Fingerprint, FingerprintIndex, IndexWriter, Match, listen, opened_index
from licet.parallel import Crashed, available_workers, ordered_map

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHORTEST_S = 40.0
VERSION = re.compile(r"[-_](fast|f|enhanced)$")  # games ship a faster version of a race's music, or a new mastering
ONE_IN = 5  # groups that are never registered
MOST = 50  # recordings that one is compared with, at the most


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One recording of the corpus, heard whole."""

    path: str
    duration_s: float
    pcm_sha256: str
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """All music of one measurement.

    Attributes:
        registered: tracks to be put into the index.
        held_out: tracks of the test set that are not.
        unrelated: tracks of the calibration set that share no sound with either.
        group: of each path of the test set: the group that it belongs to.
        shared: what was found to share its sound, in words.
    """

    registered: list[Track]
    held_out: list[Track]
    unrelated: list[Track]
    group: dict[str, str]
    shared: list[str] = field(default_factory=list)

    @property
    def hours(self) -> float:
        """Hours of audio that are registered."""
        return sum(track.duration_s for track in self.registered) / 3600

    def unregistered(self) -> list[Track]:
        """Return everything that a query must not be identified as."""
        return self.held_out + self.unrelated


def gather(test: Iterable[Path], calibration: Iterable[Path], scratch: Path) -> Corpus:
    """Hear all music below the folders and divide it. `scratch` is an empty folder to work in."""
    tracks, others = distinct(test), distinct(calibration)
    register(scratch, tracks)
    group = {track.path: str(Path(track.path).with_name(VERSION.sub("", Path(track.path).stem))) for track in tracks}
    shared = []
    for track, match in _alike(scratch, tracks):
        if group[track.path] != group[match.recording]:
            shared.append(_in_words(track, match))
            old, new = group[match.recording], group[track.path]
            group |= {path: new for path, name in group.items() if name == old}
    related = set()
    for track, match in _alike(scratch, others):
        related.add(track.path)
        shared.append(_in_words(track, match))
    out = _held_out(set(group.values()))
    return Corpus(
        registered=[track for track in tracks if group[track.path] not in out],
        held_out=[track for track in tracks if group[track.path] in out],
        unrelated=[track for track in others if track.path not in related],
        group=group,
        shared=shared,
    )


def distinct(folders: Iterable[Path]) -> list[Track]:
    """Hear every file below `folders`, and return the recordings among them, each once, in order of their paths."""
    found: dict[str, Track] = {}
    paths = list(files(folders))
    heard = ordered_map(_heard, paths, workers=available_workers())
    for path, track in zip(paths, counted("listening to whole files", heard, len(paths)), strict=True):
        if isinstance(track, Crashed):
            say(f"left out: {path} killed the process that listened to it")
        elif isinstance(track, AudioError):
            say(f"left out: {track}")
        elif track.duration_s >= SHORTEST_S:
            found.setdefault(track.pcm_sha256, track)
    return sorted(found.values(), key=lambda track: track.path)


def register(folder: Path, tracks: Iterable[Track]) -> None:
    """Put `tracks` into the index in `folder`, each under its path."""
    with IndexWriter(folder) as writer:
        for track in tracks:
            writer.add(track.path, track.path, track.fingerprint)


@dataclass(frozen=True, slots=True)
class Comparer:
    """Looks whole recordings up in the index in a folder."""

    index: Path
    state: str

    def __call__(self, track: Track) -> tuple[Match, ...]:
        """Return which others `track` sounds like."""
        index = opened_index(self.index, self.state)
        found = index.search(track.fingerprint, limit=MOST, excluding=track.path)
        return tuple(match for match in found if match.probability >= SURE)


def _heard(path: Path) -> Track | AudioError:
    try:
        heard = listen(path)
    except AudioError as error:
        return error
    return Track(str(path), heard.audio.duration_s, heard.audio.pcm_sha256, heard.fingerprint)


def _alike(folder: Path, tracks: list[Track]) -> Iterator[tuple[Track, Match]]:
    comparer = Comparer(folder, FingerprintIndex.open(folder).state)
    compared = ordered_map(comparer, tracks, workers=available_workers())
    for track, matches in zip(tracks, counted("comparing whole files", compared, len(tracks)), strict=True):
        if isinstance(matches, Crashed):
            raise SystemExit(f"comparing {track.path} killed its process")
        for match in matches:
            yield track, match


def _in_words(track: Track, match: Match) -> str:
    seconds = match.query_end_s - match.query_start_s
    change = "" if match.unchanged else f", time {match.time_factor:.3f}, pitch {match.frequency_factor:.3f}"
    return f"{track.path} and {match.recording}: {seconds:.0f} s from {match.query_start_s:.0f} s on{change}"


def _held_out(groups: set[str]) -> set[str]:
    """Step 3. The order of digests stands in for a shuffle, and stays where a group comes or goes."""
    order = sorted(groups, key=lambda group: hashlib.sha256(Path(group).name.encode()).hexdigest())
    return set(order[: len(order) // ONE_IN])
