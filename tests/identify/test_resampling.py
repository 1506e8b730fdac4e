from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from licet.identify import resampling
from licet.identify.fingerprint import SAMPLE_RATE_HZ, Floats
from licet.identify.resampling import LOUDEST, Resampler, convolve, halve, mix, mono

RATES = [8000, 11_025, 12_000, 16_000, 22_050, 32_000, 44_100, 44_101, 48_000, 96_000, 192_000]


def _tone(hertz: float, rate_hz: int, seconds: float = 0.5) -> Floats:
    return np.sin(2 * np.pi * hertz / rate_hz * np.arange(int(seconds * rate_hz))).astype(np.float32)


def _resampled(samples: Floats, rate_hz: int, piece: int = 5000) -> Floats:
    resampler = Resampler()
    pieces = [resampler.feed([samples[at : at + piece]], rate_hz) for at in range(0, len(samples), piece)]
    return np.concatenate([*pieces, resampler.finish()])


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("hertz", [200.0, 1234.5, 2900.0])
def test_a_tone_keeps_its_pitch_its_time_and_its_strength(rate_hz: int, hertz: float) -> None:
    """What lies in the pass band comes out as if it had been sampled at 11,025 Hz, within -45 dB."""
    new = _resampled(_tone(hertz, rate_hz), rate_hz)
    assert len(new) == pytest.approx(SAMPLE_RATE_HZ / 2, abs=1.5)
    inner = slice(500, len(new) - 500)
    assert np.abs(new - _tone(hertz, SAMPLE_RATE_HZ, 0.6)[: len(new)])[inner].max() < 10 ** (-45 / 20)


@pytest.mark.parametrize("rate_hz", [22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("hertz", [6000.0, 7000.0, 10_500.0])
def test_what_would_fold_is_held_back(rate_hz: int, hertz: float) -> None:
    """A tone that would come out at another pitch, within the range of the peaks, is 49 dB softer."""
    assert np.abs(_resampled(_tone(hertz, rate_hz), rate_hz)[500:-500]).max() < 10 ** (-49 / 20)


@settings(max_examples=25, deadline=None)
@given(sizes=st.lists(st.integers(0, 6000), min_size=1, max_size=6), rate_hz=st.sampled_from(RATES))
def test_the_pieces_sound_comes_in_leave_no_trace(sizes: list[int], rate_hz: int) -> None:
    """However sound is cut into pieces, it is resampled to the same bits."""
    samples = np.random.default_rng(1).standard_normal(20_000).astype(np.float32)
    resampler, out, at = Resampler(), [], 0
    while at < len(samples):
        for size in (*sizes, 997):
            out.append(resampler.feed([samples[at : at + size]], rate_hz))
            at += size
    assert np.array_equal(np.concatenate([*out, resampler.finish()]), _resampled(samples, rate_hz, 20_000))


@pytest.mark.parametrize("rate_hz", [1, 500, 999])
def test_a_rate_too_low_for_sound_gives_nothing(rate_hz: int) -> None:
    """Where no peak could lie, nothing is made, however much is fed."""
    assert len(_resampled(np.ones(10_000, np.float32), rate_hz)) == 0


@pytest.mark.parametrize("rate_hz", [1000, 2_822_400, 2**31 - 1])
def test_a_strange_rate_takes_little_memory(rate_hz: int) -> None:
    """A rate that no recording has is heard without fuss: its filter is bounded."""
    assert len(_resampled(np.ones(20_000, np.float32), rate_hz)) <= 20_000 * 11.1
    assert sum(each._taps.nbytes for each in resampling._filters(rate_hz)) <= 1 << 20


def test_the_rate_may_change_on_the_way() -> None:
    """What was fed at one rate is given to its end before another begins."""
    resampler = Resampler()
    first = resampler.feed([_tone(440, 44_100)], 44_100)
    second = resampler.feed([_tone(440, 48_000)], 48_000)
    third = resampler.feed([_tone(440, SAMPLE_RATE_HZ)], SAMPLE_RATE_HZ)
    assert len(first) + len(second) + len(third) + len(resampler.finish()) == pytest.approx(1.5 * SAMPLE_RATE_HZ, abs=3)
    assert len(resampler.finish()) == 0


@pytest.mark.parametrize(
    ("dtype", "low", "zero", "high"),
    [
        pytest.param(np.uint8, 1, 128, 255, id="8 bits"),
        pytest.param(np.int16, -32_767, 0, 32_767, id="16 bits"),
        pytest.param(np.int32, -(2**31) + 1, 0, 2**31 - 1, id="32 bits"),
        pytest.param(np.float32, -1.0, 0.0, 1.0, id="float"),
        pytest.param(np.float64, -1.0, 0.0, 1.0, id="double"),
    ],
)
def test_every_type_has_one_scale(dtype: type, low: float, zero: float, high: float) -> None:
    """The channels of any type are averaged to -1 .. 1."""
    channels = [np.array([low, zero, high, high], dtype), np.array([low, zero, high, low], dtype)]
    assert mono(channels) == pytest.approx([-1, 0, 1, 0], abs=0.01)
    assert mono(channels).dtype == np.float32


def test_no_sample_is_beyond_measure() -> None:
    """What is no number is silence, and nothing is louder than `LOUDEST`: compiled and not."""
    wild = np.array([np.nan, np.inf, -np.inf, 1e38, -20.0, 0.5], np.float32)
    expected = [0.0, LOUDEST, -LOUDEST, LOUDEST, -LOUDEST, 0.5]
    assert mono([wild]).tolist() == expected
    plain = np.empty(6, np.float32)
    with np.errstate(all="ignore"):
        mix.py_func(wild, wild, np.float32(0.5), plain)
    assert plain.tolist() == expected


def test_the_kernels_equal_their_plain_python() -> None:
    """Compiled and not, mixing, halving and filtering give the same samples, and those of the definition."""
    random = np.random.default_rng(2)
    samples, taps = (random.standard_normal(shape).astype(np.float32) for shape in (300, (3, 32)))
    compiled, plain = np.zeros(90, np.float32), np.zeros(90, np.float32)
    for kernel, ready in ((convolve, compiled), (convolve.py_func, plain)):
        kernel(samples, taps, 1, 3, 8, ready)
    direct = [taps[(1 + 8 * new) % 3] @ samples[(1 + 8 * new) // 3 :][:32] for new in range(90)]
    assert compiled == pytest.approx(plain, abs=1e-4)
    assert compiled == pytest.approx(np.array(direct), abs=1e-4)
    for kernel, ready in ((halve, compiled), (halve.py_func, plain)):
        kernel(samples, taps[0], ready)
    assert compiled == pytest.approx(plain, abs=1e-4)
    assert compiled == pytest.approx(np.array([taps[0] @ samples[2 * new :][:32] for new in range(90)]), abs=1e-4)
    for kernel, mixed in ((mix, compiled), (mix.py_func, plain)):
        kernel(samples[:90], samples[90:180], np.float32(2.0), mixed)
    assert compiled == pytest.approx(plain, abs=1e-4)
