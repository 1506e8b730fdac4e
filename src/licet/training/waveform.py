"""Make of the bytes that a gate hands over the sound that a model hears: mono, at its own rate."""

from __future__ import annotations

from io import BytesIO
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from licet.errors import AudioError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from licet.identify.decoding import Sound

SHORTEST_S = 0.1  # models make tokens of 40 ms and more, and none of less


def waveform(content: bytes, rate_hz: int, *, name: str = "", longest_s: float = float("inf")) -> NDArray[np.float32]:
    """Decode a file's bytes: [shape=(n_samples,)], float32, mono, -1 to 1, at `rate_hz`.

    Args:
        content: of the file.
        rate_hz: samples a second, of what is returned.
        name: of the file, in errors.
        longest_s: seconds, after which the rest is left undecoded.

    Raises:
        AudioError: it is no audio, or shorter than `SHORTEST_S`.
    """
    from licet.identify.decoding import Damage, demuxed, sounds

    most, heard = longest_s * rate_hz, 0
    pieces = []
    with demuxed(Path(name), BytesIO(content)) as container:
        for piece in _at(rate_hz, sounds(container, Damage())):
            pieces.append(piece)
            heard += len(piece)
            if heard >= most:
                break
    if heard < SHORTEST_S * rate_hz:
        raise AudioError(f"{name} holds {heard / rate_hz:.3f} s of sound", code="too-short", mend="leave it out")
    return np.concatenate(pieces)[: int(min(most, heard))]


def _at(rate_hz: int, sounds: Iterator[Sound]) -> Iterator[NDArray[np.float32]]:
    """Yield sound of any rates, each filtered and sampled anew by libswresample, at one rate and in mono."""
    import av

    from licet.identify.resampling import mono

    for was_hz, alike in groupby(sounds, attrgetter("rate_hz")):
        resampler = av.AudioResampler("fltp", "mono", rate_hz)
        for sound in alike:
            frame = av.AudioFrame.from_ndarray(mono(sound.channels)[None], format="fltp", layout="mono")
            frame.sample_rate = was_hz
            yield from (made.to_ndarray()[0] for made in resampler.resample(frame))
        yield from (made.to_ndarray()[0] for made in resampler.resample(None))
