"""Keys with fixed seeds, and a log to read."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from licet.transparency import Kind, LogWriter, Signer, create_log

if TYPE_CHECKING:
    from pathlib import Path

ORIGIN = "log.example/one"


def signer(name: str = ORIGIN, kind: Kind = Kind.ED25519) -> Signer:
    """Return a key that is the same in every run."""
    return Signer(name, Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest()), kind)


def entry(number: int) -> bytes:
    """Return an entry; now and then an empty one."""
    return b"" if number % 50 == 7 else f"entry {number} ".encode() * (number % 5 + 1)


def log_of(folder: Path, size: int, step: int = 100) -> Path:
    """Make a log of `size` entries, `step` at a time."""
    create_log(folder, ORIGIN, signer())
    with LogWriter(folder, signer()) as writer:
        for first in range(0, size, step):
            writer.append([entry(number) for number in range(first, min(first + step, size))])
    return folder
