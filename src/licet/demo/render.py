"""A performance: a score becomes sound, note by note, part by part, in a room.

1. Beats become seconds: the swing, the tempo, the slowing at the end.
2. Each note is taken from its instrument, given its envelope, and laid on its part.
3. Parts are panned and the room answers.
4. The whole is brought to one loudness, and its peaks are rounded off below full scale.
"""

from __future__ import annotations

import math
import zlib
from typing import TYPE_CHECKING

import numpy as np

from licet.demo.instruments import INSTRUMENTS, Instrument
from licet.demo.reverb import echo
from licet.demo.tones import RATE, Samples, normal

if TYPE_CHECKING:
    from licet.demo.score import Note, Part, Piece

TAIL_S = 1.8  # what the room is given to fall silent
LOUDNESS = 0.13  # root mean square of the whole, of full scale
PEAK = 0.93
LONGEST_S = 12.0  # of one note

_FORCES = 4  # layers of force that an instrument is sampled at
_FADE_S = 1.2

_Tones = dict[tuple[str, int, int, int], Samples]


def render(piece: Piece, *, seed: int = 1) -> Samples:
    """Play a piece. The same piece and seed give the same samples.

    Returns:
        [shape=(n, 2)], float32 within ±0.93, stereo at `RATE`.
    """
    beats = piece.beats
    total = int((clock(piece, beats, beats) + TAIL_S) * RATE)
    left, right, send = (np.zeros(total, dtype=np.float32) for _ in range(3))
    tones: _Tones = {}
    for number, part in enumerate(piece.parts):
        liberties = np.random.default_rng([seed, number, zlib.crc32(piece.key.encode())])
        dry = _perform(piece, part, total, liberties, tones)
        angle = (part.pan + 1) * math.pi / 4
        left += dry * np.float32(part.gain * math.cos(angle))
        right += dry * np.float32(part.gain * math.sin(angle))
        send += dry * np.float32(part.gain * part.send)
    mix = np.stack((left, right)) + echo(send, piece.room)
    return np.ascontiguousarray(_master(mix).T)


def clock(piece: Piece, beat: float, beats: float) -> float:
    """Return the second at which a beat of the score falls; the piece is `beats` long."""
    whole = math.floor(beat)
    part = beat - whole
    late = piece.swing
    swung = whole + (part * 2 * late if part < 0.5 else late + (part - 0.5) * 2 * (1 - late))
    over = max(0.0, swung - (beats - piece.slowing)) if piece.slowing else 0.0
    # A tempo that falls evenly to five eighths adds the square of the beats gone by.
    return (swung + (0.3 * over * over / piece.slowing if over else 0.0)) * 60 / piece.tempo


def _perform(piece: Piece, part: Part, total: int, liberties: np.random.Generator, tones: _Tones) -> Samples:
    dry = np.zeros(total, dtype=np.float32)
    beats = piece.beats
    instrument = INSTRUMENTS[part.instrument]
    for note in part.notes:
        early, lean = liberties.normal(0, 1, 2)
        onset_s = clock(piece, note.start, beats)
        begin = max(0, int((onset_s + early * piece.looseness_s) * RATE))
        length_s = clock(piece, note.start + note.length, beats) - onset_s
        wave = _sound(part.instrument, note, min(LONGEST_S, length_s), tones)
        loud = np.float32(note.loud**1.5 * (1 + 0.06 * max(-2.5, min(2.5, lean))))
        shaped = wave * _envelope(instrument, length_s, len(wave)) * loud
        stop = min(total, begin + len(shaped))
        dry[begin:stop] += shaped[: stop - begin]
    return dry


def _sound(name: str, note: Note, length_s: float, tones: _Tones) -> Samples:
    """Return the bare tone of a note. Like pitches are made once: lengths and forces come in few sizes."""
    instrument = INSTRUMENTS[name]
    wanted = int((length_s + instrument.release_s) * RATE) + 1
    size = max(13, math.ceil(2 * math.log2(wanted)))  # half powers of two
    layer = min(_FORCES - 1, int(note.loud * _FORCES))
    key = (name, note.pitch, size, layer)
    if key not in tones:
        frequency = 440.0 * 2 ** ((note.pitch - 69) / 12)
        tones[key] = normal(instrument.tone(frequency, int(2 ** (size / 2)) + 1, (layer + 0.7) / _FORCES))
    return tones[key][:wanted]


def _envelope(instrument: Instrument, length_s: float, count: int) -> Samples:
    shape = np.ones(count, dtype=np.float32)
    rise = min(count, max(1, int(min(instrument.attack_s, 0.8 * length_s + 0.002) * RATE)))
    shape[:rise] = np.sin(np.linspace(0, np.pi / 2, rise, dtype=np.float32)) ** 2
    held = min(count, max(rise, int(length_s * RATE)))
    fading = count - held
    if fading:
        away = np.linspace(0, 1, fading, dtype=np.float32)
        shape[held:] *= (1 - away) * np.exp(np.float32(-3.5) * away)
    return shape


def _master(mix: Samples) -> Samples:
    fade = int(_FADE_S * RATE)
    mix[:, -fade:] *= np.cos(np.linspace(0, np.pi / 2, fade, dtype=np.float32)) ** 2
    power = float(np.sqrt(np.mean(mix**2)))
    if power:
        mix *= np.float32(LOUDNESS / power)
    return np.asarray(np.float32(PEAK) * np.tanh(mix / np.float32(PEAK)), dtype=np.float32)
