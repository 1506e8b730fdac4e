"""What changed between two clearances, and why: of the question, the evidence, the verdicts and the reasons.

Each side is a manifest (a folder written by `licet clear`) or verdicts in bulk (a file written by `licet bulk`). Both
are brought to one form: a row an item with its verdict, its evidence and the name of its reasons, and a row a reason.
Then:

1. Compare what was asked: the use, the day, the reading, the policy, what was accepted.
2. Join the items by name, and count every verdict before with every verdict after. An item that is on one side only is
   `absent` on the other.
3. Of the items that changed, tell which reasons appeared and which went, and show some.

Reasons are those under the reading that each side asked for. DuckDB does the work, in bounded memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from licet.corpus.bulk import FORMAT, MEMORY
from licet.corpus.bulk_tables import classes_path
from licet.corpus.manifest import PARQUET_NAME, read_head
from licet.corpus.scratch import scratch
from licet.errors import ManifestError

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

ABSENT = "absent"
_OF_ITSELF = frozenset({"format", "corpus", "items"})  # what a clearance is of, and not what was asked


@dataclass(frozen=True, slots=True)
class Told:
    """A reason that appeared or went, and for how many items."""

    rule: str
    verdict: str
    says: str
    items: int


@dataclass(frozen=True, slots=True)
class Change:
    """The items that went from one verdict to another, or kept theirs for other reasons."""

    before: str
    after: str
    items: int
    appeared: tuple[Told, ...]
    went: tuple[Told, ...]
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed. `asked` holds the name of each thing that was asked otherwise, before and after."""

    asked: tuple[tuple[str, Any, Any], ...]
    evidence: dict[str, int]  # items: `added`, `removed`, `changed`, `same`
    verdicts: tuple[Change, ...]
    reasons: tuple[Change, ...]  # the verdict is the same, the reasons are not
    same: int  # items whose verdict is the same

    @property
    def changed(self) -> int:
        """Return how many verdicts changed, counting items that came or went."""
        return sum(change.items for change in self.verdicts)


def difference(old: Path, new: Path, *, limit: int, memory: str = MEMORY) -> Difference:
    """Return what changed from `old` to `new`, with at most `limit` reasons and examples of each change.

    Raises:
        ManifestError: one of them is neither a manifest nor verdicts in bulk, or is damaged.
    """
    with scratch("the two cannot be compared", memory=memory) as connection:
        before, after = (_taken(connection, side, path) for side, path in (("old", old), ("new", new)))
        names = [name for name in before if name in after and name not in _OF_ITSELF]
        asked = tuple((name, before[name], after[name]) for name in names if before[name] != after[name])
        connection.execute(_JOINED)
        tallied = dict(connection.execute("SELECT evidence, count(*) FROM joined GROUP BY evidence").fetchall())
        counts = connection.execute(_COUNTS).fetchall()
        changes = [
            Change(
                one, other, items, *_reasons(connection, one, other, limit), _examples(connection, one, other, limit)
            )
            for one, other, items, differing in counts
            if differing
        ]
        return Difference(
            asked=asked,
            evidence={name: tallied.get(name, 0) for name in ("added", "removed", "changed", "same")},
            verdicts=tuple(change for change in changes if change.before != change.after),
            reasons=tuple(change for change in changes if change.before == change.after),
            same=sum(items for one, other, items, _ in counts if one == other),
        )


def _taken(connection: DuckDBPyConnection, side: str, path: Path) -> dict[str, Any]:
    """Bring one side to the common form, as `old` and `old_reasons`, say; return what was asked."""
    if path.is_dir():
        head: dict[str, Any] = msgspec.to_builtins(read_head(path)[0])
        connection.read_parquet(str(path / PARQUET_NAME)).create_view(f"{side}_given")
        template = _MANIFEST
    else:
        head = _bulk_head(path)
        connection.read_parquet(str(path)).create_view(f"{side}_given")
        connection.read_parquet(str(classes_path(path))).create_view(f"{side}_classes")
        template = _BULK
    connection.execute(f"SET VARIABLE {side}_reading = $reading", {"reading": head["reading"]})
    for statement in template.format(side=side).split(";"):
        connection.execute(statement)
    return head


