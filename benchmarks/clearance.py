"""Clear real music: free game music from Debian, cut, re-encoded, bent, buried under noise and laundered.

Prints how much of it is identified, whether anything unregistered is, whether every laundered tag is caught, and what
Licet makes of two recordings that Debian itself ships under two licences. Fixed seeds; `make bench-data` fetches what
is needed. Everything is written below a temporary folder, or `--keep FOLDER`.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import subprocess
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from music import MUSIC, files

GAMES = ("wesnoth", "supertuxkart", "warzone2100", "singularity")
SHARED = MUSIC / "test" / "usr" / "share"
CLIP_S = 10
REGISTERED_PART = 0.8
CLIPS_REGISTERED = 400
CLIPS_UNREGISTERED = 100
SHORTEST_S = 30
SEED = 20261122
Track = tuple[Path, float]  # a file, and its length in seconds
LAUNDERED = "http://creativecommons.org/publicdomain/zero/1.0/"

# name: (sox effects, or rubberband arguments, or noise; suffix of the clip; encoder arguments)
DISTORTIONS: dict[str, tuple[str, list[str]]] = {
    "mp3 64k": (".mp3", ["-c:a", "libmp3lame", "-b:a", "64k"]),
    "opus 24k": (".opus", ["-c:a", "libopus", "-b:a", "24k"]),
    "16 kHz mono": (".wav", ["-ac", "1", "-ar", "16000"]),
    "speed +2 %": (".flac", ["-af", "asetrate=44100*1.02,aresample=44100"]),
    "speed -2 %": (".flac", ["-af", "asetrate=44100*0.98,aresample=44100"]),
    "tempo +5 %": (".flac", []),
    "tempo -5 %": (".flac", []),
    "noise 5 dB": (".flac", []),
}


@dataclass(frozen=True)
class Clip:
    """One clip: what it was cut from, how it was bent."""

    file: str
    source: Path
    distortion: str
    start_s: float


def run(*command: str) -> str:
    """Run a command and return what it printed; its failure is ours."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def licet(*arguments: str, ok: tuple[int, ...] = (0, 1)) -> tuple[dict[str, object], float]:
    """Run Licet, and return its JSON and how long it took in seconds."""
    began = time.perf_counter()
    done = subprocess.run(["licet", *arguments, "--json"], capture_output=True, text=True, check=False)
    took = time.perf_counter() - began
    if done.returncode not in ok:
        raise SystemExit(f"licet {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}{done.stdout}")
    return json.loads(done.stdout.splitlines()[-1]), took


