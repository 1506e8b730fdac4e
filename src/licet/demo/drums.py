"""The drums: swept sines for skins, shaped noise for wires and metal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from licet.demo.tones import RATE, Samples, fall, noise, partials, puff, seconds

if TYPE_CHECKING:
    from collections.abc import Callable


def _skin(count: int, *, low_hz: float, high_hz: float, drop_s: float, half_life_s: float) -> Samples:
    """Return a struck skin: a sine that drops from `high_hz` to `low_hz` as its tension eases."""
    sweep = low_hz + (high_hz - low_hz) * np.exp(-np.arange(count) / RATE / drop_s)
    angle = 2 * np.pi * np.cumsum(sweep) / RATE
    return np.sin(angle).astype(np.float32) * fall(count, half_life_s)


def _stroke(count: int, peak_s: float) -> Samples:
    """Return a sweep of the hand: it swells until `peak_s` and dies away."""
    time = seconds(count) / np.float32(peak_s)
    return np.asarray(time * np.exp(1 - time), dtype=np.float32)


def _kick(_: float, count: int, force: float) -> Samples:
    click = puff(count, 1, low_hz=1800, high_hz=5000, half_life_s=0.002)
    skin = _skin(count, low_hz=47, high_hz=190, drop_s=0.028, half_life_s=0.085)
    return np.asarray(np.tanh(np.float32(1.8) * skin) + np.float32(0.2 * force) * click, dtype=np.float32)


def _soft_kick(_: float, count: int, force: float) -> Samples:
    return _skin(count, low_hz=62, high_hz=95 + 20 * force, drop_s=0.02, half_life_s=0.07)


def _bass_drum(_: float, count: int, force: float) -> Samples:
    return _skin(count, low_hz=52, high_hz=80 + 30 * force, drop_s=0.05, half_life_s=0.2)


def _snare(_: float, count: int, force: float) -> Samples:
    wires = puff(count, 2, low_hz=1400, high_hz=8500, half_life_s=0.05 + 0.03 * force)
    return np.float32(0.55) * _skin(count, low_hz=180, high_hz=290, drop_s=0.02, half_life_s=0.045) + wires


def _clap(_: float, count: int, _force: float) -> Samples:
    palms = np.zeros(count, dtype=np.float32)
    for late in (0.0, 0.011, 0.023):
        first = int(late * RATE)
        palms[first:] += fall(max(0, count - first), 0.006 if late < 0.02 else 0.06)
    return noise(count, 3, low_hz=900, high_hz=3800) * palms


def _hat(_: float, count: int, force: float) -> Samples:
    return puff(count, 4, low_hz=7000, high_hz=15000, half_life_s=0.014 + 0.014 * force)


def _open_hat(_: float, count: int, force: float) -> Samples:
    return puff(count, 6, low_hz=6200, high_hz=15000, half_life_s=0.09 + 0.05 * force)


def _ride(_: float, count: int, force: float) -> Samples:
    ping = partials([(f, 0.2, 6.0) for f in (3310.0, 4570.0, 5890.0, 7420.0)], count)
    return ping + np.float32(0.6 * force) * puff(count, 7, low_hz=6000, high_hz=14000, half_life_s=0.08)


def _brush(_: float, count: int, force: float) -> Samples:
    return noise(count, 9, low_hz=1800, high_hz=7000) * _stroke(count, 0.05) * np.float32(0.5 + 0.5 * force)


def _shaker(_: float, count: int, _force: float) -> Samples:
    return noise(count, 10, low_hz=4200, high_hz=11000) * _stroke(count, 0.022)


def _rim(_: float, count: int, force: float) -> Samples:
    return partials([(1720.0, 0.8, 95.0), (2460.0, 0.4 * force, 130.0), (480.0, 0.5, 80.0)], count)


def _doum(_: float, count: int, force: float) -> Samples:
    skin = _skin(count, low_hz=92, high_hz=128, drop_s=0.04, half_life_s=0.12)
    return skin + np.float32(0.15 * force) * puff(count, 11, low_hz=300, high_hz=1400, half_life_s=0.01)


def _tek(_: float, count: int, force: float) -> Samples:
    ring = partials([(438.0, 0.7, 38.0), (702.0, 0.5, 46.0), (1010.0, 0.25, 60.0)], count)
    return ring + np.float32(0.5 * force) * puff(count, 12, low_hz=2000, high_hz=7000, half_life_s=0.012)


def _tambourine(_: float, count: int, _force: float) -> Samples:
    jingles = partials([(f, 0.15, 22.0) for f in (5230.0, 6940.0, 8310.0, 9730.0)], count)
    return jingles + np.float32(0.6) * puff(count, 14, low_hz=5000, high_hz=13000, half_life_s=0.035)


DRUMS: dict[str, Callable[[float, int, float], Samples]] = {
    "kick": _kick,
    "soft kick": _soft_kick,
    "bass drum": _bass_drum,
    "snare": _snare,
    "clap": _clap,
    "hat": _hat,
    "open hat": _open_hat,
    "ride": _ride,
    "brush": _brush,
    "shaker": _shaker,
    "rim": _rim,
    "doum": _doum,
    "tek": _tek,
    "tambourine": _tambourine,
}
