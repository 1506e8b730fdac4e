"""Receipts at scale: seal a manifest, prove what is in it, and reopen what one changed licence concerns.

    make bench                                         # a hundred thousand items
    python benchmarks/receipts.py --items 1000000      # a million: a quarter of an hour, 6 GB

Everything is made up but what is measured: a table of recordings, each with a licence of its own wording and address.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from licet.policy import Act, Purpose, Use
from licet.transparency import create_log, make_key, public_path, read_verifiers
from licet.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(".bench/receipts")
LICENCES = ("CC-BY-4.0", "CC-BY-NC-4.0", "CC0-1.0", "CC-BY-SA-4.0", "CC-BY-NC-ND-4.0")
DAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
USE = Use(Act.TRAIN_GENERATIVE, Purpose.COMMERCIAL, frozenset({"EU"}), DAY)
PROOFS = 1_000


def rows(items: int, changed: int = -1) -> Iterator[str]:
    """Yield the table; one of its lines changed."""
    yield "id,title,artist,licence\n"
    for at in range(items):
        licence = LICENCES[(at + (at == changed)) % len(LICENCES)]
        yield f"jamendo:{at + 1},Tune {at},Band {at % 997},{licence} (statement {at})\n"


def timed(what: str, begun: float, items: int) -> None:
    """Print how long something took."""
    took = time.perf_counter() - begun
    print(f"{what:<34} {took:8.2f} s {took / items * 1e6:8.1f} µs an item", flush=True)


def prepared(items: int) -> Workspace:
    """Make a workspace with all of it on record, cleared; one that is there is used again."""
    folder = FOLDER / str(items)
    if (folder / "ready").exists():
        return Workspace.open(folder)
    shutil.rmtree(folder, ignore_errors=True)
    room = Workspace.init(folder)
    with (folder / "table.csv").open("w") as stream:
        stream.writelines(rows(items))
    begun = time.perf_counter()
    room.add("table", folder / "table.csv", captured_at=NOON.replace(day=20))
    timed("put on record", begun, items)
    (folder / "corpus.csv").write_text("id\n" + "".join(f"jamendo:{at + 1}\n" for at in range(items)))
    begun = time.perf_counter()
    room.clear(folder / "corpus.csv", USE, out=folder / "out", report=False)
    timed("cleared", begun, items)
    with (folder / "table.csv").open("w") as stream:
        stream.writelines(rows(items, changed=items // 3))
    (folder / "ready").touch()
    return room


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=100_000)
    items: int = parser.parse_args().items
    room = prepared(items)
    for each in ("log", "keys", "sealed"):
        shutil.rmtree(room.folder / each, ignore_errors=True)
    create_log(room.receipts.log_folder, "log.example/bench", make_key(room.receipts.key_path, "log.example/bench"))
    keys = read_verifiers(public_path(room.receipts.key_path))

    begun = time.perf_counter()
    room.receipts.seal(room.folder / "out", salt=os.urandom(32), at=NOON, workers=None)
    timed("sealed: every item has a receipt", begun, items)

    dice = random.Random(1)
    for what, first in (("in", 0), ("not in", items)):
        took, sizes = [], []
        for _ in range(PROOFS):
            name = f"recording:jamendo:{first + 1 + dice.randrange(items)}"
            begun = time.perf_counter()
            proof = room.receipts.prove(room.folder / "out", name)
            took.append(time.perf_counter() - begun)
            sizes.append(len(msgspec.json.encode(proof.neighbours)))
            assert (proof.check(keys)[0] is not None) is (what == "in")
        took.sort()
        print(
            f"proof that a recording is {what:<8} {took[len(took) // 2] * 1e3:8.2f} ms (95 %: {took[-50] * 1e3:.2f}), "
            f"{max(sizes):,} bytes at most",
            flush=True,
        )

    begun = time.perf_counter()
    ((_, receipt),) = room.receipts.receipts(room.folder / "out", f"jamendo:{items // 2}")
    timed("one receipt", begun, 1)
    begun = time.perf_counter()
    receipt.check(keys)
    timed("  checked", begun, 1)

    begun = time.perf_counter()
    room.add("table", room.folder / "table.csv", captured_at=NOON.replace(day=21))
    timed("read again, one licence changed", begun, items)
    begun = time.perf_counter()
    (came,) = room.reopen(day=DAY, at=NOON, salt=lambda: os.urandom(32))
    timed("reopened what it concerns", begun, 1)
    (line,) = came.lines()
    assert line.item == f"jamendo:{items // 3 + 1}"
    begun = time.perf_counter()
    assert not list(room.reopen(day=DAY, at=NOON, salt=lambda: os.urandom(32)))
    timed("  and again, nothing changed", begun, 1)
    print(
        f"{came.looked_at} looked at, {came.superseded} superseded; "
        f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB"
    )


if __name__ == "__main__":
    main()
