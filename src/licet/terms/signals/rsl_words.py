"""The words of Really Simple Licensing, and what each becomes: usages as acts, users as purposes, payments as asks.

RSL 1.0 parts its words by spaces. The draft that was in use in 2025 ("0.9") parted them by commas and had words of its
own; they are read, and the signal says so. A permission is read narrowly and a prohibition widely, so some words have
two meanings here.
"""

from __future__ import annotations

import re

from licet.terms.clauses import Act, Purpose

NAMESPACE = "https://rslstandard.org/rsl"
RELEASED, DRAFT = "rsl-1.0", "rsl-0.9"

_TRAINING = frozenset({Act.TRAIN_GENERATIVE, Act.TRAIN_OTHER, Act.FINE_TUNE})
_GENERATIVE = frozenset({Act.TRAIN_GENERATIVE, Act.FINE_TUNE})
_ANY_AI = _TRAINING | {Act.RETRIEVE, Act.INDEX}
_EVERYBODY = frozenset(Purpose)

PERMITTED_USAGES: dict[str, frozenset[Act]] = {
    "all": frozenset(Act),
    "ai-all": _ANY_AI,
    "ai-train": _TRAINING,
    "ai-input": frozenset({Act.RETRIEVE}),
    "ai-index": frozenset({Act.INDEX}),
    "search": frozenset({Act.INDEX}),
    "train-ai": _TRAINING,
    "train-genai": _GENERATIVE,
    "ai-use": frozenset({Act.RETRIEVE}),
    "ai-summarize": frozenset({Act.RETRIEVE}),
}
PROHIBITED_USAGES = PERMITTED_USAGES | {"ai-all": _ANY_AI | {Act.EVALUATE}}
PERMITTED_USERS: dict[str, frozenset[Purpose]] = {
    "commercial": frozenset({Purpose.COMMERCIAL}),
    "non-commercial": frozenset({Purpose.NON_COMMERCIAL, Purpose.RESEARCH}),  # research is not for gain
    "education": frozenset(),  # a school, an office or a person at home is none of the three purposes for certain
    "government": frozenset(),
    "personal": frozenset(),
}
PROHIBITED_USERS = PERMITTED_USERS | {
    "education": frozenset({Purpose.NON_COMMERCIAL, Purpose.RESEARCH}),  # some research organisations are schools
    "government": frozenset({Purpose.NON_COMMERCIAL, Purpose.RESEARCH}),
    "personal": frozenset({Purpose.NON_COMMERCIAL}),
}
PAYMENTS: dict[str, frozenset[str]] = {
    "free": frozenset(),
    "attribution": frozenset({"attribution"}),
    **dict.fromkeys(("purchase", "subscription", "training", "crawl", "use", "contribution"), frozenset({"payment"})),
    "inference": frozenset({"payment"}),
}
_DRAFT_WORDS = frozenset({"train-ai", "train-genai", "ai-use", "ai-summarize", "inference"})
_PLACE = re.compile("[A-Z]{2}")
_NO_PLACES = frozenset({"UK", "EL"})  # in daily use for GB and GR, and in no list of ISO 3166-1


def words(text: str) -> tuple[str, ...]:
    """Return the words of an element, in either dialect, in lower case."""
    return tuple(text.replace(",", " ").lower().split())


def is_draft(text: str) -> bool:
    """Whether a text is worded as the draft was."""
    return "," in text or not _DRAFT_WORDS.isdisjoint(words(text))


def place(word: str) -> str | None:
    """Return a country or `EU` as ISO 3166-1 writes it, or None where the word is neither."""
    code = word.upper()
    return code if _PLACE.fullmatch(code) and code not in _NO_PLACES else None
