"""Decide on millions of items at once: the policy's own verdict for each, from a table of what is said of them.

The policy is asked as it is for one item (`licet.policy.decide`), and only as often as different things are said:

1. Read the table (Parquet; `bulk_rows` says what its columns mean) and find the kinds of row, which are few.
2. Note of each kind what is wrong with it, if anything. A row that cannot be read makes its item an error: what it was
   meant to say might have been a refusal.
3. Gather the rows of each item, in an order of our own, and number the recordings that they name.
4. Items of which the same is said are one class. Decide once for each class, under every reading (`bulk_classes`).
5. Write a line for each item, in the order of the table, with what its class comes to.

DuckDB does all but the deciding, in bounded memory; what does not fit spills to a folder that goes afterwards. The same
table gives the same bytes. `docs/bulk.md` documents what is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from licet.corpus.bulk_classes import ClassDecider
from licet.corpus.bulk_tables import classes_path, columns, decide_classes, gather, note_kinds, opened, write
from licet.corpus.manifest import Counts

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from licet.policy import Policy, Use

FORMAT = "licet-bulk/1"
MEMORY = "2GB"
ERRORS_SHOWN = 20


class BulkHead(msgspec.Struct, frozen=True, kw_only=True):
    """What verdicts in bulk are of: written into the metadata of both files, under the key `licet`."""

    format: str = FORMAT
    licet: str  # version
    items: str
    act: str
    purpose: str
    territories: tuple[str, ...]
    day: str
    reading: str
    accepts: tuple[str, ...]
    policy: str  # name and version
    policy_sha256: str


@dataclass(frozen=True, slots=True)
class InBulk:
    """What was written, and how many items came to what."""

    verdicts: Path
    classes: Path
    head: BulkHead
    counts: Counts
    errors: tuple[tuple[str, int], ...]  # what was wrong, and with how many items; the commonest first
    kinds: int  # of row
    decided: int  # classes, which is how often the policy was asked


def decide_in_bulk(  # noqa: PLR0913  (a question has as many parts)
    items: Path,
    out: Path,
    *,
    use: Use,
    policy: Policy,
    reading: str,
    accepts: frozenset[str],
    today: date,
    licet: str,
    memory: str = MEMORY,
) -> InBulk:
    """Decide on every item of the table at `items`, and write the verdicts to `out` and the classes beside it.

    Args:
        items: Parquet; see `bulk_rows`.
        out: Parquet; the classes go to `classes_path(out)`. Both appear when they are whole.
        use: the use.
        policy: the policy.
        reading: the reading that is asked for; every other stands beside it.
        accepts: conditions that you undertake to keep.
        today: when what is said was captured, where the table does not say.
        licet: which version decides.
        memory: how much DuckDB may keep in memory, as it words it.

    Raises:
        SourceError: there is no such table, it lacks a column, or it is damaged.
        PolicyError: there is no such reading.
        UsageError: a condition that no licence asks for.
        OSError: nothing can be written there.
    """
    decider = ClassDecider(use, policy, policy.reading(reading).name, policy.accepted(accepts), today)
    head = _head(items, decider, licet)
    with opened(items, memory) as connection:
        types = columns(connection, items)
        connection.execute("SET VARIABLE day = $day", {"day": use.day})
        kinds = note_kinds(connection, types, decider)
        gather(connection, types)
        decided = decide_classes(connection, decider)
        write(connection, types, out, msgspec.json.encode(head))
        counts, errors = _tallied(connection, out)
        return InBulk(out, classes_path(out), head, counts, errors, kinds, decided)


def _tallied(connection: DuckDBPyConnection, out: Path) -> tuple[Counts, tuple[tuple[str, int], ...]]:
    """Count the items by what they came to, and those in error by what was wrong."""
    connection.read_parquet(str(out)).create_view("verdicts")
    verdicts = connection.execute("SELECT verdict, count(*) FROM verdicts GROUP BY verdict").fetchall()
    errors = connection.execute(
        """
        SELECT error, count(*) AS items FROM verdicts WHERE error IS NOT NULL
        GROUP BY error ORDER BY items DESC, error LIMIT $most
        """,
        {"most": ERRORS_SHOWN},
    ).fetchall()
    return Counts(**dict(verdicts)), tuple(errors)


def _head(items: Path, decider: ClassDecider, licet: str) -> BulkHead:
    use, policy = decider.use, decider.policy
    return BulkHead(
        licet=licet,
        items=items.name,
        act=use.act,
        purpose=use.purpose,
        territories=tuple(sorted(use.territories)),
        day=use.day.isoformat(),
        reading=decider.reading,
        accepts=tuple(sorted(decider.accepts)),
        policy=f"{policy.name} {policy.version}",
        policy_sha256=policy.digest,
    )
