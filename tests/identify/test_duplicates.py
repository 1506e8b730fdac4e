"""Which registered recordings share their sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.identify.duplicates import Clusters, Relation, once, pairs_with
from spans import Shelf, match

if TYPE_CHECKING:
    from licet.identify import Match

NAMES = st.sampled_from("abcdefgh")


@pytest.mark.parametrize(
    ("found", "relation", "shares"),
    [
        ((match("b", (0.5, 99.5), 0.5),), "same", (0.99, 0.99)),
        ((match("b", (10.0, 40.0), 5.0),), "part", (0.30, 0.30)),
        ((match("b", (0.0, 50.0)), match("b", (49.0, 99.0), 49.0)), "same", (0.99, 0.99)),
        ((match("b", (0.0, 50.0)), match("b", (50.0, 99.0), 0.0)), "part", (0.99, 0.50)),
        ((match("b", (0.0, 90.0), time_factor=1.1),), "changed", (0.90, 0.99)),
        ((match("b", (0.0, 100.0), frequency_factor=0.95),), "changed", (1.0, 1.0)),
        ((match("b", (0.0, 100.0), time_factor=1.004),), "same", (1.0, 1.0)),
        ((match("b", (0.0, 60.0)), match("b", (70.0, 80.0), 70.0, time_factor=1.05)), "part", (0.7, 0.705)),
    ],
    ids=["whole", "stretch", "two halves", "half twice", "faster", "lower", "a hair faster", "mostly unchanged"],
)
def test_what_two_recordings_are_to_each_other(
    found: tuple[Match, ...], relation: str, shares: tuple[float, float]
) -> None:
    """By how much of each they share, and whether it was changed."""
    (pair,) = pairs_with(Shelf({"a": 100.0, "b": 100.0}, {"a": found}), "a").pairs
    assert pair.relation is Relation(relation)
    assert (pair.first_share, pair.second_share) == pytest.approx(shares, abs=0.001)


def test_a_pair_is_told_alike_from_either_side() -> None:
    """The first is the one whose name sorts first, and the factors say how the second runs."""
    shelf = Shelf(
        {"a": 110.0, "b": 100.0},
        {
            "a": (match("b", (11.0, 110.0), 10.0, time_factor=1 / 1.1, frequency_factor=0.8),),
            "b": (match("a", (10.0, 100.0), 11.0, time_factor=1.1, frequency_factor=1.25),),
        },
    )
    (one,), (other,) = pairs_with(shelf, "a").pairs, pairs_with(shelf, "b").pairs
    assert one == other
    (stretch,) = one.stretches
    assert (stretch.first_start_s, stretch.first_end_s, stretch.second_start_s) == (11.0, 110.0, 10.0)
    assert (stretch.time_factor, stretch.frequency_factor) == (1.1, 1.25)


def test_what_is_short_or_doubtful_is_left_out() -> None:
    """Five seconds and being sure, unless less is asked for."""
    shelf = Shelf({"a": 100.0, "b": 100.0}, {"a": (match("b", (0.0, 4.0)), match("b", (5.0, 90.0), probability=0.9))})
    assert not pairs_with(shelf, "a").pairs
    assert [pair.seconds for pair in pairs_with(shelf, "a", least_s=3.0).pairs] == [4.0]


def test_all_that_a_search_tells_is_told() -> None:
    """However many they are, and with them whether there may be more."""
    crowd = {f"r{number:04}": 60.0 for number in range(500)}
    found = {"r0000": tuple(match(other, (0.0, 60.0)) for other in crowd if other != "r0000")}
    all_of_them = pairs_with(Shelf(crowd, found), "r0000")
    assert (len(all_of_them.pairs), all_of_them.more) == (499, False)
    assert pairs_with(Shelf(crowd, found, "r0000"), "r0000").more


def test_a_pair_is_told_once() -> None:
    """By the search that comes first; one that only the later search finds is told too."""
    found = {
        "a": (match("b", (0.0, 60.0)),),
        "b": (match("a", (0.0, 60.0)),),
        "c": (match("a", (0.0, 60.0)), match("b", (0.0, 60.0))),
    }
    shelf = Shelf(dict.fromkeys("abc", 60.0), found)
    pairs = once(pair for recording in "abc" for pair in pairs_with(shelf, recording).pairs)
    assert [(pair.first, pair.second) for pair in pairs] == [("a", "b"), ("a", "c"), ("b", "c")]


@given(st.lists(st.tuples(NAMES, NAMES), max_size=12), st.randoms())
def test_clusters_are_what_hangs_together(pairs: list[tuple[str, str]], random: st.random.Random) -> None:
    """As walking from one to the next finds them, in whatever order the pairs come."""
    clusters, shuffled = Clusters(), Clusters()
    for pair in pairs:
        clusters.join(*pair)
    for pair in random.sample(pairs, len(pairs)):
        shuffled.join(*reversed(pair))
    assert list(clusters) == list(shuffled) == _walked(pairs)


def _walked(pairs: list[tuple[str, str]]) -> list[tuple[str, ...]]:
    groups: list[set[str]] = []
    for pair in pairs:
        joined = set(pair).union(*(group for group in groups if group & set(pair)))
        groups = [group for group in groups if not group & joined] + [joined]
    return sorted((tuple(sorted(group)) for group in groups), key=lambda group: (-len(group), group))
