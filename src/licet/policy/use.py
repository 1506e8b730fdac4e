"""A use: an act, a purpose, the territories it happens in, and the day it is asked about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from licet.errors import UsageError
from licet.terms import Act, Purpose
from licet.terms.territories import COUNTRIES, UNION, WORLD

_E = TypeVar("_E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Use:
    """One use of one recording, the thing a verdict is about.

    `territories` holds ISO 3166-1 alpha-2 codes, `EU`, or `WORLD` alone. `day` is the day asked about: what a source
    said later does not count.

    Raises:
        UsageError: an act, purpose or territory that there is not.
    """

    act: Act
    purpose: Purpose
    territories: frozenset[str]
    day: date

    def __post_init__(self) -> None:
        object.__setattr__(self, "act", _member(Act, self.act, "act"))
        object.__setattr__(self, "purpose", _member(Purpose, self.purpose, "purpose"))
        object.__setattr__(self, "territories", _territories(self.territories))
        if isinstance(self.day, datetime) or not isinstance(self.day, date):
            raise UsageError(f"{self.day!r} is not a day", mend="give a datetime.date")

    def __str__(self) -> str:
        places = ", ".join(sorted(self.territories))
        return f"{self.act} · {self.purpose} · {places} · {self.day.isoformat()}"


def _member(kind: type[_E], value: str, what: str) -> _E:
    try:
        return kind(value)
    except ValueError:
        raise UsageError(f"there is no {what} {value!r}", mend=f"one of: {', '.join(kind)}") from None


def _territories(codes: frozenset[str]) -> frozenset[str]:
    places = frozenset(code.upper() for code in codes)
    if not places:
        raise UsageError("a use happens somewhere", mend=f"name a territory, or {WORLD}")
    for code in sorted(places - {WORLD}):
        if code not in COUNTRIES and code != UNION:
            hint = "GB" if code == "UK" else f"two letters as in ISO 3166-1, EU, or {WORLD}"
            raise UsageError(f"there is no territory {code!r}", mend=f"try {hint}")
    return places
