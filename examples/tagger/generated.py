"""Music composed in code, whose instruments are therefore known, by artists and under licences that are make-believe.

The music is Licet's own and given away under CC0 (`licet.demo`). Each artist plays with a band of six instruments and
puts all pieces under one licence; how often a licence comes up follows the 55,615 tracks of MTG-Jamendo.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from licet.demo.drums import DRUMS
from licet.demo.encoding import MP3, Label, encode
from licet.demo.harmony import kit, play
from licet.demo.instruments import INSTRUMENTS
from licet.demo.render import render
from licet.demo.score import Part
from licet.demo.score import Piece as Score
from licet.parallel import ordered_map
from tagger.pieces import Piece

if TYPE_CHECKING:
    from pathlib import Path

# Tracks of MTG-Jamendo by licence, from its audio_licenses.txt.
TRACKS = {
    "CC BY 3.0": 3_122,
    "CC BY-SA 3.0": 9_933,
    "CC BY-ND 3.0": 3_303,
    "CC BY-NC 3.0": 2_274,
    "CC BY-NC-SA 3.0": 21_399,
    "CC BY-NC-ND 3.0": 15_584,
}
CATEGORIES = frozenset({"instrument"})
BAND = 6  # instruments of an artist; 2 to 4 of them play in a piece
LONG_S = 20  # of a piece, about

_TUNED = sorted(set(INSTRUMENTS) - set(DRUMS))
_ROOTS = "C Db D Eb E F Gb G Ab A Bb B".split()
_DEGREES = ((0, ""), (2, "m"), (4, "m"), (5, ""), (7, ""), (9, "m"))  # semitones above the key, and the chord there
_STRUM = ("x.x.x.x.", "x...x...", "..x...x.", "x-------", "x.xx.x.x")
_LOW = ("R...V...", "R---V---", "R.V.R.V.", "R-------")
_KITS = (("kick", "hat", "clap"), ("soft kick", "brush", "ride"), ("bass drum", "snare"), ("doum", "tek", "tambourine"))


@dataclass(frozen=True, slots=True)
class Planned:
    """One piece, before it is played."""

    piece: Piece
    score: Score


def generated_pieces(corpus: Path, *, artists: int, each: int, seed: int, workers: int | None) -> list[Piece]:
    """Compose and record `each` pieces by each of `artists` into `corpus`, below `generated/`, and return them."""
    licences = shared_out(artists, seed)
    planned = [
        compose(number, turn, licences[number], np.random.default_rng([seed, number, turn]), seed)
        for number in range(artists)
        for turn in range(each)
    ]
    missing = [one for one in planned if not (corpus / one.piece.path).exists()]
    for _ in ordered_map(partial(_record, corpus), missing, workers=workers):
        pass
    return [one.piece for one in planned]


def shared_out(artists: int, seed: int) -> list[str]:
    """Return a licence for each artist, as near to the shares of MTG-Jamendo as their number allows."""
    ends = np.cumsum(list(TRACKS.values())) / sum(TRACKS.values())
    places = (np.random.default_rng(seed).permutation(artists) + 0.5) / artists
    return [list(TRACKS)[int(place)] for place in np.searchsorted(ends, places)]


def compose(artist: int, turn: int, licence: str, draw: np.random.Generator, seed: int) -> Planned:
    """Return one piece: lines over chords, by two to four of the artist's instruments, with drums or without."""
    band = np.random.default_rng([seed, artist]).choice(_TUNED, BAND, replace=False)
    playing = draw.choice(band, draw.integers(2, 5), replace=False).tolist()
    tempo = float(draw.uniform(70, 170))
    bars = int(LONG_S * tempo / 60 / 4) + 1
    chords = _chords(draw, bars)
    roles = [
        (_line(draw), 60, 0.9),
        (str(draw.choice(_STRUM)), 55, 0.5),
        (str(draw.choice(_LOW)), 36, 0.7),
        (_line(draw), 67, 0.6),
    ]
    parts = [
        Part(name, play(chords, pattern, step=0.5, floor=floor), gain=gain, pan=draw.uniform(-0.5, 0.5))
        for name, (pattern, floor, gain) in zip(playing, roles, strict=False)
    ]
    drummed = bool(draw.random() < 0.4)
    if drummed:
        rows = {name: _beats(draw) for name in _KITS[draw.integers(len(_KITS))]}
        parts += kit(rows, step=0.5, times=-(-bars // 2), gain=0.35)
    name = f"generated/artist-{artist:03d}/{turn:02d}.mp3"
    tags = frozenset(f"instrument---{one.replace(' ', '')}" for one in (*playing, *(["drums"] if drummed else [])))
    piece = Piece(name, name, f"artist-{artist:03d}", tags, CATEGORIES, licence)
    return Planned(piece, Score(key=name, title=f"Study {turn + 1}", tempo=tempo, parts=tuple(parts)))


def _chords(draw: np.random.Generator, bars: int) -> str:
    """Return a chord for each bar, in one key."""
    key, degrees = draw.integers(12), (_DEGREES[number] for number in draw.integers(len(_DEGREES), size=bars))
    return " ".join(f"{_ROOTS[(key + above) % 12]}{kind}" for above, kind in degrees)


def _line(draw: np.random.Generator) -> str:
    """Return four bars of a melody that goes through the chords."""
    return " ".join("".join(draw.choice(list("01234..."), 8)) for _ in range(4))


def _beats(draw: np.random.Generator) -> str:
    """Return two bars of one drum."""
    return "X" + "".join(draw.choice(list("xo...."), 15))


def _record(corpus: Path, planned: Planned) -> None:
    path = corpus / planned.piece.path
    path.parent.mkdir(parents=True, exist_ok=True)
    label = Label(planned.score.title, planned.piece.artist, copyright=planned.piece.licence)
    path.write_bytes(encode(render(planned.score), MP3, label))
