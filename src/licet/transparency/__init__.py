"""An append-only log that anyone can check.

A log is a folder of plain files: entries, the hashes that join them (C2SP tlog-tiles), and a signed head (C2SP
tlog-checkpoint). A proof of a few hashes shows that an entry is in it, and that nothing that was in it went or changed
(RFC 9162); a witness's cosignature shows that everybody is shown the same log.
"""

from licet.transparency.checkpoints import Checkpoint
from licet.transparency.envelopes import Envelope, parse_envelope, sealed
from licet.transparency.keys import make_key, public_path, read_key, read_verifiers
from licet.transparency.log import Log, LogWriter, create_log
from licet.transparency.membership import Neighbour, SetHead, SortedSet
from licet.transparency.merkle import consistent, included, leaf_hash
from licet.transparency.notes import Kind, Note, Signer, Verifier, parse_note
from licet.transparency.proofs import ConsistencyProof, InclusionProof, parse_proof, prove_entry, prove_growth
from licet.transparency.receipts import Attestation, Checked, InSet, Membership, Receipt, parse_receipt
from licet.transparency.statements import (
    MANIFEST,
    MODEL,
    PAYLOAD_TYPE,
    RECEIPT,
    SUCCESSION,
    Statement,
    Subject,
    digest_of_parts,
    parse_statement,
)
from licet.transparency.succession import Act, believed, said_of
from licet.transparency.witness import cosign

__all__ = [
    "MANIFEST",
    "MODEL",
    "PAYLOAD_TYPE",
    "RECEIPT",
    "SUCCESSION",
    "Act",
    "Attestation",
    "Checked",
    "Checkpoint",
    "ConsistencyProof",
    "Envelope",
    "InSet",
    "InclusionProof",
    "Kind",
    "Log",
    "LogWriter",
    "Membership",
    "Neighbour",
    "Note",
    "Receipt",
    "SetHead",
    "Signer",
    "SortedSet",
    "Statement",
    "Subject",
    "Verifier",
    "believed",
    "consistent",
    "cosign",
    "create_log",
    "digest_of_parts",
    "included",
    "leaf_hash",
    "make_key",
    "parse_envelope",
    "parse_note",
    "parse_proof",
    "parse_receipt",
    "parse_statement",
    "prove_entry",
    "prove_growth",
    "public_path",
    "read_key",
    "read_verifiers",
    "said_of",
    "sealed",
]
