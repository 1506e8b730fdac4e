"""Measure identification: what is found of music that was changed, and what is found that is not there.

`make bench-identify` runs this on Debian's free game music. Clips of registered recordings, under 25 changes, should be
found; slices of recordings that are not registered, plain and under the same changes, should not. Excerpts are kept
in `.bench/`, so that a second run is quick; seeds are fixed. Then come two hours of mixed recordings, and the speed of
listening beside plain decoding and Chromaprint's fpcalc.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import chance
import chromaprint
import mix
import music
import reckoning
from corpus import Corpus, Track, gather, register
from distorting import CHANGES, PLAIN, run
from excerpts import choose, make
from progress import counted
from questions import Answer, Question, ask, one_of_each, slices

from licet.parallel import Crashed, available_workers, ordered_map

if TYPE_CHECKING:
    from collections.abc import Sequence

LISTENING = Path(__file__).with_name("listening.py")
LISTENED = (".ogg", ".opus", ".mp3", ".flac")  # formats in which the speed of listening is measured
FEW = 6  # whole files of each


def main() -> None:
    """Measure, print, and write down."""
    options = _options()
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        corpus = gather(options.test, options.calibration, folder / "all")
        figures["corpus"] = tell_corpus(corpus)
        register(folder / "index", corpus.registered)
        figures["index"] = tell_index(folder / "index", corpus)
        known, others = chosen(corpus, options)
        make(question.excerpt for question in (*known, *others))
        answers = ask(folder / "index", known, beside=True)
        negatives = ask(folder / "index", others, beside=True)
        figures["recall"] = tell_recall(answers, negatives, corpus)
        figures["false_positives"] = tell_negatives(negatives)
        figures["exactness"] = reckoning.tell("exactness of right matches", reckoning.exactness(answers))
        figures["latency"] = reckoning.tell(
            "latency of 10 s clips, one a core", reckoning.latency([*answers, *negatives])
        )
        print("\nchance of a false match, by slices of what is not registered")
        figures["chance"] = reckoning.tell(
            "best candidates", chance.measure(folder / "index", corpus.unregistered(), options.slices)
        )
        if options.mix_hours:
            figures["mix"] = mix.measure(folder / "index", corpus, options.mix_hours)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1, default=float) + "\n")
    if options.listening:
        tell_listening(corpus.registered)


def chosen(corpus: Corpus, options: argparse.Namespace) -> tuple[list[Question], list[Question]]:
    """Choose what is asked: clips of registered recordings, and slices of all others."""
    spare = corpus.unregistered()
    known = [
        one_of_each(excerpt)
        for change in CHANGES
        for excerpt in choose(corpus.registered, spare, change, options.clips, registered=True)
    ]
    others = [
        slices(excerpt)
        for change in (PLAIN, *CHANGES)
        for excerpt in choose(spare, spare, change, options.others, registered=False)
    ]
    return known, others


def tell_corpus(corpus: Corpus) -> dict[str, Any]:
    """Print what is registered, what is not, and what shares its sound."""
    spare = corpus.unregistered()
    hours = sum(track.duration_s for track in spare) / 3600
    print(f"registered: {len(corpus.registered)} recordings, {corpus.hours:.1f} h")
    print(f"not: {len(corpus.held_out)} of the test set, {len(corpus.unrelated)} of the calibration set, {hours:.1f} h")
    print(f"found to share their sound, to be judged by ear ({len(corpus.shared)}):")
    for line in corpus.shared:
        print(f"  {line}")
    return {
        "registered": len(corpus.registered),
        "registered_hours": corpus.hours,
        "held_out": len(corpus.held_out),
        "unrelated": len(corpus.unrelated),
        "unregistered_hours": hours,
        "shared": corpus.shared,
    }


def tell_index(folder: Path, corpus: Corpus) -> dict[str, float]:
    """Print how large the index is."""
    size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    return reckoning.tell("index", {"bytes": float(size), "mb_an_hour": size / 1e6 / corpus.hours})


def tell_recall(answers: list[Answer], negatives: list[Answer], corpus: Corpus) -> dict[str, Any]:
    """Print the table, what falls short, and which clips were identified as something else."""
    names = [track.path for track in corpus.registered]
    index = chromaprint_index(names)
    beside, limit = reckoning.chromaprint_recall(index, names, [*answers, *negatives], corpus.group)
    cells = reckoning.cells(answers, corpus.group)
    print()
    for line in reckoning.table(cells, beside):
        print(line)
    print(f"Chromaprint at the threshold that leaves it no false positive here: {100 * limit:.1f} % of bits differ")
    missed = [answer for answer in answers if not reckoning.is_right(answer, corpus.group)]
    silent = sum(answer.level_db < reckoning.SILENT_DB for answer in missed)
    print(f"missed: {len(missed)} of {len(answers)}, {silent} of which lie under {reckoning.SILENT_DB:.0f} dBFS")
    short = reckoning.shortfalls(cells)
    print("\nfalls short:" if short else "\nnothing falls short")
    for line in short:
        print(f"  {line}")
    _name([answer for answer in answers if reckoning.is_wrong(answer, corpus.group)])
    rows = [{"change": change, "length_s": length, **asdict(cell)} for (change, length), cell in cells.items()]
    return {"cells": rows, "chromaprint_10_s": beside, "chromaprint_threshold": limit, "short": short}


def chromaprint_index(names: Sequence[str]) -> chromaprint.Index:
    """Return Chromaprint's index of the files `names`, whole."""
    words = ordered_map(chromaprint.raw, [Path(name) for name in names], workers=available_workers())
    made = list(counted("Chromaprint of whole files", words, len(names)))
    for name, each in zip(names, made, strict=True):
        if isinstance(each, Crashed) or not each:
            print(f"fpcalc makes nothing of {name}")
    return chromaprint.Index(() if isinstance(each, Crashed) else each for each in made)


