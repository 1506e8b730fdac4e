"""What a licence statement comes to: licences on offer, a reservation, silence, or words that are kept as they are.

A statement is resolved by rules that can be read, and never by likeness. Each step below either answers or hands on:

1. What is longer than any statement Licet reads is unresolved.
2. A link alone is looked up: it is what most sources give.
3. Words that only say that nothing is said ("unknown", "n/a") are silence.
4. The links are taken out, and each sentence is read for what it does: offers a licence by name or by link, names a
   holder, reserves, points somewhere, or none of these (see `sentences.py`).
5. Reservations alone reserve. Beside a licence, or beside words that may grant something, they leave it unresolved.
6. A sentence that does none of these leaves the whole unresolved: a condition may stand in it.
7. Two licences in two places must be one and the same: where words and link, or two links, differ, it is unresolved.
8. What is left is licensed; or a notice, which names a holder and permits nothing: silence.
"""

from __future__ import annotations

import re
from functools import lru_cache

from licet.terms.creative_commons import SITE, NoSuchLicence
from licet.terms.expressions import Alternatives
from licet.terms.links import licence_at, only_link, take_links
from licet.terms.sentences import Kind, Sentence, sentences
from licet.terms.statement import Licence, Resolution, Stance
from licet.terms.titles import agree, fuller
from licet.terms.wording import plain

LONGEST_STATEMENT = 1 << 16  # characters that are looked at at all
LONGEST_READ = 4000  # characters that are read sentence by sentence: no frame is longer

_NOTHING_SAID = frozenset(
    "|none|unknown|n/a|na|nan|null|nil|undefined|unspecified|not specified|not stated|no licence|no license"
    "|unknown licence|unknown license|licence unknown|license unknown".split("|")
)
_MAY_GRANT = re.compile(
    r"\b(?:licen[cs]\w*|cc\d?|creative|free\w*|permit\w*|allow\w*|grant\w*|may|public domain|royalt\w*|except\w*|unless"
    r"|but|however|other than|some rights|not|welcome|share\w*|ok|okay|fine|anything|whatever)\b"
)
_OWN_WORDS = "words of its own: kept, not guessed at"
_NOTICE = "a copyright notice: names a holder, permits nothing, reserves nothing in words"


def resolve(statement: str) -> Resolution:
    """Return what `statement`, exactly as a source words it, comes to. Never raises, whatever the text.

    The same text gives the same answer: nothing but the tables that come with Licet is consulted. Answers to short
    statements are remembered.
    """
    return _remembered(statement) if len(statement) <= 500 else _resolved(statement)


def _resolved(statement: str) -> Resolution:
    if len(statement) > LONGEST_STATEMENT:  # 1.
        return _unresolved(f"longer than {LONGEST_STATEMENT:,} characters: kept, not read")
    if (link := only_link(statement)) and (found := licence_at(link)):  # 2.
        return _unresolved(found.note) if isinstance(found, NoSuchLicence) else Resolution(Stance.LICENSED, (found,))
    text = plain(statement)
    if text.lower().strip(" .-?_/") in _NOTHING_SAID:  # 3.
        return Resolution(Stance.SILENT)
    if len(text) > LONGEST_READ:
        return _unresolved(f"longer than {LONGEST_READ:,} characters: kept, not read")
    words, links = take_links(text)  # 4.
    words = words.lower()
    read = sentences(words)
    if any(sentence.kind is Kind.RESERVATION for sentence in read):
        return _reserved(read, words, links)
    return _offered(read, words, links)


_remembered = lru_cache(maxsize=1 << 15)(_resolved)


def _unresolved(*notes: str) -> Resolution:
    return Resolution(Stance.UNRESOLVED, notes=tuple(note for note in notes if note))


def _reserved(read: list[Sentence], words: str, links: list[Licence | NoSuchLicence]) -> Resolution:  # 5.
    kinds = {sentence.kind for sentence in read}
    if links or Kind.OFFER in kinds:
        return _unresolved("reserves rights and names a licence in one statement")
    if Kind.OTHER in kinds and _MAY_GRANT.search(words):
        return _unresolved("reserves rights among other words that may grant some")
    return Resolution(Stance.RESERVED, notes=_distinct([sentence.note for sentence in read]))


def _offered(read: list[Sentence], words: str, links: list[Licence | NoSuchLicence]) -> Resolution:
    kinds = {sentence.kind for sentence in read}
    named = [sentence.named for sentence in read if sentence.named]
    wrong = [thing.note for thing in (*named, *links) if isinstance(thing, NoSuchLicence)]
    if wrong:
        return _unresolved(*_distinct(wrong))
    linked = {link.key: link for link in links if isinstance(link, Licence)}
    if Kind.OTHER in kinds:  # 6.
        return _unresolved(_mentions(linked, named))
    if Kind.OFFER not in kinds:
        return _noticed(kinds)
    return _agreed(list(linked.values()), [one for one in named if isinstance(one, Alternatives)], words)


def _mentions(linked: dict[str, Licence], named: list[Alternatives | NoSuchLicence]) -> str:
    offers = [offer for one in named if isinstance(one, Alternatives) for offer in one.offers]
    names = _distinct([licence.name for licence in (*linked.values(), *offers)])
    return f"names {', '.join(names)} among {_OWN_WORDS}" if names else _OWN_WORDS


def _noticed(kinds: set[Kind]) -> Resolution:  # 8.
    if kinds == {Kind.NOTICE}:
        return Resolution(Stance.SILENT, notes=(_NOTICE,))
    return _unresolved("speaks of a licence, and names none")


def _agreed(linked: list[Licence], named: list[Alternatives], words: str) -> Resolution:  # 7.
    notes = _distinct([note for one in named for note in one.notes])
    if len(linked) > 1:
        return _unresolved(f"links to {' and to '.join(sorted(licence.name for licence in linked))}")
    if all(len(one.offers) == 1 for one in named):
        return _one(linked, [one.offers[0] for one in named], notes, words)
    if len(named) == 1 and named[0].offers and not linked:
        return Resolution(Stance.LICENSED, named[0].offers, notes)
    return _unresolved(*notes or ["names several licences in several places"])


def _one(linked: list[Licence], named: list[Licence], notes: tuple[str, ...], words: str) -> Resolution:
    """Return the one licence that all links and names mean. The link decides: words may say less than it, not more."""
    found, *others = [*linked, *named]
    if linked and "creative commons" in words and not found.key.startswith(SITE):
        return _unresolved(f"words say Creative Commons, link says {found.name}")
    for other in others:
        ported = linked and other.jurisdiction not in (None, linked[0].jurisdiction)
        if ported or not agree(found, other):
            return _unresolved(f"words say {other.name}, {'link says' if linked else 'and also'} {found.name}")
        found = fuller(found, other)
    return Resolution(Stance.LICENSED, (found,), notes)


def _distinct(notes: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(note for note in notes if note))
