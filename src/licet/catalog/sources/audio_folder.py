"""A folder of audio: which files are there, their digests, and what their tags say about them.

The evidence of a file is one line of JSON with its path, its SHA-256 and its tags: what the file said of itself on the
day it was read. What those tags permit is for the room `terms` to say, so an entry states no licence here.
"""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from licet.catalog.entries import Entry, Problem, SourceFile
from licet.catalog.identifiers import Identifier, local_identifier
from licet.catalog.paths import escape_path, open_regular
from licet.catalog.sources.extracts import Extract, write_extract
from licet.catalog.sources.reading import lines, shown, span_of
from licet.catalog.tagged import identifiers_in_tags
from licet.catalog.tags import Tags, read_tags
from licet.digests import sha256_stream
from licet.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

EXTENSIONS = frozenset(
    ".aac .ac3 .aif .aifc .aiff .alac .ape .au .caf .flac .m4a .m4b .mka .mp2 .mp3 .mp4 .mpc .oga .ogg .opus .spx .tta "
    ".wav .wave .webm .wma .wv".split()
)
_STATEMENTS = "statements.jsonl"
_LINE_BYTES = 1 << 24  # our own lines are as long as the tags that `read_tags` keeps


class _Statement(msgspec.Struct):
    """One line of the extract."""

    path: str
    sha256: str
    tags: Tags


@dataclass(frozen=True)
class AudioFolder:
    """The audio files in the folder `root` and below, known by their extensions. Links are not followed."""

    root: Path
    name: str = ""  # what the keys begin with; the folder's own name by default
    kind: str = "audio-folder"

    @property
    def location(self) -> str:
        """Where the folder lies, as the user gave it."""
        return shown(self.root)

    def files(self) -> tuple[SourceFile, ...]:
        """Return the list of statements that was made by reading the folder.

        Raises:
            SourceError: there is no such folder.
        """
        return (self._extract.file,)

    def blobs(self) -> Iterator[tuple[str, Path | bytes]]:
        """Yield that list: the audio itself is no evidence of terms."""
        yield self._extract.file.sha256, self._extract.path

    def read(self) -> Iterator[Entry | Problem]:
        """Yield a problem for each file that could not be read, then an entry for each one that could, by path.

        Raises:
            SourceError: there is no such folder.
        """
        yield from self._extract.problems
        name = self.name or escape_path(os.fsencode(self.root.resolve().name)) or "root"
        with self._extract.path.open("rb") as stream:
            for line in lines(stream, limit=_LINE_BYTES):
                content = line.content or b""
                statement = _DECODER.decode(content)
                yield Entry(
                    key=local_identifier(name, statement.path),
                    span=span_of(content, line.start, self._extract.file.sha256),
                    title=statement.tags.title or Path(statement.path).stem,
                    artist=statement.tags.artist,
                    album=statement.tags.album,
                    path=statement.path,
                    identifiers=(
                        Identifier("sha256", statement.sha256),
                        *identifiers_in_tags(statement.tags),
                    ),
                    tags=statement.tags,
                )

    @cached_property
    def _extract(self) -> Extract:
        try:
            folder = self.root.is_dir()
        except OSError:
            folder = False
        if not folder:
            raise SourceError(f"{self.location} is no folder", mend="give the folder that holds the audio files")
        return write_extract(self, _STATEMENTS, self._statements())

    def _statements(self) -> Iterator[bytes | Problem]:
        waiting = [self.root]
        while waiting:
            place = waiting.pop()
            try:
                if _is_folder(place, self.root):
                    waiting.extend(sorted(place.iterdir(), key=_name, reverse=True))
                elif _is_audio(place):
                    yield _statement(place, self.root)
            except OSError as error:
                yield Problem(_below(self.root, place), f"it cannot be read: {error.strerror or error}")


def _is_folder(place: Path, root: Path) -> bool:
    """Whether to go into `place`. A link is followed only where it is what the user named."""
    if place == root or not place.is_symlink():
        return place.is_dir()
    if place.is_dir() or _is_audio(place):
        raise OSError(errno.ELOOP, "a link, and links are not followed")
    return False


def _is_audio(place: Path) -> bool:
    return place.suffix.lower() in EXTENSIONS


def _statement(place: Path, root: Path) -> bytes:
    """Return the line that states what the file at `place` is. Raises OSError where it cannot be read."""
    with open_regular(place) as stream:
        digest = sha256_stream(stream)
        if stream.tell() == 0:
            raise OSError(errno.ENODATA, "the file is empty")
    return _ENCODER.encode(_Statement(_below(root, place), digest, read_tags(place)))


def _below(root: Path, place: Path) -> str:
    return escape_path(os.fsencode(place.relative_to(root)))


def _name(place: Path) -> bytes:
    return os.fsencode(place.name)


_ENCODER = msgspec.json.Encoder(order="sorted")
_DECODER = msgspec.json.Decoder(_Statement)
