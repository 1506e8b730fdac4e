"""Music for late rooms: a blues, a bossa nova, a rag and a techno track."""

from __future__ import annotations

from licet.demo.harmony import kit, play
from licet.demo.score import Part, Piece, melody, shift, swell

# --- A twelve-bar blues in A, shuffled.

_BLUES = "A9 D9 A9 A9 D9 D9 A9 A9 E9 D9 A9 E9 A9"
_BLUES_LEAD = melody(
    """mf r:.5 E4 G4 A4 C5:1! A4 | C5:.5 D5 C5 A4 G4:1 r | r:.5 A4 C5 C#5 E5:1! D5:.5 C5 | A4:2 r |
    r:.5 A4 C5 D5 F5:1! D5 | C5:.5 A4 G4 A4 C5:1 r | f r:.5 E5 G5! E5 D5 C5 A4:1 | mf r:.5 C5 A4 G4 A4:2 |
    f B4:.5 D5 E5:1! G5:.5 E5 D5:1 | mf C5:.5 D5 C5 A4 G4:1 A4 | f C#5:.5 E5 A5:1! G5:.5 E5 C5 A4 | mf B4:1 G#4 E4:2 |
    mp r:.5 E4 G4 A4 C#5 E5 G5 F#5 | A5+C#5+E5:4"""
)
_BLUES_WALK = melody(
    """mf A2:1 C#3 E3 F#3 | D3 F#3 A3 G#3 | A3 G3 F#3 E3 | A2 C#3 E3 C#3 | D3 F#3 A3 B3 | C4 A3 F#3 D#3 |
    E3 C#3 A2 C#3 | E3 F#3 G3 G#3 | E3 G#3 B3 G#3 | D3 C3 A2 G#2 | A2 C#3 E3 F#3 | E3 D3 B2 E3 | A2 A2 E3 G#2 | A2:4"""
)

BLUES = Piece(
    key="blues",
    title="Blues for the Lost Umbrella",
    tempo=104,
    parts=(
        Part("guitar", _BLUES_LEAD, gain=1.0, pan=-0.15, send=0.3),
        Part("electric piano", play(_BLUES, "..x..o.. .x..x..o ..x-..xo", step=0.5, floor=55), gain=0.2, pan=0.35),
        Part("electric piano", melody("mp A3+G4+B4+C#5+F#5:4", start=52), gain=0.24, pan=0.35),
        Part("upright", _BLUES_WALK, gain=0.9),
        *kit({"soft kick": "X...x...", "brush": "..X...X.", "ride": "x.xox.xo"}, step=0.5, times=13, gain=0.3),
        *kit({"ride": "X-------"}, step=0.5, gain=0.3, start=52),
    ),
    room="chamber",
    swing=0.65,
    slowing=3,
    looseness_s=0.011,
)

# --- A bossa nova in C: flute over guitar, the clave on the rim.

_BOSSA = "Dm9 G13 Cmaj9 A7b9 Dm9 G13 Cmaj9 Cmaj9 Fmaj7 Fm6 Em7 A7b9 Dm9 G13 Cmaj9 Cmaj9"
_BOSSA_SONG = melody(
    """mf r:.5 A5:1 F5:.5 E5:1 D5:.5 F5 | E5:2.5 r:.5 B4 D5 | G5:1 E5:.5 D5:2.5 | r:.5 E5 G5 Bb5 A5:1 G5:.5 E5 |
    F5:1.5 E5:.5 D5:1 A4 | B4:1.5 D5:.5 F5:1 E5 | E5:3 r:1 | mp r:1 G4:.5 C5 E5 G5 B5:1 |
    f A5:2 r:.5 G5 A5 C6 | Ab5:2 r:.5 F5 G5 Ab5 | mf G5:1.5 E5:.5 D5:1 B4 | C#5:.5 E5 G5 Bb5 A5:2 |
    A5:.5 F5 E5:1 D5 E5:.5 F5 | E5:1.5 D5:.5 B4:1 A4 | D5:.5 E5:3.5 | mp r:1 G5:.5 E5 D5:3"""
)

BOSSA = Piece(
    key="bossa",
    title="Tuesday on the Balcony",
    tempo=126,
    parts=(
        Part("flute", _BOSSA_SONG, gain=0.62, pan=-0.2, send=0.35),
        Part("guitar", play(_BOSSA, "x..x..x. ..x.x..x", step=0.5, floor=55), gain=0.55, pan=0.3),
        Part("upright", play(_BOSSA, "R--RV--V", step=0.5, floor=33), gain=0.85),
        Part("electric piano", play(_BOSSA, "o-------", step=0.5, floor=60), gain=0.07, pan=-0.4),
        *kit(
            {"soft kick": "x..ox..ox..ox..o", "rim": "x..x..x...x..x..", "shaker": "oxxooxxooxxooxxo"},
            step=0.5,
            times=8,
            gain=0.24,
        ),
    ),
    room="booth",
    looseness_s=0.008,
)

