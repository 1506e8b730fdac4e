"""A mix as a DJ would play it: thirty registered recordings, cross-faded, some faster or higher, one under speech.

The mix is written as one MP3, listened to and looked up whole, in a process of its own. A recording is found where its
sure matches begin and end within two seconds of where its sound begins and ends in the mix: some end in silence, one
of them in a minute and a half of it.
"""

from __future__ import annotations

import random
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import distorting
import numpy as np
from distorting import RATE_HZ
from excerpts import SEED
from progress import counted
from questions import memory_mb

from licet.identify import SURE, FingerprintIndex, Match, listen
from licet.parallel import Crashed, ordered_map

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from corpus import Corpus, Track
    from numpy.typing import NDArray

RECORDINGS = 30
FADE_S = 2.0
WITHIN_S = 2.0
SILENT = 1e-3  # of full scale: 60 dB below it
SPREAD = 0.25  # pieces are a quarter longer or shorter than their mean: three to five minutes in two hours
MOST = 1000  # matches asked for
PLAYED = {  # the number of a piece: how it is played
    4: "sox {a} {b}.wav speed 1.04 rate 44100",
    9: "sox {a} {b}.wav speed 0.96 rate 44100",
    14: "rubberband -q -T 1.04 {a} {b}.wav",
    19: "rubberband -q -T 0.96 {a} {b}.wav",
    24: "rubberband -q -T 1.03 -f 0.97 {a} {b}.wav",
}
UNDER_SPEECH = 27


@dataclass(frozen=True, slots=True)
class Piece:
    """What of a recording is played, and how; where it sounds in the mix follows from those before it."""

    path: str
    start_s: float
    seconds: float  # of the recording
    command: str
    speech: bool


@dataclass(frozen=True, slots=True)
class Found:
    """What became of the mix in the process that looked it up."""

    matches: tuple[Match, ...]
    duration_s: float
    listen_s: float
    search_s: float
    peak_mb: float


def measure(index: Path, corpus: Corpus, hours: float) -> dict[str, Any]:
    """Make a mix of `hours`, look it up, print what was found, and return the figures."""
    pieces = choose(corpus, hours * 3600)
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "mix.mp3"
        spans = write(file, pieces)
        # Two workers, so that it is a process of its own, whose memory is its own.
        (found,) = ordered_map(Finder(index), [file], workers=2)
        if isinstance(found, Crashed):
            raise SystemExit("looking the mix up killed its process")
    return tell(pieces, spans, found, corpus.group)


def choose(corpus: Corpus, total_s: float) -> list[Piece]:
    """Choose recordings of different groups, the long ones, and stretches of them that make `total_s` in all."""
    chance = random.Random(f"{SEED} mix")
    mean_s = total_s / RECORDINGS + FADE_S
    first = {corpus.group[track.path]: track for track in reversed(corpus.registered)}  # one of each group
    tracks = sorted(first.values(), key=lambda track: track.path)
    long = [track for track in tracks if track.duration_s > mean_s * (1 + SPREAD)]
    if len(long) < RECORDINGS:  # the longest that there are, whole
        long = sorted(tracks, key=lambda track: -track.duration_s)[:RECORDINGS]
    chosen = chance.sample(long, min(RECORDINGS, len(long)))
    return [_piece(number, track, mean_s, chance) for number, track in enumerate(chosen)]


