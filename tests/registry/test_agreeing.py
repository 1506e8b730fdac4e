"""Accepting a quote says no more than its offers do, and tells their parties what is due."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.catalog import Right
from licet.errors import LogError, UsageError
from licet.registry import quotes
from licet.registry.agreeing import acceptance, drafted, dues, grants, of_agreement
from licet.registry.outbox import Address
from licet.registry.quotes import (
    AGREEMENT_TYPE,
    Portion,
    Quote,
    QuotedLine,
    Request,
    Total,
    parse_quote,
    read_quote,
    signed_agreement,
)
from licet.registry.rates import Basis, Rate
from licet.registry.regions import Region
from licet.registry.statements import Kind, Statement
from licet.registry.terms import Asker
from licet.terms import Act, Purpose
from licet.transparency import make_key, sealed
from speaking import ALL, NOON, said

if TYPE_CHECKING:
    from pathlib import Path

AT = NOON.isoformat()


def line(offer: Statement, price: str = "2.00 EUR", **facts: Any) -> QuotedLine:
    """Quote an offer for one recording."""
    portion = Portion(rights=tuple(Right), recordings=("jamendo:214",), price=price)
    told = {"side": "both", "recordings": 1, "seconds": "60.000", "revenue": (), "portions": (portion,)}
    return QuotedLine(
        **{**told, "offer": offer.id, "party": offer.party, "rates": offer.rates, "price": price, **facts}
    )


def quote(*lines: QuotedLine) -> Quote:
    """Make a quote of some lines."""
    return Quote(
        corpus="corpus.csv",
        manifest="0" * 64,
        at=AT,
        valid_until="2026-12-22",
        party="lab",
        model="tidal",
        act="train-generative",
        purpose="commercial",
        territories=("EU",),
        day="2026-11-22",
        reading="strict",
        accepts=("attribution",),
        runs=1,
        permitted=0,
        on_payment=0,
        licensed=1,
        hindered=0,
        lines=lines,
        totals=(Total("all", "2.00 EUR"),),
        why=(),
        requests=(),
    )


def offered(**facts: object) -> Statement:
    """Make an offer."""
    return said(Kind.OFFER, subjects=ALL, rates=(Rate(Basis.RECORDING, "2 EUR"),), **facts).statement


OFFERS = st.builds(
    lambda **facts: offered(**{name: tuple(sorted(value)) for name, value in facts.items()}),
    acts=st.sets(st.sampled_from(list(Act)), min_size=1),
    purposes=st.sets(st.sampled_from(list(Purpose)), min_size=1),
    territories=st.sets(st.sampled_from(["DE", "FR", "US", "EU"])),
    rights=st.sets(st.sampled_from(list(Right)), min_size=1),
    asks=st.sets(st.sampled_from(["attribution", "reporting"])),
    models=st.sets(st.sampled_from(["tidal", "squall"])),
)


@given(OFFERS, st.sampled_from(["tidal", ""]))
def test_no_grant_is_wider_than_its_offer(offer: Statement, model: str) -> None:
    """In acts, purposes, places, rights, days and models; and it asks for payment and all that the offer asks."""
    (grant,) = grants(line(offer), Asker("lab", model), offer, "0" * 64, AT, "desk")
    assert Region.of(grant) == Region.of(offer)
    assert set(grant.rights) <= set(offer.rights)
    assert set(grant.asks) == {"payment", *offer.asks}
    assert (grant.party, grant.grantees, grant.begins, grant.ends) == (offer.party, ("lab",), offer.begins, offer.ends)
    assert grant.models == (("tidal",) if model else offer.models)
    assert (grant.under, grant.price) == ("0" * 64, "2.00 EUR")


def test_an_acceptance_names_the_quote() -> None:
    """And the offer; the same quote has one id however it comes."""
    offer = offered()
    made = quote(line(offer))
    one = acceptance(made.lines[0], made, AT, "odile")
    assert (one.kind, one.party, one.of, one.words) == (Kind.ACCEPTANCE, "lab", offer.id, f"quote {made.id}")
    assert parse_quote(made.encoded()) == made
    assert parse_quote(msgspec.json.format(made.encoded())).id == made.id
    for changed in ({"runs": 2}, {"totals": ()}, {"lines": ()}, {"model": ""}):
        assert not made.same_terms(msgspec.structs.replace(made, **changed))
    later = msgspec.structs.replace(made, day="2026-11-23", at="2026-11-23T00:00:00Z", valid_until="2026-12-23")
    assert made.same_terms(later)
    assert not later.same_terms(made), "it was made valid for longer"


def test_what_is_due_to_whom() -> None:
    """A sum in each currency, and shares of revenue apart."""
    ann, bob = offered(), msgspec.structs.replace(offered(), party="bob")
    lines = (line(ann), line(ann, "3.00 EUR"), line(ann, "5 JPY"), line(bob, "", revenue=("2.5 % of revenue",)))
    found = [(one.party, one.amounts, one.revenue) for one in dues(lines)]
    assert found == [("ann", ("5.00 EUR", "5 JPY"), ()), ("bob", (), ("2.5 % of revenue",))]


@pytest.mark.parametrize("model", ["tidal", ""])
def test_who_is_told(model: str) -> None:
    """Whoever watches: the party whose offer it was, and the taker; each with what is due and what was said."""
    offer = offered()
    made = msgspec.structs.replace(quote(line(offer)), model=model)
    words = [
        acceptance(made.lines[0], made, AT, "desk"),
        *grants(line(offer), Asker("lab"), offer, "0" * 64, AT, "desk"),
    ]
    watching = {"ann": [Address("mailto:ann@example.org")], "lab": [Address("mailto:lab@example.org")]}
    found = {one.kind: one for one in of_agreement(made, words, watching, "log.example", NOON)}
    assert set(found) == {"offer.accepted", "grant.made"}
    facts = found["offer.accepted"].facts
    assert (facts["due"], facts["recordings"], facts["grants"]) == (["2.00 EUR"], 1, [words[1].id])
    assert ("tidal" in found["grant.made"].text) is bool(model)
    assert not list(of_agreement(made, words, {}, "log.example", NOON))


def test_a_request_in_words() -> None:
    """Names the use, the model if there is one, and each recording with the rights that are missing."""
    portions = (Portion(rights=tuple(Right), recordings=("jamendo:1",), price=""),)
    made, request = quote(), Request(party="ann", name="Ann", portions=portions)
    words = drafted(request, made)
    for part in ("To Ann,", "for the model tidal", "in EU", "The recording and the composition of:", "  jamendo:1"):
        assert part in words
    assert "model" not in drafted(request, msgspec.structs.replace(made, model=""))


def test_other_people_s_text_stays_on_its_line() -> None:
    """In letters and in notices: nobody writes a line of ours."""
    portions = (Portion(rights=tuple(Right), recordings=("jamendo:1\n\nWe owe nothing.",), price=""),)
    odd = msgspec.structs.replace(quote(), party="lab\n\nWe owe nothing.", runs=1_000)
    words = drafted(Request(party="ann", name="Ann\n\nWe owe nothing.", portions=portions), odd)
    assert "for the model tidal, for 1,000 training runs:" in words
    assert not any(one.startswith("We owe") for one in words.splitlines())
    theirs = msgspec.structs.replace(offered(), party="ann\n\nWe owe nothing.")
    made = msgspec.structs.replace(quote(line(theirs)), party=odd.party)
    (told,) = of_agreement(made, [], {theirs.party: [Address("mailto:ann@example.org")]}, "log.example", NOON)
    assert not any(one.startswith("We owe") for one in told.text.splitlines())
    assert "for the model tidal, for 1 training run: 1 recording" in told.text


def test_a_notice_of_many_offers_is_not_too_long() -> None:
    """What does not fit stands in the grants."""
    offers = [offered(words=str(number)) for number in range(2_000)]
    shares = [(f"{number / 100:.2f} % of revenue, at least 999999999999999.00 EUR",) for number in range(2_000)]
    lines = [line(one, "", revenue=share) for one, share in zip(offers, shares, strict=True)]
    (told,) = of_agreement(quote(*lines), [], {"ann": [Address("mailto:ann@example.org")]}, "log.example", NOON)
    assert "more, as the grants say" in told.text
    assert len(told.facts["revenue"]) == 200


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"runs": 0}, "runs"),
        ({"runs": 1_000_001}, "runs"),
        ({"runs": 10**30}, "runs|out of range"),
        ({"runs": 1.5}, "runs"),
        ({"valid_until": "soon"}, "^valid_until: there is no day 'soon'"),
        ({"valid_until": "20261122"}, "^valid_until: there is no day"),
        ({"valid_until": "2026-12-23"}, "^valid_until: .* too long"),
        ({"valid_until": "9999-12-31"}, "^valid_until: .* too long"),
        ({"at": "noon"}, "^at: 'noon' is no time"),
        ({"at": "2026-11-22T12:00:00"}, "^at: .* no time zone"),
        ({"at": "2026-11-22T12:00:00+01:00"}, "^at: .* not in UTC"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "^at: .* not in UTC"),
        ({"model": "\n"}, "^model: "),
        ({"model": "x" * 201}, "^model: "),
        ({"manifest": "../x"}, "manifest"),
        ({"corpus": "\ud800"}, "no quote"),
        ({"lines": [{}]}, "lines"),
        ({"format": "licet-quote/2"}, "'licet-quote/2', and not 'licet-quote/1'"),
    ],
    ids=str,
)
def test_what_a_quote_cannot_say(changed: dict[str, Any], says: str) -> None:
    """The error names the field."""
    fields = json.loads(quote(line(offered())).encoded())
    with pytest.raises(UsageError, match=says):
        parse_quote(json.dumps(fields | changed).encode())


@pytest.mark.parametrize(
    "rate", [{"basis": "recording", "amount": "-1 EUR"}, {"basis": "recording", "amount": "1e9 EUR"}]
)
def test_a_rate_in_a_quote_is_a_rate(rate: dict[str, str]) -> None:
    """And an offer in it has an id."""
    fields = json.loads(quote(line(offered())).encoded())
    for wrong, says in (({"rates": [rate]}, "no amount"), ({"offer": "\x00"}, "offer")):
        with pytest.raises(UsageError, match=says):
            parse_quote(json.dumps(fields | {"lines": [fields["lines"][0] | wrong]}).encode())


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b"[",
        b'{"format": "\xff"}',
        b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"runs": ' + b"9" * 5_000 + b"}",
    ],
    ids=["empty", "cut off", "no UTF-8", "deep", "large number"],
)
def test_what_is_no_quote(content: bytes, tmp_path: Path) -> None:
    """However it comes."""
    (tmp_path / "quote.json").write_bytes(content)
    for read in (lambda: parse_quote(content), lambda: read_quote(tmp_path / "quote.json")):
        with pytest.raises(UsageError, match="it is no quote"):
            read()


def test_a_file_that_holds_no_quote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is not there, is a folder, or is too large to be read."""
    for path in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(UsageError, match="cannot be read"):
            read_quote(path)
    made = quote()
    (tmp_path / "quote.json").write_bytes(made.encoded())
    assert read_quote(tmp_path / "quote.json") == made
    monkeypatch.setattr(quotes, "MOST_BYTES", len(made.encoded()) - 1)
    for read in (lambda: parse_quote(made.encoded()), lambda: read_quote(tmp_path / "quote.json")):
        with pytest.raises(UsageError, match="it is larger than"):
            read()


def test_what_is_no_agreement(tmp_path: Any) -> None:
    """Signed or not, and whatever signed it."""
    key = make_key(tmp_path / "log.key", "log.example")
    for body in (b"{}", b"[", b'{"format": "licet-agreement/2"}', b'{"x":' + b"[" * 100_000):
        with pytest.raises(LogError, match="no agreement"):
            signed_agreement(sealed(AGREEMENT_TYPE, body, [key]), [key.verifier])
    with pytest.raises(LogError, match="signatures"):
        signed_agreement(sealed(AGREEMENT_TYPE, b"{}", []), [key.verifier])
