"""Identifiers are checked when they are made, and kept in one form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licet.catalog import Identifier, Names, local_identifier, parse_identifier
from licet.errors import IdentifierError

if TYPE_CHECKING:
    from collections.abc import Sequence

UUID = "8b0e0f6a-66e7-4a2e-9a7b-1f0a1c2d3e4f"
FORMS = {
    "isrc with hyphens": ("isrc:US-RC1-76-07839", "isrc:USRC17607839"),
    "isrc in lower case": ("isrc:usrc17607839", "isrc:USRC17607839"),
    "iswc dotted": ("iswc:T-034.524.680-1", "iswc:T0345246801"),
    "iswc bare": ("iswc:t0000000010", "iswc:T0000000010"),
    "isni with spaces": ("isni:0000 0001 2103 2683", "isni:0000000121032683"),
    "isni with X": ("isni:000000012146438x", "isni:000000012146438X"),
    "ean": ("ean:4006381333931", "ean:4006381333931"),
    "upc gains its zero": ("upc:036000291452", "ean:0036000291452"),
    "ipi": ("ipi:00014.10.73.38", "ipi:00014107338"),
    "musicbrainz": (f"MBID:{UUID.upper()}", f"musicbrainz:{UUID}"),
    "jamendo": ("jamendo:0000214", "jamendo:214"),
    "jamendo artist": ("jamendo-artist:000014", "jamendo-artist:14"),
    "fma nought": ("fma:000", "fma:0"),
    "youtube": ("youtube:dQw4w9WgXcQ", "youtube:dQw4w9WgXcQ"),
    "sha256": ("sha256:" + "AB" * 32, "sha256:" + "ab" * 32),
    "md5": ("md5:" + "0F" * 16, "md5:" + "0f" * 16),
    "samples": ("PCM-SHA256:" + "0" * 64, "pcm-sha256:" + "0" * 64),
    "local keeps spaces": ("local:album/ a b.ogg ", "local:album/ a b.ogg "),
}
BAD = {
    "no scheme": "USRC17607839",
    "unknown scheme": "isbn:9783161484100",
    "isrc too short": "isrc:USRC1760783",
    "isrc in other digits": "isrc:USRC1760783٣",
    "iswc check digit": "iswc:T-034.524.680-2",
    "iswc without T": "iswc:0345246801",
    "isni check digit": "isni:0000000121032684",
    "ean check digit": "ean:4006381333932",
    "ipi too short": "ipi:0001410733",
    "not a uuid": "musicbrainz:214",
    "negative": "jamendo:-1",
    "a number too long": "fma:" + "1" * 19,
    "youtube too long": "youtube:dQw4w9WgXcQQ",
    "sha256 too short": "sha256:abcd",
    "local and empty": "local:",
    "local too long": "local:" + "x" * 1_001,
    "local with a newline": "local:a\nb",
    "a very long text": "x" * 1_000,
}


@pytest.mark.parametrize(("written", "kept"), FORMS.values(), ids=FORMS)
def test_a_name_is_kept_in_one_form(written: str, kept: str) -> None:
    """Every way of writing an identifier gives the same value, and its text gives it back."""
    identifier = parse_identifier(written)
    assert str(identifier) == kept
    assert parse_identifier(kept) == identifier


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_what_is_no_name_is_refused(text: str) -> None:
    """A text that is not the identifier it claims to be is refused in a sentence of bounded length."""
    with pytest.raises(IdentifierError) as refusal:
        parse_identifier(text)
    assert len(str(refusal.value)) < 500


def test_no_unchecked_identifier_can_be_made() -> None:
    """The constructor checks as the parser does."""
    assert Identifier("ISRC", "us-rc1-76-07839") == Identifier("isrc", "USRC17607839")
    with pytest.raises(IdentifierError):
        Identifier("isrc", "nonsense")


def test_only_the_ipi_rule_is_not_verified() -> None:
    """An IPI name number says that its check digits were not checked."""
    assert not parse_identifier("ipi:00014107338").verified
    assert parse_identifier("isrc:USRC17607839").verified


def test_an_identifier_says_what_it_names() -> None:
    """A work, a release, a party, a recording and a file are told apart."""
    texts = ("iswc:T0345246801", "jamendo-album:1", "jamendo-artist:1", "jamendo:1", "md5:" + "0" * 32)
    names = [parse_identifier(text).names for text in texts]
    assert names == [Names.WORK, Names.RELEASE, Names.PARTY, Names.RECORDING, Names.BYTES]


def test_identifiers_have_an_order() -> None:
    """They sort by scheme, then by value."""
    jamendo, fma = parse_identifier("jamendo:1"), parse_identifier("fma:2")
    assert sorted([jamendo, fma]) == [fma, jamendo]


def test_a_long_place_keeps_its_beginning_and_its_digest() -> None:
    """Two long paths that differ at the end have different names, both short enough to index."""
    one, other = (local_identifier("corpus", "a" * 5_000 + end) for end in "xy")
    assert one != other
    assert len(one.value) == len(other.value) == 1_000


@given(st.text())
def test_any_text_is_an_identifier_or_refused(text: str) -> None:
    """No text makes the parser fail in another way."""
    for written in (text, f"local:{text}", f"isrc:{text}", f"ean:{text}"):
        try:
            identifier = parse_identifier(written)
        except IdentifierError:
            continue
        assert parse_identifier(str(identifier)) == identifier


@pytest.mark.parametrize(
    ("valid", "places"),
    [
        ("isni:0000000121032683", range(16)),
        ("ean:4006381333931", range(13)),
        # The weights 2, 4, 5, 6 and 8 share a factor with 10, so ISO 15707 lets some errors at those places pass.
        ("iswc:T0345246801", (1, 3, 7, 9, 10)),
    ],
    ids=["isni", "ean", "iswc"],
)
@given(data=st.data())
def test_a_check_digit_catches_a_single_wrong_digit(valid: str, places: Sequence[int], data: st.DataObject) -> None:
    """Changing one digit of a valid name makes it invalid, wherever the standard's weights can tell."""
    scheme, value = valid.split(":")
    place = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != value[place]]))
    with pytest.raises(IdentifierError):
        Identifier(scheme, value[:place] + digit + value[place + 1 :])
