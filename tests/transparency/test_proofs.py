from __future__ import annotations

from typing import Any

import msgspec
import pytest

from licet.errors import LogError
from licet.transparency import ConsistencyProof, InclusionProof, Log, parse_proof, prove_entry, prove_growth
from logging_keys import ORIGIN, entry, log_of, signer

KNOWN = (signer().verifier,)
SIZE = 300


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Log:
    """Return a log of 300 entries."""
    return Log(log_of(tmp_path_factory.mktemp("log") / "log", SIZE, SIZE), KNOWN)


def checked(document: bytes) -> None:
    """Check a proof of entry 7."""
    proof = parse_proof(document)
    assert isinstance(proof, InclusionProof)
    proof.check(KNOWN, entry(7))


@pytest.mark.parametrize("place", [0, 7, 255, 256, SIZE - 1])
def test_an_entry_is_proved_by_a_document_alone(log: Log, place: int) -> None:
    """With nothing but the public key."""
    proof = parse_proof(msgspec.json.encode(prove_entry(log, place)))
    assert isinstance(proof, InclusionProof)
    (signed,) = proof.check(KNOWN, entry(place))
    assert signed.verifier.name == ORIGIN


@pytest.mark.parametrize("before", [1, 255, 256, SIZE])
def test_growth_is_proved_by_a_document_alone(log: Log, before: int) -> None:
    """With nothing but the public key."""
    proof = parse_proof(msgspec.json.encode(prove_growth(log, before)))
    assert isinstance(proof, ConsistencyProof)
    assert proof.check(KNOWN)
    assert proof.root == log.root_at(before).hex()


def test_what_is_not_there_cannot_be_proved(log: Log) -> None:
    """An entry beyond the last, and growth from nothing or from more."""
    with pytest.raises(IndexError):
        prove_entry(log, SIZE)
    for before in (0, SIZE + 1):
        with pytest.raises(LogError, match="begun"):
            prove_growth(log, before)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("format", "licet-log-proof/2", "format"),
        ("kind", "exclusion", "kind"),
        ("place", 8, "path"),
        ("place", SIZE, "place"),
        ("place", -1, "place"),
        ("leaf", "0" * 64, "leaf"),
        ("leaf", "0" * 63, "leaf"),
        ("path", [], "path"),
        ("path", ["0" * 64] * 9, "path"),
        ("path", ["x"], "path"),
        ("path", ["0" * 64] * 65, "path"),
        ("checkpoint", "", "note"),
        ("more", 1, "more"),
    ],
)
def test_each_field_that_was_tampered_with_is_named(log: Log, field: str, value: Any, says: str) -> None:
    """By the error that refuses it."""
    document = msgspec.to_builtins(prove_entry(log, 7)) | {field: value}
    with pytest.raises(LogError, match=says):
        checked(msgspec.json.encode(document))


def test_a_proof_of_growth_is_of_its_root(log: Log) -> None:
    """And of its size."""
    proof = prove_growth(log, 200)
    for changed in ({"root": "0" * 64}, {"before": 201}, {"path": proof.path[:-1]}):
        with pytest.raises(LogError, match="path"):
            msgspec.structs.replace(proof, **changed).check(KNOWN)


def test_what_is_no_proof_is_refused() -> None:
    """In words."""
    for content in (b"", b"[]", b"{}", b"\xff", b'{"kind": "inclusion"}'):
        with pytest.raises(LogError, match="no proof"):
            parse_proof(content)
