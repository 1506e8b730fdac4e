from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.terms import Act, Force, Says, Stance
from licet.terms.signals import Signal, Target
from licet.terms.signals.freesound import READER


def read(preference: object) -> Signal:
    """Read the JSON of a sound with this preference."""
    sound = {"id": 1, "license": "http://creativecommons.org/publicdomain/zero/1.0/", "gen_ai_preference": preference}
    return READER.read(json.dumps(sound).encode(), Target())


@pytest.mark.parametrize("word", ["no-gen-ai", "noncommercial-open-source-models"])
def test_reserves(word: str) -> None:
    """A no to generative models, whole or for gain, reserves making and tuning them."""
    (clause,) = read(word).clauses
    assert (clause.says, clause.force) == (Says.RESERVES, Force.PREFERENCE)
    assert clause.acts == {Act.TRAIN_GENERATIVE, Act.FINE_TUNE}
    assert clause.token == f'"gen_ai_preference": "{word}"'


@pytest.mark.parametrize("word", ["noncommercial-open-source-models", "open-source-models"])
def test_open_models_need_a_person(word: str) -> None:
    """Whether a model is an open one, nobody but a person can say, and the signal says so."""
    assert "a person must say" in read(word).problems[0]


@pytest.mark.parametrize(
    ("preference", "stance"),
    [
        ("open-source-models", Stance.UNRESOLVED),
        ("no-additional-preferences", Stance.SILENT),
        (None, Stance.SILENT),
        ("yes", Stance.UNRESOLVED),
        (["no-gen-ai"], Stance.UNRESOLVED),
        (True, Stance.UNRESOLVED),
    ],
    ids=["open-models", "nothing-more", "null", "another-word", "a-list", "true"],
)
def test_stances(preference: object, stance: Stance) -> None:
    """No preference is silence; what is not understood, or cannot be checked, is left unresolved."""
    assert read(preference).resolution.stance is stance


@pytest.mark.parametrize(
    ("content", "stance"),
    [
        (b"", Stance.UNRESOLVED),
        (b'{"id": 1}', Stance.SILENT),
        (b"[1]", Stance.UNRESOLVED),
        (b'{"results": [{"gen_ai_preference": "no-gen-ai"}]}', Stance.UNRESOLVED),
        (b"{", Stance.UNRESOLVED),
    ],
    ids=["nothing", "field-not-asked-for", "a-list", "a-page-of-results", "cut-short"],
)
def test_other_documents(content: bytes, stance: Stance) -> None:
    """The field is left out unless it was asked for; what is not one sound is a problem."""
    assert READER.read(content, Target()).resolution.stance is stance


@given(st.none() | st.booleans() | st.text() | st.lists(st.text()))
def test_never_permits(preference: object) -> None:
    """A preference permits nothing: the licence does."""
    assert all(clause.says is Says.RESERVES for clause in read(preference).clauses)
