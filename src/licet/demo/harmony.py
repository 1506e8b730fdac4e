"""Chord symbols, and the patterns that accompanists make of them.

A pattern is written as drummers write: one character a step.

- ``.`` a rest; ``-`` holds the note before it
- ``x`` the whole chord; ``X`` louder; ``o`` softer
- ``0`` to ``9`` one tone of the chord, counted up from the lowest and on into the octaves above
- ``R`` the root in the bass, ``V`` the fifth above it, ``T`` the third, ``S`` the seventh or sixth, ``O`` the octave
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from licet.demo.score import Note, Notes, Part, pitch
from licet.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

QUALITIES = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "dim": (0, 3, 6),
    "sus": (0, 5, 7),
    "5": (0, 7),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "7": (0, 4, 7, 10),
    "m7": (0, 3, 7, 10),
    "maj7": (0, 4, 7, 11),
    "m7b5": (0, 3, 6, 10),
    "7b9": (0, 4, 7, 10, 13),
    "9": (0, 4, 7, 10, 14),
    "13": (0, 4, 10, 14, 21),
    "m9": (0, 3, 7, 10, 14),
    "maj9": (0, 4, 7, 11, 14),
    "add9": (0, 4, 7, 14),
    "madd9": (0, 3, 7, 14),
}
LOUD = {"x": 0.62, "X": 0.85, "o": 0.42}

_SYMBOL = re.compile(r"([A-G][#b]?)(.*)")
_BASS_TONES = {"R": 0, "T": 1, "V": 2, "S": 3}


def intervals(symbol: str) -> tuple[int, tuple[int, ...]]:
    """Return the root of a chord symbol as a pitch class, and its tones as semitones above the root.

    Raises:
        UsageError: the symbol is none that Licet's scores use.
    """
    match = _SYMBOL.fullmatch(symbol)
    if match is None or match[2] not in QUALITIES:
        raise UsageError(f"{symbol!r} is not a chord symbol", mend="write a root and a quality, as in Dm7")
    return pitch(f"{match[1]}0") % 12, QUALITIES[match[2]]


def voicing(symbol: str, floor: int) -> tuple[int, ...]:
    """Return the chord's tones, lowest first, within the octave above `floor`.

    A chord of five leaves its root to the bass. A fixed octave leads the voices by itself: what two chords share stays
    where it is, and the rest moves by step.
    """
    root, tones = intervals(symbol)
    upper = tones[1:] if len(tones) > 4 else tones
    return tuple(sorted({floor + (root + tone - floor) % 12 for tone in upper}))


def steps(pattern: str) -> Iterator[tuple[int, int, str]]:
    """Yield (first step, number of steps, character) for each sounding note of a pattern."""
    for found in re.finditer(r"[^.\- ]-*", pattern):
        yield found.start(), len(found.group()), found.group()[0]


def play(symbols: str, pattern: str, *, step: float, floor: int, loud: float = 1.0, start: float = 0.0) -> Notes:
    """Return the chords of `symbols`, one a bar, played by `pattern`; its bars, between spaces, take turns.

    `step` is the length of one character in beats, `floor` the lowest pitch to use, `loud` a factor.
    """
    bars = pattern.split()
    notes: list[Note] = []
    at = start
    for number, symbol in enumerate(symbols.replace("|", " ").split()):
        bar = bars[number % len(bars)]
        for first, count, character in steps(bar):
            force = LOUD.get(character, 0.66) * loud * (1.08 if first == 0 else 1.0)
            notes.extend(
                Note(at + first * step, count * step, tone, min(1.0, force))
                for tone in _tones(symbol, character, floor)
            )
        at += len(bar) * step
    return tuple(notes)


def _tones(symbol: str, character: str, floor: int) -> tuple[int, ...]:
    if character in LOUD:
        return voicing(symbol, floor)
    if character.isdigit():
        chord = voicing(symbol, floor)
        octave, index = divmod(int(character), len(chord))
        return (chord[index] + 12 * octave,)
    root, tones = intervals(symbol)
    bass = floor + (root - floor) % 12
    if character == "O":
        return (bass + 12,)
    return (bass + tones[_BASS_TONES[character] % len(tones)],)


def kit(
    rows: Mapping[str, str], *, step: float, times: int = 1, gain: float = 1.0, start: float = 0.0, send: float = 0.12
) -> tuple[Part, ...]:
    """Return one part for each drum of `rows`: its pattern, without spaces, played `times` times."""
    parts = []
    for place, (drum, spaced) in enumerate(rows.items()):
        row = spaced.replace(" ", "")
        notes = tuple(
            Note(start + (turn * len(row) + first) * step, count * step, 60, LOUD[character])
            for turn in range(times)
            for first, count, character in steps(row)
        )
        parts.append(Part(drum, notes, gain=gain, pan=(0.0, -0.15, 0.3, -0.35, 0.45)[place % 5], send=send))
    return tuple(parts)
