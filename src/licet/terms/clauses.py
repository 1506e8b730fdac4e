"""What a signal says of some uses: it permits them, on conditions or without, or it reserves them.

A licence is judged by what it permits, requires and prohibits. A signal (AIPREF, RSL, TDMRep ...) names the uses
themselves, so it is read into clauses, and is silent on every use that none of them names.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What is done with the recording."""

    TRAIN_GENERATIVE = "train-generative"  # training a model that makes music or sound
    TRAIN_OTHER = "train-other"  # training any other model: a tagger, a separator, an embedding
    FINE_TUNE = "fine-tune"
    RETRIEVE = "retrieve"  # shown to a model when it answers
    INDEX = "index"  # found by a search
    EVALUATE = "evaluate"  # a model is measured on it, and learns nothing from it
    REDISTRIBUTE = "redistribute"  # the recording itself is passed on, in a data set for example


class Purpose(StrEnum):
    """What it is done for. `research` means by a research organisation, not for gain."""

    COMMERCIAL = "commercial"
    NON_COMMERCIAL = "non-commercial"
    RESEARCH = "research"


class Says(StrEnum):
    """What a clause does."""

    PERMITS = "permits"
    RESERVES = "reserves"


class Force(StrEnum):
    """What a permission is worth. A reservation is worth the same whoever words it."""

    GRANT = "grant"  # an offer or an opt-in: RSL, an ODRL offer, C2PA and CAWG, YouTube
    PREFERENCE = "preference"  # what whoever serves the file would like, which grants nothing: AIPREF, CC signals
    NO_RESERVATION = "no-reservation"  # rights are said not to be reserved: worth what an exception makes of it


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that a signal says.

    `territories` holds ISO 3166-1 alpha-2 codes or `EU`; none means everywhere. `asks` holds what a permission asks in
    return, by the names of conditions: `attribution`, `payment`, `consent`, `reporting` ...
    """

    says: Says
    acts: frozenset[Act]
    token: str  # the words that say so, exactly: `train-ai=n`
    force: Force = Force.GRANT
    purposes: frozenset[Purpose] = frozenset(Purpose)
    territories: frozenset[str] = frozenset()
    asks: frozenset[str] = frozenset()
