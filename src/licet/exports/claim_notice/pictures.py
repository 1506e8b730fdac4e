"""Pictures of two stretches of sound side by side: what is in the file, and what of the recording it is.

1. Both are decoded here, brought to one rate and one channel, and cut to the stretch; at most `LONGEST_S` of it.
2. Power spectra under a Hann window, laid on a logarithmic scale of frequency, in decibels below each one's loudest.
3. Both are drawn as wide as each other, whatever their tempo: what matches lies at the same place in both.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from licet.corpus.wording import shown
from licet.errors import AudioError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

    Font = FreeTypeFont | ImageFont

LONGEST_S = 30.0
WIDE, HIGH = 560, 300  # pixels of each spectrogram
LOWEST_HZ, HIGHEST_HZ = 80.0, 5_000.0
FLOOR_DB = -70.0
SHORTEST = 0.05  # seconds that make a picture
_WINDOW = 1024  # samples: 93 ms
_MARGIN, _LEFT, _TOP, _BOTTOM, _GAP = 16, 74, 74, 46, 30  # pixels around them
_LONGEST_TITLE = 200  # characters: more of them never fit
_MARKS_HZ = (100, 200, 500, 1_000, 2_000, 5_000)
_INK, _QUIET, _PAPER, _LINE = (29, 33, 38), (92, 99, 107), (255, 255, 255), (223, 220, 211)
# From paper to ink by way of blue: dark is loud, and a copier in black and white keeps the order.
_RAMP = (
    (0.0, (255, 255, 255)),
    (0.35, (203, 219, 232)),
    (0.65, (90, 133, 176)),
    (0.85, (31, 64, 112)),
    (1.0, (8, 14, 34)),
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """One side of a picture: what it is called, its sound (see `stretch_of`), and where that begins and ends."""

    title: str
    samples: NDArray[np.float32] | None  # None where the sound was not at hand
    start_s: float
    end_s: float


def side_by_side(left: Stretch, right: Stretch) -> bytes:
    """Return a PNG of two stretches. The same sound gives the same bytes under one version of Pillow."""
    from PIL import Image, ImageDraw

    size = (_MARGIN + 2 * (_LEFT + WIDE) + _GAP + _MARGIN, _TOP + HIGH + _BOTTOM)
    image = Image.new("RGB", size, _PAPER)
    draw = ImageDraw.Draw(image)
    for number, stretch in enumerate((left, right)):
        at = _MARGIN + _LEFT + number * (WIDE + _GAP + _LEFT)
        _panel(image, draw, stretch, at)
    out = BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


def stretch_of(path: Path, start_s: float, end_s: float) -> NDArray[np.float32]:
    """Return the sound of a file from `start_s` to `end_s`, mono, [shape=(n,)], float32, at `SAMPLE_RATE_HZ`.

    What comes after is not decoded.

    Raises:
        AudioError: it is no audio, or ends before.
    """
    from licet.identify.decoding import Damage, demuxed, opened, sounds
    from licet.identify.fingerprint import SAMPLE_RATE_HZ
    from licet.identify.resampling import Resampler

    first, last = int(start_s * SAMPLE_RATE_HZ), int(min(end_s, start_s + LONGEST_S) * SAMPLE_RATE_HZ)
    parts: list[NDArray[np.float32]] = []
    done = 0
    resampler = Resampler()

    def take(ready: NDArray[np.float32]) -> None:
        nonlocal done
        parts.append(ready[max(0, first - done) : max(0, last - done)].copy())
        done += len(ready)

    with opened(path) as stream, demuxed(path, stream) as container:
        for sound in sounds(container, Damage()):
            take(resampler.feed(sound.channels, sound.rate_hz))
            if done >= last:
                break
        else:
            take(resampler.finish())
    found = np.concatenate([np.zeros(0, np.float32), *parts])
    if len(found) < SHORTEST * SAMPLE_RATE_HZ:
        raise AudioError(f"{path.name} does not reach to {start_s:.1f} s", code="too-short", mend="name the right file")
    return found


def levels_of(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return how loud sound is, [shape=(HIGH, WIDE)], 0 to 1 from `FLOOR_DB` to its loudest; the lowest tone last."""
    from licet.identify.fingerprint import SAMPLE_RATE_HZ

    padded = np.concatenate([samples, np.zeros(_WINDOW, np.float32)]).astype(np.float64)
    starts = np.linspace(0, max(0, len(samples) - _WINDOW // 2), WIDE).astype(np.int64)
    starts = np.minimum(starts, len(padded) - _WINDOW)
    frames = padded[starts[:, None] + np.arange(_WINDOW)] * np.hanning(_WINDOW + 1)[:_WINDOW]
    power = np.abs(np.fft.rfft(frames)) ** 2  # [shape=(WIDE, bins)]
    tones = np.geomspace(HIGHEST_HZ, LOWEST_HZ, HIGH) * _WINDOW / SAMPLE_RATE_HZ  # in bins
    low = np.floor(tones).astype(np.int64)
    part = (tones - low)[:, None]
    rows = power.T[low] * (1 - part) + power.T[low + 1] * part
    loudest = float(rows.max())
    if loudest <= 0:
        return np.zeros((HIGH, WIDE))
    decibels = 10 * np.log10(np.maximum(rows / loudest, 10 ** (FLOOR_DB / 10)))
    return np.asarray(1 - decibels / FLOOR_DB)


def _panel(image: Image, draw: ImageDraw, stretch: Stretch, at: int) -> None:
    """Draw one side, its scales and its title."""
    from PIL import Image as Images

    shown_s = min(stretch.end_s - stretch.start_s, LONGEST_S)
    if stretch.samples is not None:
        colours = _coloured(levels_of(stretch.samples))
        image.paste(Images.fromarray(colours), (at, _TOP))
    else:
        draw.text((at + WIDE // 2, _TOP + HIGH // 2), "the sound was not at hand", _QUIET, _font(20), "mm")
    draw.rectangle((at - 1, _TOP - 1, at + WIDE, _TOP + HIGH), outline=_LINE)
    draw.text((at, _TOP - 38), _fitting(draw, stretch.title), _INK, _font(22), "ls")
    span = f"{_clock(stretch.start_s)} to {_clock(stretch.end_s)}"
    cut = f", the first {LONGEST_S:.0f} s of it" if shown_s < stretch.end_s - stretch.start_s else ""
    draw.text((at, _TOP - 13), span + cut, _QUIET, _font(18), "ls")
    for hertz in _MARKS_HZ:
        y = _TOP + round((HIGH - 1) * np.log(HIGHEST_HZ / hertz) / np.log(HIGHEST_HZ / LOWEST_HZ))
        draw.line((at - 5, y, at - 1, y), _QUIET)
        draw.text((at - 9, y), f"{hertz:,} Hz" if hertz < 1000 else f"{hertz // 1000} kHz", _QUIET, _font(17), "rm")
    for number in range(5):
        x = at + round((WIDE - 1) * number / 4)
        draw.line((x, _TOP + HIGH, x, _TOP + HIGH + 5), _QUIET)
        where = _clock(stretch.start_s + shown_s * number / 4)
        draw.text(
            (x, _TOP + HIGH + 10), where, _QUIET, _font(17), "lt" if not number else "rt" if number == 4 else "mt"
        )


def _coloured(levels: NDArray[np.float64]) -> NDArray[np.uint8]:
    stops = [stop for stop, _ in _RAMP]
    channels = [np.interp(levels, stops, [colour[channel] for _, colour in _RAMP]) for channel in range(3)]
    return np.rint(np.stack(channels, axis=-1)).astype(np.uint8)


def _fitting(draw: ImageDraw, title: str) -> str:
    """Put a title on one line, cut to the width of a panel; the file's name matters most at its end."""
    title = shown(title)
    title = title if len(title) <= _LONGEST_TITLE else "…" + title[1 - _LONGEST_TITLE :]
    while draw.textlength(title, _font(22)) > WIDE:
        title = "…" + title[2:]
    return title


def _font(size: int) -> Font:
    """Return the font that comes with Pillow: no other is the same everywhere."""
    from PIL import ImageFont

    return ImageFont.load_default(size)


def _clock(seconds: float) -> str:
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02d}.{tenths % 10}"
