"""Bring any sound to the one form that peaks are found in: mono, float32, 11,025 Hz.

1. The channels are averaged, whatever their type, to -1 .. 1. What is no number is silence.
2. A windowed sinc passes what lies below 4.7 kHz and holds back by 47 dB and more what would fold into a peak's
   pitch. It is evaluated only at the moments of the new samples, each with the taps of its own place between old ones.

A. Oppenheim, R. Schafer, "Discrete-Time Signal Processing", 3rd edition, sections 4.6 and 7.5 (Kaiser's window).
"""

from __future__ import annotations

from functools import lru_cache
from math import gcd
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from licet.identify.fingerprint import SAMPLE_RATE_HZ, Floats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LOUDEST = 16.0  # of full scale: a float file may hold any number, and its square must stay one
LOWEST_RATE_HZ = 1000  # below it a file is no sound that a peak could lie in: it is heard as nothing
SILENCE = np.zeros(0, np.float32)

_CUTOFF_HZ = 5_375.0
_TRANSITION_HZ = 1_250.0  # about the cutoff: the top of the peaks' range, 5 kHz, loses 1 dB at every rate alike
_WIDTH = 2.93  # (50 dB - 7.95) / 14.36: Kaiser's estimate of taps times transition over rate
_KAISER_BETA = 4.53  # for 50 dB
_TAPS_STEP = 8  # the kernel adds as many products at a time
_WIDEST = 4096  # taps: enough for 1.7 MHz; what claims more is folded
_PHASES = 512  # places between two samples that have taps of their own; where there are more, the nearest below serves


