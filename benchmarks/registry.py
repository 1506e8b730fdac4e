"""The registry at scale: how soon a statement is heard, and what the revocation of a whole catalogue costs.

    make bench                                                    # a tenth of it
    python benchmarks/registry.py --recordings 1000000 --grants 100000

Recordings, parties and grants are made up; the database, the evidence, the log and the receipts are real.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import time
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from licet.catalog import Right
from licet.policy import Act, Purpose, Use
from licet.registry.parties import Party
from licet.registry.statements import Kind, Reach, Statement, Subject
from licet.registry.terms import Control, Holding
from licet.transparency import create_log, make_key
from licet.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(".bench/registry")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
USE = Use(Act.TRAIN_GENERATIVE, Purpose.COMMERCIAL, frozenset({"EU"}), date(2026, 11, 22))
CATALOGUE = 10_000  # recordings of one party
SINGLE = 100  # statements that are timed one by one
AT_ONCE = 1_000


def said(kind: Kind, at: int, seconds: int, **facts: object) -> Statement:
    """Word a statement of the party that holds recording `at`."""
    moment = (NOON - timedelta(days=1) + timedelta(seconds=seconds)).isoformat()
    subjects = {"subjects": (Subject(Reach.RECORDING, f"jamendo:{at + 1}"),)} | facts
    return Statement(kind=kind, party=f"p{at // CATALOGUE}", actor="bench", at=moment, **subjects)  # type: ignore[arg-type]  # keywords pass through


def holdings(recordings: int) -> Iterator[tuple[str, Holding]]:
    """Yield who holds what: ten thousand recordings a party, both rights."""
    for at in range(recordings):
        party = f"p{at // CATALOGUE}"
        for right in Right:
            yield f"jamendo:{at + 1}", Holding(party, party, right, Fraction(1))


def timed(what: str, begun: float) -> None:
    """Print how long something took."""
    print(f"{what:<44} {time.perf_counter() - begun:8.2f} s", flush=True)


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recordings", type=int, default=100_000)
    parser.add_argument("--grants", type=int, default=10_000)
    options = parser.parse_args()
    shutil.rmtree(FOLDER, ignore_errors=True)
    room = Workspace.init(FOLDER)
    create_log(room.receipts.log_folder, "log.example/bench", make_key(room.receipts.key_path, "log.example/bench"))
    for number in range(-(-options.recordings // CATALOGUE)):
        party = Party(f"p{number}", f"p{number}", control=Control.VOUCHED)
        room.desk.introduce(party, NOON - timedelta(days=2))

    begun = time.perf_counter()
    room.desk.register("p0", holdings(options.recordings), NOON - timedelta(days=2))
    timed(f"{options.recordings:,} recordings registered", begun)
    begun = time.perf_counter()
    step = max(1, options.recordings // options.grants)
    grants = [said(Kind.GRANT, at, 0) for at in range(0, options.recordings, step)]
    for at in range(0, len(grants), AT_ONCE):
        room.desk.say_all(grants[at : at + AT_ONCE])
    timed(f"{len(grants):,} grants, {AT_ONCE:,} at a time", begun)

    took = []
    for number in range(SINGLE):
        statement = said(Kind.RESERVATION, number * 7 % options.recordings, 10 + number)
        begun = time.perf_counter()
        room.desk.say(statement)
        took.append(time.perf_counter() - begun)
    took.sort()
    median, slow = statistics.median(took) * 1e3, took[-5] * 1e3
    print(f"{'one statement, until it is heard and logged':<44} {median:8.1f} ms (95 %: {slow:.1f})", flush=True)

    (FOLDER / "table.csv").write_text(
        "id,licence\n" + "".join(f"jamendo:{at + 1},CC-BY-4.0\n" for at in range(2 * CATALOGUE))
    )
    room.add("table", FOLDER / "table.csv", captured_at=NOON - timedelta(days=2))
    (FOLDER / "corpus.csv").write_text("id\n" + "".join(f"jamendo:{at + 1}\n" for at in range(2 * CATALOGUE)))
    reservation = said(Kind.RESERVATION, 0, 1000, subjects=(Subject(Reach.CATALOGUE),))
    room.desk.say(reservation)
    begun = time.perf_counter()
    cleared = room.clear(FOLDER / "corpus.csv", USE, report=False)
    timed(f"{2 * CATALOGUE:,} items cleared", begun)
    room.receipts.seal(cleared.folder, salt=os.urandom(32), at=NOON)
    room.desk.say(said(Kind.REVOCATION, 0, 2000, subjects=(), of=reservation.id))
    begun = time.perf_counter()
    (came,) = room.reopen(day=USE.day, at=NOON, salt=lambda: os.urandom(32))
    timed(f"a catalogue's revocation: {came.looked_at:,} looked at, {came.superseded:,} superseded", begun)


if __name__ == "__main__":
    main()
