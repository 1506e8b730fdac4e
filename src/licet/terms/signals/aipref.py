"""What AIPREF preferences say, in a Content-Usage header or in the Content-Usage rules of a robots.txt.

The Internet-Drafts (draft-ietf-aipref-vocab, draft-ietf-aipref-attach) are no RFC, and say themselves that they do not
reflect consensus. Their words have changed in meaning, so that every version is kept apart: `train-ai` was the
training of any model in vocab-02, and is the training of generative models alone since.

A preference is processed as vocab-07, section 6.4, sets out:

1. The bytes are parsed as a Dictionary (RFC 9651). Where that fails, every preference is unknown.
2. Each category of the vocabulary is looked up by its label, case and all. The token `y` allows it, the token `n`
   disallows it; anything else, or nothing, leaves it unknown. The last of several members of a name counts.
3. Parameters and unknown labels are ignored. A label of another version is reported besides: it was meant.
4. In vocab-02 a category without a preference of its own takes that of the category above it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.terms.clauses import Act, Clause, Force, Says
from licet.terms.signals.reading import Certainty, Reader, Signal, Target
from licet.terms.signals.understanding import shown, understood
from licet.terms.signals.usage_rules import Stated, settled, stated_by_rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from http_sf.types import DictionaryType

NEWEST = "aipref-vocab-07"
LONGEST_HEADER = 1 << 16  # bytes: servers send a quarter of that at most

GENERATIVE = frozenset({Act.TRAIN_GENERATIVE, Act.FINE_TUNE})
ANY_TRAINING = frozenset({Act.TRAIN_GENERATIVE, Act.TRAIN_OTHER, Act.FINE_TUNE})

# What each label covers by itself. `all` of vocab-02 is any automated processing: measuring a model on it is the rest.
VOCABULARIES: Mapping[str, Mapping[str, frozenset[Act]]] = {
    "aipref-vocab-02": {
        "all": frozenset({Act.EVALUATE}),
        "train-ai": frozenset({Act.TRAIN_OTHER, Act.FINE_TUNE}),
        "train-genai": GENERATIVE,
        "ai-use": frozenset({Act.RETRIEVE}),
        "search": frozenset({Act.INDEX}),
    },
    "aipref-vocab-07": {"train-ai": GENERATIVE, "search": frozenset({Act.INDEX})},
    "aipref-vocab-08": {
        "train-ai": GENERATIVE,
        "ai-use": frozenset({Act.RETRIEVE}),
        "search": frozenset({Act.INDEX}),
    },
}
ABOVE: Mapping[str, Mapping[str, str]] = {
    "aipref-vocab-02": {"train-genai": "train-ai", "train-ai": "all", "ai-use": "all", "search": "all"}
}
_LABELS = frozenset(label for labels in VOCABULARIES.values() for label in labels)
_SAYS = {"y": Says.PERMITS, "n": Says.RESERVES}


def dictionary(preference: bytes) -> DictionaryType | None:
    """Parse a preference (step 1). None where it is no Dictionary, or longer than any header."""
    from http_sf import StructuredFieldError, parse

    if len(preference) > LONGEST_HEADER:
        return None
    try:
        members = parse(preference, tltype="dictionary")
    except StructuredFieldError:
        return None
    return members if isinstance(members, dict) else None


def token(member: object) -> str:
    """Return the token that a member of a Dictionary holds, or "" where it holds anything else."""
    from http_sf import Token

    value = member[0] if isinstance(member, tuple) else member
    return str(value) if isinstance(value, Token) else ""


def stated(preference: bytes, vocabulary: str) -> Stated:
    """Read one preference by one version of the vocabulary."""
    labels = VOCABULARIES.get(vocabulary)
    if labels is None:
        return Stated(problems=(f"an unknown version of the vocabulary: {shown(vocabulary)}",))
    members = dictionary(preference)  # step 1
    if members is None:
        words = preference.decode("utf-8", errors="replace")
        return Stated(problems=(f"no structured field dictionary: {shown(words)}",))
    said = {label: token(members[label]) for label in labels if label in members}  # step 2
    covered: dict[str, frozenset[Act]] = {}
    for label, acts in labels.items():
        word = label
        while said.get(word) not in _SAYS and word in ABOVE.get(vocabulary, {}):  # step 4
            word = ABOVE[vocabulary][word]
        if said.get(word) in _SAYS:
            covered[word] = covered.get(word, frozenset()) | acts
    clauses = [
        Clause(_SAYS[said[word]], acts, f"{word}={said[word]}", Force.PREFERENCE) for word, acts in covered.items()
    ]
    strangers = sorted(_LABELS.intersection(members) - labels.keys())  # step 3
    return Stated(*understood(settled([clauses]), (f"{word} is no word of {vocabulary}" for word in strangers)))


def read_header(content: bytes, target: Target) -> Signal:
    """Read the value of a Content-Usage header; several header lines are joined by commas (RFC 9110, section 5.3)."""
    vocabulary = target.vocabulary or NEWEST
    found = stated(content, vocabulary)
    return Signal(HEADER.protocol, vocabulary, HEADER.silence, found.clauses, found.problems)


def read_robots(content: bytes, target: Target) -> Signal:
    """Read the Content-Usage rules of a robots.txt, for the path of the target."""
    vocabulary = target.vocabulary or NEWEST
    found = stated_by_rules(content, target, "content-usage", lambda words: stated(words.encode(), vocabulary))
    return Signal(ROBOTS.protocol, vocabulary, ROBOTS.silence, found.clauses, found.problems)


_STANDARD = "draft-ietf-aipref-vocab-07 and draft-ietf-aipref-attach-05 (August 2026)"
HEADER = Reader("aipref", _STANDARD, Certainty.PRIMARY, "unknown", read_header)
ROBOTS = Reader("aipref-robots", _STANDARD, Certainty.PRIMARY, "unknown", read_robots)
