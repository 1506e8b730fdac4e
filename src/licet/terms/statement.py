"""A term: what one source says about a recording, kept with the evidence that it said so."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime  # noqa: TC003  (a dataclass field: msgspec reads it at run time)
from enum import IntEnum, StrEnum

from licet.catalog import Right
from licet.terms.clauses import Clause  # noqa: TC001  (a dataclass field: msgspec reads it at run time)


class Permission(StrEnum):
    """What a licence permits, in the words of CC REL (Creative Commons Rights Expression Language, 2008)."""

    REPRODUCTION = "Reproduction"
    DISTRIBUTION = "Distribution"
    DERIVATIVE_WORKS = "DerivativeWorks"
    SHARING = "Sharing"  # distribution without commercial gain: the Sampling Plus licences


class Requirement(StrEnum):
    """What a licence requires in return (CC REL)."""

    ATTRIBUTION = "Attribution"
    NOTICE = "Notice"
    SHARE_ALIKE = "ShareAlike"
    SOURCE_CODE = "SourceCode"


class Prohibition(StrEnum):
    """What a licence prohibits (CC REL). NoDerivatives is none: it is DerivativeWorks left out of the permissions."""

    COMMERCIAL_USE = "CommercialUse"
    HIGH_INCOME_NATION_USE = "HighIncomeNationUse"


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence as facts. Two licences with the same `substance` ask the same of whoever relies on them."""

    key: str  # canonical URI (`http://creativecommons.org/licenses/by/4.0/`), else SPDX id, else `LicenseRef-...`
    name: str  # for people: `CC BY-NC-SA 2.0 FR`
    family: str  # `BY-NC-SA`, `CC0`, `LAL`, `GPL` ...: what reports group by
    permits: frozenset[Permission]
    requires: frozenset[Requirement] = frozenset()
    prohibits: frozenset[Prohibition] = frozenset()
    spdx: str | None = None
    jurisdiction: str | None = None  # the port: `fr`, `scotland`, `igo`
    retired: bool = False
    note: str = ""  # what a careful reader should know: a mended data error, a version that was not stated
    version: str | None = None  # None where the statement names none, or the licence has none

    @property
    def url(self) -> str:
        """Return an `https` address to show beside a credit, or "" where the licence has no page of its own."""
        if self.key.startswith("http://"):
            return "https://" + self.key.removeprefix("http://")
        if self.key.startswith("LicenseRef-") or " " in self.key:  # minted by us, or several licences at once
            return ""
        return f"https://spdx.org/licenses/{self.key}.html"

    @property
    def substance(self) -> tuple[frozenset[Permission], frozenset[Requirement], frozenset[Prohibition]]:
        """What the licence permits, requires and prohibits, apart from its name and version."""
        return self.permits, self.requires, self.prohibits


class Stance(StrEnum):
    """How a source stands to a use."""

    LICENSED = "licensed"  # offers one licence, or several to choose from
    RESERVED = "reserved"  # says no: "all rights reserved", "restricted"
    SIGNALLED = "signalled"  # says yes or no to some uses, clause by clause, and nothing of the others
    UNRESOLVED = "unresolved"  # says something that Licet keeps but does not guess at
    SILENT = "silent"  # says nothing about rights


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a statement comes to.

    `offers` holds the alternatives of an "or": any one may be taken. `clauses` hold together, and only where the stance
    is `SIGNALLED`; `partly` says that something beside them was not understood.
    """

    stance: Stance
    offers: tuple[Licence, ...] = ()
    notes: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()
    partly: bool = False

    @property
    def label(self) -> str:
        """Return a few words for a table: the licence names, what a signal says, or the stance."""
        named = [offer.name for offer in self.offers]
        said = dict.fromkeys(clause.token for clause in self.clauses)
        return " or ".join(named) or "; ".join(said) or self.stance.value


class Standing(IntEnum):
    """Whose word it is. A signed grant from the holder beats a public statement."""

    PUBLIC = 1  # a licence list, a tag, a page
    SIGNED = 2  # the holder's own, signed and on record


class Scope(IntEnum):
    """What a statement is about. The specific beats the general."""

    COLLECTION = 1  # a data set, a package, a folder
    ARTIST = 2
    RELEASE = 3
    RECORDING = 4


class Voice(StrEnum):
    """Who speaks: the corpus about its own file, or the catalogue about the recording that the file was found to be.

    The two must agree. Where they do not, the file is mislabelled, or laundered.
    """

    CORPUS = "corpus"
    CATALOGUE = "catalogue"


class Layer(StrEnum):
    """Which of a data set's layers a statement is about. Only what speaks of the audio can permit its use."""

    AUDIO = "audio"
    DATA_SET = "data-set"  # the terms of whoever hands the collection out: they bind whoever took it from there
    METADATA = "metadata"
    CODE = "code"
    THIRD_PARTY = "third-party"  # somebody's say-so who holds nothing: never evidence


@dataclass(frozen=True, slots=True)
class Evidence:
    """The bytes behind a statement: their SHA-256, where they stood, and when they were captured."""

    digest: str  # SHA-256 of the statement's own bytes
    source: str  # `mtg-jamendo`, `tag:TCOP`, `list` ...
    where: str  # file and place, as a person would look it up
    captured_at: datetime  # aware, UTC
    blob: str = ""  # SHA-256 of the stored object they are a span of; empty where the bytes are not stored
    start: int = 0  # bytes
    length: int = 0  # bytes


@dataclass(frozen=True, slots=True)
class Term:
    """What one source says about one recording."""

    statement: str  # exactly as worded; "" where the source is silent
    resolution: Resolution
    evidence: Evidence
    voice: Voice
    about: str = ""  # the recording it is on record for, `jamendo:214`; "" where the corpus speaks of its own file
    scope: Scope = Scope.RECORDING
    standing: Standing = Standing.PUBLIC
    covers: frozenset[Right] = field(default=frozenset(Right))
    vouched: bool = True  # False for a tag, which travels with any copy and which anybody can write
    layer: Layer = Layer.AUDIO
    dropped: bool = False  # an earlier snapshot listed it, the newest no longer does

    def retold(self, about: str, evidence: Evidence) -> Term:
        """Return the same statement of another recording, by other bytes; in a quarter of the time `replace` takes."""
        return Term(
            self.statement,
            self.resolution,
            evidence,
            self.voice,
            about,
            self.scope,
            self.standing,
            self.covers,
            self.vouched,
            self.layer,
            self.dropped,
        )
