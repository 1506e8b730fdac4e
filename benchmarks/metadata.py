"""Clear a large data set by its licence list alone: MTG-Jamendo's 53,386 track ids, without audio.

Give the folder of a checkout; without one, the shared data beside the project is looked for.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "mtg-jamendo"
CAPTURED = "2024-07-01"  # before the data set's newer terms, under which nobody may use any of it commercially
ASKED = ("--use", "train-generative", "--purpose", "commercial", "--in", "EU", "--in", "US")


def licet(*arguments: str) -> tuple[dict[str, object], float]:
    """Run Licet, and return its JSON and how long it took in seconds."""
    began = time.perf_counter()
    done = subprocess.run(["licet", *arguments, "--json"], capture_output=True, text=True, check=False)
    if done.returncode > 1:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout), time.perf_counter() - began


def main() -> None:
    """Measure."""
    checkout = Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED
    if not checkout.is_dir():
        print(f"no MTG-Jamendo checkout at {checkout}: nothing to measure")
        return
    with tempfile.TemporaryDirectory() as temporary:
        space = str(Path(temporary, "workspace"))
        licet("init", space)
        added, took = licet("add", "mtg-jamendo", str(checkout), "--captured", CAPTURED, "-w", space)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"add: {took:.1f} s, at most {peak:.0f} MB; {added['families']}, {added['licences']} licences")
        ids = sorted({line.split("\t")[0] for line in _rows(checkout)})
        corpus = Path(temporary, "ids.csv")
        corpus.write_text("id\n" + "".join(f"jamendo:{int(name.removeprefix('track_'))}\n" for name in ids))
        for accept in ((), ("--accept", "share-alike")):
            answer, took = licet("clear", str(corpus), *ASKED, *accept, "-w", space)
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            print(f"clear {' '.join(accept)}: {took:.1f} s, at most {peak:.0f} MB; {answer['counts']}")


def _rows(checkout: Path) -> list[str]:
    tables = [*checkout.glob("data/*.tsv"), *checkout.glob("data/splits/*/*.tsv")]
    return [line for table in tables for line in table.read_text(encoding="utf-8").splitlines()[1:]]


if __name__ == "__main__":
    main()
