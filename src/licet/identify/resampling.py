"""Bring any sound to the one form that peaks are found in: mono, float32, 11,025 Hz.

Channels are averaged here and not by libav, so that a layout without a name needs no rule of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import av
import numpy as np

from licet.identify.fingerprint import SAMPLE_RATE_HZ, Floats

if TYPE_CHECKING:
    from numpy.typing import NDArray

LOUDEST = 16.0  # of full scale: a float file may hold any number, and its square must stay one
SILENCE = np.zeros(0, np.float32)


class Resampler:
    """Takes sound of any rate, type and number of channels, which may change on the way."""

    def __init__(self) -> None:
        self._rate_hz = 0
        self._libswresample: av.AudioResampler | None = None

    def feed(self, samples: NDArray[Any], rate_hz: int) -> Floats:
        """Take `samples` [shape=(n_samples, n_channels)]; return what is ready, [shape=(n,)]."""
        before = SILENCE
        if rate_hz != self._rate_hz:
            before = self.finish()
            self._rate_hz = rate_hz
        mono = _mono(samples)
        if rate_hz == SAMPLE_RATE_HZ:
            return np.concatenate([before, mono])
        if self._libswresample is None:
            self._libswresample = av.AudioResampler(format="fltp", layout="mono", rate=SAMPLE_RATE_HZ)
        frame = av.AudioFrame.from_ndarray(mono[np.newaxis], format="fltp", layout="mono")
        frame.sample_rate = rate_hz
        return np.concatenate([before, *(out.to_ndarray()[0] for out in self._libswresample.resample(frame))])

    def finish(self) -> Floats:
        """Return what is left of what was fed; more may be fed afterwards."""
        if self._libswresample is None:
            return SILENCE
        left = [out.to_ndarray()[0] for out in self._libswresample.resample(None)]
        self._libswresample = None
        return np.concatenate([SILENCE, *left])


def _mono(samples: NDArray[Any]) -> Floats:
    """Average the channels and scale any sample type to -1 .. 1."""
    with np.errstate(over="ignore", invalid="ignore"):
        mono: Floats = samples.mean(axis=1).astype(np.float32)
    if samples.dtype == np.uint8:
        mono -= 128
        mono /= 128
    elif samples.dtype.kind == "i":
        mono /= float(np.iinfo(samples.dtype).max)
    return np.clip(np.nan_to_num(mono, nan=0.0), -LOUDEST, LOUDEST)
