"""Music to dance to: a waltz, a dance in seven, a march, a tango and a jig."""

from __future__ import annotations

from licet.demo.harmony import kit, play
from licet.demo.score import Part, Piece, melody, repeat, shift

# --- A waltz in A minor, AABA, for accordion and a guitar that goes oom-pah-pah.

_WALTZ = "Am Am Dm Dm E7 E7 Am E7  Am Am Dm Dm E7 E7 Am Am  G7 C G7 C F Dm B7 E7  Am Am Dm Dm E7 E7 Am Am"
_WALTZ_A = "A4:1 C5 E5 | A5:2 E5:1 | F5:1.5 E5:.5 D5:1 | A5:3 | G#5:1 B5 D6 | C6 B5 G#5 |"
_WALTZ_SONG = melody(
    f"""mf {_WALTZ_A} A5:2 E5:1 | G#4:1 B4 E5 | {_WALTZ_A} A5:1 E5 C5 | A4:2 r:1 |
    f D5:1 E5 F5 | G5:2 E5:1 | D5:1 E5 F5 | E5:3 | A5:1.5 G5:.5 F5:1 | D5 F5 A5 | F#5 A5 B5 | B5:2 r:1 |
    mf A4:1 C5 E5 | A5:2 E5:1 | F5:1.5 E5:.5 D5:1 | A5:3 | G#5:1 B5 D6 | C6 B5 G#5 | A5 E5 C5 | A4:3"""
)

WALTZ = Piece(
    key="waltz",
    title="Waltz for a Rainy Tram",
    tempo=168,
    parts=(
        Part("reed", _WALTZ_SONG, gain=0.62, pan=-0.15),
        Part("bowed", melody("pp r:48 | mp D4:3 C4 D4 C4 C4 D4 D#4 E4 | C4:6 D4 E4 C4"), gain=0.3, pan=0.45),
        Part("upright", play(_WALTZ, "R-. V-.", step=1, floor=36), gain=0.95, pan=0.05),
        Part("guitar", play(_WALTZ, ".xo .xx", step=1, floor=55, loud=0.85), gain=0.5, pan=0.3),
        *kit({"brush": ".oo"}, step=1, times=32, gain=0.2),
    ),
    slowing=4,
    looseness_s=0.009,
)

# --- A round dance in seven eighths, 3 + 2 + 2, on D with a flat second and a sharp third.

_SEVEN_A = "A4:1 Bb4:.5 A4 G4 F#4 G4 | A4:1.5 F#4:1 D4 | G4:1 A4:.5 G4 F#4 Eb4 F#4 | D4:1.5 D4:1' D4' |"
_SEVEN_B = "A4:1 C5:.5 Bb4 A4 Bb4 C5 | D5:1.5 C5:1 A4 | Bb4:1 C5:.5 Bb4 A4 G4 F#4 | A4:1.5! A4:2 |"
_SEVEN_C = "D5:1 Eb5:.5 D5 C5 Bb4 C5 | D5:1.5 C5:1 Bb4 | A4:1 Bb4:.5 A4 G4 F#4 Eb4 | D4:1.5! D4:2 |"
_SEVEN_SONG = melody(f"mf {_SEVEN_A} {_SEVEN_B} f {_SEVEN_C}")
_SEVEN = "D D Cm D  D D Gm D  Gm Gm Cm D " * 2

SEVEN = Piece(
    key="seven",
    title="Seven Goats",
    tempo=144,
    parts=(
        Part("saz", repeat(_SEVEN_SONG, 2, every=42), gain=0.9, pan=-0.2),
        Part("flute", shift(_SEVEN_SONG, 42, transpose=12), gain=0.34, pan=0.3, send=0.4),
        Part("guitar", play(_SEVEN, "X..x.x. X.ox.xo", step=0.5, floor=50), gain=0.36, pan=0.4),
        Part("bowed", repeat(melody("p D3+A3:14"), 6, every=14), gain=0.14, pan=0.1),
        *kit({"doum": "X..x...X.....o", "tek": "..o.x.x..ox.xo"}, step=0.5, times=12, gain=0.62),
        *kit({"tambourine": "....x.x"}, step=0.5, times=12, gain=0.18, start=42),
    ),
    room="chamber",
    looseness_s=0.008,
)

# --- A march in B flat for a small brass band with drums.

_MARCH = "Bb Bb F7 Bb Eb Bb C7 F7 Bb Bb F7 Bb Eb Bb F7 Bb"
_MARCH_SONG = melody(
    """f F4:1' Bb4 D5:1.5 C5:.5 | Bb4:1 D5 F5:2 | Eb5:1 C5 A4:1.5 C5:.5 | D5:1 Bb4 F4:2 |
    mf G4:1 Bb4 Eb5:1.5 D5:.5 | D5:1 F5 Bb5:2 | f G5:1 E5 C5:1.5 E5:.5 | F5:3 F4:1' |
    f F4:1' Bb4 D5:1.5 C5:.5 | Bb4:1 D5 F5:1.5 G5:.5 | A5:1 F5 Eb5:1.5 C5:.5 | D5:1 F5 Bb4:2 |
    ff Eb5:1.5 F5:.5 G5:1 Bb5 | F5:1.5 D5:.5 Bb4:1 D5 | C5 Eb5:.5 D5 C5:1 A4 | Bb4:2 Bb4:1'! r"""
)
_MARCH_SECOND = melody("""mp r:32 | D4:4 F4 Eb4:2 F4 | F4:4 | G4:2 Bb4 | mf Bb4:2 F4 | Eb4:2 Eb4 | D4:2 D4:1'! r""")

