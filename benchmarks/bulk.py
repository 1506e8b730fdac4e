"""Decide on ten million items in bulk: real rows of MTG-Jamendo and of Stable Audio Open, repeated under new names.

Prints how long deciding takes and how much memory, then how long a second time takes with one licence changed and with
a changed policy, and what `licet diff` makes of it. Each step is a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import pyarrow as pa

from licet.catalog import Entry
from licet.catalog.sources import open_source

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
SOURCES = {"mtg-jamendo": "mtg-jamendo", "stable-audio": "stable-audio-open/fma_dataset_attribution2.csv"}
ASKED = ("--use", "train-generative", "--purpose", "commercial", "--in", "EU", "--in", "US", "--on", "2026-11-22")
BY_NC_SA = "http://creativecommons.org/licenses/by-nc-sa/2.0/"


def real_rows(shared: Path) -> pa.Table:
    """Return a row for each entry that the catalogue's readers find."""
    rows = [
        {
            "item": str(entry.key),
            "licence": entry.licence,
            "recording": str(entry.key),
            "source": kind,
            "title": entry.title,
            "artist": entry.artist,
            "url": entry.url,
            "attribution": entry.attribution,
        }
        for kind, path in SOURCES.items()
        for entry in open_source(kind, shared / path).read()
        if isinstance(entry, Entry)
    ]
    return pa.Table.from_pylist(rows)


def write_items(rows: pa.Table, many: int, path: Path) -> None:
    """Write `many` rows: the real ones over and over, each time under new names."""
    with duckdb.connect(config={"threads": 2, "memory_limit": "2GB"}) as connection:
        connection.register("rows", rows)
        connection.execute(
            f"""
            COPY (SELECT rows.* REPLACE (item || '/' || again AS item, recording || '/' || again AS recording)
                  FROM range({many // len(rows) + 1}) AS times(again), rows LIMIT {many})
            TO '{path}' (FORMAT parquet)
            """  # noqa: S608  (our own words)
        )


def change_a_licence(items: Path, changed: Path) -> None:
    """Write the same items, one of their licences changed in every row that states it."""
    mended = BY_NC_SA.replace("-nc", "")
    with duckdb.connect(config={"threads": 2, "memory_limit": "2GB"}) as connection:
        connection.execute(
            f"""
            COPY (SELECT * REPLACE (replace(licence, '{BY_NC_SA}', '{mended}') AS licence) FROM '{items}')
            TO '{changed}' (FORMAT parquet)
            """  # noqa: S608  (our own words)
        )


def licet(*arguments: object) -> dict[str, object]:
    """Run Licet, print how long it took and its memory, and return its JSON."""
    began = time.perf_counter()
    command = [sys.executable, "-c", _MEASURED, *map(str, arguments), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode > 1:
        raise SystemExit(done.stderr)
    took = time.perf_counter() - began
    *_, answer, peak = done.stdout.splitlines()
    print(f"licet {arguments[0]}: {took:.1f} s, {peak}")
    return json.loads(answer)


# Not `ru_maxrss`, which begins with what this process held when it made the other.
_MEASURED = """
from pathlib import Path
from licet.cli import main
try:
    main()
finally:
    (peak,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    print("at most", *peak.split()[1:])
"""


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=10_000_000)
    parser.add_argument("--again", type=int, default=1_000_000, help="items to decide on again after a change")
    parser.add_argument("--data", type=Path, default=SHARED, help="the folder that holds the real lists")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"no lists at {options.data}: nothing to measure")
        return
    rows = real_rows(options.data)
    print(f"{len(rows):,} real rows")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        licet("init", folder / "workspace")
        asked = (*ASKED, "-w", folder / "workspace")
        write_items(rows, options.items, folder / "items.parquet")
        print(f"{options.items:,} items")
        answer = licet("bulk", folder / "items.parquet", *asked, "--out", folder / "verdicts.parquet")
        print(f"  {answer['counts']}, {answer['kinds']} kinds of row, {answer['classes']} classes")
        again(rows, options.again, folder, asked)


def again(rows: pa.Table, many: int, folder: Path, asked: tuple[object, ...]) -> None:
    """Decide on fewer items twice more: one licence changed, then another reading and promise; and compare."""
    write_items(rows, many, folder / "before.parquet")
    change_a_licence(folder / "before.parquet", folder / "after.parquet")
    print(f"{many:,} items, and again with {BY_NC_SA} changed, and with share-alike accepted")
    licet("bulk", folder / "before.parquet", *asked, "--out", folder / "old.parquet")
    licet("bulk", folder / "after.parquet", *asked, "--out", folder / "new.parquet")
    licet("bulk", folder / "before.parquet", *asked, "--accept", "share-alike", "--out", folder / "other.parquet")
    for name in ("new", "other"):
        answer = licet("diff", folder / "old.parquet", folder / f"{name}.parquet")
        for change in answer["verdicts"]:
            print(f"  {change['before']} -> {change['after']}: {change['items']:,}")


if __name__ == "__main__":
    main()
