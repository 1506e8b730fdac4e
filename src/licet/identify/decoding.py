"""What a file holds as audio, told by its content alone.

1. Only a regular file is opened, and opening never waits: a pipe without a writer must not hold up a scan.
2. The content chooses the demuxer, never the name, and only among demuxers of recorded audio: playlists, subtitles,
   pictures and text never reach a parser, and nothing in a file can make libav open another file or address.
3. Sound comes as the decoder makes it; a packet that does not decode is stepped over and remembered.
"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn

import av
import av.error
import numpy as np

from licet.errors import AudioError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from numpy.typing import NDArray

DEMUXERS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,dts,eac3,flac,flv,iff,loas,matroska,webm,mov,mp3,mp4,m4a,mpc,mpc8,"
    "mpeg,mpegts,nut,ogg,rm,shn,sox,tak,truehd,tta,voc,w64,wav,wv"
)
PIECE = 1 << 14  # samples: a third of a second, small enough to stay in the cache
WORST_RUN = 1000  # packets in a row that do not decode, after which the rest is given up

# How recordings begin: what starts so and yet cannot be opened is damaged; anything else is not audio.
_SIGNATURES = (
    (0, b"fLaC"),
    (0, b"OggS"),
    (0, b"RIFF"),
    (0, b"RF64"),
    (0, b"FORM"),
    (0, b"ID3"),
    (4, b"ftyp"),
    (0, b"\x1aE\xdf\xa3"),
    (0, b"caff"),
    (0, b"wvpk"),
    (0, b"MAC "),
    (0, b"\x30\x26\xb2\x75"),
    (0, b"\xff\xfb"),
    (0, b"\xff\xf1"),
)


_TYPES = {"u8": "u1", "s16": "i2", "s32": "i4", "flt": "f4", "dbl": "f8"}  # libav's name: numpy's


@dataclass(frozen=True, slots=True)
class Sound:
    """A piece of sound as the decoder made it.

    `channels` holds one array [shape=(n_samples,)] for each channel, in the decoder's own type: uint8, int16, int32,
    float32 or float64.
    """

    channels: tuple[NDArray[Any], ...]
    rate_hz: int


class Damage:
    """What went wrong while decoding, as it goes wrong."""

    def __init__(self) -> None:
        self.packets = 0  # packets that did not decode
        self.says = ""  # the first complaint
        self.trailing = 0  # of these, how many came after the last that did
        self.gave_up = False  # the rest of the file was left undecoded

    def add(self, error: Exception) -> None:
        """Count one packet that did not decode."""
        self.packets += 1
        self.says = self.says or _reason(error)
        self.trailing += 1


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open the regular file at `path` for reading, without ever waiting for it.

    Raises:
        AudioError: `not-a-file`, `unreadable` or `empty`.
    """
    try:
        # Opening a device can have effects of its own, so it is looked at before and, against a swap, after.
        _require_file(path, path.stat())
        stream = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY), "rb")
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        raise unreadable(path, error) from error
    with stream:
        status = os.fstat(stream.fileno())
        _require_file(path, status)
        if status.st_size == 0:
            raise AudioError(f"{shown(path)} is empty", code="empty", mend="copy it again from its source")
        yield stream


@contextmanager
def demuxed(path: Path, stream: BinaryIO) -> Iterator[InputContainer]:
    """Open `stream` as a container of audio. `path` only names it in errors.

    Raises:
        AudioError: `not-audio`, `damaged` or `no-audio-stream`.
    """
    try:
        container: Any = av.open(
            _Nameless(stream),
            options={"format_whitelist": DEMUXERS, "protocol_whitelist": "none"},
            io_open=_refuse,
            metadata_errors="replace",
        )
    except (av.error.FFmpegError, OSError, ValueError) as error:
        _raise_unopened(path, stream, error)
    with container:
        if not container.streams.audio:
            raise AudioError(
                f"{shown(path)} holds no audio stream", code="no-audio-stream", mend="leave it out of the list"
            )
        # Channels that lie apart are averaged without a copy; a decoder that cannot do so makes what it does.
        container.streams.audio[0].codec_context.options = {"request_sample_fmt": "s16p"}
        yield container


