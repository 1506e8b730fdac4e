"""The players: each turns a frequency, a length and a force into sound, and knows how it begins and stops."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from licet.demo.drums import DRUMS
from licet.demo.tones import Samples, fall, harmonics, noise, normal, partials, phase, puff, seconds, string

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Instrument:
    """A tone and its envelope. `tone` takes a frequency in Hz, a number of samples and a force from 0 to 1."""

    tone: Callable[[float, int, float], Samples]
    attack_s: float = 0.003
    release_s: float = 0.12


def _guitar(frequency: float, count: int, force: float) -> Samples:
    wood = 0.25 * partials([(98.0, 0.2, 22.0), (204.0, 0.12, 26.0)], count)  # the top of the body answers first
    return string(frequency, count, bright=0.25 + 0.45 * force, ring_s=3.2, pluck=0.27) + wood * np.float32(force)


def _lute(frequency: float, count: int, force: float) -> Samples:
    low = string(frequency, count, bright=0.45 + 0.4 * force, ring_s=4.0, pluck=0.17)
    return low + np.float32(0.35) * string(frequency * 2.003, count, bright=0.5, ring_s=2.2, pluck=0.2)


def _harpsichord(frequency: float, count: int, force: float) -> Samples:
    first = string(frequency, count, bright=0.93, ring_s=3.0, pluck=0.11)
    return first + np.float32(0.4 + 0.1 * force) * string(frequency * 1.002, count, bright=0.97, ring_s=2.4, pluck=0.07)


def _saz(frequency: float, count: int, force: float) -> Samples:
    pair = string(frequency, count, bright=0.8, ring_s=1.6, pluck=0.12)
    return pair + string(frequency * 1.0035, count, bright=0.7 + 0.2 * force, ring_s=1.4, pluck=0.14)


def _harp(frequency: float, count: int, force: float) -> Samples:
    return string(frequency, count, bright=0.12 + 0.3 * force, ring_s=4.5, pluck=0.45)


def _piano(frequency: float, count: int, force: float) -> Samples:
    """A string stiff enough to stretch its overtones, and a hammer that loses the high ones when it strikes softly."""
    dull = 1.55 - 0.75 * force
    table = []
    for number in range(1, 15):
        stretched = number * frequency * np.sqrt(1 + 0.0004 * number * number)
        strength = np.sin(np.pi * number * 0.12) * number**-dull
        ring = 0.5 + frequency / 700 + 0.55 * number
        table += [(stretched, 0.6 * strength, ring), (stretched * 1.0007, 0.4 * strength, 0.4 * ring)]
    knock = puff(count, 5, low_hz=120, high_hz=900, half_life_s=0.012)
    return normal(partials(table, count)) + np.float32(0.12 * force) * knock


def _electric_piano(frequency: float, count: int, force: float) -> Samples:
    angle = phase(frequency, count)
    tine = np.float32(0.5 * force) * fall(count, 0.09) * np.sin(np.float32(14) * angle)
    body = np.float32(0.3 + 1.3 * force) * fall(count, 0.35) * np.sin(angle)
    bright = np.sin(angle + body) + np.float32(0.35) * np.sin(angle + tine)
    return np.asarray(bright * fall(count, 0.9), dtype=np.float32)


def _bell(frequency: float, count: int, force: float) -> Samples:
    low = ((0.5, 0.25, 0.5), (1.0, 1.0, 0.9), (2.01, 0.6, 1.4))  # the hum, the prime, the nominal
    high = ((2.77, 0.35, 2.4), (4.07, 0.25, 3.6), (5.43, 0.15, 6.0))
    return partials([(frequency * at, size * (0.6 + 0.4 * force), gone) for at, size, gone in low + high], count)


def _music_box(frequency: float, count: int, force: float) -> Samples:
    comb = [(frequency, 1.0, 2.4), (frequency * 2.0, 0.22, 4.0), (frequency * 6.27, 0.22 * force, 14.0)]
    return partials(comb, count)


def _marimba(frequency: float, count: int, force: float) -> Samples:
    slow = 3.2 + frequency / 160
    overtones = [(frequency * 3.93, 0.34 * force, 3.5 * slow), (frequency * 9.2, 0.16 * force, 9 * slow)]
    return partials([(frequency, 1.0, slow), *overtones], count)


def _organ(frequency: float, count: int, force: float) -> Samples:
    pipes = {0.5: 0.3, 1: 1.0, 2: 0.55, 3: 0.25, 4: 0.28, 6: 0.1, 8: 0.1}
    ranks = [(frequency * at * (1 + 0.0006 * rank), size, 0.0) for rank, (at, size) in enumerate(pipes.items())]
    chiff = puff(count, 8, low_hz=1500, high_hz=5000, half_life_s=0.02)
    return partials(ranks, count) * np.float32(0.8 + 0.2 * force) + np.float32(0.05) * chiff


def _reed(frequency: float, count: int, force: float) -> Samples:
    """An accordion: two reeds a few cents apart, which beat."""
    sizes: list[Samples | float] = [np.sin(0.55 * n) ** 2 / n**0.9 + 0.5 / n**1.6 for n in range(1, 16)]
    apart = 1 + 0.9 / max(frequency, 200.0) * (1 + 0.2 * force)
    return harmonics(phase(frequency, count), sizes, frequency) + harmonics(
        phase(frequency * apart, count), sizes, frequency * apart
    )


def _flute(frequency: float, count: int, force: float) -> Samples:
    angle = phase(frequency, count, vibrato_hz=5.1, depth=0.0045)
    throb = 1 + np.float32(0.1) * np.sin(np.float32(2 * np.pi * 5.1) * seconds(count))
    sizes: list[Samples | float] = [1.0, 0.32 + 0.2 * force, 0.16 * force, 0.08 * force, 0.03]
    breath = noise(count, 13, low_hz=0.8 * frequency, high_hz=2.6 * frequency) * (0.03 + 0.12 * fall(count, 0.04))
    return np.asarray(harmonics(angle, sizes, frequency) * throb + breath, dtype=np.float32)


def _bowed(frequency: float, count: int, force: float) -> Samples:
    sizes: list[Samples | float] = [
        (1.0 / n) * (0.5 + 0.5 * np.exp(-(((n * frequency - 900) / 1400) ** 2))) * (0.75 + 0.25 * force) ** n
        for n in range(1, 13)
    ]
    desks = [
        harmonics(phase(frequency * off, count, vibrato_hz=rate, depth=0.004), sizes, frequency)
        for off, rate in ((1.0, 5.4), (1.0028, 4.9), (0.9971, 5.9))
    ]
    return desks[0] + desks[1] + desks[2]


def _brass(frequency: float, count: int, force: float) -> Samples:
    """The louder a horn is blown the brighter it is, and the higher partials arrive last."""
    time = seconds(count)
    cut = np.float32(500 + 3800 * force * force) * (1 - np.float32(0.75) * np.exp(-time / np.float32(0.06)))
    sizes: list[Samples | float] = [
        np.exp(-np.float32(n * frequency) / (cut + np.float32(frequency))).astype(np.float32) for n in range(1, 13)
    ]
    return harmonics(phase(frequency, count, vibrato_hz=5.0, depth=0.002), sizes, frequency)


def _bass(frequency: float, count: int, force: float) -> Samples:
    """A filtered sawtooth whose filter closes as the note dies."""
    cut = np.float32(180 + 900 * force) * fall(count, 0.16) + np.float32(170)
    sizes: list[Samples | float] = [
        (np.float32(1 / n) / (1 + (np.float32(n * frequency) / cut) ** 4)).astype(np.float32) for n in range(1, 11)
    ]
    return harmonics(phase(frequency, count), sizes, frequency) * fall(count, 0.9)


def _upright(frequency: float, count: int, force: float) -> Samples:
    thump = partials([(frequency, 1.0, 2.6), (2 * frequency, 0.5, 4.5), (3 * frequency, 0.22 * force, 7.0)], count)
    return thump + np.float32(0.12 * force) * puff(count, 21, low_hz=300, high_hz=1800, half_life_s=0.012)


def _acid(frequency: float, count: int, force: float) -> Samples:
    """A sawtooth through a resonance that sweeps down."""
    cut = np.float32(350 + 3600 * force * force) * fall(count, 0.07) + np.float32(260)
    sizes: list[Samples | float] = []
    for number in range(1, 36):
        above = np.float32(number * frequency) / cut
        sizes.append((np.float32(1 / number) / np.sqrt((1 - above**2) ** 2 + (above / 4.5) ** 2)).astype(np.float32))
    saw = harmonics(phase(frequency, count), sizes, frequency)
    return np.asarray(np.tanh(np.float32(0.6) * saw), dtype=np.float32)


def _pad(frequency: float, count: int, force: float) -> Samples:
    """Many strings a little apart, under a slow tide."""
    table = []
    for number in range(1, 9):
        strength = number**-1.35 * (0.75 + 0.25 * force) ** number
        table += [(number * frequency * off, strength / 3, 0.0) for off in (0.9962, 1.0, 1.0041)]
    tide = 1 + np.float32(0.18) * np.sin(np.float32(2 * np.pi * 0.23) * seconds(count))
    return np.asarray(partials(table, count) * tide, dtype=np.float32)


INSTRUMENTS: dict[str, Instrument] = {
    "guitar": Instrument(_guitar, 0.001, 0.18),
    "lute": Instrument(_lute, 0.001, 0.5),
    "harpsichord": Instrument(_harpsichord, 0.001, 0.09),
    "saz": Instrument(_saz, 0.001, 0.12),
    "harp": Instrument(_harp, 0.001, 0.9),
    "piano": Instrument(_piano, 0.002, 0.16),
    "electric piano": Instrument(_electric_piano, 0.003, 0.2),
    "bell": Instrument(_bell, 0.002, 1.6),
    "music box": Instrument(_music_box, 0.002, 1.0),
    "marimba": Instrument(_marimba, 0.002, 0.35),
    "organ": Instrument(_organ, 0.025, 0.12),
    "reed": Instrument(_reed, 0.03, 0.07),
    "flute": Instrument(_flute, 0.045, 0.09),
    "bowed": Instrument(_bowed, 0.08, 0.18),
    "brass": Instrument(_brass, 0.025, 0.09),
    "bass": Instrument(_bass, 0.004, 0.06),
    "upright": Instrument(_upright, 0.004, 0.09),
    "acid": Instrument(_acid, 0.002, 0.03),
    "pad": Instrument(_pad, 0.7, 1.3),
    **{name: Instrument(drum, 0.0005, 0.4) for name, drum in DRUMS.items()},
}
