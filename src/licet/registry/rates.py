"""What an offer costs: rates, each so much for a recording, a minute, a run, a model, or a share of what is earned."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from licet.errors import UsageError
from licet.money import Money, decimal_of

WHOLE = 100  # percent


class Basis(StrEnum):
    """What a rate is for."""

    RECORDING = "recording"  # each
    MINUTE = "minute"  # of sound; a part of one counts as that part
    RUN = "run"  # each training run, however many recordings are in it
    MODEL = "model"  # each model that comes of it
    REVENUE = "revenue"  # percent of what a model earns: nothing is due before it does


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
