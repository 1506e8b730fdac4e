"""Append a million entries to a log, a thousand at a time, and prove some of them.

Prints how many a second are durable, how long a proof takes on a log that was just opened, and how large the log is.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from licet.transparency import Log, LogWriter, Signer, create_log, included, leaf_hash

ENTRY_BYTES = 200
PROOFS = 1_000


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=1_000)
    options = parser.parse_args()
    signer = Signer("log.example/bench", Ed25519PrivateKey.generate())
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "log")
        create_log(folder, "log.example/bench", signer)
        began = time.perf_counter()
        with LogWriter(folder, signer) as writer:
            for _ in range(0, options.entries, options.batch):
                writer.append([os.urandom(ENTRY_BYTES) for _ in range(options.batch)])
        took = time.perf_counter() - began
        log = Log(folder, [signer.verifier])
        print(f"{len(log):,} entries, {options.batch:,} at a time: {len(log) / took:,.0f} a second")
        chance = random.Random(1)
        _prove(folder, signer, [chance.randrange(len(log)) for _ in range(PROOFS)])
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        print(f"{size / 1e6:.0f} MB, {size / len(log):.0f} bytes an entry of {ENTRY_BYTES}")


def _prove(folder: Path, signer: Signer, places: list[int]) -> None:
    times = []
    for place in places:
        began = time.perf_counter()
        log = Log(folder, [signer.verifier])
        proof = log.inclusion(place)
        times.append(time.perf_counter() - began)
        assert included(leaf_hash(log[place]), place, len(log), proof, log.head.root)
    median, most = 1000 * statistics.median(times), 1000 * max(times)
    print(f"a log opened and an entry proved: {median:.2f} ms, at most {most:.2f} ms")


if __name__ == "__main__":
    main()
