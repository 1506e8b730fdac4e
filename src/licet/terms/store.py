"""What was gathered, in SQL: every answer of every address, at the time it was had.

The bytes lie in the evidence; a row names them. Nothing is changed or removed: an address that is asked again gets one
row more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import sqlalchemy as sa

from licet.db import DIGEST, NUMBER, TEXT, in_batches, microseconds, reading, writing
from licet.terms.gathering.responses import Response

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

_METADATA = sa.MetaData()

_RESPONSE = sa.Table(
    "terms_response",
    _METADATA,
    sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
    sa.Column("url", TEXT, nullable=False),
    sa.Column("fetched_us", sa.BigInteger, nullable=False),  # microseconds since 1970, UTC
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("settled", sa.Boolean, nullable=False),
    sa.Column("body", DIGEST, nullable=False),  # SHA-256; "" where no answer came
    sa.Column("facts", sa.LargeBinary, nullable=False),  # the response as JSON, headers and all
    sa.Index("terms_response_series", "url", "fetched_us").ddl_if("sqlite"),
    # PostgreSQL indexes no text of more than 2,700 bytes but by its hash, and an address may be longer.
    sa.Index("terms_response_url", "url", postgresql_using="hash").ddl_if("postgresql"),
)
_DECODER = msgspec.json.Decoder(Response)


class ResponseStore:
    """The responses kept in the database behind `engine`, which `licet.db.open_database` opened.

    The table is made when the first one is kept: whoever never gathers pays nothing.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def record(self, responses: Iterable[Response]) -> None:
        """Keep `responses`, all or none of them. Their bytes must be in the evidence already.

        Raises:
            WorkspaceError: the database cannot be written.
        """
        rows = [_row(response) for response in responses]
        if rows:
            with writing(self._engine) as connection:
                _METADATA.create_all(connection)
                # Numbered here: PostgreSQL would skip the numbers of a failed attempt, and `count` would tell of it.
                last = connection.scalar(sa.select(sa.func.max(_RESPONSE.c.number))) or 0
                numbered = [{"number": number, **row} for number, row in enumerate(rows, start=last + 1)]
                connection.execute(_RESPONSE.insert(), numbered)

    def any(self) -> bool:
        """Whether anything was ever gathered."""
        with reading(self._engine) as connection:
            return sa.inspect(connection).has_table(_RESPONSE.name)

    def count(self) -> int:
        """Return how many responses were recorded. None is ever removed, so that the number names a state."""
        if not self.any():
            return 0
        with reading(self._engine) as connection:
            return connection.scalar(sa.select(sa.func.max(_RESPONSE.c.number))) or 0

    def since(self, count: int, heard_until: datetime, *, as_of: datetime) -> set[str]:
        """Return the addresses asked by `as_of`, less the first `count` answers that had come by `heard_until`."""
        if not self.any():
            return set()
        late = sa.or_(_RESPONSE.c.number > count, _RESPONSE.c.fetched_us > microseconds(heard_until))
        asked = sa.select(_RESPONSE.c.url).where(late, _RESPONSE.c.fetched_us <= microseconds(as_of))
        with reading(self._engine) as connection:
            return set(connection.scalars(asked))

    def last(self, urls: Sequence[str], *, as_of: datetime) -> dict[str, tuple[Response, ...]]:
        """Return the newest response of each of `urls` by `as_of`; where it settles nothing, the last that did, too.

        Addresses that nobody had asked for by then are left out.
        """
        found: dict[str, tuple[Response, ...]] = {}
        asked = list(dict.fromkeys(urls)) if self.any() else []
        with reading(self._engine) as connection:
            for some in in_batches(asked):
                for settled in (False, True):
                    for facts in connection.scalars(_newest(some, microseconds(as_of), settled=settled)):
                        response = _DECODER.decode(facts)
                        before = found.get(response.url, ())
                        if response not in before:
                            found[response.url] = (*before, response)
        return found


def _newest(urls: list[str], moment: int, *, settled: bool) -> sa.Select[Any]:
    """Ask for the newest row of each address, of those that settle something or of all; of one moment, the last."""
    order = (_RESPONSE.c.fetched_us.desc(), _RESPONSE.c.number.desc())
    rank = sa.func.row_number().over(partition_by=_RESPONSE.c.url, order_by=order).label("rank")
    rows = sa.select(_RESPONSE.c.facts, rank).where(_RESPONSE.c.url.in_(urls), _RESPONSE.c.fetched_us <= moment)
    ranked = (rows.where(_RESPONSE.c.settled) if settled else rows).subquery()
    return sa.select(ranked.c.facts).where(ranked.c.rank == 1)


def _row(response: Response) -> dict[str, object]:
    return {
        "url": response.url,
        "fetched_us": microseconds(response.fetched_at),
        "status": response.status,
        "settled": response.settled,
        "body": response.body,
        "facts": msgspec.json.encode(response),
    }
