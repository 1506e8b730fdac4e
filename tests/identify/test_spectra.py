from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from licet.identify import spectra
from licet.identify.fingerprint import HOP, WINDOW
from licet.identify.spectra import BATCH, fill_spectra, load, unload

if TYPE_CHECKING:
    from licet.identify.fingerprint import Floats

FIRST_BIN = 14


def _samples(frames: int) -> Floats:
    random = np.random.default_rng(1)
    return random.standard_normal(frames * HOP + WINDOW - HOP).astype(np.float32)


def _filled(samples: Floats, bins: int = 454) -> Floats:
    power = np.full(((len(samples) - WINDOW) // HOP + 1, bins), np.nan, np.float32)
    fill_spectra(samples, power, FIRST_BIN)
    return power


@pytest.mark.parametrize("frames", [BATCH, 3 * BATCH])
def test_spectra_are_those_of_the_definition(frames: int) -> None:
    """Each spectrum is the squared magnitude of the discrete Fourier transform of its own windowed frame."""
    samples = _samples(frames)
    windows = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP] * np.hanning(WINDOW + 1)[:WINDOW]
    expected = np.abs(np.fft.rfft(windows, axis=1)[:, FIRST_BIN : FIRST_BIN + 454]) ** 2
    assert np.allclose(_filled(samples), expected, rtol=1e-4, atol=1e-6 * expected.max())


def test_a_spectrum_does_not_depend_on_where_its_batch_lies() -> None:
    """A stretch of sound has the same spectra, to the last bit, whatever was heard before."""
    samples = _samples(3 * BATCH)
    assert np.array_equal(_filled(samples)[BATCH:], _filled(samples[BATCH * HOP :]))


def test_silence_beside_sound_stays_silent() -> None:
    """Two frames that are transformed together hardly leak into each other: no more than 120 dB below."""
    samples = _samples(BATCH)
    samples[WINDOW:] = 0.0
    power = _filled(samples)
    assert power[4:].max() < 1e-12 * power[0].max()


def test_the_kernels_equal_their_plain_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compiled and not, the three steps give the same spectra."""
    samples = _samples(BATCH)
    compiled = _filled(samples, bins=20)
    for kernel in (load, unload):
        monkeypatch.setattr(spectra, kernel.__name__, kernel.py_func)
    plain = tuple((stage.py_func, turns) for stage, turns in spectra._STAGES)
    monkeypatch.setattr(spectra, "_STAGES", plain)
    assert np.allclose(_filled(samples, bins=20), compiled, rtol=1e-5, atol=1e-6 * compiled.max())
