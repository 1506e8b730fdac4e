"""Music for the tests: pieces composed from a seed, and files of them in any format libav writes."""

from __future__ import annotations

import wave
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import av
import numpy as np

from licet.identify.fingerprint import SAMPLE_RATE_HZ, Fingerprint
from licet.identify.peaks import PeakFinder

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from licet.identify.fingerprint import Floats

PIECES = range(8)  # that the fixture `registered` holds, by seed
SECONDS = 30.0  # of each


@lru_cache(maxsize=64)
def music(
    seed: int, seconds: float, *, tempo: float = 1.0, pitch: float = 1.0, rate_hz: int = SAMPLE_RATE_HZ
) -> Floats:
    """Play `seconds` of the piece that `seed` names: three voices of plucked notes and a beat, -1 to 1, mono."""
    sound = np.zeros(int(seconds * rate_hz) + rate_hz, np.float64)
    for voice in range(3):
        score = np.random.default_rng((seed, voice))  # its own, so that a longer piece begins like a shorter one
        at = 0.0
        while at < seconds * tempo:
            key, beats, loud = score.integers(0, 22), score.choice([0.19, 0.31, 0.47]), score.uniform(0.3, 1.0)
            hertz = pitch * 110 * (1 + voice) * 2 ** (key / 12 + score.uniform(-0.02, 0.02))
            _pluck(sound, int(at / tempo * rate_hz), hertz, loud, rate_hz)
            at += beats * score.uniform(0.8, 1.2)
    sound = sound[: int(seconds * rate_hz)]
    played = np.tanh(sound / 4).astype(np.float32)
    played.setflags(write=False)
    return played


def clip(piece: int, start_s: float, length_s: float, **changes: float) -> Floats:
    """Cut a stretch out of one of `PIECES`, played with `changes`."""
    sound = music(piece, SECONDS, **changes)
    return sound[int(start_s * SAMPLE_RATE_HZ) : int((start_s + length_s) * SAMPLE_RATE_HZ)]


def _pluck(sound: NDArray[np.float64], start: int, hertz: float, loud: float, rate_hz: int) -> None:
    room = sound[start : start + int(0.6 * rate_hz)]
    time = np.arange(len(room)) / rate_hz
    for harmonic in range(1, 7):
        if harmonic * hertz < rate_hz / 2.2:
            room += loud / harmonic * np.sin(2 * np.pi * harmonic * hertz * time) * np.exp(-time * (4 + harmonic))


def heard(samples: Floats) -> Fingerprint:
    """Return the fingerprint of `samples` at 11,025 Hz, as if they had been a file."""
    finder = PeakFinder()
    finder.feed(samples)
    return finder.finish()


def noisy(samples: Floats, decibels: float, seed: int = 0) -> Floats:
    """Add white noise, `decibels` below the music."""
    noise = np.random.default_rng(seed).standard_normal(len(samples))
    noise *= np.sqrt(np.mean(np.square(samples))) * 10 ** (-decibels / 20)
    return (samples + noise).astype(np.float32)


def write_wav(path: Path, samples: NDArray[Any], rate_hz: int = 44_100, width: int = 2) -> Path:
    """Write `samples` [shape=(n,) or (n, n_channels)], -1 to 1, as integers of `width` bytes."""
    frames = samples.reshape(len(samples), -1)
    whole = np.rint(np.clip(frames, -1, 1) * (2 ** (8 * width - 1) - 1)).astype(np.int64)
    if width == 1:
        whole += 128
    raw = whole.astype("<i8").view(np.uint8).reshape(*whole.shape, 8)[..., :width]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(frames.shape[1])
        file.setsampwidth(width)
        file.setframerate(rate_hz)
        file.writeframes(raw.tobytes())
    return path


def encode(path: Path, samples: Floats, codec: str, rate_hz: int = 44_100, *, channels: int = 1) -> Path:
    """Write mono `samples` with libav's encoder `codec`, on one channel or two; the container follows from the name."""
    with av.open(str(path), "w") as file:
        stream: Any = file.add_stream(codec, rate=rate_hz, layout="mono" if channels == 1 else "stereo")
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis].copy(), format="fltp", layout="mono")
        frame.sample_rate = rate_hz
        fitting = av.AudioResampler(
            format=stream.codec_context.format,
            layout=stream.codec_context.layout,
            rate=rate_hz,
            frame_size=stream.codec_context.frame_size or 4096,
        )
        for piece in [*fitting.resample(frame), *fitting.resample(None)]:
            file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    return path