# --- A rag in C with a trio in F: the left hand strides, the right hand trips.

_RAG = "C C G7 G7 G7 G7 C C7 F Fm6 C A7 D7 G7 C G7  F F C7 C7 F D7 Gm C7 F"
_RAG_SONG = melody(
    """mf E5:.5 G5:1! E5:.5 C5 E5 G5:1 | A5:.5 G5:1! E5:.5 G5:2 | D5:.5 F5:1! D5:.5 B4 D5 F5:1 |
    G5:.5 F5:1! D5:.5 F5:2 | mp B4:.5 D5:1! B4:.5 G4 B4 D5:1 | F5:.5 E5:1! D5:.5 F5 E5 D5 B4 |
    mf C5 E5:1! G5:.5 E5 G5 C6:1 |
    Bb5:.5 C6:1! Bb5:.5 G5:2 | f A5:.5 C6:1! A5:.5 F5 A5 C6:1 | Ab5:.5 C6:1! Ab5:.5 F5:2 |
    mf G5:.5 E5:1! G5:.5 C6 G5 E5:1 | C#5:.5 E5:1! G5:.5 A5:2 | F#5:.5 A5:1! F#5:.5 D5 F#5 A5:1 |
    B5:.5 A5:1! G5:.5 F5 D5 B4:1 | C5:.5 E5:1! G5:.5 C6:2 | G5:.5 A5 B5 D6:1.5 r:1 | p C6:1.5 A5:.5 F5:1 A5 |
    C6:.5 D6:1! C6:.5 A5:2 | Bb5:1.5 G5:.5 E5:1 G5 | Bb5:.5 C6:1! Bb5:.5 G5:2 | mf A5:.5 C6:1! F6:.5 C6:1 A5 |
    F#5:.5 A5:1! D6:.5 C6:2 | f Bb5:.5 D6:1! Bb5:.5 G5:1 Bb5 | G5:.5 Bb5:1! G5:.5 E5 G5 C6:1 |
    A5:.5 C6:1! F6:.5 F5:1' r"""
)

RAGTIME = Piece(
    key="ragtime",
    title="Left Shoe Rag",
    tempo=178,
    parts=(
        Part("piano", _RAG_SONG, gain=0.85, pan=0.2),
        Part("piano", shift(tuple(n for n in _RAG_SONG if n.start < 64), 0, transpose=-12), gain=0.3, pan=0.1),
        Part("piano", play(_RAG, "R.V. R.T.", step=1, floor=36, loud=1.05), gain=0.8, pan=-0.25),
        Part("piano", play(_RAG, "..x...x.", step=0.5, floor=55, loud=0.8), gain=0.42, pan=-0.15),
    ),
    room="booth",
    swing=0.54,
    looseness_s=0.008,
)

# --- Techno in F minor: a line that sweeps, over four on the floor. Voices enter one after the other.

_TECHNO = "Fm9 Fm9 Fm9 Fm9 Ab6 Ab6 Bbm9 Cm7 Fm9 Fm9 Ab6 Ab6 Bbm9 Bbm9 Cm7 Fm9 Fm9"
_STABS = "Ab6 Ab6 Bbm9 Cm7 Fm9 Fm9 Ab6 Ab6 Bbm9 Bbm9 Cm7"
_LINE = "0.03.0510.30.425 0.03.7.10.35.425 020.351.0430.7.1 053.0.10730.4.52"
_SWEEP = swell(play(_TECHNO.replace("m9", "m7"), _LINE, step=0.25, floor=41), 0.65, 1.25)

TECHNO = Piece(
    key="techno",
    title="Substation",
    tempo=127,
    parts=(
        Part("acid", _SWEEP, gain=0.42, pan=-0.15, send=0.2),
        Part("pad", play(_TECHNO, "o---------------", step=0.25, floor=56), gain=0.13, pan=0.2, send=0.5),
        Part(
            "electric piano",
            play(_STABS, "...x..x......x.. ...x..x...x..x.o", step=0.25, floor=60, start=16),
            gain=0.3,
            pan=0.3,
            send=0.5,
        ),
        Part("bass", play(_TECHNO, "..R...R...R...RO ..R...R..RR...V.", step=0.25, floor=29), gain=0.75, send=0.05),
        *kit({"kick": "X...X...X...X...", "hat": "o.xoo.xoo.xooxxo"}, step=0.25, times=16, gain=0.62, send=0.05),
        *kit({"clap": "....x.......x..o"}, step=0.25, times=12, gain=0.4, start=16),
        *kit({"open hat": "..x...x...x...x."}, step=0.25, times=8, gain=0.3, start=32),
    ),
    room="chamber",
    looseness_s=0.0015,
)
