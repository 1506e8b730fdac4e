"""A witness signs the heads of a log that only grows, and no others: so nobody can be shown another log.

It remembers the last head that it signed of each log. A new one it signs once the log's own key did, and once a proof
shows that it begins with the old one (C2SP tlog-cosignature). What it remembers is on the disk before it signs.
"""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING

from licet.errors import LogError
from licet.placing import make_folder, place, take_lock
from licet.transparency import merkle
from licet.transparency.checkpoints import Checkpoint
from licet.transparency.notes import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from licet.transparency.notes import Note, Signer, Verifier


def cosign(note: Note, known: Verifier, proof: Sequence[bytes], signer: Signer, *, remembers: Path, at_s: int) -> Note:
    """Return the head of a log with a witness's signature.

    Args:
        note: the head, signed by its log.
        known: the log's public key.
        proof: that it begins with what the witness last signed; empty for the first head, and for the same one again.
        signer: the witness's key, of the kind `COSIGNATURE`.
        remembers: the folder in which the witness keeps the last head of each log.
        at_s: now, in seconds after 1970.

    Raises:
        LogError: the log did not sign it, or it is no continuation of what was signed before.
    """
    if signer.kind is not Kind.COSIGNATURE:
        raise LogError(f"the key of {signer.name} is no witness's", mend="make one of the kind that cosigns")
    note.signatures([known])
    head = Checkpoint.parse(note.text)
    make_folder(remembers)
    path = remembers / sha256(f"{known}\n{head.origin}".encode()).hexdigest()
    lock = take_lock(remembers / "lock", wait=True)
    try:
        if path.exists():
            _continues(Checkpoint.parse(path.read_text(encoding="utf-8")), head, proof)
        place({path: head.text.encode()})
    finally:
        os.close(lock)
    return note.with_line(signer.line(note.text, at_s))


def _continues(last: Checkpoint, head: Checkpoint, proof: Sequence[bytes]) -> None:
    if head.size < last.size:
        raise LogError(f"{head.origin} had {last.size} entries, and now says {head.size}", mend="ask its keeper why")
    if last.size and not merkle.consistent(last.size, head.size, last.root, head.root, proof):
        raise LogError(
            f"{head.origin} with {head.size} entries is not proved to begin with the {last.size} that were signed",
            mend=f"hand over the proof of growth from {last.size}; if there is none, the log was forked",
        )
