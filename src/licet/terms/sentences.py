"""What a sentence of a statement does: offers a licence, names a holder, reserves, points to a licence, or none of it.

A licence counts as offered only where the whole sentence is its name or its link, or stands in one of the frames that
say so ("licensed under ...", "License: ..."). "Not CC BY" and "CC BY except for AI" are no such sentences. Phrases are
listed here rather than learnt, so that a person can check them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

from licet.terms.creative_commons import NoSuchLicence
from licet.terms.expressions import Alternatives, alternatives
from licet.terms.links import LICENCE_LINK, OTHER_LINK
from licet.terms.titles import licence_named

LONGEST_SENTENCE = 600  # characters


class Kind(Enum):
    """What a sentence does."""

    OFFER = auto()  # names a licence, or gives its link, in a frame that offers it
    NOTICE = auto()  # names a holder: "© 2019 X"
    RESERVATION = auto()  # "all rights reserved", "no AI training"
    POINTER = auto()  # "verify at http://...", "some rights reserved": no more than points to a licence
    OTHER = auto()  # anything else: kept, never guessed at


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a statement, and what its words name."""

    kind: Kind
    named: Alternatives | NoSuchLicence | None = None  # None where words name no licence: a link alone may
    note: str = ""


_ANY_LINK = f"[{LICENCE_LINK}{OTHER_LINK}]"
_END = re.compile(  # not the full stop of an initial, a title of address or "v."
    r"(?<=[.!;])(?<!\b[a-z]\.)(?<!\b(?:dr|mr|ms|st|vs)\.)\s+|\s+[|•]\s+"
)
_EDGES, _ENDS = " .,;:-/", " .,;:!"  # a hyphen or a slash at the end is the sign of a text cut short

_LABEL = re.compile(
    r"(?:spdx-license-identifier|(?:(?:audio|music|track|song|content|usage) )?"
    r"(?:licen[cs]e|lizenz|licencia|licenza|copyright|rights|terms(?: of use)?)(?: (?:is|type|url))?) ?[:=] ?"
)
_SUBJECT = re.compile(
    r"(?:(?:this|these|the|all|my|our|each|every) )?(?:musical |sound |audio )?"
    r"(?:work|music|track|song|recording|audio|file|sound|sample|album|release|piece|composition|content|material)s?"
    r"(?: (?:is|are))?(?: hereby)?"
)
_FRAME = re.compile(
    r"\b(?:(?:licen[cs]ed|released|(?:made )?available|distributed|published|provided|shared|offered)"
    r"(?: to (?:the public|you))? (?:under|with|via|through|using)|sous|lizenziert unter|bajo|unter)\b"
)
_BRACKETS = re.compile(r"[(\[<]\s*[)\]>]|^\s*[(\[<]([^()\[\]<>]*)[)\]>]\s*$")  # round nothing, or round everything
_LEAD = re.compile(
    r"^(?:the |an? |la |une? |der )?(?:(?:terms|conditions|terms and conditions) of (?:the |an? )?)?"
    r"(?:(?:following )?(?:licen[cs]es?|lizenz|licencia)(?: ?: ?| (?!art\b)))?"
)
_POINTER = re.compile(
    rf"(?:to view a copy of this licen[cs]e,? (?:please )?visit|verify at|see(?: also)?|full text(?: at)?|text:)"
    rf" ?:? ?\(?{_ANY_LINK}\)?(?:,? or send a letter to creative commons,[a-z0-9 ,]{{0,120}})?|some rights reserved"
)
_LINKED = re.compile(rf"(?: [-/])? ?(?:{_POINTER.pattern}|{LICENCE_LINK})")
_CREATIVE_COMMONS_ALONE = re.compile(r"(?:an? )?(?:creative commons|cc)(?: public)?(?: licen[cs]e)?")

_YEARS = r"(?:19|20)\d\d(?: ?[-,/] ?(?:19|20)?\d\d){0,6}"
_MARK = r"(?:\([cp]\)|©|℗|copyright|copr\.?)"
_NOTICE = re.compile(
    rf"(?:{_MARK}[ ,:&/+]*(?:and )?){{1,4}}(?:{_YEARS})?(?P<holder>.*)|{_YEARS}(?:[ ,:.-]+(?P<of_year>.*))?"
    rf"|(?P<before>[^©℗()]+) (?:\(c\)|©|℗) ?{_YEARS}"
)
_NOT_A_HOLDER = re.compile(  # words that no holder's name needs, and that may be a grant, a condition or a refusal
    r"\b(?:licen[cs]\w*|cc\d?|creative|commons|free\w*|not|no|non\w*|except\w*|unless|but|only|without|permi\w+|allow\w*"
    r"|may|must|can|use[drs]?|usage|reserv\w+|prohibit\w*|public|domain|ai|train\w*|right\w*|under|gpl\w*|royalt\w*"
    r"|shar\w+|contact|please|attribution|grant\w*|any(?:one|body)|whatever|you|your|credit\w*|ask|request\w*|purposes?"
    r"|educational|personal|private|commercial\w*|sell|sale|cop(?:y|ies)|written|prior|consent|agreement|subject"
    r"|conditions?|provided|if|when|until|expire\w*|require\w*|promo\w*|verify)\b"
)

