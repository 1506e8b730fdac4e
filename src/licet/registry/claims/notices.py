"""What parties that watch are told of claims, in words and as facts: the other side of each step, and nobody else.

Nothing here says more than the claim does, and every message says that a finding is no proof of training.
"""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from licet.registry.claims.step import StepKind
from licet.registry.outbox.messages import Address, Message, message_key
from licet.registry.wording import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from licet.registry.claims.claim import Claim
    from licet.registry.claims.step import Step

NO_PROOF = "That a recording was found, or that its name was, is no proof that anything was trained on it."
_RECORDINGS_NAMED = 100
_BYTES_NAMED = 15_000  # of their names: a message is short
_WORDS_SHOWN = 500  # characters
_KINDS = {kind: f"claim.{kind.partition('-')[0]}" for kind in StepKind}

_whole = partial(one_line, most=None)


def of_claim(claim: Claim, watching: Mapping[str, Iterable[Address]]) -> Iterator[Message]:
    """Yield what the respondent hears of a claim, wherever it hears."""
    count, named = len(claim.recordings), tuple(_first(claim.recordings))
    more = f"  … and {count - len(named):,} more\n" if len(named) < count else ""
    text = (
        f"{_whole(claim.claimant)} claims that {count:,} recording{'s' * (count != 1)} of theirs "
        f"{'are' if count != 1 else 'is'} in the {claim.against.what} {_whole(claim.against.name)}, "
        f"and asks: {', '.join(claim.asks)}.\n\n{''.join(f'  {_whole(one)}{chr(10)}' for one in named)}{more}\n"
        f"{_quoted(claim.words)}It is claim {claim.id}. Within {claim.days.acknowledge} days they ask that it is "
        f"acknowledged, and within {claim.days.answer} that it is answered: defaults of a house, and no law.\n"
        f"{NO_PROOF}\n"
    )
    facts = {
        "claim": claim.id,
        "by": claim.claimant,
        "against": {"what": str(claim.against.what), "name": claim.against.name},
        "recordings": list(named),
        "count": count,
        "asks": [str(one) for one in claim.asks],
        "days": {"acknowledge": claim.days.acknowledge, "answer": claim.days.answer},
    }
    for to in watching.get(claim.respondent.party, ()):
        key = message_key("claim.made", to.text, claim.id)
        yield Message(key, to, "claim.made", "A claim was made on you", text, facts, claim.moment)


def of_step(claim: Claim, step: Step, watching: Mapping[str, Iterable[Address]]) -> Iterator[Message]:
    """Yield what the other side hears of a step, wherever it hears."""
    kind = _KINDS[step.kind]
    others = dict.fromkeys(one for one in (claim.claimant, claim.respondent.party) if one and one != step.party)
    came = "".join(f": {one}" for one in (step.answer, step.remedy) if one is not None)
    text = (
        f"{_whole(step.party)} says of the claim {claim.id}, on the {claim.against.what} {_whole(claim.against.name)}: "
        f"{step.kind}{came}.\n{_quoted(step.words)}{NO_PROOF}\n"
    )
    facts = {
        "claim": claim.id,
        "step": step.id,
        "by": step.party,
        "answer": step.answer and str(step.answer),
        "remedy": step.remedy and str(step.remedy),
        "place": step.place,
        "grant": step.grant,
    }
    for party in others:
        for to in watching.get(party, ()):
            subject = f"A claim {'of yours' if party == claim.claimant else 'on you'}: {step.kind}"
            yield Message(message_key(kind, to.text, step.id), to, kind, subject, text, facts, step.moment)


def _first(recordings: Iterable[str]) -> Iterator[str]:
    """Yield the first recordings, as many as a message names."""
    room = _BYTES_NAMED
    for one in islice(recordings, _RECORDINGS_NAMED):
        room -= len(one.encode())
        if room < 0:
            return
        yield one


def _quoted(words: str) -> str:
    return f"In their words: {one_line(words, _WORDS_SHOWN)}\n" if words else ""
