"""A log whose writer is killed again and again: run as a program, it says what it found after each death.

One process imports everything once; it forks a writer, kills it with SIGKILL at a random moment, and compares the log
with what the writer had said was durable, and with every head that it ever signed.
"""

from __future__ import annotations

import os
import random
import sys
from functools import partial
from pathlib import Path

from killing import killed
from licet.transparency import Log, LogWriter, consistent, create_log
from logging_keys import ORIGIN, signer

LONGEST_LIFE_S = 0.1


def write(folder: Path, seed: int, told: int) -> None:
    """Append until killed, and tell the size as soon as it is durable."""
    dice = random.Random(seed)
    with LogWriter(folder, signer()) as writer:
        while True:
            many = dice.choice((1, 2, 100, 300))
            places = writer.append([f"{seed} {dice.random()}".encode() for _ in range(many)])
            os.write(told, f"{places.stop}\n".encode())


def main(folder: Path, deaths: int, seed: int) -> None:
    """Kill a writer `deaths` times and stop at the first loss, or the first fork."""
    create_log(folder, ORIGIN, signer())
    dice = random.Random(seed)
    heads = [Log(folder, [signer().verifier]).head]
    appends = 0
    for death in range(deaths):
        told = killed(partial(write, folder, death), dice.uniform(0.002, LONGEST_LIFE_S))
        sizes = [int(line) for line in told.splitlines()]
        log = Log(folder, [signer().verifier])
        log.verify()
        assert len(log) >= max(sizes, default=heads[-1].size), "an entry that was acknowledged is gone"
        for old in heads:
            if old.size:
                proof = log.consistency(old.size)
                assert consistent(old.size, len(log), old.root, log.head.root, proof), "the log was forked"
        heads.append(log.head)
        appends += len(sizes)
    print(f"{deaths} deaths, {appends} appends, {heads[-1].size} entries")  # noqa: T201  (what the test reads)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
