"""Private keys in files: made once, readable by their owner alone, and never shown.

A file holds one line in the form that Go's `note` package gives a signer, `PRIVATE+KEY+name+id+base64`; what is coded
is the signature type and the 32 bytes of the seed (RFC 8032, s. 5.1.5). Beside it lies the public key, for everybody.
"""

from __future__ import annotations

import os
import stat
from base64 import b64encode
from typing import TYPE_CHECKING

from licet.errors import LogError
from licet.placing import make_folder
from licet.transparency.notes import Kind, Signer, Verifier, decoded

if TYPE_CHECKING:
    from pathlib import Path

_MARK = "PRIVATE+KEY+"
_SEED_BYTES = 32
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
PUBLIC_SUFFIX = ".pub"


def make_key(path: Path, name: str, kind: Kind = Kind.ED25519) -> Signer:
    """Make a key that signs under `name`, and keep it at `path`; its public half goes beside it, as `path`.pub.

    Raises:
        LogError: there is one already, or the name cannot stand in a signature.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    signer = Signer(name, Ed25519PrivateKey.generate(), kind)
    verifier = Verifier.parse(str(signer.verifier))
    coded = b64encode(bytes([kind]) + signer.private.private_bytes_raw()).decode()
    make_folder(path.parent)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise LogError(f"there is a key at {path} already", mend="use it, or name another file") from None
    with os.fdopen(handle, "w") as stream:
        stream.write(f"{_MARK}{name}+{verifier.id.hex()}+{coded}\n")
        stream.flush()
        os.fsync(stream.fileno())
    public_path(path).write_text(f"{verifier}\n", encoding="utf-8")
    return signer


def read_key(path: Path) -> Signer:
    """Read the key at `path`.

    Raises:
        LogError: it is none, or others may read it. What it holds is not told.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise LogError(f"there is no key at {path}", mend="make one with `licet log init`") from None
    except UnicodeDecodeError:
        raise LogError(f"{path} holds no key") from None
    if mode & _OTHERS:
        raise LogError(f"others may read the key at {path}", mend=f"chmod 600 {path}, and make a new key if they did")
    name, _, rest = text.removeprefix(_MARK).partition("+")
    digits, _, coded = rest.partition("+")
    raw = decoded(coded) or b""
    if not text.startswith(_MARK) or len(raw) != 1 + _SEED_BYTES or raw[0] not in set(Kind):
        raise LogError(f"{path} holds no key")
    signer = Signer(name, Ed25519PrivateKey.from_private_bytes(raw[1:]), Kind(raw[0]))
    if signer.verifier.id.hex() != digits:
        raise LogError(f"the key at {path} does not have the id that it is given", mend="restore it from a copy")
    return signer


def public_path(path: Path) -> Path:
    """Return where the public half of the key at `path` lies."""
    return path.with_name(path.name + PUBLIC_SUFFIX)


def read_verifiers(path: Path) -> tuple[Verifier, ...]:
    """Read a file of public keys, one a line.

    Raises:
        LogError: there is none, or a line is no key.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, UnicodeDecodeError):
        raise LogError(f"there are no public keys at {path}", mend="name a file that holds one a line") from None
    return tuple(Verifier.parse(line) for line in lines if line.strip())
