"""Every Creative Commons instrument is known by its address, in all its spellings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from license_expression import get_spdx_licensing

from licet.terms import Licence, Permission, Prohibition, Requirement, Stance, instruments, resolve
from licet.terms.links import by_spdx_id

if TYPE_CHECKING:
    from collections.abc import Callable

SITE = "http://creativecommons.org/"
SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "https": lambda uri: uri.replace("http://", "https://"),
    "www": lambda uri: uri.replace("//", "//www."),
    "no scheme": lambda uri: uri.removeprefix("http://"),
    "no slash": lambda uri: uri.rstrip("/"),
    "two slashes": lambda uri: uri + "/",
    "upper case": str.upper,
    "deed": lambda uri: uri + "deed",
    "deed in a language": lambda uri: uri + "deed.fr",
    "deed in a script": lambda uri: uri + "deed.zh-hant",
    "deed in a locale": lambda uri: uri + "deed.pt_BR",
    "legal code": lambda uri: uri + "legalcode",
    "legal code in a language": lambda uri: uri + "legalcode.fr",
    "rdf": lambda uri: uri + "rdf",
    "query": lambda uri: uri + "?ref=chooser-v1",
    "fragment": lambda uri: uri + "#s3",
    "escaped": lambda uri: uri.replace("+", "%2B"),
    "spaces around": lambda uri: f"  {uri}\n",
    "in angle brackets": lambda uri: f"<{uri}>",
    "ends a sentence": lambda uri: uri + ".",
}
NONE_SUCH = {
    "port that has no such version": ("licenses/by/4.0/fr/", "licenses/by/4.0"),
    "version that does not exist": ("licenses/by/9.9/", "licenses/by/4.0"),
    "version without its port": ("licenses/by-sa/2.1/", "licenses/by-sa/4.0"),
    "elements in a new order": ("licenses/by-sa-nc/3.0/", "licenses/by-nc-sa/3.0"),
    "family without licences of its own": ("licenses/sa/2.0/", "licenses/sa/1.0"),
    "no version": ("licenses/by/", "licenses/by/4.0"),
}


@given(licence=st.sampled_from(instruments()), spelling=st.sampled_from(sorted(SPELLINGS)))
def test_spellings(licence: Licence, spelling: str) -> None:
    """However the address of a licence is spelled, it is that licence and no other."""
    assert resolve(SPELLINGS[spelling](licence.key)).offers == (licence,)


@given(st.sampled_from(instruments()))
def test_round_trip(licence: Licence) -> None:
    """A licence is found again by its key, its address for people and its SPDX id."""
    assert licence.spdx is not None
    for name in (licence.key, licence.url, licence.spdx, licence.spdx.lower()):
        assert resolve(name).offers == (licence,)


def test_ids_are_unique() -> None:
    """No two licences share an SPDX id, official or minted."""
    assert len({licence.spdx for licence in instruments()}) == len(instruments()) == 614


@pytest.mark.parametrize(("path", "nearest"), NONE_SUCH.values(), ids=NONE_SUCH)
def test_none_such(path: str, nearest: str) -> None:
    """An address that names no licence is unresolved, names the nearest that exists, and takes nothing from it."""
    found = resolve(SITE + path)
    assert (found.stance, found.offers) == (Stance.UNRESOLVED, ())
    assert found.notes[0].endswith(f"; the nearest is {nearest}")


def test_none_near() -> None:
    """Where no family has such elements, no nearest is named."""
    assert resolve(SITE + "licenses/by-xy/3.0/").notes == ("no Creative Commons licence is at licenses/by-xy/3.0",)


@pytest.mark.parametrize("path", ["licenses/by-nc-nd/1.0/", "licenses/nc-nd/1.0/", "licenses/by-nd-nc/3.0/de/"])
def test_either_order(path: str) -> None:
    """NonCommercial and NoDerivatives may stand in either order, whichever the version had."""
    (licence,) = resolve(SITE + path).offers
    assert licence.key == SITE + (path.replace("nc-nd", "nd-nc") if "nc-nd" in path else path.replace("nd-nc", "nc-nd"))


def test_no_derivatives_is_an_absence() -> None:
    """NoDerivatives leaves DerivativeWorks out of what is permitted, and prohibits nothing."""
    (licence,) = resolve(SITE + "licenses/by-nd/4.0/").offers
    permits, requires, prohibits = licence.substance
    assert permits == {Permission.REPRODUCTION, Permission.DISTRIBUTION}
    assert requires == {Requirement.ATTRIBUTION, Requirement.NOTICE}
    assert not prohibits


def test_non_commercial_is_a_prohibition() -> None:
    """NonCommercial prohibits commercial use, and the Developing Nations licence the use in rich countries."""
    (nc,), (nations,) = resolve("CC BY-NC 4.0").offers, resolve("Developing Nations 2.0").offers
    assert nc.prohibits == {Prohibition.COMMERCIAL_USE}
    assert nations.prohibits == {Prohibition.HIGH_INCOME_NATION_USE}


def test_scotland_is_mended() -> None:
    """The Scottish ports that permit derivatives do so here, with a note that the published facts say otherwise."""
    mended = [licence for licence in instruments() if licence.jurisdiction == "scotland" and licence.note]
    assert sorted(licence.family for licence in mended) == ["BY", "BY-NC", "BY-NC-SA", "BY-SA"]
    assert all(Permission.DERIVATIVE_WORKS in licence.permits for licence in mended)


def test_official_ids() -> None:
    """Every id that is not minted is on the SPDX list, and every Creative Commons id of the list is a licence here."""
    listed = {key for key in get_spdx_licensing().known_symbols if key.startswith(("CC-", "CC0"))}
    assert {licence.spdx for licence in instruments() if not str(licence.spdx).startswith("LicenseRef-")} == listed
    assert all(by_spdx_id(key) for key in listed)