def music() -> list[Track]:
    """Return every track of the games that is long enough to cut, with its length in seconds."""
    tracks = []
    for path in files(SHARED / "games" / game for game in GAMES):
        if path.suffix in {".ogg", ".opus"}:
            told = run("ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(path))
            length = float(told)
            if length >= SHORTEST_S:
                tracks.append((path, length))
    return sorted(tracks)


def bend(clip: Clip, folder: Path, tags: dict[str, str]) -> None:
    """Cut and bend one clip."""
    suffix, encode = DISTORTIONS[clip.distortion]
    target = folder / f"{clip.file}{suffix}"
    raw = folder.parent / "raw.wav"
    length = CLIP_S * 1.1  # a sped-up clip must still last
    cut = ["-ss", f"{clip.start_s}", "-t", f"{length}", "-i", str(clip.source), "-ar", "44100", "-ac", "2", str(raw)]
    run("ffmpeg", "-v", "error", "-y", *cut)
    bent = folder.parent / "bent.wav"
    if clip.distortion.startswith("tempo"):
        factor = 1 + float(clip.distortion.split()[1]) / 100
        run("rubberband", "-q", "--tempo", f"{factor}", str(raw), str(bent))
    elif clip.distortion.startswith("noise"):
        level = float(run("bash", "-c", "sox \"$1\" -n stat 2>&1 | awk '/RMS.*amplitude/{print $3}'", "-", str(raw)))
        noise = min(0.9, level * 10 ** (-5 / 20) / 0.5774)  # white noise of sox has an RMS of 1 / sqrt(3)
        made = folder.parent / "noise.wav"
        run(
            "sox",
            "-R",
            "-n",
            "-r",
            "44100",
            "-c",
            "2",
            str(made),
            "synth",
            f"{length}",
            "whitenoise",
            "vol",
            f"{noise}",
        )
        run("sox", "-R", "-m", "-v", "0.7", str(raw), "-v", "0.7", str(made), str(bent))
    else:
        bent = raw
    said = [part for name, text in tags.items() for part in ("-metadata", f"{name}={text}")]
    run(
        "ffmpeg",
        "-v",
        "error",
        "-y",
        "-t",
        f"{CLIP_S}",
        "-i",
        str(bent),
        "-map_metadata",
        "-1",
        *encode,
        *said,
        str(target),
    )


def clips_of(tracks: list[Track], count: int, prefix: str, chance: random.Random) -> list[Clip]:
    """Choose clips: every track in turn, every distortion in turn, somewhere in the track."""
    names = list(DISTORTIONS)
    order = chance.sample(tracks, len(tracks))
    chosen = []
    for number in range(count):
        path, length = order[number % len(order)]
        start = round(chance.uniform(0, length - CLIP_S * 1.1 - 1), 2)
        chosen.append(Clip(f"{prefix}{number:03}", path, names[number % len(names)], start))
    return chosen


def divide(tracks: list[Track], chance: random.Random) -> tuple[list[Track], list[Track]]:
    """Register four in five. Versions of one recording stay together: a sped-up or enhanced one is the same sound."""
    families: defaultdict[str, list[Track]] = defaultdict(list)
    for track in tracks:
        families[_family(track)].append(track)
    order = [track for name in chance.sample(sorted(families), len(families)) for track in families[name]]
    border = round(len(order) * REGISTERED_PART)
    while border < len(order) and _family(order[border]) == _family(order[border - 1]):
        border += 1
    return order[:border], order[border:]


def _family(track: Track) -> str:
    return re.sub(r"_(fast|f|enhanced)$", "", track[0].stem.lower())


def clear_clips(folder: Path) -> None:
    """Register four tracks in five; clear clips of all."""
    chance = random.Random(SEED)
    tracks = music()
    registered, others = divide(tracks, chance)
    print(f"{len(tracks)} tracks ({sum(length for _, length in tracks) / 3600:.1f} h) of {', '.join(GAMES)};")
    print(f"{len(registered)} registered as CC BY-NC-SA 3.0 for this measurement, {len(others)} not.\n")
    table = folder / "registered.csv"
    with table.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["path", "licence"])
        writer.writerows([str(path.relative_to(SHARED)), "CC BY-NC-SA 3.0"] for path, _ in sorted(registered))
    space = folder / "workspace"
    licet("init", str(space))
    _, took = licet("add", "table", str(table), "--audio", str(SHARED), "-w", str(space))
    hours = sum(length for _, length in registered) / 3600
    print(f"registering: {took:.0f} s for {hours:.1f} h, {hours * 3600 / took:.0f} x real time with two workers")
    corpus = folder / "clips"
    corpus.mkdir()
    clips = clips_of(registered, CLIPS_REGISTERED, "in-", chance) + clips_of(others, CLIPS_UNREGISTERED, "out-", chance)
    for clip in clips:
        bend(clip, corpus, {"title": clip.file, "license": LAUNDERED, "copyright": LAUNDERED})
    asked = ("--use", "train-generative", "--purpose", "research", "--in", "EU", "--accept", "share-alike")
    _, took = licet("clear", str(corpus), *asked, "-w", str(space), "--out", str(folder / "manifest"))
    print(f"clearing: {len(clips)} clips in {took:.0f} s\n")
    tell(clips, folder / "manifest" / "manifest.jsonl", table.stem)


