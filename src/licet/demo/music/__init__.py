"""The pieces: sixteen of them, written for Licet and given away under CC0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.demo.music.club import BLUES, BOSSA, RAGTIME, TECHNO
from licet.demo.music.dance import JIG, MARCH, SEVEN, TANGO, WALTZ
from licet.demo.music.old import CANON, CHORALE, FUGUE, SARABANDE
from licet.demo.music.quiet import DRONE, LULLABY, WOODWORK

if TYPE_CHECKING:
    from licet.demo.score import Piece

__all__ = ["PIECES"]

PIECES: dict[str, Piece] = {
    piece.key: piece
    for piece in (
        WALTZ,
        CHORALE,
        CANON,
        WOODWORK,
        BLUES,
        BOSSA,
        DRONE,
        TECHNO,
        SEVEN,
        LULLABY,
        FUGUE,
        MARCH,
        SARABANDE,
        RAGTIME,
        TANGO,
        JIG,
    )
}
