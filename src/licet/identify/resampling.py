"""Bring any sound to the one form that peaks are found in: mono, float32, 11,025 Hz.

1. The channels are averaged, whatever their type, to -1 .. 1. What is no number is silence.
2. While there are 44,100 samples a second and more, every other goes: a short filter will do, for what would fold into
   a peak's pitch lies far above it.
3. A windowed sinc passes what lies below 4.7 kHz and holds back by 47 dB and more what would fold into a peak's
   pitch. It is evaluated only at the moments of the new samples, each with the taps of its own place between old ones.

A. Oppenheim, R. Schafer, "Discrete-Time Signal Processing", 3rd edition, sections 4.6 and 7.5 (Kaiser's window).
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from licet.identify.compiling import kernel
from licet.identify.fingerprint import SAMPLE_RATE_HZ, Floats

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LOUDEST = 16.0  # of full scale: a float file may hold any number, and its square must stay one
LOWEST_RATE_HZ = 1000  # below it a file is no sound that a peak could lie in: it is heard as nothing
HALVED_FROM_HZ = 44_100
SILENCE = np.zeros(0, np.float32)

_CUTOFF_HZ = 5_375.0
_TRANSITION_HZ = 1_250.0  # about the cutoff: the top of the peaks' range, 5 kHz, loses 1 dB at every rate alike
_WIDTH = 2.93  # (50 dB - 7.95) / 14.36: Kaiser's estimate of taps times transition over rate
_KAISER_BETA = 4.53  # for 50 dB
_TAPS_STEP = 8  # the kernels add as many products at a time
_HALVING_CUTOFF = 0.24  # of the rate: 5 kHz pass at 44.1 kHz and above, and 16 kHz, which would fold to 6, do not
_HALVING_TAPS = 16
_COMMON = frozenset(map(np.dtype, ("i2", "i4", "f4")))
_PHASES = 512  # places between two samples that have taps of their own; where there are more, the nearest below serves


class Resampler:
    """Takes sound of any rate, type and number of channels, which may change on the way."""

    def __init__(self) -> None:
        self._rate_hz = 0
        self._filters: list[_Filter] = []

    def feed(self, channels: Sequence[NDArray[Any]], rate_hz: int) -> Floats:
        """Take sound, one array [shape=(n_samples,)] for each channel; return what is ready, [shape=(n,)]."""
        before = SILENCE
        if rate_hz != self._rate_hz:
            before = self.finish()
            self._rate_hz, self._filters = rate_hz, _filters(rate_hz)
        if rate_hz < LOWEST_RATE_HZ:
            return before
        ready = mono(channels)
        for each in self._filters:
            ready = each.feed(ready)
        return np.concatenate([before, ready]) if len(before) else ready

    def finish(self) -> Floats:
        """Return what is left of what was fed; more may be fed afterwards."""
        left = SILENCE
        for each in self._filters:
            left = each.feed(np.concatenate([left, np.zeros(each.reach, np.float32)]))
        self._rate_hz, self._filters = 0, []
        return left


class _Filter:
    """One low-pass, of whose output one sample is taken every `down / up` samples."""

    def __init__(self, taps: Floats, up: int, down: int) -> None:
        self._taps, self._up, self._down = taps, up, down
        self.reach = taps.shape[1] // 2  # samples, from a new one to the last that it is made of
        # The first new sample lies on the first old one: half of its taps reach back, into silence.
        self._waiting = np.zeros(self.reach - 1, np.float32)  # what has come and is still needed
        self._at = 0  # the time of the next sample to give, in `up`-ths of a sample of `_waiting`

    def feed(self, samples: Floats) -> Floats:
        """Take samples [shape=(n,)]; return what is ready."""
        samples = np.concatenate([self._waiting, samples])
        room = (len(samples) - self._taps.shape[1] + 1) * self._up - self._at
        ready = np.empty(max(0, -(-room // self._down)), np.float32)
        if (self._up, self._down) == (1, 2):
            halve(samples[self._at :], self._taps[0], ready)
        else:
            convolve(samples, self._taps, self._at, self._up, self._down, ready)
        passed, self._at = divmod(self._at + len(ready) * self._down, self._up)
        # A step may lead beyond the end where the rate is high: the rest of it is taken next time.
        self._at += max(0, passed - len(samples)) * self._up
        self._waiting = samples[passed:]
        return ready


def mono(channels: Sequence[NDArray[Any]]) -> Floats:
    """Average `channels` and scale any sample type to -1 .. 1; float samples may go up to `LOUDEST`."""
    kind = channels[0].dtype
    full_scale = 1.0 if kind.kind == "f" else 128.0 if kind == np.uint8 else float(np.iinfo(kind).max)
    if len(channels) > 2 or kind not in _COMMON:  # the kernel need not be compiled for what is rare
        zero = 128 if kind == np.uint8 else 0
        channels = [np.mean(np.stack(channels).astype(np.float64) - zero, axis=0).astype(np.float32)]
    average = np.empty(len(channels[0]), np.float32)
    mix(channels[0], channels[-1], np.float32(0.5 / full_scale), average)
    return average


@kernel()
def mix(one: NDArray[Any], other: NDArray[Any], scale: np.float32, mixed: Floats) -> None:
    """Add two channels into `mixed` [shape=(n,)] and scale them.

    What is no number becomes silence, and what is louder than `LOUDEST` is brought down to it.
    """
    for at in range(len(mixed)):
        sample = (np.float32(one[at]) + np.float32(other[at])) * scale
        mixed[at] = min(max(sample, np.float32(-LOUDEST)), np.float32(LOUDEST)) if sample == sample else 0.0  # noqa: PLR0124  (the test for NaN)


@kernel("contract")
def halve(samples: Floats, taps: Floats, ready: Floats) -> None:
    """Fill `ready` with the sums of `taps` times the samples from 0, 2, 4 and so on.

    Eight taps meet all samples before the next eight do: so neighbouring sums are made side by side.
    """
    ready[:] = np.float32(0.0)
    for first in range(0, len(taps), 8):
        a, b, c, d, e, f, g, h = taps[first : first + 8]
        under = samples[first:]
        for new in range(len(ready)):
            at = 2 * new
            low = a * under[at] + b * under[at + 1] + c * under[at + 2] + d * under[at + 3]
            high = e * under[at + 4] + f * under[at + 5] + g * under[at + 6] + h * under[at + 7]
            ready[new] += low + high


@kernel("reassoc", "nsz", "contract")
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


@lru_cache(maxsize=8)
def _low_pass(cutoff: float, width: int, phases: int) -> Floats:
    """Return a low-pass at every phase: [shape=(phases, width)], each row of sum 1; `cutoff` is a part of the rate."""
    time = np.arange(phases)[:, np.newaxis] / phases + (width // 2 - 1) - np.arange(width)
    window = np.i0(_KAISER_BETA * np.sqrt(np.maximum(0.0, 1 - (2 * time / width) ** 2)))
    taps = np.sinc(2 * cutoff * time) * window
    low_pass: Floats = (taps / taps.sum(axis=1, keepdims=True)).astype(np.float32)
    return low_pass


def _filters(rate_hz: int) -> list[_Filter]:
    """Return what leads from `rate_hz` to our own rate, in this order."""
    if rate_hz < LOWEST_RATE_HZ or rate_hz == SAMPLE_RATE_HZ:
        return []
    filters, rate = [], Fraction(rate_hz)
    while rate >= HALVED_FROM_HZ:
        filters.append(_Filter(_low_pass(_HALVING_CUTOFF, _HALVING_TAPS, 1), 1, 2))
        rate /= 2
    step = rate / SAMPLE_RATE_HZ
    # Below our own rate nothing folds, and images begin at half of theirs.
    cutoff = min(_CUTOFF_HZ / float(rate), 0.47)
    width = int(np.ceil(_WIDTH * float(rate) / _TRANSITION_HZ / _TAPS_STEP)) * _TAPS_STEP
    low_pass = _low_pass(cutoff, width, min(step.denominator, _PHASES))
    return [*filters, _Filter(low_pass, step.denominator, step.numerator)]
