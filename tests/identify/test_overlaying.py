from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from imagined import imagined
from licet.identify import overlaying
from licet.identify.fingerprint import FRAMES_PER_S
from licet.identify.overlaying import NEAR_FRAMES, NEAR_PITCH, _median, _nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    from licet.identify.overlaying import Doubles

LINE = (1.02, 431.3, 0.05)  # on which the query was laid: a little faster, ten seconds in, a little higher
SECONDS = 40.0


@dataclass(frozen=True)
class Laid:
    """A query and the recording that it is a stretch of."""

    frames: Doubles
    pitches: Doubles
    there: Doubles
    tones: Doubles

    @property
    def peaks(self) -> tuple[Doubles, Doubles, Doubles, Doubles]:
        """All four, as most kernels take them."""
        return self.frames, self.pitches, self.there, self.tones

    @property
    def weights(self) -> Doubles:
        """What each of the query's peaks weighs."""
        begins, _ = overlaying.ladder(self.tones)
        found: Doubles = overlaying.surprises(self.pitches - LINE[2], begins, SECONDS * FRAMES_PER_S)
        return found


@lru_cache(maxsize=1)
def laid() -> Laid:
    """Take ten seconds of a recording, lose every third peak, jitter the others, and add as many that are not in it."""
    random = np.random.default_rng(1)
    known = imagined(1, SECONDS)
    there, tones = known.frames.astype(np.float64), known.pitches.astype(np.float64)
    factor, start, interval = LINE
    kept = (there > start) & (there < start + 430) & (np.arange(len(there)) % 3 > 0)
    frames = (there[kept] - start) / factor + random.normal(0, 0.1, kept.sum())
    pitches = tones[kept] + interval + random.normal(0, 0.001, kept.sum())
    frames = np.r_[frames, random.uniform(0, 430 / factor, 100)]
    pitches = np.r_[pitches, random.uniform(7.2, 12.2, 100)]
    order = np.argsort(frames)
    return Laid(frames[order], pitches[order], there, tones)


def by_ladder(one: Laid) -> tuple[Doubles, Doubles, Doubles, Doubles, np.ndarray, tuple[float, float, float]]:
    """Return what `over_offsets` takes."""
    begins, order = overlaying.ladder(one.tones)
    return one.frames, one.pitches, one.weights, one.there[order], begins, LINE


KERNELS: dict[str, tuple[Callable[..., object], Callable[[Laid], tuple[object, ...]]]] = {
    "ladder": (overlaying.ladder, lambda one: (one.tones,)),
    "surprises": (overlaying.surprises, lambda one: (one.pitches, overlaying.ladder(one.tones)[0], 1700.0)),
    "straightest": (
        overlaying.straightest,
        lambda one: (one.frames, one.pitches, one.weights, one.there, one.tones, LINE, 8.0),
    ),
    "fitted": (overlaying.fitted, lambda one: (*one.peaks, LINE)),
    "meetings": (overlaying.meetings, lambda one: (*one.peaks, LINE)),
    "over_offsets": (overlaying.over_offsets, by_ladder),
    "over_pitches": (
        overlaying.over_pitches,
        lambda one: (one.frames, one.pitches, one.weights, one.there, one.tones, LINE),
    ),
    "likeliest": (overlaying.likeliest, lambda one: (one.frames % 2 < 1, one.weights, 0.4)),
    "_median": (_median, lambda one: (one.pitches.copy(),)),
    "_nearest": (_nearest, lambda one: (*one.peaks, LINE, NEAR_FRAMES)),
}


@pytest.mark.parametrize("name", KERNELS)
def test_compiled_and_plain_are_one(name: str) -> None:
    """Each kernel returns what its plain Python does."""
    kernel, arguments = KERNELS[name]
    compiled, plain = kernel(*arguments(laid())), kernel.py_func(*arguments(laid()))  # type: ignore[attr-defined]
    if not isinstance(compiled, tuple):
        compiled, plain = (compiled,), (plain,)
    for one, other in zip(compiled, plain, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9)


def test_a_planted_line_is_found() -> None:
    """From where a vote would start, the line comes out to a thousandth of its pace and a tenth of a frame."""
    one = laid()
    near = (1.025, 428.0, LINE[2])
    factor, start = overlaying.straightest(one.frames, one.pitches, one.weights, one.there, one.tones, near, 8.0)
    factor, start, interval = overlaying.fitted(*one.peaks, (factor, start, near[2]))
    assert factor == pytest.approx(LINE[0], rel=0.001)
    assert start + factor * 200 == pytest.approx(LINE[1] + LINE[0] * 200, abs=0.1)
    assert interval == pytest.approx(LINE[2], abs=0.001)


