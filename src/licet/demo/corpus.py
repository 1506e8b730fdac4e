"""Write the demonstration: a catalogue with its licences, and the corpus that somebody might have scraped."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from licet.demo.catalogue import LICENCE_OF_THE_MUSIC, MASTERS, README_OF_THE_CATALOGUE, licence_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from licet.demo.catalogue import Master
    from licet.demo.copies import Copy
    from licet.demo.encoding import Label
    from licet.demo.tones import Samples

ENCODERS = 2  # threads


@dataclass(frozen=True, slots=True)
class Expected:
    """What a file of the corpus really is."""

    piece: str | None  # a key of `licet.demo.music.PIECES`; None where there is no music in it
    what: str  # `exact`, `re-encoded mp3 64k`, `laundered: ...`, `unknown: ...`, `broken: 0 bytes` ...


@dataclass(frozen=True, slots=True)
class DemoCorpus:
    """What was written, and what is what."""

    folder: Path
    catalogue: Path  # the masters, in a folder
    licences: Path  # a table of what the masters' makers allow
    corpus: Path  # the copies, in a folder
    expected: Mapping[str, Expected]  # by path below `corpus`, as `licet.catalog.escape_path` writes it


def write_demo(folder: Path, progress: Callable[[str], None] | None = None) -> DemoCorpus:
    """Compose the music and write catalogue and corpus into `folder`. The bytes are the same each time.

    `progress` is told `pieces` after each piece and `copies` after each copy, to be counted. A few files of the corpus
    (a name that is not UTF-8, a pipe ...) are left out where the file system refuses them.

    Raises:
        OSError: `folder` cannot be written to.
    """
    from licet.demo.copies import COPIES
    from licet.demo.music import PIECES
    from licet.demo.odds import write_odds
    from licet.demo.render import render

    tick = progress or (lambda _: None)
    catalogue, corpus = folder / "catalogue", folder / "corpus"
    licences = catalogue / "licences.csv"
    masters = {master.piece: master for master in MASTERS}
    expected: dict[str, Expected] = {}
    _write(folder / "LICENSE-MUSIC.txt", LICENCE_OF_THE_MUSIC.encode())
    _write(catalogue / "README.txt", README_OF_THE_CATALOGUE.encode())
    _write(licences, licence_table(MASTERS).encode())
    with ThreadPoolExecutor(ENCODERS) as pool:  # libav lets go of the interpreter while it encodes
        for key, piece in PIECES.items():  # one at a time: a piece takes 12 MB of memory
            sound, master = render(piece), masters.get(key)
            tick("pieces")
            published = _mastered(sound, master) if master else b""
            if master:
                _write(catalogue / master.path, published)
            copies = [copy for copy in COPIES if copy.piece == key]
            written = pool.map(partial(_copied, sound=sound, master=master, published=published), copies)
            for copy, content in zip(copies, written, strict=True):
                _write(corpus / copy.path, content)
                expected[copy.path] = Expected(key, copy.what)
                tick("copies")
    waltz, chorale = (catalogue / masters[key].path for key in ("waltz", "chorale"))
    for name, origin, what in write_odds(corpus / "odds", waltz_mp3=waltz, chorale_flac=chorale):
        expected[f"odds/{name}"] = Expected(origin, what)
        tick("copies")
    return DemoCorpus(folder, catalogue, licences, corpus, dict(sorted(expected.items())))


def _mastered(sound: Samples, master: Master) -> bytes:
    from licet.demo.encoding import PUBLISHED, encode

    return encode(sound, PUBLISHED[master.suffix], _label(master))


def _copied(copy: Copy, *, sound: Samples, master: Master | None, published: bytes) -> bytes:
    from licet.demo.encoding import encode

    if copy.encoding is None:
        return published
    label = _label(master) if copy.label is None and master is not None else copy.label
    return encode(copy.altered(sound) if copy.altered else sound, copy.encoding, label)


def _label(master: Master) -> Label:
    """Return the tags that the makers put into their files: the licence in words, and its address."""
    from licet.demo.encoding import Label

    return Label(master.title, master.artist, master.album, master.licence, master.link, master.isrc)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
