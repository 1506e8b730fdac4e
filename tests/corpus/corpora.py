"""Small corpora for the tests: recordings on record, and copies of them as a scraper would leave them."""

from __future__ import annotations

import csv
import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from licet.policy import Act, Purpose, Use
from licet.workspace import Workspace
from playing import encode, music, noisy, write_wav

if TYPE_CHECKING:
    from licet.corpus import Line

DAY = date(2026, 11, 22)
THEN = datetime(2026, 11, 20, tzinfo=UTC)
COMMERCIAL = Use(Act.TRAIN_GENERATIVE, Purpose.COMMERCIAL, frozenset({"EU", "US"}), DAY)
RESEARCH = Use(Act.TRAIN_GENERATIVE, Purpose.RESEARCH, frozenset({"EU"}), DAY)
RATE_HZ = 11_025
SECONDS = 20
CC0 = "http://creativecommons.org/publicdomain/zero/1.0/"

# name, seed, licence as a maker words it
MASTERS = (
    ("given", 1, "CC BY 4.0"),
    ("kept", 2, "http://creativecommons.org/licenses/by-nc-sa/2.0/fr/"),
    ("reserved", 3, "All rights reserved"),
    ("unsaid", 4, ""),
    ("asked", 5, "Ask me first, I usually say yes"),
)


def piece(seed: int) -> np.ndarray:
    """Play the whole of a piece."""
    return music(seed, SECONDS, rate_hz=RATE_HZ)


def clip(seed: int, rate_hz: int = RATE_HZ) -> np.ndarray:
    """Cut nine seconds out of a piece, from the fourth on."""
    return music(seed, SECONDS, rate_hz=rate_hz)[4 * rate_hz : 13 * rate_hz]


def write_masters(folder: Path) -> Path:
    """Write the masters and the list of what their makers allow; return the list."""
    folder.mkdir(parents=True)
    with (folder / "licences.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["path", "title", "artist", "licence", "url"])
        for name, seed, licence in MASTERS:
            write_wav(folder / f"{name}.wav", piece(seed), RATE_HZ)
            writer.writerow(
                [f"{name}.wav", name.title(), f"{name.title()}'s Maker", licence, f"https://example.org/{name}"]
            )
    return folder / "licences.csv"


def write_copies(folder: Path) -> Path:
    """Write a corpus of copies, strangers and a laundered one."""
    (folder / "clips").mkdir(parents=True)
    write_wav(folder / "exact.wav", piece(1), RATE_HZ)
    write_wav(folder / "same-samples.flac.wav", piece(2), RATE_HZ)
    encode(folder / "clips" / "given.mp3", clip(1), "libmp3lame", RATE_HZ)
    encode(folder / "clips" / "kept.opus", clip(2, 12_000), "libopus", 12_000)
    encode(folder / "clips" / "reserved.mp3", noisy(clip(3), 10), "libmp3lame", RATE_HZ)
    encode(folder / "clips" / "unsaid.flac", clip(4), "flac", RATE_HZ)
    encode(folder / "clips" / "asked.m4a", clip(5), "aac", RATE_HZ)
    encode(folder / "stranger.mp3", music(99, 10, rate_hz=RATE_HZ), "libmp3lame", RATE_HZ)
    launder(encode(folder / "laundered.mp3", clip(2), "libmp3lame", RATE_HZ))
    launder(encode(folder / "stranger-cc0.mp3", music(98, 10, rate_hz=RATE_HZ), "libmp3lame", RATE_HZ))
    (folder / "notes.txt").write_text("no audio, and no suffix of it")
    return folder


def launder(path: Path, url: str = CC0) -> Path:
    """Put an ID3v2.3 tag that states a licence (WCOP) before the file at `path`."""
    frame = b"WCOP" + (len(url)).to_bytes(4, "big") + b"\0\0" + url.encode()
    size = len(frame)
    synchsafe = bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))
    path.write_bytes(b"ID3\x03\x00\x00" + synchsafe + frame + path.read_bytes())
    return path


def write_broken(folder: Path) -> dict[str, str]:
    """Write every kind of bad input; return the code that each line should carry, "" where it should be heard."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = encode(folder / "whole.mp3", clip(1), "libmp3lame", RATE_HZ).read_bytes()
    (folder / "empty.mp3").write_bytes(b"")
    (folder / "text.mp3").write_text("This is a shopping list.\n" * 50)
    (folder / "noise.flac").write_bytes(np.random.default_rng(1).bytes(5000))
    (folder / "cut.mp3").write_bytes(whole[: len(whole) * 2 // 3])
    (folder / "misnamed.wav").write_bytes(whole)
    write_wav(folder / "silence.wav", np.zeros(RATE_HZ), RATE_HZ)
    write_wav(folder / "sample.wav", np.zeros(1), RATE_HZ)
    eight = np.repeat(np.sin(np.arange(192_000) / 9)[:, None] / 2, 8, axis=1)
    write_wav(folder / "eight.wav", eight, 192_000, 3)
    os.mkfifo(folder / "pipe.mp3")
    (folder / "loop.mp3").symlink_to("loop.mp3")
    (folder / "up").symlink_to("..")
    (folder / "dangling.mp3").symlink_to("nowhere.mp3")
    (folder / "new\nline.mp3").write_bytes(whole)
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.mp3")).write_bytes(whole)
    return {
        "whole.mp3": "",
        "empty.mp3": "empty",
        "text.mp3": "not-audio",
        "noise.flac": "not-audio",
        "cut.mp3": "",
        "misnamed.wav": "",
        "silence.wav": "",
        "sample.wav": "",
        "eight.wav": "",
        "pipe.mp3": "not-a-file",
        "loop.mp3": "unreadable",
        "up": "not-a-file",
        "dangling.mp3": "unreadable",
        "new\\x0aline.mp3": "",
        "caf\\xe9.mp3": "",
    }


def make_workspace(folder: Path) -> Workspace:
    """Make a workspace with the masters on record."""
    licences = write_masters(folder / "masters")
    workspace = Workspace.init(folder / "workspace")
    workspace.add("table", licences, captured_at=THEN, audio=licences.parent, workers=1)
    return workspace


def lines_of(folder: Path) -> dict[str, Line]:
    """Read a manifest by item."""
    from licet.corpus import read_lines

    return {line.item: line for line in read_lines(folder)}
