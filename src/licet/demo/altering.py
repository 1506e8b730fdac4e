"""What becomes of a recording on its way into a corpus: cut, sped up, stretched, drowned in noise or in talk.

Sound is [shape=(n, 2)], float32, at `RATE` samples a second, and stays so.
"""

from __future__ import annotations

import numpy as np

from licet.demo.tones import RATE, Samples, noise

CEILING = 0.97  # of full scale: what rises above it is turned down whole

_WINDOW = 2048  # samples: long enough to hold two periods of a low E, short enough not to smear a drum
_REACH = 512  # samples that a window may move to meet its neighbour in phase
_SYLLABLE_S = 0.19
_FORMANTS_HZ = ((280, 620), (900, 1700), (2300, 3000))  # the mouth of somebody who is not quite saying anything


def cut(sound: Samples, start_s: float, length_s: float) -> Samples:
    """Return `length_s` seconds from `start_s` on, eased in and out over 10 ms; less where the sound ends before."""
    piece = sound[int(start_s * RATE) : int((start_s + length_s) * RATE)].copy()
    ease = np.linspace(0, 1, min(RATE // 100, len(piece)), dtype=np.float32)[:, None]
    piece[: len(ease)] *= ease
    piece[len(piece) - len(ease) :] *= ease[::-1]
    return piece


def sped(sound: Samples, factor: float) -> Samples:
    """Return the sound as a turntable plays it that runs `factor` times too fast: pitch and tempo rise together."""
    at = np.arange(0, len(sound) - 1, factor)
    before = at.astype(np.int64)
    part = (at - before).astype(np.float32)[:, None]
    return np.asarray(sound[before] * (1 - part) + sound[before + 1] * part, dtype=np.float32)


def stretched(sound: Samples, tempo: float) -> Samples:
    """Return the sound played `tempo` times as fast at the same pitch (WSOLA: Verhelst and Roelands, 1993).

    1. Windows are laid down half a window apart, and taken from the sound half a window times `tempo` apart.
    2. Each may move by up to `_REACH` samples, to where it goes on best from the window before: the place at which it
       correlates most with what followed that window in the sound.
    """
    hop = _WINDOW // 2
    shape = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)[:, None]
    count = int((len(sound) - _WINDOW - 2 * _REACH) / (hop * tempo))
    mono = sound.mean(axis=1)
    out = np.zeros((count * hop + _WINDOW, 2), dtype=np.float32)
    taken = 0
    for number in range(count):
        # 1.
        wanted = int(number * hop * tempo)
        if number:
            # 2.
            first = max(0, wanted - _REACH)
            goes_on = mono[taken + hop : taken + hop + _WINDOW]
            taken = first + int(np.argmax(_correlation(mono[first : wanted + _REACH + len(goes_on)], goes_on)))
        out[number * hop : number * hop + _WINDOW] += sound[taken : taken + _WINDOW] * shape
    return out


def _correlation(around: Samples, wanted: Samples) -> Samples:
    """Return how well `wanted` fits at each place of `around`, by way of the spectrum."""
    size = 1 << (len(around) - 1).bit_length()
    product = np.fft.rfft(around, size) * np.conj(np.fft.rfft(wanted, size))
    return np.asarray(np.fft.irfft(product, size)[: len(around) - len(wanted) + 1], dtype=np.float32)


def under_noise(sound: Samples, ratio_db: float, *, seed: int) -> Samples:
    """Return the sound under white noise that is `ratio_db` decibels weaker than it."""
    hiss = np.random.default_rng(seed).standard_normal((len(sound), 1), dtype=np.float32)
    return _mixed(sound, hiss, ratio_db)


def under_talk(sound: Samples, ratio_db: float, *, seed: int) -> Samples:
    """Return the sound under a voice-like murmur that is `ratio_db` decibels weaker than it."""
    draw = np.random.default_rng(seed)
    syllables = len(sound) // int(_SYLLABLE_S * RATE) + 2
    murmur = np.zeros(len(sound), dtype=np.float32)
    at = np.arange(len(sound), dtype=np.float32) / np.float32(_SYLLABLE_S * RATE)
    for number, (low, high) in enumerate(_FORMANTS_HZ):
        opening = draw.uniform(0, 1, syllables) ** 2 * (draw.uniform(0, 1, syllables) > 0.2)  # and now and then a pause
        band = noise(len(sound), seed + number, low_hz=low, high_hz=high)
        murmur += band * np.interp(at, np.arange(syllables), opening).astype(np.float32) / np.float32(number + 1)
    return _mixed(sound, murmur[:, None], ratio_db)


def _mixed(sound: Samples, other: Samples, ratio_db: float) -> Samples:
    weaker = np.sqrt(np.mean(sound**2) / np.mean(other**2)) * 10 ** (-ratio_db / 20)
    mix = sound + other * np.float32(weaker)
    return np.asarray(mix * np.float32(min(1.0, CEILING / np.max(np.abs(mix)))), dtype=np.float32)
