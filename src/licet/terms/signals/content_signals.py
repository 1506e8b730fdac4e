"""What Content-Signal lines say: `Content-Signal: search=yes, ai-input=no, ai-train=no` in a group of a robots.txt.

Cloudflare's Content Signals (draft-romm-aipref-contentsignals-00, October 2025; contentsignals.org): `yes` is a
preference for a use, `no` reserves it, and a signal that is left out neither grants nor restricts. Of two lines that
contradict each other the one that reserves stands.
"""

from __future__ import annotations

from licet.terms.clauses import Act, Clause, Force, Says
from licet.terms.signals.reading import Certainty, Reader, Signal, Target
from licet.terms.signals.understanding import shown
from licet.terms.signals.usage_rules import Stated, settled, stated_by_rules

SIGNALS = {
    "search": frozenset({Act.INDEX}),  # building an index and showing links and short excerpts
    "ai-input": frozenset({Act.RETRIEVE}),  # retrieval, grounding, real-time use in an answer
    "ai-train": frozenset({Act.TRAIN_GENERATIVE, Act.TRAIN_OTHER, Act.FINE_TUNE}),  # training or fine-tuning any model
}
MANNERS = frozenset({"use"})  # `use=reference` says how content may be consumed, and permits nothing
_SAYS = {"yes": Says.PERMITS, "no": Says.RESERVES}


def stated(words: str) -> Stated:
    """Read the signals of one line."""
    clauses, problems = [], []
    for part in filter(None, (part.strip() for part in words.split(","))):
        name, _, value = (side.strip().lower() for side in part.partition("="))
        if name in SIGNALS and value in _SAYS:
            clauses.append(Clause(_SAYS[value], SIGNALS[name], f"{name}={value}", Force.PREFERENCE))
        elif name not in MANNERS:
            problems.append(f"no content signal: {shown(part)}")
    return Stated(settled([clauses]), tuple(problems))


def read(content: bytes, target: Target) -> Signal:
    """Read the Content-Signal lines of a robots.txt, for the path of the target."""
    found = stated_by_rules(content, target, "content-signal", stated)
    return Signal(READER.protocol, "content-signals", READER.silence, found.clauses, found.problems)


READER = Reader(
    "content-signals",
    "Content Signals (Cloudflare, contentsignals.org; draft-romm-aipref-contentsignals-00, October 2025)",
    Certainty.SECOND_HAND,
    "no signal",
    read,
)
