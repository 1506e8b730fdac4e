"""Many who make statements and many who decide at once, in processes of several threads, as a service is run.

Each process opens the workspace once, and its threads share it. A writer speaks for one party: it grants and reserves
recordings that the party holds, revokes what it said, disputes what others said and settles disputes. A reader decides
on recordings at random, at the moment at which it asks. What came of it is counted, and the record and the log are read
again at the end, from the disk.
"""

from __future__ import annotations

import random
import statistics
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from licet.catalog import Right
from licet.corpus.house import house_policy
from licet.errors import LicetError
from licet.policy import Act, Outcome, Purpose, Question, Use, decide
from licet.registry.parties import Party
from licet.registry.statements import Kind, Reach, Statement, Subject
from licet.registry.terms import Control, Holding
from licet.transparency import create_log, make_key
from licet.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.synchronize import Barrier
    from pathlib import Path

    from licet.policy import Policy
    from licet.workspace.record import WorkspaceRecord

ORIGIN = "log.example/crowd"
BEFORE = datetime(2020, 1, 1, tzinfo=UTC)  # when everybody registered
KINDS = {
    Kind.GRANT: 45,
    Kind.RESERVATION: 25,
    Kind.REVOCATION: 15,
    Kind.DISPUTE: 10,
    Kind.SETTLEMENT: 5,
}  # of a hundred


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many come, and for how long."""

    writers: int
    readers: int
    seconds: float
    processes: int = 2
    recordings: int = 2_000

    def shared(self) -> Iterator[tuple[range, int]]:
        """Yield which writers and how many readers each process serves."""
        for one in range(self.processes):
            bounds = [self.writers * at // self.processes for at in (one, one + 1)]
            readers = self.readers // self.processes + (one < self.readers % self.processes)
            yield range(*bounds), readers


@dataclass
class Tally:
    """What came of it, in one process or in all."""

    said: dict[str, int] = field(default_factory=dict)  # place in the log by id, of what `say` returned for
    writing_s: list[float] = field(default_factory=list)
    reading_s: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)

    def take_in(self, other: Tally) -> None:
        """Add what came of it elsewhere."""
        for one in fields(self):
            mine, theirs = getattr(self, one.name), getattr(other, one.name)
            mine.extend(theirs) if isinstance(mine, list) else mine.update(theirs)


def holders(at: int, parties: int) -> tuple[int, ...]:
    """Return who holds a recording: one party the whole, and of every fifth two parties a half each."""
    return (at % parties,) if at % 5 else tuple({at % parties, (at + 1) % parties})


def prepare(folder: Path, database: str, crowd: Crowd) -> None:
    """Make a workspace whose record is kept in `database`, with a log and a party for each writer."""
    folder.mkdir(parents=True)
    (folder / "licet.toml").write_text(f'format = 1\ndatabase = "{database}"\n')
    with Workspace.open(folder) as room:
        create_log(room.receipts.log_folder, ORIGIN, make_key(room.receipts.key_path, ORIGIN))
        for number in range(crowd.writers):
            room.desk.introduce(Party(f"p{number}", f"P{number}", control=Control.VOUCHED), BEFORE)
        room.desk.register("p0", _holdings(crowd), BEFORE)


def _holdings(crowd: Crowd) -> Iterator[tuple[str, Holding]]:
    for at in range(crowd.recordings):
        those = holders(at, crowd.writers)
        for number in those:
            for right in Right:
                yield f"jamendo:{at}", Holding(f"p{number}", f"P{number}", right, Fraction(1, len(those)))


def run(folder: Path, crowd: Crowd) -> Tally:
    """Let them all come at once, and return what came of it."""
    whole, spawning = Tally(), get_context("spawn")
    start = spawning.Barrier(crowd.processes)  # they import everything before
    with ProcessPoolExecutor(crowd.processes, spawning, _wait_at, (start,)) as pool:
        waiting = [pool.submit(serve, folder, crowd, writers, readers) for writers, readers in crowd.shared()]
        for one in waiting:
            whole.take_in(one.result())
    return whole


def _wait_at(start: Barrier) -> None:
    start.wait()


def serve(folder: Path, crowd: Crowd, writers: range, readers: int) -> Tally:
    """Serve some of them in this process, each in a thread."""
    tally = Tally()
    with Workspace.open(folder) as room, ThreadPoolExecutor(len(writers) + readers) as threads:
        common: list[Statement] = []  # what was said here, for others to dispute
        policy = house_policy()
        jobs: list[Callable[[], None]] = [Writer(room, crowd, number, common, tally).speak for number in writers]
        jobs += [Reader(room._record, crowd, policy, number, tally).decide for number in range(readers)]
        until = time.monotonic() + crowd.seconds
        for one in [threads.submit(_again, job, tally, until) for job in jobs]:
            one.result()
    return tally


def _again(job: Callable[[], None], tally: Tally, until: float) -> None:
    """Do something again and again; what goes wrong is counted, and stops nobody."""
    while time.monotonic() < until:
        try:
            job()
        except Exception as wrong:  # noqa: BLE001  (whatever it is, it is reported)
            tally.errors[f"{type(wrong).__name__}: {str(wrong)[:200]}"] += 1


@dataclass
class Writer:
    """Whoever speaks for one party."""

    room: Workspace
    crowd: Crowd
    number: int
    common: list[Statement]
    tally: Tally
    mine: list[Statement] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.number)
        self.held = [at for at in range(self.crowd.recordings) if self.number in holders(at, self.crowd.writers)]

    def speak(self) -> None:
        """Make one statement."""
        statement = self._statement()
        begun = time.perf_counter()
        place = self.room.desk.say(statement)
        self.tally.writing_s.append(time.perf_counter() - begun)
        self.tally.said[statement.id] = place
        self.common.append(statement)
        if statement.subjects:
            self.mine.append(statement)

    def _statement(self) -> Statement:
        kind = self.dice.choices(list(KINDS), list(KINDS.values()))[0]
        mine = {one.id for one in self.mine}  # nobody settles a dispute of its own in its own favour
        about = {
            Kind.REVOCATION: self.mine,
            Kind.DISPUTE: [one for one in self.common[-50:] if one.kind is Kind.GRANT],
            Kind.SETTLEMENT: [one for one in self.common[-50:] if one.kind is Kind.DISPUTE and one.of not in mine],
        }.get(kind, [])
        if not about:
            kind = kind if kind is Kind.RESERVATION else Kind.GRANT
        subject = Subject(Reach.RECORDING, f"jamendo:{self.dice.choice(self.held)}")
        return Statement(
            kind=kind,
            party=f"p{self.number}",
            actor="crowd",
            at=datetime.now(UTC).isoformat(),
            subjects=() if about else (subject,),
            of=self.dice.choice(about).id if about else "",
            words=f"{self.dice.getrandbits(64)}",
        )


@dataclass
class Reader:
    """Whoever decides."""

    record: WorkspaceRecord
    crowd: Crowd
    policy: Policy
    number: int
    tally: Tally

    def __post_init__(self) -> None:
        self.dice = random.Random(-self.number - 1)

    def decide(self) -> None:
        """Decide on one recording, now."""
        recording = f"jamendo:{self.dice.randrange(self.crowd.recordings)}"
        begun = time.perf_counter()
        came = outcome(self.record, self.policy, recording, datetime.now(UTC))
        self.tally.reading_s.append(time.perf_counter() - begun)
        self.tally.outcomes[came] += 1


def outcome(record: WorkspaceRecord, policy: Policy, recording: str, as_of: datetime) -> Outcome:
    """Return the verdict of one recording: what the registry says of it, and nothing else."""
    names = frozenset({Subject(Reach.CATALOGUE), Subject(Reach.RECORDING, recording)})
    terms = record.registered({recording: names}, as_of=as_of).get(recording, ())
    use = Use(Act.TRAIN_GENERATIVE, Purpose.COMMERCIAL, frozenset({"EU"}), as_of.date())
    return decide(Question(use, terms, "0" * 64, frozenset({"attribution"})), policy, "strict").outcome


def figures(crowd: Crowd, tally: Tally) -> dict[str, Any]:
    """Return what was measured."""
    return {
        "writers": crowd.writers,
        "readers": crowd.readers,
        "seconds": crowd.seconds,
        "processes": crowd.processes,
        "statements": len(tally.said),
        "statements_per_second": round(len(tally.said) / crowd.seconds, 1),
        "decisions": len(tally.reading_s),
        "decisions_per_second": round(len(tally.reading_s) / crowd.seconds, 1),
        "writing_ms": _spread(tally.writing_s),
        "reading_ms": _spread(tally.reading_s),
        "outcomes": dict(tally.outcomes),
        "errors": dict(tally.errors),
    }


def _spread(times: list[float]) -> dict[str, float]:
    if not times:
        return {}
    ordered = sorted(times)
    found = {"p50": statistics.median(ordered), "p95": ordered[len(ordered) * 95 // 100], "max": ordered[-1]}
    return {name: round(1000 * value, 1) for name, value in found.items()}


def faults(folder: Path, said: dict[str, int]) -> list[str]:
    """Read the record and the log again; say what is wrong with them, given where `say` put what it returned for."""
    with Workspace.open(folder) as room:
        store, log = room.desk.store, room.receipts.log()
        try:
            log.verify()
        except LicetError as wrong:
            return [f"the log: {wrong}"]
        entries = list(log)
        noted = store.places(said)
        found = [f"{name} is not at {place} in the log" for name, place in said.items() if noted.get(name) != place]
        found += [f"{name} is said to be at {place}" for name, place in said.items() if not _at(entries, place, name)]
        found += [f"{count} times in the log: {entry!r}" for entry, count in Counter(entries).items() if count > 1]
        found += [f"{name} is on record and not in the log" for name in store.unlogged()]
        found += [f"{name} is not on record" for name in _missing(room, said)]
        if len(entries) != len(log):
            found.append(f"the checkpoint says {len(log)} entries, and there are {len(entries)}")
        return found


def _at(entries: list[bytes], place: int, name: str) -> bool:
    return 0 <= place < len(entries) and name.encode() in entries[place]


def _missing(room: Workspace, said: Iterable[str]) -> Iterator[str]:
    later = datetime.now(UTC) + timedelta(days=1)
    there = {one.id for one in room.desk.store.since(0, later, as_of=later)}
    return (name for name in said if name not in there)
