"""A writer that is killed again and again: run as a program, it prints what it found after each death.

One process imports everything once and stays without threads; it forks a writer, kills it at a random moment with
SIGKILL, and compares what is on the disk with what the writer had said was there.
"""

from __future__ import annotations

import os
import random
import sys
from functools import partial
from pathlib import Path

from imagined import imagined, recordings
from killing import killed
from licet.identify import IndexWriter, Registered
from licet.identify.drafting import write_segment
from licet.identify.merging import Source, merge
from licet.identify.segments import Segment

FINGERPRINTS = [imagined(seed, 2.0) for seed in range(5)]
LONGEST_LIFE_S = 0.25


def write(folder: Path, seed: int, told: int) -> None:
    """Add, withdraw and merge until killed, and tell what is on the disk as soon as it is."""
    dice = random.Random(seed)
    with IndexWriter(folder) as writer:
        present = recordings(folder)
        for number in range(1_000_000):
            done = []
            for turn in range(dice.randint(1, 3)):
                if present and dice.random() < 0.4:
                    name = present.pop(dice.randrange(len(present)))
                    writer.withdraw(name)
                    done.append(f"-{name}")
                name = f"r{seed}-{number}-{turn}"
                writer.add(name, "", dice.choice(FINGERPRINTS))
                present.append(name)
                done.append(f"+{name}")
            os.write(told, f"?{' '.join(done)}\n".encode())  # about to
            if dice.random() < 0.25:
                writer.merge(all=dice.random() < 0.5)
            else:
                writer.commit()
            os.write(told, b"!\n")  # done


def _warm_up(folder: Path) -> None:
    """Load what a writer loads late, kernels and all, and start no thread."""
    folder.mkdir(parents=True)
    write_segment(folder / "one", [(Registered("a", "", 2.0), FINGERPRINTS[0])])
    merge(folder / "two", [Source(Segment(folder / "one"))])


def after(before: set[str], told: str) -> list[set[str]]:
    """Return what may be on the disk: all that was told to be done, with or without what was being done."""
    states = [before]
    for line in told.splitlines():
        if line == "!":
            states = states[-1:]
        else:
            now = set(states[-1])
            for change in line[1:].split():
                (now.add if change[0] == "+" else now.discard)(change[1:])
            states = [states[-1], now]
    return states


def main(folder: Path, deaths: int, seed: int) -> None:
    """Kill a writer `deaths` times and stop at the first loss."""
    _warm_up(folder / "warm")
    index = folder / "index"
    dice = random.Random(seed)
    present: set[str] = set()
    commits = 0
    for death in range(deaths):
        told = killed(partial(write, index, death), dice.uniform(0.005, LONGEST_LIFE_S))
        found = recordings(index)
        assert len(found) == len(set(found)), "a recording is there twice"
        assert set(found) in after(present, told), f"after death {death}: {sorted(set(found) ^ present)}"
        present = set(found)
        commits += told.count("!")
    print(f"{deaths} deaths, {commits} commits, {len(present)} recordings")  # noqa: T201  (what the test reads)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