def tell_negatives(answers: list[Answer]) -> dict[str, Any]:
    """Print how many slices of unregistered audio were identified as anything."""
    asked = Counter(answer.length_s for answer in answers)
    false = [answer for answer in answers if answer.matches]
    highest = max((answer.best for answer in answers if not answer.matches), default=0.0)
    print(f"\nfalse positives: {len(false)} of {len(answers)} slices of unregistered audio")
    for length, count in sorted(asked.items()):
        print(f"  {length:2} s: {sum(answer.length_s == length for answer in false)} of {count}")
    print(f"  the highest probability of all others: {highest:.4f}")
    _name(false)
    return {"slices": len(answers), "identified": len(false), "highest_other": highest}


def tell_listening(tracks: Sequence[Track]) -> None:
    """Print how fast listening is beside plain decoding and fpcalc, on whole files of every kind."""
    print(flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        for suffix in LISTENED:
            own = _few([track for track in tracks if track.path.endswith(suffix)])
            for number, track in enumerate(own or _few(tracks)):
                file = Path(scratch, f"{number}{suffix}")
                if own:
                    file.symlink_to(Path(track.path).resolve())
                else:  # a format that the corpus lacks is encoded out of what it has
                    run("ffmpeg -v error -i {a} -vn {b}", a=track.path, b=file)
        subprocess.run([sys.executable, LISTENING, scratch], check=True)


def _few(tracks: Sequence[Track]) -> Sequence[Track]:
    """Return `FEW` of the tracks, spread evenly."""
    return tracks[:: max(1, len(tracks) // FEW)][:FEW]


def _name(answers: list[Answer]) -> None:
    for answer in answers:
        said = ", ".join(f"{match.recording} ({match.probability:.4f})" for match in answer.matches)
        print(
            f"  {answer.excerpt.change}, {answer.length_s} s of {answer.excerpt.path} at {answer.start_s:.1f}: {said}"
        )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    music.add_options(parser)
    parser.add_argument("--clips", type=int, default=100, help="clips in each cell (default: %(default)s)")
    parser.add_argument(
        "--others",
        type=int,
        default=50,
        help="half minutes of unregistered audio under each change, 20 slices each (default: %(default)s)",
    )
    parser.add_argument("--mix-hours", type=float, default=2.0, help="length of the mix; 0 leaves it out")
    parser.add_argument("--no-listening", dest="listening", action="store_false", help="leave its speed unmeasured")
    parser.add_argument("--slices", type=int, default=20_000, help="whose best candidate is weighed (%(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures here")
    return parser.parse_args()


if __name__ == "__main__":
    main()
