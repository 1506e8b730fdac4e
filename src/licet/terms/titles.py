"""Licences named in words: the titles and codes that archives, taggers and people write for them.

`Attribution-Noncommercial-Share Alike 3.0 United States`, `CC BY-NC-SA`, `ccby`, `Creative Commons 0`, `Sampling+`.
A title is read whole or not at all: one word that has no place in it, and it is no title. Order of reading:

1. Signs that only keep words apart become single spaces; any other sign means that this is no title.
2. The words must be: Creative Commons, elements (attribution, non-commercial ...), version, place, "licence".
3. The same title may follow once more in other words: `Attribution 4.0 International (CC BY 4.0)`. Both must agree.
4. Words that could be anything ("by", "share alike") count only beside "Creative Commons" or "Attribution".
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from licet.terms import creative_commons, other_licences
from licet.terms.links import by_spdx_id
from licet.terms.statement import Licence

if TYPE_CHECKING:
    from licet.terms.creative_commons import NoSuchLicence

LONGEST_TITLE = 200  # characters

_ELEMENTS = {
    "by": r"attribution|by",
    "nc": r"non ?commercial|nc",
    "sa": r"share ?alike|sa",
    "nd": r"no ?derivative works?|no ?derivatives?|no ?derivs?|nd",
}
_ELEMENT = re.compile("|".join(f"(?P<{code}>{words})" for code, words in _ELEMENTS.items()))
_CC = r"(?:creative commons|cc) ?"
_SAMPLING_PLUS = r"sampling ?(?:plus|\+)"
_OTHER_FAMILIES = {  # what titles call them, under the code of their address
    "zero": rf"{_CC}(?:0|zero)",
    "mark": rf"(?:{_CC})?(?:public ?domain mark|pdm)",
    "nc-sampling+": rf"(?:{_CC})?(?:nc|non ?commercial) {_SAMPLING_PLUS}",
    "sampling+": rf"(?:{_CC})?{_SAMPLING_PLUS}",
    "sampling": rf"{_CC}sampling",
    "devnations": rf"(?:{_CC})?(?:developing nations|devnations)",
}
_CUT_SHORT = ("-", "/", ",", "(", "&")  # "Attribution-" has lost its end, and with it a condition
_CODES = (("by", "nc"), ("by", "sa"), ("by", "nd"))  # how a code may begin without "CC"
_NO_PORT = ("unported", "international", "universal", "generic")  # the last three are written of any version


def licence_named(name: str) -> Licence | NoSuchLicence | None:
    """Return the licence that `name` is a title, code or SPDX id of, or None where it is none."""
    name = name.strip()
    if name.endswith(_CUT_SHORT):
        return None
    return by_spdx_id(name) or other_licences.by_name(name) or _creative_commons(name)


def agree(one: Licence, other: Licence) -> bool:
    """Tell whether two names may mean one licence: what both state is the same, and one may state more."""
    pairs = ((one.version, other.version), (one.jurisdiction, other.jurisdiction))
    return one.family == other.family and all(mine is None or yours in (None, mine) for mine, yours in pairs)


def fuller(one: Licence, other: Licence) -> Licence:
    """Return the one of two agreeing licences that states more: its version, its port. The first where they tie."""
    return max(one, other, key=lambda licence: (licence.version is not None, licence.jurisdiction is not None))


def _creative_commons(name: str) -> Licence | NoSuchLicence | None:
    slug = _slug(name)
    first = _title().match(slug) if slug else None
    if first is None:
        return None
    licence, rest = _licence(first), slug[first.end() :].strip(" (")
    if not rest or not isinstance(licence, Licence):
        return None if rest else licence
    second = _title().fullmatch(rest)  # 3.
    again = _licence(second) if second else None
    return fuller(licence, again) if isinstance(again, Licence) and agree(licence, again) else None


def _slug(name: str) -> str:
    """Return the words of a title apart by single spaces, or "" where it holds a sign that no title holds."""
    if len(name) > LONGEST_TITLE:
        return ""
    spaced = re.sub(r"(?<!\d)\.|\.(?!\d)|[\s\-_,/:;)\[\]\"']+", " ", name.lower().replace("&", " and "))
    slug = " ".join(spaced.replace("(", " (").split())  # an opening bracket may begin the title's second wording
    return slug if re.fullmatch(r"[a-zñ0-9.+( ]+", slug) else ""  # 1.


@cache
def _title() -> re.Pattern[str]:  # 2.
    whole = "|".join(f"(?P<_{number}>{words})" for number, words in enumerate(_OTHER_FAMILIES.values()))
    elements = "|".join(_ELEMENTS.values())
    places = "|".join(sorted(map(re.escape, [*_NO_PORT, *_ports()]), key=len, reverse=True))
    return re.compile(
        rf"(?:an? |the )?(?:{whole}|(?P<cc>{_CC}(?:licen[cs]e )?)?(?P<elements>(?:(?:{elements}) ?)+)) ?"
        rf"(?:\(?aka music sharing ?)?(?:licen[cs]e ?)?"
        rf"(?:(?:(?:version|ver|v) ?)?(?P<version>\d(?:\.\d)?)(?: ?\+| or later)?(?: ?(?P<place>{places})\b)?)? ?"
        rf"(?:(?:public )?licen[cs]e\b|deed\b)?(?(_0)(?:public ?domain(?: dedication)?\b)?)"  # the last for CC0 alone
    )


@cache
def _ports() -> dict[str, str]:
    return {_slug(name): port for name, port in creative_commons.port_names().items()}


def _licence(title: re.Match[str]) -> Licence | NoSuchLicence | None:
    """Return what a title names. "Or later" is left aside: the version it starts from is the one that is offered."""
    version = title["version"] and (title["version"] if "." in title["version"] else title["version"] + ".0")
    port = _ports().get(title["place"] or "")
    for number, code in enumerate(_OTHER_FAMILIES):
        if title[f"_{number}"]:
            return creative_commons.of_elements((code,), version, port)
    elements = tuple(str(match.lastgroup) for match in _ELEMENT.finditer(title["elements"]))
    unmistakable = title["cc"] or title["elements"].startswith("attribution") or elements[:2] in _CODES  # 4.
    return creative_commons.of_elements(elements, version, port) if unmistakable else None