def write(file: Path, pieces: Sequence[Piece]) -> list[tuple[float, float]]:
    """Write the mix as MP3, piece by piece, and return (start, end) of the sound of each in it, seconds."""
    spans = []
    at = 0
    fade = int(FADE_S * RATE_HZ)
    rising = np.linspace(0, 1, fade, dtype=np.float32)
    tail = np.zeros(0, np.float32)
    raw = ["-f", "s16le", "-ar", str(RATE_HZ), "-ac", "1", "-i", "-"]
    encoder = ["ffmpeg", "-v", "error", "-y", *raw, "-b:a", "128k", str(file)]
    with subprocess.Popen(encoder, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        for piece in counted("mixing", pieces, len(pieces)):
            sound = _play(piece)
            if len(tail):
                sound[:fade] = sound[:fade] * rising + tail * rising[::-1]
            loud = np.flatnonzero(np.abs(sound) > SILENT)
            spans.append(((at + loud[0]) / RATE_HZ, (at + loud[-1]) / RATE_HZ))
            tail = sound[-fade:]
            process.stdin.write(_pcm(sound[:-fade]))
            at += len(sound) - fade
        process.stdin.write(_pcm(tail))
    if process.returncode:
        raise SystemExit(f"{' '.join(encoder)} ended with {process.returncode}")
    return spans


@dataclass(frozen=True, slots=True)
class Finder:
    """Listens to a long file and looks it up; it travels to another process."""

    index: Path

    def __call__(self, file: Path) -> Found:
        """Return what was found in `file`, and at what cost."""
        index = FingerprintIndex.open(self.index)
        began = time.perf_counter()
        heard = listen(file)
        listened = time.perf_counter()
        matches = index.search(heard.fingerprint, limit=MOST)
        done = time.perf_counter()
        sure = tuple(match for match in matches if match.probability >= SURE)
        return Found(sure, heard.audio.duration_s, listened - began, done - listened, memory_mb("VmHWM"))


def tell(
    pieces: Sequence[Piece], spans: Sequence[tuple[float, float]], found: Found, group: dict[str, str]
) -> dict[str, Any]:
    """Print which pieces were found and where, and return the figures."""
    print(f"\nmix: {len(pieces)} recordings in {found.duration_s / 60:.1f} minutes")
    exact = named = 0
    for number, (piece, (start, end)) in enumerate(zip(pieces, spans, strict=True)):
        own = list(_own(piece, start, end, found.matches, group))
        named += bool(own)
        begins = min((match.query_start_s for match in own), default=float("nan"))
        ends = max((match.query_end_s for match in own), default=float("nan"))
        good = abs(begins - start) <= WITHIN_S and abs(ends - end) <= WITHIN_S
        exact += good
        if not good:
            how = "speech" if piece.speech else piece.command or "as it is"
            print(f"  {number}: {piece.path}, {how}: {start:.1f} to {end:.1f}, found {begins:.1f} to {ends:.1f}")
    known = {group[piece.path] for piece in pieces}
    wrong = [match for match in found.matches if group[match.recording] not in known]
    for match in wrong:
        print(f"  not in it: {match.recording}, {match.query_start_s:.1f} to {match.query_end_s:.1f}")
    print(f"  found: {named}; with start and end within {WITHIN_S:.0f} s: {exact}; others named: {len(wrong)}")
    print(f"  listening {found.listen_s:.1f} s, search {found.search_s:.1f} s, peak memory {found.peak_mb:.0f} MB")
    return {
        "recordings": len(pieces),
        "duration_s": found.duration_s,
        "found": named,
        "found_within_2_s": exact,
        "wrong": len(wrong),
        "listen_s": found.listen_s,
        "search_s": found.search_s,
        "peak_mb": found.peak_mb,
    }


def _piece(number: int, track: Track, mean_s: float, chance: random.Random) -> Piece:
    seconds = min(mean_s * chance.uniform(1 - SPREAD, 1 + SPREAD), track.duration_s)
    start_s = chance.uniform(0, track.duration_s - seconds)
    return Piece(track.path, start_s, seconds, PLAYED.get(number, ""), number == UNDER_SPEECH)


def _play(piece: Piece) -> NDArray[np.float32]:
    with tempfile.TemporaryDirectory() as scratch:
        plain = distorting.cut(Path(piece.path), piece.start_s, piece.seconds, Path(scratch))
        sound = distorting.changed(plain, piece.command)
    if piece.speech:
        return distorting.mixed(sound, np.resize(distorting.speech(), len(sound)), 0.0)
    return sound


def _own(piece: Piece, start: float, end: float, matches: Sequence[Match], group: dict[str, str]) -> Iterator[Match]:
    """Yield the matches that name the piece where it sounds."""
    for match in matches:
        if group[match.recording] == group[piece.path] and match.query_start_s < end and match.query_end_s > start:
            yield match


def _pcm(sound: NDArray[np.float32]) -> bytes:
    return np.rint(np.clip(sound, -1, 1) * 32_767).astype("<i2").tobytes()