MARCH = Piece(
    key="march",
    title="The Allotment Society Goes By",
    tempo=114,
    parts=(
        Part("brass", _MARCH_SONG, gain=0.75, pan=-0.2, send=0.3),
        Part("flute", shift(tuple(n for n in _MARCH_SONG if n.start >= 32), 0, transpose=12), gain=0.2, pan=0.4),
        Part("brass", _MARCH_SECOND, gain=0.5, pan=0.3, send=0.3),
        Part("brass", play(_MARCH, ".x.x", step=1, floor=58, loud=0.8), gain=0.22, pan=0.35),
        Part("brass", play(_MARCH, "R.V.", step=1, floor=34, loud=1.1), gain=0.62, pan=0.1),
        *kit(
            {"bass drum": "X...x...X...x...", "snare": "..x.xoxo..x.xxxx"},
            step=0.25,
            times=16,
            gain=0.42,
        ),
    ),
    room="hall",
    looseness_s=0.007,
)

# --- A tango in D minor: bowed strings over a piano that marks every beat.

_TANGO = "Dm Dm A7 A7 A7 A7 Dm Dm Gm Gm Dm Dm E7 A7 Dm Dm"
_TANGO_SONG = melody(
    """f A4:.5' A4' A4' Bb4 A4:2 | F4:.5 G4 A4 D5 F5:1.5 E5:.5 | E5:.5 D5 C#5 D5 E5:2 | r:.5 C#5 D5 E5 G5:1.5 F5:.5 |
    mf E5:.5 F5 E5 C#5 A4:2 | r:.5 A4 Bb4 C#5 E5:1.5 D5:.5 | D5:1.5 A4:.5 F4:2 | r:.5 D5 E5 F5 A5:1 G5:.5 F5 |
    f G5:.5' G5' G5' A5 Bb5:2 | A5:.5 G5 F5 E5 D5:2 | mf F5:.5 E5 D5 E5 F5:2 | r:.5 A4 D5 F5 A5:2 |
    f G#5:.5 A5 B5 A5 G#5:1 E5 | A5:.5 G5 F5 E5 C#5:2 | D5:1 F5:.5 E5 D5:1 A4 | D5:.5' r A4' r ff D5'! r:1.5"""
)

TANGO = Piece(
    key="tango",
    title="Tango of the Two Umbrellas",
    tempo=118,
    parts=(
        Part("bowed", _TANGO_SONG, gain=0.7, pan=-0.2),
        Part("reed", play(_TANGO, "x.oo.ox. x..xx.o.", step=0.5, floor=57, loud=0.8), gain=0.2, pan=0.35),
        Part("piano", play(_TANGO, "X.x.X.xo", step=0.5, floor=52, loud=0.9), gain=0.3, pan=0.2),
        Part("piano", play(_TANGO, "R..R-.V. R..V-.R.", step=0.5, floor=33), gain=0.6, pan=0.1),
        Part("upright", play(_TANGO, "R..R-.V. R..V-.R.", step=0.5, floor=33), gain=0.6),
    ),
    room="chamber",
    looseness_s=0.01,
)

# --- A jig in E dorian, two strains played twice; a fiddle joins the flute the second time.

_JIG_A = """E5:1/3 B4 B4 E5 F#5 G5 | F#5 E5 D5 A4 D5 F#5 | E5 B4 B4 E5 F#5 G5 | A5:2/3 F#5:1/3 D5:1 |
    E5:1/3 B4 B4 E5 F#5 G5 | A5 G5 F#5 D5 E5 F#5 | G5 F#5 E5 F#5 D5 A4 | B4:2/3 E5:1/3 E5:1 |"""
_JIG_B = """B5:1/3 A5 G5 F#5 G5 A5 | B5 G5 E5 E5:2/3 G5:1/3 | A5 G5 F#5 E5 F#5 G5 | A5 F#5 D5 D5:2/3 F#5:1/3 |
    G5 F#5 G5 E5 G5 B5 | A5 G5 F#5 D5 E5 F#5 | G5 F#5 E5 F#5 D5 A4 | B4:2/3 E5:1/3 E5:1 |"""
_JIG_SONG = melody(f"mf {_JIG_A} {_JIG_A} f {_JIG_B} {_JIG_B}")
_JIG_CHORDS = "Em D Em D Em D D Em " * 2 + "Em Em D D C D D Em " * 2

JIG = Piece(
    key="jig",
    title="The Borrowed Bicycle",
    tempo=118,
    parts=(
        Part("flute", _JIG_SONG, gain=0.55, pan=-0.2),
        Part("bowed", tuple(n for n in _JIG_SONG if n.start >= 16), gain=0.4, pan=0.35),
        Part("guitar", play(_JIG_CHORDS, "X.ox.o X.oxox", step=1 / 3, floor=50), gain=0.42, pan=0.2),
        Part("upright", play(_JIG_CHORDS, "R--V--", step=1 / 3, floor=38), gain=0.5),
        *kit({"doum": "X..x..X..xo.", "tek": "..o..o..o.xo"}, step=1 / 3, times=16, gain=0.4),
    ),
    room="chamber",
    looseness_s=0.006,
)
