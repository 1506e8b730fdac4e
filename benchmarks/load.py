"""Many who make statements and many who decide at once, on PostgreSQL: how soon, how many, and whether any is lost.

    python benchmarks/load.py --writers 50 --readers 200 --seconds 60 --json load.json

Exits with 1 if a statement was lost, stands in the log twice or elsewhere than it was said to, if the log does not
verify, or if anything failed. Without `--database` it starts a server of its own, which forces every commit to disk.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

TESTS = Path(__file__).resolve().parents[1] / "tests"
sys.path += [str(TESTS), str(TESTS / "workspace")]

from postgres import running_server  # noqa: E402  (likewise)

from crowd import Crowd, faults, figures, prepare, run  # noqa: E402  (it lies there)

if TYPE_CHECKING:
    from collections.abc import Iterator

DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "shared_buffers": "128MB"}
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


@contextmanager
def database_at(url: str | None) -> Iterator[str]:
    """Give an empty database: the one named, or one of a server of its own."""
    if url is not None:
        yield url
    else:
        with running_server(**DURABLE, autovacuum="on") as server:
            yield server.empty_database()


def deadlocks_at(url: str) -> int:
    """Return how many deadlocks the server has seen in the database. Nothing of Licet's tries again after one."""
    with psycopg.connect(url) as connection:
        row = connection.execute(DEADLOCKS).fetchone()
    assert row is not None
    return int(row[0])


def main() -> int:
    """Measure, print, and say whether all is as it must be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--writers", type=int, default=50)
    parser.add_argument("--readers", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--processes", type=int, default=2, help="that serve them, in threads")
    parser.add_argument("--recordings", type=int, default=2_000)
    parser.add_argument("--database", metavar="URL", help="an empty database of PostgreSQL")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here")
    options = parser.parse_args()
    crowd = Crowd(options.writers, options.readers, options.seconds, options.processes, options.recordings)
    folder = Path(tempfile.mkdtemp(prefix="licet-load-", dir="."))
    try:
        with database_at(options.database) as url:
            prepare(folder / "house", url, crowd)
            before = deadlocks_at(url)
            tally = run(folder / "house", crowd)
            wrong = faults(folder / "house", tally.said)
            deadlocks = deadlocks_at(url) - before
    finally:
        shutil.rmtree(folder)
    found = figures(crowd, tally) | {
        "cores": os.cpu_count(),
        "deadlocks": deadlocks,
        "faults": len(wrong),
    }
    print(json.dumps(found, indent=1))
    for one in wrong[:20]:
        print(one)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")
    return 1 if wrong or deadlocks or tally.errors or not tally.said else 0


if __name__ == "__main__":
    sys.exit(main())
