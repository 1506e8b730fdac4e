"""Change music the way the world does: codecs, noise, speech, other music, pitch, tempo, speed, rooms, broadcasters.

Twenty-five changes, made by ffmpeg, sox, rubberband and espeak-ng and the same from run to run. What works on the
signal alone is applied to half a minute at once, and clips are cut from that; what is added (noise, speech, other
music) is added to the clip itself, so that its level is right in every one.

Where an excerpt begins is exact to the sample: files are decoded from their beginning, since seeking in a compressed
file lands where the container guesses.
"""

from __future__ import annotations

import subprocess
import tempfile
import wave
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE_HZ = 44_100
EXCERPT_S = 30.0
SOURCE_S = 34.0  # what an excerpt sped up by a tenth is made of, and a little

ENCODED = {
    "mp3 64k": "ffmpeg -y -i {a} -b:a 64k {b}.mp3",
    "opus 24k": "ffmpeg -y -i {a} -b:a 24k {b}.opus",
    "16 kHz mono": "ffmpeg -y -i {a} -ac 1 -ar 16000 {b}.wav",
    "pitch +2 %": "rubberband -q -f 1.02 {a} {b}.wav",
    "pitch -2 %": "rubberband -q -f 0.98 {a} {b}.wav",
    "pitch +5 %": "rubberband -q -f 1.05 {a} {b}.wav",
    "pitch -5 %": "rubberband -q -f 0.95 {a} {b}.wav",
    "tempo +5 %": "rubberband -q -T 1.05 {a} {b}.wav",
    "tempo -5 %": "rubberband -q -T 0.95 {a} {b}.wav",
    "tempo +10 %": "rubberband -q -T 1.10 {a} {b}.wav",
    "tempo -10 %": "rubberband -q -T 0.90 {a} {b}.wav",
    "speed +2 %": "sox {a} {b}.wav speed 1.02 rate 44100",
    "speed -2 %": "sox {a} {b}.wav speed 0.98 rate 44100",
    "speed +5 %": "sox {a} {b}.wav speed 1.05 rate 44100",
    "speed -5 %": "sox {a} {b}.wav speed 0.95 rate 44100",
    "low-pass 4 kHz": "sox {a} {b}.wav sinc -4000",
    "reverb": "sox -G {a} {b}.wav reverb 60",
    "compression": "sox -G {a} {b}.wav compand 0.3,1 6:-70,-60,-20 -5 -90 0.2",
}
ADDED = {  # what is added, and how many decibels it lies below the music
    "noise 10 dB": ("noise", 10.0),
    "noise 5 dB": ("noise", 5.0),
    "noise 0 dB": ("noise", 0.0),
    "babble 5 dB": ("babble", 5.0),
    "babble 0 dB": ("babble", 0.0),
    "music 5 dB": ("music", 5.0),
    "music 0 dB": ("music", 0.0),
}
CHANGES = (*ENCODED, *ADDED)
PLAIN = "plain"  # no change: what is added is added to this
FACTORS = {  # (time factor, frequency factor) where it is not 1
    **{f"pitch {p:+} %": (1.0, 1 + p / 100) for p in (2, -2, 5, -5)},
    **{f"tempo {p:+} %": (1 + p / 100, 1.0) for p in (5, -5, 10, -10)},
    **{f"speed {p:+} %": (1 + p / 100, 1 + p / 100) for p in (2, -2, 5, -5)},
}

# What the voices read: the Universal Declaration of Human Rights, articles 1 to 6.
_TEXT = """All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience
and should act towards one another in a spirit of brotherhood. Everyone is entitled to all the rights and freedoms set
forth in this Declaration, without distinction of any kind, such as race, colour, sex, language, religion, political or
other opinion, national or social origin, property, birth or other status. Everyone has the right to life, liberty and
security of person. No one shall be held in slavery or servitude. No one shall be subjected to torture or to cruel,
inhuman or degrading treatment or punishment. Everyone has the right to recognition everywhere as a person before the
law."""
_VOICES = ("en-gb+m1", "en-us+f2", "en-gb+m3", "en-us+f4", "en-gb-scotland+m5", "en-us+f1")


