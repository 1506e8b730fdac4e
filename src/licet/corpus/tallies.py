"""What a manifest comes to, counted: by verdict, reading, reason, licence, source and holder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from os.path import commonprefix
from typing import TYPE_CHECKING

from licet.corpus.manifest import Counts

if TYPE_CHECKING:
    from licet.corpus.asking import Asked

VERDICTS = Counts.__struct_fields__
TOP = 20  # rows of a table before the rest is summed
DETAILS = 4  # wordings shown beneath one rule

# What a line is grouped by: SQL for its list of names.
FAMILY = "[family]"
SOURCE = "[source]"
METHOD = "[identified_by]"
HOLDER = "CASE WHEN len(holders) > 0 THEN list_distinct(holders) ELSE [artist] END"


@dataclass(frozen=True, slots=True)
class Group:
    """How the items of one licence, source or holder came out. `names` is how many names are summed in it."""

    name: str
    counts: Counts
    names: int = 1


@dataclass(frozen=True, slots=True)
class Groups:
    """The largest groups, the smaller ones summed, and the items that name none."""

    top: tuple[Group, ...]
    rest: Group | None = None
    unnamed: Group | None = None


@dataclass(frozen=True, slots=True)
class Standpoint:
    """What one reading of the law makes of the whole corpus."""

    reading: str
    counts: Counts
    differs: int  # items that it decides otherwise than the reading that was asked for


@dataclass(frozen=True, slots=True)
class Blocker:
    """A rule that decided against items. `details` are its commonest wordings, with the items of each."""

    rule: str
    verdict: str
    items: int
    says: str
    details: tuple[tuple[str, int], ...]
    cites: str
    status: str


@dataclass(frozen=True, slots=True)
class Change:
    """What would change verdicts: for `enough` items nothing else is listed, for `part` it is one thing of several."""

    says: str
    enough: int
    part: int


@dataclass(frozen=True, slots=True)
class Duty:
    """A condition that permitted items carry."""

    name: str
    binds: str
    says: str
    items: int


def groups(manifest: Asked, names: str, top: int = TOP) -> Groups:
    """Count verdicts by name; `names` is SQL for a line's list of names. A line counts once under each of them."""
    rows = manifest.rows(
        f"""
        WITH named AS (SELECT unnest({names}) AS name, verdict FROM lines),
        tally AS (SELECT name, count(*) AS total, {_counts("verdict")} FROM named GROUP BY name),
        placed AS (SELECT *, row_number() OVER (ORDER BY name = '', total DESC, name) AS place FROM tally)
        SELECT CASE WHEN name = '' THEN $top + 2 ELSE least(place, $top + 1) END AS slot,
               min(name), count(*), {_SUMS}
        FROM placed GROUP BY slot ORDER BY slot
        """,  # noqa: S608  (our own words)
        top=top,
    )
    found = {slot: Group(name, Counts(*map(int, counts)), many) for slot, name, many, *counts in rows}
    rest, unnamed = found.pop(top + 1, None), found.pop(top + 2, None)
    return Groups(tuple(found.values()), rest, unnamed)


def standpoints(manifest: Asked, reading: str, asked: Counts) -> tuple[Standpoint, ...]:
    """Count verdicts under every reading: the one asked for first, then by name. An error is one under all of them."""
    rows = manifest.rows(
        f"""
        SELECT reading, {_counts("opinion")}, count(*) FILTER (opinion <> verdict) FROM opinions
        WHERE reading <> $reading GROUP BY reading ORDER BY reading
        """,  # noqa: S608  (our own words)
        reading=reading,
    )
    others = (
        Standpoint(name, Counts(permitted, refused, unknown, asked.error), differs)
        for name, permitted, refused, unknown, _, differs in rows
    )
    return (Standpoint(reading, asked, 0), *others)


def blockers(manifest: Asked) -> tuple[Blocker, ...]:
    """Rank the rules that decided against items, by how many. An item counts under each rule that decided it."""
    wordings: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for rule, verdict, says, items in manifest.rows(_WORDINGS, details=DETAILS):
        wordings.setdefault((rule, verdict), []).append((says, items))
    return tuple(
        Blocker(rule, verdict, items, *_own_words(first, last, wordings[rule, verdict]), cites=cites, status=status)
        for rule, verdict, items, first, last, cites, status in manifest.rows(_BLOCKERS)
    )


def changes(manifest: Asked) -> tuple[Change, ...]:
    """Rank what would change verdicts: first by the items for which it is all that is listed."""
    rows = manifest.rows(
        """
        SELECT change, count(*) FILTER (many = 1) AS enough, count(*) FILTER (many > 1) AS part
        FROM (SELECT unnest(changes) AS change, len(changes) AS many FROM lines
              WHERE verdict IN ('refused', 'unknown'))
        GROUP BY change ORDER BY enough DESC, part DESC, change LIMIT $top
        """,
        top=TOP,
    )
    return tuple(Change(*row) for row in rows)


def duties(manifest: Asked) -> tuple[Duty, ...]:
    """Rank the conditions that permitted items carry."""
    rows = manifest.rows(
        """
        SELECT c.name AS name, c.binds AS binds, c.says AS says, count(DISTINCT id) AS items
        FROM (SELECT id, unnest(conditions) AS c FROM lines WHERE verdict = 'permitted')
        GROUP BY ALL ORDER BY items DESC, name, binds, says LIMIT $top
        """,
        top=TOP,
    )
    return tuple(Duty(*row) for row in rows)


def seconds(manifest: Asked) -> dict[str, float]:
    """Sum how long the items last, by verdict, where that is known."""
    rows = manifest.rows("SELECT verdict, sum(duration_s ORDER BY id) FROM lines GROUP BY verdict ORDER BY verdict")
    return {verdict: total for verdict, total in rows if total}


def _counts(column: str) -> str:
    return ", ".join(f"count(*) FILTER ({column} = '{verdict}') AS n_{verdict}" for verdict in VERDICTS)


def _own_words(first: str, last: str, wordings: list[tuple[str, int]]) -> tuple[str, tuple[tuple[str, int], ...]]:
    """Split a rule's own words, which all its wordings begin with, from what each wording adds.

    `first` and `last` are the wordings at either end of the alphabet: what these two share, all share.
    """
    if first == last:
        return first, ()
    shared = commonprefix((first, last)).partition("“")[0]  # noqa: RUF071  (character by character is what is meant)
    ends = [found.end() for found in _SENTENCE_END.finditer(shared)]
    own = shared[: ends[-1]] if ends else shared
    return own.strip(), tuple((text[len(own) :].strip(), items) for text, items in wordings)


_SUMS = ", ".join(f"sum(n_{verdict})" for verdict in VERDICTS)
_SENTENCE_END = re.compile(r"[.:!?]\s")
_BLOCKERS = """
    SELECT rule, verdict, count(DISTINCT id) AS items, min(says), max(says), min(cites), min(status)
    FROM deciding GROUP BY rule, verdict ORDER BY items DESC, rule, verdict
"""
_WORDINGS = """
    WITH tally AS (SELECT rule, verdict, says, count(DISTINCT id) AS items FROM deciding GROUP BY ALL)
    SELECT rule, verdict, says, items FROM tally
    QUALIFY row_number() OVER (PARTITION BY rule, verdict ORDER BY items DESC, says) <= $details
    ORDER BY rule, verdict, items DESC, says
"""
