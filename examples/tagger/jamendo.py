"""The tracks of MTG-Jamendo and their tags, from the lists of its public repository, in its official splits.

A list is a table in tabs: TRACK_ID, ARTIST_ID, ALBUM_ID, PATH, DURATION, TAGS, and further tags in further columns.
The splits keep the tracks of an artist in one part; what they do not tag counts as not there, as in the baselines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from licet.errors import SourceError
from tagger.pieces import TEST, TRAIN, VALIDATION, Piece

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CATEGORIES = frozenset({"genre", "instrument", "mood/theme"})


def jamendo_pieces(checkout: Path, *, subset: str, number: int, audio: Path | None) -> list[Piece]:
    """Return the tracks of an official split.

    Args:
        checkout: of the repository, where `data/splits/` is.
        subset: what its lists begin with: `autotagging`, `autotagging_moodtheme`, `autotagging_top50tags` ...
        number: of the split, 0 to 4.
        audio: where the audio lies; a track then goes by its path there, and by its identifier without.

    Raises:
        SourceError: a list is not there, or is none.
    """
    folder = checkout / "data" / "splits" / f"split-{number}"
    return [
        piece for part in (TRAIN, VALIDATION, TEST) for piece in read_list(folder / f"{subset}-{part}.tsv", part, audio)
    ]


def read_list(path: Path, part: str, audio: Path | None = None) -> Iterator[Piece]:
    """Yield the tracks of one list, all of them in one part.

    Raises:
        SourceError: it is not there, or a line in it is no track.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()[1:]
    except OSError as refused:
        raise SourceError(f"{path} cannot be read: {refused.strerror}") from refused
    for number, line in enumerate(lines, start=2):
        track, artist, _, file, _, *tags = line.split("\t") if line.count("\t") >= 5 else [""] * 6
        if not track.removeprefix("track_").isdigit():
            raise SourceError(
                f"{path}, line {number}, is no track", mend="take the lists as MTG-Jamendo publishes them"
            )
        if audio is not None and not (audio / file).exists():
            file = file.replace(".mp3", ".low.mp3")  # the lists name the full files; many keep the smaller ones
        name = f"jamendo:{int(track.removeprefix('track_'))}" if audio is None else file
        yield Piece(name, file, artist, frozenset(filter(None, tags)), CATEGORIES, part=part)
