from __future__ import annotations

import json
import sys
import wave
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from types import SimpleNamespace, TracebackType
from typing import TYPE_CHECKING, Any, Self

import pytest

from licet.errors import SourceError, UsageError
from licet.terms import Act, Says
from licet.terms.signals import Target
from licet.terms.signals.c2pa_file import manifest_store
from licet.terms.signals.training_mining import READER

if TYPE_CHECKING:
    from pathlib import Path

ASSERTION = {
    "label": "cawg.training-mining",
    "data": {
        "entries": {
            "cawg.ai_training": {"use": "allowed"},
            "cawg.ai_generative_training": {"use": "notAllowed"},
        }
    },
}
CREATED = {
    "label": "c2pa.actions",
    "data": {
        "actions": [
            {
                "action": "c2pa.created",
                "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
            }
        ]
    },
}


class Pretended:
    """A stand-in for the library: remembers its settings, and finds what it was told to find in every file."""

    class C2paError(Exception):
        """As the library's."""

    def __init__(self, store: str | Exception | None) -> None:
        self.store = store
        self.settings: dict[str, Any] = {}
        self.Context = SimpleNamespace(from_dict=self._context)
        self.Reader = SimpleNamespace(try_create=self._reader)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def json(self) -> str:
        """Return what was found."""
        return str(self.store)

    def _context(self, settings: dict[str, Any]) -> Pretended:
        self.settings = settings
        return self

    def _reader(self, *_given: object, context: object) -> Pretended | None:
        assert context is self
        if isinstance(self.store, Exception):
            raise self.store
        return None if self.store is None else self


def sound(folder: Path) -> Path:
    """Write a second of silence."""
    path = folder / "song.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(bytes(16_000))
    return path


def pretend(monkeypatch: pytest.MonkeyPatch, store: str | Exception | None) -> Pretended:
    """Put a stand-in in the library's place."""
    library = Pretended(store)
    monkeypatch.setitem(sys.modules, "c2pa", library)
    return library


def test_returns_the_store_and_asks_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store is returned as the library words it, and nothing is fetched for it."""
    library = pretend(monkeypatch, '{"manifests": {}}')
    assert manifest_store(sound(tmp_path), trust_anchors="PEM") == b'{"manifests": {}}'
    assert library.settings["verify"] == {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True}
    assert library.settings["trust"] == {"trust_anchors": "PEM"}


def test_a_file_without_a_manifest_gives_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No manifest is no bytes, which the reader takes for silence."""
    library = pretend(monkeypatch, None)
    assert manifest_store(sound(tmp_path)) == b""
    assert "trust" not in library.settings


def test_a_damaged_manifest_is_an_error_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the library cannot read is said in our words, with the file's name."""
    pretend(monkeypatch, Pretended.C2paError("not good"))
    with pytest.raises(SourceError, match=r"song\.wav cannot be read: not good"):
        manifest_store(sound(tmp_path))


def test_a_missing_file_is_an_error_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So is a file that is not there."""
    pretend(monkeypatch, None)
    with pytest.raises(SourceError, match="cannot be read"):
        manifest_store(tmp_path / "song.flac")


def test_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the library the error says what to install."""
    monkeypatch.setitem(sys.modules, "c2pa", None)
    with pytest.raises(UsageError, match=r"licet\[c2pa\]"):
        manifest_store(sound(tmp_path))


def test_other_formats_are_not_read(tmp_path: Path) -> None:
    """A format that the library is not used for is refused by name."""
    with pytest.raises(UsageError, match=r"song\.ogg"):
        manifest_store(tmp_path / "song.ogg")


@pytest.mark.parametrize("trusted", [True, False], ids=["trusted", "self-made"])
def test_a_signed_file_from_end_to_end(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    trusted: bool,
) -> None:
    """A signed file reserves whoever signed it; it permits only where its signer is trusted."""
    path, root = sound(tmp_path), "PEM"
    if find_spec("c2pa") and find_spec("cryptography"):
        path, root = signed(path)
    else:
        pretend(monkeypatch, json.dumps(as_validated(trusted=trusted)))
    signal = READER.read(manifest_store(path, trust_anchors=root if trusted else ""), Target())
    said = {(clause.says, act) for clause in signal.clauses for act in clause.acts}
    refused = {(Says.RESERVES, Act.TRAIN_GENERATIVE), (Says.RESERVES, Act.FINE_TUNE)}
    assert said == (refused | {(Says.PERMITS, Act.TRAIN_OTHER)} if trusted else refused)
    assert bool(signal.problems) is not trusted


def as_validated(*, trusted: bool) -> dict[str, Any]:
    """Return what the library says of such a file, where it is not installed (taken from version 0.38.1)."""
    store = {"active_manifest": "urn:c2pa:1", "manifests": {"urn:c2pa:1": {"assertions": [CREATED, ASSERTION]}}}
    if trusted:
        return store | {"validation_state": "Trusted"}
    return store | {"validation_state": "Valid", "validation_status": [{"code": "signingCredential.untrusted"}]}


def signed(path: Path) -> tuple[Path, str]:
    """Sign a file with a certificate made here, and return it with the PEM of the root that vouches for it."""
    import c2pa
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root, leaf = certificate(root_key, root_key), certificate(key, root_key)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    manifest = {"claim_generator_info": [{"name": "test"}], "format": "audio/wav", "assertions": [CREATED, ASSERTION]}
    out = path.with_name("signed.wav")
    signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo("es256", (leaf + root).encode(), private, None))
    with signer, c2pa.Builder(manifest) as builder:
        builder.sign_file(path, out, signer)
    return out, root


def certificate(key: Any, signer: Any) -> str:
    """Return a certificate for `key`, a root's where it signs itself, as C2PA wants it, in PEM."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    is_root, start = key is signer, datetime(2026, 1, 1, tzinfo=UTC)
    names = ["root", "root" if is_root else "artist"]
    issuer, subject = (x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)]) for name in names)
    uses = {"digital_signature": not is_root, "key_cert_sign": is_root, "crl_sign": is_root}
    others = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    builder = (
        x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=36_500))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(**uses, **dict.fromkeys(others, False), encipher_only=False, decipher_only=False),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if not is_root:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return builder.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
