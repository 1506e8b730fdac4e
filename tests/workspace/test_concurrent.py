"""Many speak and decide at once, each as a process of its own would, and what is decided is what a serial order gives.

Each actor has its own workspace, and so its own connections, on one folder. Every example has a recording of its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import count, product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import crowd
import killed_writer
import killing
from house import USE
from licet.catalog import Right
from licet.corpus.house import house_policy
from licet.db import is_url
from licet.errors import UsageError
from licet.placing import take_lock
from licet.policy import Outcome
from licet.registry.outbox import Address
from licet.registry.parties import Party
from licet.registry.statements import Kind, Reach, Statement, Subject
from licet.registry.terms import Control, Holding, Said, registered_terms
from licet.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from licet.terms import Term

PARTIES = ("ann", "bob", "cid")
READERS = 2
FIRST = datetime(2026, 11, 1, tzinfo=UTC)
MOMENTS = [FIRST + timedelta(hours=hours) for hours in range(6)]
HOUSE = house_policy()
FEW = settings(
    max_examples=3,
    phases=[Phase.explicit, Phase.generate],  # what one run hits by chance, a smaller example need not
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
KILLS, FEWER_KILLS = 20, 4  # the latter in PostgreSQL, whose crashes are not ours
PAUSE_S = 0.004  # of a reader, who would keep the interpreter from those who write
MOST_S = 60  # to wait for another thread


@dataclass(eq=False)
class House:
    """One workspace, opened by each of those who speak and decide."""

    folder: Path
    speak: dict[str, Workspace]
    read: list[Workspace]
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    said: dict[str, int] = field(default_factory=dict, repr=False)  # place in the log by id

    def recording(self, *shares: Fraction | int) -> str:
        """Put a new recording on record, of which the parties hold `shares`."""
        name = f"jamendo:{next(self.numbers)}"
        for party, share in zip(PARTIES, shares, strict=False):
            self.register(party, name, share)
        return name

    def register(self, party: str, recording: str, share: Fraction | int) -> None:
        """Let a party register what it holds in a recording."""
        held = [(recording, Holding(party, party.title(), right, Fraction(share))) for right in Right]
        self.speak[party].desk.register(party, held, FIRST - timedelta(days=1))

    def say(self, statement: Statement) -> None:
        """Let its party make a statement."""
        self.said[statement.id] = self.speak[statement.party].desk.say(statement)

    def outcome(self, reader: int, recording: str, as_of: datetime = MOMENTS[-1]) -> Outcome:
        """Decide on a recording."""
        time.sleep(PAUSE_S)
        return crowd.outcome(self.read[reader]._record, HOUSE, recording, as_of)


@pytest.fixture
def house(tmp_path: Path, database: str) -> Iterator[House]:
    """A workspace with a log and three parties, which at the end has lost nothing that was said."""
    folder = tmp_path / "house"
    crowd.prepare(folder, database, crowd.Crowd(1, 0, 0, recordings=1))
    rooms = [Workspace.open(folder) for _ in range(len(PARTIES) + READERS)]
    made = House(folder, dict(zip(PARTIES, rooms, strict=False)), rooms[len(PARTIES) :])
    for party in PARTIES:
        made.speak[party].desk.introduce(Party(party, party.title(), control=Control.VOUCHED), crowd.BEFORE)
    yield made
    for room in rooms:
        room.close()
    assert crowd.faults(folder, made.said) == []


def spoken(
    kind: Kind, party: str, recording: str = "", *, of: str = "", at: datetime = FIRST, words: str = ""
) -> Statement:
    """Word a statement about a recording, or about another statement."""
    subjects = () if of else (Subject(Reach.RECORDING, recording),)
    return Statement(kind=kind, party=party, actor="desk", at=at.isoformat(), subjects=subjects, of=of, words=words)


def together(*jobs: Callable[[], None]) -> None:
    """Begin all at once, each in a thread, and wait for all."""
    start = threading.Barrier(len(jobs))

    def begin(job: Callable[[], None]) -> None:
        start.wait(MOST_S)
        job()

    with ThreadPoolExecutor(len(jobs)) as threads:
        for done in [threads.submit(begin, job) for job in jobs]:
            done.result()


@dataclass
class Heard:
    """What one reading came to, and between which moments of the clock it was made."""

    begun: float
    ended: float
    as_of: datetime
    terms: tuple[Term, ...]


Draft = tuple[Kind, int, int]  # what is said, at which of the moments, and about which of the earlier statements
KINDS = (Kind.GRANT, Kind.RESERVATION, Kind.REVOCATION, Kind.DISPUTE, Kind.SETTLEMENT)
drafts = st.tuples(st.sampled_from(KINDS), st.integers(0, len(MOMENTS) - 1), st.integers(0, 5))
scripts = st.lists(st.lists(drafts, min_size=1, max_size=3), min_size=3, max_size=3)


def written(script: Sequence[Sequence[Draft]], recording: str, grants: Sequence[Statement]) -> list[list[Statement]]:
    """Word what each party says in its turn, about the recording and about what anybody may have said before."""
    lines: list[list[Statement]] = [[] for _ in script]
    for turn in range(3):
        there = [*grants, *(one for line in lines for one in line)]  # of a turn before
        for (party, line), parts in zip(zip(PARTIES, lines, strict=True), script, strict=True):
            if turn < len(parts):
                kind, at, about = parts[turn]
                disputes = [one for one in there if one.kind is Kind.DISPUTE]
                if kind is Kind.SETTLEMENT and not disputes:
                    kind = Kind.DISPUTE
                own = [one for one in there if kind is not Kind.REVOCATION or (one.party == party and not one.of)]
                own = disputes if kind is Kind.SETTLEMENT else own
                of = own[about % len(own)].id if kind not in {Kind.GRANT, Kind.RESERVATION} else ""
                line.append(spoken(kind, party, recording, of=of, at=MOMENTS[at], words=f"{turn}"))
    return lines


def possible(
    lines: list[list[Statement]], spans: Mapping[str, tuple[float, float]], heard: Heard
) -> Iterator[list[Statement]]:
    """Yield the sets of statements that a reading may have heard.

    What was said before it began, and of each party the first so many of what it said before the reading ended: closed
    under what each statement is about.
    """
    kept = [[one for one in line if one.id in spans] for line in lines]
    cuts = []
    for line in kept:
        least = sum(spans[one.id][1] < heard.begun for one in line)
        most = sum(spans[one.id][0] < heard.ended for one in line)
        cuts.append(range(least, most + 1))
    for cut in product(*cuts):
        those = [one for line, end in zip(kept, cut, strict=True) for one in line[:end]]
        named = {one.id for one in those}
        if all(not one.of or one.of in named or one.of not in spans for one in those):
            yield those


@FEW
@given(script=scripts)
def test_what_is_decided_is_what_a_serial_order_gives(house: House, script: list[list[Draft]]) -> None:
    """While three parties speak, and when they have ended: of a moment after all that they say, or before some."""
    recording = house.recording(Fraction(1, 2), Fraction(1, 4), Fraction(1, 4))
    names = frozenset({Subject(Reach.CATALOGUE), Subject(Reach.RECORDING, recording)})
    grants = [spoken(Kind.GRANT, party, recording, words="first") for party in PARTIES]
    house.speak["ann"].desk.say_all(grants)
    lines = written(script, recording, grants)
    spans: dict[str, tuple[float, float]] = {}
    heard: list[Heard] = []
    refusals: list[str] = []
    over = threading.Event()

    def speak(line: list[Statement]) -> None:
        for statement in line:
            begun = time.perf_counter()
            try:
                house.say(statement)
            except UsageError as refused:
                refusals.append(str(refused))
            else:
                spans[statement.id] = (begun, time.perf_counter())

    def read(reader: int) -> None:
        last = False
        for turn in count():
            time.sleep(PAUSE_S)
            last, as_of = over.is_set(), MOMENTS[-1 - turn % 3]
            begun = time.perf_counter()
            terms = house.read[reader]._record.registered({recording: names}, as_of=as_of).get(recording, ())
            heard.append(Heard(begun, time.perf_counter(), as_of, terms))
            if last:
                return

    def speak_all() -> None:
        try:
            together(*(lambda line=line: speak(line) for line in lines))  # type: ignore[misc]  # bound now, not then
        finally:
            over.set()

    together(speak_all, *(lambda reader=reader: read(reader) for reader in range(READERS)))  # type: ignore[misc]  # likewise
    expected_refusals = ("there is no statement", "in its own favour")  # of what was not said yet, or of one's own
    assert all(any(says in one for says in expected_refusals) for one in refusals)
    holdings = house.read[0]._record.registry.holdings([recording], as_of=MOMENTS[-1])[recording]
    for one in heard:
        expected = (
            registered_terms(
                recording,
                names,
                holdings,
                [Said(each.id, each) for each in (*grants, *those)],
                as_of=one.as_of,
                demanded=Control.ACCOUNT,
            )
            for those in possible(lines, spans, one)
        )
        assert one.terms in expected


@FEW
@given(hours=st.integers(1, 5), others=st.integers(1, 4))
def test_a_revocation_is_honoured_after_its_moment_and_by_nothing_before(house: House, hours: int, others: int) -> None:
    """While others write of the same recording: whoever asks of a moment before it is told what held then."""
    recording = house.recording(1)
    grant = spoken(Kind.GRANT, "ann", recording)
    house.say(grant)
    house.register("bob", (noise := house.recording(1)), 1)
    moment = FIRST + timedelta(hours=hours)
    said = threading.Event()

    def revoke() -> None:
        try:
            house.say(spoken(Kind.REVOCATION, "ann", of=grant.id, at=moment))
        finally:
            said.set()

    def make_noise() -> None:
        for number in range(others):
            house.say(spoken(Kind.RESERVATION, "bob", noise, words=f"{number}"))

    def read(reader: int) -> None:
        last = False
        while not last:
            last = said.is_set()
            assert house.outcome(reader, recording, moment - timedelta(microseconds=1)) is Outcome.PERMITTED
            after = house.outcome(reader, recording, moment)
            assert not (last and after is Outcome.PERMITTED)

    together(revoke, make_noise, lambda: read(0), lambda: read(1))
    assert house.outcome(0, recording, moment) is not Outcome.PERMITTED


@FEW
@given(first=st.integers(1, 4), second=st.integers(1, 4))
def test_shares_never_permit_on_more_than_the_whole(house: House, first: int, second: int) -> None:
    """Two register at once and grant as soon as both have: only where they hold the whole together is it permitted."""
    recording = house.recording()
    registered = threading.Barrier(2)
    over = threading.Event()

    def speak(party: str, share: Fraction) -> None:
        try:
            house.register(party, recording, share)
            registered.wait(MOST_S)
            house.say(spoken(Kind.GRANT, party, recording))
        finally:
            over.set()

    def read(reader: int) -> None:
        last = False
        while not last:
            last = over.is_set()
            assert house.outcome(reader, recording) is not Outcome.PERMITTED or first + second == 4

    together(
        lambda: speak("ann", Fraction(first, 4)),
        lambda: speak("bob", Fraction(second, 4)),
        lambda: read(0),
        lambda: read(1),
    )
    assert (house.outcome(0, recording) is Outcome.PERMITTED) is (first + second == 4)


def test_a_reading_sees_one_state(house: House) -> None:
    """Another registers, and a grant is said, between what it reads first and what it reads next: it hears neither."""
    recording = house.recording(1)
    reader = house.read[0]
    assert house.outcome(0, recording) is Outcome.UNKNOWN
    meanwhile = iter(
        [lambda: house.register("bob", recording, 1), lambda: house.say(spoken(Kind.GRANT, "ann", recording))]
    )

    def before(_: object, __: object, statement: str, *___: object) -> None:
        if "FROM registry_statement" in statement:
            for write in meanwhile:
                write()

    engine = reader._record._engine
    sa.event.listen(engine, "before_cursor_execute", before)
    assert house.outcome(0, recording) is Outcome.UNKNOWN
    sa.event.remove(engine, "before_cursor_execute", before)
    assert list(meanwhile) == [], "nothing was written meanwhile"
    assert house.outcome(0, recording) is not Outcome.PERMITTED


@FEW
@given(others=st.integers(0, 3))
def test_what_is_disputed_permits_nothing_from_when_the_dispute_was_made(house: House, others: int) -> None:
    """And no reading that began after it; while the grantor goes on granting other recordings."""
    recording = house.recording(1)
    noise = house.recording(1)
    grant = spoken(Kind.GRANT, "ann", recording)
    house.say(grant)
    said = threading.Event()

    def dispute() -> None:
        try:
            house.say(spoken(Kind.DISPUTE, "bob", of=grant.id))
        finally:
            said.set()

    def go_on() -> None:
        for number in range(others):
            house.say(spoken(Kind.GRANT, "ann", noise, words=f"{number}"))

    def read(reader: int) -> None:
        last = False
        while not last:
            last = said.is_set()
            assert not (house.outcome(reader, recording) is Outcome.PERMITTED and last)

    together(dispute, go_on, lambda: read(0), lambda: read(1))


def test_what_is_said_at_once_in_several_processes_is_said_once(house: House) -> None:
    """All get the same place in the log."""
    recording = house.recording(1)
    grant = spoken(Kind.GRANT, "ann", recording)
    places: list[int] = []
    together(*(lambda room=room: places.append(room.desk.say(grant)) for room in house.read))  # type: ignore[misc]  # bound now
    house.said[grant.id] = places[0]
    assert places == [0] * READERS


def test_a_dispute_of_what_is_put_on_record_meanwhile_is_refused(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever said that would not be told of the dispute: the party that disputes it asks again, and all is told."""
    recording = house.recording(1)
    house.speak["ann"].notices.watch("ann", Address("mailto:ann@example.org"), crowd.BEFORE)
    grant = spoken(Kind.GRANT, "ann", recording)
    dispute = spoken(Kind.DISPUTE, "bob", of=grant.id)
    desk = house.speak["bob"].desk
    known = desk.known

    def late(name: str, at: datetime) -> Party:
        found = known(name, at)
        house.say(grant)
        return found

    with monkeypatch.context() as cut:
        cut.setattr(desk, "known", late)
        with pytest.raises(UsageError, match="no statement"):
            house.say(dispute)
    house.say(dispute)
    (waiting,) = house.speak["ann"].notices.outbox.waiting()
    assert waiting.message.to == Address("mailto:ann@example.org")


