"""The rooms that the music is played in: synthetic echoes, laid over a dry sound by overlap-add."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from licet.demo.tones import RATE, Samples

_SIZE = 1 << 18  # samples a transform


@dataclass(frozen=True, slots=True)
class Room:
    """A room by how long it rings (seconds to fall by 60 dB, low and high) and how far its walls are."""

    low_s: float
    high_s: float
    gap_s: float
    wet: float


ROOMS = {
    "booth": Room(low_s=0.35, high_s=0.25, gap_s=0.004, wet=0.5),
    "chamber": Room(low_s=0.95, high_s=0.6, gap_s=0.011, wet=0.8),
    "hall": Room(low_s=1.7, high_s=0.9, gap_s=0.022, wet=1.0),
    "church": Room(low_s=2.2, high_s=1.1, gap_s=0.03, wet=1.2),
}


@lru_cache(maxsize=8)
def _echo(name: str) -> tuple[int, npt.NDArray[np.complex64]]:
    """Return the length of a room's echo in samples, and its spectrum. [shape=(2, _SIZE // 2 + 1)]."""
    room = ROOMS[name]
    count = int(room.low_s * 0.8 * RATE)
    time = np.arange(count) / RATE
    grain = np.random.default_rng(1983).standard_normal((2, count))
    dull = np.cumsum(grain, axis=1)
    dull = (dull[:, 24:] - dull[:, :-24]) / np.sqrt(24)  # a moving average keeps the lows
    tail = np.zeros((2, count))
    tail[:, :-24] = dull * 10 ** (-3 * time[:-24] / room.low_s)
    tail += 0.45 * (grain - np.roll(grain, 1, axis=1)) * 10 ** (-3 * time / room.high_s)
    tail *= np.minimum(1.0, time / 0.004)
    gap = int(room.gap_s * RATE)
    tail = np.pad(tail, ((0, 0), (gap, 0)))
    tail *= room.wet / np.sqrt(np.sum(tail**2, axis=1, keepdims=True))
    return tail.shape[1], np.fft.rfft(tail.astype(np.float32), _SIZE).astype(np.complex64)


def echo(dry: Samples, room: str) -> Samples:
    """Return what the room answers to a dry sound, as long as that sound. [shape=(2, n)]."""
    length, spectrum = _echo(room)
    hop = _SIZE - length
    answer = np.zeros((2, len(dry) + _SIZE), dtype=np.float32)
    for start in range(0, len(dry), hop):
        block = np.fft.rfft(dry[start : start + hop], _SIZE)
        answer[:, start : start + _SIZE] += np.fft.irfft(block * spectrum, _SIZE)
    return answer[:, : len(dry)]
