"""A piece of music, what is known of it, and which part of the experiment it belongs to.

A piece was asked about some categories of tags and not about others: who labels instruments says nothing of moods. A
tag of a category that was asked about and not given is a no; any other is unknown, and neither trains nor tests.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

TRAIN, VALIDATION, TEST = "train", "validation", "test"


@dataclass(frozen=True, slots=True)
class Piece:
    """One recording. `tags` are worded as MTG-Jamendo words them: `instrument---flute`."""

    name: str  # as the manifest calls it: its path below the corpus, or an identifier such as jamendo:214
    path: str  # below the corpus
    artist: str  # pieces of one artist are never in two parts
    tags: frozenset[str]
    asked: frozenset[str]  # categories
    licence: str = ""  # as worded; "" where nobody stated one
    part: str = ""


def vocabulary(pieces: Iterable[Piece]) -> list[str]:
    """Return every tag that a piece carries, sorted."""
    return sorted({tag for piece in pieces for tag in piece.tags})


def targets(pieces: Sequence[Piece], tags: Sequence[str]) -> NDArray[np.float32]:
    """Return what is known of each piece: [shape=(n_pieces, n_tags)], float32, 1 for yes, 0 for no, NaN for unknown."""
    return np.array([[_answer(piece, tag) for tag in tags] for piece in pieces], dtype=np.float32)


def _answer(piece: Piece, tag: str) -> float:
    if tag in piece.tags:
        return 1.0
    return 0.0 if tag.partition("---")[0] in piece.asked else np.nan


def split(pieces: Sequence[Piece], *, tested: float, seed: int) -> list[Piece]:
    """Return the pieces, each in a part: about the share `tested` of them is for testing.

    Pieces of one artist stay together (Flexer, "A closer look on artist filters for musical genre classification",
    ISMIR 2007): a model that knows an artist's sound would seem to know the tags.
    """
    artists = Counter(piece.artist for piece in pieces)
    names = sorted(artists)
    parts: dict[str, str] = {}
    for number in np.random.default_rng(seed).permutation(len(names)):
        done = sum(artists[name] for name in parts)
        parts[names[number]] = TEST if done < tested * len(pieces) else TRAIN
    return [replace(piece, part=parts[piece.artist]) for piece in pieces]


def write_list(pieces: Iterable[Piece], path: Path) -> Path:
    """Write a list for `licet clear`: a piece a line, by its path, or by its identifier where it goes by one."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        lines = csv.writer(stream)
        lines.writerow(("path", "id"))
        lines.writerows(("", piece.name) if piece.name != piece.path else (piece.path, "") for piece in pieces)
    return path


def write_licences(pieces: Iterable[Piece], path: Path) -> Path:
    """Write a table for `licet add table`: what is stated of each piece, in the words of who stated it."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        lines = csv.writer(stream)
        lines.writerow(("path", "title", "artist", "licence"))
        lines.writerows((one.path, one.path.rpartition("/")[2], one.artist, one.licence) for one in pieces)
    return path
