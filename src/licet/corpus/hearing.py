"""Which recordings on record sound in one file: identification alone, without a catalogue, a policy or a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from licet.corpus.manifest import Trouble
from licet.corpus.sighting import match_line, opened_index, unreadable
from licet.errors import AudioError
from licet.identify import listen

if TYPE_CHECKING:
    from pathlib import Path

    from licet.corpus.manifest import MatchLine


@dataclass(frozen=True, slots=True)
class Hearing:
    """What one file was found to hold; `trouble` says why nothing could be heard."""

    file: str
    duration_s: float | None
    matches: tuple[MatchLine, ...] = ()
    note: str = ""
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Hearer:
    """Hears files against the index in a folder; it travels to other processes, and opens the index there."""

    index: Path
    state: str  # of the index

    def __call__(self, file: Path) -> Hearing:
        """Hear one file. What is wrong with it is told, never raised."""
        try:
            heard = listen(file)
        except AudioError as wrong:
            return Hearing(str(file), None, trouble=Trouble(wrong.code, wrong.message, wrong.mend))
        except OSError as refused:
            return Hearing(str(file), None, trouble=unreadable(refused))
        matches = opened_index(self.index, self.state).search(heard.fingerprint)
        return Hearing(str(file), heard.audio.duration_s, tuple(map(match_line, matches)), heard.audio.note)
