from __future__ import annotations

from hashlib import sha256

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from licet.errors import LogError
from licet.transparency import RECEIPT, Statement, Subject, digest_of_parts, parse_statement
from licet.transparency.statements import canonical

WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
PLAIN = st.none() | st.booleans() | WHOLE | st.text()
NAMES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=8)
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4))
ONE = Statement((Subject("a", {"sha256": "00" * 32}),), RECEIPT, {"verdict": "permitted", "row": 1})


@given(VALUES)
def test_our_text_is_that_of_the_standard(value: object) -> None:
    """RFC 8785, by another's library, for all that a statement of ours may hold."""
    assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]  # JSON values, built above


def test_the_example_of_the_standard() -> None:
    """RFC 8785, s. 3.2.3: names are sorted, and strings are written with the shortest escapes."""
    given = {"literals": [None, True, False], "string": '€$\x0f\nA\'B"\\\\"/', "numbers": [333333333, 4]}
    expected = '{"literals":[null,true,false],"numbers":[333333333,4],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    assert canonical(given) == expected.encode()


def test_a_statement_is_what_in_toto_says() -> None:
    """Its four fields, and nothing else."""
    document = msgspec.json.decode(ONE.encoded())
    assert set(document) == {"_type", "subject", "predicateType", "predicate"}
    assert document["_type"] == "https://in-toto.io/Statement/v1"
    assert parse_statement(ONE.encoded(), of_type=RECEIPT) == ONE


def test_each_part_has_its_digest() -> None:
    """And the whole is the digest of those."""
    parts = ONE.parts()
    assert set(parts) == {"_type", "predicateType", "subject", "predicate.verdict", "predicate.row"}
    assert parts["predicate.verdict"] == sha256(b'"permitted"').hexdigest()
    assert digest_of_parts(parts) == sha256(rfc8785.dumps(parts)).digest()  # type: ignore[arg-type]  # a dict of text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no statement"),
        (b"[]", "no statement"),
        (b"\xff", "no statement"),
        (b'{"_type":1}', "no statement"),
        (ONE.encoded() + b" ", "canonical"),
        (ONE.encoded().replace(b'"row":1', b'"row":1.0'), "canonical"),
        (ONE.encoded().replace(b'"row":1,', b'"row":1,"row":1,'), "canonical"),
        (ONE.encoded().replace(b"Statement/v1", b"Statement/v2"), "_type: it is"),
        (ONE.encoded().replace(b"receipt:v1", b"receipt:v2"), "predicateType: it is"),
        (ONE.encoded().replace(b'"predicate"', b'"a":1,"predicate"'), "no statement|canonical"),
        (b'{"a":' * 3000 + b"1" + b"}" * 3000, "no statement"),
    ],
)
def test_what_is_no_statement_is_refused(content: bytes, says: str) -> None:
    """With the field that is wrong."""
    with pytest.raises(LogError, match=says):
        parse_statement(content, of_type=RECEIPT)
