"""Quiet music: a lullaby, a melody over a drone, and patterns for wooden bars."""

from __future__ import annotations

from licet.demo.harmony import play
from licet.demo.score import Part, Piece, melody, repeat, shift, swell

# --- A lullaby in F, two slow beats of three: a music box over a harp.

_LULLABY = "F Bb6 F C7 F Dm C7 F Bb F Gm C7 F Bb6 C7 F"
_LULLABY_SONG = melody(
    """mp A5:1 A5:.5 C6:1 A5:.5 | G5:1 F5:.5 D5:1.5 | C5:1 F5:.5 A5:1 F5:.5 | G5:3 |
    A5:1 A5:.5 C6:1 A5:.5 | F5:1 A5:.5 D6:1.5 | C6:1 Bb5:.5 G5:1 E5:.5 | F5:3 |
    mf D6:1 D6:.5 F6:1 D6:.5 | C6:1 A5:.5 C6:1.5 | mp Bb5:1 A5:.5 G5:1 Bb5:.5 | G5:1.5 C6 |
    p A5:1 A5:.5 C6:1 A5:.5 | D6:1 Bb5:.5 G5:1.5 | E5:1 G5:.5 Bb5:1 G5:.5 | pp F5:3"""
)

LULLABY = Piece(
    key="lullaby",
    title="Lullaby for a Lighthouse",
    tempo=90,
    parts=(
        Part("music box", _LULLABY_SONG, gain=0.75, pan=0.15, send=0.45),
        Part("harp", play(_LULLABY, "024321 013532", step=0.5, floor=53, loud=0.8), gain=0.6, pan=-0.3, send=0.3),
        Part("harp", play(_LULLABY, "R-----", step=0.5, floor=41), gain=0.7, pan=-0.2, send=0.3),
        Part("pad", play(_LULLABY, "o-----", step=0.5, floor=53), gain=0.09, send=0.5),
    ),
    room="hall",
    slowing=6,
    looseness_s=0.013,
)

# --- A slow flute over a drone on D, with bells that the harmony lets through.

_DRONE_SONG = melody(
    """p r:2 A4:2 | mp C5:.5 B4 A4:3 | r:.5 G4 A4 B4 D5:2 | C5:.5 A4 G4:3 |
    r:1 A4:.5 C5 D5:2 | mf E5:1.5 F5:.5 D5:2 | C5:.5 D5 A4:3 | mp r:.5 G4 F4 E4 F4:1 G4 | p E4:1 D4:5"""
)
_DRONE_BELLS = melody(
    """pp r:3 A5:5 | r:2.5 D6:1.5 E6:4 | r:1.5 B5:4 A5:2.5 | r:.5 F6:3.5 D6:4 | r:1 A5:1.5 D6:1.5 A6:2"""
)

DRONE = Piece(
    key="drone",
    title="What the Harbour Kept",
    tempo=62,
    parts=(
        Part("flute", _DRONE_SONG, gain=0.62, pan=-0.1, send=0.75),
        Part("bell", _DRONE_BELLS, gain=0.42, pan=0.4, send=0.7),
        Part("bell", shift(_DRONE_BELLS, 1.75, transpose=-12), gain=0.22, pan=-0.5, send=0.7),
        Part("pad", melody("mp D3+A3+E4:8 D3+A3+F4 D3+G3+C4 D3+Bb3+F4 D3+A3+D4:6"), gain=0.34, pan=0.1, send=0.5),
        Part("bowed", swell(repeat(melody("p D2+A2:8"), 4, every=8), 0.5, 1.2), gain=0.16, pan=-0.2, send=0.5),
        Part("bowed", melody("p D2+A2:6", start=32), gain=0.16, pan=-0.2, send=0.5),
    ),
    room="church",
    slowing=3,
    looseness_s=0.03,
)

# --- Two marimbas share twelve quavers a bar and never agree how to divide them: threes, then fours, then fives.

_BARS = "Em7 Emadd9 Em7 Emadd9 G6 Gadd9 Cmaj7 Cadd9 Am7 Amadd9 Cmaj7 D6 Em7 Emadd9"
_LATER = " ".join(_BARS.split()[2:])
_LAST = " ".join(_BARS.split()[4:])
_FIRST = play(_BARS, "0.3.1.4.2.3. 0.3.14.42.3. 013.14.42530 013514.42530", step=0.5, floor=52)
_SECOND = play(
    _LATER,
    "4..5..3..6.. 4..53.3..65. 4.25.3.16.42 5.31.4.26.35",
    step=0.5,
    floor=59,
    start=12,
)

WOODWORK = Piece(
    key="woodwork",
    title="Fourteen Ways to Stack a Shelf",
    tempo=150,
    parts=(
        Part("marimba", swell(_FIRST, 0.8, 1.15), gain=0.9, pan=-0.45),
        Part("marimba", swell(_SECOND, 0.7, 1.2), gain=0.8, pan=0.45),
        Part("electric piano", play(_LATER, "..o--------.", step=0.5, floor=57, start=12), gain=0.22),
        Part("bass", play(_LAST, "R-----V-R-..", step=0.5, floor=31, start=24), gain=0.55),
        Part("bell", melody("pp r:48 B6:9 A6 G6 F#6"), gain=0.14, pan=0.2, send=0.6),
    ),
    room="chamber",
    looseness_s=0.004,
)
