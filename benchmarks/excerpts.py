"""Which half minutes of which recordings are changed how, and where each is kept once it has been made.

Every choice is drawn from a generator of its own, seeded with what is chosen: asking for more clips adds to those that
were there, and a second run finds them all made.
"""

from __future__ import annotations

import hashlib
import random
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import distorting
from distorting import ADDED, EXCERPT_S, PLAIN, RATE_HZ, SOURCE_S
from music import BENCH
from progress import counted

from licet.parallel import Crashed, available_workers, ordered_map

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from corpus import Track
    from numpy.typing import NDArray

SEED = 20261122
POOL_S = 300.0  # of noise, and of babble, from which pieces are taken

_KEPT = BENCH / "excerpts"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Half a minute of a recording under one change.

    Attributes:
        path: the recording.
        start_s: where in it the excerpt begins.
        change: one of `distorting.CHANGES`, or `PLAIN`.
        number: tells those of one change apart.
        registered: whether the recording is in the index.
        beside: other music to be added, from a recording that is not.
    """

    path: str
    start_s: float
    change: str
    number: int
    registered: bool
    beside: Excerpt | None = None

    @property
    def file(self) -> Path:
        """Where its sound lies, without what is added to it."""
        made = PLAIN if self.change in ADDED else self.change
        name = hashlib.sha256(f"{self.path}\n{self.start_s!r}\n{made}".encode(errors="surrogateescape")).hexdigest()
        return _KEPT / f"{name[:32]}.wav"

    @property
    def chance(self) -> random.Random:
        """A generator for what remains to be chosen about this excerpt, the same each time."""
        return random.Random(f"{SEED} {self.path} {self.start_s!r} {self.change} {self.number}")


def choose(
    tracks: Sequence[Track], unregistered: Sequence[Track], change: str, count: int, *, registered: bool
) -> list[Excerpt]:
    """Choose `count` excerpts of `tracks` for one change; other music comes from `unregistered`."""
    chosen = []
    for number in range(count):
        chance = random.Random(f"{SEED} {change} {number} {registered}")
        track = chance.choice(tracks)
        beside = None
        if change in ADDED and ADDED[change][0] == "music":
            other = chance.choice([each for each in unregistered if each is not track])
            beside = Excerpt(other.path, _start_s(other, chance), PLAIN, number, registered=False)
        chosen.append(Excerpt(track.path, _start_s(track, chance), change, number, registered, beside))
    return chosen


def make(excerpts: Iterable[Excerpt]) -> None:
    """Make every excerpt that is not there yet, on all cores."""
    _KEPT.mkdir(parents=True, exist_ok=True)
    wanted = [*excerpts]
    wanted += [excerpt.beside for excerpt in wanted if excerpt.beside]
    missing = list({excerpt.file: excerpt for excerpt in wanted if not excerpt.file.exists()}.values())
    if not missing:
        return
    needed_gb, free_gb = len(missing) * EXCERPT_S * RATE_HZ * 2 / 1e9, shutil.disk_usage(_KEPT).free / 1e9
    if needed_gb > free_gb:
        raise SystemExit(f"excerpts need {needed_gb:.1f} GB below {_KEPT}, and {free_gb:.1f} GB are free")
    made = ordered_map(_make, missing, workers=available_workers())
    for excerpt, done in zip(missing, counted("making excerpts", made, len(missing)), strict=True):
        if isinstance(done, Crashed):
            raise SystemExit(f"making {excerpt} killed its process")


def pool(kind: str) -> Path:
    """Return the file that noise or babble is taken from, and make it where it is missing."""
    path = BENCH / f"{kind}.wav"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, {"noise": distorting.noise, "babble": distorting.babble}[kind](POOL_S))
    return path


def _start_s(track: Track, chance: random.Random) -> float:
    return round(chance.uniform(0, track.duration_s - SOURCE_S - 0.5), 4)


def _make(excerpt: Excerpt) -> bool:
    made = PLAIN if excerpt.change in ADDED else excerpt.change
    samples = distorting.encoded(Path(excerpt.path), excerpt.start_s, made)
    if len(samples) < EXCERPT_S * RATE_HZ:
        raise SystemExit(f"{excerpt} came out {len(samples) / RATE_HZ:.1f} s long")
    _write(excerpt.file, samples)
    return True


def _write(path: Path, samples: NDArray[np.float32]) -> None:
    """Write so that the file is whole or not there: a run may be broken off."""
    distorting.write_wav(path.with_suffix(".part"), samples).replace(path.with_suffix(".wav"))
