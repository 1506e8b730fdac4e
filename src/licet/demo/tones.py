"""How sound is made from numbers: decaying partials, plucked strings, gliding phases and shaped noise.

Every array is one-dimensional, float32, at `RATE` samples a second.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

RATE = 44_100  # Hz
CEILING_HZ = 0.42 * RATE  # nothing is synthesised above it, so nothing folds back

Samples = npt.NDArray[np.float32]

_BLOCK = 512
_CYCLE = 4096  # samples of a drawn cycle: the sixteenth harmonic is off by less than a ten-thousandth
_SPENT = 16  # half-lives after which a sound is as good as gone


def seconds(count: int) -> Samples:
    """Return the time of each of `count` samples. [shape=(count,)], s."""
    return np.arange(count, dtype=np.float32) / np.float32(RATE)


def spiral(frequency_hz: float, decay_per_s: float, count: int) -> npt.NDArray[np.complex64]:
    """Return exp((2 pi i f - d) t) for `count` samples.

    A long exponential is the outer product of two short ones: one multiplication a sample, and no drift in phase.
    """
    rate = (2j * np.pi * frequency_hz - decay_per_s) / RATE
    fine = np.exp(rate * np.arange(_BLOCK)).astype(np.complex64)
    coarse = np.exp(rate * _BLOCK * np.arange(-(-count // _BLOCK))).astype(np.complex64)
    return np.asarray(np.multiply.outer(coarse, fine).ravel()[:count])


def partials(table: list[tuple[float, float, float]], count: int) -> Samples:
    """Return the sum of decaying sines, one for each (frequency in Hz, amplitude, decay per second) of `table`."""
    total = np.zeros(count, dtype=np.float32)
    for number, (frequency, amplitude, decay) in enumerate(table):
        if frequency < CEILING_HZ:
            # A start of its own for each partial keeps the crest low and the attack from clicking.
            turn = np.complex64(np.exp(1j * 1.7 * number * number))
            total += np.float32(amplitude) * (spiral(frequency, decay, count) * turn).imag
    return total


def phase(frequency_hz: float, count: int, *, vibrato_hz: float = 0.0, depth: float = 0.0) -> Samples:
    """Return the running phase of a tone, radians within one turn; its vibrato begins a third of a second in."""
    turns = np.arange(count) * (frequency_hz / RATE)
    if depth:
        time = np.arange(count) / RATE
        grown = np.minimum(1.0, time / 0.35) ** 2
        turns -= depth * frequency_hz * grown * np.cos(2 * np.pi * vibrato_hz * time) / (2 * np.pi * vibrato_hz)
    turns -= np.floor(turns)
    return np.asarray(2 * np.pi * turns, dtype=np.float32)


def harmonics(angle: Samples, amplitudes: list[Samples | float], frequency_hz: float) -> Samples:
    """Return the harmonic series over one running phase; an amplitude may move in time."""
    heard = [size for number, size in enumerate(amplitudes, start=1) if number * frequency_hz < CEILING_HZ]
    steady = [size for size in heard if isinstance(size, float)]
    if len(steady) == len(heard):
        return _cycle(angle, steady)
    turning = np.exp(1j * angle).astype(np.complex64)
    power = turning.copy()
    total = np.zeros(len(angle), dtype=np.float32)
    for size in heard:
        total += np.asarray(size, dtype=np.float32) * power.imag
        power *= turning
    return total


def _cycle(angle: Samples, amplitudes: list[float]) -> Samples:
    """Return a series that does not change: one cycle is drawn, and looked up with linear interpolation."""
    turn = np.arange(_CYCLE + 1) * (2 * np.pi / _CYCLE)
    drawn = sum((size * np.sin(number * turn) for number, size in enumerate(amplitudes, start=1)), np.zeros(_CYCLE + 1))
    levels, steps = drawn.astype(np.float32), np.append(np.diff(drawn), 0.0).astype(np.float32)
    place = angle * np.float32(_CYCLE / (2 * np.pi))
    whole = place.astype(np.int32)
    return np.asarray(levels[whole] + (place - whole) * steps[whole], dtype=np.float32)


def string(frequency_hz: float, count: int, *, bright: float, ring_s: float, pluck: float = 0.21) -> Samples:
    """Return a plucked string (Karplus and Strong, 1983), computed a period at a time.

    `bright` from 0 to 1 is how sharp the plectrum is, `ring_s` the time to fall by 60 dB, `pluck` where along the
    string it is struck. Three taps hold the string to its pitch (a quadratic fractional delay) and one pair dulls it.
    """
    period = RATE / frequency_hz
    blunt = 0.5 - 0.42 * bright
    delay = int(period - blunt - 0.5)
    rest = period - blunt - delay  # 0.5 to 1.5 samples, for the quadratic
    quadratic = ((rest - 1) * (rest - 2) / 2, rest * (2 - rest), rest * (rest - 1) / 2)
    taps = np.convolve(quadratic, (1 - blunt, blunt)) * 10 ** (-3 * period / RATE / ring_s)
    size, reach = delay, len(taps) - 1
    wave = np.zeros(4 + size + count, dtype=np.float64)
    burst = np.random.default_rng(round(frequency_hz)).uniform(-1, 1, size + 4)
    burst += 0.9 * (1 - bright) * np.roll(burst, 1)
    burst -= 0.8 * np.roll(burst, max(1, int(size * pluck)))
    wave[: size + 4] = burst - burst.mean()
    for start in range(size + 4, len(wave), size):
        stop = min(start + size, len(wave))
        wave[start:stop] = np.convolve(wave[start - size - reach : stop - size], taps, "valid")
    return wave[4 + size :][:count].astype(np.float32)


def noise(count: int, seed: int, *, low_hz: float, high_hz: float) -> Samples:
    """Return noise between two frequencies, with soft edges, at a peak of one."""
    size = 1 << max(1, count - 1).bit_length()  # a power of two transforms many times faster than its neighbours
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(size, dtype=np.float32))
    frequency = np.fft.rfftfreq(size, 1 / RATE).astype(np.float32)
    low, high = (low_hz / np.maximum(frequency, np.float32(1))) ** 4, (frequency / high_hz) ** 4
    return normal(np.fft.irfft(spectrum / ((1 + low) * (1 + high)), size)[:count].astype(np.float32))


def puff(count: int, seed: int, *, low_hz: float, high_hz: float, half_life_s: float) -> Samples:
    """Return noise between two frequencies that dies away; what nobody would hear is not worked out."""
    sounding = min(count, int(_SPENT * half_life_s * RATE))
    gust = noise(sounding, seed, low_hz=low_hz, high_hz=high_hz) * fall(sounding, half_life_s)
    return np.pad(gust, (0, count - sounding))


def fall(count: int, half_life_s: float) -> Samples:
    """Return an exponential decay that halves every `half_life_s`."""
    return np.asarray(np.exp2(-seconds(count) / np.float32(half_life_s)), dtype=np.float32)


def normal(wave: Samples) -> Samples:
    """Return the wave at a peak of one; silence stays silence."""
    peak = float(np.max(np.abs(wave), initial=0.0))
    return wave / np.float32(peak) if peak else wave
