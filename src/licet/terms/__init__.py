"""What each source says may be done with a recording, kept with the evidence."""

from __future__ import annotations

from licet.terms.clauses import Act, Clause, Force, Purpose, Says
from licet.terms.creative_commons import instruments
from licet.terms.embedded import Stated, statements_in_tags
from licet.terms.evidence import EvidenceStore
from licet.terms.resolve import resolve
from licet.terms.statement import (
    Evidence,
    Layer,
    Licence,
    Permission,
    Prohibition,
    Requirement,
    Resolution,
    Scope,
    Stance,
    Standing,
    Term,
    Voice,
)

__all__ = [
    "Act",
    "Clause",
    "Evidence",
    "EvidenceStore",
    "Force",
    "Layer",
    "Licence",
    "Permission",
    "Prohibition",
    "Purpose",
    "Requirement",
    "Resolution",
    "Says",
    "Scope",
    "Stance",
    "Standing",
    "Stated",
    "Term",
    "Voice",
    "instruments",
    "resolve",
    "statements_in_tags",
]
