"""Amounts of money, exact, in the currencies of ISO 4217.

An amount is a decimal number and a currency, written as `12.50 EUR`. Amounts of two currencies are never added: there
is no rate that holds for everybody.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from math import ceil
from typing import TYPE_CHECKING, Self

from licet.errors import UsageError

if TYPE_CHECKING:
    from fractions import Fraction

# ISO 4217, active codes that are tender somewhere (as CLDR 47 lists them), by the digits after the point.
_WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
_HUNDREDTHS = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE
CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW
KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK
PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH
USD UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG
"""
DIGITS = {
    code: digits for digits, codes in ((0, _WHOLE), (2, _HUNDREDTHS), (3, _THOUSANDTHS)) for code in codes.split()
}
MOST_DIGITS = 15  # before the point, of an amount that is written
_EXACT = Context(prec=200, traps=[Inexact])  # whatever the thread's own context is set to
_NUMBER = re.compile(rf"[0-9]{{1,{MOST_DIGITS}}}(?:\.[0-9]{{1,9}})?")


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in a currency, at least nothing.

    Raises:
        UsageError: there is no such currency.
    """

    currency: str  # ISO 4217
    amount: Decimal

    def __post_init__(self) -> None:
        if not (self.amount.is_finite() and self.amount >= 0):
            raise UsageError(f"{self.amount} is no amount", mend="at least nothing")
        if self.currency not in DIGITS:
            raise UsageError(
                f"there is no currency {self.currency!r}", mend="three letters as in ISO 4217, such as EUR"
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `12.50 EUR`.

        Raises:
            UsageError: it is no amount, or in no currency that there is.
        """
        number, _, currency = text.strip().partition(" ")
        return cls(currency.strip(), decimal_of(number))

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    def __add__(self, other: Money) -> Money:
        self._require_same(other)
        return Money(self.currency, _EXACT.add(self.amount, other.amount))

    def __sub__(self, other: Money) -> Money:
        self._require_same(other)
        return Money(self.currency, _EXACT.subtract(self.amount, other.amount))

    def _require_same(self, other: Money) -> None:
        if other.currency != self.currency:
            raise UsageError(f"{self} and {other} cannot be added", mend="keep a sum for each currency")

    @property
    def writable(self) -> bool:
        """Whether it is no more than what is written and read again: 15 digits before the point."""
        return self.amount.adjusted() < MOST_DIGITS

    @classmethod
    def up(cls, amount: Fraction, currency: str) -> Self:
        """Return an exact amount to the digits that the currency has, rounded up: no part of a price is for nothing.

        Raises:
            UsageError: there is no such currency.
        """
        digits = DIGITS.get(currency, 0)
        return cls(currency, Decimal(ceil(amount * 10**digits)).scaleb(-digits, _EXACT))


def decimal_of(text: str) -> Decimal:
    """Return the number that `text` names in plain digits: nothing negative, no exponent.

    Raises:
        UsageError: it names none.
    """
    if _NUMBER.fullmatch(text) is None:
        raise UsageError(f"{text!r} is no amount", mend="digits, and a point before the fraction: 12.50")
    return Decimal(text)
