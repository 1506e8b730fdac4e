"""An explanation in sentences, for a musician's manager and a lawyer: the answer, how sure it is, what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from licet.corpus.wording import use_in_words

if TYPE_CHECKING:
    from licet.corpus.contacts import Contacts
    from licet.corpus.explanation import Explanation, Ground
    from licet.corpus.manifest import Head, Line
    from licet.corpus.proofs import Proof
    from licet.policy import Policy

DISCLAIMER = "Licet informs. It is no legal advice."

_ANSWERS = {
    "permitted": "It may {deed}.",
    "refused": "It may not {deed}.",
    "unknown": "Nobody has said enough to tell whether it may {deed}. That is no permission.",
}
_ACTIONS = {
    "a grant from the holder": "Get the holder's grant for this use, and put it on record (licet add).",
    "a licence or a grant from the holder": "Get the holder's licence or grant, and put it on record (licet add).",
    "a person who listens and settles what it is": "Have a person listen, and settle which recording it is.",
    "a person who reads it, or a grant from the holder": "Have a person read the statement, or get the holder's grant.",
    "permission from the holder (DerivativeWorks)": "Ask the holder to permit adaptations.",
    "permission from the holder (Distribution)": "Ask the holder to permit passing it on.",
    "permission from the holder (Reproduction)": "Ask the holder to permit copies.",
    "permission from the holder for this purpose": "Ask the holder to permit this purpose too.",
    "putting its source on record (licet add)": "Put its source on record (licet add).",
    "the holder's word on which statement is right": "Ask the holder which of the statements is right.",
    "trusting what tags say (--trust-tags)": "Where you know where it comes from, let its tags speak (--trust-tags).",
}
_ACCEPTING = re.compile(r"accepting (\S+) \(--accept \1\)")


@dataclass(frozen=True, slots=True)
class Told:
    """Everything there is to tell about one line."""

    head: Head
    line: Line
    explanation: Explanation
    proofs: tuple[Proof, ...]  # one for each statement of the line
    ask: Contacts

    @property
    def answer(self) -> str:
        """The verdict as a sentence."""
        return answer_in_words(self.line, self.head)

    @property
    def sureness(self) -> str:
        """Whether it is contested, and why."""
        return sureness_in_words(self.line, self.explanation)

    @property
    def actions(self) -> tuple[str, ...]:
        """What to do that would change it."""
        return tuple(map(action_in_words, self.line.changes))


def titles_of(policy: Policy, head: Head) -> dict[str, str]:
    """Map readings to their titles, if the verdicts were given under this very policy: another's is not to hand."""
    return {one.name: one.title for one in policy.readings} if policy.digest == head.policy_sha256 else {}


def answer_in_words(line: Line, head: Head) -> str:
    """Return the verdict as a sentence, for the use, the place and the day that were asked about."""
    if line.error is not None:
        return f"It could not be looked at: {line.error.message}. Nothing is concluded from that, and it opens no gate."
    act, *rest = use_in_words(head)
    deed = ", ".join((act if act.startswith("be ") else f"be used to {act}", *rest))
    return _ANSWERS.get(line.verdict, _ANSWERS["unknown"]).format(deed=deed)


def sureness_in_words(line: Line, explanation: Explanation) -> str:
    """Return whether the verdict is contested, and why; "" where nothing was decided."""
    if not explanation.sides:
        return ""
    asked, *others = explanation.sides
    if differing := sum(other.verdict != asked.verdict for other in others):
        verb = "comes" if differing == 1 else "come"
        return f"This is contested: {differing} of {len(others)} other readings {verb} to another verdict."
    alike = "Every reading comes to this verdict" if others else "No other reading was asked"
    if line.contested or asked.status != "settled":
        return f"This is contested: the law behind it is not settled. {alike}."
    return f"{alike}, and the law behind it is settled."


def action_in_words(change: str) -> str:
    """Return what to do to bring about one of the `changes` of a line; a change of other words is left as it is."""
    if accepting := _ACCEPTING.fullmatch(change):
        return f"Undertake to keep “{accepting[1]}”, and clear again with --accept {accepting[1]}."
    return _ACTIONS.get(change, change)


def belonging_in_words(ground: Ground, titles: dict[str, str], readings: int) -> str:
    """Return under which of so many `readings` a reason decides, and under which it is only heard."""

    def named(names: tuple[str, ...]) -> str:
        return "every reading" if len(names) == readings > 1 else "; ".join(titles.get(name, name) for name in names)

    decides = f"decides under {named(ground.decides)}" if ground.decides else ""
    heard = f"heard under {named(ground.heard)}, and does not decide there" if ground.heard else ""
    return " · ".join(filter(None, (decides, heard)))
