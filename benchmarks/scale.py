"""Measure a large index: a million recordings of one minute, made of real fingerprints, with real ones among them.

`make bench-scale` runs this. The recordings of the test set that are registered are planted whole; all others are
imagined out of the calibration set (`imagining.py` says how). The index is kept and used again; it needs about 17 GB
at a million, and twice that while all of it is merged. Clips of the planted recordings, unchanged and changed, and of
the test set's other recordings, are looked up by one process, every one of them twice: the second time counts.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import music
import reckoning
from corpus import Corpus, gather
from distorting import FACTORS, PLAIN
from excerpts import SEED, choose, make
from imagining import MINUTE_S, STRETCH, Imagination
from music import BENCH
from progress import counted, say
from questions import Answer, Question, ask, memory_mb, one_of_each

from licet.identify import FingerprintIndex, IndexWriter
from licet.identify.layout import MADE_WITH
from licet.parallel import Crashed, ordered_map

if TYPE_CHECKING:
    from collections.abc import Sequence

    from excerpts import Excerpt

    from licet.identify import Fingerprint

PEAKS_WAITING = 8_000_000  # four times as many as usual, so that less is merged again and again
BYTES_EACH = 17_000  # of index for a recording of one minute, and a little
LENGTH_S = 10
UNCHANGED = "mp3 64k"
ADDED = 1000
MEMORY_GOAL_MB = 4096.0
LATENCY_GOALS_MS = {"unchanged": 30.0, "changed": 300.0}


def main() -> None:
    """Build what is not there, measure, print, and write down."""
    options = _options()
    with tempfile.TemporaryDirectory() as scratch:
        corpus = gather(options.test, options.calibration, Path(scratch))
    imagined = Imagination(_sources(corpus), SEED)
    figures: dict[str, Any] = {"building": build(options.folder, options.recordings, corpus, imagined)}
    corpus = _as_planted(corpus, set(figures["building"]["planted"]))
    figures["opening"] = opening(options.folder)
    figures["asking"] = asking(options.folder, corpus, options.clips)
    figures["adding"] = adding(options.folder, options.recordings, imagined)
    figures["merging"] = merging(options.folder) if options.merge else "left out: --merge was not given"
    print(f"\nmerging all: {figures['merging']}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n")


def build(folder: Path, recordings: int, corpus: Corpus, imagined: Imagination) -> dict[str, Any]:
    """Fill the index in `folder`, unless it is as it should be, and tell what it took."""
    note = folder / "built.json"
    wanted = {"recordings": recordings, "parameters": MADE_WITH}
    if note.exists():
        built: dict[str, Any] = json.loads(note.read_text())
        if all(built[name] == value for name, value in wanted.items()):
            print(f"index: {folder} is used again; building it took {built['building_s']:.0f} s")
            return built
    _make_room(folder, recordings * BYTES_EACH)
    began, imagining_s = time.perf_counter(), 0.0
    with IndexWriter(folder / "index", peaks_waiting=PEAKS_WAITING) as writer:
        for track in corpus.registered:
            writer.add(track.path, track.path, track.fingerprint)
        for number in counted("imagining and adding", range(recordings), recordings):
            started = time.perf_counter()
            fingerprint = imagined(number)
            imagining_s += time.perf_counter() - started
            writer.add(f"imagined:{number}", f"imagined/{number}", fingerprint)
        added = time.perf_counter()
        writer.merge()
    figures: dict[str, Any] = {
        "planted": [track.path for track in corpus.registered],
        "building_s": time.perf_counter() - began,
        "of_which_imagining_s": imagining_s,
        "of_which_waiting_for_merges_s": time.perf_counter() - added,
        "peak_mb": memory_mb("VmHWM"),
        **_size(folder, recordings * MINUTE_S / 3600 + corpus.hours),
    }
    note.write_text(json.dumps(wanted | figures))
    told = {name: value for name, value in figures.items() if name != "planted"}
    reckoning.tell(f"building an index of {recordings} imagined recordings", told)
    return wanted | figures


def opening(folder: Path) -> dict[str, float]:
    """Tell how long opening takes, and what it holds, in a process of its own."""
    (figures,) = ordered_map(_open, [folder / "index"], workers=2)
    if isinstance(figures, Crashed):
        raise SystemExit("opening the index killed its process")
    return reckoning.tell("opening", figures)


def asking(folder: Path, corpus: Corpus, clips: int) -> dict[str, Any]:
    """Look clips up, unchanged, changed, and of recordings that are not there."""
    known = _questions(choose_known(corpus, clips))
    # Not the calibration set, though it is not registered: what was imagined out of it may be found in it, and rightly.
    others = _questions(choose(corpus.held_out, corpus.held_out, PLAIN, clips * 10, registered=False))
    (sitting,) = ordered_map(Sitting(folder / "index"), [known + others], workers=2)
    if isinstance(sitting, Crashed):
        raise SystemExit("looking clips up killed its process")
    answers, rss_mb = sitting
    planted = [answer for answer in answers if answer.excerpt.registered]
    cells = reckoning.cells(planted, corpus.group)
    false = [answer for answer in answers if not answer.excerpt.registered and answer.matches]
    print()
    for (change, _), cell in cells.items():
        print(f"  {change:16}{cell.right:5} of {cell.asked} found, {cell.wrong} wrong")
    print(f"  false positives: {len(false)} of {len(others)}")
    figures = reckoning.latency(answers, LENGTH_S) | {"resident_mb": rss_mb}
    reckoning.tell("looking up, warm, one process", figures)
    for kind, goal in LATENCY_GOALS_MS.items():
        _against(f"search, {kind}, median ms", figures.get(f"search_{kind}_ms_median", 0.0), goal)
    _against("resident memory, most, MB", figures["peak_mb"], MEMORY_GOAL_MB)
    return {
        **figures,
        "recall": {change: cell.recall for (change, _), cell in cells.items()},
        "wrong": sum(cell.wrong for cell in cells.values()),
        "false_positives": len(false),
        "unregistered_clips": len(others),
    }


def choose_known(corpus: Corpus, clips: int) -> list[Excerpt]:
    """Choose excerpts of what was planted: as many unchanged as changed under all factors together."""
    changes = {UNCHANGED: clips * len(FACTORS), **dict.fromkeys(FACTORS, clips)}
    return [
        excerpt
        for change, count in changes.items()
        for excerpt in choose(corpus.registered, corpus.unregistered(), change, count, registered=True)
    ]


def adding(folder: Path, recordings: int, imagined: Imagination) -> dict[str, float]:
    """Tell what adding a thousand recordings more takes and writes. They are withdrawn again."""
    more = [(f"more:{number}", imagined(recordings + number)) for number in range(ADDED)]
    before, began = _written(), time.perf_counter()
    with IndexWriter(folder / "index") as writer:
        entered = time.perf_counter() - began
        for name, fingerprint in more:
            writer.add(name, name, fingerprint)
    took = time.perf_counter() - began
    written = _written() - before
    with IndexWriter(folder / "index") as writer:
        for name, _ in more:
            writer.withdraw(name)
    return reckoning.tell(
        f"adding {ADDED} recordings more", {"seconds": took, "to_begin_s": entered, "written_mb": written / 1e6}
    )


def merging(folder: Path) -> dict[str, float] | str:
    """Merge the whole index into as few segments as it takes."""
    size = _size(folder, 1.0)["bytes"]
    free = shutil.disk_usage(folder).free
    if free < size * 1.1:
        return f"left out: {size / 1e9:.1f} GB more would be needed for a while, and {free / 1e9:.1f} GB are free"
    began = time.perf_counter()
    with IndexWriter(folder / "index") as writer:
        writer.merge(all=True)
    return {"seconds": time.perf_counter() - began, "mb": size / 1e6, "peak_mb": memory_mb("VmHWM")}


@dataclass(frozen=True, slots=True)
class Sitting:
    """Looks everything up twice in the process that it is called in, and keeps the second answers."""

    index: Path

    def __call__(self, questions: list[Question]) -> tuple[list[Answer], float]:
        """Return the answers, and what the process holds in the end, in MB, pages of the index included."""
        say("the first time warms up, the second counts")
        ask(self.index, questions, workers=1)
        return ask(self.index, questions, workers=1), memory_mb("VmRSS")


def _open(index: Path) -> dict[str, float]:
    before, began = memory_mb("VmRSS"), time.perf_counter()
    opened = FingerprintIndex.open(index)
    took = time.perf_counter() - began
    return {"opening_ms": 1000 * took, "recordings": float(len(opened)), "mb_more": memory_mb("VmRSS") - before}


def _questions(excerpts: Sequence[Excerpt]) -> list[Question]:
    make(excerpts)
    return [one_of_each(excerpt, (LENGTH_S,)) for excerpt in excerpts]


def _sources(corpus: Corpus) -> list[Fingerprint]:
    """Return the fingerprints that are long enough to take a stretched minute from."""
    return [track.fingerprint for track in corpus.unrelated if track.duration_s > MINUTE_S * STRETCH]


def _as_planted(corpus: Corpus, planted: set[str]) -> Corpus:
    """Return the corpus with its test set divided as it was when the index was built."""
    tracks = [*corpus.registered, *corpus.held_out]
    return replace(
        corpus,
        registered=[track for track in tracks if track.path in planted],
        held_out=[track for track in tracks if track.path not in planted],
    )


def _make_room(folder: Path, needed: int) -> None:
    """Empty the folder, if it is ours, and see whether the index will fit."""
    if (folder / "index").exists():
        shutil.rmtree(folder / "index")
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    say(f"{folder} will take about {needed / 1e9:.1f} GB, for a while twice that, and {free / 1e9:.1f} GB are free")
    if free < needed * 2:
        raise SystemExit("not enough: name another --folder, or fewer --recordings")


def _size(folder: Path, hours: float) -> dict[str, float]:
    files = [file for file in (folder / "index").iterdir() if file.is_file()]
    size = sum(file.stat().st_size for file in files)
    return {"files": float(len(files)), "bytes": float(size), "mb_an_hour": size / 1e6 / hours}


def _written() -> int:
    """Return how many bytes this process has written so far, to whatever it may be."""
    lines = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(lines["wchar"])


def _against(what: str, value: float, goal: float) -> None:
    print(f"  {what}: {value:.1f}, at most {goal:.0f} asked for: {'met' if value <= goal else 'FALLS SHORT'}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    music.add_options(parser)
    parser.add_argument("--recordings", type=int, default=1_000_000, help="imagined ones (default: %(default)s)")
    parser.add_argument("--folder", type=Path, default=BENCH / "scale", help="where the index is kept")
    parser.add_argument("--clips", type=int, default=20, help="under each change (default: %(default)s)")
    parser.add_argument("--merge", action="store_true", help="merge the whole index too, and say how long it took")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures here")
    return parser.parse_args()


if __name__ == "__main__":
    main()
