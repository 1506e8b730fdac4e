"""Tags of the rarer containers (ASF, Matroska, Monkey's Audio, WavPack), as libav reads them.

Their names are libav's, in capitals: `COPYRIGHT`, `LICENSE`. The container is told by its first bytes and given by
name, so that nothing in a file can make libav try another format, or open another file or address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC = {
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11": "asf",
    b"\x1a\x45\xdf\xa3": "matroska",
    b"MAC ": "ape",
    b"wvpk": "wv",
}


def container_values(stream: BinaryIO, container: str) -> Iterator[tuple[str, str]]:
    """Yield what the container states of itself and of its audio; nothing where libav cannot read it."""
    import av  # here: most files are read without it

    try:
        with av.open(
            stream, format=container, options={"protocol_whitelist": "none"}, metadata_errors="replace"
        ) as opened:
            parts = (opened.metadata, *(audio.metadata for audio in opened.streams.audio))
            values = [(name.upper(), value) for part in parts for name, value in part.items()]
    except (av.error.FFmpegError, ValueError):
        return
    yield from values
