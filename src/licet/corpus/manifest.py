"""A manifest: one line for each item of a corpus, sorted by item, as Parquet and as JSON lines.

Both files hold the same lines in the same order and are written to the same bytes whenever the lines are the same. They
appear under their names only when they are whole. `docs/manifest.md` documents every field; `FORMAT` is its version.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import contextmanager
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from licet.errors import ManifestError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMAT = "licet-manifest/1"
PARQUET_NAME = "manifest.parquet"
JSONL_NAME = "manifest.jsonl"
HEAD_NAME = "clearance.json"
SEEN_NAME = "seen.parquet"
SEAL_NAME = "seal.json"  # see `seal`
LOOKED_NAME = "looked.json"  # what was on record when it was decided, or looked at again: see `licet.workspace`
ROWS_A_GROUP = 4096
BYTES_A_GROUP = 1 << 28


class ReasonLine(msgspec.Struct, frozen=True):
    """One reason, under every reading that has it."""

    readings: tuple[str, ...]
    rule: str
    verdict: str  # which way this reason points by itself
    says: str
    evidence: tuple[str, ...]  # SHA-256 of the statements it leans on
    cites: str
    status: str  # settled, contested, pending
    about: str = ""  # the recording it speaks of


class ConditionLine(msgspec.Struct, frozen=True):
    """Something asked in return, under the reading that was asked for."""

    name: str
    binds: str  # now, on-sharing
    accepted: bool
    says: str


class ReadingLine(msgspec.Struct, frozen=True):
    """The verdict under one reading."""

    reading: str
    verdict: str


class StatementLine(msgspec.Struct, frozen=True):
    """What one source says, where it says so, and the bytes that prove it."""

    voice: str  # corpus: of its own file; catalogue: of the recording it was found to be
    source: str
    statement: str  # exactly as worded; "" where the source is silent
    licence: str  # what it resolves to, for people
    stance: str  # licensed, reserved, unresolved, silent
    about: str  # the recording
    where: str
    captured: str  # ISO 8601, UTC
    evidence: str  # SHA-256 of the statement's own bytes
    blob: str  # SHA-256 of the stored object that holds them
    start: int  # bytes
    length: int  # bytes


class MatchLine(msgspec.Struct, frozen=True):
    """Where a recording sounds in the file, how changed, and how sure that is."""

    recording: str
    path: str  # where it was registered from
    query_start_s: float
    query_end_s: float
    reference_start_s: float
    reference_end_s: float
    time_factor: float  # 1.05: the file runs 5 % faster than the recording
    frequency_factor: float  # 1.05: the file sounds 5 % higher
    aligned_peaks: int
    probability: float


class Trouble(msgspec.Struct, frozen=True):
    """Why an item could not be looked at, and what to do about it."""

    code: str
    message: str
    mend: str = ""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a corpus: what it is, its verdict, and why."""

    item: str  # path relative to the corpus, or the identifier it was listed by
    row: int = 0  # its place in the list, from 1; 0 in a folder
    verdict: str  # permitted, refused, unknown, error
    contested: bool = False
    readings: tuple[ReadingLine, ...] = ()
    reasons: tuple[ReasonLine, ...] = ()
    conditions: tuple[ConditionLine, ...] = ()
    changes: tuple[str, ...] = ()  # what would change the verdict
    recordings: tuple[str, ...] = ()  # every recording found in it, surest first
    identified_by: str = ""  # file-digest, pcm-digest, fingerprint, listed
    confidence: float | None = None  # probability; None where it was only declared
    title: str = ""
    artist: str = ""
    album: str = ""
    holders: tuple[str, ...] = ()
    licence: str = ""  # for people; "" where nothing is known
    licence_keys: tuple[str, ...] = ()  # canonical URIs or SPDX ids
    family: str = ""  # what reports group by: BY-NC-SA, reserved, silent ...
    source: str = ""  # where the deciding statement came from
    pages: tuple[str, ...] = ()  # addresses of its recordings on record, and of itself in the list: asked by `gather`
    attribution: str = ""  # the credit its licence asks for
    statements: tuple[StatementLine, ...] = ()
    hints: tuple[str, ...] = ()
    matches: tuple[MatchLine, ...] = ()
    sha256: str = ""
    pcm_sha256: str = ""
    size: int = 0  # bytes
    duration_s: float | None = None
    codec: str = ""
    sample_rate_hz: int = 0
    channels: int = 0
    partial: bool = False  # only part of the audio could be decoded
    notes: tuple[str, ...] = ()
    error: Trouble | None = None


