"""What rates come to: exact, at least their minimum, rounded once, and revenue apart."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.errors import UsageError
from licet.registry.rates import Basis, Extent, Rate, currencies, price

EXTENT = Extent(3, Fraction(200), runs=2)


@pytest.mark.parametrize(
    ("basis", "amount", "minimum", "expected"),
    [
        (Basis.RECORDING, "1.50 EUR", "", "4.50 EUR"),
        (Basis.MINUTE, "0.10 EUR", "", "0.34 EUR"),
        (Basis.MINUTE, "0.10 EUR", "5 EUR", "5.00 EUR"),
        (Basis.RECORDING, "1.50 EUR", "4 EUR", "4.50 EUR"),
        (Basis.RUN, "7 JPY", "", "14 JPY"),
        (Basis.MODEL, "0.004 KWD", "", "0.004 KWD"),
        (Basis.RECORDING, "0 EUR", "", "0.00 EUR"),
        (Basis.RECORDING, "0.001 EUR", "", "0.01 EUR"),
    ],
    ids=["recording", "minute", "minimum", "more than the minimum", "run", "model", "free", "never for nothing"],
)
def test_what_a_rate_comes_to(basis: Basis, amount: str, minimum: str, expected: str) -> None:
    """As often as it is due, at least its minimum, and rounded up."""
    assert str(price([Rate(basis, amount, minimum)], EXTENT)) == expected


def test_rates_are_added_and_rounded_once() -> None:
    """Three thirds of a cent are a cent, and not three; a share of revenue adds nothing."""
    thirds = [Rate(Basis.MINUTE, "0.003333333 EUR")] * 3
    assert str(price(thirds, Extent(1, Fraction(60)))) == "0.01 EUR"
    shares = [Rate(Basis.REVENUE, "2.5", "100 EUR")]
    assert str(price([*thirds, *shares], Extent(1, Fraction(60)))) == "0.01 EUR"
    assert price(shares, EXTENT) is None
    assert currencies([*thirds, *shares]) == {"EUR"}
    with pytest.raises(UsageError, match="EUR and USD"):
        price([*thirds, Rate(Basis.RUN, "1 USD")], EXTENT)


@given(
    st.sampled_from([basis for basis in Basis if basis is not Basis.REVENUE]),
    st.integers(0, 10**6),
    st.fractions(0, 10**6),
    st.integers(1, 9),
)
def test_more_never_costs_less(basis: Basis, recordings: int, seconds: Fraction, more: int) -> None:
    """Of anything."""
    rates = [Rate(basis, "0.017 EUR", "1 EUR")]
    less = price(rates, Extent(recordings, seconds))
    large = price(rates, Extent(recordings + more, seconds + more, 1 + more))
    assert less is not None
    assert large is not None
    assert less <= large


@pytest.mark.parametrize(
    ("basis", "amount", "minimum"),
    [
        (Basis.REVENUE, "0", ""),
        (Basis.REVENUE, "100.1", ""),
        (Basis.REVENUE, "2 EUR", ""),
        (Basis.REVENUE, "2", "5"),
        (Basis.RUN, "5", ""),
        (Basis.RUN, "5 EUR", "5 USD"),
    ],
    ids=["nothing", "more than all", "money", "no money", "no currency", "two currencies"],
)
def test_what_is_no_rate(basis: Basis, amount: str, minimum: str) -> None:
    """Is refused when it is made."""
    with pytest.raises(UsageError):
        Rate(basis, amount, minimum)


def test_rates_in_words() -> None:
    """As people read them, on one line whatever whoever made the offer wrote."""
    odd = Rate(Basis.RUN, "5 \n\nEUR", " 9 \n\n EUR")
    assert str(odd) == "5 EUR a run, at least 9 EUR"
    assert str(Rate(Basis.MINUTE, "0.05 EUR", "50 EUR")) == "0.05 EUR a minute, at least 50 EUR"
    assert str(Rate(Basis.REVENUE, "2.5")) == "2.5 % of revenue"
