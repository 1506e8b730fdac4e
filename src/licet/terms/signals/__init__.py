"""What each machine-readable signal says, one reader a file: bytes in, clauses out.

A reader never raises and never guesses. What it cannot read it reports, and what it does not find is silence, which
each protocol calls by a name of its own and which permits nothing.
"""

from __future__ import annotations

from licet.terms.signals.reading import Certainty, Reader, Signal, Target

__all__ = ["Certainty", "Reader", "Signal", "Target"]