def _bulk_head(path: Path) -> dict[str, Any]:
    """Return what verdicts in bulk were asked."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    mend = "give a folder written by `licet clear`, or a file written by `licet bulk`"
    if not path.is_file() or not classes_path(path).is_file():
        raise ManifestError(f"there are no verdicts at {path}, or no classes beside them", mend=mend)
    try:
        metadata = pq.read_schema(path).metadata or {}
        head = msgspec.json.decode(metadata.get(b"licet", b"{}"), type=dict[str, Any])
    except (pa.ArrowInvalid, msgspec.DecodeError) as broken:
        raise ManifestError(f"{path} holds no verdicts: {broken}", mend=mend) from broken
    if head.get("format") != FORMAT:
        raise ManifestError(f"{path} is of format {head.get('format')}", mend=mend)
    return head


def _reasons(
    connection: DuckDBPyConnection, before: str, after: str, limit: int
) -> tuple[tuple[Told, ...], tuple[Told, ...]]:
    """Return the reasons that appeared and those that went, the commonest first."""

    def only_in(side: str, other: str) -> tuple[Told, ...]:
        rows = connection.execute(
            _ONLY_IN.format(side=side, other=other), {"before": before, "after": after, "limit": limit}
        )
        return tuple(Told(*row) for row in rows.fetchall())

    return only_in("new", "old"), only_in("old", "new")


def _examples(connection: DuckDBPyConnection, before: str, after: str, limit: int) -> tuple[str, ...]:
    rows = connection.execute(
        """
        SELECT item FROM joined WHERE before = $before AND after = $after AND (before <> after OR differing)
        ORDER BY item, place LIMIT $limit
        """,
        {"before": before, "after": after, "limit": limit},
    )
    return tuple(item for (item,) in rows.fetchall())


_TOLD = "list_sort(list_distinct([{{rule: one.rule, verdict: one.verdict, says: one.says}} for one in reasons"
_MANIFEST = f"""
    CREATE TABLE {{side}}_told AS SELECT item, row_number() OVER (PARTITION BY item ORDER BY row) AS place, verdict,
        {_TOLD} if list_contains(one.readings, getvariable('{{side}}_reading'))])) AS told,
        list_sort(list_distinct([one.evidence for one in statements])) AS evidence FROM {{side}}_given;
    CREATE TABLE {{side}} AS SELECT item, place, verdict, md5(CAST(told AS VARCHAR)) AS why, evidence
    FROM {{side}}_told;
    CREATE TABLE {{side}}_reasons AS SELECT DISTINCT md5(CAST(told AS VARCHAR)) AS why, unnest(told, recursive := true)
    FROM {{side}}_told;
    DROP TABLE {{side}}_told
"""  # noqa: S608  (our own words)
_BULK = f"""
    CREATE TABLE {{side}}_told AS SELECT id,
        {_TOLD} if list_contains(one.readings, getvariable('{{side}}_reading'))])) AS told,
        [one.sha256 for one in terms] AS evidence FROM {{side}}_classes;
    CREATE TABLE {{side}} AS SELECT item, CASE WHEN item = '' THEN row ELSE 1 END AS place, verdict,
        coalesce(md5(CAST(told AS VARCHAR)), '') AS why,
        list_sort(list_distinct(coalesce(given.evidence, told.evidence, []))) AS evidence
    FROM {{side}}_given AS given LEFT JOIN {{side}}_told AS told ON given.class = told.id;
    CREATE TABLE {{side}}_reasons AS SELECT DISTINCT md5(CAST(told AS VARCHAR)) AS why, unnest(told, recursive := true)
    FROM {{side}}_told
"""  # noqa: S608  (likewise)
_JOINED = f"""
    CREATE TABLE joined AS SELECT coalesce(old.item, new.item) AS item, coalesce(old.place, new.place) AS place,
        coalesce(old.verdict, '{ABSENT}') AS before, coalesce(new.verdict, '{ABSENT}') AS after,
        old.why AS old_why, new.why AS new_why, old.why IS DISTINCT FROM new.why AS differing,
        CASE WHEN old.evidence IS NOT DISTINCT FROM new.evidence THEN 'same'
             WHEN old.evidence IS NULL OR list_has_all(new.evidence, old.evidence) THEN 'added'
             WHEN new.evidence IS NULL OR list_has_all(old.evidence, new.evidence) THEN 'removed'
             ELSE 'changed' END AS evidence
    FROM old FULL JOIN new ON old.item = new.item AND old.place = new.place
"""  # noqa: S608  (our own words)
_COUNTS = """
    SELECT before, after, count(*) AS items, count(*) FILTER (before <> after OR differing) AS differing
    FROM joined GROUP BY before, after ORDER BY items DESC, before, after
"""
_ONLY_IN = """
    SELECT rule, verdict, says, CAST(sum(items) AS BIGINT) AS items FROM
        (SELECT old_why, new_why, count(*) AS items FROM joined
         WHERE before = $before AND after = $after AND differing GROUP BY old_why, new_why) AS moved
        JOIN {side}_reasons AS mine ON mine.why = moved.{side}_why
        ANTI JOIN {other}_reasons AS theirs ON theirs.why = moved.{other}_why AND theirs.rule = mine.rule
            AND theirs.verdict = mine.verdict AND theirs.says = mine.says
    GROUP BY rule, verdict, says ORDER BY items DESC, rule, verdict, says LIMIT $limit
"""
