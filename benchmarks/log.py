"""Append a million entries to a log, a thousand at a time, and prove some of them; and a million names in a set.

Prints how many a second are durable, how long a proof takes on a log that was just opened, and how large the log is;
then how long it takes to make the set, to prove what is in it and what is not, and how large a proof is.
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

from licet.transparency import Log, LogWriter, Signer, SortedSet, create_log, included, leaf_hash

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
        _set(Path(temporary, "set"), options.entries)


def _set(path: Path, size: int) -> None:
    began = time.perf_counter()
    SortedSet.build(path, ((f"recording:{number}", bytes(32)) for number in range(size)), os.urandom(32))
    print(f"a set of {size:,} names: {time.perf_counter() - began:.1f} s, {path.stat().st_size / 1e6:.0f} MB")
    times, sizes = [], []
    for number in range(0, 2 * size, max(1, 2 * size // PROOFS)):  # half of them are in it
        began = time.perf_counter()
        held = SortedSet(path)
        proof = held.prove(f"recording:{number}")
        times.append(time.perf_counter() - began)
        sizes.append(sum(len(one.entry) + sum(map(len, one.proof)) + 8 for one in proof))
        assert (held.head.digest_of(f"recording:{number}", proof) is not None) == (number < size)
    median, most = 1000 * statistics.median(times), 1000 * max(times)
    print(f"a set opened and a name proved: {median:.2f} ms, at most {most:.2f} ms, {max(sizes):,} bytes at most")


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
