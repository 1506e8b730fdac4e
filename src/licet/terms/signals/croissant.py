"""What a Croissant description of a data set says of its use, beside the licence that it names.

MLCommons, Croissant Format Specification 1.1 (docs/croissant-spec-1.1.md of its repository, "Responsible AI and
Governance"):

1. `license` names the data set's own licence. It is about the collection, never about a recording in it, so it gives
   no clause; `licences` hands it to whoever reads a data set's terms.
2. `usageInfo` holds conditions of use: terms of the Data Use Ontology (DUO), or an `odrl:Offer`.
3. DUO_0000018 (not-for-profit, non-commercial use only) and DUO_0000046 (non-commercial use only) reserve commercial
   use. DUO_0000042 (general research use) is recorded and permits nothing here: whose research, it does not say. The
   other terms are about patients and cohorts, and are left to people.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from licet.terms.clauses import Act, Clause, Purpose, Says
from licet.terms.signals.json_bytes import read_json
from licet.terms.signals.odrl import clauses_of
from licet.terms.signals.odrl_names import listed, terms
from licet.terms.signals.reading import Certainty, Reader, Signal
from licet.terms.signals.understanding import Unreadable, shown, understood

if TYPE_CHECKING:
    from collections.abc import Iterator

    from licet.terms.signals.reading import Target

PROTOCOL, VOCABULARY, SILENCE = "croissant", "croissant-1.1", "unstated"
_SCHEMA_ORG = ("", "sc:", "schema:", "http://schema.org/", "https://schema.org/")
_DUO = re.compile(r"(?:http://purl\.obolibrary\.org/obo/)?duo[_:]([0-9]{7})", re.IGNORECASE)
_NON_COMMERCIAL = frozenset({"0000018", "0000046"})
_SAYS_NOTHING = frozenset({"0000042"})
_NAMES = frozenset({"@id", "url", "name", "identifier"})


def licences(content: bytes) -> tuple[str, ...]:
    """Return the licences that the data set names for itself (step 1), as written, each once. None if unreadable."""
    document = read_json(content)
    if not isinstance(document, dict):
        return ()
    named = (_licence(one) for one in _of(document, "license"))
    return tuple(dict.fromkeys(one for one in named if one))


def _licence(value: object) -> str:
    """Return an address or a name; a `CreativeWork` has one of several."""
    if isinstance(value, dict):
        value = next((value[name] for name in ("url", "@id", "identifier", "name") if value.get(name)), "")
    return value.strip() if isinstance(value, str) else ""


def _read(content: bytes, target: Target) -> Signal:
    document = read_json(content)
    if isinstance(document, Unreadable):
        return Signal(PROTOCOL, VOCABULARY, SILENCE, problems=(document.why,))
    if not isinstance(document, dict) or "@graph" in document:
        return Signal(PROTOCOL, VOCABULARY, SILENCE, problems=("the document is not one data set",))
    clauses: list[Clause] = []
    problems: list[str] = []
    for condition in _of(document, "usageInfo"):
        codes = {code for text in _texts(condition) for code in _DUO.findall(text)}
        clauses += [_reserved(code) for code in sorted(codes & _NON_COMMERCIAL)]  # step 3
        problems += [f"DUO_{code} is left to people" for code in sorted(codes - _NON_COMMERCIAL - _SAYS_NOTHING)]
        if isinstance(condition, dict) and "Offer" in terms(condition.get("@type")):
            found, odd = clauses_of(condition, document.get("@context"), target)  # step 2
            clauses += found
            problems += odd
        elif not codes:
            problems.append(f"a condition of use that is not read: {shown(condition)}")
    return Signal(PROTOCOL, VOCABULARY, SILENCE, *understood(clauses, problems))


def _reserved(code: str) -> Clause:
    return Clause(Says.RESERVES, frozenset(Act), f"usageInfo DUO_{code}", purposes=frozenset({Purpose.COMMERCIAL}))


def _of(document: dict[str, object], name: str) -> list[object]:
    """Return all that a document gives under a name of schema.org's, in any of its spellings."""
    return [value for prefix in _SCHEMA_ORG for value in listed(document.get(prefix + name))]


def _texts(value: object) -> Iterator[str]:
    """Yield every text within a value; `read_json` bounds how deep that is."""
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(part)


READER = Reader(
    PROTOCOL,
    "MLCommons, Croissant Format Specification 1.1 (conformsTo .../croissant/1.1)",
    Certainty.PRIMARY,
    SILENCE,
    _read,
)
