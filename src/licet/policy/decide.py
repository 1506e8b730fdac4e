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
   and refused. A signed statement ends that argument.
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
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from licet.catalog import Right
from licet.policy.verdict import Binds, Condition, Opinion, Outcome, Reason, Verdict, worst
from licet.terms import Stance, Standing, Voice

if TYPE_CHECKING:
    from collections.abc import Iterable

    from licet.policy.rules import Policy, Reading, Rule
    from licet.policy.use import Act, Purpose, Use
    from licet.terms import Licence, Term


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
    """What one term, or one group of terms, comes to."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    conditions: tuple[Condition, ...] = ()
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Ruling:
    """What one licence comes to, for one use, before any evidence is named."""

    outcome: Outcome
    grounds: tuple[tuple[Rule, str], ...]  # the rule, and what it says here
    conditions: tuple[Condition, ...]
    changes: tuple[str, ...]


def decide(question: Question, policy: Policy, reading: str) -> Verdict:
    """Answer `question` under `reading`, with every other reading of the policy beside it.

    Raises:
        PolicyError: the policy has no such reading.
    """
    asked = policy.reading(reading)
    return Verdict(
        use=question.use,
        policy=policy.digest,
        opinion=_opinion(question, policy, asked),
        others=tuple(_opinion(question, policy, other) for other in policy.readings if other is not asked),
    )


def _opinion(question: Question, policy: Policy, reading: Reading) -> Opinion:
    court = _Court(question, policy, reading)
    findings = [court.recording(terms) for terms in _by_recording(question.terms)]
    findings += [court.doubt(doubt) for doubt in question.doubts]
    outcome = worst(tuple(finding.outcome for finding in findings))
    return Opinion(
        reading=reading.name,
        outcome=outcome,
        reasons=_telling_first(outcome, (reason for finding in findings for reason in finding.reasons)),
        conditions=tuple(sorted({condition for finding in findings for condition in finding.conditions})),
        changes=tuple(sorted({change for finding in findings for change in finding.changes})),
    )


def _by_recording(terms: tuple[Term, ...]) -> list[tuple[Term, ...]]:
    """Group terms by the recording they are about; what the corpus says of its file is heard in every group."""
    own = tuple(term for term in terms if term.voice is Voice.CORPUS)
    on_record = sorted((term for term in terms if term.voice is Voice.CATALOGUE), key=lambda term: term.about)
    groups = [(*group, *own) for _, group in groupby(on_record, key=lambda term: term.about)]
    return groups or [own]


def _by_right(terms: list[Term]) -> list[list[Term]]:
    """Return the terms that cover each right (step 5); once, where the same terms cover both."""
    if all(len(term.covers) == len(Right) for term in terms):
        return [terms]
    return [[term for term in terms if right in term.covers] for right in Right]


def _telling_first(outcome: Outcome, reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Order reasons: those that decided first, then by rule and evidence, each once."""
    return tuple(
        sorted(
            set(reasons),
            key=lambda r: (r.outcome is not outcome, r.outcome, r.about, r.rule, r.says, r.evidence),
        )
    )


