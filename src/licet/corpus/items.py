"""What a corpus holds: the items of a folder or of a list, sorted by name, each with what the corpus says of it."""

from __future__ import annotations

import heapq
import os
import stat
import tempfile
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from licet.catalog import Names, Problem, Right, Severity, escape_path, unescape_path
from licet.catalog.sources.table import Table
from licet.corpus.manifest import Trouble
from licet.corpus.testimony import rights_covered
from licet.errors import IdentifierError, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from licet.catalog import Entry, Span

LIST_SUFFIXES = frozenset({".csv", ".tsv", ".jsonl", ".ndjson", ".parquet"})
AUDIO_SUFFIXES = frozenset(
    ".mp3 .wav .wave .flac .ogg .oga .opus .m4a .mp4 .aac .aif .aiff .aifc .wma .ape .wv .mka .webm .mp2 .ac3 .au .caf"
    " .tta .mpc .spx .alac".split()
)
MAGIC_BYTES = 16
_TELLING = frozenset({Names.RECORDING, Names.BYTES})  # a party's or a release's name tells no recording
SORTED_AT_ONCE = 100_000


class Said(msgspec.Struct, frozen=True):
    """What a list says of one item, and where it says so."""

    licence: str | None  # exactly as worded
    digest: str  # SHA-256 of the bytes that say it
    blob: str
    start: int  # bytes
    length: int  # bytes
    title: str = ""
    artist: str = ""
    album: str = ""
    url: str = ""  # the page or file that it was had from
    song_elsewhere: bool = False  # it names other writers of the song than who licenses the recording


class Item(msgspec.Struct, frozen=True):
    """One thing to clear. `path` is None where the corpus names a recording without giving its audio."""

    name: str  # relative path, escaped, or the identifier it is listed by
    row: int = 0  # its place in a list, from 1
    path: str | None = None  # relative to the corpus's audio root, escaped
    declared: tuple[str, ...] = ()  # identifiers that the list gives it
    said: Said | None = None
    trouble: Trouble | None = None  # why there is no point in opening it


class Corpus:
    """A folder, or a list with the folder that its paths are relative to.

    Raises:
        SourceError: there is no such folder or list, or a list of a kind that Licet does not read.
    """

    def __init__(self, path: Path, *, audio: Path | None = None, columns: Mapping[str, str] | None = None) -> None:
        self.path = path
        if path.is_dir():
            self.root = path
            self._source = None
        elif path.is_file() and path.suffix.lower() in LIST_SUFFIXES:
            self.root = audio or path.parent
            self._source = Table(path, dict(columns or {}))
        elif path.exists():
            kinds = ", ".join(sorted(LIST_SUFFIXES))
            raise SourceError(f"{path} is neither a folder nor a list", mend=f"a list ends in one of {kinds}")
        else:
            raise SourceError(f"there is no corpus at {path}", mend="check the path")

    @property
    def listed(self) -> bool:
        """Whether the corpus is a list rather than a folder."""
        return self._source is not None

    def blobs(self) -> Iterator[tuple[str, Path | bytes]]:
        """Yield the bytes that the corpus's own statements stand in, each with its SHA-256."""
        if self._source is not None:
            yield from self._source.blobs()

    def items(self) -> Iterator[Item]:
        """Yield every item, sorted by name and row. Memory is bounded whatever the size of the corpus."""
        if self._source is None:
            yield from _walk(os.fsencode(self.root), b"")
        else:
            yield from _sorted(_row(number, row, self.root) for number, row in enumerate(self._rows(), 1))

    def _rows(self) -> Iterator[Entry | Problem]:
        """Yield the rows of the list; a doubt about one is no row of its own."""
        assert self._source is not None
        for row in self._source.rows():
            if not (isinstance(row, Problem) and row.severity is Severity.DOUBT):
                yield row


def _walk(folder: bytes, prefix: bytes) -> Iterator[Item]:
    """Yield the files below `folder` in the order of their escaped paths, whatever order the disk gives them in."""
    try:
        with os.scandir(folder) as entries:
            found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    except OSError as refused:
        yield _lost(
            prefix or b".", "unreadable", f"the folder cannot be read: {refused.strerror}", "check its permissions"
        )
        return
    # A folder sorts as if its name ended in "/": so the paths come out in the order of plain text.
    for name, is_folder in sorted(found, key=lambda entry: escape_path(entry[0]) + "/" * entry[1]):
        path = prefix + name
        if is_folder:
            yield from _walk(os.path.join(folder, name), path + b"/")  # noqa: PTH118  (bytes: pathlib holds text)
        elif (item := _file(os.path.join(folder, name), path)) is not None:  # noqa: PTH118  (likewise)
            yield item


