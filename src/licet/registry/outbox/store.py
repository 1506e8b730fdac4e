"""The outbox in SQL: what is to be told, whose turn it is to tell it, and what came of each attempt.

A message is due from a moment on. Whoever takes it moves that moment to the end of a lease, and so has it alone until
then; a courier that is killed does nothing, and the message is due again. Each taking has a number, its claim: word of
a failure counts once, and only from the newest claim; word of a delivery counts from any, and a delivery is final.

Messages are never removed, so that one that is put again is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from licet.db import NUMBER, TEXT, microseconds, moment_of, reading, writing
from licet.errors import UsageError
from licet.registry.outbox.messages import Address, Message, facts_as_json
from licet.registry.wording import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_AT_ONCE = 500  # SQLite's oldest limit of variables is 999
LONGEST_SAYING = 300  # characters of what a server said
_METADATA = sa.MetaData()


class State(StrEnum):
    """How a message stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given-up"


_MESSAGE = sa.Table(
    "registry_message",
    _METADATA,
    sa.Column("number", NUMBER, primary_key=True),
    sa.Column("key", TEXT, nullable=False, unique=True),
    sa.Column("scheme", TEXT, nullable=False),
    sa.Column("receiver", TEXT, nullable=False),
    sa.Column("address", TEXT, nullable=False),
    sa.Column("kind", TEXT, nullable=False),
    sa.Column("subject", TEXT, nullable=False),
    sa.Column("text", TEXT, nullable=False),
    sa.Column("facts", sa.LargeBinary, nullable=False),  # canonical JSON
    sa.Column("created_us", sa.BigInteger, nullable=False),  # microseconds since 1970, UTC
    sa.Column("state", TEXT, nullable=False),
    sa.Column("due_us", sa.BigInteger, nullable=False),  # while it is taken, the end of the lease
    sa.Column("claim", sa.Integer, nullable=False),  # another one whenever it is taken, or something is noted
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Index("registry_message_due", "state", "due_us"),
)
_EVENT = sa.Table(
    "registry_message_event",
    _METADATA,
    sa.Column("number", NUMBER, primary_key=True),
    sa.Column("key", TEXT, sa.ForeignKey(_MESSAGE.c.key), nullable=False, index=True),
    sa.Column("at_us", sa.BigInteger, nullable=False),
    sa.Column("what", TEXT, nullable=False),
    sa.Column("says", TEXT, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that is one courier's until `until`: under which claim, and how often sending it failed before."""

    message: Message
    claim: int
    failures: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How a message stands: when it is due next, and how often sending it failed."""

    message: Message
    state: State
    due_at: datetime
    failures: int


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a message: `put`, `taken`, `failed`, `delivered`, `given-up` or `retried`."""

    at: datetime
    what: str
    says: str = ""


class OutboxStore:
    """The outbox kept in the database behind `engine`, which `licet.db.open_database` opened."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        with writing(engine) as connection:
            _METADATA.create_all(connection)

    def put(self, connection: sa.Connection, messages: Iterable[Message]) -> None:
        """Keep `messages` in the caller's transaction: they are there if what they tell of is, and not otherwise.

        One whose key is there already is left as it is, whatever came of it.
        """
        # By key, so that two writers who tell of the same things do not wait for each other.
        if rows := [_row(message) for message in sorted(messages, key=lambda message: message.key)]:
            connection.execute(_insert_unless_there(connection), rows)

    def take(self, now: datetime, *, lease_s: float, limit: int, schemes: Sequence[str]) -> tuple[Taken, ...]:
        """Take up to `limit` messages that are due and go by one of `schemes`, for `lease_s` seconds.

        Each receiver's oldest comes before any receiver's second, so that a long queue to one holds up no other.

        Raises:
            UsageError: more are asked for than can be named at once, or none, or for no time.
        """
        if not 0 < limit <= MOST_AT_ONCE or lease_s <= 0:
            raise UsageError(f"take 1 to {MOST_AT_ONCE} messages at once, for more than 0 seconds")
        until = now + timedelta(seconds=lease_s)
        with writing(self._engine) as connection:
            rows = connection.execute(_due(microseconds(now), schemes, limit)).all()
            if rows:
                mine = _MESSAGE.c.number.in_([row.number for row in rows])
                taking = {"due_us": microseconds(until), "claim": _MESSAGE.c.claim + 1}
                connection.execute(_MESSAGE.update().where(mine).values(taking))
                connection.execute(_EVENT.insert(), [_event(row.key, now, "taken") for row in rows])
        return tuple(Taken(_message(row), row.claim + 1, row.failures, until) for row in rows)

    def delivered(self, key: str, at: datetime, says: str = "") -> bool:
        """Note that the receiver has taken it, whoever sent it and whatever was noted before.

        Whether that is news: False where it was delivered already.
        """
        news = sa.and_(_MESSAGE.c.key == key, _MESSAGE.c.state != State.DELIVERED)
        return self._note(key, at, "delivered", says, news, state=State.DELIVERED)

    def failed(self, taken: Taken, at: datetime, why: str, next_at: datetime) -> bool:
        """Note that sending failed, and is to be tried again at `next_at`. False where the claim is no longer ours."""
        due = {"due_us": microseconds(next_at), "failures": _MESSAGE.c.failures + 1}
        return self._note(taken.message.key, at, "failed", why, _ours(taken), **due)

    def given_up(self, taken: Taken, at: datetime, why: str) -> bool:
        """Note that it will not be sent again. False where the claim is no longer ours."""
        end = {"state": State.GIVEN_UP, "failures": _MESSAGE.c.failures + 1}
        return self._note(taken.message.key, at, "given-up", why, _ours(taken), **end)

    def retry(self, key: str, at: datetime) -> bool:
        """Let one that was given up be due again, as if it had never failed. False where it was not given up."""
        given_up = sa.and_(_MESSAGE.c.key == key, _MESSAGE.c.state == State.GIVEN_UP)
        return self._note(key, at, "retried", "", given_up, state=State.WAITING, due_us=microseconds(at), failures=0)

    def waiting(self, limit: int = MOST_AT_ONCE) -> tuple[Standing, ...]:
        """Return what is still to be delivered, taken or not, the next due first."""
        return self._standing(_MESSAGE.c.state == State.WAITING, limit)

    def undelivered(self, limit: int = MOST_AT_ONCE) -> tuple[Standing, ...]:
        """Return what was given up, the oldest first."""
        return self._standing(_MESSAGE.c.state == State.GIVEN_UP, limit)

    def find(self, key: str) -> Standing | None:
        """Return how the message with that key stands, or None where there is none."""
        return next(iter(self._standing(_MESSAGE.c.key == key, 1)), None)

    def counts(self) -> dict[State, int]:
        """Return how many messages stand in each state."""
        counting = sa.select(_MESSAGE.c.state, sa.func.count()).group_by(_MESSAGE.c.state)
        with reading(self._engine) as connection:
            found = {State(state): number for state, number in connection.execute(counting)}
        return {state: found.get(state, 0) for state in State}

    def history(self, key: str) -> tuple[Event, ...]:
        """Return what happened to the message with that key, in order; nothing where there is none."""
        put = sa.select(_MESSAGE.c.created_us).where(_MESSAGE.c.key == key)
        happened = sa.select(_EVENT).where(_EVENT.c.key == key).order_by(_EVENT.c.number)
        with reading(self._engine) as connection:
            began = [Event(moment_of(us), "put") for us in connection.scalars(put)]
            return (*began, *(Event(moment_of(row.at_us), row.what, row.says) for row in connection.execute(happened)))

    def _standing(self, which: sa.ColumnElement[bool], limit: int) -> tuple[Standing, ...]:
        asking = sa.select(_MESSAGE).where(which).order_by(_MESSAGE.c.due_us, _MESSAGE.c.number).limit(limit)
        with reading(self._engine) as connection:
            return tuple(
                Standing(_message(row), State(row.state), moment_of(row.due_us), row.failures)
                for row in connection.execute(asking)
            )

    def _note(
        self, key: str, at: datetime, what: str, says: str, counts: sa.ColumnElement[bool], **change: object
    ) -> bool:
        """Change the message where the word counts, and add it to the history: both or neither."""
        with writing(self._engine) as connection:
            changed = connection.execute(
                _MESSAGE.update().where(counts).values(claim=_MESSAGE.c.claim + 1, **change)
            ).rowcount
            if changed:
                connection.execute(_EVENT.insert(), [_event(key, at, what, says)])
        return bool(changed)


def _ours(taken: Taken) -> sa.ColumnElement[bool]:
    """Only the newest claim speaks of a failure: an older one's lease has ended, and the message is another's."""
    return sa.and_(
        _MESSAGE.c.key == taken.message.key, _MESSAGE.c.state == State.WAITING, _MESSAGE.c.claim == taken.claim
    )


def _due(moment: int, schemes: Sequence[str], limit: int) -> sa.Select[Any]:
    """Ask for what is due, each receiver in turn, less what another courier is taking at this moment.

    What is due is said twice: inside to give the turns, outside because a database that waits for no lock looks again.
    """
    due = sa.and_(_MESSAGE.c.state == State.WAITING, _MESSAGE.c.due_us <= moment, _MESSAGE.c.scheme.in_(tuple(schemes)))
    oldest = (_MESSAGE.c.due_us, _MESSAGE.c.number)
    turn = sa.func.row_number().over(partition_by=_MESSAGE.c.receiver, order_by=oldest).label("turn")
    queue = sa.select(_MESSAGE.c.number, turn).where(due).subquery()
    return (
        sa.select(_MESSAGE)
        .join(queue, queue.c.number == _MESSAGE.c.number)
        .where(due)
        .order_by(queue.c.turn, *oldest)
        .limit(limit)
        .with_for_update(of=_MESSAGE, skip_locked=True)  # as long as writers are alone, there is none
    )


def _insert_unless_there(connection: sa.Connection) -> sa.Insert:
    """Insert, and leave a row with the same key as it is: the words for it are each dialect's own, and the same."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(_MESSAGE).on_conflict_do_nothing(index_elements=[_MESSAGE.c.key])
    return sqlite.insert(_MESSAGE).on_conflict_do_nothing(index_elements=[_MESSAGE.c.key])


def _row(message: Message) -> dict[str, object]:
    return {
        "key": message.key,
        "scheme": message.to.scheme,
        "receiver": message.to.receiver,
        "address": message.to.text,
        "kind": message.kind,
        "subject": message.subject,
        "text": message.text,
        "facts": facts_as_json(message.facts),
        "created_us": microseconds(message.created_at),
        "state": State.WAITING,
        "due_us": microseconds(message.created_at),
        "claim": 0,
        "failures": 0,
    }


def _message(row: sa.Row[Any]) -> Message:
    facts = msgspec.json.decode(row.facts)
    return Message(row.key, Address(row.address), row.kind, row.subject, row.text, facts, moment_of(row.created_us))


def _event(key: str, at: datetime, what: str, says: str = "") -> dict[str, object]:
    return {"key": key, "at_us": microseconds(at), "what": what, "says": one_line(says, LONGEST_SAYING)}
