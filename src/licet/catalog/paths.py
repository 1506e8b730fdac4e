r"""A file's path as text that can be printed, and turned back into the very same bytes.

A path is bytes. Most are UTF-8; some hold newlines, terminal controls, or bytes that are no text at all. Escaped:

- a backslash is written twice;
- a control character, a line or paragraph separator, a mark that turns the direction of writing (it can disguise a
  name), and each byte that is not UTF-8, are written `\xNN`, byte by byte;
- everything else stands for itself.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from typing import TYPE_CHECKING, BinaryIO

from licet.errors import IdentifierError

if TYPE_CHECKING:
    from pathlib import Path

# Surrogates are the bytes that are not UTF-8, as Python's `surrogateescape` shows them.
_HIDDEN = re.compile("[\\\\\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\udc80-\udcff]")
_ESCAPE = re.compile(rb"\\(?:(\\)|x([0-9a-f]{2}))")


def escape_path(path: bytes) -> str:
    """Return `path` as printable text on one line; `unescape_path` undoes it."""
    return _HIDDEN.sub(_escaped, path.decode("utf-8", "surrogateescape"))


def unescape_path(text: str) -> bytes:
    """Return the bytes that `escape_path` wrote as `text`.

    Raises:
        IdentifierError: `text` holds a backslash that begins no escape.
    """
    raw = text.encode("utf-8", "surrogateescape")
    if b"\\" in _ESCAPE.sub(b"", raw):
        raise IdentifierError(
            f"{text!r} is not an escaped path", mend="write a backslash as \\\\ and other bytes as \\xNN"
        )
    return _ESCAPE.sub(lambda escape: escape[1] or bytes.fromhex(escape[2].decode()), raw)


def _escaped(found: re.Match[str]) -> str:
    if found[0] == "\\":
        return "\\\\"
    return "".join(f"\\x{byte:02x}" for byte in found[0].encode("utf-8", "surrogateescape"))


def open_regular(path: Path) -> BinaryIO:
    """Open the regular file at `path` for reading bytes, without ever waiting on a pipe or a device.

    Raises:
        OSError: it is missing, may not be read, or is no regular file.
    """
    stream = open(path, "rb", opener=_open_at_once)  # noqa: SIM115  (given to the caller)
    if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        stream.close()
        raise OSError(errno.EINVAL, "not a regular file")
    return stream


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))  # a pipe would wait for a writer
