"""A statement is one value, with one text and one name, and what makes no sense is none."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

import msgspec
import pytest
import rfc8785

from licet.errors import UsageError
from licet.registry.rates import Basis, Rate
from licet.registry.statements import (
    MOST_NAME,
    MOST_SUBJECTS,
    MOST_TEXT,
    Kind,
    Reach,
    Statement,
    Subject,
    moment,
    parse,
)
from licet.registry.terms import Said
from speaking import ALL, THIS

PRICED = Rate(Basis.RECORDING, "2 EUR")
AT = "2026-11-22T12:00:00+00:00"


def made(**facts: object) -> Statement:
    """Make a grant of one recording, or another statement."""
    return Statement(**{"kind": Kind.GRANT, "party": "ann", "actor": "desk", "at": AT, "subjects": THIS, **facts})  # type: ignore[arg-type]  # fields of several types


def test_its_text_is_canonical_and_its_name_the_hash_of_it() -> None:
    """RFC 8785, by another's library; it is read again from that text alone."""
    statement = made(words="“with love” é", territories=("EU", "US"))
    content = statement.encoded()
    assert content == rfc8785.dumps(msgspec.json.decode(content))
    assert statement.id == sha256(content).hexdigest()
    assert parse(content) == statement


def test_what_came_later_leaves_the_text_of_what_was_signed_before() -> None:
    """What a statement may say since then is left out where it says nothing."""
    before = msgspec.json.decode(made().encoded())
    assert not {"grantees", "rates", "under", "price"} & set(before)
    for facts in (
        {"grantees": ("lab",)},
        {"kind": Kind.OFFER, "rates": (PRICED,)},
        {"under": "0" * 64, "price": "2 EUR"},
    ):
        one = made(**facts)
        assert set(facts) <= set(msgspec.json.decode(one.encoded()))
        assert parse(one.encoded()) == one


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff", b"{}", b'{"kind":"gift"}', made().encoded() + b" "])
def test_what_is_no_statement_is_refused(content: bytes) -> None:
    """Nor is one in another form: it would have another name."""
    with pytest.raises(UsageError):
        parse(content)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"at": "noon"}, "at"),
        ({"at": "2026-11-22T12:00:00"}, "at"),
        ({"begins": "soon"}, "begins"),
        ({"begins": "2026-11-23", "ends": "2026-11-22"}, "ends"),
        ({"party": " "}, "party"),
        ({"actor": ""}, "actor"),
        ({"subjects": ()}, "of"),
        ({"of": "0" * 64}, "of"),
        ({"kind": Kind.REVOCATION}, "of"),
        ({"kind": Kind.DISPUTE, "subjects": ()}, "of"),
        ({"subjects": ALL * (MOST_SUBJECTS + 1)}, "words"),
        ({"subjects": (Subject(Reach.ARTIST, "x" * (MOST_NAME + 1)),)}, "subjects"),
        ({"words": "x" * (MOST_TEXT + 1)}, "words"),
        ({"grantees": ("x" * (MOST_NAME + 1),)}, "grantees"),
        ({"rights": ()}, "rights"),
        ({"acts": ()}, "acts"),
        ({"purposes": ()}, "purposes"),
        ({"territories": ("UK",)}, "territories"),
        ({"kind": Kind.OFFER}, "rates"),
        ({"rates": (PRICED,)}, "rates"),
        ({"kind": Kind.RESERVATION, "grantees": ("lab",)}, "grantees"),
        ({"kind": Kind.OFFER, "rates": (PRICED,), "under": "0" * 64}, "under"),
        ({"kind": Kind.RESERVATION, "price": "2 EUR"}, "under"),
    ],
)
def test_what_makes_no_sense_is_named(facts: dict[str, object], field: str) -> None:
    """By its field."""
    with pytest.raises(UsageError, match=rf"^{field}: "):
        made(**facts)


def test_its_window_and_its_reach() -> None:
    """A day lies in it or not; of several subjects the narrowest counts."""
    one = made(begins="2026-11-20", subjects=(*ALL, *THIS))
    assert [one.holds_on(date(2026, 11, day)) for day in (19, 20, 30)] == [False, True, True]
    said = Said(one.id, one)
    assert said.reach_to({*ALL, *THIS}) is Reach.RECORDING
    assert said.reach_to(ALL) is Reach.CATALOGUE
    assert said.reach_to([]) is None
    assert moment(AT, "at") == one.moment
