"""What a file says about itself: the tags embedded in it, under the names its format gives them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

VALUE_CHARACTERS = 1 << 16  # a longer value is cut: no licence needs more
VALUES = 1_000  # a file with more values is not describing itself


@dataclass(frozen=True, slots=True)
class Tags:
    """Every tag of one file, in file order, under its format's own name.

    ID3 frames keep their frame id (`TCOP`, `WCOP`, `TXXX:LICENSE`), Vorbis comments their field name in capitals
    (`LICENSE`), MP4 atoms theirs (`cprt`), RIFF INFO chunks theirs (`ICOP`). A name may come more than once, and a file
    that carries two kinds of tags (a WAV with INFO and ID3) shows both.
    """

    format: str  # of the first tag: `id3`, `vorbis`, `mp4`, `riff`, `aiff`, `ape`, or "" where there is none
    values: tuple[tuple[str, str], ...] = ()

    def first(self, *names: str) -> str | None:
        """Return the first value under any of `names`, in the order of `names`, or None."""
        for name in names:
            for key, value in self.values:
                if key == name:
                    return value
        return None

    @property
    def title(self) -> str:
        """The recording's title, or ""."""
        return self.first("TIT2", "TITLE", "©nam", "INAM", "NAME") or ""

    @property
    def artist(self) -> str:
        """The performer, or ""."""
        return self.first("TPE1", "ARTIST", "©ART", "IART", "AUTH") or ""

    @property
    def album(self) -> str:
        """The release, or ""."""
        return self.first("TALB", "ALBUM", "©alb", "IPRD") or ""


def read_tags(path: Path) -> Tags:  # noqa: ARG001
    """TODO."""
    return Tags("")
