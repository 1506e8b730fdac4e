"""What the template asks of the recordings, counted: how much is permitted, from where, and what was reserved.

Only permitted items count as content. What was looked at for reservations is every item.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from licet.corpus.tallies import TOP
from licet.terms.data_sets import data_set_of, data_sets

if TYPE_CHECKING:
    from licet.corpus.asking import Asked


@dataclass(frozen=True, slots=True)
class Amount:
    """How much audio: items, different recordings among them, and how long they last as far as that is known."""

    items: int = 0
    recordings: int = 0
    seconds: float = 0.0
    unmeasured: int = 0  # items whose length is not known


@dataclass(frozen=True, slots=True)
class Origin:
    """What is on record in one source. `data_set` is the public data set that the source is a reading of, or ""."""

    source: str
    data_set: str
    amount: Amount


@dataclass(frozen=True, slots=True)
class Heard:
    """One kind of place where rights are stated: in how many items it spoke, and how many it had refused."""

    place: str
    items: int
    refused: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that is counted for the summary."""

    content: Amount
    public_licence: int  # permitted items that are under a public licence
    codecs: tuple[tuple[str, int], ...]
    licences: tuple[tuple[str, int], ...]
    origins: tuple[Origin, ...]
    captured: tuple[str, str]  # of the statements: the first and the last, ISO 8601
    heard: tuple[Heard, ...]
    reserved: int  # items refused on a reservation

    @classmethod
    def of(cls, manifest: Asked) -> Figures:
        """Ask the manifest."""
        ((*amount,),) = manifest.rows(f"SELECT {_AMOUNT} FROM lines WHERE verdict = 'permitted'")  # noqa: S608  (ours)
        public = manifest.count(
            "verdict = 'permitted' AND len(licence_keys) > 0 "
            "AND array_to_string(licence_keys, ' ') NOT LIKE '%LicenseRef-%'"
        )
        ((first, last),) = manifest.rows(_CAPTURED)
        ((reserved,),) = manifest.rows(f"SELECT count(DISTINCT id) FROM ({_RESERVED})")  # noqa: S608  (likewise)
        return cls(
            content=Amount(*amount),
            public_licence=public,
            codecs=_pairs(manifest, "codec"),
            licences=_pairs(manifest, "licence"),
            origins=tuple(_origin(source, *amount) for source, *amount in manifest.rows(_ORIGINS, top=TOP)),
            captured=(first or "", last or ""),
            heard=tuple(Heard(*row) for row in manifest.rows(_HEARD, top=TOP)),
            reserved=reserved,
        )


def _origin(source: str, *amount: float) -> Origin:
    names = {one.id: one.name for one in data_sets()}
    return Origin(source, names.get(data_set_of(source), ""), Amount(*amount))  # type: ignore[arg-type]  # SQL's own types


def _pairs(manifest: Asked, column: str) -> tuple[tuple[str, int], ...]:
    """Count permitted items by a column, the commonest first; beyond the first few, the rest in one sum."""
    rows = manifest.rows(
        f"""
        WITH tally AS (SELECT {column} AS name, count(*) AS items FROM lines WHERE verdict = 'permitted' GROUP BY 1),
        placed AS (SELECT *, least(row_number() OVER (ORDER BY items DESC, name), $top + 1) AS place FROM tally)
        SELECT CASE WHEN place > $top THEN count(*) || ' others' ELSE min(name) END, sum(items)::BIGINT
        FROM placed GROUP BY place ORDER BY place
        """,  # noqa: S608  (our own words)
        top=TOP,
    )
    return tuple((name, items) for name, items in rows)


_AMOUNT = """count(*), count(DISTINCT recordings[1]), coalesce(sum(duration_s ORDER BY id), 0),
    count(*) FILTER (duration_s IS NULL)"""
_ORIGINS = f"""
    SELECT source, {_AMOUNT} FROM lines WHERE verdict = 'permitted'
    GROUP BY source ORDER BY count(*) DESC, source LIMIT $top
"""  # noqa: S608  (our own words)
_CAPTURED = """
    SELECT min(s.captured), max(s.captured)
    FROM (SELECT unnest(statements) AS s FROM lines WHERE verdict = 'permitted') WHERE s.stance <> 'silent'
"""
_RESERVED = """
    SELECT id, unnest(r.evidence) AS evidence
    FROM (SELECT id, unnest(reasons) AS r FROM lines WHERE verdict = 'refused')
    WHERE r.verdict = 'refused' AND r.rule IN ('reserved', 'signal-reserves')
    AND list_contains(r.readings, (SELECT reading FROM asked))
"""
# Tags have a name each; all are the file's own.
_HEARD = f"""
    WITH said AS (
        SELECT id, CASE WHEN s.source LIKE 'tag %' THEN 'tags in the file itself' ELSE s.source END AS place,
               s.evidence AS evidence
        FROM (SELECT id, unnest(statements) AS s FROM lines)),
    reserving AS ({_RESERVED})
    SELECT place, count(DISTINCT said.id), count(DISTINCT reserving.id)
    FROM said LEFT JOIN reserving ON reserving.id = said.id AND reserving.evidence = said.evidence
    GROUP BY place ORDER BY count(DISTINCT said.id) DESC, place LIMIT $top
"""  # noqa: S608  (our own words)