def noise(seconds: float) -> NDArray[np.float32]:
    """Return white noise as sox makes it, [shape=(n,)], 44,100 Hz."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "noise.wav"
        run(f"sox -R -n -r {RATE_HZ} -c 1 -b 16 {{b}} synth {seconds} whitenoise vol 0.5", b=path)
        return read_wav(path)


def babble(seconds: float) -> NDArray[np.float32]:
    """Return six voices that read at once, each from another place, [shape=(n,)], 44,100 Hz."""
    total = np.zeros(int(seconds * RATE_HZ), np.float32)
    for number, voice in enumerate(_VOICES):
        spoken = speech(voice)
        total += np.resize(np.roll(spoken, -len(spoken) * number // len(_VOICES)), len(total))
    return total / np.float32(np.abs(total).max())


def speech(voice: str = _VOICES[0]) -> NDArray[np.float32]:
    """Return half a minute or so of one voice that reads, at a level of 1, [shape=(n,)], 44,100 Hz."""
    with tempfile.TemporaryDirectory() as scratch:
        spoken, path = Path(scratch) / "spoken.wav", Path(scratch) / "voice.wav"
        subprocess.run(["espeak-ng", "-v", voice, "-w", spoken, _TEXT], check=True, capture_output=True)
        run(f"ffmpeg -y -i {{a}} -ac 1 -ar {RATE_HZ} {{b}}", a=spoken, b=path)
        samples = read_wav(path)
        return samples / np.float32(level(samples))


def excerpt(path: Path, start_s: float, seconds: float = SOURCE_S) -> NDArray[np.float32]:
    """Return `seconds` of the file at `path`, [shape=(n, 2)], as ffmpeg decodes them."""
    with tempfile.TemporaryDirectory() as scratch:
        return read_wav(cut(path, start_s, seconds, Path(scratch)), mono=False)


def encoded(path: Path, start_s: float, change: str) -> NDArray[np.float32]:
    """Return `EXCERPT_S` seconds of a file from `start_s` on, changed by a tool or `PLAIN`, mono, [shape=(n,)]."""
    with tempfile.TemporaryDirectory() as scratch:
        plain = cut(path, start_s, SOURCE_S, Path(scratch))
        return changed(plain, ENCODED.get(change, ""))[: int(EXCERPT_S * RATE_HZ)]


def changed(plain: Path, command: str) -> NDArray[np.float32]:
    """Return the WAV file at `plain` as `command` changes it ("" leaves it as it is), mono, [shape=(n,)]."""
    if not command:
        return read_wav(plain)
    with tempfile.TemporaryDirectory() as scratch:
        run(command, a=plain, b=Path(scratch) / "changed")
        (made,) = Path(scratch).glob("changed.*")
        back = Path(scratch) / "back.wav"
        run(f"ffmpeg -y -i {{a}} -ac 1 -ar {RATE_HZ} {{b}}", a=made, b=back)
        return read_wav(back)


def cut(path: Path, start_s: float, seconds: float, folder: Path) -> Path:
    """Write `seconds` of the file at `path` as a WAV file of two channels in `folder`, and return where."""
    plain = folder / "plain.wav"
    run(f"ffmpeg -y -i {{a}} -ss {start_s:.6f} -t {seconds} -ar {RATE_HZ} -ac 2 {{b}}", a=path, b=plain)
    return plain


def mixed(clip: NDArray[np.float32], other: NDArray[np.float32], decibels: float) -> NDArray[np.float32]:
    """Add `other` to `clip`, `decibels` below it in mean power, and leave room so that nothing clips."""
    gain = level(clip) / max(level(other), 1e-6) * 10 ** (-decibels / 20)
    total: NDArray[np.float32] = clip + other * np.float32(gain)
    return total / np.float32(max(1.0, float(np.abs(total).max()) / 0.99))


def level(samples: NDArray[np.float32]) -> float:
    """Return the root of the mean power: 1 for a square wave at full scale."""
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))


def read_wav(path: Path, *, mono: bool = True) -> NDArray[np.float32]:
    """Return 16-bit samples, -1 to 1: the mean of the channels, or [shape=(n, n_channels)]."""
    with wave.open(str(path)) as file:
        frames = np.frombuffer(file.readframes(file.getnframes()), np.int16).reshape(-1, file.getnchannels())
    return (frames.mean(axis=1) if mono else frames).astype(np.float32) / np.float32(32_768)


def write_wav(path: Path, samples: NDArray[np.float32]) -> Path:
    """Write mono samples, -1 to 1, as 16 bits at 44,100 Hz."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(np.rint(np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes())
    return path


def run(template: str, **values: object) -> None:
    """Run one command; `values` fill its words, so that no path is ever split."""
    subprocess.run([part.format(**values) for part in template.split()], check=True, capture_output=True)
