from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.identify import LIKELY, SURE, Match
from licet.identify.evidence import probability

SCORES = st.floats(min_value=0.01, max_value=500)
LEADS = st.floats(min_value=1.0, max_value=500)
DEVIATIONS = st.floats(min_value=-20, max_value=500)
MORE = st.floats(min_value=1.0, max_value=10)


@given(score=SCORES, lead=LEADS, deviations=DEVIATIONS, more=MORE)
def test_more_evidence_is_never_less_sure(score: float, lead: float, deviations: float, more: float) -> None:
    """More votes, a longer lead or more peaks never make a match less probable, which is always from 0 to 1."""
    least = probability(score, lead, deviations)
    assert 0 <= least <= 1
    assert probability(score * more, lead, deviations) >= least
    assert probability(score, lead * more, deviations) >= least
    assert probability(score, lead, deviations + more) >= least


@pytest.mark.parametrize(
    ("score", "lead", "deviations", "sure"),
    [
        pytest.param(10.0, 8.0, 35.0, True, id="a clean copy"),
        pytest.param(1.3, 3.0, 15.0, True, id="a stretched copy"),
        pytest.param(2.4, 1.05, 20.0, True, id="a copy of a loop"),
        pytest.param(0.95, 1.2, 20.0, False, id="other music with the same loop"),
        pytest.param(0.4, 8.0, 4.0, False, id="one chord"),
        pytest.param(0.2, 2.0, 3.0, False, id="chance"),
    ],
)
def test_what_makes_sure(score: float, lead: float, deviations: float, sure: bool) -> None:
    """Copies are sure; shared loops, chords and chance are not."""
    assert (probability(score, lead, deviations) >= SURE) == sure
    assert LIKELY < SURE


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
    match = Match("a", "", 0.0, 9.0, 1.0, time_factor, frequency_factor, 100, 1.0)
    assert match.unchanged == unchanged