def sounds(container: InputContainer, damage: Damage) -> Iterator[Sound]:
    """Yield the first audio stream piece by piece, stepping over what does not decode and noting it in `damage`.

    A decoder's frames hold a few milliseconds, and handling one here costs as much as handling a second of them: libav
    joins frames of one kind until there are `PIECE` samples.
    """
    kind: tuple[object, ...] = ()
    joined, heard = av.AudioFifo(), False
    for frame in _frames(container, damage):
        # The queue takes frames of fewer channels for what they are not: it must never see one.
        this = (frame.format.name, frame.sample_rate, frame.layout.nb_channels)
        if this != kind:
            yield from _all_of(joined)
            kind, joined = this, av.AudioFifo()
            heard = frame.format.packed.name in _TYPES and frame.sample_rate > 0
        if not heard:
            damage.add(ValueError(f"{frame.format.name} samples at {frame.sample_rate} Hz are no sound"))
            continue
        frame.pts = None  # a gap in the time stamps is no gap in the sound
        joined.write(frame)
        if joined.samples >= PIECE:
            yield from _all_of(joined)
    yield from _all_of(joined)


def stated_duration_s(container: InputContainer) -> float | None:
    """Return the length of the audio that the container states, in seconds, or None where it states none."""
    stream: AudioStream = container.streams.audio[0]
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    if container.duration is None or len(container.streams) > 1:  # then it may be the picture's
        return None
    return container.duration / av.time_base


def unreadable(path: Path, error: Exception) -> AudioError:
    """Return the error for a file that the system does not let us read."""
    return AudioError(
        f"{shown(path)} cannot be read: {_reason(error)}",
        code="unreadable",
        mend="check that it exists and that you may read it",
    )


def shown(path: Path) -> str:
    """Return `path` on one line, free of bytes that no terminal can show."""
    name = os.fspath(path)
    return name if name.isprintable() else ascii(name)


class _Nameless:
    """A file without a name, so that libav has nothing but its content to go by."""

    name = ""

    def __init__(self, stream: BinaryIO) -> None:
        self.read = stream.read
        self.seek = stream.seek
        self.tell = stream.tell


def _refuse(url: str, _flags: int, _options: dict[str, str]) -> NoReturn:
    raise PermissionError(f"a file may not open another: {url}")


def _frames(container: InputContainer, damage: Damage) -> Iterator[av.AudioFrame]:
    packets = container.demux(container.streams.audio[0])
    run = 0
    while run < WORST_RUN:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except (av.error.FFmpegError, OSError) as error:
            damage.add(error)
            break
        try:
            decoded = packet.decode()
        except av.error.FFmpegError as error:
            damage.add(error)
            run += 1
            continue
        if decoded:
            run = damage.trailing = 0
        yield from decoded
    damage.gave_up = True


def _all_of(joined: av.AudioFifo) -> Iterator[Sound]:
    """Take all that `joined` holds, without copying it once more."""
    frame = joined.read()
    if frame is None:
        return
    planes: Any = frame.planes  # each a buffer, which its type does not say
    dtype, length, count = _TYPES[frame.format.packed.name], frame.samples, frame.layout.nb_channels
    if frame.format.is_planar:
        channels = [np.frombuffer(plane, dtype, length) for plane in planes]
    else:
        channels = list(np.frombuffer(planes[0], dtype, length * count).reshape(length, count).T)
    yield Sound(tuple(channels), frame.sample_rate)


def _require_file(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe or a device"
        raise AudioError(f"{shown(path)} is {kind}, not a file", code="not-a-file", mend="name the audio file itself")


def _raise_unopened(path: Path, stream: BinaryIO, error: Exception) -> NoReturn:
    try:
        stream.seek(0)
        head = stream.read(16)
    except OSError as failure:
        raise unreadable(path, failure) from failure
    if any(head[at:].startswith(mark) for at, mark in _SIGNATURES):
        raise AudioError(
            f"{shown(path)} begins as audio and cannot be opened: {_reason(error)}",
            code="damaged",
            mend="copy it again from its source",
        ) from error
    raise AudioError(
        f"{shown(path)} is not audio, whatever its name says",
        code="not-audio",
        mend="leave it out of the list, or replace it with the recording",
    ) from error


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