def test_too_few_to_fit_leave_the_line() -> None:
    """Three peaks are no line."""
    one = laid()
    assert overlaying.fitted(one.frames[:3], one.pitches[:3], one.there, one.tones, LINE) == LINE


def test_peaks_meet_one_to_one() -> None:
    """A peak meets the nearest in time of those within reach, unless an earlier one has met it."""
    one = laid()
    factor, start, interval = LINE
    apart = np.abs(one.there - (one.frames * factor + start)[:, np.newaxis])
    off = np.abs(one.tones - one.pitches[:, np.newaxis] + interval)
    apart[(apart > NEAR_FRAMES) | (off > NEAR_PITCH)] = np.inf
    nearest = np.where(np.isfinite(apart).any(axis=1), apart.argmin(axis=1), -1)
    assert _nearest(*one.peaks, LINE, NEAR_FRAMES).tolist() == nearest.tolist()
    met = overlaying.meetings(*one.peaks, LINE)
    assert len(set(met[met >= 0])) == np.count_nonzero(met >= 0) > 100
    assert set(met[met >= 0]) == set(nearest[nearest >= 0])


def test_the_ladder_sorts_by_pitch() -> None:
    """Each rung, 1/384 of an octave, holds its peaks in order of time; what lies outside goes to the outermost."""
    tones = np.array([9.0, 7.0, 6.0, 9.0 + 1 / 384, 9.0, 20.0])
    begins, order = overlaying.ladder(tones)
    assert order.tolist() == [1, 2, 0, 4, 3, 5]
    assert np.flatnonzero(np.diff(begins)).tolist() == [0, 768, 769, len(begins) - 2]


def test_a_rare_pitch_tells_more() -> None:
    """What a meeting weighs is the logarithm of how seldom chance gives one."""
    tones = np.repeat([8.0, 9.0], [100, 1])
    often, seldom, never = overlaying.surprises(np.array([8.0, 9.0, 10.0]), overlaying.ladder(tones)[0], 10_000.0)
    assert often == pytest.approx(-np.log(1 - np.exp(-100.5 * 2 / 10_000)))
    assert often < seldom < never


def test_what_meets_at_other_offsets_is_weighed() -> None:
    """The line's own offset stands out, and less so where the recording holds the same again."""
    one = laid()
    here, mean, deviation = overlaying.over_offsets(*by_ladder(one))
    assert here > mean + 10 * deviation
    twice = np.r_[one.there, one.there + SECONDS * FRAMES_PER_S]
    begins, order = overlaying.ladder(np.r_[one.tones, one.tones])
    again = overlaying.over_offsets(one.frames, one.pitches, one.weights, twice[order], begins, LINE)
    assert again[2] > deviation


def test_what_meets_at_other_pitches_is_weighed() -> None:
    """On the line itself all that meets weighs, and next to nothing does elsewhere."""
    one = laid()
    arguments = (one.frames, one.pitches, one.weights, one.there, one.tones)
    here, greatest = overlaying.over_pitches(*arguments, LINE)
    assert here == pytest.approx(one.weights[_nearest(*one.peaks, LINE, NEAR_FRAMES) >= 0].sum(), rel=0.1)
    assert here > 3 * greatest
    off = (LINE[0], LINE[1], LINE[2] + 10 * NEAR_PITCH)
    assert overlaying.over_pitches(*arguments, off)[1] > here / 2


def test_the_likeliest_run_has_the_greatest_sum() -> None:
    """No other run of peaks tells more for a copy of which a given share meets."""
    random = np.random.default_rng(3)
    met = np.r_[random.random(20) < 0.1, random.random(30) < 0.7, random.random(20) < 0.1]
    weights, share = random.uniform(1, 5, len(met)), 0.6
    told = np.where(met, weights + np.log(share), np.log((1 - share) / (1 - np.exp(-weights))))
    runs = {(i, j): told[i : j + 1].sum() for i in range(len(met)) for j in range(i, len(met))}
    assert overlaying.likeliest(met, weights, share) == max(runs, key=lambda run: runs[run])


@pytest.mark.parametrize("length", [1, 2, 3, 4, 5, 50, 51])
def test_the_median_is_numpy_s(length: int) -> None:
    """With values that are all different, and with many that are the same."""
    random = np.random.default_rng(length)
    for values in (random.normal(size=length), random.integers(0, 3, length).astype(np.float64)):
        assert _median(values.copy()) == np.median(values)
