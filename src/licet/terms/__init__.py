"""What each source says may be done with a recording, kept with the evidence."""

from __future__ import annotations

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
]
