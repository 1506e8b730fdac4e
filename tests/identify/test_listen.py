from __future__ import annotations

import dataclasses
import os
import pickle
import struct
import subprocess
import sys
import wave
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from licet.errors import AudioError
from licet.identify import listen, listening
from licet.identify.fingerprint import SAMPLE_RATE_HZ
from playing import encode, heard, music, write_wav

if TYPE_CHECKING:
    from collections.abc import Callable

RATE = 44_100
PIECE = music(11, 6.0, rate_hz=RATE)


def test_it_hears_what_was_written(tmp_path: Path) -> None:
    """A file's facts are those it was written with, and it is whole."""
    audio = listen(write_wav(tmp_path / "a.wav", PIECE)).audio
    assert (audio.codec, audio.container) == ("pcm_s16le", "wav")
    assert (audio.sample_rate_hz, audio.channels, audio.duration_s) == (RATE, 1, 6.0)
    assert (audio.partial, audio.note) == (False, "")


def test_lossless_copies_hash_alike(tmp_path: Path) -> None:
    """The same samples in WAV and in FLAC have one digest, and another sample has another."""
    wav = listen(encode(tmp_path / "a.wav", PIECE, "pcm_s16le")).audio
    flac = listen(encode(tmp_path / "a.flac", PIECE, "flac")).audio
    other = listen(encode(tmp_path / "b.wav", PIECE[:-1], "pcm_s16le")).audio
    assert wav.pcm_sha256 == flac.pcm_sha256
    assert wav.pcm_sha256 != other.pcm_sha256


def test_a_digest_is_made_where_it_is_asked_for(tmp_path: Path) -> None:
    """Without a digest everything else is heard as with one."""
    file = write_wav(tmp_path / "a.wav", PIECE)
    whole, quick = listen(file), listen(file, digest=False)
    assert quick.audio == dataclasses.replace(whole.audio, pcm_sha256="")
    assert quick.fingerprint == whole.fingerprint


FORMATS = [
    pytest.param("a.mp3", "libmp3lame", "mp3", id="mp3"),
    pytest.param("a.flac", "flac", "flac", id="flac"),
    pytest.param("a.opus", "libopus", "opus", id="opus"),
    pytest.param("a.m4a", "aac", "aac", id="m4a"),
    pytest.param("a.mka", "libmp3lame", "mp3", id="matroska"),
    pytest.param("a.aiff", "pcm_s16be", "pcm_s16be", id="aiff"),
    pytest.param("a.wv", "wavpack", "wavpack", id="wavpack"),
]