def test_a_list_is_registered_while_many_wait_to_write(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it names is looked up while it is written; the threads of one workspace leave it a connection."""
    monkeypatch.setattr("licet.db.engines._READERS", 1)
    monkeypatch.setattr("licet.db.engines.WAIT_MS", 5_000)
    recordings = [house.recording(1) for _ in range(4)]
    with Workspace.open(house.folder) as room:

        def register(recording: str) -> None:
            room.desk.register("ann", _looked_up(room, recording), FIRST)

        together(*(lambda one=one: register(one) for one in recordings))  # type: ignore[misc]  # bound now


def _looked_up(room: Workspace, recording: str) -> Iterator[tuple[str, Holding]]:
    """Yield a holding whose holder is asked for when its turn has come, as that of a list is."""
    (party,) = room.desk.store.parties(["ann"], as_of=FIRST).values()
    yield recording, Holding(party.id, party.name, Right.WORK, Fraction(1))


def test_sealing_waits_for_what_is_being_logged(house: House) -> None:
    """And does not fail for it."""
    room = house.read[0]
    (house.folder / "corpus.csv").write_text("id\njamendo:1\n")
    cleared = room.clear(house.folder / "corpus.csv", USE, workers=1, report=False)
    lock = take_lock(room.receipts.log_folder / "lock")
    with ThreadPoolExecutor(1) as other:
        sealing = other.submit(room.receipts.seal, cleared.folder, salt=bytes(32), at=FIRST)
        time.sleep(0.2)
        os.close(lock)
    assert sealing.result().place == 0


def test_a_key_that_is_changed_while_others_wait_to_log(house: House) -> None:
    """Whoever comes after signs with the new one, though it began under the old: the log stays one that opens."""
    book = house.read[0].receipts
    recording = house.recording(1)
    lock = take_lock(book.log_folder / "lock")
    with ThreadPoolExecutor(3) as threads:
        waiting = [threads.submit(book.rotate, FIRST)]
        time.sleep(0.3)  # it waits for the log
        for party in ("ann", "ann"):
            waiting.append(threads.submit(house.say, spoken(Kind.GRANT, party, recording, words=f"{len(waiting)}")))
        time.sleep(0.3)  # they wait too, and for longer
        os.close(lock)
    for one in waiting:
        one.result()
    book.log().verify()
    house.say(spoken(Kind.GRANT, "ann", recording))


def test_writers_that_are_killed_leave_a_log_that_holds_all_they_said(tmp_path: Path, database: str) -> None:
    """Each once and at the place that was noted, whenever the kill -9 falls."""
    kills = FEWER_KILLS if is_url(database) else KILLS
    done = subprocess.run(
        [sys.executable, killed_writer.__file__, str(tmp_path / "house"), database, str(kills)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join({str(Path(one.__file__).parent) for one in (crowd, killing)})},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    came = json.loads(done.stdout)
    assert came["faults"] == []
    assert came["recorded"] >= came["said"] > kills


def test_many_write_and_read_at_once(tmp_path: Path, postgres: object) -> None:
    """As `benchmarks/load.py` has it, for a moment: nothing fails, and nothing is lost."""
    folder, few = tmp_path / "house", crowd.Crowd(writers=4, readers=6, seconds=1.5, processes=2, recordings=40)
    crowd.prepare(folder, postgres.empty_database(), few)  # type: ignore[attr-defined]  # a server of the tests
    tally = crowd.run(folder, few)
    assert not tally.errors
    assert crowd.faults(folder, tally.said) == []
    assert tally.said
    assert tally.outcomes[Outcome.PERMITTED] + tally.outcomes[Outcome.UNKNOWN] > 0
