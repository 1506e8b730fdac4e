"""What an answer comes to: the signals that were found at a place, as terms with their evidence.

1. What did not come says nothing that anybody could rely on: it is unresolved, and so never silence. Only a site's own
   file that is not there is silence (404), for a site need not have one.
2. What came is given to every reader of its place. What they find is a term each; where some find nothing, one term
   says so in each protocol's own word for it.
3. A site's files, and what is linked to, speak of a collection; a resource's own headers and HTML speak of it alone.
4. A page is not the recording that it shows. Where it reserves, it is taken to mean both; where it permits, itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from licet.terms.clauses import Says
from licet.terms.gathering.places import Kind, header_lines, is_page
from licet.terms.gathering.wire import is_media
from licet.terms.signals import Certainty, Target
from licet.terms.statement import Evidence, Resolution, Scope, Stance, Term, Voice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from licet.terms.gathering.places import Place
    from licet.terms.gathering.responses import Fetched, Response
    from licet.terms.signals import Reader

    Part = Callable[[Fetched], bytes]

_OF_PAGE = "what the page permits, it permits of itself, and not of a recording that it shows"


def terms_from(place: Place, fetched: Fetched, url: str) -> tuple[Term, ...]:
    """Return what was found at `place` of the resource at `url`, as the corpus's own word about its own file.

    Whoever asked on behalf of a recording on record puts its name and the catalogue's voice in.
    """
    response = fetched.response
    if response.found:
        return tuple(_read(place, fetched, url))
    if response.absent and place.kind.for_site:
        silent = Resolution(Stance.SILENT, notes=(f"the site has no {place.kind} ({response.status})",))
        return (_term(place, response, silent),)
    why = response.says or f"the server answered {response.status}"
    return (_term(place, response, Resolution(Stance.UNRESOLVED, notes=(f"{place.url}: {why}",))),)  # 1


def _read(place: Place, fetched: Fetched, url: str) -> Iterator[Term]:
    """Give an answer to every reader of its place (step 2)."""
    silences: list[str] = []
    for reader, part, where in _readers(place.kind):
        if where == "HTML" and not is_page(fetched):
            continue
        signal = reader.read(part(fetched), Target(url))
        resolution = signal.resolution
        if place.kind is Kind.RESOURCE and not is_media(fetched.response.media_type):
            resolution = _of_page(resolution)  # 4
        if resolution.stance is Stance.SILENT:
            silences += resolution.notes
        else:
            term = _term(place, fetched.response, resolution, reader.protocol, where, len(fetched.body))
            yield replace(term, vouched=reader.certainty is not Certainty.WEAK)
    if silences:
        silent = Resolution(Stance.SILENT, notes=tuple(dict.fromkeys(silences)))
        yield _term(place, fetched.response, silent, place.kind, "body", len(fetched.body))


def _of_page(resolution: Resolution) -> Resolution:
    """Leave out what a page permits of itself."""
    reserving = tuple(clause for clause in resolution.clauses if clause.says is Says.RESERVES)
    if len(reserving) == len(resolution.clauses):
        return resolution
    stance = Stance.SIGNALLED if reserving else Stance.SILENT
    return replace(resolution, stance=stance, clauses=reserving, notes=(*resolution.notes, _OF_PAGE))


def _readers(kind: Kind) -> tuple[tuple[Reader, Part, str], ...]:
    """Return who reads what of an answer: the whole table. The readers are loaded when something was gathered."""
    from licet.terms.signals import ai_txt, aipref, cc_signals, content_signals, odrl, robots, robots_meta, rsl, tdmrep

    def body(fetched: Fetched) -> bytes:
        return fetched.body

    def header(name: str, between: str) -> Part:
        return lambda fetched: between.join(fetched.response.values(name)).encode("latin-1", "replace")

    usage, tags = header("content-usage", ", "), header("x-robots-tag", "\n")
    return {
        Kind.ROBOTS: (
            (robots.READER, body, "body"),
            (aipref.ROBOTS, body, "body"),
            (cc_signals.ROBOTS, body, "body"),
            (content_signals.READER, body, "body"),
            (rsl.ROBOTS, body, "body"),
        ),
        Kind.TDMREP: ((tdmrep.FILE, body, "body"),),
        Kind.AI_TXT: ((ai_txt.READER, body, "body"),),
        Kind.RESOURCE: (
            (aipref.HEADER, usage, "header Content-Usage"),
            (cc_signals.HEADER, usage, "header Content-Usage"),
            (robots_meta.HEADER, tags, "header X-Robots-Tag"),
            (tdmrep.HEADERS, header_lines, "headers tdm-reservation and tdm-policy"),
            (robots_meta.PAGE, body, "HTML"),
            (tdmrep.META, body, "HTML"),
        ),
        Kind.POLICY: ((odrl.READER, body, "body"),),
        Kind.LICENCE: ((rsl.DOCUMENT, body, "body"),),
    }[kind]


def _term(
    place: Place,
    response: Response,
    resolution: Resolution,
    source: str = "",
    where: str = "head",
    size: int = 0,
) -> Term:
    """Return a term with the evidence that it stands in: the head of the answer, or its body."""
    in_body = where in {"body", "HTML"}
    blob = response.body if in_body else response.head
    length = size if in_body else len(response.head_bytes())
    place_name = place.url if where == "body" else f"{place.url}, {where}"
    evidence = Evidence(blob, source or place.kind, place_name, response.fetched_at, blob, 0, length)
    scope = Scope.RECORDING if place.kind is Kind.RESOURCE else Scope.COLLECTION  # 3
    statement = "; ".join(dict.fromkeys(clause.token for clause in resolution.clauses))
    return Term(statement, resolution, evidence, Voice.CORPUS, scope=scope)
