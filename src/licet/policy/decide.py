"""The law of the house: how terms become a verdict.

To decide a question under one reading:

1. Set aside every term that cannot speak: captured after the day asked about, dropped by its source, not in force when
   the recording was taken from it, or not about the audio (a code licence, a metadata licence, a third party's say-so).
   Why it was set aside stays among the reasons.
2. Hear what each term that is left says of this very use. A signal speaks only of the uses that it names, and of some
   places and purposes; of any other it is silent.
3. Judge each term by itself. A licence must give the permissions that the use needs, must not bar it, and its
   requirements become conditions; a condition that binds now and was not accepted refuses. Of several licences offered
   ("or"), the one that asks least is taken. A signal that permits is judged by what it asks, and only as far as the
   reading takes its kind for a permission. Reserved rights refuse. Words that nobody resolved, and silence, permit
   nothing.
4. Let the weightiest speak. A signed statement outweighs a public one; of the same standing, the specific outweighs the
   general. Only the weightiest terms that resolve are heard, and among those a refusal beats a permission. Unresolved
   words of the same weight or more make a permission unknown.
5. Hear apart the record, the corpus, and the terms of the data set that it was taken from. Where a recording is on
   record, the record itself must permit; what the others say can then only confirm or take away. Record and corpus
   must agree in substance, or the file is mislabelled and refused. A signed statement ends that argument. Where nothing
   is on record, what somebody vouches for may permit; a tag, which travels with any copy and which anybody can write,
   may only take away.
6. Cover both rights. The recording and the work must each be permitted.
7. Lean on an exception to copyright only where the reading does, where one covers the use in every place asked about,
   where what it needs was accepted, and where somebody has licensed or opened the recording at all. Some exceptions
   fall away where rights are reserved, or where words may reserve them.
8. Cover every recording. A file that holds several is no more permitted than the least permitted of them.
9. Doubts about identity are reasons like any other.

The least permissive answer is the verdict. From this it follows, and tests hold it to this: nothing is permitted where
no term speaks; the order of the terms never matters; one more refusal never makes a verdict more permissive; a verdict
always carries a reason, and a reason always names evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from itertools import groupby
from typing import TYPE_CHECKING

from licet.catalog import Right
from licet.policy.hearing import heard_of, resolves, speaks, takes, weight
from licet.policy.leaning import lean
from licet.policy.licences import asked_in_return, judge
from licet.policy.verdict import Finding, Opinion, Outcome, Reason, Verdict, because, worst
from licet.terms import Layer, Stance, Standing, Voice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from licet.policy.rules import Policy, Reading
    from licet.policy.use import Use
    from licet.terms import Term

_ASIDE = {Layer.METADATA: "other-layer", Layer.CODE: "other-layer", Layer.THIRD_PARTY: "third-party"}
_RIGHTS = {Right.RECORDING: "the recording", Right.WORK: "the composition"}


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
    """Group terms by the recording they are about (step 8); what the corpus says is heard in every group."""
    own = [term for term in terms if term.voice is Voice.CORPUS]
    on_record = sorted((term for term in terms if term.voice is Voice.CATALOGUE), key=lambda term: term.about)
    groups = [[*group, *own] for _, group in groupby(on_record, key=lambda term: term.about)]
    return groups or [own]


def _joined(reading: str, findings: list[Finding]) -> Opinion:
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
    """All that is said of one recording (steps 1 to 7): who is heard does not hang on the reading."""

    def __init__(self, question: Question, policy: Policy, terms: list[Term]) -> None:
        self._question = question
        self._policy = policy
        asides = [self._set_aside(term) for term in terms]
        heard = [heard_of(term, question.use) for term, aside in zip(terms, asides, strict=True) if aside is None]
        audio = [term for term in heard if term.layer is Layer.AUDIO]
        record = [term for term in audio if term.voice is Voice.CATALOGUE]
        own = [term for term in audio if term.voice is Voice.CORPUS and speaks(term)]
        if any(term.standing is Standing.SIGNED and resolves(term) for term in record):
            own = []  # step 5: a signed statement ends the argument
        vouched, tags = ([term for term in own if term.vouched is word] for word in (True, False))
        voices = [voice for voice in (record, vouched, tags) if voice] or [audio]
        coverings = [covering for voice in voices for covering in _by_right(voice)]
        binding = [term for term in heard if term.layer is Layer.DATA_SET and speaks(term)]
        spoken = [[term for term in terms if speaks(term)] for _, terms in coverings]
        self._speaking = [terms for terms in (*spoken, binding) if terms]
        kept = tuple(aside for aside in asides if aside is not None)
        self.settled = [*self._disagreements(record, own), *([Finding(Outcome.PERMITTED, kept)] if kept else [])]
        self.settled += [
            self._silence(terms, right) for (right, terms), said in zip(coverings, spoken, strict=True) if not said
        ]
        if not record and not any(resolves(term) for term in vouched):
            self.settled += [self._uncorroborated(term) for term in tags if resolves(term)]

    def under(self, reading: Reading) -> Iterator[Finding]:
        """Judge what was heard under one reading (steps 3, 4, 6 and 7)."""
        for terms in self._speaking:
            findings = list(self._findings(terms, reading))
            leant = lean(self._question.use, self._question.accepts, terms, reading, findings)
            yield from findings if leant is None else [leant]

    def _findings(self, speaking: list[Term], reading: Reading) -> Iterator[Finding]:
        taken = [term for term in speaking if resolves(term) and takes(reading, term)]
        top = max(map(weight, taken), default=(0, 0))
        for term in speaking:
            if resolves(term) and not takes(reading, term):
                yield self._wished(term, alone=not taken)
            elif weight(term) >= top:
                yield self._judged(term, reading)

    def _set_aside(self, term: Term) -> Reason | None:
        """Say why a term cannot speak (step 1), or None if it is heard."""
        captured = term.evidence.captured_at.astimezone(UTC).date()
        if captured > self._question.use.day:
            return self._reason(term, "later", Outcome.UNKNOWN, f"(captured {captured.isoformat()})")
        if term.layer in _ASIDE:
            words = f"({term.layer}: “{_short(term.statement)}”)"
            return self._reason(term, _ASIDE[term.layer], Outcome.UNKNOWN, words)
        if term.dropped and term.layer is Layer.DATA_SET:
            words = "; ".join((f"“{_short(term.statement)}”", *term.resolution.notes[-1:]))
            return self._reason(term, "other-version", Outcome.UNKNOWN, words)
        if term.dropped:
            return self._reason(term, "dropped", Outcome.UNKNOWN)
        return None

    def _silence(self, terms: list[Term], right: Right | None) -> Finding:
        """Nothing speaks (step 3): the reason names what was looked at, and which right is missing if one is."""
        evidence = tuple(sorted({term.evidence.digest for term in terms})) or (self._question.item_evidence,)
        law = self._policy.laws["silence"]
        says = law.says if right is None else f"{law.says} Missing: {_RIGHTS[right]}."
        reason = because(law, says, Outcome.UNKNOWN, evidence, terms[0].about if terms else "")
        return Finding(Outcome.UNKNOWN, (reason,), changes=("a licence or a grant from the holder",))

    def _judged(self, term: Term, reading: Reading) -> Finding:
        """Judge one term by itself (step 3)."""
        if term.resolution.stance is Stance.RESERVED:
            return self._reserved(term)
        if term.resolution.stance is Stance.UNRESOLVED:
            words = "; ".join((f"“{_short(term.statement)}”", *term.resolution.notes))
            reason = self._reason(term, "unresolved", Outcome.UNKNOWN, words)
            return Finding(Outcome.UNKNOWN, (reason,), changes=("a person who reads it, or a grant from the holder",))
        use, accepts = self._question.use, self._question.accepts
        rulings = [
            judge(self._policy, reading, licence, use.act, use.purpose, accepts) for licence in term.resolution.offers
        ] or [
            asked_in_return(self._policy, clause, accepts)
            for clause in term.resolution.clauses
            if clause.force in reading.takes
        ]
        best = min(rulings, key=lambda ruling: ruling.asks)
        taken = [best] if best.outcome is Outcome.PERMITTED else rulings
        evidence = (term.evidence.digest,)
        reasons = tuple(
            because(rule, says, ruling.outcome, evidence, term.about)
            for ruling in taken
            for rule, says in ruling.grounds
        )
        changes = tuple(change for ruling in taken for change in ruling.changes)
        return Finding(best.outcome, reasons, best.conditions, changes)

    def _reserved(self, term: Term) -> Finding:
        """Reserved rights refuse (step 3), by words or by a signal."""
        said = "; ".join(clause.token for clause in term.resolution.clauses)
        law, words = ("signal-reserves", said) if said else ("reserved", f"“{_short(term.statement)}”")
        reason = self._reason(term, law, Outcome.REFUSED, words)
        return Finding(Outcome.REFUSED, (reason,), changes=("a grant from the holder",))

    def _wished(self, term: Term, *, alone: bool) -> Finding:
        """A signal says yes in a way that this reading takes for no permission (step 3): it decides only if alone."""
        said = "; ".join(clause.token for clause in term.resolution.clauses)
        reason = self._reason(term, "no-grant", Outcome.UNKNOWN, said)
        changes = ("a licence or a grant from the holder",) if alone else ()
        return Finding(Outcome.UNKNOWN if alone else Outcome.PERMITTED, (reason,), changes=changes)

    def _disagreements(self, record: list[Term], own: list[Term]) -> list[Finding]:
        """Compare what the corpus says of its file with what is on record for the recording (step 5).

        Only licences and plain reservations are compared: a signal speaks of uses, and of one place on the web.
        """
        weightiest = _weightiest([term for term in record if resolves(term)])
        quarrels = [
            (mine, theirs)
            for mine in own
            for theirs in weightiest
            if resolves(mine) and mine.covers & theirs.covers and not _agree(mine, theirs)
        ]
        return [self._quarrel(mine, theirs) for mine, theirs in quarrels]

    def _uncorroborated(self, term: Term) -> Finding:
        """Only tags speak (step 5): that is no permission yet."""
        reason = self._reason(term, "uncorroborated", Outcome.UNKNOWN, f"({term.evidence.source})")
        changes = ("putting its source on record (licet add)", "trusting what tags say (--trust-tags)")
        return Finding(Outcome.UNKNOWN, (reason,), changes=changes)

    def _quarrel(self, mine: Term, theirs: Term) -> Finding:
        law = self._policy.laws["disagreement"]
        says = f"{law.says} the file says {mine.resolution.label}, the record says {theirs.resolution.label}."
        evidence = tuple(sorted({mine.evidence.digest, theirs.evidence.digest}))
        reason = because(law, says, Outcome.REFUSED, evidence, theirs.about)
        return Finding(Outcome.REFUSED, (reason,), changes=("the holder's word on which statement is right",))

    def _reason(self, term: Term, law: str, outcome: Outcome, words: str = "") -> Reason:
        rule = self._policy.laws[law]
        return because(rule, f"{rule.says} {words}".rstrip(), outcome, (term.evidence.digest,), term.about)


def _doubted(doubt: Doubt, policy: Policy) -> Finding:
    """Turn a doubt about identity into a finding (step 9)."""
    law = policy.laws[doubt.law]
    reason = because(law, f"{law.says} {doubt.says}", doubt.outcome, doubt.evidence, doubt.about)
    return Finding(doubt.outcome, (reason,), changes=("a person who listens and settles what it is",))


def _by_right(terms: list[Term]) -> list[tuple[Right | None, list[Term]]]:
    """Return the terms that cover each right (step 6); once, and under no name, where the same terms cover both."""
    if all(len(term.covers) == len(Right) for term in terms):
        return [(None, terms)]
    return [(right, [term for term in terms if right in term.covers]) for right in Right]


def _weightiest(terms: list[Term]) -> list[Term]:
    top = max(map(weight, terms), default=(0, 0))
    return [term for term in terms if weight(term) == top]


def _agree(mine: Term, theirs: Term) -> bool:
    """Two statements agree if they come to the same: some licence of the same substance, or the same refusal."""
    if mine.resolution.clauses or theirs.resolution.clauses:
        return True
    if mine.resolution.stance is not theirs.resolution.stance:
        return False
    if mine.resolution.stance is Stance.RESERVED:
        return True
    substances = {licence.substance for licence in mine.resolution.offers}
    return any(licence.substance in substances for licence in theirs.resolution.offers)


def _short(text: str, limit: int = 120) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
