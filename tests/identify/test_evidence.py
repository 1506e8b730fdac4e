from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.identify import LIKELY, SURE, FingerprintIndex, Match
from licet.identify.evidence import probability, witnesses
from licet.identify.searching import Search
from playing import clip, heard, music, noisy

if TYPE_CHECKING:
    from pathlib import Path

    from licet.identify.aligning import Alignment
    from licet.identify.fingerprint import Floats

MORE = st.floats(min_value=1.0, max_value=10)


@lru_cache
def laid(folder: Path, name: str) -> list[Alignment]:
    """Return the alignments with all that was laid over the index, what has most in common with it first."""
    sounds: dict[str, Floats] = {
        "a clean copy": clip(3, 5.0, 10.0),
        "a noisy copy": noisy(clip(3, 5.0, 10.0), 5.0),
        "a stretched copy": clip(3, 5.0, 10.0, tempo=1.04),
        "other music": music(70, 10.0),
        "noise": noisy(np.full(110_250, 1e-3, np.float32), -20.0),
    }
    search = Search(heard(sounds[name]), FingerprintIndex.open(folder).shelves())
    return sorted((alignment for _, alignment in search.alignments(0.0, 10.0)), key=lambda each: -each.met)


@pytest.mark.parametrize("name", ["a clean copy", "a noisy copy", "a stretched copy"])
def test_copies_are_sure(registered: Path, name: str) -> None:
    """What is plainly the recording reaches the threshold."""
    assert probability(witnesses(laid(registered, name)[0])) >= SURE


@pytest.mark.parametrize("name", ["other music", "noise"])
def test_chance_is_not_even_likely(registered: Path, name: str) -> None:
    """Nothing of what was laid over other recordings is worth showing."""
    assert all(probability(witnesses(each)) < LIKELY < SURE for each in laid(registered, name))


@given(more=MORE)
def test_more_evidence_is_never_less_sure(registered: Path, more: float) -> None:
    """More that meets at other offsets or at another pitch never makes a match more probable."""
    alignment = laid(registered, "a noisy copy")[0]
    most = probability(witnesses(alignment))
    here, mean, deviation = alignment.elsewhere
    assert probability(witnesses(replace(alignment, elsewhere=(here, mean, deviation * more)))) <= most
    here, greatest = alignment.aside
    assert probability(witnesses(replace(alignment, aside=(here, greatest * more)))) <= most


@given(weight=st.floats(0, 1e9), other=st.floats(0, 1e9))
def test_a_probability_is_one_whatever_was_seen(registered: Path, weight: float, other: float) -> None:
    """From nothing at all to far too much: from 0 to 1, and never not a number."""
    alignment = laid(registered, "a noisy copy")[0]
    extreme = replace(alignment, elsewhere=(weight, other, 1.0), aside=(weight, other + 1))
    assert 0 <= probability(witnesses(extreme)) <= 1


@pytest.mark.parametrize(
    ("time_factor", "frequency_factor", "unchanged"),
    [
        pytest.param(1.0, 1.0, True, id="as it was"),
        pytest.param(1.004, 0.996, True, id="a hair off"),
        pytest.param(1.01, 1.0, False, id="faster"),
        pytest.param(1.0, 0.99, False, id="lower"),
    ],
)
def test_a_match_says_whether_it_is_changed(time_factor: float, frequency_factor: float, unchanged: bool) -> None:
    """Half a per cent of either is no change."""
    match = Match("a", "", 0.0, 9.0, 1.0, 10.0, time_factor, frequency_factor, 100, 1.0)
    assert match.unchanged == unchanged
