"""What was seen and heard of one item, before anybody asks whether it may be used.

Looking is the slow part, and it does not depend on the use: a sighting is kept, and serves every later question.
"""

from __future__ import annotations

import os
import stat
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from licet import identify
from licet.catalog import Tags, read_tags, unescape_path
from licet.corpus.items import Item
from licet.corpus.manifest import MatchLine, Trouble
from licet.digests import sha256_file
from licet.errors import AudioError, LicetError, SourceError, UsageError
from licet.identify import AudioFacts
from licet.terms.signals.c2pa_file import manifest_store

if TYPE_CHECKING:
    from pathlib import Path


SIGNED_BYTES = 1 << 20  # of a C2PA manifest store that is read


class Stamp(msgspec.Struct, frozen=True):
    """How a file looked from outside: if this is the same, its sighting still holds."""

    size: int  # bytes
    modified_ns: int


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """One item, looked at. What could not be had is empty, and `trouble` says why."""

    item: Item
    seen: date | None = None  # when it was looked at: what it says of itself is captured then
    stamp: Stamp | None = None
    sha256: str = ""
    audio: AudioFacts | None = None
    peaks: int = 0  # how much there was to hear: spectral peaks in its fingerprint
    tags: Tags = Tags("")
    signed: str = ""  # its C2PA manifest store as JSON; text that is none says why it could not be read
    matches: tuple[MatchLine, ...] = ()
    more: bool = False  # whether more recordings may sound in it than the matches tell
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Looker:
    """Looks at items of one corpus; it travels to other processes, and opens what it needs there."""

    root: Path
    index: Path
    state: str  # of the index: what was opened for another state is not used
    today: date

    def __call__(self, item: Item) -> Sighting:
        """Look at one item. Whatever is wrong with its file is told in the sighting, never raised."""
        if item.trouble is not None or item.path is None:
            return Sighting(item=item, seen=self.today, trouble=item.trouble)
        path = locate(self.root, item.path)
        try:
            stamp = stamp_of(path)
            digest = sha256_file(path)
        except AudioError as wrong:
            return Sighting(item=item, trouble=Trouble(wrong.code, wrong.message, wrong.mend))
        except OSError as refused:
            return Sighting(item=item, trouble=unreadable(refused))
        tags = read_tags(path)
        try:
            heard = identify.listen(path)
        except AudioError as wrong:
            trouble = Trouble(wrong.code, wrong.message, wrong.mend)
            return Sighting(item=item, seen=self.today, stamp=stamp, sha256=digest, tags=tags, trouble=trouble)
        except (LicetError, OSError) as wrong:
            return Sighting(item=item, stamp=stamp, sha256=digest, tags=tags, trouble=unreadable(wrong))
        matches, more = identify.opened_index(self.index, self.state).search_all(heard.fingerprint)
        return Sighting(
            item=item,
            seen=self.today,
            stamp=stamp,
            sha256=digest,
            audio=heard.audio,
            peaks=len(heard.fingerprint),
            tags=tags,
            signed=_signed(path),
            matches=tuple(map(match_line, matches)),
            more=more,
        )


def kept(sighting: Sighting) -> Sighting:
    """Return what is kept beside a manifest: not when a file was changed last, on which no verdict depends."""
    if sighting.stamp is None:
        return sighting
    return msgspec.structs.replace(sighting, stamp=Stamp(sighting.stamp.size, 0))


def _signed(path: Path) -> str:
    """Return what a file carries signed, where the extra `c2pa` is installed and the format is one that it reads."""
    try:
        store = manifest_store(path)
    except UsageError:
        return ""
    except SourceError as broken:
        return broken.message
    return store.decode("utf-8", "replace") if len(store) <= SIGNED_BYTES else f"more than {SIGNED_BYTES} bytes"


def locate(root: Path, relative: str) -> Path:
    """Return where the item at the escaped path `relative` lies."""
    return root / os.fsdecode(unescape_path(relative))


def stamp_of(path: Path) -> Stamp:
    """Return how the file at `path` looks from outside.

    Raises:
        OSError: it cannot be reached.
        AudioError: it is no regular file. It is not opened to find out: a FIFO would wait for ever.
    """
    facts = path.stat()
    if not stat.S_ISREG(facts.st_mode):
        raise AudioError(f"{path.name} is not a file", code="not-a-file", mend="remove it from the corpus")
    return Stamp(facts.st_size, facts.st_mtime_ns)


def unreadable(refused: Exception) -> Trouble:
    """Say why a file could not be read."""
    says = refused.strerror if isinstance(refused, OSError) and refused.strerror else str(refused)
    return Trouble("unreadable", f"it cannot be read: {says}", "check that it is there and who may read it")


def match_line(match: identify.Match) -> MatchLine:
    """Return a match as a manifest states it."""
    return MatchLine(**asdict(identify.rounded(match)))
