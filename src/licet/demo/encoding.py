"""How sound is written down: WAV, FLAC, MP3, Opus and AAC, with the tags that each of them has for rights.

libav writes no licence link into an MP3 (the ID3 frame `WCOP`), so Licet makes that tag itself.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import av
import numpy as np

from licet.demo.tones import RATE

if TYPE_CHECKING:
    from av.audio.stream import AudioStream

    from licet.demo.tones import Samples


@dataclass(frozen=True, slots=True)
class Encoding:
    """One way to write sound down."""

    suffix: str
    muxer: str
    codec: str
    rate: int = RATE  # Hz
    layout: str = "stereo"
    bit_rate: int | None = None  # bits a second; None for what loses nothing
    options: tuple[tuple[str, str], ...] = ()


_QUICK_LAME = (("compression_level", "8"), ("joint_stereo", "0"))
_QUICK_AAC = (("aac_coder", "fast"),)

FLAC = Encoding(".flac", "flac", "flac")
MP3 = Encoding(".mp3", "mp3", "libmp3lame", bit_rate=160_000, options=_QUICK_LAME)
M4A = Encoding(".m4a", "ipod", "aac", bit_rate=128_000, options=_QUICK_AAC)
PUBLISHED = {encoding.suffix: encoding for encoding in (FLAC, MP3, M4A)}
MP3_64K = Encoding(".mp3", "mp3", "libmp3lame", 22_050, "mono", 64_000, _QUICK_LAME)
M4A_64K = Encoding(".m4a", "ipod", "aac", RATE, "mono", 64_000, _QUICK_AAC)
OPUS_24K = Encoding(".opus", "ogg", "libopus", 48_000, "mono", 24_000, (("compression_level", "2"),))
WAV_16K = Encoding(".wav", "wav", "pcm_s16le", 16_000, "mono")


@dataclass(frozen=True, slots=True)
class Label:
    """What a file says about itself. "" says nothing."""

    title: str = ""
    artist: str = ""
    album: str = ""
    copyright: str = ""  # in words
    link: str = ""  # of the licence
    isrc: str = ""


def encode(sound: Samples, encoding: Encoding, label: Label | None = None) -> bytes:
    """Write a sound down: [shape=(n, 2)], float32 within ±1, at `RATE`. The same input gives the same bytes."""
    label = label or Label()
    is_mp3 = encoding.muxer == "mp3"
    written = io.BytesIO()
    # `bitexact` leaves out the encoder's version, and numbers an Ogg stream instead of drawing its number at random.
    with av.open(written, "w", format=encoding.muxer, options={"fflags": "+bitexact"}) as container:
        if not is_mp3:
            container.metadata.update(_fields(label))
        stream = cast(
            "AudioStream",
            container.add_stream(encoding.codec, encoding.rate, dict(encoding.options), layout=encoding.layout),
        )
        if encoding.bit_rate is not None:
            stream.bit_rate = encoding.bit_rate
        for packet in (*stream.encode(_frame(sound)), *stream.encode(None)):
            container.mux(packet)
    return (id3_tag(label) if is_mp3 else b"") + written.getvalue()


def id3_tag(label: Label) -> bytes:
    """Return an ID3v2.3 tag that says what the label says, or nothing where it says nothing (id3.org, id3v2.3.0).

    1. Text is UTF-16 with a byte order mark, after a byte that says so; a link is Latin-1, bare.
    2. A frame is its name, its size in four bytes, two bytes of flags, and its content.
    3. The tag is `ID3`, its version, its flags, and its size with seven bits to a byte.
    """
    # 1.
    texts = {
        "TIT2": label.title,
        "TPE1": label.artist,
        "TALB": label.album,
        "TCOP": label.copyright,
        "TSRC": label.isrc,
    }
    contents = {name: b"\x01" + text.encode("utf-16") for name, text in texts.items() if text}
    if label.link:
        contents["WCOP"] = label.link.encode("latin-1")
    # 2.
    frames = b"".join(
        name.encode() + len(content).to_bytes(4, "big") + bytes(2) + content for name, content in contents.items()
    )
    # 3.
    size = bytes(len(frames) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + size + frames if frames else b""


def _fields(label: Label) -> dict[str, str]:
    """Return what libav calls the label's parts; each of its formats writes those that it has a place for."""
    fields = {
        "title": label.title,
        "artist": label.artist,
        "album": label.album,
        "copyright": label.copyright,
        "LICENSE": label.link,
        "ISRC": label.isrc,
    }
    return {name: value for name, value in fields.items() if value}


def _frame(sound: Samples) -> av.AudioFrame:
    flat = np.ascontiguousarray(sound, dtype=np.float32).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(flat, format="flt", layout="stereo")
    frame.sample_rate = RATE
    return frame
