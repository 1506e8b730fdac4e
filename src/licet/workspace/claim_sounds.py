"""Find the sounds that a claim is about, where they are at hand, and draw those that match side by side."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from licet.catalog import escape_path, unescape_path
from licet.digests import sha256_file
from licet.errors import AudioError, IdentifierError
from licet.exports.claim_notice import Shown
from licet.registry.claims import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from licet.corpus import MatchLine

MOST_PICTURES = 200  # of one pack; what else was found is told in words


@dataclass(slots=True)
class Sounds:
    """Where sounds may be: folders, and files. Nothing outside of the folders is looked at."""

    places: tuple[Path, ...]
    _digests: dict[Path, str] = field(default_factory=dict)

    def find(self, name: str, sha256: str = "") -> tuple[Path | None, str]:
        """Return the file of an item or a recording, or None and why there is none.

        Args:
            name: its path as it is on record, relative and escaped.
            sha256: of its bytes; any will do without it.
        """
        other = False
        try:
            for path in self._called(name):
                if not sha256 or self.digest(path) == sha256:
                    return path, ""
                other = True
            for path in self.places if sha256 else ():
                if path.is_file() and self.digest(path) == sha256:
                    return path, ""
        except (OSError, ValueError, IdentifierError):  # no file can be called that, or it cannot be read
            return None, "the file was not at hand"
        return None, "what lies there now has other bytes" if other else "the file was not at hand"

    def digest(self, path: Path) -> str:
        """Return the SHA-256 of a file, which is read once.

        Raises:
            OSError: it cannot be read.
        """
        if path not in self._digests:
            self._digests[path] = sha256_file(path)
        return self._digests[path]

    def _called(self, name: str) -> Iterator[Path]:
        relative = os.fsdecode(unescape_path(name))
        for place in self.places:
            path = place / relative if place.is_dir() else place
            within = path.resolve().is_relative_to(place.resolve())
            if relative and within and path.name == Path(relative).name and path.is_file():
                yield path


def as_found(match: MatchLine) -> Found:
    """Return a match of a manifest as a claim states it: whole milliseconds, and numbers with a fraction as text."""
    return Found(
        recording=match.recording,
        query_start_ms=round(1000 * match.query_start_s),
        query_end_ms=round(1000 * match.query_end_s),
        reference_start_ms=round(1000 * match.reference_start_s),
        reference_end_ms=round(1000 * match.reference_end_s),
        time_factor=_text(match.time_factor),
        frequency_factor=_text(match.frequency_factor),
        aligned_peaks=match.aligned_peaks,
        probability=_text(match.probability),
        path=match.path,
    )


@dataclass(slots=True)
class Drawer:
    """Draws what was found; `pictures` holds what it drew, by the names of the files in the pack."""

    sounds: Sounds
    pictures: dict[str, bytes] = field(default_factory=dict)

    def shown(self, found: Found, name: str, sha256: str = "") -> Shown:
        """Draw what was found in the file `name` beside the recording, as far as both sounds are at hand.

        What is not drawn is neither looked for nor listened to.
        """
        from licet.exports.claim_notice.pictures import Stretch, side_by_side  # numpy is slow to load

        count = len(self.pictures)
        if count >= MOST_PICTURES:
            return Shown(found, "", (f"No more than {MOST_PICTURES} pictures are drawn in one pack.",))
        file, why = self.sounds.find(name, sha256)
        known, gone = self.sounds.find(found.path) if found.path else (None, "it is not known where it lay")
        query, query_says = self._sound(file, why, found.query_start_ms, found.query_end_ms)
        reference, reference_says = self._sound(known, gone, found.reference_start_ms, found.reference_end_ms)
        notes = (
            f"The file: {query_says}.",
            f"The recording, registered from {found.path or 'nowhere'}: {reference_says}.",
        )
        if query is None and reference is None:
            return Shown(found, "", (*notes, "No picture could be drawn: neither sound was at hand."))
        title = escape_path(os.fsencode(file.name)) if file else "The file"
        left = Stretch(title, query, found.query_start_ms / 1000, found.query_end_ms / 1000)
        start_s, end_s = found.reference_start_ms / 1000, found.reference_end_ms / 1000
        picture = f"pictures/{count + 1:03}.png"
        self.pictures[picture] = side_by_side(left, Stretch(found.recording, reference, start_s, end_s))
        return Shown(found, picture, notes)

    def _sound(self, file: Path | None, why: str, start_ms: int, end_ms: int) -> tuple[NDArray[np.float32] | None, str]:
        from licet.exports.claim_notice.pictures import stretch_of

        if file is None:
            return None, why
        try:
            sound = stretch_of(file, start_ms / 1000, end_ms / 1000)
            return sound, f"drawn from bytes of SHA-256 {self.sounds.digest(file)}"
        except (AudioError, OSError) as wrong:
            return None, wrong.message if isinstance(wrong, AudioError) else str(wrong)


def _text(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")
