"""Claims: "my recording is in your corpus, your output, your model", what it rests on, and what became of it."""

from licet.registry.claims.claim import (
    LOGGED_TYPE,
    Against,
    Ask,
    Claim,
    Days,
    Disclosed,
    Found,
    Ground,
    HeardIn,
    InManifest,
    ItemFound,
    Respondent,
    What,
    parse_claim,
)
from licet.registry.claims.states import Due, Role, Standing, State, standing
from licet.registry.claims.step import Answer, Remedy, Step, StepKind, parse_step

__all__ = [
    "LOGGED_TYPE",
    "Against",
    "Answer",
    "Ask",
    "Claim",
    "Days",
    "Disclosed",
    "Due",
    "Found",
    "Ground",
    "HeardIn",
    "InManifest",
    "ItemFound",
    "Remedy",
    "Respondent",
    "Role",
    "Standing",
    "State",
    "Step",
    "StepKind",
    "What",
    "parse_claim",
    "parse_step",
    "standing",
]
