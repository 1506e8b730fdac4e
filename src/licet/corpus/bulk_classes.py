"""Classes of items of which the same is said: decide on one, and you have decided on all.

What a decision comes to depends on an item only through what is said of it. Two things may differ between items of one
class, and neither weighs: which bytes said so, and which recordings they name. So a class is decided on with stand-ins,
numbers of three digits: statement `001` is the item's first, `000` is the item itself, recording `001` its first. The
numbers stand in the reasons of the class; an item's own digests and recordings take their place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from licet.corpus.credit import signature
from licet.corpus.lines import Told, shown_first
from licet.corpus.manifest import ConditionLine, ReadingLine, ReasonLine, schema
from licet.digests import sha256_bytes
from licet.policy import Question, decide
from licet.terms import Voice

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from licet.corpus.bulk_rows import Kind
    from licet.policy import Policy, Use, Verdict
    from licet.terms import Term

MOST = 256  # statements about one item: more are not weighed, and become an error


class TermLine(msgspec.Struct, frozen=True):
    """One statement that every item of a class carries."""

    statement: str
    licence: str  # what it resolves to, for people
    stance: str
    voice: str
    scope: str
    standing: str
    covers: str
    layer: str
    source: str
    captured: str  # the day, where that is after the day asked about; "" else
    vouched: bool
    dropped: bool
    sha256: str  # of the statement in UTF-8: its evidence, where the item names none of its own
    recording: str  # `001`: the first of the item's recordings; "" where the corpus speaks of its own file


class ClassLine(msgspec.Struct, frozen=True):
    """What is said of every item of a class, and what it comes to."""

    id: str  # of what is said: the same in every run
    verdict: str
    contested: bool
    readings: tuple[ReadingLine, ...]
    reasons: tuple[ReasonLine, ...]
    conditions: tuple[ConditionLine, ...]
    changes: tuple[str, ...]
    licence: str
    credit: str  # what ends a credit; "" where none is asked for or the use is not permitted
    terms: tuple[TermLine, ...]


@dataclass(frozen=True, slots=True)
class ClassDecider:
    """Decides on classes of items, with one call to the policy for each."""

    use: Use
    policy: Policy
    reading: str
    accepts: frozenset[str]
    today: date

    def note(self, kind: Kind) -> dict[str, Any]:
        """Note what is wrong with rows of one kind, if anything, their statement's digest, and who speaks in them."""
        try:
            term = kind.term(self.today)
        except ValueError as wrong:
            return {"fault": str(wrong), "digest": "", "records": False}
        return {"fault": None, "digest": term.evidence.digest, "records": term.voice is Voice.CATALOGUE}

    def decided(self, said: Sequence[tuple[Kind, int]]) -> ClassLine:
        """Decide on a class: of each statement its kind, and the number of the recording it is about, or 0."""
        terms = tuple(
            kind.term(self.today, digest=f"{place:03d}", about=f"{recording:03d}" if recording else "")
            for place, (kind, recording) in enumerate(said, start=1)
        )
        verdict = decide(Question(self.use, terms, "000", self.accepts), self.policy, self.reading)
        return _line(terms, verdict)


def _line(terms: tuple[Term, ...], verdict: Verdict) -> ClassLine:
    first = shown_first(terms)
    offers = first.resolution.offers if first else ()
    told = tuple(_term_line(term, verdict.use.day) for term in terms)
    return ClassLine(
        id=_name(told),
        **msgspec.structs.asdict(Told.of(verdict)),
        licence=first.resolution.label if first else "",
        credit=signature(offers[0]) if verdict.permitted and offers else "",
        terms=told,
    )


def _term_line(term: Term, day: date) -> TermLine:
    captured = term.evidence.captured_at.date()
    return TermLine(
        statement=term.statement,
        licence=term.resolution.label,
        stance=term.resolution.stance,
        voice=term.voice,
        scope=term.scope.name.lower(),
        standing=term.standing.name.lower(),
        covers=" ".join(sorted(term.covers)),
        layer=term.layer,
        source=term.evidence.source,
        captured=captured.isoformat() if captured > day else "",
        vouched=term.vouched,
        dropped=term.dropped,
        sha256=sha256_bytes(term.statement.encode()),
        recording=term.about,
    )


def _name(told: tuple[TermLine, ...]) -> str:
    """Name a class by what is said: its first 64 bits are enough to tell a few million apart."""
    return sha256_bytes(msgspec.json.encode(told))[:16]


def class_schema() -> Any:  # noqa: ANN401  (pyarrow has no types)
    """Return the Arrow schema of the classes while they are decided on: `ClassLine`, and its number."""
    import pyarrow as pa

    line = schema()
    terms = pa.list_(
        pa.struct(
            [(name, pa.bool_() if kind == "bool" else pa.string()) for name, kind in TermLine.__annotations__.items()]
        )
    )
    known = {name: line.field(name).type for name in line.names} | {"terms": terms}
    fields = [(name, known.get(name, pa.string())) for name in ClassLine.__struct_fields__]
    return pa.schema([("class", pa.int64()), *fields])
