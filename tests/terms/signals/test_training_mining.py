from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.terms import Act, Force, Says, Stance
from licet.terms.signals import Signal, Target
from licet.terms.signals.training_mining import READER

ALLOWED, NOT_ALLOWED = {"use": "allowed"}, {"use": "notAllowed"}


def assertion(label: str = "cawg.training-mining", **entries: object) -> dict[str, Any]:
    """Return an assertion with these entries."""
    prefix = label.partition(".")[0]
    return {"label": label, "data": {"entries": {f"{prefix}.{name}": entry for name, entry in entries.items()}}}


def store(*assertions: object, ingredient: object = None, **other: object) -> dict[str, Any]:
    """Return a manifest store that validated, as c2pa-python 0.38 words it, unless `other` says otherwise."""
    manifests = {"urn:c2pa:1": {"assertions": [{"label": "c2pa.actions.v2", "data": {}}, *assertions]}}
    if ingredient is not None:
        manifests["urn:c2pa:2"] = {"assertions": [ingredient]}
    return {"active_manifest": "urn:c2pa:1", "manifests": manifests, "validation_state": "Trusted"} | other


def read(document: object) -> Signal:
    """Read a document as JSON."""
    return READER.read(json.dumps(document).encode(), Target())


def acts(signal: Signal, says: Says) -> set[Act]:
    """Return every use of which some clause says this."""
    return {act for clause in signal.clauses if clause.says is says for act in clause.acts}


@pytest.mark.parametrize("label", ["c2pa.training-mining", "cawg.training-mining", "cawg.training-mining__2"])
@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ("ai_generative_training", {Act.TRAIN_GENERATIVE, Act.FINE_TUNE}),
        ("ai_training", {Act.TRAIN_OTHER}),
        ("data_mining", {Act.INDEX, Act.EVALUATE}),
        ("ai_inference", {Act.RETRIEVE}),
    ],
)
def test_each_entry_names_its_uses(label: str, entry: str, named: set[Act]) -> None:
    """Both labels permit and reserve the same uses by the same entries."""
    permitting, reserving = (read(store(assertion(label, **{entry: use}))) for use in (ALLOWED, NOT_ALLOWED))
    assert acts(permitting, Says.PERMITS) == named == acts(reserving, Says.RESERVES)
    assert {clause.force for clause in permitting.clauses} == {Force.GRANT}


@pytest.mark.parametrize(
    "entry",
    [NOT_ALLOWED, {"use": "constrained"}, {"use": "constrained", "constraint_info": ""}],
    ids=["notAllowed", "constrained", "constrained-by-nothing"],
)
def test_reserves(entry: dict[str, str]) -> None:
    """`constrained` without information is not allowed."""
    signal = read(store(assertion(ai_training=entry)))
    assert acts(signal, Says.RESERVES) == {Act.TRAIN_OTHER}
    assert not signal.problems


@pytest.mark.parametrize("spelling", ["constraint_info", "constraints_info"])
def test_a_constraint_is_for_a_person_to_read(spelling: str) -> None:
    """`constrained` with information reserves, says what is to be read, and leaves the other entries alone."""
    signal = read(store(assertion(ai_training={"use": "constrained", spelling: "ask us"}, data_mining=ALLOWED)))
    assert acts(signal, Says.RESERVES) == {Act.TRAIN_OTHER}
    assert acts(signal, Says.PERMITS) == {Act.INDEX, Act.EVALUATE}
    assert signal.problems == ("a person must read cawg.ai_training=constrained: ask us",)


@pytest.mark.parametrize(
    "entry",
    [
        {"use": "allowed", "constraint_info": "but ask us"},
        {"use": "allowed", "ai_model_learning_type": "discriminative"},
        {"use": "Allowed"},
        {"use": None},
        {},
        "allowed",
        True,
        {"use": ["allowed"]},
    ],
    ids=["with-a-constraint", "with-a-kind", "capitals", "null", "empty", "a-bare-word", "true", "a-list"],
)
def test_only_allowed_and_no_more_permits(entry: object) -> None:
    """An entry that says anything but plain `allowed` leaves every permission unresolved."""
    signal = read(store(assertion(ai_training=entry, data_mining=ALLOWED)))
    assert (signal.clauses, signal.resolution.stance) == ((), Stance.UNRESOLVED)


def test_where_two_assertions_differ_both_hold() -> None:
    """The older assertion allows what the newer does not: both clauses are kept, and a reservation wins."""
    older = assertion("c2pa.training-mining", ai_training=ALLOWED)
    signal = read(store(older, assertion(ai_training=NOT_ALLOWED)))
    assert acts(signal, Says.PERMITS) == acts(signal, Says.RESERVES) == {Act.TRAIN_OTHER}


def test_entries_may_stand_straight_in_the_assertion() -> None:
    """Version 1.x has assertions without `entries`; its metadata is none of them."""
    old = {"label": "c2pa.training-mining", "data": {"c2pa.ai_training": NOT_ALLOWED, "metadata": {"dateTime": "x"}}}
    assert acts(read(store(old)), Says.RESERVES) == acts(read(old["data"]), Says.RESERVES) == {Act.TRAIN_OTHER}


