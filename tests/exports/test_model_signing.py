"""A model-signing statement, read, signed and checked by the package `model-signing` itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from google.protobuf.json_format import MessageToDict
from model_signing import hashing, verifying
from model_signing._signing import sign_ec_key, signing

from licet.corpus import Seal
from licet.corpus.manifest import SEAL_NAME
from licet.exports import About, Facts, export
from manifests import HOSTILE_TITLES, write_sample

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sealed manifest."""
    made = write_sample(tmp_path / "manifest")
    (made / SEAL_NAME).write_bytes(
        msgspec.json.encode(Seal(name="0" * 64, origin="log.example/one", place=7, entry="{}"))
    )
    return made


def test_it_names_the_manifests_files_as_model_signing_does(folder: Path, tmp_path: Path) -> None:
    """Its own reader takes it, and its own hasher of the folder comes to the same."""
    read = signing.dsse_payload_to_manifest(_statement(folder, tmp_path))
    assert [one.identifier for one in read.resource_descriptors()] == [
        "clearance.json",
        "manifest.jsonl",
        "manifest.parquet",
        "seal.json",
    ]
    assert read == hashing.hash(folder)


def test_it_is_the_payload_that_model_signing_would_make(folder: Path, tmp_path: Path) -> None:
    """Field for field."""
    ours = _statement(folder, tmp_path)
    theirs = signing.Payload(signing.dsse_payload_to_manifest(ours)).statement
    assert MessageToDict(theirs.pb) == ours


def test_it_can_be_signed_and_checked_against_the_folder(folder: Path, tmp_path: Path) -> None:
    """With a key; what lies beside it unsigned is left aside, and a changed manifest is found."""
    private, public, signature = (tmp_path / name for name in ("key.pem", "key.pub", "model.sig"))
    key = ec.generate_private_key(ec.SECP256R1())
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    payload = signing.Payload(signing.dsse_payload_to_manifest(_statement(folder, tmp_path)))
    sign_ec_key.Signer(private).sign(payload).write(signature)
    (folder / "report.html").write_text("unsigned")
    check = verifying.Config().use_elliptic_key_verifier(public_key=public).set_ignore_unsigned_files(True)
    check.verify(folder, signature)
    with (folder / "manifest.parquet").open("ab") as manifest:
        manifest.write(b"!")
    with pytest.raises(ValueError, match=r"manifest\.parquet"):
        check.verify(folder, signature)


def test_a_manifest_that_was_not_sealed_has_no_seal_in_it(tmp_path: Path) -> None:
    """Only what is there is named, under whatever name the data set has."""
    facts = Facts.of(write_sample(tmp_path / "manifest"), About(name=HOSTILE_TITLES[1]))
    document = json.loads(export("model-signing", facts, tmp_path / "out")[0].read_bytes())
    assert [one["name"] for one in document["predicate"]["resources"]] == [
        "clearance.json",
        "manifest.jsonl",
        "manifest.parquet",
    ]
    assert document["subject"][0]["name"] == HOSTILE_TITLES[1]
    assert signing.dsse_payload_to_manifest(document).model_name == HOSTILE_TITLES[1]


def _statement(folder: Path, tmp_path: Path) -> dict[str, Any]:
    (path,) = export("model-signing", Facts.of(folder, About()), tmp_path / "out")
    read: dict[str, Any] = json.loads(path.read_bytes())
    return read
