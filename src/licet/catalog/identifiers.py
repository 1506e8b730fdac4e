"""The names that recordings, works, releases and parties go by: each checked when it is made, and kept in one form.

===============  ==========================================================  ====================================
scheme           what it is                                                  kept as
===============  ==========================================================  ====================================
isrc             a recording (ISO 3901)                                      `USRC17607839`
iswc             a work (ISO 15707), check digit                             `T0345246801`
isni             a party (ISO 27729), check character mod 11-2               `0000000121032683`
ipi              a party: IPI name number                                    `00014107338`
ean              a release: EAN-13, UPC-A with a leading 0, check digit      `4006381333931`
musicbrainz      a recording: MusicBrainz id, a UUID                         lower case, hyphens
jamendo          a track; also `jamendo-artist`, `jamendo-album`             `214`
fma              a track of the Free Music Archive                           `2`
freesound        a sound                                                     `1234`
youtube          a video, eleven characters                                  as written
sha256, md5      the bytes of a file                                         lower-case hexadecimal
pcm-sha256       the decoded samples of a file                               lower-case hexadecimal
local            a recording of a folder or table that has no wider name     `folder/path`, free text
===============  ==========================================================  ====================================

An identifier of a name says what somebody calls a recording: an ISRC is reissued and mistyped, a tag is copied. Only a
digest is bound to the bytes, and none of them to the sound.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from licet.digests import sha256_bytes
from licet.errors import IdentifierError

if TYPE_CHECKING:
    from collections.abc import Callable

LOCAL_CHARACTERS = 1_000  # a key is indexed: databases want it short
_DIGEST_CHARACTERS = 64


class Names(StrEnum):
    """What an identifier is the name of."""

    RECORDING = "recording"
    WORK = "work"
    RELEASE = "release"
    PARTY = "party"
    BYTES = "bytes"  # one file, or its samples


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """A name under a scheme, checked and in canonical form: no other kind of `Identifier` can be made.

    Raises:
        IdentifierError: the scheme is not known, or `value` is not one of its names.
    """

    scheme: str
    value: str

    def __post_init__(self) -> None:
        scheme = SCHEMES.get(self.scheme)
        if scheme is None:
            scheme = _scheme(self.scheme)
            object.__setattr__(self, "scheme", scheme.name)
        object.__setattr__(self, "value", scheme.canonical(self.value))

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"

    @property
    def names(self) -> Names:
        """What kind of thing this is a name of."""
        return SCHEMES[self.scheme].names

    @property
    def verified(self) -> bool:
        """Whether the scheme's whole rule was checked. False where we know its check only at second hand."""
        return SCHEMES[self.scheme].verified


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way of naming things: `canonical` returns the one form of a value, or raises `IdentifierError`."""

    name: str
    names: Names
    canonical: Callable[[str], str]
    verified: bool = True


def parse_identifier(text: str) -> Identifier:
    """Return the identifier written as `scheme:value`, such as `isrc:US-RC1-76-07839`.

    Raises:
        IdentifierError: there is no such scheme, or the value is not one of its names.
    """
    scheme, colon, value = text.partition(":")
    if not colon:
        raise IdentifierError(
            f"{_shown(text)} is not an identifier", mend="write scheme:value, such as isrc:USRC17607839"
        )
    return Identifier(scheme, value)


def local_identifier(name: str, place: str) -> Identifier:
    """Return the identifier of the recording at `place` (escaped, see `paths`) of the folder or table `name`.

    A text too long to be indexed keeps its beginning, and its SHA-256 in place of the rest.
    """
    value = f"{name}/{place}"
    if len(value) > LOCAL_CHARACTERS:
        kept = LOCAL_CHARACTERS - _DIGEST_CHARACTERS - 1
        value = f"{value[:kept]}~{sha256_bytes(value.encode())}"
    return Identifier("local", value)


def _scheme(name: str) -> Scheme:
    """Return the scheme that a person may have written in capitals or by a second name."""
    folded = name.strip().lower()
    scheme = SCHEMES.get(_SECOND_NAMES.get(folded, folded))
    if scheme is None:
        raise IdentifierError(
            f"{_shown(name)} is no identifier scheme", mend=f"use one of {', '.join(sorted(SCHEMES))}"
        )
    return scheme


def _shown(text: str) -> str:
    """Quote a text for a message, shortened where it is long."""
    return repr(text if len(text) <= 60 else text[:60] + "...")


def _matching(what: str, pattern: str) -> Callable[[str], str]:
    """Return a rule: `value`, stripped, matches `pattern` from end to end, and is kept as it stands."""
    compiled = re.compile(pattern, re.ASCII)

    def canonical(value: str) -> str:
        stripped = value.strip()
        if not compiled.fullmatch(stripped):
            raise IdentifierError(f"{_shown(value)} is not {what}")
        return stripped

    return canonical


def _lower(rule: Callable[[str], str]) -> Callable[[str], str]:
    return lambda value: rule(value.strip().lower())


def _number(what: str) -> Callable[[str], str]:
    """Return a rule: a whole number, kept without leading zeros."""
    digits = _matching(what, r"[0-9]{1,18}")

    def canonical(value: str) -> str:
        # Most are well formed, and a catalogue holds hundreds of thousands: they need no pattern.
        plain = value if value.isascii() and value.isdigit() and len(value) <= 18 else digits(value)
        return plain.lstrip("0") or "0"

    return canonical


def _isrc(value: str) -> str:
    """ISO 3901: country, registrant, year, designation: `CC-XXX-YY-NNNNN`. There is no check digit."""
    compact = value.strip().replace("-", "").upper()
    return _ISRC_FORM(compact)


def _iswc(value: str) -> str:
    """ISO 15707: T, nine digits, and a check digit `(10 - ((1 + sum of i * d_i) mod 10)) mod 10`, i from 1 to 9.

    Weights that share a factor with 10 let some wrong digits pass: a valid ISWC may still be mistyped.
    """
    compact = _ISWC_FORM(re.sub(r"[-. ]", "", value).upper())
    digits = [int(digit) for digit in compact[1:]]
    total = 1 + sum(place * digit for place, digit in enumerate(digits[:9], start=1))
    _check(value, "ISWC", str(digits[9]), str(-total % 10))
    return compact


def _isni(value: str) -> str:
    """ISO 27729: fifteen digits and a check character by ISO 7064 mod 11-2."""
    compact = _ISNI_FORM(re.sub(r"[- ]", "", value).upper())
    remainder = 0
    for digit in compact[:15]:
        remainder = (remainder + int(digit)) * 2 % 11
    _check(value, "ISNI", compact[15], "0123456789X"[(12 - remainder) % 11])
    return compact


def _ean(value: str) -> str:
    """GS1 general specifications: weights 1 and 3 in turn, the whole a multiple of 10. A UPC-A gains its leading 0."""
    compact = _EAN_FORM(re.sub(r"[- ]", "", value)).zfill(13)
    total = sum(int(digit) * weight for digit, weight in zip(compact[:12], (1, 3) * 6, strict=True))
    _check(value, "EAN or UPC", compact[12], str(-total % 10))
    return compact


def _ipi(value: str) -> str:
    return _IPI_FORM(re.sub(r"[-. ]", "", value))


def _local(value: str) -> str:
    if not 0 < len(value) <= LOCAL_CHARACTERS:
        raise IdentifierError(f"a local name has 1 to {LOCAL_CHARACTERS:,} characters, not {len(value):,}")
    if _UNPRINTABLE.search(value):
        raise IdentifierError(f"{_shown(value)} holds control characters", mend="escape them as \\xNN")
    return value


def _check(value: str, what: str, stated: str, computed: str) -> None:
    if stated != computed:
        raise IdentifierError(f"{_shown(value)} is not an {what}: its check digit should be {computed}")


_ISRC_FORM = _matching("an ISRC, which is CC-XXX-YY-NNNNN", r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
_ISWC_FORM = _matching("an ISWC, which is T-NNN.NNN.NNN-C", r"T[0-9]{10}")
_ISNI_FORM = _matching("an ISNI, which has 16 digits", r"[0-9]{15}[0-9X]")
_EAN_FORM = _matching("an EAN or UPC, which has 13 or 12 digits", r"[0-9]{12,13}")
_IPI_FORM = _matching("an IPI name number, which has 11 digits", r"[0-9]{11}")
_UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_SHA256 = _lower(_matching("a SHA-256, which has 64 hexadecimal digits", r"[0-9a-f]{64}"))
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

SCHEMES = {
    scheme.name: scheme
    for scheme in (
        Scheme("isrc", Names.RECORDING, _isrc),
        Scheme("iswc", Names.WORK, _iswc),
        Scheme("isni", Names.PARTY, _isni),
        # The rule of the last two digits is known to us only through other people's code, so nothing is refused by it.
        Scheme("ipi", Names.PARTY, _ipi, verified=False),
        Scheme("ean", Names.RELEASE, _ean),
        Scheme("musicbrainz", Names.RECORDING, _lower(_matching("a MusicBrainz id, which is a UUID", _UUID))),
        Scheme("jamendo", Names.RECORDING, _number("a Jamendo track number")),
        Scheme("jamendo-artist", Names.PARTY, _number("a Jamendo artist number")),
        Scheme("jamendo-album", Names.RELEASE, _number("a Jamendo album number")),
        Scheme("fma", Names.RECORDING, _number("a Free Music Archive track number")),
        Scheme("freesound", Names.RECORDING, _number("a Freesound number")),
        Scheme("youtube", Names.RECORDING, _matching("a YouTube id of 11 characters", r"[A-Za-z0-9_-]{11}")),
        Scheme("sha256", Names.BYTES, _SHA256),
        Scheme("md5", Names.BYTES, _lower(_matching("an MD5, which has 32 hexadecimal digits", r"[0-9a-f]{32}"))),
        Scheme("pcm-sha256", Names.BYTES, _SHA256),
        Scheme("local", Names.RECORDING, _local),
    )
}
_SECOND_NAMES = {"upc": "ean", "barcode": "ean", "mbid": "musicbrainz"}
