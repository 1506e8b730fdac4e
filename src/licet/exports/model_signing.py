"""The files of a manifest as what the signers of OpenSSF Model Signing sign, not yet signed.

The statement is in-toto's (Attestation Framework, Statement v1) with the predicate
https://model_signing/signature/v1.0, as the Python package `model-signing` 1.1 reads and writes it:

1. `resources` names each file with its SHA-256, sorted by name.
2. The subject's digest is the SHA-256 of those digests, as bytes, one after the other.
3. `serialization` says how to hash the folder again: file by file, without links.

A signature over it binds a model's maker to what the manifest says. It does not say that a model was trained on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from licet.corpus.manifest import HEAD_NAME, JSONL_NAME, PARQUET_NAME, SEAL_NAME
from licet.digests import sha256_bytes, sha256_file
from licet.exports.cleared import NOT_STATED
from licet.exports.json_text import write_json

if TYPE_CHECKING:
    from pathlib import Path

    from licet.exports.facts import Facts

NAME = "model-signing.json"
FILES = (HEAD_NAME, JSONL_NAME, PARQUET_NAME, SEAL_NAME)


def write(facts: Facts, out: Path) -> tuple[Path, ...]:
    """Write `model-signing.json`.

    Raises:
        OSError: a file cannot be read or written.
    """
    return write_json(out / NAME, statement(facts))


def statement(facts: Facts) -> dict[str, Any]:
    """Return the statement: the payload of an envelope of type `application/vnd.in-toto+json`."""
    present = [name for name in sorted(FILES) if (facts.folder / name).is_file()]
    digests = {name: sha256_file(facts.folder / name) for name in present}
    whole = sha256_bytes(b"".join(map(bytes.fromhex, digests.values())))  # step 2
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": facts.name or NOT_STATED, "digest": {"sha256": whole}}],
        "predicateType": "https://model_signing/signature/v1.0",
        "predicate": {
            "serialization": {"method": "files", "hash_type": "sha256", "allow_symlinks": False},  # step 3
            "resources": [  # step 1
                {"name": name, "algorithm": "sha256", "digest": digest} for name, digest in digests.items()
            ],
        },
    }
