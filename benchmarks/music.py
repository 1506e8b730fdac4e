"""Where the benchmarks' music comes from: Debian's free game music, fetched and unpacked, never installed.

`make bench-data` runs this. Two sets lie apart, below `.bench/music`: `test`, on which figures are reported, and
`calibration`, to which the probability is fitted; nothing of the second is ever registered when the first is measured.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from progress import say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

BENCH = Path(__file__).resolve().parents[1] / ".bench"
MUSIC = BENCH / "music"
PACKAGES = {
    "test": (
        "flare-game",
        "megaglest-data",
        "singularity-music",
        "supertux-data",
        "supertuxkart-data",
        "warzone2100-music",
        "wesnoth-1.16-music",
    ),
    "calibration": (
        "asc-music",
        "endless-sky-data",
        "extremetuxracer-data",
        "freedroidrpg-data",
        "freeorion-data",
        "fretsonfire-songs-muldjord",
        "fretsonfire-songs-sectoid",
        "hedgewars-data",
        "lincity-ng-data",
        "naev-data",
        "nexuiz-music",
        "ufoai-music",
        "unknown-horizons",
        "warmux-data",
        "widelands-data",
    ),
}
AUDIO = frozenset({".flac", ".m4a", ".mp3", ".oga", ".ogg", ".opus", ".wav"})
ARCHIVES = frozenset({".pk3"})  # zip files, by which some games ship their music


def main() -> None:
    """Fetch what is not there yet."""
    for name, packages in PACKAGES.items():
        for package in packages:
            fetch(package, MUSIC / name)


def fetch(package: str, root: Path) -> None:
    """Unpack the audio of a Debian package, and the statement of its licences, below `root`."""
    done = root / "packages" / package
    if done.exists():
        return
    say(f"fetching {package}")
    done.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root) as scratch:
        subprocess.run(
            ["apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", package], cwd=scratch, check=True
        )
        (archive,) = Path(scratch).glob("*.deb")
        subprocess.run(["dpkg", "-x", archive, "whole"], cwd=scratch, check=True)
        whole = Path(scratch) / "whole"
        for file in [file for file in whole.rglob("*") if file.suffix in ARCHIVES]:
            _unzip(file)
        for file in list(whole.rglob("*")):
            if file.is_file() and not file.is_symlink() and (file.suffix.lower() in AUDIO or file.name == "copyright"):
                target = root / file.relative_to(whole)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(file, target)
    done.touch()


def _unzip(file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            if Path(name).suffix.lower() in AUDIO:
                archive.extract(name, file.with_suffix(""))


def files(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield every file of audio below `folders`, by its name's ending, sorted within each folder."""
    for folder in folders:
        if not folder.is_dir():
            raise SystemExit(f"{folder} is no folder: run `make bench-data`, or name folders of music")
        for file in sorted(folder.rglob("*")):
            if file.suffix.lower() in AUDIO and file.is_file() and not file.is_symlink():
                yield file


def add_options(parser: argparse.ArgumentParser) -> None:
    """Let the folders of music be named on the command line."""
    for name in PACKAGES:
        parser.add_argument(
            f"--{name}",
            nargs="+",
            type=Path,
            metavar="FOLDER",
            default=[MUSIC / name],
            help=f"music of the {name} set (default: what `make bench-data` fetched)",
        )


if __name__ == "__main__":
    main()
