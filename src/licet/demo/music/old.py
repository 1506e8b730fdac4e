"""Music in old forms: a chorale, a canon, a fugue and a sarabande."""

from __future__ import annotations

from licet.demo.harmony import play
from licet.demo.score import Part, Piece, melody, repeat, shift, swell

# --- A chorale in F, four phrases, the third by way of D minor. Soprano, alto, tenor, bass, as a choir stands.

_SOPRANO = melody(
    """mf A4:1 A4 Bb4 C5 | C5 Bb4 A4:2 | C5:1 D5 F5 D5 | E5 D5 C5:2 |
    mp C5:1 Bb4 A4 G4 | F4 E4 D4:2 | mf F4:1 G4 A4 Bb4 | f A4 G4 F4:3"""
)
_ALTO = melody(
    """mf F4:1 F4 F4 F4 | E4 E4 F4:2 | F4:1 F4 F4 G4 | G4 G4 E4:2 |
    mp F4:1 F4 F4 D4 | D4 C#4 A3:2 | mf D4:1 D4 F4 F4 | f F4 E4 C4:3"""
)
_TENOR = melody(
    """mf C4:1 D4 D4:.5 C4 C4:1 | C4 C4 C4:2 | A3:1 Bb3 C4 D4 | C4 B3 C4:2 |
    mp C4:1 D4 D4 Bb3 | A3 A3:.5 G3 F#3:2 | mf D4:1 Bb3 C4 D4 | f C4 Bb3 A3:3"""
)
_BASS = melody(
    """mf F3:1 D3 Bb2 A2 | C3 C3:.5 Bb2 F2:2 | F3:1 Bb2 A2 B2 | C3 G2 C3:2 |
    mp A2:1 Bb2 D3 G3 | A2 A2 D3:2 | mf Bb2:1 G2 F2 Bb2 | f C3 C3 F2:3"""
)

CHORALE = Piece(
    key="chorale",
    title="Evening, and the Ferry Late",
    tempo=60,
    parts=(
        Part("organ", _SOPRANO, gain=1.0, pan=-0.3, send=0.6),
        Part("organ", _ALTO, gain=0.8, pan=-0.1, send=0.6),
        Part("organ", _TENOR, gain=0.85, pan=0.15, send=0.6),
        Part("organ", _BASS, gain=1.1, pan=0.3, send=0.5),
    ),
    room="church",
    slowing=3,
    looseness_s=0.009,
)

# --- A canon in three voices, each four bars behind the one before it, over a ground of eight chords in A.

_GROUND = "A F#m D E C#m F#m Bm E"
_LEADER = melody(
    """mf E5:2 C#5 D5 B4 E5 C#5 D5 B4 |
    A5:1 G#5 F#5 A5 F#5 D5 E5 G#5 | G#5 E5 A5 F#5 F#5 D5 G#5 E5 |
    E5:.5 D5 C#5 B4 A4 B4 C#5 A4 D5 E5 F#5 D5 E5 F#5 G#5 E5 | G#5 F#5 E5 C#5 F#5 E5 C#5 A4 B4 C#5 D5 F#5 E5 D5 B4 G#4 |
    A4:1.5 B4:.5 C#5:1 E5 F#5:1.5 A5:.5 G#5:1 B5 | G#5:1.5 E5:.5 C#5:1 F#5 D5:1.5 F#5:.5 E5:1 G#5 | A5:4"""
)

CANON = Piece(
    key="canon",
    title="Three Neighbours on the Stairs",
    tempo=126,
    parts=(
        Part("flute", _LEADER, gain=0.7, pan=-0.4),
        Part("bowed", (*(n for n in shift(_LEADER, 16) if n.start < 64), *melody("E5:4", start=64)), gain=0.6, pan=0.4),
        Part(
            "bowed",
            (*(n for n in shift(_LEADER, 32, transpose=-12) if n.start < 64), *melody("mf C#5:4", start=64)),
            gain=0.6,
            pan=0.05,
        ),
        Part("harpsichord", play(f"{_GROUND} " * 4 + "A", "R.x. R.12", step=0.5, floor=52), gain=0.42, pan=0.15),
        Part("upright", play(f"{_GROUND} " * 4 + "A", "R--- R-V-", step=0.5, floor=33), gain=0.75),
    ),
    room="chamber",
    slowing=4,
)

# --- A fugue in G minor: alto, soprano and bass enter in turn, an episode falls by fifths, the subject returns on top.

