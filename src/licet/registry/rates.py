"""What an offer costs: rates, each so much for a recording, a minute, a run, a model, or a share of what is earned."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

import msgspec

from licet.errors import UsageError
from licet.money import Money, decimal_of

if TYPE_CHECKING:
    from collections.abc import Iterable

WHOLE = 100  # percent
MOST_RUNS = 1_000_000  # training runs in one quote
SECONDS_A_MINUTE = 60


class Basis(StrEnum):
    """What a rate is for."""

    RECORDING = "recording"  # each
    MINUTE = "minute"  # of sound; a part of one counts as that part
    RUN = "run"  # each training run, however many recordings are in it
    MODEL = "model"  # each model that it is granted for: a quote is for one
    REVENUE = "revenue"  # percent of what a model earns: nothing is due before it does


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is licensed for one model: each recording once, and how long they are together."""

    recordings: int
    seconds: Fraction
    runs: int = 1

    def times(self, basis: Basis) -> Fraction:
        """Return how many times a rate on that basis is due; never, of revenue."""
        return {
            Basis.RECORDING: Fraction(self.recordings),
            Basis.MINUTE: self.seconds / SECONDS_A_MINUTE,
            Basis.RUN: Fraction(self.runs),
            Basis.MODEL: Fraction(1),
            Basis.REVENUE: Fraction(0),
        }[basis]


class Rate(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One rate. `amount` is money as text, `12.50 EUR`; of revenue it is a percentage, `2.5`.

    Raises:
        UsageError: it is neither.
    """

    basis: Basis
    amount: str
    minimum: str = ""  # that this rate comes to at least, in the same currency

    def __post_init__(self) -> None:
        if self.basis is Basis.REVENUE:
            if not 0 < decimal_of(self.amount) <= WHOLE:
                raise UsageError(f"rates: {self.amount} is no percentage of revenue", mend="more than 0, at most 100")
            if self.minimum:
                Money.parse(self.minimum)
        elif self.minimum and Money.parse(self.minimum).currency != self.money.currency:
            raise UsageError(f"rates: {self.amount} and {self.minimum} are of two currencies", mend="use one")
        else:
            self.money  # noqa: B018  (whether it is some)

    @property
    def money(self) -> Money:
        """Return what one costs; not of revenue."""
        return Money.parse(self.amount)

    def comes_to(self, extent: Extent) -> Fraction:
        """Return what it comes to, exact, in its currency; not of revenue."""
        least = Money.parse(self.minimum).amount if self.minimum else 0
        return max(Fraction(self.money.amount) * extent.times(self.basis), Fraction(least))

    def __str__(self) -> str:
        """Return it for people: the amounts as they are written here, and not as whoever offers wrote them."""
        least = f", at least {Money.parse(self.minimum)}" if self.minimum else ""
        if self.basis is Basis.REVENUE:
            return f"{self.amount} % of revenue{least}"
        return f"{self.money} a {self.basis}{least}"


def currencies(rates: Iterable[Rate]) -> frozenset[str]:
    """Return the currencies of the rates that are money; a share of revenue is in none."""
    return frozenset(rate.money.currency for rate in rates if rate.basis is not Basis.REVENUE)


def price(rates: Iterable[Rate], extent: Extent) -> Money | None:
    """Return what rates come to together, rounded up once; None where all of them are shares of revenue.

    Raises:
        UsageError: they are of several currencies.
    """
    charged = [rate for rate in rates if rate.basis is not Basis.REVENUE]
    if not charged:
        return None
    if len(found := currencies(charged)) > 1:
        raise UsageError(f"rates: they are in {' and '.join(sorted(found))}", mend="make an offer in each")
    return Money.up(sum((rate.comes_to(extent) for rate in charged), Fraction(0)), *found)