def test_one_assertion_alone_is_read() -> None:
    """Whoever hands over an assertion alone vouches for it."""
    assert acts(read(assertion(ai_training=ALLOWED)), Says.PERMITS) == {Act.TRAIN_OTHER}


def test_an_ingredient_may_only_reserve() -> None:
    """What an ingredient allows is not the file's; what it reserves counts."""
    assert read(store(ingredient=assertion(ai_training=ALLOWED))).clauses == ()
    reserving = read(store(assertion(ai_training=ALLOWED), ingredient=assertion(ai_training=NOT_ALLOWED)))
    assert acts(reserving, Says.RESERVES) == {Act.TRAIN_OTHER}


@pytest.mark.parametrize(
    "found",
    [
        {"validation_state": "Invalid"},
        {"validation_state": None},
        {"validation_state": "Valid", "validation_status": [{"code": "signingCredential.untrusted"}]},
        {"validation_status": ["assertion.dataHash.mismatch"]},
        {"validation_status": "odd"},
    ],
    ids=["invalid", "nobody-looked", "untrusted", "altered", "odd"],
)
def test_a_bad_signature_permits_nothing(found: dict[str, object]) -> None:
    """Without a good signature from a trusted signer a permission is a problem, and a reservation stays."""
    signal = read(store(assertion(ai_training=ALLOWED, data_mining=NOT_ALLOWED), **found))
    assert acts(signal, Says.PERMITS) == set()
    assert acts(signal, Says.RESERVES) == {Act.INDEX, Act.EVALUATE}
    assert "its signature is not good" in signal.problems[0]


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        {"manifests": {}},
        {"manifests": [], "active_manifest": "a"},
        store(None),
        store({"data": {}}),
        store(assertion(ai_training=ALLOWED), active_manifest="urn:c2pa:9"),
        store(assertion(ai_training=ALLOWED), active_manifest=["urn:c2pa:1"]),
        store() | {"manifests": {"urn:c2pa:1": None}},
        store() | {"manifests": {"urn:c2pa:1": {"assertions": {}}}},
        store({"label": "cawg.training-mining.v9", "data": assertion(ai_training=ALLOWED)["data"]}),
        store({"label": "cawg.training-mining", "data": "none"}),
        store({"label": "cawg.training-mining", "data": {"entries": []}}),
        store(assertion(ai_everything=ALLOWED)),
        store(assertion("com.training-mining")) | {"manifests": {"urn:c2pa:1": {"assertions": [1]}}},
    ],
    ids="a-list empty no-active manifests-a-list assertion-null no-label active-unknown active-a-list manifest-null "
    "assertions-an-object another-version data-a-word entries-a-list an-entry-unknown assertion-a-number".split(),
)
def test_odd_documents_are_left_unresolved(document: object) -> None:
    """What is not understood is said, and permits nothing."""
    signal = read(document)
    assert (signal.clauses, signal.resolution.stance) == ((), Stance.UNRESOLVED)


def test_no_assertion_is_no_statement() -> None:
    """A file without a manifest, and a manifest without the assertion, are silent."""
    assert READER.read(b"", Target()).resolution.stance is Stance.SILENT
    assert read(store()).resolution.stance is Stance.SILENT


@pytest.mark.parametrize("content", [b"{", b"[" * 10_000, b"\xff"], ids=["cut-short", "deep", "not-utf-8"])
def test_unreadable_bytes_are_left_unresolved(content: bytes) -> None:
    """Bytes that are no JSON are a problem, not silence."""
    assert READER.read(content, Target()).resolution.stance is Stance.UNRESOLVED


def test_a_thousand_problems_are_twenty() -> None:
    """Problems are bounded."""
    assert len(read(store(assertion(**{f"x{i}": {} for i in range(1000)}))).problems) == 20


USES = st.fixed_dictionaries({"use": st.sampled_from(("allowed", "notAllowed", "constrained", "x", None))})
ENTRIES = st.dictionaries(st.sampled_from(("ai_training", "ai_generative_training", "data_mining", "y")), USES)


@given(ENTRIES, ENTRIES)
def test_one_more_refusal_never_permits_more(said: dict[str, object], ingredient: dict[str, object]) -> None:
    """Adding an assertion that reserves everything leaves nothing permitted."""
    no = assertion(
        "c2pa.training-mining", ai_training=NOT_ALLOWED, ai_generative_training=NOT_ALLOWED, data_mining=NOT_ALLOWED
    )
    signal = read(store(assertion(**said), no, ingredient=assertion(**ingredient)))
    assert acts(signal, Says.PERMITS) <= acts(signal, Says.RESERVES)


@pytest.mark.untraced
@given(st.recursive(st.none() | st.text(), lambda i: st.dictionaries(st.text(), i) | st.lists(i), max_leaves=20))
def test_noise_permits_nothing(noise: object) -> None:
    """No noise, alone or inside a store, permits anything or fails to be read."""
    for document in (noise, store(noise), store() | {"manifests": noise}, {"data": {"entries": noise}}):
        assert acts(read(document), Says.PERMITS) == set()
