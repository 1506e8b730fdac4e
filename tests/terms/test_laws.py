"""Laws that hold for every text."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from licet.terms import Permission, Prohibition, Requirement, Resolution, Stance, instruments, resolve
from licet.terms.resolve import _resolved

PHRASES = st.sampled_from(
    [
        *(
            "all rights reserved",
            "licensed under",
            "license:",
            "cc by",
            "cc by-nc 4.0",
            "not",
            "or",
            "and",
            "with",
            ".",
        ),
        *("(c) 2019 X", "no ai training", "GPL-2+", "(", ")", "except", "verify at", "<b>", "&amp;", "unknown", "3.0"),
        *("http://creativecommons.org/licenses/by/3.0/", "https://example.com/", "public domain", "\ue000", "\x00"),
    ]
)
DOUBTS = st.sampled_from(
    ["not", "no", "except for AI", "unless asked", "only on Mondays", "but ask", "for personal use", "was"]
)
KNOWN = st.sampled_from(
    [*(licence.key for licence in instruments()), "CC BY 4.0", "Attribution", "GPL-2+", "MIT or Zlib"]
)


def lawful(found: Resolution) -> bool:
    """Tell whether a resolution offers a licence exactly where it says so."""
    return bool(found.offers) == (found.stance is Stance.LICENSED)


@given(st.text(alphabet=st.characters()))
@example("\ud800")
@example("http://[creativecommons.org/licenses/by/3.0/")
@example("https://creativecommons.org/licenses/%zz%ff/")
def test_any_text(statement: str) -> None:
    """No text raises, and a resolution has offers exactly where it is licensed."""
    assert lawful(resolve(statement))


@given(st.lists(PHRASES, max_size=8).map(" ".join))
@example("( or all rights reserved")
def test_any_phrases(statement: str) -> None:
    """No mixture of the phrases that count raises either, and reading it twice gives the same."""
    assert lawful(resolve(statement))
    assert resolve(statement) == _resolved(statement)


@given(KNOWN, DOUBTS, st.booleans())
def test_doubt_is_never_licensed(statement: str, doubt: str, before: bool) -> None:
    """A word of doubt beside a licence leaves nothing licensed."""
    text = f"{doubt} {statement}" if before else f"{statement} {doubt}"
    assert resolve(text).stance is Stance.UNRESOLVED


@given(KNOWN, st.sampled_from(["All rights reserved", "No AI training"]), st.booleans())
def test_a_reservation_beside_a_licence(statement: str, reservation: str, before: bool) -> None:
    """A reservation beside a licence leaves nothing licensed."""
    text = f"{reservation}. {statement}" if before else f"{statement} . {reservation}"
    assert not resolve(text).offers


@pytest.mark.parametrize("family", ["BY-ND", "BY-NC-ND", "ND", "NC-ND"])
def test_no_derivatives_family(family: str) -> None:
    """No licence of a NoDerivatives family permits derivative works, in any version or port."""
    members = [licence for licence in instruments() if licence.family == family]
    assert members
    assert not any(Permission.DERIVATIVE_WORKS in licence.permits for licence in members)


def test_a_family_tells_its_conditions() -> None:
    """What a family is called is what its licences ask for."""
    for licence in instruments():
        elements = licence.family.split("-")
        assert ("BY" in elements) <= (Requirement.ATTRIBUTION in licence.requires)
        assert ("SA" in elements) <= (Requirement.SHARE_ALIKE in licence.requires)
        assert ("NC" in elements) == (Prohibition.COMMERCIAL_USE in licence.prohibits)
