"""Fingerprints of recordings that never were, made of real ones: as many as a large index needs, and no two alike.

1. A minute of a real recording is taken, stretched by 0.8 to 1.25 in time and moved by up to six semitones in pitch.
   What leaves the band at one end comes in at the other, so that there are as many peaks as before.
2. Every peak is moved by up to half a frame and half a bin.
3. A tenth of the peaks is left out; another tenth is put elsewhere, at any time and pitch of the minute.

How densely peaks lie, how they cluster and how pitches are spread thus stay those of music, which is what fills an
index and what makes numbers collide.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from licet.identify.fingerprint import FRAMES_PER_S, SAMPLE_RATE_HZ, WINDOW, Fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MINUTE_S = 60.0
STRETCH = 1.25  # and its inverse
SEMITONES = 6.0
LEFT_OUT = 0.1
ELSEWHERE = 0.1
LOWEST, HIGHEST = np.log2(150.0), np.log2(5000.0)  # the band in which peaks are looked for
BIN_OCTAVES = SAMPLE_RATE_HZ / WINDOW / np.log(2)  # the width of a bin in octaves, times its frequency


@dataclass(frozen=True, slots=True, eq=False)
class Imagination:
    """Makes up recordings out of `sources`, each of which lasts 75 s at least. The same number gives the same one."""

    sources: Sequence[Fingerprint]
    seed: int

    def __call__(self, number: int) -> Fingerprint:
        """Return the fingerprint of one minute of music that nobody has played."""
        chance = np.random.default_rng((self.seed, number))
        source = self.sources[int(chance.integers(len(self.sources)))]
        stretch = STRETCH ** chance.uniform(-1, 1)
        needed_s = MINUTE_S * stretch
        start_s = chance.uniform(0, source.duration_s - needed_s)
        minute, _ = source.between(start_s, start_s + needed_s)
        frames = (minute.frames - np.float32(start_s * FRAMES_PER_S)) / np.float32(stretch)
        pitches = _folded(minute.pitches + np.float32(chance.uniform(-SEMITONES, SEMITONES) / 12))
        frames, pitches, kept = _jittered(frames, pitches, chance)
        order = np.argsort(frames)
        ranks = minute.ranks[kept]
        return replace(minute, frames=frames[order], pitches=pitches[order], ranks=ranks[order], duration_s=MINUTE_S)


def _jittered(
    frames: NDArray[np.float32], pitches: NDArray[np.float32], chance: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
    """Steps 2 and 3. Return frames and pitches, no longer in order, and which peaks they were."""
    fate = chance.random(len(frames), np.float32)
    kept = np.flatnonzero(fate >= LEFT_OUT)
    moved = fate[kept] < LEFT_OUT + ELSEWHERE
    frames, pitches = frames[kept], pitches[kept]
    frames += chance.random(len(frames), np.float32) - np.float32(0.5)
    pitches += (chance.random(len(frames), np.float32) - np.float32(0.5)) * np.float32(BIN_OCTAVES) / np.exp2(pitches)
    frames[moved] = chance.random(moved.sum(), np.float32) * np.float32(MINUTE_S * FRAMES_PER_S)
    pitches[moved] = LOWEST + chance.random(moved.sum(), np.float32) * np.float32(HIGHEST - LOWEST)
    return np.clip(frames, 0, np.float32(MINUTE_S * FRAMES_PER_S)), _folded(pitches), kept


def _folded(pitches: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bring pitches beyond one end of the band in at the other; none is off by more than the band is wide."""
    width = np.float32(HIGHEST - LOWEST)
    pitches[pitches < LOWEST] += width
    pitches[pitches > HIGHEST] -= width
    return pitches
