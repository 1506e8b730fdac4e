"""What sound is made of from moment to moment: power spectra of overlapping frames, many at a time.

`LANES` pairs of frames are transformed side by side, the same step of each on neighbouring numbers: a processor takes
eight of them at a time, which makes it four times as fast as one frame after the other.

1. Two frames make one complex signal, one its real and one its imaginary part: frame `n` pairs with frame `n + LANES`.
2. Five stages of Stockham's radix-4 transform, each from one buffer into the other, leave the spectra in order.
3. The two frames are told apart by symmetry, and squared.

C. Van Loan, "Computational Frameworks for the Fast Fourier Transform", SIAM 1992, sections 1.7 and 2.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from licet.identify.compiling import kernel
from licet.identify.fingerprint import HOP, WINDOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from licet.identify.fingerprint import Floats

LANES = 8
BATCH = 2 * LANES  # frames
_IMAGINARY = WINDOW * LANES  # where the imaginary parts begin in a buffer
_HANN = np.hanning(WINDOW + 1)[:WINDOW].astype(np.float32)


def fill_spectra(samples: Floats, spectra: Floats, first_bin: int) -> None:
    """Fill `spectra` with the power spectra of its frames, each under a Hann window.

    Args:
        samples: [shape=(n_frames * HOP + WINDOW - HOP,)], float32, contiguous.
        spectra: [shape=(n_frames, n_bins)], float32; `n_frames` is a multiple of `BATCH`. Overwritten.
        first_bin: the number of the first of the bins, of `SAMPLE_RATE_HZ / WINDOW` each; not 0.
    """
    now, then = np.empty(2 * _IMAGINARY, np.float32), np.empty(2 * _IMAGINARY, np.float32)
    for start in range(0, len(spectra), BATCH):
        load(samples[start * HOP :], _HANN, now)
        for stage, turns in _STAGES:
            stage(now, then, turns)
            now, then = then, now
        unload(now, spectra[start : start + BATCH], first_bin)


@kernel()
def load(samples: Floats, window: Floats, buffer: Floats) -> None:
    """Lay a batch of frames into `buffer` [shape=(2 * WINDOW * LANES,)]: step 1."""
    for at in range(WINDOW):
        weight = window[at]
        for lane in range(LANES):
            buffer[at * LANES + lane] = weight * samples[at + lane * HOP]
            buffer[_IMAGINARY + at * LANES + lane] = weight * samples[at + (lane + LANES) * HOP]


@kernel()
def unload(buffer: Floats, spectra: Floats, first_bin: int) -> None:
    """Write the power of a transformed batch to `spectra` [shape=(BATCH, n_bins)]: step 3."""
    for column in range(spectra.shape[1]):
        low = (first_bin + column) * LANES
        high = (WINDOW - first_bin - column) * LANES
        for lane in range(LANES):
            low_re, low_im = buffer[low + lane], buffer[_IMAGINARY + low + lane]
            high_re, high_im = buffer[high + lane], buffer[_IMAGINARY + high + lane]
            spectra[lane, column] = np.float32(0.25) * ((low_re + high_re) ** 2 + (low_im - high_im) ** 2)
            spectra[lane + LANES, column] = np.float32(0.25) * ((low_im + high_im) ** 2 + (high_re - low_re) ** 2)


def _stage_of(size: int, stride: int) -> Callable[[Floats, Floats, Floats], None]:
    """Compile the stage that splits transforms of `size` points, `stride` of them side by side, into four each.

    The sizes are constants of the kernel: only so can the compiler see that the rows it reads and writes are apart, and
    take several lanes at once.
    """
    quarter = size // 4

    @kernel("contract")
    def stage(now: Any, then: Any, turns: Any) -> None:  # noqa: ANN401  (a kernel; arrays of float32)
        """Step 2, once: `turns` [shape=(size / 4, 6)] holds three roots of unity for each point."""
        for point in range(quarter):
            re1, im1, re2, im2, re3, im3 = turns[point]
            for at in range(stride):
                a = stride * point + at
                b, c, d = a + stride * quarter, a + 2 * stride * quarter, a + 3 * stride * quarter
                w = 4 * stride * point + at
                x, y, z = w + stride, w + 2 * stride, w + 3 * stride
                even_re, even_im = now[a] + now[c], now[_IMAGINARY + a] + now[_IMAGINARY + c]
                odd_re, odd_im = now[b] + now[d], now[_IMAGINARY + b] + now[_IMAGINARY + d]
                then[w] = even_re + odd_re
                then[_IMAGINARY + w] = even_im + odd_im
                re, im = even_re - odd_re, even_im - odd_im
                then[y] = re * re2 - im * im2
                then[_IMAGINARY + y] = re * im2 + im * re2
                even_re, even_im = now[a] - now[c], now[_IMAGINARY + a] - now[_IMAGINARY + c]
                odd_re, odd_im = now[b] - now[d], now[_IMAGINARY + b] - now[_IMAGINARY + d]
                re, im = even_re + odd_im, even_im - odd_re
                then[x] = re * re1 - im * im1
                then[_IMAGINARY + x] = re * im1 + im * re1
                re, im = even_re - odd_im, even_im + odd_re
                then[z] = re * re3 - im * im3
                then[_IMAGINARY + z] = re * im3 + im * re3

    return stage


def _turns_of(size: int) -> Floats:
    turns = np.exp(-2j * np.pi * np.outer(np.arange(size // 4), (1, 2, 3)) / size)
    return np.stack([turns.real, turns.imag], axis=-1).reshape(-1, 6).astype(np.float32)


_STAGES = tuple((_stage_of(size, LANES * WINDOW // size), _turns_of(size)) for size in (1024, 256, 64, 16, 4))
