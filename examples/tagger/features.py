"""What the model hears: a log-mel spectrogram of 29.1 seconds from the middle of a piece.

Rate, window, step and bands are those of the spectrograms that MTG-Jamendo hands out (Bogdanov et al. 2019, see
`metrics`), so that a model may be fed either. The bands are Slaney's: even steps below 1 kHz and even ratios above,
triangles of equal area (Slaney, "Auditory Toolbox", 1998).
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from licet.errors import AudioError
from licet.identify.decoding import Damage, demuxed, sounds, stated_duration_s
from licet.identify.resampling import mono

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from licet.identify.decoding import Sound

RATE_HZ = 12_000
WINDOW, HOP, BANDS = 512, 256, 96
FRAMES = 1366  # 29.1 seconds
CHUNK = 188  # frames that the model hears at a time: 4.0 seconds
_EXCERPT = FRAMES * HOP  # samples
_FLOOR = 1e-10  # of power: -100 dB
_KNEE_HZ, _STEP_HZ, _RATIO = 1000.0, 200 / 3, np.log(6.4) / 27  # of Slaney's scale


def log_mel(content: bytes, name: str = "") -> NDArray[np.float16]:
    """Return the middle of a file's sound: [shape=(96, n_frames)], float16, dB; at most `FRAMES` frames of 21.3 ms.

    Args:
        content: the file's bytes.
        name: of the file, in errors.

    Raises:
        AudioError: it is no audio, or shorter than one window.
    """
    sound = excerpt(content, name)
    if len(sound) < WINDOW:
        raise AudioError(f"{name} holds {len(sound)} samples of sound", code="too-short", mend="leave it out")
    framed = np.lib.stride_tricks.sliding_window_view(np.pad(sound, WINDOW // 2), WINDOW)[::HOP][:FRAMES]
    power = np.abs(np.fft.rfft(framed * np.hanning(WINDOW + 1)[:-1], axis=1)) ** 2
    return np.asarray(10 * np.log10(np.maximum(power @ mel_bands().T, _FLOOR)).T, dtype=np.float16)


def middle(path: Path) -> NDArray[np.floating]:
    """Return the middle of the log-mel that is kept in a file: [shape=(96, n_frames)], dB, a chunk to 29.1 seconds.

    It is mapped into memory, and what is not looked at is not read. What is shorter than a chunk is repeated.
    """
    whole = np.load(path, mmap_mode="r", allow_pickle=False)
    start = max(0, (whole.shape[1] - FRAMES) // 2)
    mel = whole[:, start : start + FRAMES]
    return mel if mel.shape[1] >= CHUNK else np.tile(mel, -(-CHUNK // mel.shape[1]))


def chunks(mel: NDArray[np.floating]) -> NDArray[np.float32]:
    """Cut log-mel [shape=(96, n_frames)] into whole chunks, side by side as far as they go: [shape=(n, 96, CHUNK)]."""
    starts = [*range(0, mel.shape[1] - CHUNK, CHUNK), mel.shape[1] - CHUNK]
    return np.array([mel[:, start : start + CHUNK] for start in starts], dtype=np.float32)


def excerpt(content: bytes, name: str = "") -> NDArray[np.float32]:
    """Return the middle of a file's sound: [shape=(n,)], float32, mono, at `RATE_HZ`.

    Raises:
        AudioError: it is no audio.
    """
    with demuxed(Path(name), BytesIO(content)) as container:
        length_s = stated_duration_s(container) or 0.0
        start_s = max(0.0, (length_s - _EXCERPT / RATE_HZ) / 2)
        if start_s:
            container.seek(int(start_s * 1_000_000))  # libav counts in microseconds
        pieces: list[NDArray[np.float32]] = []
        for piece in _resampled(sounds(container, Damage())):
            pieces.append(piece)
            if sum(map(len, pieces)) >= _EXCERPT:
                break
    return np.concatenate([*pieces, np.zeros(0, np.float32)])[:_EXCERPT]


def _resampled(decoded: Iterator[Sound]) -> Iterator[NDArray[np.float32]]:
    import av

    for rate_hz, alike in groupby(decoded, attrgetter("rate_hz")):
        resampler = av.AudioResampler("fltp", "mono", RATE_HZ)
        for sound in alike:
            frame = av.AudioFrame.from_ndarray(mono(sound.channels)[None], format="fltp", layout="mono")
            frame.sample_rate = rate_hz
            yield from (made.to_ndarray()[0] for made in resampler.resample(frame))


@cache
def mel_bands() -> NDArray[np.float64]:
    """Return the weight of each frequency in each band: [shape=(96, 257)]."""
    edges = _hertz(np.linspace(0, _mel(RATE_HZ / 2), BANDS + 2))
    frequency = np.fft.rfftfreq(WINDOW, 1 / RATE_HZ)
    rising = (frequency - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - frequency) / np.diff(edges)[1:, None]
    return np.maximum(0, np.minimum(rising, falling)) * (2 / (edges[2:] - edges[:-2]))[:, None]


def _mel(hertz: float) -> float:
    return float(_KNEE_HZ / _STEP_HZ + np.log(hertz / _KNEE_HZ) / _RATIO if hertz > _KNEE_HZ else hertz / _STEP_HZ)


def _hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    knee = _KNEE_HZ / _STEP_HZ
    return np.where(mel > knee, _KNEE_HZ * np.exp(_RATIO * (mel - knee)), mel * _STEP_HZ)