@pytest.mark.parametrize(("name", "codec", "says"), FORMATS)
def test_any_format_under_any_name(tmp_path: Path, name: str, codec: str, says: str) -> None:
    """The content says what a file is: each format is heard under its own name, a wrong one and none."""
    rate = 48_000 if codec == "libopus" else RATE
    file = encode(tmp_path / name, music(11, 6.0, rate_hz=rate), codec, rate)
    for other in (name, "wrong.txt", "none"):
        heard_so = listen(file.rename(tmp_path / other)).audio
        file = tmp_path / other
        assert (heard_so.codec, heard_so.partial) == (says, False)
        assert heard_so.duration_s == pytest.approx(6.0, abs=0.1)


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        pytest.param("a.mp3", "libmp3lame", id="mp3"),
        pytest.param("a.flac", "flac", id="flac"),
        pytest.param("a.opus", "libopus", id="opus"),
        pytest.param("a.mka", "libmp3lame", id="matroska"),
        pytest.param("a.aiff", "pcm_s16be", id="aiff"),
        pytest.param("a.wav", "pcm_s16le", id="wav"),
        pytest.param("a.wv", "wavpack", id="wavpack"),
    ],
)
def test_what_is_cut_off_is_missed(tmp_path: Path, name: str, codec: str) -> None:
    """A file cut in the middle is heard as far as it goes and called partial."""
    rate = 48_000 if codec == "libopus" else RATE
    file = encode(tmp_path / name, music(11, 6.0, rate_hz=rate), codec, rate)
    file.write_bytes(file.read_bytes()[: file.stat().st_size * 3 // 5])
    audio = listen(file).audio
    assert audio.partial
    assert audio.note
    assert 1.0 < audio.duration_s < 5.5


def test_a_file_that_lost_its_index_is_damaged(tmp_path: Path) -> None:
    """An MP4 file keeps its index at the end: cut, it cannot be heard at all, and it says that it was audio."""
    file = encode(tmp_path / "a.m4a", PIECE, "aac")
    file.write_bytes(file.read_bytes()[: file.stat().st_size * 3 // 5])
    with pytest.raises(AudioError) as caught:
        listen(file)
    assert caught.value.code == "damaged"


def test_damage_in_the_middle_is_noted(tmp_path: Path) -> None:
    """A file with a hole is heard around it and says so."""
    file = encode(tmp_path / "a.mp3", PIECE, "libmp3lame")
    content = bytearray(file.read_bytes())
    content[20_000:24_000] = np.random.default_rng(1).bytes(4000)
    file.write_bytes(content)
    audio = listen(file).audio
    assert audio.partial
    assert audio.duration_s > 5.0


def test_rubbish_after_the_end_costs_nothing(tmp_path: Path) -> None:
    """What follows the last sound is noted and does not make a whole recording partial."""
    file = encode(tmp_path / "a.mp3", PIECE, "libmp3lame")
    file.write_bytes(file.read_bytes() + np.random.default_rng(2).bytes(3000))
    audio = listen(file).audio
    assert not audio.partial
    assert audio.duration_s == pytest.approx(6.0, abs=0.1)


def _playlist(folder: Path) -> bytes:
    return b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n%s\n#EXT-X-ENDLIST\n" % bytes(folder / "a.wav")


def _concatenation(folder: Path) -> bytes:
    return b"ffconcat version 1.0\nfile '%s'\n" % bytes(folder / "a.wav")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lambda _: b"These are the lyrics of a song.\n" * 300, id="text named mp3"),
        pytest.param(lambda _: b"hi", id="two bytes"),
        pytest.param(lambda _: bytes(100_000), id="zeros"),
        pytest.param(lambda _: np.random.default_rng(3).bytes(200_000), id="noise"),
        pytest.param(lambda _: b"1\n00:00:00,000 --> 00:00:05,000\nla la\n\n" * 30, id="subtitles"),
        pytest.param(lambda _: b"\x89PNG\r\n\x1a\n" + bytes(500), id="picture"),
        pytest.param(lambda _: b"v=0\ns=x\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n", id="sdp"),
        pytest.param(_playlist, id="playlist"),
        pytest.param(_concatenation, id="concatenation"),
    ],
)
def test_what_is_not_audio_is_refused(tmp_path: Path, content: Callable[[Path], bytes]) -> None:
    """Text, pictures and lists that name other files are no audio, whatever they are called."""
    write_wav(tmp_path / "a.wav", PIECE)
    file = tmp_path / "song.mp3"
    file.write_bytes(content(tmp_path))
    with pytest.raises(AudioError) as caught:
        listen(file)
    assert caught.value.code == "not-audio"
    assert caught.value.mend


def _fifo(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        pytest.param(lambda path: path.write_bytes(b""), "empty", id="no bytes"),
        pytest.param(lambda path: path.mkdir(), "not-a-file", id="a folder"),
        pytest.param(_fifo, "not-a-file", id="a pipe that nobody writes to"),
        pytest.param(lambda path: path.symlink_to("/dev/zero"), "not-a-file", id="a device"),
        pytest.param(lambda path: path.symlink_to(path), "unreadable", id="a link to itself"),
        pytest.param(lambda _: None, "unreadable", id="gone"),
        pytest.param(lambda path: path.write_bytes(b"RIFF" + bytes(200)), "damaged", id="a header alone"),
        pytest.param(lambda path: path.write_bytes(b"fLaC" + bytes(50)), "damaged", id="a cut header"),
    ],
)
def test_what_cannot_be_heard_says_why(tmp_path: Path, make: Callable[[Path], object], code: str) -> None:
    """Each way in which a file is no file of sound has its own code, its path and its mend."""
    path = tmp_path / "x.wav"
    make(path)
    with pytest.raises(AudioError) as caught:
        listen(path)
    assert caught.value.code == code
    assert "x.wav" in caught.value.message
    assert pickle.loads(pickle.dumps(caught.value)).code == code  # noqa: S301  (our own bytes: errors cross processes)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_locked_file_is_unreadable(tmp_path: Path) -> None:
    """A file without permission is an error of its own."""
    file = write_wav(tmp_path / "a.wav", PIECE)
    file.chmod(0)
    with pytest.raises(AudioError, match="cannot be read"):
        listen(file)


def test_a_name_with_a_null_byte_is_unreadable() -> None:
    """A name that no file system holds is an error like any other."""
    with pytest.raises(AudioError, match="cannot be read"):
        listen(Path("a\0b"))


def test_a_film_without_sound_has_no_audio(tmp_path: Path) -> None:
    """A video that carries no audio stream says so."""
    file = tmp_path / "film.mp4"
    with av.open(str(file), "w") as film:
        stream = film.add_stream("mpeg4", rate=25)
        stream.width = stream.height = 64
        picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
        film.mux(stream.encode(picture))
        film.mux(stream.encode(None))
    with pytest.raises(AudioError) as caught:
        listen(file)
    assert caught.value.code == "no-audio-stream"


def test_a_header_without_sound_decodes_to_nothing(tmp_path: Path) -> None:
    """A file that opens and holds no sample is damaged."""
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
    with pytest.raises(AudioError) as caught:
        listen(tmp_path / "a.wav")
    assert caught.value.code == "damaged"


