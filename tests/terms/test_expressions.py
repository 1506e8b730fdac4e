"""Expressions: "or" offers alternatives, "and" keeps all, and what is not known is left out or leaves all unknown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.terms import Licence, Prohibition, Requirement, Stance, instruments, resolve
from licet.terms.expressions import merged
from licet.terms.other_licences import by_spdx

LICENCES = st.sampled_from([*instruments(), *by_spdx().values()])
OFFERS = {
    "GPL-2.0-or-later OR CC-BY-SA-3.0": ("GPL 2.0 or later", "CC BY-SA 3.0"),
    "GPL-2+ or CC-BY-SA-3.0": ("GPL 2.0 or later", "CC BY-SA 3.0"),
    "zlib or GPL-2 or CC-BY-3.0": ("GPL 2.0", "zlib", "CC BY 3.0"),
    "CC-BY-SA-4.0 and CC-BY-SA-3.0": ("CC BY-SA 3.0 and CC BY-SA 4.0",),
    "MIT AND MIT": ("MIT",),
    "MIT and (GPL-2 or GPL-3)": ("GPL 2.0 and MIT", "GPL 3.0 and MIT"),
    "CC BY 3.0 or GPL 2": ("GPL 2.0", "CC BY 3.0"),
}
NOTED = {
    "GPL-2 or MPL-2.0": ("GPL 2.0", "the terms of MPL-2.0 are not known here"),
    "GPL-2 or CC-BY-9.9": (
        "GPL 2.0",
        "no Creative Commons licence is at licenses/by/9.9; the nearest is licenses/by/4.0",
    ),
    "MIT or GPL-3 with font exception": (
        "MIT",
        "gpl-3 WITH font exception adds an exception, and what it changes is not known here",
    ),
}
UNKNOWN = [
    *("MPL-2.0", "MPL-2.0 and GPL-2", "GPL-3 with font exception", "GPL-3 with font exception and Apache-2.0"),
    *(
        "MIT or contact me",
        "me or you",
        "free with mp3",
        "MIT or",
        "(MIT or GPL-2",
        "( or MIT",
        "MIT or GPL-2)",
        "MIT and/or GPL-2",
    ),
    " and ".join(f"(CC-BY-{version} or CC-BY-SA-{version} or MIT)" for version in ("1.0", "2.0", "2.5", "3.0", "4.0")),
    "MIT or " * 80 + "GPL-2",
]


@pytest.mark.parametrize(("expression", "names"), OFFERS.items(), ids=OFFERS)
def test_offers(expression: str, names: tuple[str, ...]) -> None:
    """Each alternative is an offer, and an "and" is one licence that holds all of its parts."""
    assert tuple(licence.name for licence in resolve(expression).offers) == names


@pytest.mark.parametrize(("expression", "expected"), NOTED.items(), ids=NOTED)
def test_left_out(expression: str, expected: tuple[str, str]) -> None:
    """An alternative whose terms are not known is left out with a note, and the other still stands."""
    found = resolve(expression)
    assert (found.label, *found.notes) == expected


@pytest.mark.parametrize("expression", UNKNOWN, ids=lambda text: text[:40])
def test_unknown(expression: str) -> None:
    """An "and" with an unknown part, an exception, and prose with "or" in it are unresolved."""
    assert resolve(expression).stance is Stance.UNRESOLVED


def test_merged_by_hand() -> None:
    """A licence and another together ask for what both ask, and permit what both permit."""
    (both,) = resolve("CC-BY-NC-4.0 AND GPL-2.0-only").offers
    assert both.requires == {*Requirement}
    assert both.prohibits == {Prohibition.COMMERCIAL_USE}
    assert (both.key, both.family, both.url) == ("CC-BY-NC-4.0 AND GPL-2.0-only", "BY-NC AND GPL", "")


@given(st.lists(LICENCES, min_size=1, max_size=4))
def test_merging_never_permits_more(parts: list[Licence]) -> None:
    """Licences together permit nothing that one of them does not, and drop no condition of any."""
    whole = merged(parts)
    for part in parts:
        assert whole.permits <= part.permits
        assert whole.requires >= part.requires
        assert whole.prohibits >= part.prohibits


@given(LICENCES, LICENCES, st.sampled_from(["AND", "OR"]))
def test_order_does_not_matter(one: Licence, other: Licence, operator: str) -> None:
    """Both orders of an "and", and of an "or", come to the same."""
    assert resolve(f"{one.spdx} {operator} {other.spdx}") == resolve(f"{other.spdx} {operator} {one.spdx}")


@given(LICENCES, LICENCES)
def test_merged_key_resolves_to_itself(one: Licence, other: Licence) -> None:
    """The key of licences taken together is an expression that comes to them again."""
    whole = merged([one, other])
    assert resolve(whole.key).offers == (whole,)
