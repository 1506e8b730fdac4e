"""Whether the bytes behind a statement are still in the evidence, still hash to their name, and what they say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from licet.errors import EvidenceError
from licet.terms import Evidence

if TYPE_CHECKING:
    from licet.corpus.manifest import StatementLine
    from licet.terms import EvidenceStore

LONGEST = 1 << 20  # characters of one statement that are shown; the evidence keeps it whole


@dataclass(frozen=True, slots=True)
class Proof:
    """A statement and its bytes. Where they are not `kept`, `trouble` says why and `mend` what to do about it."""

    statement: StatementLine
    words: str = ""  # the bytes as text; what is no UTF-8 is written `\\xff`
    kept: bool = False
    trouble: str = ""
    mend: str = ""


def proof_of(statement: StatementLine, store: EvidenceStore) -> Proof:
    """Read the bytes of `statement` and check them against their SHA-256. Evidence that is gone is no error here."""
    try:
        content = store.read(_evidence(statement))
    except EvidenceError as gone:
        return Proof(statement, trouble=gone.message, mend=gone.mend)
    return Proof(statement, content.decode("utf-8", "backslashreplace")[:LONGEST], kept=True)


def _evidence(statement: StatementLine) -> Evidence:
    try:
        captured_at = datetime.fromisoformat(statement.captured)
    except ValueError:
        raise EvidenceError(f"{statement.captured!r} is no time of capture", mend="clear the corpus again") from None
    return Evidence(
        statement.evidence,
        statement.source,
        statement.where,
        captured_at,
        statement.blob,
        statement.start,
        statement.length,
    )
