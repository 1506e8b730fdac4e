"""The music of free games as Debian ships it, with the licences that the packages' copyright files state.

`make bench-data` unpacks it. Its tags say what kind of game a piece was written for: facts of the game, which other
games share, so that a tag is more than a soundtrack's name. Whoever knows the soundtrack may still tell the tag by its
mastering (Whitman, Flake and Lawrence, "Artist detection in music with Minnowmatch", 2001): figures on pieces of the
same games flatter, and they flatter all models alike.
"""

from __future__ import annotations

import os
import re
import shutil
from fnmatch import fnmatchcase
from hashlib import sha256
from typing import TYPE_CHECKING

import av
from av.error import FFmpegError

from licet.errors import SourceError
from tagger.pieces import Piece

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# The folder of each game, its Debian package, its setting and what is played.
GAMES = {
    "etr": ("extremetuxracer-data", "cartoon", "racing"),
    "flare": ("flare-game", "fantasy", "role-playing"),
    "freedroidrpg": ("freedroidrpg-data", "science-fiction", "role-playing"),
    "hedgewars": ("hedgewars-data", "cartoon", "artillery"),
    "megaglest": ("megaglest-data", "fantasy", "strategy"),
    "naev": ("naev-data", "science-fiction", "action"),
    "nexuiz": ("nexuiz-music", "science-fiction", "action"),
    "singularity": ("singularity-music", "science-fiction", "strategy"),
    "supertux2": ("supertux-data", "cartoon", "platform"),
    "supertuxkart": ("supertuxkart-data", "cartoon", "racing"),
    "ufoai": ("ufoai-music", "science-fiction", "strategy"),
    "unknown-horizons": ("unknown-horizons", "history", "strategy"),
    "warmux": ("warmux-data", "cartoon", "artillery"),
    "warzone2100": ("warzone2100-music", "science-fiction", "strategy"),
    "wesnoth": ("wesnoth-1.16-music", "fantasy", "strategy"),
    "widelands": ("widelands-data", "history", "strategy"),
}
CATEGORIES = frozenset({"setting", "play"})
SHORTEST_S, LONGEST_S = 24, 420  # jingles are left out, and what would take long to listen to

_AUDIO = frozenset({".mp3", ".ogg", ".opus"})
_MUSIC = re.compile(r"/(?:\w*music|cdtracks)/", re.IGNORECASE)
_FORMAT = "Format:"  # a copyright file that machines can read begins with it
_STANZA = re.compile(r"^Files:(?P<files>.*?)^(?:\S.*?)?^License:\s*(?P<licence>\S[^\n]*)", re.MULTILINE | re.DOTALL)


def game_pieces(music: Path, corpus: Path, *, most: int) -> list[Piece]:
    """Put the music of the games that lie below `music` into `corpus`, and return its pieces.

    Args:
        music: where packages were unpacked, at any depth.
        corpus: where the pieces go, below `games/`.
        most: pieces of one game: which, is settled by the digests of their names.

    Raises:
        SourceError: there is no such folder.
    """
    if not music.is_dir():
        raise SourceError(f"there is no folder {music}", mend="run `make bench-data`, or name one with --music")
    pieces = []
    for file, game, inner in sorted(_chosen(music, most)):
        package, setting, play = GAMES[game]
        path = f"games/{game}/{file.name}"
        _place(file, corpus / path)
        notes = next(music.rglob(f"doc/{package}/copyright"))
        tags = frozenset({f"setting---{setting}", f"play---{play}"})
        licence = stated_licence(notes.read_text(encoding="utf-8", errors="replace"), inner)
        pieces.append(Piece(path, path, path, tags, CATEGORIES, licence))  # who made it is seldom said: itself
    return pieces


def stated_licence(notes: str, path: str) -> str:
    """Return the licence that a package's copyright file states of one of its files, or "" where none can be read.

    https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/: a stanza names files by patterns, and the last
    stanza that fits counts. Patterns follow the source, whose folders a package may have moved: they are compared from
    the end, at least a folder and a name of them, or whole.
    """
    licence = ""
    if notes.startswith(_FORMAT):
        for stanza in _STANZA.finditer(notes):
            if any(_fits(pattern, path) for pattern in stanza["files"].split()):
                licence = stanza["licence"].strip()
    return licence


def _fits(pattern: str, path: str) -> bool:
    steps = pattern.removeprefix("./").split("/")
    ends = ["/".join(steps[first:]) for first in range(max(1, len(steps) - 1))]
    return any(fnmatchcase(f"/{path}", f"*/{end}") for end in ends)


def _chosen(music: Path, most: int) -> Iterator[tuple[Path, str, str]]:
    """Yield files, each with its game and its path within the package."""
    found: dict[str, list[tuple[Path, str, str]]] = {game: [] for game in GAMES}
    for file in music.rglob("*"):
        inner = file.relative_to(music).as_posix().rpartition("usr/share/")[2].removeprefix("games/")
        game = inner.partition("/")[0]
        if game in found and file.suffix in _AUDIO and _MUSIC.search(inner) and not file.is_symlink():
            found[game].append((file, game, inner))
    for files in found.values():
        fit = (one for one in sorted(files, key=_drawn) if SHORTEST_S <= _length_s(one[0]) <= LONGEST_S)
        names: set[str] = set()
        for file, game, inner in fit:
            if len(names) < most and file.name not in names:
                names.add(file.name)
                yield file, game, inner


def _drawn(one: tuple[Path, str, str]) -> bytes:
    return sha256(one[2].encode()).digest()


def _length_s(file: Path) -> float:
    try:
        with av.open(str(file), metadata_errors="replace") as container:
            return (container.duration or 0) / av.time_base
    except FFmpegError:
        return 0.0


def _place(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    try:
        os.link(file, target)
    except OSError:  # another disk
        shutil.copyfile(file, target)
