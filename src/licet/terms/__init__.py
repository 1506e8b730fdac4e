"""What each source says may be done with a recording, kept with the evidence."""

from __future__ import annotations

from licet.terms.creative_commons import instruments
from licet.terms.resolve import resolve
from licet.terms.statement import (
    Evidence,
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
    "Evidence",
    "Licence",
    "Permission",
    "Prohibition",
    "Requirement",
    "Resolution",
    "Scope",
    "Stance",
    "Standing",
    "Term",
    "Voice",
    "instruments",
    "resolve",
]