class Resampler:
    """Takes sound of any rate, type and number of channels, which may change on the way."""

    def __init__(self) -> None:
        self._rate_hz = 0
        self._taps = np.zeros((1, 0), np.float32)
        self._waiting = SILENCE  # what has come and is still needed
        self._at = 0  # the time of the next sample to give, in `_up`-ths of a sample of `_waiting`
        self._up = self._down = 1

    def feed(self, channels: Sequence[NDArray[Any]], rate_hz: int) -> Floats:
        """Take sound, one array [shape=(n_samples,)] for each channel; return what is ready, [shape=(n,)]."""
        before = SILENCE
        if rate_hz != self._rate_hz:
            before = self.finish()
            self._begin(rate_hz)
        if rate_hz < LOWEST_RATE_HZ:
            return before
        ready = mono(channels) if rate_hz == SAMPLE_RATE_HZ else self._filtered(mono(channels))
        return np.concatenate([before, ready]) if len(before) else ready

    def finish(self) -> Floats:
        """Return what is left of what was fed; more may be fed afterwards."""
        left = self._filtered(np.zeros(self._taps.shape[1] // 2, np.float32)) if len(self._waiting) else SILENCE
        self._rate_hz, self._waiting = 0, SILENCE
        return left

    def _begin(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        if rate_hz < LOWEST_RATE_HZ or rate_hz == SAMPLE_RATE_HZ:
            return
        common = gcd(rate_hz, SAMPLE_RATE_HZ)
        self._up, self._down = SAMPLE_RATE_HZ // common, rate_hz // common
        self._taps = _taps(rate_hz)
        # The first new sample lies on the first old one: half of its taps reach back, into silence.
        self._waiting = np.zeros(self._taps.shape[1] // 2 - 1, np.float32)
        self._at = 0

    def _filtered(self, samples: Floats) -> Floats:
        samples = np.concatenate([self._waiting, samples])
        room = (len(samples) - self._taps.shape[1] + 1) * self._up - self._at
        ready = np.empty(max(0, -(-room // self._down)), np.float32)
        convolve(samples, self._taps, self._at, self._up, self._down, ready)
        passed, self._at = divmod(self._at + len(ready) * self._down, self._up)
        # A step may lead beyond the end where the rate is high: the rest of it is taken next time.
        self._at += max(0, passed - len(samples)) * self._up
        self._waiting = samples[passed:]
        return ready


def mono(channels: Sequence[NDArray[Any]]) -> Floats:
    """Average `channels` and scale any sample type to -1 .. 1; float samples may go up to `LOUDEST`."""
    total = np.zeros(len(channels[0]), np.float32)
    kind = channels[0].dtype
    zero = 128.0 if kind == np.uint8 else 0.0
    full_scale = 1.0 if kind.kind == "f" else 128.0 if kind == np.uint8 else float(np.iinfo(kind).max)
    for channel in channels:
        add(total, channel, np.float32(zero), np.float32(1 / (full_scale * len(channels))))
    if kind.kind == "f":
        tame(total)
    return total


@njit(cache=True, nogil=True)
def add(total: Floats, channel: NDArray[Any], zero: np.float32, scale: np.float32) -> None:
    """Add one channel to `total` [shape=(n,)], after taking `zero` from it and scaling."""
    for at in range(len(total)):
        total[at] += (np.float32(channel[at]) - zero) * scale


@njit(cache=True, nogil=True)
def tame(samples: Floats) -> None:
    """Make silence of what is no number, and bring what is louder than `LOUDEST` down to it."""
    for at in range(len(samples)):
        sample = samples[at]
        samples[at] = min(max(sample, np.float32(-LOUDEST)), np.float32(LOUDEST)) if sample == sample else 0.0  # noqa: PLR0124  (the test for NaN)


@njit(cache=True, nogil=True, fastmath={"reassoc", "nsz", "contract"})
def convolve(samples: Floats, taps: Floats, at: int, up: int, down: int, ready: Floats) -> None:
    """Fill `ready` with samples at `at / up`, `(at + down) / up` and so on, counted in `samples`.

    `taps` is [shape=(n_phases, n_taps)]. Every `up`-th new sample has the same taps: such are made four at a time, so
    that a tap is read once for four. Where fewer are left the last is made again: every sum is then rounded in the same
    way, wherever a piece ends.
    """
    width = taps.shape[1]
    for first in range(min(up, len(ready))):
        row = taps[(at + first * down) % up * taps.shape[0] // up]
        for new in range(first, len(ready), 4 * up):
            left = (len(ready) - 1 - new) // up
            start = (at + new * down) // up
            piece0 = samples[start : start + width]
            piece1 = samples[start + min(1, left) * down :][:width]
            piece2 = samples[start + min(2, left) * down :][:width]
            piece3 = samples[start + min(3, left) * down :][:width]
            sum0 = sum1 = sum2 = sum3 = np.float32(0.0)
            for tap in range(width):
                weight = row[tap]
                sum0 += weight * piece0[tap]
                sum1 += weight * piece1[tap]
                sum2 += weight * piece2[tap]
                sum3 += weight * piece3[tap]
            ready[new + min(3, left) * up] = sum3
            ready[new + min(2, left) * up] = sum2
            ready[new + min(1, left) * up] = sum1
            ready[new] = sum0


@lru_cache(maxsize=4)
def _taps(rate_hz: int) -> Floats:
    """Return the low-pass at every phase: [shape=(n_phases, n_taps)], each row of sum 1."""
    phases = min(SAMPLE_RATE_HZ // gcd(rate_hz, SAMPLE_RATE_HZ), _PHASES)
    blocks = int(np.ceil(_WIDTH * rate_hz / _TRANSITION_HZ / _TAPS_STEP))
    width = min(blocks * _TAPS_STEP, _WIDEST)
    cutoff_hz = min(_CUTOFF_HZ, 0.47 * rate_hz)  # below our own rate nothing folds, and images begin at half of theirs
    time = np.arange(phases)[:, np.newaxis] / phases + (width // 2 - 1) - np.arange(width)
    window = np.i0(_KAISER_BETA * np.sqrt(np.maximum(0.0, 1 - (2 * time / width) ** 2)))
    low_pass = np.sinc(2 * cutoff_hz / rate_hz * time) * window
    taps: Floats = (low_pass / low_pass.sum(axis=1, keepdims=True)).astype(np.float32)
    return taps