@dataclass(frozen=True, slots=True)
class _Court:
    """One question before one reading."""

    question: Question
    policy: Policy
    reading: Reading

    def recording(self, terms: tuple[Term, ...]) -> _Finding:
        """Hear all that is said of one recording (steps 1 to 5)."""
        asides = [self._set_aside(term) for term in terms]
        heard = [term for term, aside in zip(terms, asides, strict=True) if aside is None]
        record = [term for term in heard if term.voice is Voice.CATALOGUE]
        own = [term for term in heard if term.voice is Voice.CORPUS and _speaks(term)]
        if any(term.standing is Standing.SIGNED and _resolves(term) for term in record):
            own = []
        voices = [voice for voice in (record, own) if voice] or [heard]
        findings = [self._right(covering) for voice in voices for covering in _by_right(voice)]
        findings += self._disagreements(record, own)
        kept = tuple(aside for aside in asides if aside is not None)
        return _together([*findings, _Finding(Outcome.PERMITTED, kept)])

    def doubt(self, doubt: Doubt) -> _Finding:
        """Turn a doubt about identity into a finding (step 7)."""
        reason = self._reason(self.policy.laws[doubt.law], doubt.outcome, doubt.says, doubt.evidence, doubt.about)
        return _Finding(doubt.outcome, (reason,), changes=("a person who listens and settles what it is",))

    def _set_aside(self, term: Term) -> Reason | None:
        """Say why a term cannot speak for the day asked about (step 1), or None if it is heard."""
        if term.evidence.captured_at.astimezone(UTC).date() > self.question.use.day:
            captured = f"(captured {term.evidence.captured_at.date().isoformat()})"
            return self._about(term, "later", Outcome.UNKNOWN, captured)
        return self._about(term, "dropped", Outcome.UNKNOWN) if term.dropped else None

    def _right(self, covering: list[Term]) -> _Finding:
        """Hear the weightiest of the terms that cover one right (step 3)."""
        speaking = [term for term in covering if _speaks(term)]
        if not speaking:
            return self._silence(covering)
        top = max((_weight(term) for term in speaking if _resolves(term)), default=(0, 0))
        findings = [self._term(term) for term in speaking if _weight(term) >= top]
        return _together(findings)

    def _silence(self, terms: list[Term]) -> _Finding:
        """Nothing speaks: the reason names what was looked at (step 2)."""
        evidence = tuple(sorted({term.evidence.digest for term in terms})) or (self.question.item_evidence,)
        about = terms[0].about if terms else ""
        reason = self._reason(self.policy.laws["silence"], Outcome.UNKNOWN, "", evidence, about)
        return _Finding(Outcome.UNKNOWN, (reason,), changes=("a licence or a grant from the holder",))

    def _term(self, term: Term) -> _Finding:
        """Judge one term by itself (step 2)."""
        stance = term.resolution.stance
        if stance is Stance.RESERVED:
            reason = self._about(term, "reserved", Outcome.REFUSED, f"“{_short(term.statement)}”")
            return _Finding(Outcome.REFUSED, (reason,), changes=("a grant from the holder",))
        if stance is Stance.UNRESOLVED:
            says = "; ".join((f"“{_short(term.statement)}”", *term.resolution.notes))
            reason = self._about(term, "unresolved", Outcome.UNKNOWN, says)
            return _Finding(Outcome.UNKNOWN, (reason,), changes=("a person who reads it, or a grant from the holder",))
        rulings = [self._licence(licence) for licence in term.resolution.offers]
        best = min(rulings, key=_asks_least)
        taken = [best] if best.outcome is Outcome.PERMITTED else rulings
        reasons = tuple(
            self._reason(rule, ruling.outcome, says, (term.evidence.digest,), term.about)
            for ruling in taken
            for rule, says in ruling.grounds
        )
        changes = tuple(change for ruling in taken for change in ruling.changes)
        return _Finding(best.outcome, reasons, best.conditions, changes)

    def _licence(self, licence: Licence) -> _Ruling:
        use = self.question.use
        return _judge(self.policy, self.reading, licence, use.act, use.purpose, self.question.accepts)

    def _disagreements(self, record: list[Term], own: list[Term]) -> list[_Finding]:
        """Compare what the corpus says of its file with what is on record for the recording (step 4)."""
        return [
            _Finding(
                Outcome.REFUSED,
                (
                    self._reason(
                        self.policy.laws["disagreement"],
                        Outcome.REFUSED,
                        f"the file says {mine.resolution.label}, the record says {theirs.resolution.label}.",
                        tuple(sorted({mine.evidence.digest, theirs.evidence.digest})),
                        theirs.about,
                    ),
                ),
                changes=("the holder's word on which statement is right",),
            )
            for mine in own
            for theirs in _weightiest([term for term in record if _resolves(term)])
            if _resolves(mine) and mine.covers & theirs.covers and not _agree(mine, theirs)
        ]

    def _about(self, term: Term, law: str, outcome: Outcome, says: str = "") -> Reason:
        return self._reason(self.policy.laws[law], outcome, says, (term.evidence.digest,), term.about)

    def _reason(self, rule: Rule, outcome: Outcome, says: str, evidence: tuple[str, ...], about: str) -> Reason:
        return Reason(
            rule=rule.id,
            outcome=outcome,
            says=f"{rule.says} {says}".rstrip(),
            evidence=evidence,
            cites=rule.cites,
            status=rule.status,
            about=about,
        )


@lru_cache(maxsize=4096)
def _judge(
    policy: Policy, reading: Reading, licence: Licence, act: Act, purpose: Purpose, accepts: frozenset[str]
) -> _Ruling:
    """Put one licence to one use. A corpus holds millions of recordings and a few dozen licences, so this is cached."""
    refusing: list[tuple[Rule, str]] = []
    conditions: list[Condition] = []
    changes: list[str] = []
    for need in reading.needs:
        if need.rule.applies(licence, act, purpose) and need.permission not in licence.permits:
            if need.otherwise:
                conditions.append(
                    Condition(need.otherwise, Binds.ON_SHARING, need.rule.says, need.otherwise in accepts)
                )
            else:
                refusing.append((need.rule, f"({licence.name})"))
                changes.append(f"permission from the holder ({need.permission})")
    for bar in reading.bars:
        named = bar.prohibition is None or bar.prohibition in licence.prohibits
        if named and bar.rule.applies(licence, act, purpose):
            refusing.append((bar.rule, f"({licence.name})"))
            changes.append("permission from the holder for this purpose")
    for duty in reading.duties:
        if duty.requirement in licence.requires and duty.rule.applies(licence, act, purpose):
            accepted = duty.condition in accepts
            conditions.append(Condition(duty.condition, duty.binds, duty.rule.says, accepted))
            if duty.binds is Binds.NOW and not accepted:
                refusing.append((policy.laws["unaccepted"], f"{duty.condition} ({licence.name})"))
                changes.append(f"accepting {duty.condition} (--accept {duty.condition})")
    if refusing:
        return _Ruling(Outcome.REFUSED, tuple(refusing), tuple(sorted(conditions)), tuple(changes))
    licensed = (policy.laws["licensed"], f"({licence.name})")
    return _Ruling(Outcome.PERMITTED, (licensed,), tuple(sorted(conditions)), ())


def _asks_least(ruling: _Ruling) -> tuple[bool, int, int]:
    binding = sum(condition.binds is Binds.NOW for condition in ruling.conditions)
    return ruling.outcome is not Outcome.PERMITTED, binding, len(ruling.conditions)


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


def _together(findings: list[_Finding]) -> _Finding:
    """Join findings that must all hold: the least permissive wins, and nothing anyone said is lost."""
    return _Finding(
        worst(tuple(finding.outcome for finding in findings)),
        tuple(reason for finding in findings for reason in finding.reasons),
        tuple(condition for finding in findings for condition in finding.conditions),
        tuple(change for finding in findings for change in finding.changes),
    )


def _short(text: str, limit: int = 120) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