_SUBJECT = "G4:1 Bb4:.5 A4 G4 F#4 G4 A4 | Bb4:1 D5 Eb5:.5 D5 C5 Bb4 |"
_COUNTERSUBJECT = "D5:.5 Bb4 G4 D5 Eb5 D5 Bb4 C5 | D5:1 F5:.5 G5 G5 F5 Eb5 G5 |"

_FUGUE_SOPRANO = (
    *melody(f"mf {_SUBJECT}", start=8, transpose=7),
    *melody(f"E5:.5 G5 F5 E5 F#5 A5 G5 F#5 | {_COUNTERSUBJECT}", start=16),
    *melody("F#5:.5 A5 Bb5 G5 Eb5 G5 A5 F5 | D5 F5 G5 Eb5 C5 Eb5 F#5 D5 |", start=28),
    *melody(f"f {_SUBJECT}", start=36, transpose=12),
    *melody("A5:1 Bb5 A5:1.25 G5:.25 F#5 G5:.25 | G5:4", start=44),
)
_FUGUE_ALTO = (
    *melody(f"mf {_SUBJECT}"),
    *melody(f"mp {_COUNTERSUBJECT}", start=8, transpose=-5),
    *melody("C#5:1 D5 C5 C5:.5 A4 | Bb4:1 D4 C5:.5 A4 G4 F#4 | G4:1 A4:.5 Bb4 Bb4:1 G4 |", start=16),
    *melody("C5:1 Bb4 C5 A4 | Bb4 Bb4 A4 C5 |", start=28),
    *melody(f"f {_COUNTERSUBJECT}", start=36),
    *melody("F#5:1 G5 F#5:2 | D5+B4:4", start=44),
)
_FUGUE_BASS = (
    *melody(f"f {_SUBJECT}", start=20, transpose=-12),
    *melody("A3:.5 D3 G3:1 C4:.5 C3 F3:1 | Bb3:.5 Bb2 Eb3:1 A3:.5 A2 D3:1 |", start=28),
    *melody("f G3:1 G2 C3:.5 D3 G3 F#3 | G3:1 Bb2 C3:.5 Bb2 C3:1 | D3:.5 D2 G2 G3 D3 C3 D3 D2 | G2+G3:4", start=36),
)

FUGUE = Piece(
    key="fugue",
    title="Argument Among Clocks",
    tempo=92,
    parts=(
        Part("harpsichord", _FUGUE_SOPRANO, gain=0.9, pan=-0.35),
        Part("harpsichord", _FUGUE_ALTO, gain=0.9, pan=0.1),
        Part("harpsichord", _FUGUE_BASS, gain=1.1, pan=0.35),
        Part("organ", _FUGUE_BASS, gain=0.25, pan=0.3),
    ),
    room="hall",
    slowing=5,
    looseness_s=0.007,
)

# --- A sarabande in E minor for lute: slow, in three, its weight on the second beat.

_SARABANDE = "Em Am6 B7 Em C G Am B7 Em Am B7 Em"
_SARABANDE_SONG = melody(
    """mf B4:1 E5:1.5! F#5:.5 | F#5:1 E5:1.5! C5:.5 | D#5:1 F#5:1.5! A5:.5 | G5:2 F#5:.5 E5 |
    mp E5:1 G5:1.5! E5:.5 | D5:1 B4:1.5! D5:.5 | mf C5:1 E5:1.5! A5:.5 | F#5:2 D#5:.5 F#5 |
    f G5:1 B5:1.5! G5:.5 | mf A5:1 E5:1.5! C5:.5 | mp B4:1 F#5:1.5 D#5:.5 | p E5:3"""
)

SARABANDE = Piece(
    key="sarabande",
    title="Sarabande for an Empty House",
    tempo=60,
    parts=(
        Part("lute", _SARABANDE_SONG, gain=1.0, pan=0.1, send=0.4),
        Part("lute", play(_SARABANDE, "R-----", step=0.5, floor=40, loud=0.95), gain=0.8, pan=-0.15, send=0.4),
        Part("lute", play(_SARABANDE, "..o-12 ..o-1. ..o-21", step=0.5, floor=52), gain=0.6, pan=-0.05, send=0.4),
        Part("bowed", swell(repeat(melody("pp E2+E3:9"), 4, every=9), 0.6, 1.0), gain=0.1, send=0.6),
    ),
    room="hall",
    slowing=3,
    looseness_s=0.016,
)