def _file(absolute: bytes, relative: bytes) -> Item | None:
    """Return the item at one path, or None if it is plainly no audio and nobody says it is."""
    sounds = Path(os.fsdecode(relative)).suffix.lower() in AUDIO_SUFFIXES
    try:
        kind = os.stat(absolute).st_mode  # noqa: PTH116  (bytes: pathlib holds text)
    except OSError as refused:
        return _lost(relative, "unreadable", f"it leads nowhere: {refused.strerror}", "mend or remove the link")
    if stat.S_ISDIR(kind):
        return _lost(relative, "not-a-file", "a symbolic link to a folder is not followed", "scan that folder itself")
    if not stat.S_ISREG(kind):
        return _lost(relative, "not-a-file", "neither a file nor a folder", "remove it from the corpus")
    if sounds or _begins_like_audio(absolute):
        return Item(name=escape_path(relative), path=escape_path(relative))
    return None


def _begins_like_audio(path: bytes) -> bool:
    """Whether a file without an audio suffix begins like one of the common audio formats."""
    try:
        with open(path, "rb") as stream:  # noqa: PTH123  (bytes: pathlib holds text)
            head = stream.read(MAGIC_BYTES)
    except OSError:
        return True  # let it be tried, and its error told
    return (
        head.startswith((b"fLaC", b"OggS", b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"wvpk", b"MAC "))
        or (head[:4] in {b"RIFF", b"RF64"} and head[8:12] == b"WAVE")
        or (head[:4] == b"FORM" and head[8:12] in {b"AIFF", b"AIFC"})
        or (head[4:8] == b"ftyp" and head[8:11] in {b"M4A", b"M4B"})
    )


def _lost(path: bytes, code: str, message: str, mend: str) -> Item:
    return Item(name=escape_path(path), trouble=Trouble(code, message, mend))


def _row(number: int, entry: Entry | Problem, root: Path) -> Item:
    """Turn one row of a list into an item."""
    if isinstance(entry, Problem):
        return Item(name=entry.where, row=number, trouble=Trouble("bad-row", entry.says, "mend that row of the list"))
    declared = tuple(str(name) for name in (entry.key, *entry.identifiers) if name.names in _TELLING)
    name = entry.path or (entry.key.value if entry.key.scheme == "local" else str(entry.key))
    trouble = None if entry.path is None else _outside(entry.path, root)
    path = None if trouble else entry.path
    return Item(name, number, path, declared, _said(entry, entry.span), trouble)


def _said(entry: Entry, span: Span) -> Said:
    return Said(
        entry.licence,
        span.digest,
        span.blob,
        span.start,
        span.length,
        entry.title,
        entry.artist,
        entry.album,
        entry.url or "",
        song_elsewhere=Right.WORK not in rights_covered(entry),
    )


def _outside(path: str, root: Path) -> Trouble | None:
    """Refuse a listed path that leads out of the corpus: a list is other people's input."""
    try:
        absolute = Path(os.fsdecode(os.path.join(os.fsencode(root), unescape_path(path))))  # noqa: PTH118  (bytes)
        if absolute.resolve().is_relative_to(root.resolve()):
            return None
    except (IdentifierError, OSError, ValueError, RuntimeError):
        pass
    return Trouble("outside", "the path leads out of the corpus", "list paths below the folder of the list, or --audio")


def _sorted(items: Iterable[Item]) -> Iterator[Item]:
    """Sort by name and row: runs of bounded length on disk, merged (Knuth, TAOCP vol. 3, s. 5.4)."""
    source = iter(items)
    first = sorted(islice(source, SORTED_AT_ONCE), key=_place)
    if len(first) < SORTED_AT_ONCE:
        yield from first
        return
    with tempfile.TemporaryDirectory(prefix="licet-sort-") as folder:
        runs: list[Path] = []
        run = first
        while run:
            runs.append(Path(folder, str(len(runs))))
            with runs[-1].open("wb") as stream:
                stream.writelines(msgspec.json.encode(item) + b"\n" for item in run)
            run = sorted(islice(source, SORTED_AT_ONCE), key=_place)
        yield from heapq.merge(*map(_run, runs), key=_place)


def _run(path: Path) -> Iterator[Item]:
    decoder = msgspec.json.Decoder(Item)
    with path.open("rb") as stream:
        yield from map(decoder.decode, stream)


def _place(item: Item) -> tuple[str, int]:
    return item.name, item.row
