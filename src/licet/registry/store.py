"""The registry in SQL: parties, what they hold, and every statement that was made.

Nothing is changed or removed. A statement takes effect when it is committed; where it stands in the log is noted after,
and what was committed without that is noted by the next writer (`unlogged`).
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import contextmanager
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec
import sqlalchemy as sa

from licet.catalog import Right
from licet.db import DIGEST, NUMBER, TEXT, in_batches, microseconds, moment_of, one_state, reading, writing
from licet.errors import OvertakenError, UsageError
from licet.registry.conflicts import Stake
from licet.registry.outbox.messages import Address
from licet.registry.outbox.store import OutboxStore
from licet.registry.parties import Party
from licet.registry.rows import row_of, said_in, standing
from licet.registry.standing import led_from
from licet.registry.statements import Kind, Reach, Subject
from licet.registry.terms import Holding, Said

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from licet.registry.outbox.messages import Message
    from licet.registry.statements import Statement

_METADATA = sa.MetaData()
_PAGE = 500  # recordings read at a time

_PARTY = sa.Table(
    "registry_party",
    _METADATA,
    sa.Column("number", NUMBER, primary_key=True),  # of what was said of the party: the newest counts
    sa.Column("id", DIGEST, nullable=False, index=True),
    sa.Column("at_us", NUMBER, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
_HOLDING = sa.Table(
    "registry_holding",
    _METADATA,
    sa.Column("number", NUMBER, primary_key=True),
    sa.Column("recording", TEXT, nullable=False),
    sa.Column("right", sa.String(16), nullable=False),
    sa.Column("party", DIGEST, nullable=False, index=True),
    sa.Column("share", TEXT, nullable=False),  # a fraction; "" where none is stated
    sa.Column("role", TEXT, nullable=False),
    sa.Column("by", DIGEST, nullable=False),  # who registered it
    sa.Column("registration", NUMBER, nullable=False),  # at once with others; the greater is the later one
    sa.Column("at_us", NUMBER, nullable=False),
    sa.Index("registry_holding_recording", "recording", "right"),
)
_STATEMENT = sa.Table(
    "registry_statement",
    _METADATA,
    sa.Column("number", NUMBER, primary_key=True),
    sa.Column("id", DIGEST, nullable=False, unique=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("party", DIGEST, nullable=False, index=True),
    sa.Column("of", DIGEST, nullable=False, index=True),
    sa.Column("at_us", NUMBER, nullable=False),
    sa.Column("signed", sa.Boolean, nullable=False),
    sa.Column("envelope", DIGEST, nullable=False),  # SHA-256 of the kept envelope that its party signed; "" for none
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("place", NUMBER, index=True),  # in the log
)
_SUBJECT = sa.Table(
    "registry_subject",
    _METADATA,
    sa.Column("reach", sa.String(16), primary_key=True),
    sa.Column("name", TEXT, primary_key=True),
    sa.Column("statement", sa.ForeignKey(_STATEMENT.c.number), primary_key=True),
)
_WATCH = sa.Table(
    "registry_watch",
    _METADATA,
    sa.Column("number", NUMBER, primary_key=True),  # of two words on one address, the later counts
    sa.Column("party", DIGEST, nullable=False, index=True),
    sa.Column("address", TEXT, nullable=False),
    sa.Column("at_us", NUMBER, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
)


class RegistryStore:
    """The registry kept in the database behind `engine`, which `licet.db.open_database` opened.

    Its tables are made when the first thing is said: whoever has no registry pays nothing.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._there = False  # its tables, all of them: whoever says the first thing makes them together

    def any(self) -> bool:
        """Whether anything was ever said."""
        if not self._there:
            with reading(self._engine) as connection:
                self._there = sa.inspect(connection).has_table(_STATEMENT.name)
        return self._there

    def in_one_state(self) -> AbstractContextManager[None]:
        """Let all that this thread asks of it be of one state of the record, until the block is left."""
        return one_state(self._engine)

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        """Give a connection that writes, to tables that are there."""
        with writing(self._engine) as connection:
            if not self._there:
                _METADATA.create_all(connection)
            yield connection
        self._there = True

    def add_party(self, party: Party, at: datetime) -> None:
        """Put on record who a party is, from a moment on.

        Raises:
            WorkspaceError: the database cannot be written.
        """
        with self._writing() as connection:
            connection.execute(
                _PARTY.insert(), {"id": party.id, "at_us": microseconds(at), "body": msgspec.json.encode(party)}
            )

    def parties(self, ids: Collection[str], *, as_of: datetime) -> dict[str, Party]:
        """Return the parties with those ids, as they were on record at a moment; unknown ones are left out."""
        found: dict[str, Party] = {}
        if self.any():
            with reading(self._engine) as connection:
                for some in in_batches(ids):
                    query = sa.select(_PARTY.c.id, _PARTY.c.body).where(
                        _PARTY.c.id.in_(some), _PARTY.c.at_us <= microseconds(as_of)
                    )
                    for row in connection.execute(query.order_by(_PARTY.c.at_us, _PARTY.c.number)):
                        found[row.id] = msgspec.json.decode(row.body, type=Party)
        return found

    def hold(self, by: str, holdings: Iterable[tuple[str, Holding]], at: datetime) -> int:
        """Put on record what parties hold in recordings, as `by` registers it; return how many holdings.

        What `by` had registered of a right in a recording gives way to what it registers now.

        Raises:
            UsageError: a share is not more than nothing, and at most the whole.
            WorkspaceError: the database cannot be written.
        """
        count = 0
        with self._writing() as connection:
            registration = (connection.scalar(sa.select(sa.func.max(_HOLDING.c.number))) or 0) + 1
            for some in in_batches(holdings):
                rows = [row_of(recording, holding, by, registration, at) for recording, holding in some]
                connection.execute(_HOLDING.insert(), rows)
                count += len(rows)
        return count

    def holdings(self, recordings: Collection[str], *, as_of: datetime) -> dict[str, tuple[Holding, ...]]:
        """Return who holds what in each of `recordings` at a moment; those that nobody registered are left out.

        For each right and whoever registered it, the last registration counts.
        """
        found = self.stakes(recordings, as_of=as_of)
        return {name: tuple(dict.fromkeys(one.holding for one in stakes)) for name, stakes in found.items()}

    def stakes(self, recordings: Collection[str], *, as_of: datetime) -> dict[str, tuple[Stake, ...]]:
        """Return the same with who registered it, and since when that has stood without a break."""
        if not self.any():
            return {}
        rows: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
        with reading(self._engine) as connection:
            for some in in_batches(recordings):
                held = _HOLDING.c.recording.in_(some), _HOLDING.c.at_us <= microseconds(as_of)
                for row in connection.execute(sa.select(_HOLDING).where(*held)):
                    rows[row.recording, row.right, row.by].append(row)
        last = [one for same in rows.values() for one in standing(same)]
        parties = self.parties({row.party for row, _ in last}, as_of=as_of)
        found: dict[str, list[Stake]] = defaultdict(list)
        for row, since in sorted(last, key=lambda one: (one[0].recording, one[0].right, one[0].party, one[0].number)):
            if (party := parties.get(row.party)) is not None:
                share = Fraction(row.share) if row.share else None
                holding = Holding(party.id, party.name, Right(row.right), share, party.control, row.role)
                found[row.recording].append(Stake(holding, row.by, moment_of(since)))
        return {recording: tuple(dict.fromkeys(those)) for recording, those in found.items()}

    def registered(self) -> Iterator[str]:
        """Yield every recording in which anything was ever registered, by name. A page is read at a time."""
        after = ""
        while self.any():
            page = sa.select(_HOLDING.c.recording).distinct().where(_HOLDING.c.recording > after)
            with reading(self._engine) as connection:
                names = connection.scalars(page.order_by(_HOLDING.c.recording).limit(_PAGE)).all()
            yield from names
            if len(names) < _PAGE:
                return
            after = names[-1]

    def holds(self, party: str) -> bool:
        """Whether a party was ever registered to hold something."""
        if not self.any():
            return False
        with reading(self._engine) as connection:
            return connection.scalar(sa.select(_HOLDING.c.number).where(_HOLDING.c.party == party).limit(1)) is not None

    def held_by(self, party: str) -> set[str]:
        """Return every recording in which a party was ever registered to hold something."""
        if not self.any():
            return set()
        with reading(self._engine) as connection:
            return set(connection.scalars(sa.select(_HOLDING.c.recording).where(_HOLDING.c.party == party)))

    def say(
        self,
        statements: Sequence[tuple[Statement, bool]],
        notices: Iterable[Message] = (),
        *,
        after: int | None = None,
        envelopes: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Put statements on record, each with whether its party signed it. They take effect when this returns.

        `envelopes` holds the SHA-256 of what was signed, by the statement's id.

        One that is on record already stays as it is. `notices` go into the outbox in the same transaction. With
        `after`, nothing is said unless just so many statements are on record (see `count`).

        Raises:
            OvertakenError: others are on record.
            UsageError: one of them is about a statement that is not on record.
            WorkspaceError: the database cannot be written.
        """
        told = list(notices)
        outbox = self._outbox  # opened before: it makes its tables in a transaction of its own
        with self._writing() as connection:
            if after is not None and after != (connection.scalar(sa.select(sa.func.max(_STATEMENT.c.number))) or 0):
                raise OvertakenError("somebody said something else meanwhile", mend="give the command again")
            for statement, signed in statements:
                known = sa.select(_STATEMENT.c.id).where(_STATEMENT.c.id.in_([statement.id, statement.of]))
                there = set(connection.scalars(known))
                if statement.of and statement.of not in there:
                    raise UsageError(f"there is no statement {statement.of}", mend="name it by its id")
                if statement.id not in there:
                    self._insert(connection, statement, signed=signed, envelope=envelopes.get(statement.id, ""))
            if told:
                outbox.put(connection, told)

    @cached_property
    def _outbox(self) -> OutboxStore:
        return OutboxStore(self._engine)

    def _insert(self, connection: sa.Connection, statement: Statement, *, signed: bool, envelope: str) -> None:
        row = {
            "id": statement.id,
            "kind": str(statement.kind),
            "party": statement.party,
            "of": statement.of,
            "at_us": microseconds(statement.moment),
            "signed": signed,
            "envelope": envelope,
            "body": statement.encoded(),
        }
        key = connection.execute(_STATEMENT.insert(), row).inserted_primary_key
        assert key is not None
        subjects = [{"reach": str(one.reach), "name": one.name, "statement": key[0]} for one in set(statement.subjects)]
        if subjects:
            connection.execute(_SUBJECT.insert(), subjects)

    def about(
        self, names: Mapping[str, Collection[Subject]], parties: Collection[str], *, offers: bool = True
    ) -> tuple[Said, ...]:
        """Return what `parties` have said about recordings that go by `names`, what led to it, and all answers to that.

        Without `offers`, those are left out that led to no grant which is found.
        """
        if not self.any() or not parties:
            return ()
        kinds = [str(kind) for kind in (Kind.GRANT, Kind.RESERVATION, *((Kind.OFFER,) if offers else ()))]
        found: dict[int, Said] = {}
        with reading(self._engine) as connection:

            def find(*where: sa.ColumnElement[bool]) -> set[str]:
                rows = connection.execute(sa.select(_STATEMENT).where(*where)).all()
                new = {row.number: said_in(row) for row in rows if row.number not in found}
                found.update(new)
                return {one.id for one in new.values()}

            wanted = {subject for those in names.values() for subject in those}
            for reach in Reach:
                for some in in_batches({one.name for one in wanted if one.reach is reach}):
                    named = _SUBJECT.c.reach == str(reach), _SUBJECT.c.name.in_(some), _STATEMENT.c.kind.in_(kinds)
                    rows = sa.select(_STATEMENT).join(_SUBJECT).where(*named)
                    found |= {row.number: said_in(row) for row in connection.execute(rows) if row.party in parties}
            led = {name for one in found.values() for name in led_from(one.statement)}
            while led:  # the acceptance that a grant was made under, and the offer
                new = {name for some in in_batches(led) for name in find(_STATEMENT.c.id.in_(some))}
                led = {name for one in found.values() if one.id in new for name in led_from(one.statement)}
            asked = {one.id for one in found.values()}
            while asked:  # what was said about a statement, and about that: a settlement is about a dispute
                answers = _STATEMENT.c.kind != str(Kind.ACCEPTANCE)
                asked = {name for some in in_batches(asked) for name in find(_STATEMENT.c.of.in_(some), answers)}
        return tuple(found[number] for number in sorted(found))

    def watch(self, party: str, to: Address, at: datetime, *, active: bool) -> None:
        """Put on record that a party hears at an address from a moment on, or no longer.

        Raises:
            WorkspaceError: the database cannot be written.
        """
        row = {"party": party, "address": to.text, "at_us": microseconds(at), "active": active}
        with self._writing() as connection:
            connection.execute(_WATCH.insert(), row)

    def watching(self, parties: Collection[str], *, as_of: datetime) -> dict[str, tuple[Address, ...]]:
        """Return where those of `parties` that watch hear at a moment."""
        if not self.any():
            return {}
        found: dict[tuple[str, str], bool] = {}
        with reading(self._engine) as connection:
            for some in in_batches(parties):
                watched = _WATCH.c.party.in_(some), _WATCH.c.at_us <= microseconds(as_of)
                query = sa.select(_WATCH).where(*watched).order_by(_WATCH.c.at_us, _WATCH.c.number)
                for row in connection.execute(query):
                    found[row.party, row.address] = row.active
        heard: dict[str, tuple[Address, ...]] = {}
        for (party, address), active in sorted(found.items()):
            if active:
                heard[party] = (*heard.get(party, ()), Address(address))
        return heard

    def statement(self, name: str) -> Said | None:
        """Return the statement with that id."""
        if not self.any():
            return None
        with reading(self._engine) as connection:
            row = connection.execute(sa.select(_STATEMENT).where(_STATEMENT.c.id == name)).first()
            return None if row is None else said_in(row)

    def answers(self, names: Collection[str]) -> tuple[Said, ...]:
        """Return what was said about the statements with those ids, in the order of recording."""
        found: dict[int, Said] = {}
        if self.any():
            with reading(self._engine) as connection:
                for some in in_batches(names):
                    rows = connection.execute(sa.select(_STATEMENT).where(_STATEMENT.c.of.in_(some)))
                    found |= {row.number: said_in(row) for row in rows}
        return tuple(found[number] for number in sorted(found))

    def subject_of(self, said: Said) -> Said:
        """Return the grant or reservation that a statement is about in the end: itself, if it is one."""
        return [said, *self.chain(said.statement)][-1]

    def chain(self, statement: Statement) -> Iterator[Said]:
        """Yield what a statement is about, and what that is about: a settlement, a dispute, a grant."""
        while statement.of and (about := self.statement(statement.of)) is not None:
            yield about
            statement = about.statement

    def since(self, count: int, heard_until: datetime, *, as_of: datetime) -> Iterator[Said]:
        """Yield the statements made by `as_of`, less the first `count` that had been made by `heard_until`."""
        if self.any():
            late = sa.or_(_STATEMENT.c.number > count, _STATEMENT.c.at_us > microseconds(heard_until))
            query = sa.select(_STATEMENT).where(late, _STATEMENT.c.at_us <= microseconds(as_of))
            with reading(self._engine) as connection:
                rows = connection.execute(query.order_by(_STATEMENT.c.number)).all()
            yield from map(said_in, rows)

    def count(self) -> int:
        """Return how many statements were recorded. None is ever removed, so that the number names a state."""
        if not self.any():
            return 0
        with reading(self._engine) as connection:
            return connection.scalar(sa.select(sa.func.max(_STATEMENT.c.number))) or 0

    def newest(self) -> tuple[int, int]:
        """Return the numbers of what was last said of a party, and of a holding. None is removed: they name a state."""
        if not self.any():
            return 0, 0
        with reading(self._engine) as connection:
            party, holding = (
                connection.scalar(sa.select(sa.func.max(table.c.number))) or 0 for table in (_PARTY, _HOLDING)
            )
        return party, holding

    def reheld(self, party: int, holding: int, heard_until: datetime, *, as_of: datetime) -> set[str]:
        """Return the recordings whose holders changed, or what is known of one, by `as_of` and since a moment.

        Args:
            party: the number of what had last been said of a party, and
            holding: of a holding: what has a greater one is new.
            heard_until: what is of a later moment was not heard before either.
            as_of: nothing of a later moment is heard.
        """
        if not self.any():
            return set()

        def new(table: sa.Table, number: int) -> sa.ColumnElement[bool]:
            late = sa.or_(table.c.number > number, table.c.at_us > microseconds(heard_until))
            return sa.and_(late, table.c.at_us <= microseconds(as_of))

        of_parties = sa.select(_PARTY.c.id).where(new(_PARTY, party))
        concerned = sa.or_(new(_HOLDING, holding), _HOLDING.c.party.in_(of_parties))
        with reading(self._engine) as connection:
            return set(connection.scalars(sa.select(_HOLDING.c.recording).distinct().where(concerned)))

    def unlogged(self) -> list[str]:
        """Return the ids of the statements whose place in the log is not noted yet, in the order of recording."""
        with reading(self._engine) as connection:
            query = sa.select(_STATEMENT.c.id).where(_STATEMENT.c.place.is_(None)).order_by(_STATEMENT.c.number)
            return list(connection.scalars(query))

    def note_places(self, places: Mapping[str, int]) -> None:
        """Note where statements stand in the log.

        Raises:
            WorkspaceError: the database cannot be written.
        """
        noting = (
            _STATEMENT.update().where(_STATEMENT.c.id == sa.bindparam("named")).values(place=sa.bindparam("stands"))
        )
        if rows := [{"named": name, "stands": place} for name, place in places.items()]:
            with writing(self._engine) as connection:
                connection.execute(noting, rows)

    def last_place(self) -> int:
        """Return the last place in the log that was noted; -1 if none was."""
        with reading(self._engine) as connection:
            place = connection.scalar(sa.select(sa.func.max(_STATEMENT.c.place)))
        return -1 if place is None else int(place)

    def places(self, names: Collection[str]) -> dict[str, int]:
        """Return where statements stand in the log; those of which that is not noted yet are left out."""
        found: dict[str, int] = {}
        with reading(self._engine) as connection:
            for some in in_batches(names):
                noted = _STATEMENT.c.id.in_(some), _STATEMENT.c.place.is_not(None)
                found |= {row.id: row.place for row in connection.execute(sa.select(_STATEMENT).where(*noted))}
        return found
