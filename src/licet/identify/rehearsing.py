"""Have all that identification needs compiled before it is needed: hear, register and find a noise of no account."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from licet.identify.index import FingerprintIndex
from licet.identify.peaks import PeakFinder
from licet.identify.resampling import Resampler
from licet.identify.writing import IndexWriter

SECONDS = 12.0
RATE_HZ = 44_100


def rehearse() -> bool:
    """Do once what is done with music, and return whether the noise was found; it takes seconds the first time only."""
    noise = np.random.default_rng(0).integers(-9000, 9000, int(SECONDS * RATE_HZ), np.int16)
    finder, resampler = PeakFinder(), Resampler()
    resampler.feed([noise.astype(np.float32)] * 2, RATE_HZ)  # compressed files come as float32, the others as int16
    resampler.finish()
    finder.feed(resampler.feed([noise] * 2, RATE_HZ))
    heard = finder.finish()
    with tempfile.TemporaryDirectory() as folder:
        with IndexWriter(Path(folder)) as writer:
            writer.add("noise", "", heard)
        return bool(FingerprintIndex.open(Path(folder)).search(heard))
