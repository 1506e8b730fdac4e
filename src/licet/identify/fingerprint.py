"""What a recording is known by: where its spectrum peaks, in time and in pitch.

A peak is a point: *when* (frames of 256 samples at 11,025 Hz, to a fraction of a frame) and *how high* (the base-2
logarithm of its frequency in hertz, to a fraction of a bin). Points survive loss, noise and mixing far better than
the values around them, and a change of speed, tempo or pitch only scales their coordinates.

A. Wang, "An industrial-strength audio search algorithm", ISMIR 2003.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

PARAMETERS = "licet-peaks-2"  # names how peaks are found: fingerprints of different names never meet
SAMPLE_RATE_HZ = 11_025
WINDOW = 1024  # samples of one spectrum: 93 ms
HOP = 256  # samples between spectra: 23 ms
FRAMES_PER_S = SAMPLE_RATE_HZ / HOP

Floats = NDArray[np.float32]
Ranks = NDArray[np.uint8]


def _unranked() -> Ranks:
    return np.zeros(0, np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """The spectral peaks of one recording, in order of time.

    Attributes:
        frames: [shape=(n_peaks,)], float32, frames of 1/43.07 s from the start to the peak's centre, never falling.
        pitches: [shape=(n_peaks,)], float32, log2 of the frequency in Hz.
        duration_s: seconds of audio that were heard, with or without peaks.
        ranks: [shape=(n_peaks,)], uint8, how many stronger peaks of its octave lie close around each: 0 is the
            strongest there. Where none are given, all are 0.
        parameters: the name of the way in which the peaks were found.
    """

    frames: Floats
    pitches: Floats
    duration_s: float
    ranks: Ranks = field(default_factory=_unranked)
    parameters: str = PARAMETERS

    def __post_init__(self) -> None:
        if not len(self.ranks):
            object.__setattr__(self, "ranks", np.zeros(len(self.frames), np.uint8))
        for array in (self.frames, self.pitches, self.ranks):
            array.setflags(write=False)

    def __len__(self) -> int:
        return len(self.frames)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Fingerprint):
            return NotImplemented
        return (
            self.parameters == other.parameters
            and self.duration_s == other.duration_s
            and np.array_equal(self.frames, other.frames)
            and np.array_equal(self.pitches, other.pitches)
            and np.array_equal(self.ranks, other.ranks)
        )

    def __hash__(self) -> int:
        return hash((self.parameters, self.duration_s, len(self)))

    def between(self, start_s: float, end_s: float) -> tuple[Fingerprint, int]:
        """Return the peaks from `start_s` up to `end_s`, their times as before, and the number of the first."""
        first, last = np.searchsorted(self.frames, (start_s * FRAMES_PER_S, end_s * FRAMES_PER_S))
        return self._of(slice(first, last), min(end_s, self.duration_s)), int(first)

    def salient(self, rank: int) -> Fingerprint:
        """Return the peaks of a rank below `rank`: the strongest `rank` of each octave, wherever one looks."""
        return self._of(self.ranks < rank, self.duration_s)

    def _of(self, which: slice | NDArray[np.bool_], duration_s: float) -> Fingerprint:
        return Fingerprint(
            self.frames[which], self.pitches[which], duration_s, self.ranks[which], parameters=self.parameters
        )
