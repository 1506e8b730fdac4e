"""Cut clips out of an excerpt, listen to each as to any file, look it up, and keep what was answered."""

from __future__ import annotations

import math
import tempfile
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import chromaprint
from distorting import ADDED, EXCERPT_S, FACTORS, RATE_HZ, level, mixed, read_wav, write_wav
from excerpts import Excerpt, pool
from progress import counted

from licet.identify import SURE, FingerprintIndex, Match, listen, opened_index
from licet.parallel import Crashed, available_workers, ordered_map

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

LENGTHS_S = (3, 5, 10, 30)
BESIDE_S = 10  # the length at which Chromaprint is asked too


@dataclass(frozen=True, slots=True)
class Question:
    """An excerpt and the clips to be cut from it: (length, start in the excerpt), seconds."""

    excerpt: Excerpt
    clips: tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was made of one clip.

    Attributes:
        excerpt: what the clip was cut from.
        length_s: of the clip.
        start_s: where in the recording the clip begins.
        level_db: its level, decibels below full scale.
        matches: what it was identified as: matches at `SURE` and above.
        best: the greatest probability of all matches, sure or not; 0 where there was none.
        listen_s, search_s: how long each took.
        peak_mb: the most memory that the process had held by then.
        chromaprint: the clip's raw Chromaprint fingerprint; empty where it was not asked for.
    """

    excerpt: Excerpt
    length_s: int
    start_s: float
    level_db: float
    matches: tuple[Match, ...]
    best: float
    listen_s: float
    search_s: float
    peak_mb: float
    chromaprint: tuple[int, ...] = ()


def one_of_each(excerpt: Excerpt, lengths_s: Sequence[int] = LENGTHS_S) -> Question:
    """Ask for one clip of each length, anywhere in the excerpt."""
    chance = excerpt.chance
    return Question(excerpt, tuple((length, round(chance.uniform(0, EXCERPT_S - length), 4)) for length in lengths_s))


def slices(excerpt: Excerpt, lengths_s: Sequence[int] = LENGTHS_S) -> Question:
    """Ask for as many clips of each length as the excerpt holds side by side."""
    return Question(
        excerpt,
        tuple((length, float(length * number)) for length in lengths_s for number in range(int(EXCERPT_S) // length)),
    )


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks the index in a folder; it travels to other processes."""

    index: Path
    state: str
    beside: bool  # whether clips are put to Chromaprint too

    def __call__(self, question: Question) -> list[Answer]:
        """Answer one question, clip by clip."""
        with tempfile.TemporaryDirectory() as scratch:
            return [
                self._ask(question.excerpt, length, at, sound, Path(scratch) / "clip.wav")
                for length, at, sound in _cut(question)
            ]

    def _ask(self, excerpt: Excerpt, length_s: int, at_s: float, sound: NDArray[np.float32], file: Path) -> Answer:
        write_wav(file, sound)
        index = opened_index(self.index, self.state)
        began = time.perf_counter()
        fingerprint = listen(file).fingerprint
        heard = time.perf_counter()
        matches = index.search(fingerprint)
        done = time.perf_counter()
        return Answer(
            excerpt=excerpt,
            length_s=length_s,
            start_s=excerpt.start_s + at_s * FACTORS.get(excerpt.change, (1.0, 1.0))[0],
            level_db=20 * math.log10(max(level(sound), 1e-6)),
            matches=tuple(match for match in matches if match.probability >= SURE),
            best=max((match.probability for match in matches), default=0.0),
            listen_s=heard - began,
            search_s=done - heard,
            peak_mb=memory_mb("VmHWM"),
            chromaprint=chromaprint.raw(file) if self.beside and length_s == BESIDE_S else (),
        )


def ask(
    folder: Path, questions: Sequence[Question], *, beside: bool = False, workers: int | None = None
) -> list[Answer]:
    """Put `questions` to the index in `folder`, and return the answers in their order."""
    asker = Asker(folder, FingerprintIndex.open(folder).state, beside)
    for kind in ("noise", "babble"):
        pool(kind)  # before two processes make it at once
    answered = ordered_map(asker, questions, workers=workers or available_workers())
    answers: list[Answer] = []
    for question, found in zip(questions, counted("looking up", answered, len(questions)), strict=True):
        if isinstance(found, Crashed):
            raise SystemExit(f"{question} killed its process")
        answers += found
    return answers


def memory_mb(what: str) -> float:
    """Return a line of this process's status: `VmRSS`, what it holds now, or `VmHWM`, the most that it ever held."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status[what].split()[0]) / 1024


def _cut(question: Question) -> Iterator[tuple[int, float, NDArray[np.float32]]]:
    """Yield (length, start, samples) of each clip, with what belongs to its change added at its own level."""
    excerpt, chance = question.excerpt, question.excerpt.chance
    whole = read_wav(excerpt.file)
    for length, at in question.clips:
        count = length * RATE_HZ
        clip = whole[int(at * RATE_HZ) :][:count]
        if excerpt.change in ADDED:
            kind, decibels = ADDED[excerpt.change]
            other = read_wav(excerpt.beside.file) if excerpt.beside else _samples(pool(kind))
            start = chance.randrange(len(other) - count + 1)
            clip = mixed(clip, other[start:][:count], decibels)
        yield length, at, clip


@lru_cache(maxsize=2)
def _samples(path: Path) -> NDArray[np.float32]:
    return read_wav(path)
