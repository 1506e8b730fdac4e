"""How much of a file is identified."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.identify.coverage import coverage, covered_s, in_order_of_time
from spans import match

SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted).map(tuple), max_size=8)


@pytest.mark.parametrize(
    ("spans", "seconds"),
    [
        ([], 0.0),
        ([(1.0, 3.0)], 2.0),
        ([(5.0, 9.0), (1.0, 3.0)], 6.0),
        ([(1.0, 6.0), (4.0, 9.0)], 8.0),
        ([(1.0, 9.0), (2.0, 3.0)], 8.0),
        ([(1.0, 3.0), (1.0, 3.0)], 2.0),
        ([(3.0, 1.0)], 0.0),
    ],
    ids=["none", "one", "apart", "overlapping", "within", "twice", "backwards"],
)
def test_what_spans_share_counts_once(spans: list[tuple[float, float]], seconds: float) -> None:
    """In whatever order they come."""
    assert covered_s(spans) == seconds


@given(SPANS)
def test_coverage_is_that_of_the_seconds_one_by_one(spans: list[tuple[int, int]]) -> None:
    """As the definition has it."""
    assert covered_s(spans) == len({second for start, end in spans for second in range(start, end)})


def test_only_what_is_sure_is_identified() -> None:
    """And a file is never more than covered."""
    likely = match("a", (4.0, 10.0), probability=0.9)
    assert coverage([match("a", (0.0, 4.0)), likely], 10.0) == 0.4
    assert coverage([match("a", (-1.0, 14.0))], 10.0) == 1.0


@pytest.mark.parametrize("duration_s", [None, 0.0])
def test_nothing_of_nothing_is_identified(duration_s: float | None) -> None:
    """A file that could not be heard, or that holds no sound."""
    assert coverage([], duration_s) == 0.0


def test_matches_follow_each_other_as_they_sound() -> None:
    """Of two that begin together the more probable comes first."""
    late, doubtful, sure = match("a", (9.0, 12.0)), match("b", (1.0, 2.0), probability=0.6), match("c", (1.0, 2.0))
    assert in_order_of_time([late, doubtful, sure]) == (sure, doubtful, late)