@pytest.mark.parametrize(
    ("shape", "rate", "width"),
    [
        pytest.param((1, 1), RATE, 2, id="one sample"),
        pytest.param((RATE, 1), RATE, 2, id="a second"),
        pytest.param((192_000, 8), 192_000, 3, id="192 kHz, 8 channels, 24 bits"),
        pytest.param((8000, 2), 8000, 1, id="8 bits"),
        pytest.param((96_000, 6), 48_000, 4, id="32 bits"),
    ],
)
def test_silence_of_every_shape_is_heard(tmp_path: Path, shape: tuple[int, int], rate: int, width: int) -> None:
    """Silence is no error: its facts are told and its fingerprint is empty."""
    sound = listen(write_wav(tmp_path / "a.wav", np.zeros(shape), rate, width))
    assert (sound.audio.sample_rate_hz, sound.audio.channels) == (rate, shape[1])
    assert sound.audio.duration_s == shape[0] / rate
    assert len(sound.fingerprint) == 0


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("channels", [1, 2, 5])
def test_depth_and_channels_leave_hardly_a_trace(tmp_path: Path, width: int, channels: int) -> None:
    """The same music at another depth, or on more channels, has nearly the same peaks."""
    sound = np.repeat(PIECE[:, np.newaxis], channels, axis=1)
    fingerprint = listen(write_wav(tmp_path / "a.wav", sound, RATE, width)).fingerprint
    plain = listen(write_wav(tmp_path / "b.wav", PIECE, RATE, 4)).fingerprint
    assert abs(len(fingerprint) - len(plain)) < 0.1 * len(plain)


def test_a_file_at_our_own_rate_is_not_resampled(tmp_path: Path) -> None:
    """Sound at 11,025 Hz goes to the peak finder as it is."""
    sound = music(12, 4.0)
    fingerprint = listen(write_wav(tmp_path / "a.wav", sound, SAMPLE_RATE_HZ, 4)).fingerprint
    assert abs(len(fingerprint) - len(heard(sound))) <= 2


def test_a_float_file_may_hold_anything(tmp_path: Path) -> None:
    """Infinities and what is no number are silence, and do not spoil what surrounds them."""
    sound = PIECE.copy()
    sound[1000:1100] = np.nan
    sound[2000] = np.inf
    sound[3000] = 1e38
    body = sound.tobytes()
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        36 + len(body),
        b"WAVE",
        b"fmt ",
        16,
        3,
        1,
        RATE,
        RATE * 4,
        4,
        32,
        b"data",
        len(body),
    )
    (tmp_path / "a.wav").write_bytes(head + body)
    assert len(listen(tmp_path / "a.wav").fingerprint) > 50


@pytest.mark.parametrize(
    ("rate", "channels"),
    [pytest.param(22_050, 1, id="another rate"), pytest.param(RATE, 2, id="another number of channels")],
)
def test_a_change_on_the_way_is_heard_and_noted(tmp_path: Path, rate: int, channels: int) -> None:
    """A stream whose rate or channels change half way is heard to its end."""
    first = encode(tmp_path / "a.mp3", PIECE, "libmp3lame").read_bytes()
    second = encode(tmp_path / "b.mp3", music(11, 6.0, rate_hz=rate), "libmp3lame", rate, channels=channels)
    both = tmp_path / "both.mp3"
    both.write_bytes(first + second.read_bytes())
    sound = listen(both)
    assert sound.audio.duration_s == pytest.approx(12.0, abs=0.3)
    assert sound.fingerprint.frames[-1] > 400
    assert "changes on the way" in sound.audio.note


@pytest.mark.parametrize("name", [b"new\nline.wav", b"latin-\xe9.wav", b"-.wav", "…".encode()])
def test_any_name_will_do(tmp_path: Path, name: bytes) -> None:
    """A name may hold newlines and bytes that are no UTF-8; an error shows it on one line."""
    path = Path(os.fsdecode(bytes(tmp_path) + b"/" + name))
    write_wav(path.with_name("a.wav"), PIECE).rename(path)
    assert listen(path).audio.duration_s == 6.0
    path.write_bytes(b"")
    with pytest.raises(AudioError) as caught:
        listen(path)
    caught.value.message.encode()
    assert "\n" not in caught.value.message


def test_a_failing_disk_is_an_error_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails while the ends of a file are looked at makes it unreadable."""

    def fail(_: object) -> str:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(listening, "cut_short", fail)
    with pytest.raises(AudioError) as caught:
        listen(write_wav(tmp_path / "a.wav", PIECE))
    assert caught.value.code == "unreadable"


def test_a_long_file_takes_little_memory(tmp_path: Path) -> None:
    """Memory does not grow with the length of a file: twenty minutes of it stay under 300 MB in all."""
    sound = np.tile(music(13, 20.0), 60)
    write_wav(tmp_path / "long.wav", sound, 16_000)
    code = (
        "import re, sys; from pathlib import Path; from licet.identify import listen;"
        "sound = listen(Path(sys.argv[1]));"
        "peak = re.search(r'VmHWM:\\s+(\\d+) kB', Path('/proc/self/status').read_text());"
        "print(sound.audio.duration_s, int(peak[1]) // 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "long.wav")], capture_output=True, text=True, check=True
    )
    seconds, mebibytes = done.stdout.split()
    assert float(seconds) == len(sound) / 16_000
    assert int(mebibytes) < 300
    assert done.stderr == ""
