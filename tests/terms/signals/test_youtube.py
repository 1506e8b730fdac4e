from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.terms import Act, Says, Stance
from licet.terms.signals import Signal, Target
from licet.terms.signals.youtube import READER

TRAINING = {Act.TRAIN_GENERATIVE, Act.TRAIN_OTHER, Act.FINE_TUNE}


def read(permitted: object, url: str = "", **other: object) -> Signal:
    """Read what the API would answer."""
    answer = {"kind": "youtube#videoTrainability", "etag": "e", "videoId": "jNQXAC9IVRw", "permitted": permitted}
    return READER.read(json.dumps(answer | other).encode(), Target(url))


def test_all_permits_training() -> None:
    """`all` is the owner's opt-in: anyone may train, and nothing else is said."""
    (clause,) = read(["all"]).clauses
    assert (clause.says, clause.acts, clause.token) == (Says.PERMITS, TRAINING, '"permitted": ["all"]')


def test_none_reserves_training() -> None:
    """`none` refuses, and the signal says that it is also the default."""
    signal = read(["none"])
    assert [(clause.says, clause.acts) for clause in signal.clauses] == [(Says.RESERVES, TRAINING)]
    assert "default" in signal.problems[0]


@pytest.mark.parametrize(
    "permitted",
    [["Acme AI"], ["Acme AI", "all"], [], None, "all", ["ALL"], [["all"]], {"all": True}],
    ids=["a-company", "a-company-and-all", "nobody", "missing", "a-bare-word", "capitals", "nested", "object"],
)
def test_anything_else_permits_nothing(permitted: object) -> None:
    """Only the one word `all`, alone in its list, permits."""
    signal = read(permitted)
    assert (signal.clauses, signal.resolution.stance) == ((), Stance.UNRESOLVED)


def test_a_contradiction_reserves() -> None:
    """`none` beside another word still refuses."""
    assert [clause.says for clause in read(["all", "none"]).clauses] == [Says.RESERVES]


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("https://www.youtube.com/watch?v=jNQXAC9IVRw", True),
        ("https://music.youtube.com/watch?list=x&v=jNQXAC9IVRw", True),
        ("https://youtu.be/jNQXAC9IVRw?t=3", True),
        ("https://www.youtube.com/shorts/jNQXAC9IVRw", True),
        ("https://example.org/song.mp3", True),
        ("", True),
        ("https://youtu.be/AAAAAAAAAAA", False),
        ("https://www.youtube.com/watch?v=AAAAAAAAAAA", False),
        ("https://www.youtube.com/@someone", False),
        ("https://youtu.be/", False),
        ("https://www.youtube.com/watch?v=jNQXAC9IVRw" + "&a=1" * 1_000, False),
        ("https://[::1", True),
    ],
    ids="watch music short-link shorts elsewhere no-address another-short-link another a-channel no-id "
    "a-thousand-fields no-url-at-all".split(),
)
def test_speaks_of_its_own_video(url: str, same: bool) -> None:
    """An answer about another video says nothing of this one."""
    signal = read(["all"], url)
    assert bool(signal.clauses) is same
    assert bool(signal.problems) is not same


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{", b'{"error": {"code": 404}}', b'{"permitted": ["all"]}'],
    ids=["nothing", "a-list", "cut-short", "an-error", "no-kind"],
)
def test_other_answers_are_problems(content: bytes) -> None:
    """What is no answer of this kind is left unresolved."""
    assert READER.read(content, Target()).resolution.stance is Stance.UNRESOLVED


@given(st.recursive(st.none() | st.booleans() | st.text(), lambda inner: st.lists(inner, max_size=3), max_leaves=5))
def test_only_all_ever_permits(permitted: object) -> None:
    """Whatever else the list holds, nothing is permitted."""
    permits = any(clause.says is Says.PERMITS for clause in read(permitted).clauses)
    assert permits == (permitted == ["all"])
