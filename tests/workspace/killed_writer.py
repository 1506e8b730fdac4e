"""Two who make statements in one workspace and are killed again and again: run as a program, it says what they said.

One process imports everything once. Again and again it forks two writers, and kills each with SIGKILL at a random
moment. Nobody kills the last one.
"""

from __future__ import annotations

import json
import os
import random
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path

from crowd import Crowd, faults, prepare
from killing import killed
from licet.registry.statements import Kind, Reach, Statement, Subject
from licet.workspace import Workspace

LONGEST_LIFE_S = 0.06
READY = b"\n"
PARTIES = 2


def statement(party: int, number: int, life: int) -> Statement:
    """Word a statement of one of them; no two are alike."""
    return Statement(
        kind=Kind.RESERVATION if number % 2 else Kind.GRANT,
        party=f"p{party}",
        actor="killed",
        at=datetime.now(UTC).isoformat(),
        subjects=(Subject(Reach.RECORDING, f"jamendo:{PARTIES * number + party}"),),
        words=f"{life} {number}",
    )


def live(folder: Path, life: int, party: int, told: int) -> None:
    """Make statements until killed; tell the id and the place of each as soon as it is made."""
    with Workspace.open(folder) as room:
        for number in count():
            one = statement(party, number, life)
            line = f"{one.id} {room.desk.say(one)}\n".encode()
            os.write(told, line if number else READY + line)


def main(folder: Path, database: str, deaths: int) -> None:
    """Kill `deaths` writers, two at a time; make one statement more, and print what is wrong."""
    dice = random.Random(7)
    prepare(folder, database, Crowd(PARTIES, 0, 0, recordings=1_001))
    said: dict[str, int] = {}
    with ThreadPoolExecutor(PARTIES) as both:
        for life in range(deaths // PARTIES):
            lives = [(partial(live, folder, life, party), dice.uniform(0, LONGEST_LIFE_S)) for party in range(PARTIES)]
            for told in both.map(lambda one: killed(*one, ready=READY), lives):
                said |= {name: int(place) for name, place in map(str.split, told.split("\n")[:-1])}
    with Workspace.open(folder) as room:
        waiting = len(room.desk.store.unlogged())
        last = statement(0, 0, deaths)
        said[last.id] = room.desk.say(last)
        recorded = room.desk.store.count()
    print(json.dumps({"said": len(said), "recorded": recorded, "waited": waiting, "faults": faults(folder, said)}))  # noqa: T201  (what the test reads)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
