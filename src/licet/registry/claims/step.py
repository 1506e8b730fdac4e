"""A step of a claim: that it was acknowledged, answered, remedied ... by whom, and when. It is never changed."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import msgspec

from licet.errors import UsageError
from licet.registry.claims.claim import Digest, Recorded, dated, parse_recorded, plain
from licet.registry.statements import MOST_NAME


class StepKind(StrEnum):
    """What is done. Of two steps at one moment, the one that stands first here comes first."""

    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    REMEDIED = "remedied"
    DISPUTED = "disputed-answer"  # the claimant does not accept the answer or the remedy
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class Answer(StrEnum):
    """How a claim is answered."""

    ACCEPTED = "accepted"
    PARTLY = "partly"
    DENIED = "denied"


class Remedy(StrEnum):
    """What was done about it."""

    REMOVED = "removed"  # and the manifest that supersedes the one that the claim rests on is at `place`
    LICENSED = "licensed"  # by the statement `grant`
    PAID = "paid"


class Step(Recorded, frozen=True):
    """One step.

    Raises:
        UsageError: it says what makes no sense. The message names the field.
    """

    claim: Digest
    kind: StepKind
    party: str  # whose step it is
    actor: str  # who entered it
    answer: Answer | None = None
    remedy: Remedy | None = None
    place: Annotated[int, msgspec.Meta(ge=0, le=(1 << 53) - 1)] | None = None  # in the log: of a manifest
    grant: Digest | None = None  # of a statement
    words: str = ""

    def __post_init__(self) -> None:
        dated(self.at, "at")
        for name in ("party", "actor"):
            if not getattr(self, name).strip():
                raise UsageError(f"{name}: nobody is named", mend="say who says so")
            plain(getattr(self, name), name, most=MOST_NAME)
        plain(self.words, "words")
        if (self.kind is StepKind.ANSWERED) is not (self.answer is not None):
            raise UsageError("answer: an answer says accepted, partly or denied, and no other step does")
        if (self.kind is StepKind.REMEDIED) is not (self.remedy is not None):
            raise UsageError("remedy: a remedy says removed, licensed or paid, and no other step does")
        if self.answer in {Answer.DENIED, Answer.PARTLY} and not self.words.strip():
            raise UsageError("words: who denies a claim, or a part of it, says why", mend="--words")
        if self.place is not None and self.remedy is not Remedy.REMOVED:
            raise UsageError("place: only what was removed leaves a manifest that supersedes another")
        if (self.remedy is Remedy.LICENSED) is not (self.grant is not None):
            raise UsageError("grant: what was licensed names the grant, and no other step does", mend="--grant ID")


def parse_step(content: bytes) -> Step:
    """Read a step from its canonical text.

    Raises:
        UsageError: it is none, or not in that form.
    """
    return parse_recorded(content, Step, "step of a claim")
