"""Places: the countries that a use happens in, and those that a statement is for.

ISO 3166-1 alpha-2, as of 2024, and `EU`, which the standard reserves exceptionally for the European Union. A statement
that names no place is for everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

COUNTRIES = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
    GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO
    JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR
    MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO
    RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV
    TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
    """.split()
)
WORLD, UNION = "WORLD", "EU"
# The members on 2026-11-22; no member has joined or left since 31 January 2020.
EUROPEAN_UNION = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())


def within(place: str, places: frozenset[str]) -> bool:
    """Whether all of `place` lies in `places`. No places means everywhere; a member state lies in the `EU`."""
    if not places or place in places or WORLD in places:
        return True
    return place in EUROPEAN_UNION and UNION in places


def meets(place: str, places: frozenset[str]) -> bool:
    """Whether some of `place` lies in `places`."""
    if within(place, places) or place == WORLD:
        return True
    return place == UNION and bool(places & EUROPEAN_UNION)


def countries_of(places: Iterable[str]) -> frozenset[str]:
    """Return the countries in `places`: of none, or of `WORLD`, all there are."""
    named = frozenset(places)
    if not named or WORLD in named:
        return COUNTRIES
    return (named - {UNION}) | (EUROPEAN_UNION if UNION in named else frozenset())


def places_of(countries: frozenset[str]) -> frozenset[str]:
    """Return the places that name just these countries, with `EU` for its members; none where it is all of them."""
    if countries == COUNTRIES:
        return frozenset()
    return countries | ({UNION} if countries >= EUROPEAN_UNION else frozenset())
