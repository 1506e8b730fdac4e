from __future__ import annotations

import pytest

from licet.terms.clauses import Act, Says
from licet.terms.signals import Certainty, Target
from licet.terms.signals.ai_txt import READER
from licet.terms.signals.crawlers import RETRIEVAL, TRAINING
from licet.terms.statement import Stance

TRACK = Target("https://music.example/songs/one.mp3")


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        pytest.param("User-Agent: *\nDisallow: *.txt\nDisallow: *.mp3\nDisallow: /", TRAINING, id="as Jetpack does"),
        pytest.param("User-Agent: *\nDisallow: *.mp3\nAllow: /", TRAINING, id="by file ending"),
        pytest.param("User-Agent: *\nDisallow: *.wav", frozenset(), id="another file ending"),
        pytest.param("User-Agent: *\nDisallow: *", TRAINING, id="everything"),
        pytest.param("User-Agent: *\nDisallow: /\nAllow: *.mp3", frozenset(), id="Allow lifts, and permits nothing"),
        pytest.param("User-Agent: ChatGPT-User\nDisallow: /", RETRIEVAL, id="one crawler"),
        pytest.param("", frozenset(), id="nothing"),
    ],
)
def test_a_disallow_reserves_training(text: str, acts: frozenset[Act]) -> None:
    """Only reservations come out of an ai.txt."""
    clauses = READER.read(text.encode(), TRACK).clauses
    assert all(clause.says is Says.RESERVES for clause in clauses)
    assert frozenset[Act]().union(*(clause.acts for clause in clauses)) == acts


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("User-Agent: *\nTraining: permitted-with-attribution", id="in a group"),
        pytest.param("Training: deny", id="outside any group"),
        pytest.param("Disallow: /", id="a rule for nobody"),
    ],
)
def test_invented_fields_are_reported_and_not_read(text: str) -> None:
    """No two inventions agree, so that none is read either way."""
    signal = READER.read(text.encode(), TRACK)
    assert signal.clauses == ()
    assert signal.resolution.stance is Stance.UNRESOLVED


def test_an_ai_txt_is_weak() -> None:
    """There is no agreed text."""
    assert READER.certainty is Certainty.WEAK


def test_an_address_that_no_rule_could_speak_of_is_reported() -> None:
    """A malformed URL is a problem, and not silence."""
    assert READER.read(b"User-Agent: *\nDisallow: /", Target("http://[")).problems
