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
def test_rounding_is_up(amount: Fraction, currency: str) -> None:
    """By less than a unit, and never to nothing."""
    unit = Fraction(1, 10 ** DIGITS[currency])
    rounded = Money.up(amount, currency)
    assert 0 <= Fraction(rounded.amount) - amount < unit
    assert bool(rounded.amount) is bool(amount)
    assert Money.up(amount + unit, currency) > rounded


@given(AMOUNTS, AMOUNTS)
def test_what_was_added_is_taken_away_again(one: Decimal, other: Decimal) -> None:
    """To the last digit; and there is no less than nothing."""
    both = Money("EUR", one) + Money("EUR", other)
    assert both - Money("EUR", other) == Money("EUR", one)
    with pytest.raises(UsageError, match="is no amount"):
        Money("EUR", one) - (both + Money("EUR", Decimal("0.01")))


@given(st.decimals(0, 10**17, places=2, allow_nan=False, allow_infinity=False))
def test_what_can_be_written_can_be_read(amount: Decimal) -> None:
    """And nothing else."""
    money = Money("EUR", amount)
    try:
        Money.parse(str(money))
    except UsageError:
        assert not money.writable
    else:
        assert money.writable


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        (Fraction(1, 8), "EUR", "0.13 EUR"),
        (Fraction(1, 1000), "EUR", "0.01 EUR"),
        (Fraction(9, 4), "JPY", "3 JPY"),
        (Fraction(1, 3), "KWD", "0.334 KWD"),
        (Fraction(1, 4), "EUR", "0.25 EUR"),
        (Fraction(0), "EUR", "0.00 EUR"),
    ],
    ids=["half", "next to nothing", "whole yen", "thousandths", "exact", "nothing"],
)
def test_rounding_by_name(amount: Fraction, currency: str, expected: str) -> None:
    """To the digits that the currency has."""
    assert str(Money.up(amount, currency)) == expected


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
    with pytest.raises(UsageError, match="cannot be added"):
        Money.parse("1 EUR") - Money.parse("1 USD")
    with pytest.raises(UsageError, match="there is no currency"):
        Money.up(Fraction(1), "ABC")


def test_a_number_in_plain_digits() -> None:
    """Keeps the digits that it was written with."""
    assert str(decimal_of("12.50")) == "12.50"
