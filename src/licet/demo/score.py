"""A score: notes in beats, parts that play them, pieces that gather the parts, and a small notation to write them in.

The notation reads like a lead sheet. Tokens stand between spaces and bar lines count for nothing:

- ``C4`` ``F#5`` ``Bb3`` a pitch with its octave (C4 is middle C); ``C4+E4+G4`` a chord; ``r`` a rest
- ``:1.5`` or ``:1/3`` the length in beats, kept until another is written
- ``'`` after a note makes it short, ``!`` stresses it
- ``pp p mp mf f ff`` set how loud the notes that follow are
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from licet.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

LOUDNESS = {"pp": 0.3, "p": 0.42, "mp": 0.55, "mf": 0.68, "f": 0.82, "ff": 0.95}

_STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ACCIDENTALS = {"": 0, "#": 1, "b": -1}
_PITCH = re.compile(r"([A-G])([#b]?)(\d)")
_TOKEN = re.compile(r"(?P<pitches>r|[A-G][#b]?\d(?:\+[A-G][#b]?\d)*)(?::(?P<beats>[\d./]+))?(?P<marks>['!]*)")


@dataclass(frozen=True, slots=True)
class Note:
    """One note. `start` and `length` are beats, `pitch` a MIDI number (60 is middle C), `loud` from 0 to 1."""

    start: float
    length: float
    pitch: int
    loud: float


Notes = tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What one instrument plays, and where it stands in the room."""

    instrument: str  # a name in `licet.demo.instruments.INSTRUMENTS`
    notes: Notes
    gain: float = 1.0  # against the other parts
    pan: float = 0.0  # -1 is left, 1 is right
    send: float = 0.25  # how much of it the room answers to


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of music: everything that a rendering depends on."""

    key: str  # `waltz`: names the piece, and seeds its performers' small liberties
    title: str
    tempo: float  # beats a minute
    parts: tuple[Part, ...]
    room: str = "chamber"  # a name in `licet.demo.reverb.ROOMS`
    swing: float = 0.5  # where the off-beat falls within a beat: 0.5 is straight, 0.66 shuffles
    slowing: float = 0.0  # beats of ritardando at the end
    looseness_s: float = 0.006  # standard deviation of the onsets, seconds

    @property
    def beats(self) -> float:
        """Return the length of the score in beats."""
        return max(end(part.notes) for part in self.parts)


def pitch(name: str) -> int:
    """Return the MIDI number of a pitch name: `A4` is 69.

    Raises:
        UsageError: the name is no pitch.
    """
    match = _PITCH.fullmatch(name)
    if match is None:
        raise UsageError(f"{name!r} is not a pitch", mend="write a letter, an accidental and an octave, as in F#4")
    letter, accidental, octave = match.groups()
    return 12 * (int(octave) + 1) + _STEPS[letter] + _ACCIDENTALS[accidental]


def melody(text: str, *, start: float = 0.0, transpose: int = 0) -> Notes:
    """Read the notation above into notes, the first at beat `start`, all of them `transpose` semitones higher.

    Raises:
        UsageError: a token is neither a note, a rest, a loudness nor a bar line.
    """
    notes: list[Note] = []
    at, beats, loud = start, 1.0, LOUDNESS["mf"]
    for token in text.replace("|", " ").split():
        if token in LOUDNESS:
            loud = LOUDNESS[token]
            continue
        match = _TOKEN.fullmatch(token)
        if match is None:
            raise UsageError(f"{token!r} is not a note", mend="write a pitch and its beats, as in F#4:1.5")
        beats = float(Fraction(match["beats"])) if match["beats"] else beats
        if match["pitches"] != "r":
            sounding = beats * (0.5 if "'" in match["marks"] else 1.0)
            stressed = min(1.0, loud * (1.2 if "!" in match["marks"] else 1.0))
            notes.extend(Note(at, sounding, pitch(name) + transpose, stressed) for name in match["pitches"].split("+"))
        at += beats
    return tuple(notes)


def end(notes: Iterable[Note]) -> float:
    """Return the beat at which the last of `notes` ends: 0 for none."""
    return max((note.start + note.length for note in notes), default=0.0)


def shift(notes: Notes, beats: float, *, transpose: int = 0) -> Notes:
    """Return `notes` later by `beats` and higher by `transpose` semitones."""
    return tuple(replace(note, start=note.start + beats, pitch=note.pitch + transpose) for note in notes)


def repeat(notes: Notes, times: int, *, every: float) -> Notes:
    """Return `notes` played `times` times, one beginning `every` beats after the other."""
    return tuple(note for turn in range(times) for note in shift(notes, turn * every))


def swell(notes: Notes, first: float, last: float) -> Notes:
    """Return `notes` with their loudness led evenly from a factor of `first` to one of `last`."""
    span = max((note.start for note in notes), default=0.0) or 1.0
    return tuple(
        replace(note, loud=min(1.0, note.loud * (first + (last - first) * note.start / span))) for note in notes
    )
