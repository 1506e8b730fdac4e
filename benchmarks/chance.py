"""How probable is a false match? Slices of what is not registered, and how near the best of each comes to `SURE`.

Each slice is laid over all that a search under every change lays it over, and its best candidate's logit is kept. The
excesses over a high quantile are taken to fall off exponentially (J. Pickands, "Statistical inference using extreme
order statistics", 1975, with shape 0), which tells how often `SURE` would be passed by chance in far more slices than
there are. A track of which some slice reaches `SURE` is named beside what it was taken for, to be judged by ear: either
Licet errs, or the two share sound, as those that end in one sample do. Such a track is left out of the estimate.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from excerpts import SEED
from progress import counted, say

from licet.identify import SURE, Fingerprint, FingerprintIndex, opened_index
from licet.identify.evidence import probability, witnesses
from licet.identify.fingerprint import FRAMES_PER_S
from licet.identify.searching import Search
from licet.parallel import Crashed, available_workers, ordered_map

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from corpus import Track

LENGTHS_S = (3.0, 5.0, 10.0)
TOGETHER = 50  # slices a task
TAIL = 0.99  # the quantile beyond which excesses are fitted


class Nearest(NamedTuple):
    """The recording that a slice of a track comes nearest to."""

    logit: float
    track: str
    start_s: float
    recording: str

    def __str__(self) -> str:
        chance = 1 / (1 + math.exp(-self.logit))
        return f"{chance:.4f}  {self.track} from {self.start_s:.1f} s and {self.recording}"


@dataclass(frozen=True, slots=True)
class Slicer:
    """Lays slices over the index in a folder; it travels to other processes."""

    index: Path
    state: str

    def __call__(self, slices: Sequence[tuple[str, float, Fingerprint]]) -> list[Nearest]:
        """Return the best candidate of each slice."""
        shelves = opened_index(self.index, self.state).shelves()
        return [
            max(
                (
                    Nearest(_logit(probability(witnesses(fit))), track, start_s, one.segment.registered(one.place).path)
                    for one, fit in Search(each, shelves).alignments(0.0, each.duration_s)
                ),
                default=Nearest(-math.inf, track, start_s, ""),
            )
            for track, start_s, each in slices
        ]


def measure(folder: Path, unregistered: Sequence[Track], count: int) -> dict[str, float]:
    """Measure `count` slices of `unregistered` against the index in `folder`, and print what came nearest."""
    slicer = Slicer(folder, FingerprintIndex.open(folder).state)
    tasks = list(_tasks(unregistered, count))
    answers = ordered_map(slicer, tasks, workers=available_workers())
    best: list[Nearest] = []
    for answer in counted("slices of what is not registered", answers, len(tasks)):
        if isinstance(answer, Crashed):
            raise SystemExit("a slice killed its process")
        nearest = max(answer)
        if not best or nearest > max(best):  # told as it comes, so that a run that is cut short has said something
            say(f"nearest of {len(best) + len(answer)} slices: {nearest}")
        best += answer
    sure = [one for one in best if one.logit >= _logit(SURE)]
    alike = {one.track for one in sure}
    for one in sorted(best, reverse=True)[:20]:
        print(f"  nearest: {one}")
    logits = np.array([one.logit for one in best if one.track not in alike])
    threshold = float(np.quantile(logits, TAIL))
    excess = logits[logits > threshold] - threshold
    return {
        "slices": float(len(best)),
        "sure": float(len(sure)),
        "tracks_with_a_sure_slice": float(len(alike)),
        "slices_of_other_tracks": float(len(logits)),
        "greatest_logit_of_these": float(logits.max()),
        "logit_of_sure": _logit(SURE),
        "fall_off_logits": float(excess.mean()),
        "chance_of_a_false_match": float((1 - TAIL) * math.exp(-(_logit(SURE) - threshold) / excess.mean())),
    }


def _tasks(tracks: Sequence[Track], count: int) -> Iterator[list[tuple[str, float, Fingerprint]]]:
    chance = random.Random(SEED)
    task: list[tuple[str, float, Fingerprint]] = []
    for number in range(count):
        track, length_s = chance.choice(tracks), LENGTHS_S[number % len(LENGTHS_S)]
        start_s = chance.uniform(0, track.duration_s - length_s)
        cut, _ = track.fingerprint.between(start_s, start_s + length_s)
        frames = cut.frames - np.float32(start_s * FRAMES_PER_S)
        task.append((track.path, start_s, Fingerprint(frames, cut.pitches, length_s, cut.ranks)))
        if len(task) == TOGETHER or number == count - 1:
            yield task
            task = []


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability)) if 0 < probability < 1 else math.copysign(100, probability - 0.5)
