"""The law of the house: how terms become a verdict.

To decide a question under one reading:

1. Set aside every term that cannot speak for the day asked about: captured later, or dropped by its source. Why it was
   set aside stays among the reasons.
2. Judge each term that is left by itself. A licence must give the permissions that the use needs, must not bar it, and
   its requirements become conditions; a condition that binds now and was not accepted refuses. Of several licences
   offered ("or"), the one that asks least is taken. Reserved rights refuse. Words that nobody resolved, and silence,
   permit nothing.
3. Let the weightiest speak. A signed statement outweighs a public one; of the same standing, the specific outweighs the
   general. Only the weightiest terms that resolve are heard, and among those a refusal beats a permission. Unresolved
   words of the same weight or more make a permission unknown.
4. Hear the record and the corpus apart. Where a recording is on record, the record itself must permit; what the corpus
   says of its own file can then only confirm or take away. The two must agree in substance, or the file is mislabelled
   and refused. A signed statement ends that argument. Where nothing is on record, what somebody vouches for may permit;
   a tag, which travels with any copy and which anybody can write, may not.
5. Cover both rights. The recording and the work must each be permitted.
6. Cover every recording. A file that holds several is no more permitted than the least permitted of them.
7. Doubts about identity are reasons like any other.

The least permissive answer of steps 3 to 7 is the verdict. From this it follows, and tests hold it to this: nothing is
permitted where no term speaks; the order of the terms never matters; one more refusal never makes a verdict more
permissive; a verdict always carries a reason, and a reason always names evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from itertools import groupby
from typing import TYPE_CHECKING

from licet.catalog import Right
from licet.policy.licences import judge
from licet.policy.verdict import Condition, Opinion, Outcome, Reason, Verdict, worst
from licet.terms import Stance, Standing, Voice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from licet.policy.rules import Policy, Reading, Rule
    from licet.policy.use import Use
    from licet.terms import Term


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something about the identity that stands in the way: `contradicted` refuses, `doubtful` leaves it unknown."""

    law: str
    says: str
    evidence: tuple[str, ...]
    about: str = ""

    @property
    def outcome(self) -> Outcome:
        """Return what the doubt alone comes to."""
        return Outcome.REFUSED if self.law == "contradicted" else Outcome.UNKNOWN