def tell(clips: list[Clip], manifest: Path, name: str) -> None:
    """Print what was found."""
    lines = {Path(line["item"]).stem: line for line in map(json.loads, manifest.read_text().splitlines())}
    hits: defaultdict[str, Counter[str]] = defaultdict(Counter)
    laundered = caught = shown = 0
    for clip in clips:
        line = lines[clip.file]
        truth = f"local:{name}/{clip.source.relative_to(SHARED)}"
        known = clip.file.startswith("in-")
        found = line["recordings"]
        kind = ("right" if found == [truth] else "right, and more" if truth in found else "wrong") if found else "none"
        hits[clip.distortion]["known " * known + kind] += 1
        if known:
            laundered += 1
            caught += line["verdict"] != "permitted"
            shown += any(why["rule"] == "disagreement" for why in line["reasons"])
        if (known and kind != "right") or (not known and found):
            print(f"  {clip.file} {clip.distortion}: {clip.source.name} at {clip.start_s} s -> {found or 'none'}")
    print(f"{'distortion':14}{'identified':>12}{'of':>5}{'wrong':>7}{'false positives':>17}{'of':>5}")
    total: Counter[str] = Counter()
    for distortion, counts in hits.items():
        total.update(counts)
        print(row(distortion, counts))
    print(row("all", total))
    print(
        f"\nlaundered tags (CC0 on a recording that is not): none of them permitted in {caught} of {laundered} cases;"
    )
    print(f"in {shown} both statements are shown; the others were not identified, and a tag alone permits nothing")


def row(name: str, counts: Counter[str]) -> str:
    """Return one row of the table."""
    of_known = sum(count for kind, count in counts.items() if kind.startswith("known"))
    right = counts["known right"] + counts["known right, and more"]
    false = counts["wrong"] + counts["right"]
    return f"{name:14}{right:>12}{of_known:>5}{counts['known wrong']:>7}{false:>17}{false + counts['none']:>5}"


def shipped_twice(
    folder: Path, registered: str, where: Path, licence: str, scanned: Path, stated: str, file: str
) -> None:
    """Register one package's music under its stated licence and scan another's under its own."""
    space = folder / f"workspace-{registered}"
    notes = SHARED / "doc"
    licet("init", str(space))
    evidence = str(notes / registered / "copyright")
    licet("add", "audio-folder", str(where), "--licence", licence, "--licence-from", evidence, "-w", str(space))
    asked = ("--use", "train-generative", "--purpose", "research", "--in", "EU", "--accept", "share-alike")
    out = folder / f"manifest-{registered}"
    answer, took = licet("clear", str(scanned), *asked, "--stated", stated, "-w", str(space), "--out", str(out))
    print(f"\n{registered} on record as {licence}; {scanned} cleared as {stated}: {answer['counts']}, {took:.0f} s")
    for line in map(json.loads, (out / "manifest.jsonl").read_text().splitlines()):
        if line["recordings"]:
            print(f"  {line['item']}: {line['verdict']}; it is {', '.join(line['recordings'])}")
            for statement in line["statements"]:
                print(f"    {statement['voice']}: {statement['licence']} ({statement['where']})")
            for match in line["matches"]:
                print(f"    from {match['reference_start_s']} s, probability {match['probability']}")
    print(f"  expected: {file}")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="write here, and keep it")
    keep = parser.parse_args().keep
    with tempfile.TemporaryDirectory() as temporary:
        folder = keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        clear_clips(folder)
        games = SHARED / "games"
        shipped_twice(
            folder,
            "wesnoth-1.16-music",
            games / "wesnoth/1.16/data/core/music",
            "GPL-2",
            games / "megaglest",
            "CC BY-SA 3.0",
            "romans.ogg is legends_of_the_north.ogg",
        )
        shipped_twice(
            folder,
            "flare-game",
            games / "flare/mods",
            "CC-BY-SA-3.0",
            games / "supertux2/music",
            "GPL-2+",
            "the battle theme",
        )


if __name__ == "__main__":
    main()
