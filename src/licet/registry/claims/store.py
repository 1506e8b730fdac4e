"""Claims in SQL, and every step of them. Nothing is changed or removed; where one stands in the log is noted after."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import sqlalchemy as sa

from licet.db import DIGEST, NUMBER, TEXT, in_batches, microseconds, reading, writing
from licet.errors import UsageError
from licet.registry.claims.claim import Claim, parse_claim
from licet.registry.claims.step import Step, parse_step
from licet.registry.outbox.store import OutboxStore

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from licet.registry.outbox.messages import Message

_METADATA = sa.MetaData()

_ENTRY = sa.Table(  # a claim, or a step of one
    "registry_claim",
    _METADATA,
    sa.Column("number", NUMBER, primary_key=True),
    sa.Column("id", DIGEST, nullable=False, unique=True),
    sa.Column("claim", DIGEST, nullable=False, index=True),  # of a claim: itself
    sa.Column("party", DIGEST, nullable=False, index=True),  # who says so
    sa.Column("at_us", NUMBER, nullable=False),
    sa.Column("behind", NUMBER, nullable=False),  # how many entries the log had before
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("place", NUMBER, index=True),  # in the log
)
_RECORDING = sa.Table(
    "registry_claim_recording",
    _METADATA,
    sa.Column("recording", TEXT, primary_key=True),
    sa.Column("claim", sa.ForeignKey(_ENTRY.c.id), primary_key=True),
)


class ClaimStore:
    """The claims kept in the database behind `engine`, which `licet.db.open_database` opened.

    Its tables are made when the first claim is: whoever has none pays nothing.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._there = False

    def any(self) -> bool:
        """Whether anything was ever claimed."""
        if not self._there:
            with reading(self._engine) as connection:
                self._there = sa.inspect(connection).has_table(_ENTRY.name)
        return self._there

    def add(self, one: Claim | Step, behind: int, notices: Iterable[Message] = ()) -> None:
        """Put a claim or a step on record; one that is on record already stays as it is, and tells nobody.

        Args:
            one: the claim, or the step of a claim that is on record.
            behind: how many entries the log has: where it will stand is behind them.
            notices: go into the outbox in the same transaction.

        Raises:
            UsageError: it is a step of a claim that is not on record.
            WorkspaceError: the database cannot be written.
        """
        told = list(notices)
        outbox = self._outbox  # opened before: it makes its tables in a transaction of its own
        claim, party = (one.id, one.claimant) if isinstance(one, Claim) else (one.claim, one.party)
        with writing(self._engine) as connection:
            _METADATA.create_all(connection)
            there = set(connection.scalars(sa.select(_ENTRY.c.id).where(_ENTRY.c.id.in_([one.id, claim]))))
            if isinstance(one, Step) and claim not in there:
                raise UsageError(f"there is no claim {claim}", mend="name it by its id: licet claim list")
            if one.id in there:
                return
            row = {
                "id": one.id,
                "claim": claim,
                "party": party,
                "at_us": microseconds(one.moment),
                "behind": behind,
                "body": one.encoded(),
            }
            connection.execute(_ENTRY.insert(), row)
            if isinstance(one, Claim):
                named = [{"recording": recording, "claim": claim} for recording in one.recordings]
                connection.execute(_RECORDING.insert(), named)
            outbox.put(connection, told)

    @cached_property
    def _outbox(self) -> OutboxStore:
        return OutboxStore(self._engine)

    def claim(self, name: str) -> Claim | None:
        """Return the claim with that id."""
        body = self._body(name, _ENTRY.c.claim == _ENTRY.c.id)
        return None if body is None else parse_claim(body)

    def claims(self, *, as_of: datetime, recordings: Collection[str] | None = None) -> tuple[Claim, ...]:
        """Return the claims made by a moment, about some recordings or all, in the order in which they were made."""
        if not self.any():
            return ()
        found: dict[str, Claim] = {}
        made = sa.select(_ENTRY.c.body).where(_ENTRY.c.id == _ENTRY.c.claim, _ENTRY.c.at_us <= microseconds(as_of))
        queries = [made] if recordings is None else []
        for some in in_batches(recordings or ()):
            named = sa.select(_RECORDING.c.claim).where(_RECORDING.c.recording.in_(some))
            queries.append(made.where(_ENTRY.c.id.in_(named)))
        with reading(self._engine) as connection:
            for query in queries:
                found |= {one.id: one for one in map(parse_claim, connection.scalars(query))}
        return tuple(sorted(found.values(), key=lambda one: (one.moment, one.id)))

    def steps(self, claims: Collection[str]) -> dict[str, tuple[Step, ...]]:
        """Return the steps of some claims, in the order in which they were recorded."""
        found: dict[str, tuple[Step, ...]] = {}
        if self.any():
            with reading(self._engine) as connection:
                for some in in_batches(claims):
                    of_those = _ENTRY.c.claim.in_(some), _ENTRY.c.id != _ENTRY.c.claim
                    query = sa.select(_ENTRY.c.body).where(*of_those).order_by(_ENTRY.c.number)
                    for step in map(parse_step, connection.scalars(query)):
                        found[step.claim] = (*found.get(step.claim, ()), step)
        return found

    def named(self, beginning: str) -> tuple[str, ...]:
        """Return the ids of the claims that begin so: at most two."""
        if not self.any():
            return ()
        begins = _ENTRY.c.id == _ENTRY.c.claim, _ENTRY.c.id.startswith(beginning, autoescape=True)
        with reading(self._engine) as connection:
            return tuple(connection.scalars(sa.select(_ENTRY.c.id).where(*begins).order_by(_ENTRY.c.id).limit(2)))

    def body(self, name: str) -> bytes:
        """Return the canonical text of the claim or step with that id, which is on record."""
        body = self._body(name)
        assert body is not None
        return body

    def _body(self, name: str, *where: sa.ColumnElement[bool]) -> bytes | None:
        if not self.any():
            return None
        with reading(self._engine) as connection:
            body: bytes | None = connection.scalar(sa.select(_ENTRY.c.body).where(_ENTRY.c.id == name, *where))
            return body

    def unlogged(self) -> list[str]:
        """Return the ids of what is not noted to be in the log, in the order of recording."""
        with reading(self._engine) as connection:
            query = sa.select(_ENTRY.c.id).where(_ENTRY.c.place.is_(None)).order_by(_ENTRY.c.number)
            return list(connection.scalars(query))

    def last_place(self) -> int:
        """Return the place in the log behind which all stands that is not noted to be in it; -1 is before the first."""
        with reading(self._engine) as connection:
            behind = connection.scalar(sa.select(sa.func.min(_ENTRY.c.behind)).where(_ENTRY.c.place.is_(None)))
        return -1 if behind is None else int(behind) - 1

    def note_places(self, places: Mapping[str, int]) -> None:
        """Note where claims and steps stand in the log.

        Raises:
            WorkspaceError: the database cannot be written.
        """
        noting = _ENTRY.update().where(_ENTRY.c.id == sa.bindparam("named")).values(place=sa.bindparam("stands"))
        with writing(self._engine) as connection:
            if rows := [{"named": name, "stands": place} for name, place in places.items()]:
                connection.execute(noting, rows)

    def places(self, names: Collection[str]) -> dict[str, int]:
        """Return where claims and steps stand in the log; those of which that is not noted yet are left out."""
        found: dict[str, int] = {}
        if self.any():
            with reading(self._engine) as connection:
                for some in in_batches(names):
                    noted = _ENTRY.c.id.in_(some), _ENTRY.c.place.is_not(None)
                    rows = connection.execute(sa.select(_ENTRY.c.id, _ENTRY.c.place).where(*noted))
                    found |= {row.id: row.place for row in rows}
        return found
