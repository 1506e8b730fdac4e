"""A use is checked when it is made."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from licet.errors import UsageError
from licet.policy import WORLD, Act, Purpose, Use, worst

DAY = date(2026, 11, 22)


def test_a_use_prints_as_a_person_would_say_it() -> None:
    """Act, purpose, places in order, day."""
    use = Use(Act.FINE_TUNE, Purpose.RESEARCH, frozenset({"us", "EU"}), DAY)
    assert str(use) == "fine-tune · research · EU, US · 2026-11-22"


def test_plain_text_is_taken_for_an_act_and_a_purpose() -> None:
    """Five lines of Python need no enumerations."""
    use = Use("train-other", "commercial", frozenset({WORLD}), DAY)  # type: ignore[arg-type]  # text on purpose
    assert (use.act, use.purpose) == (Act.TRAIN_OTHER, Purpose.COMMERCIAL)


@pytest.mark.parametrize(
    ("act", "purpose", "places", "day", "complaint"),
    [
        ("train", "commercial", {"EU"}, DAY, "no act 'train'"),
        ("index", "fun", {"EU"}, DAY, "no purpose 'fun'"),
        ("index", "research", set(), DAY, "happens somewhere"),
        ("index", "research", {"UK"}, DAY, "try GB"),
        ("index", "research", {"XX"}, DAY, "two letters"),
        ("index", "research", {"EU"}, datetime(2026, 1, 1, tzinfo=UTC), "not a day"),
        ("index", "research", {"EU"}, "2026-01-01", "not a day"),
    ],
    ids=["act", "purpose", "nowhere", "UK", "no such place", "a moment", "text"],
)
def test_a_use_that_makes_no_sense_is_an_error(
    act: str, purpose: str, places: set[str], day: date, complaint: str
) -> None:
    """And the error says what would."""
    with pytest.raises(UsageError, match=complaint):
        Use(act, purpose, frozenset(places), day)  # type: ignore[arg-type]  # wrong on purpose


def test_the_worst_of_nothing_is_unknown() -> None:
    """Silence is never permission, down to the empty list."""
    assert worst(()) == "unknown"
