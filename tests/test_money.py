"""Amounts of money are exact, in currencies that there are, and of two currencies never added."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.errors import UsageError
from licet.money import DIGITS, Money, decimal_of

AMOUNTS = st.decimals(0, 10**15, places=9, allow_nan=False, allow_infinity=False).filter(lambda one: one < 10**15)
CURRENCIES = st.sampled_from(sorted(DIGITS))


@given(AMOUNTS, CURRENCIES)
def test_what_is_written_is_read_again(amount: Decimal, currency: str) -> None:
    """As the same amount, without an exponent."""
    money = Money(currency, amount)
    assert Money.parse(str(money)) == money
    assert "E" not in str(money).partition(" ")[0]


@given(st.lists(AMOUNTS, min_size=1))
def test_a_sum_is_exact(amounts: list[Decimal]) -> None:
    """However many digits it takes, and in whatever order."""
    total = Money("EUR", Decimal(0))
    for amount in amounts:
        total += Money("EUR", amount)
    assert Fraction(total.amount) == sum(map(Fraction, amounts))


@given(st.fractions(0, 10**12), CURRENCIES)
def test_rounding_is_to_the_nearest(amount: Fraction, currency: str) -> None:
    """By half a unit at most, and never the wrong way round."""
    unit = Fraction(1, 10 ** DIGITS[currency])
    rounded = Money.nearest(amount, currency)
    assert abs(Fraction(rounded.amount) - amount) <= unit / 2
    assert Money.nearest(amount + unit, currency) > rounded


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        (Fraction(1, 8), "EUR", "0.12 EUR"),
        (Fraction(3, 8), "EUR", "0.38 EUR"),
        (Fraction(5, 2), "JPY", "2 JPY"),
        (Fraction(1, 3), "KWD", "0.333 KWD"),
        (Fraction(0), "EUR", "0.00 EUR"),
    ],
    ids=["half to even, down", "half to even, up", "whole yen", "thousandths", "nothing"],
)
def test_rounding_by_name(amount: Fraction, currency: str, expected: str) -> None:
    """To the digits that the currency has."""
    assert str(Money.nearest(amount, currency)) == expected


@pytest.mark.parametrize(
    "text", ["", "12", "EUR", "12 euro", "-1 EUR", "1e3 EUR", "1,5 EUR", "1. EUR", ".5 EUR", "NaN EUR", "1 XXX"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    """And so is a currency that there is not."""
    with pytest.raises(UsageError):
        Money.parse(text)


@pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity"])
def test_money_is_at_least_nothing(amount: str) -> None:
    """And a number."""
    with pytest.raises(UsageError, match="is no amount"):
        Money("EUR", Decimal(amount))


def test_two_currencies_are_never_added() -> None:
    """There is no rate that holds for everybody."""
    with pytest.raises(UsageError, match="cannot be added"):
        Money.parse("1 EUR") + Money.parse("1 USD")
    with pytest.raises(UsageError, match="there is no currency"):
        Money.nearest(Fraction(1), "ABC")


def test_a_number_in_plain_digits() -> None:
    """Keeps the digits that it was written with."""
    assert str(decimal_of("12.50")) == "12.50"
