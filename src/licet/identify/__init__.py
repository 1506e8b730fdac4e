"""Tell which recording a piece of audio is, and how sure we are.

Importing the room costs nothing: compiled code, and what needs it, is loaded when one of the names is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from licet.identify.evidence import LIKELY, SURE, Match
    from licet.identify.fingerprint import PARAMETERS, Fingerprint
    from licet.identify.hearing import Hearer, Hearing, opened_index, rounded
    from licet.identify.index import FingerprintIndex
    from licet.identify.listening import AudioFacts, Heard, listen
    from licet.identify.segments import Registered
    from licet.identify.writing import IndexWriter

__all__ = [
    "LIKELY",
    "PARAMETERS",
    "SURE",
    "AudioFacts",
    "Fingerprint",
    "FingerprintIndex",
    "Heard",
    "Hearer",
    "Hearing",
    "IndexWriter",
    "Match",
    "Registered",
    "listen",
    "opened_index",
    "rounded",
]

_FILES = {
    "evidence": ("LIKELY", "SURE", "Match"),
    "fingerprint": ("PARAMETERS", "Fingerprint"),
    "hearing": ("Hearer", "Hearing", "opened_index", "rounded"),
    "index": ("FingerprintIndex",),
    "listening": ("AudioFacts", "Heard", "listen"),
    "segments": ("Registered",),
    "writing": ("IndexWriter",),
}


def __getattr__(name: str) -> object:
    """Load the file that defines a public name when it is first asked for, and keep the name (PEP 562)."""
    for file, names in _FILES.items():
        if name in names:
            found: object = getattr(import_module(f"{__name__}.{file}"), name)
            globals()[name] = found
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
