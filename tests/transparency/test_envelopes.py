from __future__ import annotations

import json

import msgspec
import pytest

from licet.errors import LogError
from licet.transparency import Envelope, Verifier, parse_envelope, sealed
from licet.transparency.envelopes import MOST_BYTES, pre_authentication
from logging_keys import signer

TYPE = "http://example.com/HelloWorld"
ONE, TWO, THREE = (signer(f"{name}.example") for name in ("one", "two", "three"))
WHOLE = msgspec.json.encode(sealed(TYPE, b"hello world", [ONE, TWO]))


def check(content: bytes, *known: Verifier, at_least: int = 1) -> tuple[Verifier, ...]:
    """Check an envelope."""
    return parse_envelope(content).check(known, of_type=TYPE, at_least=at_least)


def test_what_is_signed_is_what_the_specification_says() -> None:
    """Its example, and one with an accent in the type."""
    assert pre_authentication(TYPE, b"hello world") == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert pre_authentication("é", b"") == b"DSSEv1 2 \xc3\xa9 0 "


def test_an_envelope_is_the_recommended_one() -> None:
    """JSON with the specification's names."""
    document = json.loads(WHOLE)
    assert document["payload"] == "aGVsbG8gd29ybGQ="
    assert document["payloadType"] == TYPE
    assert [set(one) for one in document["signatures"]] == [{"sig", "keyid"}] * 2
    assert parse_envelope(WHOLE).body == b"hello world"


def test_as_many_as_must_have_signed_it() -> None:
    """Each key counts once, and one that nobody knows not at all."""
    assert check(WHOLE, ONE.verifier, TWO.verifier, at_least=2) == (ONE.verifier, TWO.verifier)
    assert check(WHOLE, THREE.verifier, TWO.verifier) == (TWO.verifier,)
    for known in ((ONE.verifier, ONE.verifier), (ONE.verifier, THREE.verifier)):
        with pytest.raises(LogError, match="signatures: 1 known keys signed it, and 2"):
            check(WHOLE, *known, at_least=2)
    more = msgspec.json.encode(parse_envelope(WHOLE).with_signature(THREE))
    assert len(check(more, ONE.verifier, TWO.verifier, THREE.verifier, at_least=3)) == 3


def test_either_alphabet_is_read() -> None:
    """A verifier must take both."""
    body = bytes(range(256))
    document = json.loads(msgspec.json.encode(sealed(TYPE, body, [ONE])))
    document["payload"] = document["payload"].replace("+", "-").replace("/", "_")
    document["signatures"][0]["sig"] = document["signatures"][0]["sig"].replace("+", "-").replace("/", "_")
    assert check(json.dumps(document).encode(), ONE.verifier)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("payload", "aGVsbG8gd29ybGE=", "signatures"),
        ("payload", "?", "payload"),
        ("payloadType", "http://example.com/Other", "payloadType"),
        ("signatures", [], "signatures"),
        ("signatures", [{"sig": "?"}], "signatures"),
        ("signatures", [{"sig": "AAAA"}], "signatures"),
        ("signatures", 1, "signatures"),
        ("signatures", [{"sig": "AAAA"}] * 65, "signatures"),
    ],
)
def test_each_field_that_was_tampered_with_is_named(field: str, value: object, says: str) -> None:
    """By the error that refuses it."""
    document = json.loads(WHOLE) | {field: value}
    with pytest.raises(LogError, match=says):
        check(json.dumps(document).encode(), ONE.verifier)


def test_another_type_is_refused_though_it_is_signed() -> None:
    """Nobody hands over one thing as another, and the type is signed with the bytes."""
    relabelled = json.loads(msgspec.json.encode(sealed("another/type", b"hello world", [ONE]))) | {"payloadType": TYPE}
    with pytest.raises(LogError, match="signatures"):
        check(json.dumps(relabelled).encode(), ONE.verifier)
    other = msgspec.json.encode(sealed("another/type", b"hello world", [ONE]))
    with pytest.raises(LogError, match="payloadType"):
        check(other, ONE.verifier)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"\xff", b'{"x":' * 200_000, b" " * (MOST_BYTES + 1)], ids=lambda one: str(one[:4])
)
def test_what_is_no_envelope_is_refused(content: bytes) -> None:
    """In words."""
    with pytest.raises(LogError, match="envelope"):
        parse_envelope(content)


def test_no_changed_bit_of_what_is_signed_checks() -> None:
    """Of the bytes, or of the signature."""
    envelope = sealed(TYPE, b"hello world", [ONE])
    for bit in range(len(envelope.body) * 8):
        body = bytearray(envelope.body)
        body[bit // 8] ^= 1 << bit % 8
        changed = Envelope(sealed(TYPE, bytes(body), []).payload, TYPE, envelope.signatures)
        with pytest.raises(LogError):
            changed.check([ONE.verifier], of_type=TYPE)