class StatedLine(msgspec.Struct, frozen=True):
    """What was stated for the corpus as a whole, and the stored bytes that state it."""

    statement: str
    source: str
    where: str
    captured: str  # ISO 8601, UTC
    blob: str  # SHA-256


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What a manifest is of: written beside it, and into the Parquet file's own metadata."""

    format: str = FORMAT
    licet: str  # version
    corpus: str
    act: str
    purpose: str
    territories: tuple[str, ...]
    day: str
    reading: str
    accepts: tuple[str, ...]
    trust_tags: bool = False  # whether a tag alone could permit
    policy: str  # name and version
    policy_sha256: str
    catalogue: str  # state of the catalogue
    index: str  # state of the fingerprint index
    stated: tuple[StatedLine, ...] = ()
    asker: str = ""  # the party for which it was asked, by its id
    model: str = ""  # and the model


class Counts(msgspec.Struct, frozen=True):
    """How many items came to what."""

    permitted: int = 0
    refused: int = 0
    unknown: int = 0
    error: int = 0

    @property
    def total(self) -> int:
        """Return the number of items."""
        return self.permitted + self.refused + self.unknown + self.error


_ENCODER = msgspec.json.Encoder(order="deterministic")
_LINE = msgspec.json.Decoder(Line)


class Written(NamedTuple):
    """A line as it is written, and what the writer must know of it."""

    item: str
    row: int
    verdict: str
    text: bytes  # JSON, and a line feed
    seen: bytes = b""  # what was seen of the item, as JSON: enough to decide on it again

    @classmethod
    def of(cls, line: Line, seen: msgspec.Struct | None = None) -> Written:
        """Write a line down, and what was seen."""
        sighting = b"" if seen is None else _ENCODER.encode(seen)
        return cls(line.item, line.row, line.verdict, _ENCODER.encode(line) + b"\n", sighting)


class ManifestWriter:
    """Writes lines to both files as they come; memory holds one row group. Use `writing`."""

    def __init__(self, folder: Path, head: Head) -> None:
        import pyarrow.parquet as pq

        metadata = {"licet": _ENCODER.encode(head).decode()}
        self._schema = schema().with_metadata(metadata)
        self._jsonl = (folder / JSONL_NAME).open("wb")
        self._parquet = pq.ParquetWriter(folder / PARQUET_NAME, self._schema, compression="zstd")
        self._seen_path = folder / SEEN_NAME
        self._seen: Any = None
        self._lines: list[Written] = []
        self._bytes = 0
        self._tally = dict.fromkeys(Counts.__struct_fields__, 0)
        self._last: tuple[str, int] = ("", -1)

    @property
    def counts(self) -> Counts:
        """How many lines came to what so far."""
        return Counts(**self._tally)

    def add(self, line: Written) -> None:
        """Write one line. Lines come in order of item and row.

        Raises:
            ManifestError: a line out of order.
        """
        place = (line.item, line.row)
        if place <= self._last:
            raise ManifestError(f"{line.item!r} is out of order after {self._last[0]!r}")
        self._last = place
        self._tally[line.verdict] += 1
        self._jsonl.write(line.text)
        self._lines.append(line)
        self._bytes += len(line.text) + len(line.seen)
        if len(self._lines) == ROWS_A_GROUP or self._bytes >= BYTES_A_GROUP:
            self._flush()

    def close(self) -> None:
        """Write what is left, durably."""
        self._flush()
        self._parquet.close()
        if self._seen is not None:
            self._seen.close()
        self._jsonl.flush()
        os.fsync(self._jsonl.fileno())
        self._jsonl.close()

    def _flush(self) -> None:
        from pyarrow.json import ParseOptions, ReadOptions, read_json

        if not self._lines:
            return
        # In one block and one thread: a text that straddles two blocks would be an error.
        how = ReadOptions(use_threads=False, block_size=self._bytes + 1)
        read_as = ParseOptions(explicit_schema=self._schema, unexpected_field_behavior="error")
        texts = b"".join(line.text for line in self._lines)
        self._parquet.write_table(read_json(BytesIO(texts), how, read_as).cast(self._schema))
        if self._lines[0].seen:
            self._flush_seen()
        self._lines.clear()
        self._bytes = 0

    def _flush_seen(self) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        items, rows, _, _, texts = zip(*self._lines, strict=True)
        seen = pa.array(texts, pa.binary()).cast(pa.string())
        table = pa.table({"item": items, "row": pa.array(rows, pa.int64()), "seen": seen})
        if self._seen is None:
            self._seen = pq.ParquetWriter(self._seen_path, table.schema, compression="zstd")
        self._seen.write_table(table)


