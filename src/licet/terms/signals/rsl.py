"""What a Really Simple Licensing document offers and prohibits, for whom, where and for what in return.

RSL 1.0 (rslstandard.org, Recommendation, announced 10 December 2025). The full text was not read; what follows rests
on excerpts and on two independent descriptions of its fields:

1. `rsl` holds `content` elements. The one whose `url` matches most narrowly speaks for an address; an empty `url`
   speaks for whatever the document was found on.
2. A `content` holds `license` elements. `permits` and `prohibits` name usages, users or places.
3. `permits` of one type lists all that is permitted of that type: what is not listed is not licensed. A licence that
   names no usage therefore permits nothing here.
4. What is both permitted and prohibited is not licensed, by whichever licence of the content it is prohibited.
5. `payment` names what is asked in return. Where there is none the licence is free. An amount is always asked.
6. `reporting` is asked in return as well. A licence server, or encryption, asks for the server's consent first.
7. `legal`, `terms`, `schema`, `copyright` and `alternate` change no permission and are left to people.
8. Where no licence applies the use is `unlicensed`.

`License:` lines of robots.txt say where the document is, and nothing more. Those in the group for every crawler (`*`)
count before those that stand outside all groups.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.terms.signals.reading import Certainty, Reader, Signal
from licet.terms.signals.robots_file import read_robots_file
from licet.terms.signals.rsl_licences import licensed, name_of
from licet.terms.signals.rsl_words import DRAFT, NAMESPACE, RELEASED
from licet.terms.signals.understanding import Unreadable, shown, understood
from licet.terms.signals.url_patterns import lies_under, origin, pattern_of
from licet.terms.signals.xml_bytes import read_xml

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from licet.terms.clauses import Clause
    from licet.terms.signals.reading import Target

PROTOCOL, SILENCE = "rsl", "unlicensed"
_STANDARD = "RSL Technical Steering Committee, Really Simple Licensing 1.0, 2025-12-10"


def _read_document(content: bytes, target: Target) -> Signal:
    root = read_xml(content)
    if isinstance(root, Unreadable):
        return Signal(PROTOCOL, RELEASED, SILENCE, problems=(root.why,))
    if root.tag not in {"rsl", f"{{{NAMESPACE}}}rsl"}:
        return Signal(PROTOCOL, RELEASED, SILENCE, problems=(f"the document is no rsl: {shown(root.tag)}",))
    about, problems = _speaking(root, target.url)
    clauses: list[Clause] = []
    draft = False
    for part in about:
        found = licensed(part)
        clauses += found.clauses
        problems += found.problems
        draft |= found.draft
    return Signal(PROTOCOL, DRAFT if draft else RELEASED, SILENCE, *understood(clauses, problems))


def _speaking(root: Element, url: str) -> tuple[list[Element], list[str]]:
    """Return the `content` elements that speak for an address (step 1), and what was odd about the others.

    Without an address each is heard, and several are a problem: which of them speaks is not known.
    """
    parts = [part for part in root if name_of(part) == "content"]
    if not url:
        return parts, ["several contents, and no address to choose one by"] if len(parts) > 1 else []
    if origin(url) is None:
        return [], ["what is asked about is no web address"]
    problems: list[str] = []
    ranks = [(_rank(part, url, problems), part) for part in parts]
    narrowest = max((rank for rank, _ in ranks), default=-1)
    return [part for rank, part in ranks if rank == narrowest >= 0], problems


def _rank(part: Element, url: str, problems: list[str]) -> int:
    """Return how narrowly a content speaks of an address, or -1 where it does not."""
    pattern = part.get("url", "").strip()
    if not pattern:
        return 0
    host = origin(pattern)
    if host is not None:
        return len(pattern_of(pattern)) if host == origin(url) and lies_under(url, pattern_of(pattern)) else -1
    if not pattern.startswith(("/", "*")) or pattern.startswith("//"):
        problems.append(f"a content whose url is neither a path nor a web address: {shown(pattern)}")
        return -1
    return len(pattern) if lies_under(url, pattern) else -1


def licence_urls(content: bytes, _target: Target) -> tuple[str, ...]:
    """Return the web addresses that the `License:` lines of robots.txt name, in order, each once."""
    return tuple(dict.fromkeys(url for url in _licence_lines(content) if origin(url) is not None))


def _licence_lines(content: bytes) -> list[str]:
    """Return the lines for every crawler, or where there are none those outside all groups, or else all others."""
    file = read_robots_file(content)
    grouped = [("*" in group.agents, line) for group in file.groups for line in group.lines]
    ours = [line for for_all, line in grouped if for_all]
    others = [line for for_all, line in grouped if not for_all]
    named = ([line.value for line in lines if line.field == "license"] for lines in (ours, file.outside, others))
    return next((urls for urls in named if urls), [])


def _read_robots(content: bytes, _target: Target) -> Signal:
    odd = [
        f"a License line without a web address: {shown(url)}" for url in _licence_lines(content) if origin(url) is None
    ]
    return Signal(ROBOTS.protocol, RELEASED, SILENCE, *understood((), odd))


DOCUMENT = Reader(PROTOCOL, _STANDARD, Certainty.SECOND_HAND, SILENCE, _read_document)
ROBOTS = Reader("rsl-robots", _STANDARD, Certainty.SECOND_HAND, SILENCE, _read_robots)
