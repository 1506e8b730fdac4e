"""How probable is a false match? Slices of what is not registered, and how near the best of each comes to `SURE`.

Each slice is laid over all that a search under every change lays it over, and its best candidate's logit is kept. The
excesses over a high quantile are taken to fall off exponentially (J. Pickands, "Statistical inference using extreme
order statistics", 1975, with shape 0), which tells how often `SURE` would be passed by chance in far more slices than
there are.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

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


@dataclass(frozen=True, slots=True)
class Slicer:
    """Lays slices over the index in a folder; it travels to other processes."""

    index: Path
    state: str

    def __call__(self, slices: Sequence[tuple[str, Fingerprint]]) -> list[tuple[float, str]]:
        """Return the logit of each slice's best candidate, and what is compared with what, in words."""
        shelves = opened_index(self.index, self.state).shelves()
        best = []
        for name, each in slices:
            found = Search(each, shelves).alignments(0.0, each.duration_s)
            best.append(
                max(
                    (
                        (_logit(probability(witnesses(fit))), f"{name} and {one.segment.registered(one.place).path}")
                        for one, fit in found
                    ),
                    default=(-math.inf, name),
                )
            )
        return best


def measure(folder: Path, unregistered: Sequence[Track], count: int) -> dict[str, float]:
    """Measure `count` slices of `unregistered` against the index in `folder`, and print what came nearest."""
    slicer = Slicer(folder, FingerprintIndex.open(folder).state)
    tasks = list(_tasks(unregistered, count))
    answers = ordered_map(slicer, tasks, workers=available_workers())
    best: list[tuple[float, str]] = []
    nearest = -math.inf
    for answer in counted("slices of what is not registered", answers, len(tasks)):
        if isinstance(answer, Crashed):
            raise SystemExit("a slice killed its process")
        best += answer
        logit, words = max(answer)
        if logit > nearest:  # told as it comes, so that a run that is cut short has said something
            nearest = logit
            say(f"nearest of {len(best)} slices: {_chance(logit):.4f}  {words}")
    logits = np.array([logit for logit, _ in best])
    threshold = float(np.quantile(logits, TAIL))
    excess = logits[logits > threshold] - threshold
    sure = _logit(SURE)
    for logit, words in sorted(best, reverse=True)[:10]:
        print(f"  nearest: {_chance(logit):.4f}  {words}")
    return {
        "slices": float(len(best)),
        "sure": float((logits >= sure).sum()),
        "greatest_probability": _chance(float(logits.max())),
        "fall_off_logits": float(excess.mean()),
        "chance_of_a_false_match": float((1 - TAIL) * math.exp(-(sure - threshold) / excess.mean())),
    }


def _tasks(tracks: Sequence[Track], count: int) -> Iterator[list[tuple[str, Fingerprint]]]:
    chance = random.Random(SEED)
    task: list[tuple[str, Fingerprint]] = []
    for number in range(count):
        track, length_s = chance.choice(tracks), LENGTHS_S[number % len(LENGTHS_S)]
        start_s = chance.uniform(0, track.duration_s - length_s)
        cut, _ = track.fingerprint.between(start_s, start_s + length_s)
        frames = cut.frames - np.float32(start_s * FRAMES_PER_S)
        task.append((f"{track.path} from {start_s:.1f} s", Fingerprint(frames, cut.pitches, length_s, cut.ranks)))
        if len(task) == TOGETHER or number == count - 1:
            yield task
            task = []


def _logit(probability: float) -> float:
    return math.log(probability / (1 - probability)) if 0 < probability < 1 else math.copysign(100, probability - 0.5)


def _chance(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))
