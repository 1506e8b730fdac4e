"""What else lies about in a corpus: broken files, empty ones, strange names, and things that are no files at all."""

from __future__ import annotations

import hashlib
import os
import struct
from functools import partial
from typing import TYPE_CHECKING

from licet.catalog import escape_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_KEPT = 0.4  # of a file whose download stopped
_SILENCE_S = 6
_RATE = 16_000  # Hz
_STATIC = b"".join(hashlib.sha256(bytes([turn // 256, turn % 256])).digest() for turn in range(1_875))  # like noise
_NEWLINE = b"rainy\ntram.mp3"
_NOT_UTF8 = b"caf\xe9 waltz.mp3"  # Latin-1, as an old computer wrote it


def write_odds(folder: Path, *, waltz_mp3: Path, chorale_flac: Path) -> Iterator[tuple[str, str | None, str]]:
    """Write what is broken or strange into `folder`; yield name (escaped), piece and description of each.

    What the file system refuses (a name, a link, a pipe) is left out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mp3, flac = waltz_mp3.read_bytes(), chorale_flac.read_bytes()
    contents: tuple[tuple[bytes, bytes, str | None, str], ...] = (
        (b"nothing.mp3", b"", None, "broken: 0 bytes"),
        (b"half.mp3", mp3[: int(len(mp3) * _KEPT)], "waltz", "broken: truncated mp3"),
        (b"half.flac", flac[: int(len(flac) * _KEPT)], "chorale", "broken: truncated flac"),
        (b"letter.mp3", b"Dear curator,\nthe file that you asked for is not here.\n", None, "broken: text named .mp3"),
        (b"static.flac", _STATIC, None, "broken: random bytes named .flac"),
        (b"silence.wav", _wav(_SILENCE_S * _RATE), None, "silence"),
        (b"one sample.wav", _wav(1), None, "broken: 1 sample"),
        (_NEWLINE, mp3, "waltz", "exact, a newline in its name"),
        (_NOT_UTF8, mp3, "waltz", "exact, a name that is not UTF-8"),
    )
    for name, content, piece, what in contents:
        if _done(partial(_write, content=content), folder, name):
            yield escape_path(name), piece, what
    things: tuple[tuple[bytes, Callable[[bytes], object], str], ...] = (
        (b"again", partial(os.symlink, b".."), "broken: a link to the folder around it"),
        (b"ouroboros.mp3", partial(os.symlink, b"ouroboros.mp3"), "broken: a link to itself"),
        (b"pipe.mp3", lambda path: os.mkfifo(path), "broken: a pipe"),  # noqa: PLW0108  (not every platform has it)
    )
    for name, make, what in things:
        if _done(make, folder, name):
            yield escape_path(name), None, what


def _done(make: Callable[[bytes], object], folder: Path, name: bytes) -> bool:
    """Make something at a path of bytes; return whether the file system, and the platform, let it be."""
    try:
        make(os.path.join(os.fsencode(folder), name))  # noqa: PTH118  (bytes: pathlib holds text)
    except (OSError, AttributeError, NotImplementedError):
        return False
    return True


def _write(path: bytes, content: bytes) -> None:
    with open(path, "wb") as stream:  # noqa: PTH123  (bytes: pathlib holds text)
        stream.write(content)


def _wav(samples: int) -> bytes:
    """Return a WAV of that many zeros: 16 bits, one channel."""
    size = 2 * samples
    header = struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + size, b"WAVE", b"fmt ", 16, 1, 1, _RATE, 2 * _RATE, 2, 16, b"data", size
    )
    return header + bytes(size)
