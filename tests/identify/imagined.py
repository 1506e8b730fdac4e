"""Fingerprints that no sound has, and what an index on disk holds: for tests that listen to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from licet.identify import Fingerprint, listing
from licet.identify.fingerprint import FRAMES_PER_S
from licet.identify.segments import Segment

if TYPE_CHECKING:
    from pathlib import Path


def imagined(seed: int, seconds: float = 5.0, *, per_s: float = 27.0) -> Fingerprint:
    """Return a fingerprint with peaks anywhere, `per_s` of them a second, named by `seed`."""
    random = np.random.default_rng(seed)
    peaks = int(seconds * per_s)
    return Fingerprint(
        np.sort(random.uniform(0, seconds * FRAMES_PER_S, peaks)).astype(np.float32),
        random.uniform(7.2, 12.29, peaks).astype(np.float32),
        seconds,
    )


def segments(folder: Path) -> list[tuple[Segment, set[int]]]:
    """Open all segments of the index in `folder`, with what was withdrawn from each."""
    return [(Segment(folder / one.name), set(one.withdrawn)) for one in listing.read(folder).segments]


def recordings(folder: Path) -> list[str]:
    """Verify the index in `folder` and return the recordings in it, in order."""
    found = []
    for segment, withdrawn in segments(folder):
        segment.verify()
        found += [known.recording for place, known in enumerate(segment) if place not in withdrawn]
    return found