@contextmanager
def writing(folder: Path, head: Head) -> Iterator[ManifestWriter]:
    """Write a manifest into `folder`: its files appear under their names when the block ends well, and not before."""
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / ".draft"
    shutil.rmtree(draft, ignore_errors=True)  # of a writer that was killed
    draft.mkdir()
    writer = ManifestWriter(draft, head)
    try:
        yield writer
    finally:
        writer.close()
    summary = {**msgspec.to_builtins(head), "counts": msgspec.to_builtins(writer.counts)}
    (draft / HEAD_NAME).write_text(json.dumps(summary, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    for name in (SEAL_NAME, LOOKED_NAME, SEEN_NAME):
        (folder / name).unlink(missing_ok=True)  # of the manifest that goes
    for name in (SEEN_NAME, JSONL_NAME, PARQUET_NAME, HEAD_NAME):
        if (draft / name).exists():
            (draft / name).replace(folder / name)
    draft.rmdir()


class Batch(msgspec.Struct, frozen=True):
    """Lines of a manifest as they stand in its file: cheap to send to another process, and decoded there."""

    path: str
    before: int  # how many lines stand before them
    texts: tuple[bytes, ...]

    def lines(self) -> Iterator[Line]:
        """Yield the lines.

        Raises:
            ManifestError: one of them is not one.
        """
        for number, text in enumerate(self.texts, start=self.before + 1):
            try:
                yield _LINE.decode(text)
            except (msgspec.DecodeError, UnicodeDecodeError) as broken:
                raise ManifestError(f"{self.path}:{number} is not a manifest line: {broken}") from broken


def read_batches(folder: Path, size: int) -> Iterator[Batch]:
    """Yield the lines of the manifest in `folder`, `size` at a time.

    Raises:
        ManifestError: there is none.
    """
    path = folder / JSONL_NAME
    before = 0
    try:
        with path.open("rb") as stream:
            while texts := tuple(islice(stream, size)):
                yield Batch(str(path), before, texts)
                before += len(texts)
    except FileNotFoundError:
        raise ManifestError(f"there is no manifest in {folder}", mend="make one with `licet clear`") from None


def read_lines(folder: Path) -> Iterator[Line]:
    """Yield the lines of the manifest in `folder`.

    Raises:
        ManifestError: there is none, or one of its lines is not one.
    """
    for batch in read_batches(folder, 1):
        yield from batch.lines()


def read_head(folder: Path) -> tuple[Head, Counts]:
    """Return what the manifest in `folder` is of, and its counts.

    Raises:
        ManifestError: there is none, or it is of a version that this Licet does not read.
    """
    path = folder / HEAD_NAME
    try:
        content = path.read_bytes()
        head = msgspec.json.decode(content, type=Head)
        counts = msgspec.convert(msgspec.json.decode(content)["counts"], Counts)
    except FileNotFoundError:
        raise ManifestError(f"there is no manifest in {folder}", mend="make one with `licet clear`") from None
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError) as broken:
        raise ManifestError(f"{path} is not the head of a manifest: {broken}") from broken
    if head.format != FORMAT:
        raise ManifestError(f"{path} is of format {head.format}", mend=f"this Licet reads {FORMAT}")
    return head, counts


def schema() -> Any:  # noqa: ANN401  (pyarrow has no types)
    """Return the Arrow schema of a manifest, field for field that of `Line`."""
    import pyarrow as pa

    text, whole, real, yes = pa.string(), pa.int64(), pa.float64(), pa.bool_()

    def listed(kind: type[msgspec.Struct], **special: Any) -> Any:  # noqa: ANN401  (as above)
        plain = {"str": text, "int": whole, "float": real, "bool": yes, "tuple[str, ...]": pa.list_(text)}
        return pa.list_(
            pa.struct(
                [(name, special.get(name, plain[str(kind.__annotations__[name])])) for name in kind.__struct_fields__]
            )
        )

    special = {
        "row": whole,
        "size": whole,
        "sample_rate_hz": whole,
        "channels": whole,
        "contested": yes,
        "partial": yes,
        "confidence": real,
        "duration_s": real,
        "readings": listed(ReadingLine),
        "reasons": listed(ReasonLine),
        "conditions": listed(ConditionLine),
        "statements": listed(StatementLine),
        "matches": listed(MatchLine),
        "error": pa.struct([(name, text) for name in Trouble.__struct_fields__]),
    }
    lists = ("changes", "recordings", "holders", "licence_keys", "pages", "hints", "notes")
    special |= dict.fromkeys(lists, pa.list_(text))
    return pa.schema([(name, special.get(name, text)) for name in Line.__struct_fields__])
