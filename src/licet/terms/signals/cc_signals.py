"""What CC signals say: `Content-Usage: train-genai=n;exceptions=cc-cr`, no training unless credit is given.

Creative Commons' draft 0.1 (github.com/creativecommons/cc-signals) adds a parameter to the AIPREF words of its day, as
a header and as a rule of a robots.txt. A use is reserved, and the signal names what would lift the reservation.
Whether that was done is nothing that bytes can show: the reservation stands, and the exception is told with it.
Members without an exception are AIPREF's own, and are left to it. Nothing here permits.
"""

from __future__ import annotations

from licet.terms.clauses import Act, Clause, Force, Says
from licet.terms.signals.aipref import ANY_TRAINING, GENERATIVE, dictionary, token
from licet.terms.signals.mining import MINING
from licet.terms.signals.reading import Certainty, Reader, Signal, Target
from licet.terms.signals.understanding import shown, understood
from licet.terms.signals.usage_rules import Stated, stated_by_rules

EXCEPTIONS = {
    "cc-cr": "credit",
    "cc-cr-dc": "credit and a direct contribution",
    "cc-cr-ec": "credit and a contribution to the ecosystem",
    "cc-cr-op": "credit and an open model",
}
CATEGORIES = {
    "all": MINING,  # automated processing: the older name of the category was tdm
    "train-ai": ANY_TRAINING,
    "ai": ANY_TRAINING,  # as the first drafts spelt it
    "train-genai": GENERATIVE,
    "genai": GENERATIVE,
    "ai-use": frozenset({Act.RETRIEVE}),
    "search": frozenset({Act.INDEX}),
}


def stated(preference: bytes) -> Stated:
    """Read the members of one preference that carry an exception."""
    members = dictionary(preference)
    if members is None:
        return Stated()  # AIPREF reports it
    clauses, problems = [], []
    for label, member in members.items():
        parameters = member[1] if isinstance(member, tuple) and isinstance(member[1], dict) else {}
        if "exceptions" not in parameters:
            continue
        exception = str(parameters["exceptions"])
        words = shown(f"{label}={token(member)};exceptions={exception}")
        if label not in CATEGORIES or token(member) != "n":
            problems.append(f"no CC signal: {words}")
            continue
        clauses.append(Clause(Says.RESERVES, CATEGORIES[label], words, Force.PREFERENCE))
        asked = EXCEPTIONS.get(exception, "something that CC signals 0.1 do not name")
        problems.append(f"{words}: reserved unless {shown(exception)} is met ({asked}), which no bytes can show")
    return Stated(*understood(clauses, problems))


def read_header(content: bytes, target: Target) -> Signal:  # noqa: ARG001  (a header speaks of what it came with)
    """Read the value of a Content-Usage header."""
    found = stated(content)
    return Signal(HEADER.protocol, "cc-signals-0.1", HEADER.silence, found.clauses, found.problems)


def read_robots(content: bytes, target: Target) -> Signal:
    """Read the Content-Usage rules of a robots.txt, for the path of the target."""
    found = stated_by_rules(content, target, "content-usage", lambda words: stated(words.encode()))
    return Signal(ROBOTS.protocol, "cc-signals-0.1", ROBOTS.silence, found.clauses, found.problems)


_STANDARD = "CC signals, draft 0.1 (Creative Commons, 2025-12), on draft-ietf-aipref-vocab-02"
HEADER = Reader("cc-signals", _STANDARD, Certainty.PRIMARY, "no signal", read_header)
ROBOTS = Reader("cc-signals-robots", _STANDARD, Certainty.PRIMARY, "no signal", read_robots)
