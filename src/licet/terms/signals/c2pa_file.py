"""The one place that opens a signed audio file: the C2PA library, behind the optional extra `c2pa`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from licet.errors import SourceError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

_TYPES = {
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".mp4": "audio/mp4",
}


def manifest_store(path: Path, *, trust_anchors: str = "") -> bytes:
    """Return a file's C2PA manifest store as JSON, validated, or b"" where it carries none.

    `trust_anchors` holds the PEM certificates of those whose word on a signer counts; without any, no signer is
    trusted. A manifest that the file only points to is not fetched: reading a file asks nobody.

    Raises:
        SourceError: the file cannot be read, or its manifest store is damaged.
        UsageError: the extra `c2pa` is not installed, or the format is not one that it is used for here.
    """
    kind = _TYPES.get(path.suffix.lower())
    if kind is None:
        raise UsageError(f"{path.name} is of no format whose C2PA manifest is read", mend=f"one of {', '.join(_TYPES)}")
    try:
        c2pa = import_module("c2pa")
    except ImportError:
        raise UsageError("reading C2PA manifests needs the extra c2pa", mend="pip install 'licet[c2pa]'") from None
    settings: dict[str, dict[str, bool | str]] = {
        "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True}
    }
    if trust_anchors:
        settings["trust"] = {"trust_anchors": trust_anchors}
    try:
        with path.open("rb") as stream, c2pa.Context.from_dict(settings) as context:
            reader = c2pa.Reader.try_create(kind, stream, context=context)
            if reader is None:
                return b""
            with reader:
                store: str = reader.json()
                return store.encode()
    except (OSError, c2pa.C2paError) as error:
        raise SourceError(f"the C2PA manifest of {path.name} cannot be read: {error}") from error
