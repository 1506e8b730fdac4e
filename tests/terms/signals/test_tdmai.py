from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.terms import Act, Force, Says, Stance
from licet.terms.signals import Signal, Target
from licet.terms.signals.tdmai import READER

ISCC = "ISCC:EXAMPLE5QH7FTV7N5YVD5UMF4TUKFFGDGCOI4UDFKE4FNPW6C3L7J2Y"
USES = ("all", "train-ai", "train-genai", "ai-use", "search")
ANSWERS = ("true", "false", "y", "n", True, False)


def read(**members: object) -> Signal:
    """Read a declaration of these members."""
    declaration = {"iscc": ISCC} | {name.replace("_", "-"): value for name, value in members.items()}
    return READER.read(json.dumps(declaration).encode(), Target())


def reserved(signal: Signal) -> set[Act]:
    """Return every use that some clause reserves."""
    return {act for clause in signal.clauses if clause.says is Says.RESERVES for act in clause.acts}


def unreserved(signal: Signal) -> set[Act]:
    """Return every use that some clause leaves unreserved."""
    return {act for clause in signal.clauses if clause.says is Says.PERMITS for act in clause.acts}


@pytest.mark.parametrize("no", ["false", "n", False])
def test_a_no_reserves_in_every_spelling(no: object) -> None:
    """The three spellings of no are one."""
    assert reserved(read(train_genai=no)) == {Act.TRAIN_GENERATIVE, Act.FINE_TUNE}


@pytest.mark.parametrize("yes", ["true", "y", True])
def test_a_yes_is_no_licence(yes: object) -> None:
    """A yes says that rights are not reserved, and grants nothing."""
    (clause,) = read(train_ai=yes).clauses
    assert (clause.says, clause.force) == (Says.PERMITS, Force.NO_RESERVATION)
    assert clause.acts == {Act.TRAIN_GENERATIVE, Act.TRAIN_OTHER, Act.FINE_TUNE}


@pytest.mark.parametrize(
    ("members", "no", "yes"),
    [
        ({"all": "false"}, set(Act) - {Act.REDISTRIBUTE}, set()),
        (
            {"all": "true", "train_genai": "false"},
            {Act.TRAIN_GENERATIVE, Act.FINE_TUNE},
            {Act.TRAIN_OTHER, Act.EVALUATE},
        ),
        ({"ai_use": "false", "search": "true"}, {Act.RETRIEVE}, {Act.INDEX}),
        ({"all": "false", "search": "true"}, set(Act) - {Act.REDISTRIBUTE}, set()),
        ({"tdm_reservation": 1}, set(Act) - {Act.REDISTRIBUTE, Act.INDEX}, set()),
        ({"tdm_reservation": 0}, set(), {Act.TRAIN_GENERATIVE, Act.TRAIN_OTHER, Act.FINE_TUNE, Act.EVALUATE}),
    ],
    ids=["full-reservation", "generative-only", "each-by-itself", "a-no-is-not-lifted", "tdmrep-1", "tdmrep-0"],
)
def test_the_examples_of_the_protocol(members: dict[str, object], no: set[Act], yes: set[Act]) -> None:
    """What is reserved, and what is left unreserved, use by use."""
    signal = read(**members)
    assert (reserved(signal), unreserved(signal) - reserved(signal)) == (no, yes)


@pytest.mark.parametrize(
    "members",
    [
        {"all": "maybe"},
        {"all": 1},
        {"tdm_reservation": True},
        {"tdm_reservation": "0"},
        {"all": "true", "unless": "asked"},
        {"all": "true", "iscc": None},
        {"all": "true", "iscc": "https://example.org/"},
        {"all": "true", "train_ai": None},
        {"usagePermission": {"tdm": True}},
    ],
    ids=[
        "maybe",
        "one",
        "true-for-1",
        "word-for-0",
        "a-member-unknown",
        "no-iscc",
        "not-an-iscc",
        "null",
        "of-2025-03",
    ],
)
def test_what_is_not_understood_permits_nothing(members: dict[str, object]) -> None:
    """One member that is not understood leaves every permission unresolved."""
    signal = read(**members)
    assert not signal.clauses
    assert signal.resolution.stance is Stance.UNRESOLVED


def test_a_reservation_outlives_a_problem() -> None:
    """A no holds even where the declaration is odd, and takes no yes along."""
    signal = read(train_genai="false", search="true", unless="asked")
    assert reserved(signal) == {Act.TRAIN_GENERATIVE, Act.FINE_TUNE}
    assert not unreserved(signal)


@pytest.mark.parametrize(
    ("content", "stance"),
    [
        (b"", Stance.UNRESOLVED),
        (b'{"iscc": "ISCC:A", "intent": "activate"}', Stance.SILENT),
        (b'"all"', Stance.UNRESOLVED),
        (b"{", Stance.UNRESOLVED),
    ],
    ids=["nothing", "no-use-named", "a-word", "cut-short"],
)
def test_other_documents(content: bytes, stance: Stance) -> None:
    """A declaration that names no use is silent; what is no declaration is a problem."""
    assert READER.read(content, Target()).resolution.stance is stance


@given(st.dictionaries(st.sampled_from(USES), st.sampled_from(ANSWERS)), st.sampled_from(USES))
def test_one_more_no_never_permits_more(said: dict[str, object], name: str) -> None:
    """Turning one answer into a no never takes a use out of what is reserved."""
    before, after = (
        READER.read(json.dumps({"iscc": ISCC} | one).encode(), Target()) for one in (said, said | {name: "n"})
    )
    assert reserved(before) <= reserved(after)
    assert unreserved(after) - reserved(after) <= unreserved(before) - reserved(before)
