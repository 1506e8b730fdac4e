"""The names that ODRL uses in JSON-LD, in each of the forms that people write: bare, with a prefix, or in full.

JSON-LD is not processed: contexts are never fetched. A context that gives one of these names another meaning is
therefore reported, and so is one from a place that is not known.
"""

from __future__ import annotations

from typing import TypeAlias
from urllib.parse import urlsplit

from licet.terms.signals.understanding import shown

Node: TypeAlias = dict[str, object]

# Every namespace that is read, and what its names begin with afterwards. ODRL's own names stand bare.
_NAMESPACES = {
    "http://www.w3.org/ns/odrl/2/": "",
    "http://www.w3.org/ns/tdmrep#": "tdm:",
    "http://www.w3.org/ns/tdmrep/": "tdm:",
    "http://creativecommons.org/ns#": "cc:",
}
_PREFIXES = {"odrl": "", "tdm": "tdm:", "cc": "cc:"}
_SHORT = {"mine": "tdm:mine", "research": "tdm:research", "non-research": "tdm:non-research"}  # tdmrep.jsonld has them
_KNOWN = frozenset(
    """@type type @id id uid profile target permission prohibition duty obligation constraint action leftOperand
    operator rightOperand purpose eq Offer obtainConsent compensate attribute""".split()
)
_ALIASES = frozenset({("uid", "@id"), ("id", "@id"), ("type", "@type")})
_CONTEXT_HOSTS = frozenset({"www.w3.org", "w3.org", "schema.org", "mlcommons.org", "w3c.github.io"})


def term(value: object) -> str:
    """Return the short name of a value: a text, or an object that holds nothing but its `@id`; "" for anything else."""
    if isinstance(value, dict) and value.keys() <= {"@id", "@type", "name", "description"}:
        value = value.get("@id")
    return _short(value) if isinstance(value, str) else ""


def terms(value: object) -> set[str]:
    """Return the short names of a value or of each in a list; what has none is shown as it stands."""
    return {term(one) or shown(one) for one in listed(value)}


def listed(value: object) -> list[object]:
    """Return a list as it is, nothing as an empty one, and anything else as a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def named(value: object) -> tuple[Node, list[str]]:
    """Return an object by the short names of its keys, and a problem where two come to the same or it is no object."""
    if not isinstance(value, dict):
        return {}, [f"no object where there should be one: {shown(value)}"]
    here: Node = {}
    problems = []
    for key, held in value.items():
        name = _short(key)
        if name in here:
            problems.append(f"{shown(name)} is given twice")
        here[name] = held
    return here, problems


def misnamed(context: object) -> list[str]:
    """Return a problem for each entry of a JSON-LD context that changes what the names above mean."""
    problems = []
    for part in listed(context):
        if isinstance(part, dict):
            odd = [name for name, meaning in part.items() if not _usual(name, meaning)]
            problems += [f"the context gives {shown(name)!r} another meaning" for name in odd]
        elif not (isinstance(part, str) and _host(part) in _CONTEXT_HOSTS):
            problems.append(f"a context that is not known: {shown(part)}")
    return problems


def _usual(name: str, meaning: object) -> bool:
    iri = meaning.get("@id", name) if isinstance(meaning, dict) else meaning
    if name in _PREFIXES:
        return isinstance(iri, str) and _NAMESPACES.get(iri) == _PREFIXES[name]
    if _short(name) not in _KNOWN and name not in _SHORT:
        return True
    return isinstance(iri, str) and (_short(iri) == _short(name) or (name, iri) in _ALIASES)


def _short(name: str) -> str:
    for namespace, prefix in _NAMESPACES.items():
        if name.startswith(namespace):
            return prefix + name.removeprefix(namespace)
    prefix, colon, rest = name.partition(":")
    if colon and prefix in _PREFIXES and not rest.startswith("//"):
        return _PREFIXES[prefix] + rest
    return _SHORT.get(name, name)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
