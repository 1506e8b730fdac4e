"""What an ODRL policy says of mining: an offer to permit it, for what, against what, and what it prohibits.

W3C, ODRL Information Model 2.2 (15 February 2018), in the profile of the TDM Reservation Protocol, section "Expressing
a TDM Policy":

1. The policy is an `Offer`. Its context may give names their usual meaning, and no other.
2. A permission's action is `tdm:mine`.
3. Its duties are `obtainConsent` (ask the holder first) and `compensate` (pay).
4. Its constraints are `purpose eq tdm:research` and `purpose eq tdm:non-research`; several hold together.
5. A prohibition reserves. Licences in ODRL prohibit `cc:CommercialUse`, which ODRL's common vocabulary misspelt as
   `cc:CommericalUse` for years; both are read.
6. Whatever else a permission holds may narrow it, so it permits nothing then. A prohibition that is narrowed by words
   that are not understood is read without them.

ODRL's own `research` speaks of a purpose and not of an organisation; it is read as the narrower of the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.terms.clauses import Act, Clause, Purpose, Says
from licet.terms.signals.json_bytes import read_json
from licet.terms.signals.mining import MINING
from licet.terms.signals.odrl_names import listed, misnamed, named, term, terms
from licet.terms.signals.reading import Certainty, Reader, Signal
from licet.terms.signals.understanding import Unreadable, shown, understood

if TYPE_CHECKING:
    from licet.terms.signals.odrl_names import Node
    from licet.terms.signals.reading import Target

PROTOCOL, VOCABULARY, SILENCE = "odrl", "odrl-2.2", "no offer"
_PROFILES = frozenset({"", "http://www.w3.org/ns/tdmrep", "http://www.w3.org/ns/tdmrep/", "tdm:"})
_DUTIES = {
    "obtainConsent": "consent",
    "compensate": "payment",
    "attribute": "attribution",
    "cc:Attribution": "attribution",
}
_PURPOSES = {
    "tdm:research": frozenset({Purpose.RESEARCH}),
    "tdm:non-research": frozenset({Purpose.COMMERCIAL, Purpose.NON_COMMERCIAL}),
}
_PROHIBITED: dict[str, tuple[frozenset[Act], frozenset[Purpose]]] = {
    "tdm:mine": (MINING, frozenset(Purpose)),
    "use": (frozenset(Act), frozenset(Purpose)),
    "reproduce": (frozenset(Act), frozenset(Purpose)),  # every use begins by making a copy
    "cc:Reproduction": (frozenset(Act), frozenset(Purpose)),
    "distribute": (frozenset({Act.REDISTRIBUTE}), frozenset(Purpose)),
    "cc:Distribution": (frozenset({Act.REDISTRIBUTE}), frozenset(Purpose)),
    "index": (frozenset({Act.INDEX}), frozenset(Purpose)),
    "cc:CommercialUse": (frozenset(Act), frozenset({Purpose.COMMERCIAL})),
    "cc:CommericalUse": (frozenset(Act), frozenset({Purpose.COMMERCIAL})),
}
# What describes a policy or a rule and changes nothing of it. `conflict` does: ours is that a prohibition wins.
_DESCRIBES = frozenset("@context @type type @id id uid profile assigner name title description label comment".split())
_POLICY = _DESCRIBES | {"permission", "prohibition", "conflict", "target"}
_PERMISSION = _DESCRIBES | {"action", "target", "duty", "constraint"}


def clauses_of(policy: object, context: object, target: Target) -> tuple[tuple[Clause, ...], tuple[str, ...]]:
    """Return what one policy, an object of JSON, says of a target, and what of it was not understood.

    `context` is the JSON-LD context that the policy stands in, where it has none of its own.
    """
    if not isinstance(policy, dict):
        return (), (f"a policy is no object: {shown(policy)}",)
    here, twice = named(policy)
    problems = [*twice, *misnamed(here.get("@context", context))]
    if "Offer" not in terms(here.get("@type", here.get("type"))):
        problems.append("the policy is no Offer")  # step 1
    if (profile := terms(here.get("profile", ""))) - _PROFILES:
        problems.append(f"a profile that is not read: {shown(', '.join(sorted(profile)))}")
    problems += _unread(here, _POLICY, "the policy")
    about = target.url if profile == {""} else ""
    problems += _elsewhere(here.get("target"), about)
    clauses: list[Clause] = []
    for rule in listed(here.get("permission")):
        clauses += _permitted(rule, about, problems)
    for rule in listed(here.get("prohibition")):
        clauses += _prohibited(rule, problems)
    return understood(clauses, problems)


def _permitted(rule: object, url: str, problems: list[str]) -> list[Clause]:
    if not isinstance(rule, dict):
        problems.append(f"a permission is no object: {shown(rule)}")
        return []
    here, twice = named(rule)
    actions = terms(here.get("action"))
    problems += [*twice, *_unread(here, _PERMISSION, "a permission"), *_elsewhere(here.get("target"), url)]
    problems += [f"an action that is not read: {shown(action)}" for action in sorted(actions - {"tdm:mine"})]  # step 2
    asks = frozenset(_DUTIES[action] for action in _duties(here, problems))
    purposes = _purposes(here, problems)
    if not purposes or "tdm:mine" not in actions:
        problems.append("a permission without an action, or for no purpose")
        return []
    token = ", ".join(["permission tdm:mine", *sorted(purposes if purposes != set(Purpose) else ()), *sorted(asks)])
    return [Clause(Says.PERMITS, MINING, token, purposes=purposes, asks=asks)]


def _duties(here: Node, problems: list[str]) -> set[str]:
    """Return the actions that a permission asks for (step 3)."""
    asked: set[str] = set()
    for duty in listed(here.get("duty")):
        inside, twice = named(duty)
        actions = terms(inside.get("action"))
        problems += [*twice, *_unread(inside, _DESCRIBES | {"action"}, "a duty")]
        if not actions or actions - _DUTIES.keys():
            problems.append(f"a duty that is not read: {shown(duty)}")
        asked |= actions & _DUTIES.keys()
    return asked


def _purposes(here: Node, problems: list[str]) -> frozenset[Purpose]:
    """Return the purposes that meet every constraint (step 4)."""
    purposes = frozenset(Purpose)
    for constraint in listed(here.get("constraint")):
        inside, twice = named(constraint)
        right = term(inside.get("rightOperand"))
        odd = [*twice, *_unread(inside, _DESCRIBES | {"leftOperand", "operator", "rightOperand"}, "a constraint")]
        if (term(inside.get("leftOperand")), term(inside.get("operator"))) != (
            "purpose",
            "eq",
        ) or right not in _PURPOSES:
            odd.append(f"a constraint that is not read: {shown(constraint)}")
        problems += odd
        purposes &= _PURPOSES.get(right, frozenset(Purpose))
    return purposes


def _prohibited(rule: object, problems: list[str]) -> list[Clause]:
    """Read a prohibition (steps 5 and 6)."""
    here, twice = named(rule)
    problems += twice
    actions = terms(here.get("action"))
    odd: list[str] = []
    purposes = _purposes(here, odd)
    problems += odd
    if not actions or actions - _PROHIBITED.keys():
        problems.append(f"a prohibition that is not read: {shown(rule)}")
    return [
        Clause(Says.RESERVES, acts, f"prohibition {action}", purposes=whose if odd else whose & purposes)
        for action in sorted(actions & _PROHIBITED.keys())
        for acts, whose in [_PROHIBITED[action]]
        if odd or whose & purposes
    ]


def _unread(here: Node, known: frozenset[str], what: str) -> list[str]:
    return [f"{what} has {shown(name)!r}, which is not read" for name in here if name not in known]  # step 6


def _elsewhere(about: object, url: str) -> list[str]:
    """Return a problem where a rule names a target that is not what is asked about.

    Under the TDM profile it is a name for messages to the holder, and the resource's own `tdm-policy` points here.
    """
    targets = terms(about)
    if about is None or not url or any(url == one or url.startswith(one.rstrip("/") + "/") for one in targets):
        return []
    return [f"it speaks of another target: {shown(about)}"]


def _read(content: bytes, target: Target) -> Signal:
    policies = read_json(content)
    if isinstance(policies, Unreadable):
        return Signal(PROTOCOL, VOCABULARY, SILENCE, problems=(policies.why,))
    read = [clauses_of(policy, None, target) for policy in listed(policies)]
    clauses = [clause for found, _ in read for clause in found]
    problems = [problem for _, found in read for problem in found]
    return Signal(PROTOCOL, VOCABULARY, SILENCE, *understood(clauses, problems))


READER = Reader(
    PROTOCOL,
    "W3C, ODRL Information Model 2.2, 2018-02-15, in the profile of the TDM Reservation Protocol, 2024-05-10",
    Certainty.PRIMARY,
    SILENCE,
    _read,
)
