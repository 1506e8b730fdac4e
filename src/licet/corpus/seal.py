"""A seal: what ties a manifest to the log. It lies beside the manifest, and a copy of it travels with each receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from licet.corpus.manifest import SEAL_NAME
from licet.errors import ManifestError

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = "licet-seal/1"


class Seal(msgspec.Struct, frozen=True, kw_only=True):
    """Where a manifest is in the log, and what stands there."""

    format: str = FORMAT
    name: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]  # of the manifest: the SHA-256 of what it is and holds
    origin: str  # which log
    place: int  # of its entry, from 0
    entry: str  # as it stands in the log: an in-toto statement in canonical JSON


def read_seal(folder: Path) -> Seal | None:
    """Return the seal of the manifest in `folder`, or None where it has none.

    Raises:
        ManifestError: it is damaged, or of a version that this Licet does not read.
    """
    path = folder / SEAL_NAME
    try:
        seal = msgspec.json.decode(path.read_bytes(), type=Seal)
    except FileNotFoundError:
        return None
    except (msgspec.DecodeError, UnicodeDecodeError) as broken:
        raise ManifestError(f"{path} is no seal: {broken}", mend="seal the manifest again") from broken
    if seal.format != FORMAT:
        raise ManifestError(f"{path} is of format {seal.format}", mend=f"this Licet reads {FORMAT}")
    return seal
