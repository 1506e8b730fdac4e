"""A use: an act, a purpose, the territories it happens in, and the day it is asked about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from licet.errors import UsageError
from licet.terms import Act, Purpose

# ISO 3166-1 alpha-2, as of 2024, and `EU`, which the standard reserves exceptionally for the European Union.
_ALPHA_2 = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
    GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO
    JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR
    MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO
    RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV
    TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW EU
    """.split()
)
WORLD = "WORLD"
# The members on 2026-11-22; no member has joined or left since 31 January 2020.
EUROPEAN_UNION = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())

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
        if code not in _ALPHA_2:
            hint = "GB" if code == "UK" else f"two letters as in ISO 3166-1, EU, or {WORLD}"
            raise UsageError(f"there is no territory {code!r}", mend=f"try {hint}")
    return places


def within(place: str, places: frozenset[str]) -> bool:
    """Whether all of `place` lies in `places`. No places means everywhere; a member state lies in the `EU`."""
    if not places or place in places or WORLD in places:
        return True
    return place in EUROPEAN_UNION and "EU" in places


def meets(place: str, places: frozenset[str]) -> bool:
    """Whether some of `place` lies in `places`."""
    if within(place, places) or place == WORLD:
        return True
    return place == "EU" and bool(places & EUROPEAN_UNION)
