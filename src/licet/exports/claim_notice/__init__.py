"""A claim as a pack that can be handed over: a notice to read and print, the evidence, and a signed list of it all."""

from licet.exports.claim_notice.bundle import CLAIM_BUNDLE, MOST_FILE_BYTES, Checked, LoggedEntry, Wrong, check_pack
from licet.exports.claim_notice.dossier import Dossier, Exhibit, Held, Kept, Shown, Spoken
from licet.exports.claim_notice.writing import write_pack

__all__ = [
    "CLAIM_BUNDLE",
    "MOST_FILE_BYTES",
    "Checked",
    "Dossier",
    "Exhibit",
    "Held",
    "Kept",
    "LoggedEntry",
    "Shown",
    "Spoken",
    "Wrong",
    "check_pack",
    "write_pack",
]
