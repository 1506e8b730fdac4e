"""Decide whether a use is permitted, and say why."""

from licet.policy.decide import Doubt, Question, decide
from licet.policy.rules import Policy, Reading, parse_policy
from licet.policy.use import WORLD, Act, Purpose, Use
from licet.policy.verdict import Binds, Condition, Opinion, Outcome, Reason, Status, Verdict, worst

__all__ = [
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
    "parse_policy",
    "worst",
]
