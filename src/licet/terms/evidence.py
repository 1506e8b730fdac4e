"""The bytes behind every statement, kept under the name their content gives them.

An evidence store is a folder: `sha256/ab/abcd...` holds the bytes whose SHA-256 is `abcd...`. A blob is written beside
its place, flushed to disk and renamed, so that a name is either absent or whole, whatever kills the process. Nothing is
ever changed or removed. What a killed process leaves in `incoming/` has no name and is never read.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
from contextlib import contextmanager
from itertools import count
from threading import get_ident
from typing import TYPE_CHECKING, BinaryIO

from licet.digests import CHUNK_BYTES, sha256_bytes, sha256_file
from licet.errors import EvidenceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from licet.terms.statement import Evidence

_DIGEST = re.compile(r"[0-9a-f]{64}")
_MEND = "restore it from a copy of the workspace, or add its source again"
_NUMBERS = count()
_REMEMBERED = 1 << 16  # digests: most of what is kept again is one of few statements


class EvidenceStore:
    """A content-addressed store of evidence in a folder, which is made when first written to."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lasting: set[str] = set()  # digests whose names this store has seen flushed: the last few
        self._unflushed: dict[int, set[Path]] = {}  # by thread: folders to flush when the batch it is in ends

    def put_bytes(self, content: bytes) -> str:
        """Keep `content` and return its SHA-256. Content that is kept already is left as it is.

        Raises:
            EvidenceError: it cannot be written.
        """
        digest = sha256_bytes(content)
        if self._holds(digest, len(content)):
            self._settle(digest)
        else:
            self._keep(io.BytesIO(content), "the evidence")
        return digest

    def put_file(self, path: Path) -> str:
        """Keep a copy of the file at `path` as it is now, and return its SHA-256. Memory is bounded whatever its size.

        Raises:
            EvidenceError: it cannot be read, or its copy cannot be written.
        """
        if not path.is_file():  # a pipe would be waited on for ever
            raise EvidenceError(f"{path} is not a file", mend="check the path")
        try:
            stream = path.open("rb")
        except OSError as error:
            raise EvidenceError(
                f"{path} cannot be read: {error.strerror}", mend="check the path and its rights"
            ) from error
        with stream:
            return self._keep(stream, str(path))

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Flush each folder once, at the end, instead of after every blob: many small blobs are kept much faster.

        Every blob is whole under its name throughout; only a power cut could take the names of an unfinished batch.
        A batch is of one thread: what others keep meanwhile is flushed as they say, and what they find that an
        unfinished batch has kept already is flushed for them, before it.
        """
        thread = get_ident()
        outer = self._unflushed.get(thread)
        folders = self._unflushed[thread] = set()
        try:
            yield
        finally:
            del self._unflushed[thread]
            if outer is not None:
                self._unflushed[thread] = outer
            for folder in sorted(folders):
                self._flush(folder)

    def path(self, digest: str) -> Path:
        """Return where the blob called `digest` is kept, whether or not it is there.

        Raises:
            EvidenceError: `digest` is no SHA-256 in lower-case hexadecimal.
        """
        if not _DIGEST.fullmatch(digest):
            raise EvidenceError(f"{digest[:80]!r} is no SHA-256", mend="a digest is 64 lower-case hexadecimal digits")
        return self._root / "sha256" / digest[:2] / digest

    def read(self, evidence: Evidence) -> bytes:
        """Return the bytes that `evidence` names, after checking that they still hash to their name.

        Raises:
            EvidenceError: they are not stored, are missing, or were altered.
        """
        if not evidence.blob:
            raise EvidenceError(f"the bytes of {evidence.where} are not stored", mend="add the source to the workspace")
        content = self._span(evidence.blob, evidence.start, evidence.length)
        if sha256_bytes(content) != evidence.digest:
            path = self.path(evidence.blob)
            raise EvidenceError(f"{path} was altered where it holds the bytes of {evidence.where}", mend=_MEND)
        return content

    def read_blob(self, digest: str) -> bytes:
        """Return a whole blob, after checking that it still hashes to its name.

        Raises:
            EvidenceError: it is missing, or was altered.
        """
        content = self._span(digest, 0, None)
        if sha256_bytes(content) != digest:
            raise EvidenceError(f"{self.path(digest)} was altered", mend=_MEND)
        return content

    def size(self, digest: str) -> int:
        """Return how many bytes the blob called `digest` has.

        Raises:
            EvidenceError: it is missing.
        """
        path = self.path(digest)
        try:
            return path.stat().st_size
        except OSError as error:
            raise EvidenceError(f"evidence is missing: {path}", mend=_MEND) from error

    def verify(self) -> Iterator[str]:
        """Yield the digest of every blob that can no longer be read or no longer hashes to its name, sorted."""
        for path in sorted(self._root.glob("sha256/*/*")):
            if _DIGEST.fullmatch(path.name) and not _intact(path):
                yield path.name

    def _holds(self, digest: str, size: int) -> bool:
        """Tell whether a blob is kept in full. One cut short by a power failure is not, and is written again."""
        try:
            return self.path(digest).stat().st_size == size
        except OSError:
            return False

    def _span(self, blob: str, start: int, length: int | None) -> bytes:
        path = self.path(blob)
        try:
            with path.open("rb") as stream:
                size = os.fstat(stream.fileno()).st_size
                stream.seek(min(max(start, 0), size))
                return stream.read(size if length is None else max(0, min(length, size)))
        except FileNotFoundError as error:
            raise EvidenceError(f"evidence is missing: {path}", mend=_MEND) from error
        except OSError as error:
            raise EvidenceError(
                f"{path} cannot be read: {error.strerror}", mend="check the disk and the file's rights"
            ) from error

    def _keep(self, source: BinaryIO, what: str) -> str:
        """Copy `source` to the place its content names, and return its digest."""
        try:
            with self._incoming() as temporary:
                with temporary.open("wb") as stream:
                    digest, size = _copied(source, stream)
                place = self.path(digest)
                if not self._holds(digest, size):
                    place.parent.mkdir(parents=True, exist_ok=True)
                    temporary.replace(place)
                self._settle(digest)
        except OSError as error:
            mend = "make room on the disk, or check the rights of the workspace's folder"
            raise EvidenceError(f"{what} cannot be kept in {self._root}: {error.strerror}", mend=mend) from error
        return digest

    @contextmanager
    def _incoming(self) -> Iterator[Path]:
        """Make a new file that no other process or thread writes to, and see to it that none is left behind."""
        folder = self._root / "incoming"
        folder.mkdir(parents=True, exist_ok=True)
        while True:
            path = folder / f"{os.getpid()}-{next(_NUMBERS)}"
            try:
                path.touch(exist_ok=False)
                break
            except FileExistsError:  # left by a killed process that had the same number
                continue
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def _settle(self, digest: str) -> None:
        """See to it that a name outlives a power cut, whoever gave it: another may not have flushed its folders yet."""
        if digest in self._lasting:
            return
        above = self._root / "sha256"
        folders = (above / digest[:2], above, self._root)
        if (unflushed := self._unflushed.get(get_ident())) is not None:
            unflushed.update(folders)
            return
        for folder in folders:
            self._flush(folder)
        if len(self._lasting) >= _REMEMBERED:
            self._lasting.clear()
        self._lasting.add(digest)

    def _flush(self, folder: Path) -> None:
        try:
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise EvidenceError(f"{folder} cannot be flushed: {error.strerror}", mend="check the disk") from error


def _copied(source: BinaryIO, target: BinaryIO) -> tuple[str, int]:
    """Copy a mebibyte at a time, flush to disk, and return the SHA-256 and the size of what was copied."""
    running, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK_BYTES):
        running.update(chunk)
        size += target.write(chunk)
    target.flush()
    os.fsync(target.fileno())
    return running.hexdigest(), size


def _intact(path: Path) -> bool:
    try:
        return sha256_file(path) == path.name
    except OSError:
        return False
