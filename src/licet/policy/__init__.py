"""Decide whether a use is permitted, and say why."""

from licet.policy.decide import Doubt, Question, decide
from licet.policy.rules import Policy, Reading, parse_policy
from licet.policy.use import Use
from licet.policy.verdict import Binds, Condition, Opinion, Outcome, Reason, Status, Verdict, worst
from licet.terms import Act, Purpose
from licet.terms.territories import EUROPEAN_UNION, WORLD, meets, within

__all__ = [
    "EUROPEAN_UNION",
    "WORLD",
    "Act",
    "Binds",
    "Condition",
    "Doubt",
    "Opinion",
    "Outcome",
    "Policy",
    "Purpose",
    "Question",
    "Reading",
    "Reason",
    "Status",
    "Use",
    "Verdict",
    "decide",
    "meets",
    "parse_policy",
    "within",
    "worst",
]
