"""A finished run, and the lines of its manifest whose items it read, held to what was attested.

1. The table of what was read has the SHA-256 that was attested, and the manifest is for the use that was.
2. The manifest's lines have theirs. Those that were read are taken from them as they are checked, or from the last
   manifest that supersedes them, which its own seal is of.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import msgspec

from licet.corpus import read_head, read_seal
from licet.corpus.asking import MEMORY, Asked
from licet.corpus.manifest import JSONL_NAME, PARQUET_NAME, Written, read_batches, writing
from licet.corpus.scratch import scratch
from licet.digests import sha256_bytes, sha256_file
from licet.errors import GateError, LogError
from licet.exports.markdown import word
from licet.training.attestation import read_attested
from licet.training.passes import read_pass_head
from licet.training.runs import ATTESTATION_NAME, BASES, passes_of
from licet.training.usage import TABLE_NAME
from licet.transparency import MANIFEST, Attestation, parse_receipt, parse_statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from licet.corpus import Head
    from licet.training.attestation import Attested
    from licet.training.runs import Base

LINES_A_BATCH = 512
_BACK = "put back what was attested"


class _Place(msgspec.Struct, frozen=True):
    """Which line of a manifest it is, and what it came to: the rest is left alone."""

    item: str
    verdict: str
    row: int = 0


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished run, as a card needs it."""

    folder: Path  # of the run
    sealed: Path  # of the manifest that it was fed
    attestation: Attestation
    attested: Attested
    head: Head
    days: tuple[str, ...]  # that epochs were decided for, ascending
    begun_with: dict[str, Attested]  # by the SHA-256 of its statement
    newer: tuple[Path, ...] = ()  # manifests that supersede lines of the one that it was fed, in the log's order

    @classmethod
    def of(cls, folder: Path, sealed: Path, newer: Sequence[Path] = ()) -> Finished:
        """Open the run in `folder`, which was fed the sealed manifest in `sealed`.

        Args:
            folder: of the run.
            sealed: of the manifest.
            newer: those sealed ones that superseded lines of it when the run's last epoch began, in the log's order.

        Raises:
            LogError: an attestation is none.
            GateError: the table of what was read is not the one that was attested, or the manifest is for another use.
            ManifestError: the manifest is damaged.
            OSError: a file cannot be read.
        """
        attestation = _attestation(folder / ATTESTATION_NAME)
        attested = read_attested(attestation.statement)
        if sha256_file(folder / TABLE_NAME) != attested.read.table:  # step 1
            raise GateError(f"{folder / TABLE_NAME} is not what was attested", mend=_BACK)
        head, use = read_head(sealed)[0], attested.use
        if (head.act, head.purpose, head.territories) != (use.act, use.purpose, use.territories):
            raise GateError(f"the manifest in {sealed} is not for the use that was attested", mend=_BACK)
        return cls(
            folder,
            sealed,
            attestation,
            attested,
            head,
            tuple(sorted({read_pass_head(path).day for path in passes_of(folder)})),
            {base.statement: _begun_with(folder, base) for base in attested.bases if base.statement},
            tuple(newer),
        )

    @contextmanager
    def asking(self) -> Iterator[Asked]:
        """Open those lines of the manifest for questions whose items were read: see `licet.corpus.asking`.

        Raises:
            GateError: the lines are not what was attested, or what was read is not among them.
            ManifestError: the manifest is damaged.
        """
        with TemporaryDirectory(prefix="licet-") as kept:
            with writing(Path(kept), self.head) as manifest:
                for line in self._lines():
                    manifest.add(line)
            with scratch(f"{self.sealed} cannot be read", memory=MEMORY, threads=1) as connection:
                lines = connection.read_parquet(str(Path(kept) / PARQUET_NAME), file_row_number=True)
                lines.project("*, file_row_number AS id").create_view("lines")
                yield Asked(connection)

    def _lines(self) -> Iterator[Written]:
        """Yield the lines whose items were read, as they stood last (step 2); table and manifest are in one order."""
        last: dict[tuple[str, int], Written] = {}
        for folder in self.newer:
            sealed = read_seal(folder)
            entry = b"" if sealed is None else sealed.entry.encode()
            digest = parse_statement(entry, of_type=MANIFEST).subject[0].digest.get("sha256", "")
            permitted = (line for line in _checked(folder, digest) if line.verdict == "permitted")
            last |= {(line.item, line.row): line for line in permitted}
        read = _read(self.folder / TABLE_NAME)
        wanted = next(read, None)
        for line in _checked(self.sealed, self.attested.manifest.sha256):
            if (line.item, line.row) == wanted:
                yield last.get(wanted, line)
                wanted = next(read, None)
        if wanted is not None:
            raise GateError(f"the manifest in {self.sealed} does not hold {wanted[0]}, which was read", mend=_BACK)


def _checked(folder: Path, digest: str) -> Iterator[Written]:
    """Yield the lines of a sealed manifest; all of them must have come to mean anything.

    Raises:
        GateError: they do not have this SHA-256.
    """
    seen = sha256()
    for batch in read_batches(folder, LINES_A_BATCH):
        for text in batch.texts:
            seen.update(text)
            try:
                place_ = msgspec.json.decode(text, type=_Place)
            except msgspec.DecodeError:
                continue  # it has another SHA-256
            yield Written(place_.item, place_.row, place_.verdict, text)
    if seen.hexdigest() != digest:
        raise GateError(f"{folder / JSONL_NAME} is not what was attested", mend=_BACK)


def _read(table: Path) -> Iterator[tuple[str, int]]:
    """Yield which lines were read, in the order of the manifest."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(table) as rows:
        for batch in rows.iter_batches(columns=["name", "row"]):
            yield from zip(batch["name"].to_pylist(), batch["row"].to_pylist(), strict=True)


def _attestation(path: Path) -> Attestation:
    given = parse_receipt(path.read_bytes())
    if not isinstance(given, Attestation):
        raise LogError(f"{path} is no attestation of a model", mend="`licet run finish` makes one")
    return given


def _begun_with(folder: Path, base: Base) -> Attested:
    path = folder / BASES / f"{word(base.statement)}.json"
    given = _attestation(path)
    if sha256_bytes(given.envelope.body) != base.statement:
        raise LogError(f"{path} is not the attestation that the run began with", mend="put back what was attested")
    return read_attested(given.statement)
