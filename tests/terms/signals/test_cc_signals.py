from __future__ import annotations

import pytest

from licet.terms.clauses import Act, Says
from licet.terms.signals import Target
from licet.terms.signals.aipref import ANY_TRAINING, GENERATIVE
from licet.terms.signals.cc_signals import EXCEPTIONS, HEADER, ROBOTS
from licet.terms.signals.mining import MINING
from licet.terms.statement import Stance

TRACK = Target("https://music.example/songs/one.mp3")


@pytest.mark.parametrize("exception", sorted(EXCEPTIONS))
def test_an_exception_is_told_beside_the_reservation(exception: str) -> None:
    """What would lift a reservation is named with it, and lifts nothing."""
    signal = HEADER.read(f"train-genai=n;exceptions={exception}".encode(), Target())
    (clause,) = signal.clauses
    assert (clause.says, clause.acts) == (Says.RESERVES, GENERATIVE)
    assert clause.token == f"train-genai=n;exceptions={exception}"
    assert EXCEPTIONS[exception] in signal.resolution.notes[1]


@pytest.mark.parametrize(
    ("category", "acts"),
    [
        ("all", MINING),
        ("train-ai", ANY_TRAINING),
        ("ai", ANY_TRAINING),
        ("train-genai", GENERATIVE),
        ("genai", GENERATIVE),
        ("ai-use", frozenset({Act.RETRIEVE})),
        ("search", frozenset({Act.INDEX})),
    ],
)
def test_each_category_reserves_its_acts(category: str, acts: frozenset[Act]) -> None:
    """The categories are AIPREF's of 2025, with the two spellings that Creative Commons' examples use."""
    (clause,) = HEADER.read(f"{category}=n;exceptions=cc-cr".encode(), Target()).clauses
    assert clause.acts == acts


@pytest.mark.parametrize(
    ("value", "stance"),
    [
        pytest.param("train-genai=n", Stance.SILENT, id="no exception is AIPREF's own"),
        pytest.param("train-genai=y", Stance.SILENT, id="nor is a permission read here"),
        pytest.param("train-genai=y;exceptions=cc-cr", Stance.UNRESOLVED, id="an exception to a permission"),
        pytest.param("sing=n;exceptions=cc-cr", Stance.UNRESOLVED, id="an unknown category"),
        pytest.param("train-genai=n;exceptions=cc-xx", Stance.SIGNALLED, id="an unknown exception"),
        pytest.param('train-genai=n;exceptions="cc-cr"', Stance.SIGNALLED, id="an exception in quotes"),
        pytest.param("train-genai=(n);exceptions=cc-cr", Stance.UNRESOLVED, id="a list"),
        pytest.param("train-genai=n;;", Stance.SILENT, id="no dictionary: AIPREF reports it"),
    ],
)
def test_only_a_refusal_with_an_exception_is_a_cc_signal(value: str, stance: Stance) -> None:
    """Anything else with an exception is reported, and anything without one is left alone."""
    assert HEADER.read(value.encode(), Target()).resolution.stance is stance


def test_a_robots_file_is_read_by_its_rules() -> None:
    """Creative Commons' own example of a robots.txt."""
    signal = ROBOTS.read(b"User-Agent: *\nContent-Usage: ai=n;exceptions=cc-cr\nAllow: /\n", TRACK)
    assert [clause.token for clause in signal.clauses] == ["ai=n;exceptions=cc-cr"]
