"""A pack's own list of what is in it: a signed statement (in-toto, DSSE) of the SHA-256 of every file.

A pack is checked offline, with public keys alone, in this order. Whatever does not check is named by its file.

1. `bundle.json` is an envelope that a known key signed, and holds such a statement. Else nothing more is looked at.
2. Every file that it names is there, is a plain file within bounds, and has the bytes that were signed.
3. There is no other file, no link and nothing else in the folder.
4. `claim.json` is the claim that the statement names, and every receipt checks under the same keys.

A name leads nowhere but into the pack's own folders: it is held against `_NAME` before anything is opened.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from licet.catalog import escape_path
from licet.digests import sha256_bytes, sha256_file
from licet.errors import LicetError, LogError, UsageError
from licet.registry.claims import LOGGED_TYPE, parse_claim
from licet.transparency import (
    PAYLOAD_TYPE,
    InclusionProof,
    Receipt,
    Statement,
    Subject,
    parse_envelope,
    parse_receipt,
    parse_statement,
    sealed,
)
from licet.transparency.envelopes import MOST_BYTES, hint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from licet.transparency import Envelope, Signer, Verifier

CLAIM_BUNDLE = "urn:licet:claim-bundle:v1"
BUNDLE_NAME, CLAIM_NAME = "bundle.json", "claim.json"
ENTRY_NAME = "receipts/claim-entry.json"  # the claim's entry in the log, with its proof
MOST_FILES = 5_000
MOST_FILE_BYTES = 64 << 20
MOST_PACK_BYTES = 1 << 30
_NAME = re.compile(r"(?:(?:evidence|pictures|receipts)/)?[a-z0-9][a-z0-9-]{0,99}\.[a-z]{2,5}")


class LoggedEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An entry of a log, and the proof that it is in it."""

    entry: str
    proof: InclusionProof


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with one file of a pack."""

    file: str
    says: str  # changed, missing, added ...


@dataclass(frozen=True, slots=True)
class Checked:
    """A pack that was looked at. It checks if nothing is wrong."""

    claim: str  # id; "" where the list itself does not check
    made: str  # ISO 8601
    files: int
    signed_by: tuple[str, ...]
    wrong: tuple[Wrong, ...]


def bundled(files: Mapping[str, bytes], claim: str, at: datetime, signer: Signer) -> bytes:
    """Return the signed list of the files of a pack.

    Raises:
        UsageError: they are too many, or too large, or one is called what no file of a pack is.
    """
    sizes = [len(content) for content in files.values()]
    if len(files) > MOST_FILES or max(sizes) > MOST_FILE_BYTES or sum(sizes) > MOST_PACK_BYTES:
        raise UsageError(
            f"the pack has {len(files):,} files of {sum(sizes):,} bytes",
            mend=f"at most {MOST_FILES:,} files, {MOST_FILE_BYTES:,} bytes each and {MOST_PACK_BYTES:,} in all: "
            "claim fewer recordings at once",
        )
    for name in files:
        if not _NAME.fullmatch(name) or name == BUNDLE_NAME:
            raise UsageError(f"{name!r} is no name of a file in a pack")
    statement = Statement(
        tuple(Subject(name, {"sha256": sha256_bytes(files[name])}) for name in sorted(files)),
        CLAIM_BUNDLE,
        {"claim": claim, "made": at.isoformat(timespec="seconds")},
    )
    return _written(sealed(PAYLOAD_TYPE, statement.encoded(), [signer]))


def check_pack(folder: Path, known: Sequence[Verifier]) -> Checked:
    """Check the pack in `folder` with public keys alone, by the steps above.

    Raises:
        UsageError: there is no such folder.
    """
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}", mend="name the folder that `licet claim pack` wrote")
    try:  # 1
        statement, signed = _listed(folder, known)
    except (LogError, OSError) as refused:
        return Checked("", "", 0, (), (Wrong(BUNDLE_NAME, _message(refused)),))
    digests = {one.name: one.digest.get("sha256", "") for one in statement.subject}
    wrong = {one.file: one for one in (*_changed(folder, digests), *_added(folder, digests))}  # 2, 3
    claim = str(statement.predicate.get("claim", ""))
    if not wrong:
        wrong = {one.file: one for one in _inside(folder, digests, claim, known)}  # 4
    made = str(statement.predicate.get("made", ""))
    names = tuple(f"{key.name}+{key.id.hex()}" for key in signed)
    return Checked(claim, made, len(digests), names, tuple(wrong[name] for name in sorted(wrong)))


def _listed(folder: Path, known: Sequence[Verifier]) -> tuple[Statement, tuple[Verifier, ...]]:
    path = folder / BUNDLE_NAME
    if _trouble(path, MOST_BYTES):
        raise LogError(_trouble(path, MOST_BYTES))
    content = path.read_bytes()
    envelope = parse_envelope(content)
    signed = envelope.check(known, of_type=PAYLOAD_TYPE)
    hints = {
        (one.keyid, hint(key)) for one in envelope.signatures for key in signed if key.signed(envelope.message, one.raw)
    }
    if content != _written(envelope) or any(said != own for said, own in hints):  # neither of which is signed
        raise LogError("changed: it is signed, and is not written as it was")
    statement = parse_statement(envelope.body, of_type=CLAIM_BUNDLE)
    names = [one.name for one in statement.subject]
    if len(names) > MOST_FILES or len(set(names)) != len(names):
        raise LogError(f"subject: {len(names):,} files, and each is named once", mend=f"at most {MOST_FILES:,}")
    for name in names:
        if not _NAME.fullmatch(name):
            raise LogError(f"subject: {name[:80]!r} is no name of a file in a pack")
    if CLAIM_NAME not in names:
        raise LogError(f"subject: there is no {CLAIM_NAME}")
    return statement, signed


def _written(envelope: Envelope) -> bytes:
    return msgspec.json.encode(envelope) + b"\n"


def _changed(folder: Path, digests: Mapping[str, str]) -> Iterator[Wrong]:
    for name, digest in digests.items():
        path = folder / name
        linked = name.partition("/")[0] if "/" in name and path.parent.is_symlink() else ""
        says = f"{linked} is a link" if linked else _trouble(path, MOST_FILE_BYTES)
        if not says and sha256_file(path) != digest:
            says = "changed"
        if says:
            yield Wrong(name, says)


def _added(folder: Path, digests: Mapping[str, str]) -> Iterator[Wrong]:
    """Yield what is in the folder and not in the list, following no link."""
    folders = {name.partition("/")[0] for name in digests if "/" in name}
    seen = 0
    for within in ("", *sorted(folders)):
        if within and ((folder / within).is_symlink() or not (folder / within).is_dir()):
            continue  # told of each file that should be there
        with os.scandir(folder / within) as found:
            for one in found:
                name = f"{within}/{one.name}" if within else one.name
                seen += 1
                if seen > 2 * MOST_FILES:
                    yield Wrong(within or ".", f"more than {2 * MOST_FILES:,} files: the others were not looked at")
                    return
                if name not in digests and name != BUNDLE_NAME and (within or one.name not in folders):
                    yield Wrong(escape_path(os.fsencode(name)), "added")


def _inside(folder: Path, digests: Mapping[str, str], claim: str, known: Sequence[Verifier]) -> Iterator[Wrong]:
    try:
        made = parse_claim((folder / CLAIM_NAME).read_bytes()).id
    except UsageError as wrong:
        yield Wrong(CLAIM_NAME, wrong.message)
    else:
        if made != claim:
            yield Wrong(CLAIM_NAME, "it is another claim than the list names")
    for name in sorted(digests):
        if name.startswith("receipts/"):
            try:
                _check_receipt((folder / name).read_bytes(), known, claim if name == ENTRY_NAME else "")
            except LicetError as wrong:
                yield Wrong(name, wrong.message)


def _check_receipt(content: bytes, known: Sequence[Verifier], claim: str) -> None:
    if not claim:
        receipt = parse_receipt(content)
        if not isinstance(receipt, Receipt):
            raise LogError("it is no receipt")
        receipt.check(known)
        return
    try:
        logged = msgspec.json.decode(content, type=LoggedEntry)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise LogError(f"it is no entry with its proof: {wrong}") from wrong
    logged.proof.check(known, logged.entry.encode())
    entry = parse_statement(logged.entry.encode(), of_type=LOGGED_TYPE)
    if [one.digest for one in entry.subject] != [{"sha256": claim}]:
        raise LogError("it is the entry of another claim")


def _trouble(path: Path, most: int) -> str:
    """Say why a file is none that may be opened; "" where it may."""
    if path.is_symlink():
        return "it is a link"
    if not path.exists():
        return "missing"
    if not path.is_file():
        return "it is no plain file"
    return "it is too large" if path.stat().st_size > most else ""


def _message(wrong: Exception) -> str:
    return wrong.message if isinstance(wrong, LicetError) else str(wrong)
