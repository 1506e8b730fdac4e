"""The log of a workspace: manifests are sealed into it, and whoever asks is given receipts that stand on it.

Sealing a manifest appends one entry, however many items it has, and keeps the manifest as it was in `sealed/`, under a
name of its content: what is cleared again later takes nothing from receipts that were given out.

1. Link the manifest's files into a draft, and write its set and its index there.
2. Note the entry and how long the log was, and give the draft its name.
3. Append the entry.
4. Note where it stands: the manifest is sealed.

A kill between any two of these leaves what the next attempt goes on from: an entry that was appended is looked for
before it is appended again.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import msgspec

from licet.corpus import Seal, read_head, read_seal
from licet.corpus.finding import lines_at
from licet.corpus.manifest import HEAD_NAME, JSONL_NAME, LOOKED_NAME, PARQUET_NAME, SEAL_NAME, SEEN_NAME
from licet.corpus.receipts import Receipts
from licet.corpus.reopening import REOPENED_NAME, read_reopened
from licet.corpus.sealing import SET_NAME, places_of, seal_items
from licet.digests import sha256_bytes, sha256_file
from licet.errors import LogError, ManifestError, UsageError
from licet.placing import alone, force, link, make_folder, place
from licet.transparency import (
    MANIFEST,
    PAYLOAD_TYPE,
    Act,
    Attestation,
    Envelope,
    InSet,
    Log,
    LogWriter,
    Membership,
    Receipt,
    SortedSet,
    make_key,
    parse_envelope,
    parse_statement,
    prove_entry,
    public_path,
    read_key,
    said_of,
    sealed,
)
from licet.transparency.statements import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from licet.corpus import Line
    from licet.transparency import Signer, Statement, Verifier

LOG, KEYS, SEALED = "log", "keys", "sealed"
KEY_NAME, HISTORY_NAME = "log.key", "history.jsonl"
_PENDING = "pending.json"
_REOPENS = b'"reopens":'
_LINKED = (JSONL_NAME, PARQUET_NAME, HEAD_NAME, SEEN_NAME, LOOKED_NAME, REOPENED_NAME)


class ReceiptBook:
    """The log, the keys and the sealed manifests of the workspace in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log_folder = folder / LOG
        self.key_path = folder / KEYS / KEY_NAME
        self._lock = folder / SEALED / ".lock"  # whoever seals, or changes the key, holds it
        self.reopening = folder / SEALED / ".reopening"  # and this, whoever looks at manifests again
        self._reopens: dict[int, list[int]] = {}  # places of the log by that of what they supersede
        self._scanned = 0  # entries of the log that were looked at for those

    @property
    def begun(self) -> bool:
        """Whether there is a log."""
        return (self.log_folder / "checkpoint").exists()

    def signer(self) -> Signer:
        """Return the key that signs.

        Raises:
            LogError: there is none, or others may read it.
        """
        return read_key(self.key_path)

    def log(self) -> Log:
        """Open the log.

        Raises:
            LogError: there is none, or its head is not signed by the key that signs.
        """
        return Log(self.log_folder, [self.signer().verifier])

    def seal(
        self,
        manifest: Path,
        *,
        salt: bytes,
        at: datetime,
        reopens: dict[str, Any] | None = None,
        workers: int | None = 1,
        progress: Callable[[str], None] = lambda _: None,
    ) -> Seal:
        """Seal the manifest in `manifest` into the log. One that is sealed already keeps its seal.

        Args:
            manifest: its folder.
            salt: 32 random bytes.
            at: when, aware.
            reopens: what this manifest supersedes, if it does.
            workers: processes to work with; as many as processors without it.
            progress: called now and then.

        Raises:
            ManifestError: there is no manifest, or it is damaged.
            LogError: there is no log or no key.
        """
        head, _ = read_head(manifest)
        self.signer()  # nothing is begun without a key
        name = _name_of(manifest, reopens)
        folder = self.folder / SEALED / name
        with alone(self._lock):
            if not folder.exists():
                draft = folder.with_name(f".{name}.draft")
                shutil.rmtree(draft, ignore_errors=True)
                make_folder(draft)
                for each in _LINKED:
                    if (manifest / each).exists():
                        link(manifest / each, draft / each)
                receipts = Receipts(head, sha256_file(draft / JSONL_NAME))
                entry = seal_items(
                    draft, receipts, salt=salt, at=_stamp(at), reopens=reopens, workers=workers, progress=progress
                )
                log = self.log()
                pending = Seal(name=name, origin=log.head.origin, place=len(log), entry=entry.encoded().decode())
                place({draft / _PENDING: msgspec.json.encode(pending)})
                for path in draft.iterdir():
                    force(path)
                draft.rename(folder)
                force(folder.parent)
            if (seal := read_seal(folder)) is None:
                pending = msgspec.json.decode((folder / _PENDING).read_bytes(), type=Seal)
                seal = msgspec.structs.replace(pending, place=self.append_once(pending.entry.encode(), pending.place))
                place({folder / SEAL_NAME: msgspec.json.encode(seal)})
                (folder / _PENDING).unlink()
        if manifest != folder:
            place({manifest / SEAL_NAME: msgspec.json.encode(seal)})
        return seal

    def manifests(self) -> list[Path]:
        """Return the folders of the sealed manifests, in the order in which they were sealed."""
        found = [(seal.place, folder) for folder in (self.folder / SEALED).glob("[!.]*") if (seal := read_seal(folder))]
        return [folder for _, folder in sorted(found)]

    def sealed_folder(self, manifest: Path) -> Path:
        """Return where the manifest in `manifest` is kept as it was sealed.

        Raises:
            ManifestError: it is not sealed.
        """
        seal = read_seal(manifest)
        folder = self.folder / SEALED / (seal.name if seal is not None else _name_of(manifest))
        if read_seal(folder) is None:
            raise ManifestError(f"the manifest in {manifest} is not sealed here", mend="seal it with `licet seal`")
        return folder

    def sealed_named(self, name: str) -> Path:
        """Return where the sealed manifest of a name is kept.

        Raises:
            ManifestError: there is none here.
        """
        folder = self.folder / SEALED / name
        if read_seal(folder) is None:
            raise ManifestError(f"no manifest {name} is sealed here", mend="seal it with `licet seal`")
        return folder

    def sealed_as(self, folder: Path) -> tuple[Seal, str]:
        """Return the seal of a sealed manifest, and the SHA-256 of its lines."""
        seal = _sealed(folder)
        return seal, _manifest_of(seal)

    def receipts(self, manifest: Path, item: str, signers: Sequence[Signer] = ()) -> Iterator[tuple[Line, Receipt]]:
        """Yield the receipt of each line about `item`: an item's name or a recording's identifier.

        Of a line that was superseded, it is the receipt of the last one that supersedes it.

        Raises:
            ManifestError: the manifest is not sealed.
            UsageError: it has no such item.
        """
        folder = self.sealed_folder(manifest)
        places = places_of(folder, item)
        if not places:
            raise UsageError(f"the manifest has no item {item!r}", mend="name it as the manifest does")
        newer = self.superseding()
        for one in places:
            at = folder
            while (by := newer.get(at, {}).get(one)) is not None:
                at = by
            for _, _, lines in lines_at(at, [one]):
                yield from ((line, self._receipt(at, line, signers)) for line in lines)

    def superseding(self, among: Collection[Path] | None = None) -> dict[Path, dict[tuple[str, int], Path]]:
        """Return which sealed manifest supersedes which items, by name and row, of another; of all, or of some."""
        folders = {_sealed(folder).place: folder for folder in (self.manifests() if among is None else among)}
        found: dict[Path, dict[tuple[str, int], Path]] = {}
        for folder in folders.values():
            entry = parse_statement(_sealed(folder).entry.encode(), of_type=MANIFEST)
            if "reopens" in entry.predicate and entry.predicate["reopens"]["place"] in folders:
                gone = found.setdefault(folders[entry.predicate["reopens"]["place"]], {})
                gone |= dict.fromkeys(((one.item, one.row) for one in read_reopened(folder)), folder)
        return found

    def chain(self, folder: Path) -> list[Path]:
        """Return a sealed manifest and all those that supersede lines of it, or of one another, in the log's order.

        The log says which they are, so that none is passed over because it is not there.

        Raises:
            ManifestError: one that the log has is not here.
        """
        log = self.log()
        for where, entry in enumerate(log.since(self._scanned), self._scanned):
            if _REOPENS in entry:
                with suppress(LogError):  # another statement may hold the word
                    reopened = parse_statement(entry, of_type=MANIFEST).predicate["reopens"]["place"]
                    self._reopens.setdefault(reopened, []).append(where)
        self._scanned = len(log)
        places = [_sealed(folder).place]
        for where in places:  # they grow meanwhile
            places += self._reopens.get(where, [])
        here = {_sealed(one).place: one for one in self.manifests()}
        for where in places:
            if where not in here:
                raise ManifestError(
                    f"entry {where} of the log supersedes lines of {folder.name}, and its manifest is not in "
                    f"{self.folder / SEALED}",
                    mend="put it back from a backup",
                )
        return [here[where] for where in sorted(places)]

    def _receipt(self, folder: Path, line: Line, signers: Sequence[Signer]) -> Receipt:
        head, _ = read_head(folder)
        seal, proof, keys = self._anchor(folder)
        statement = Receipts(head, _manifest_of(seal)).statement(line)
        (own,) = SortedSet(folder / SET_NAME).prove(f"item:{line.row}:{line.item}")
        return Receipt(
            envelope=sealed(PAYLOAD_TYPE, statement.encoded(), [self.signer(), *signers]),
            parts=statement.parts(),
            item=InSet.of(own),
            entry=seal.entry,
            log=proof,
            keys=keys,
        )

    def prove(self, manifest: Path, name: str) -> Membership:
        """Prove that `name` is in a sealed manifest, or that it is not.

        Raises:
            ManifestError: the manifest is not sealed.
        """
        folder = self.sealed_folder(manifest)
        seal = _sealed(folder)
        entry = parse_statement(seal.entry.encode(), of_type=MANIFEST)
        return self.prove_in(SortedSet(folder / SET_NAME), name, entry, seal.place)

    def history(self) -> tuple[Envelope, ...]:
        """Return what was said of the log's keys, in order."""
        path = self.key_path.with_name(HISTORY_NAME)
        return tuple(map(parse_envelope, path.read_bytes().splitlines())) if path.exists() else ()

    def rotate(self, at: datetime) -> Signer:
        """Make a new key, have the old one name it as its successor in the log, and sign with it from now on.

        The old key lies beside it under its id, for whoever must revoke or destroy it. A rotation that was cut short
        goes on where it stopped.

        Raises:
            LogError: there is no log or no key.
        """
        with alone(self._lock):
            old = self.signer()
            coming = self.key_path.with_name(KEY_NAME + ".next")
            new = read_key(coming) if coming.exists() else make_key(coming, old.name)
            kept = self.key_path.with_name(f"{KEY_NAME}.{old.verifier.id.hex()}")
            with self._saying(said_of(new.verifier, Act.SUCCEEDS, by=old, at=_stamp(at)), old, also=[new]):
                for own, other in ((self.key_path, kept), (public_path(self.key_path), public_path(kept))):
                    link(own, other)
                for own, other in ((public_path(coming), public_path(self.key_path)), (coming, self.key_path)):
                    own.replace(other)
            return new

    def revoke(self, key: Verifier, at: datetime, why: str) -> None:
        """Say in the log that `key` is believed no longer.

        Raises:
            UsageError: it is the key that signs.
            LogError: there is no log or no key.
        """
        with alone(self._lock):
            signer = self.signer()
            if key == signer.verifier:
                raise UsageError("it is the key that signs", mend="licet key rotate, and revoke the old one then")
            with self._saying(said_of(key, Act.REVOKED, by=signer, at=_stamp(at), why=why), signer):
                pass

    @contextmanager
    def _saying(self, envelope: Envelope, signer: Signer, also: Sequence[Signer] = ()) -> Iterator[None]:
        """Put what is said of a key into the log, and into the history that travels with receipts.

        Nobody appends to the log until the block is left: whoever does then finds the key that signs from now on.
        """
        with LogWriter(self.log_folder, signer, also=also, wait=True) as writer:
            writer.append([msgspec.json.encode(envelope)])
            lines = (msgspec.json.encode(one) + b"\n" for one in (*self.history(), envelope))
            place({self.key_path.with_name(HISTORY_NAME): b"".join(lines)})
            yield

    def _anchor(self, folder: Path) -> tuple[Seal, Any, tuple[Envelope, ...]]:
        seal = _sealed(folder)
        return seal, prove_entry(self.log(), seal.place), self.history()

    def append_once(self, entry: bytes, since: int) -> int:
        """Append an entry, unless it stands in the log at `since` or behind: return its place.

        Raises:
            LogError: there is no log or no key.
        """
        with LogWriter(self.log_folder, self.signer, wait=True) as writer:
            log = self.log()
            found = (where for where in range(since, len(log)) if log[where] == entry)
            where = next(found, None)
            if where is None:
                (where,) = writer.append([entry])
        return where

    def attestation(self, statement: Statement, place: int, signers: Sequence[Signer] = ()) -> Attestation:
        """Return a statement that is an entry of the log, signed, with its way to the log's head."""
        envelope = sealed(PAYLOAD_TYPE, statement.encoded(), [self.signer(), *signers])
        return Attestation(envelope=envelope, log=prove_entry(self.log(), place), keys=self.history())

    def prove_in(self, items: SortedSet, name: str, statement: Statement, place: int) -> Membership:
        """Prove that a name is in a set whose root an entry of the log holds, or that it is not."""
        return Membership(
            name=name,
            neighbours=tuple(map(InSet.of, items.prove(name))),
            entry=statement.encoded().decode(),
            log=prove_entry(self.log(), place),
            keys=self.history(),
        )


def _name_of(manifest: Path, reopens: dict[str, Any] | None = None) -> str:
    """Name a manifest by its content: what it is of, its lines, and what it supersedes.

    What was permitted, disputed and settled comes to the same lines again: it supersedes another manifest then.
    """
    try:
        head = (manifest / HEAD_NAME).read_bytes()
        after = b"" if reopens is None else canonical(reopens)
        return sha256_bytes(head + sha256_file(manifest / JSONL_NAME).encode() + after)
    except FileNotFoundError:
        raise ManifestError(f"there is no manifest in {manifest}", mend="make one with `licet clear`") from None


def _sealed(folder: Path) -> Seal:
    seal = read_seal(folder)
    assert seal is not None
    return seal


def _manifest_of(seal: Seal) -> str:
    """Return the SHA-256 of the manifest that a seal is of."""
    return parse_statement(seal.entry.encode(), of_type=MANIFEST).subject[0].digest["sha256"]


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
