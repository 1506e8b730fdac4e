"""Tell which recording a piece of audio is, and how sure we are."""

from __future__ import annotations

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
