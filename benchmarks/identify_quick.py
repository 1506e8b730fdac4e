"""Measure identification on the music files of a few folders, in minutes.

Usage: python benchmarks/identify_quick.py [--clips 400] [--others 100] [--seconds 10] [--seed 1] FOLDER...

Four fifths of the recordings are registered. Clips of them, at random places, are changed as below and looked up, and
so are clips of the rest, changed in the same ways, which should match nothing. Recordings that share their sound (the
same one in two packages, `name` and `name_fast`) stay on one side and count as one; they are printed, to be judged by
ear. Needs ffmpeg, sox and rubberband on PATH. What the folders hold decides what is measured: name them.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import tempfile
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from licet.errors import AudioError
from licet.identify import SURE, FingerprintIndex, Heard, IndexWriter, Match, listen

SUFFIXES = {".flac", ".m4a", ".mp3", ".ogg", ".opus", ".wav"}
SHORTEST_S = 30.0
VERSION = re.compile(r"[-_](fast|f|enhanced)$")  # games ship a faster version of a race's music, or a new mastering
CHANGES = {
    "mp3 64k": "ffmpeg -y -i {a} -b:a 64k {b}.mp3",
    "opus 24k": "ffmpeg -y -i {a} -b:a 24k {b}.opus",
    "16 kHz mono": "ffmpeg -y -i {a} -ac 1 -ar 16000 {b}.wav",
    "speed +2 %": "sox {a} {b}.wav speed 1.02",
    "speed -2 %": "sox {a} {b}.wav speed 0.98",
    "tempo +5 %": "rubberband -q -T 1.05 {a} {b}.wav",
    "tempo -5 %": "rubberband -q -T 0.95 {a} {b}.wav",
    "noise 5 dB": "ffmpeg -y -i {a} -i {noise} -filter_complex amix=normalize=0 {b}.wav",
}


def main() -> None:
    """Register, change, look up, and print a table."""
    options = _options()
    dice = random.Random(options.seed)
    recordings = _distinct(sorted(file for folder in options.folders for file in folder.rglob("*")))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        groups = _groups(folder / "all", recordings)
        leaders = sorted(set(groups.values()))
        dice.shuffle(leaders)
        registered = set(leaders[: len(leaders) * 4 // 5])
        known = [(path, sound) for path, sound in recordings if groups[path] in registered]
        rest = [(path, sound) for path, sound in recordings if groups[path] not in registered]
        _register(folder / "index", known)
        index = FingerprintIndex.open(folder / "index")
        hours = sum(sound.audio.duration_s for _, sound in known) / 3600
        size = sum(file.stat().st_size for file in (folder / "index").iterdir())
        print(
            f"{len(known)} recordings registered, {hours:.1f} h, {size / 1e6 / hours:.1f} MB an hour; {len(rest)} not"
        )
        found: dict[str, list[bool]] = defaultdict(list)
        took: list[float] = []
        for part, count in ((known, options.clips), (rest, options.others)):
            for number in range(count):
                change = list(CHANGES)[number % len(CHANGES)]
                path, sound = dice.choice(part)
                start_s = dice.uniform(0, sound.audio.duration_s - options.seconds - 2)
                clip = _clip(folder, path, start_s, options.seconds, change)
                began = time.perf_counter()
                matches = [match for match in index.search(listen(clip).fingerprint) if match.probability >= SURE]
                took.append(time.perf_counter() - began)
                _judge(found, change, path, matches, groups, registered=part is known)
                clip.unlink()
    for name, hits in sorted(found.items()):
        print(f"{name:24} {sum(hits):4} of {len(hits):4}  {100 * sum(hits) / len(hits):5.1f} %")
    print(f"listening and looking up: median {sorted(took)[len(took) // 2]:.2f} s, longest {max(took):.2f} s")


def _judge(
    found: dict[str, list[bool]],
    change: str,
    path: Path,
    matches: list[Match],
    groups: dict[Path, Path],
    *,
    registered: bool,
) -> None:
    right = bool(matches) and groups[Path(matches[0].recording)] == groups[path]
    if registered:
        found[f"found: {change}"].append(right)
        found["found: all"].append(right)
    else:
        found["false: unregistered"].append(bool(matches))
    if matches and not right:
        print(f"  {change}: a clip of {path} was taken for {matches[0]}")


def _distinct(files: list[Path]) -> list[tuple[Path, Heard]]:
    """Listen to `files` and keep one of each sound that is long enough, whatever its names."""
    kept: dict[str, tuple[Path, Heard]] = {}
    audio = [file for file in files if file.suffix.lower() in SUFFIXES and not file.is_symlink()]
    with ProcessPoolExecutor() as pool:
        for file, sound in zip(audio, pool.map(_heard, audio), strict=True):
            if sound is not None and sound.audio.duration_s >= SHORTEST_S:
                kept.setdefault(sound.audio.pcm_sha256, (file, sound))
    return list(kept.values())


def _heard(file: Path) -> Heard | None:
    try:
        return listen(file)
    except AudioError as error:
        print(f"  left out: {error}")
        return None


def _register(folder: Path, recordings: list[tuple[Path, Heard]]) -> None:
    with IndexWriter(folder) as writer:
        for path, sound in recordings:
            writer.add(str(path), str(path), sound.fingerprint)


def _groups(folder: Path, recordings: list[tuple[Path, Heard]]) -> dict[Path, Path]:
    """Return for each recording the first of those that it shares its sound with, as whole files looked up tell."""
    _register(folder, recordings)
    index = FingerprintIndex.open(folder)
    leader = {path: path.with_name(VERSION.sub("", path.stem)) for path, _ in recordings}
    for path, sound in recordings:
        for match in index.search(sound.fingerprint, limit=20):
            other = Path(match.recording)
            if match.probability >= SURE and leader[other] != leader[path]:
                print(f"  one sound: {path} and {other}, {match.query_end_s - match.query_start_s:.0f} s of it")
                old, new = leader[other], leader[path]
                leader = {each: new if first == old else first for each, first in leader.items()}
    return leader


def _clip(folder: Path, path: Path, start_s: float, seconds: float, change: str) -> Path:
    plain, noise = folder / "plain.wav", folder / "noise.wav"
    longer = seconds * 1.06  # what a faster clip needs to last as long
    _run(f"ffmpeg -y -ss {start_s:.3f} -t {longer:.3f} -i {{a}} -ar 44100 -ac 2 {{b}}", a=path, b=plain)
    if "{noise}" in CHANGES[change]:
        _write_noise(plain, noise)
    _run(CHANGES[change], a=plain, b=folder / "changed", noise=noise)
    changed = next(folder.glob("changed.*"))
    _run("ffmpeg -y -t {seconds} -i {a} -c copy {b}", seconds=seconds, a=changed, b=folder / f"clip{changed.suffix}")
    changed.unlink()
    return folder / f"clip{changed.suffix}"


def _write_noise(plain: Path, noise: Path) -> None:
    """Write white noise 5 dB below the level of `plain`."""
    report = subprocess.run(
        ["ffmpeg", "-i", plain, "-af", "volumedetect", "-f", "null", "-"], capture_output=True, text=True, check=True
    ).stderr
    level = float(report.split("mean_volume: ")[1].split(" dB")[0]) - 5
    # sox's full-scale white noise is evenly spread: its mean power is 4.77 dB below full scale.
    _run("sox -n -r 44100 -c 2 {b} synth 12 whitenoise gain {gain}", b=noise, gain=level + 4.77)


def _run(template: str, **values: object) -> None:
    command = [part.format(**values) for part in template.split()]
    subprocess.run(command, check=True, capture_output=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--clips", type=int, default=400, help="of registered recordings")
    parser.add_argument("--others", type=int, default=100, help="clips of recordings left out")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