@dataclass(frozen=True, slots=True)
class Question:
    """May this item be put to this use? `item_evidence` is what was looked at: the file's digest, or its line."""

    use: Use
    terms: tuple[Term, ...]
    item_evidence: str
    accepts: frozenset[str] = frozenset()
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class _Finding:
    """What one step comes to. All findings must hold together: the least permissive is the verdict."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    conditions: tuple[Condition, ...] = ()
    changes: tuple[str, ...] = ()


def decide(question: Question, policy: Policy, reading: str) -> Verdict:
    """Answer `question` under `reading`, with every other reading of the policy beside it.

    Raises:
        PolicyError: the policy has no such reading.
    """
    asked = policy.reading(reading)
    hearings = [_Hearing(question, policy, terms) for terms in _by_recording(question.terms)]
    settled = [finding for hearing in hearings for finding in hearing.settled]
    settled += [_doubted(doubt, policy) for doubt in question.doubts]

    def opinion(one: Reading) -> Opinion:
        return _joined(one.name, [*settled, *(finding for hearing in hearings for finding in hearing.under(one))])

    others = tuple(opinion(other) for other in policy.readings if other is not asked)
    return Verdict(question.use, policy.digest, opinion(asked), others)


def _by_recording(terms: tuple[Term, ...]) -> list[list[Term]]:
    """Group terms by the recording they are about (step 6); what the corpus says is heard in every group."""
    own = [term for term in terms if term.voice is Voice.CORPUS]
    on_record = sorted((term for term in terms if term.voice is Voice.CATALOGUE), key=lambda term: term.about)
    groups = [[*group, *own] for _, group in groupby(on_record, key=lambda term: term.about)]
    return groups or [own]


def _joined(reading: str, findings: list[_Finding]) -> Opinion:
    """Join findings into an opinion: nothing that anyone said is lost, and what decided stands first."""
    outcome = worst(tuple(finding.outcome for finding in findings))
    reasons = {reason for finding in findings for reason in finding.reasons}
    return Opinion(
        reading=reading,
        outcome=outcome,
        reasons=tuple(
            sorted(reasons, key=lambda r: (r.outcome is not outcome, r.outcome, r.about, r.rule, r.says, r.evidence))
        ),
        conditions=tuple(sorted({condition for finding in findings for condition in finding.conditions})),
        changes=tuple(sorted({change for finding in findings for change in finding.changes})),
    )


class _Hearing:
    """All that is said of one recording (steps 1 to 5): who is heard does not hang on the reading."""

    def __init__(self, question: Question, policy: Policy, terms: list[Term]) -> None:
        self._question = question
        self._policy = policy
        asides = [self._set_aside(term) for term in terms]
        heard = [term for term, aside in zip(terms, asides, strict=True) if aside is None]
        record = [term for term in heard if term.voice is Voice.CATALOGUE]
        own = [term for term in heard if term.voice is Voice.CORPUS and _speaks(term)]
        if any(term.standing is Standing.SIGNED and _resolves(term) for term in record):
            own = []  # step 4: a signed statement ends the argument
        voices = [voice for voice in (record, own) if voice] or [heard]
        self._coverings = [covering for voice in voices for covering in _by_right(voice)]
        kept = tuple(aside for aside in asides if aside is not None)
        self.settled = [*self._disagreements(record, own), *([_Finding(Outcome.PERMITTED, kept)] if kept else [])]
        if not record and not any(term.vouched and _resolves(term) for term in own):
            self.settled += [self._uncorroborated(term) for term in own if _resolves(term)]

    def under(self, reading: Reading) -> Iterator[_Finding]:
        """Judge what was heard under one reading (steps 2, 3 and 5)."""
        for covering in self._coverings:
            speaking = [term for term in covering if _speaks(term)]
            if not speaking:
                yield self._silence(covering)
            top = max((_weight(term) for term in speaking if _resolves(term)), default=(0, 0))
            for term in speaking:
                if _weight(term) >= top:
                    yield self._judged(term, reading)

    def _set_aside(self, term: Term) -> Reason | None:
        """Say why a term cannot speak for the day asked about (step 1), or None if it is heard."""
        captured = term.evidence.captured_at.astimezone(UTC).date()
        if captured > self._question.use.day:
            return self._reason(term, "later", Outcome.UNKNOWN, f"(captured {captured.isoformat()})")
        return self._reason(term, "dropped", Outcome.UNKNOWN) if term.dropped else None

    def _silence(self, terms: list[Term]) -> _Finding:
        """Nothing speaks (step 2): the reason names what was looked at."""
        evidence = tuple(sorted({term.evidence.digest for term in terms})) or (self._question.item_evidence,)
        law = self._policy.laws["silence"]
        reason = _because(law, law.says, Outcome.UNKNOWN, evidence, terms[0].about if terms else "")
        return _Finding(Outcome.UNKNOWN, (reason,), changes=("a licence or a grant from the holder",))

    def _judged(self, term: Term, reading: Reading) -> _Finding:
        """Judge one term by itself (step 2)."""
        if term.resolution.stance is Stance.RESERVED:
            reason = self._reason(term, "reserved", Outcome.REFUSED, f"“{_short(term.statement)}”")
            return _Finding(Outcome.REFUSED, (reason,), changes=("a grant from the holder",))
        if term.resolution.stance is Stance.UNRESOLVED:
            words = "; ".join((f"“{_short(term.statement)}”", *term.resolution.notes))
            reason = self._reason(term, "unresolved", Outcome.UNKNOWN, words)
            return _Finding(Outcome.UNKNOWN, (reason,), changes=("a person who reads it, or a grant from the holder",))
        use, accepts = self._question.use, self._question.accepts
        rulings = [
            judge(self._policy, reading, licence, use.act, use.purpose, accepts) for licence in term.resolution.offers
        ]
        best = min(rulings, key=lambda ruling: ruling.asks)
        taken = [best] if best.outcome is Outcome.PERMITTED else rulings
        evidence = (term.evidence.digest,)
        reasons = tuple(
            _because(rule, says, ruling.outcome, evidence, term.about)
            for ruling in taken
            for rule, says in ruling.grounds
        )
        changes = tuple(change for ruling in taken for change in ruling.changes)
        return _Finding(best.outcome, reasons, best.conditions, changes)

    def _disagreements(self, record: list[Term], own: list[Term]) -> list[_Finding]:
        """Compare what the corpus says of its file with what is on record for the recording (step 4)."""
        weightiest = _weightiest([term for term in record if _resolves(term)])
        quarrels = [
            (mine, theirs)
            for mine in own
            for theirs in weightiest
            if _resolves(mine) and mine.covers & theirs.covers and not _agree(mine, theirs)
        ]
        return [self._quarrel(mine, theirs) for mine, theirs in quarrels]

    def _uncorroborated(self, term: Term) -> _Finding:
        """Only tags speak (step 4): that is no permission yet."""
        reason = self._reason(term, "uncorroborated", Outcome.UNKNOWN, f"({term.evidence.source})")
        changes = ("putting its source on record (licet add)", "trusting what tags say (--trust-tags)")
        return _Finding(Outcome.UNKNOWN, (reason,), changes=changes)

    def _quarrel(self, mine: Term, theirs: Term) -> _Finding:
        law = self._policy.laws["disagreement"]
        says = f"{law.says} the file says {mine.resolution.label}, the record says {theirs.resolution.label}."
        evidence = tuple(sorted({mine.evidence.digest, theirs.evidence.digest}))
        reason = _because(law, says, Outcome.REFUSED, evidence, theirs.about)
        return _Finding(Outcome.REFUSED, (reason,), changes=("the holder's word on which statement is right",))

    def _reason(self, term: Term, law: str, outcome: Outcome, words: str = "") -> Reason:
        rule = self._policy.laws[law]
        return _because(rule, f"{rule.says} {words}".rstrip(), outcome, (term.evidence.digest,), term.about)


def _doubted(doubt: Doubt, policy: Policy) -> _Finding:
    """Turn a doubt about identity into a finding (step 7)."""
    law = policy.laws[doubt.law]
    reason = _because(law, f"{law.says} {doubt.says}", doubt.outcome, doubt.evidence, doubt.about)
    return _Finding(doubt.outcome, (reason,), changes=("a person who listens and settles what it is",))


def _because(rule: Rule, says: str, outcome: Outcome, evidence: tuple[str, ...], about: str) -> Reason:
    return Reason(rule.id, outcome, says, evidence, rule.cites, rule.status, about)


def _by_right(terms: list[Term]) -> list[list[Term]]:
    """Return the terms that cover each right (step 5); once, where the same terms cover both."""
    if all(len(term.covers) == len(Right) for term in terms):
        return [terms]
    return [[term for term in terms if right in term.covers] for right in Right]


def _speaks(term: Term) -> bool:
    return term.resolution.stance is not Stance.SILENT


def _resolves(term: Term) -> bool:
    return term.resolution.stance in {Stance.LICENSED, Stance.RESERVED}


def _weight(term: Term) -> tuple[int, int]:
    return term.standing, term.scope


def _weightiest(terms: list[Term]) -> list[Term]:
    top = max(map(_weight, terms), default=(0, 0))
    return [term for term in terms if _weight(term) == top]


def _agree(mine: Term, theirs: Term) -> bool:
    """Two statements agree if they come to the same: some licence of the same substance, or the same refusal."""
    if mine.resolution.stance is not theirs.resolution.stance:
        return False
    if mine.resolution.stance is Stance.RESERVED:
        return True
    substances = {licence.substance for licence in mine.resolution.offers}
    return any(licence.substance in substances for licence in theirs.resolution.offers)


def _short(text: str, limit: int = 120) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