_LEARNING = (
    r"(?:(?:generative )?(?:ai|a\.i\.|artificial intelligence)|machine[ -]learning|ml|tdm|(?:text and )?data[ -]mining)"
)
_AI_RESERVED = re.compile(
    rf"no ?ai|(?:strictly )?(?:no|not for) (?:use (?:in|for) )?{_LEARNING}(?:(?:,| or|, or| and|/) ?{_LEARNING}){{0,4}}"
    r"(?: models?)?(?: training| use| usage)?(?: (?:is )?(?:allowed|permitted))?"
    rf"|(?:do not|don't|not to be used to) train (?:any )?{_LEARNING}(?: models?)?"
    r"(?: (?:on|with) (?:this|these|my|our)(?: \w+)?)?"
)
_RESERVED = re.compile(
    r"all rights? (?:are |is )?(?:strictly )?reserved(?: worldwide| internationally)?"
    r"|alle rechte vorbehalten|tous droits r[ée]serv[ée]s|todos los derechos reservados"
    r"|tutti i diritti (?:sono )?riservati|todos os direitos reservados|restricted|proprietary|copyrighted"
    r"|unauthori[sz]ed [a-z ,/&]{3,160} (?:is |are )?(?:strictly )?(?:prohibited|forbidden"
    r"|a violation of applicable laws?)"
)
_FMA_LIMITED = re.compile(r"fma[ -]limited:? download only")


def sentences(text: str) -> list[Sentence]:
    """Read each sentence of `text`, which is plain, in lower case, and holds stand-ins where its links were."""
    parts = [part.lstrip(_EDGES).rstrip(_ENDS) for part in _END.split(text)]
    return [_read(part) for part in parts if part]


def _read(sentence: str) -> Sentence:
    if len(sentence) > LONGEST_SENTENCE:
        return Sentence(Kind.OTHER)
    label = _LABEL.match(sentence)
    said = sentence[label.end() :].lstrip(_EDGES) if label else sentence
    readings = (_reservation(said), _pointer(said), _offer(said), _notice(sentence), _notice(said))
    return next((reading for reading in readings if reading), Sentence(Kind.OTHER))


def _reservation(said: str) -> Sentence | None:
    if _FMA_LIMITED.fullmatch(said):
        return Sentence(Kind.RESERVATION, note="the Free Music Archive's own terms: download for oneself, nothing else")
    if _AI_RESERVED.fullmatch(said):
        return Sentence(Kind.RESERVATION, note="reserves machine learning; says nothing of other uses")
    for match in _RESERVED.finditer(said):
        head, tail = said[: match.start()].strip(_EDGES), said[match.end() :].strip(_EDGES)
        if (not head or _notice(head)) and (not tail or (tail.startswith("by ") and _names_holder(tail))):
            return Sentence(Kind.RESERVATION)
    return None


def _pointer(said: str) -> Sentence | None:
    return Sentence(Kind.POINTER) if _POINTER.fullmatch(said) else None


def _offer(said: str) -> Sentence | None:
    """Read a sentence that offers a licence: a frame with nothing odd before it, or no frame and nothing but a name."""
    linked = LICENCE_LINK in said
    said = said.lstrip(LICENCE_LINK + _EDGES)
    frame = _FRAME.search(said)
    before, name = (said[: frame.start()].strip(_EDGES), said[frame.end() :]) if frame else ("", said)
    if before and not _SUBJECT.fullmatch(before) and not _notice(before):
        return None
    name = _BRACKETS.sub(r" \1 ", _LINKED.sub(" ", name)).lstrip(_EDGES + "\"'").rstrip(_ENDS + "\"'")
    name = " ".join(_LEAD.sub("", name, count=1).split())
    if linked and (not name or _CREATIVE_COMMONS_ALONE.fullmatch(name)):
        return Sentence(Kind.OFFER)
    named = licence_named(name)
    if isinstance(named, NoSuchLicence):
        return Sentence(Kind.OFFER, named)
    several = Alternatives((named,)) if named else alternatives(name)
    return Sentence(Kind.OFFER, several) if several else None


def _notice(said: str) -> Sentence | None:
    match = _NOTICE.fullmatch(said)
    if match is None:
        return None
    holder = match["holder"] or match["of_year"] or match["before"] or ""
    return Sentence(Kind.NOTICE) if not holder.strip(_EDGES) or _names_holder(holder) else None


def _names_holder(text: str) -> bool:
    return len(text) <= 160 and LICENCE_LINK not in text and not _NOT_A_HOLDER.search(text)
