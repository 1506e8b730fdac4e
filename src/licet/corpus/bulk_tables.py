"""The tables between what is said of items and what they come to, each made by DuckDB from the one before.

`given` is the table as it was handed over. The numbers are the steps of `bulk`:

1. `rows`, with a column for all that can be said; `kinds`, the different ones, numbered.
2. `notes`: of each kind what is wrong with it, and the digest of its statement.
3. `several`, the names that more than one row has; `gathered`, the items of several rows, with the codes of what they
   say, their evidence and the recordings that they name; `coded`, the different lists of codes.
4. `classes`, what each comes to.
5. The two files. All rows stream by once, in their order; what they are joined with is small, as long as few items have
   several rows.

No cell of the table is ever part of a query: the words put into one are our own, or the names of columns we know.
"""

from __future__ import annotations

from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import msgspec

from licet.corpus.bulk_classes import MOST, class_schema
from licet.corpus.bulk_rows import CREDITED, REQUIRED, Kind, kind_columns
from licet.corpus.credit import CREDIT
from licet.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from licet.corpus.bulk_classes import ClassDecider

BATCH = 10_000
_WIDTH = 1_000  # a statement's code: its kind times this, and the number of the recording it is about
_KIND = ", ".join(Kind.__slots__)
_COLUMN = {"named": "recording"}  # that a part of a kind is read from, where it has another name


@contextmanager
def opened(items: Path, memory: str) -> Iterator[DuckDBPyConnection]:
    """Open the table as `given`, in a database that lasts as long as the block."""
    import duckdb  # 0.2 s that importing the room does not owe

    if not items.is_file():
        raise SourceError(f"there is no table {items}", mend="give a Parquet file; docs/bulk.md names its columns")
    with TemporaryDirectory(prefix="licet-") as spill:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "threads": 2,
            "memory_limit": memory,
            "temp_directory": spill,
        }
        connection = duckdb.connect(config=settings)
        try:
            connection.execute("SET TimeZone = 'UTC'")
            # Joins stay as they are written: rows pass by what they are joined with, and keep their order.
            connection.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
            connection.read_parquet(str(items), file_row_number=True).create_view("given")
            yield connection
        except duckdb.Error as broken:
            raise SourceError(f"{items} cannot be decided on: {broken}", mend="see docs/bulk.md") from broken
        finally:
            connection.close()


def columns(connection: DuckDBPyConnection, items: Path) -> dict[str, str]:
    """Return the type of each column of the table (step 1)."""
    described = connection.execute("SELECT column_name, column_type FROM (DESCRIBE given)").fetchall()
    types: dict[str, str] = dict(described)
    if missing := [name for name in REQUIRED if name not in types]:
        raise SourceError(f"{items} has no column {' and no column '.join(missing)}", mend="see docs/bulk.md")
    return types


def note_kinds(connection: DuckDBPyConnection, types: Mapping[str, str], decider: ClassDecider) -> int:
    """Find the kinds of row (step 1), and note what is wrong with each (step 2); return how many there are."""
    import pyarrow as pa

    def text(name: str) -> str:
        return f'CAST("{name}" AS VARCHAR)' if name in types else "CAST(NULL AS VARCHAR)"

    credited = ", ".join(f"{text(name)} AS {name}" for name in CREDITED)
    connection.execute(
        f"""
        CREATE VIEW rows AS SELECT file_row_number AS row, coalesce({text("item")}, '') AS item, {credited},
            lower(coalesce({text("evidence")}, '')) AS evidence, coalesce({text("recording")}, '') AS recording,
            {kind_columns(types)}
        FROM given
        """  # noqa: S608  (the names of columns we know)
    )
    told = _told(types)
    cells = ", ".join(name if name in told else f"any_value({name}) AS {name}" for name in Kind.__slots__)
    connection.execute(
        f"""
        CREATE TABLE kinds AS SELECT row_number() OVER (ORDER BY {_KIND}) AS kind, {_KIND} FROM
            (SELECT {cells} FROM rows GROUP BY {", ".join(told)})
        """  # noqa: S608  (our own words)
    )
    shape = pa.schema([("kind", pa.int64()), ("fault", pa.string()), ("digest", pa.string()), ("records", pa.bool_())])
    connection.register("shape", shape.empty_table())
    connection.execute("CREATE TABLE notes AS SELECT * FROM shape")
    many = 0
    for batch in _batches(connection, f"SELECT kind, {_KIND} FROM kinds ORDER BY kind"):  # noqa: S608  (likewise)
        notes = [{"kind": number, **decider.note(Kind(*cells))} for number, *cells in batch]
        _insert(connection, "notes", pa.Table.from_pylist(notes, schema=shape))
        many += len(notes)
    return many


def gather(connection: DuckDBPyConnection, types: Mapping[str, str]) -> None:
    """Gather the statements of each item (step 3). Most items have one, and are not made to pay for the others.

    Whether an item has several is told by a hash of its name: where two names share one, both are gathered, by name.
    """
    same = " AND ".join(f"rows.{name} IS NOT DISTINCT FROM kinds.{name}" for name in _told(types))
    digest = "coalesce(nullif(evidence, ''), digest)" if "evidence" in types else "''"
    for statement in (
        f"""
        CREATE VIEW said AS SELECT row, item, CASE WHEN item <> '' THEN hash(item) END AS name, kind,
            title, artist, url, attribution, {digest} AS evidence,
            CASE WHEN records THEN recording ELSE '' END AS recording,
            CASE WHEN item = '' THEN 'item: it has none'
                 WHEN evidence <> '' AND NOT regexp_full_match(evidence, '[0-9a-f]{{64}}')
                 THEN 'evidence: it is no SHA-256' ELSE fault END AS fault
        FROM rows JOIN (SELECT * FROM kinds JOIN notes USING (kind)) AS kinds ON {same}
        """,  # noqa: S608  (our own words)
        "CREATE TABLE several AS SELECT hash(item) AS name FROM rows WHERE item <> '' GROUP BY ALL HAVING count(*) > 1",
        f"""
        CREATE TABLE listed AS SELECT min(row) AS row,
            list_sort(list({{kind: kind, recording: recording, evidence: evidence}})) AS said,
            CASE WHEN count(*) > {MOST} THEN 'more than {MOST} statements' ELSE min(fault) END AS fault
        FROM said SEMI JOIN several USING (name) GROUP BY item
        """,  # noqa: S608  (our own words)
        f"""
        CREATE TABLE gathered AS SELECT row, fault, evidence, recordings,
            [one.kind * {_WIDTH} + coalesce(list_position(recordings, one.recording), 0) for one in said] AS codes
        FROM (SELECT row, fault, said, [one.evidence for one in said] AS evidence,
            list_sort(list_distinct([one.recording for one in said if one.recording <> ''])) AS recordings
            FROM listed)
        """,  # noqa: S608  (our own words)
        f"""
        CREATE TABLE coded AS SELECT row_number() OVER (ORDER BY codes) AS class, codes FROM
            (SELECT [kind * {_WIDTH} + CAST(named AND records AS INTEGER)] AS codes FROM kinds JOIN notes USING (kind)
             WHERE fault IS NULL
             UNION SELECT codes FROM gathered WHERE fault IS NULL)
        """,  # noqa: S608  (our own words)
    ):
        connection.execute(statement)


def decide_classes(connection: DuckDBPyConnection, decider: ClassDecider) -> int:
    """Decide once for each class of items (step 4), as `classes`; return how many there are."""
    import pyarrow as pa

    cells = ", ".join(f"{name}: {name}" for name in Kind.__slots__)
    question = f"""
        SELECT class, list({{code: code, {cells}}} ORDER BY place) AS said FROM
            (SELECT class, unnest(codes) AS code, generate_subscripts(codes, 1) AS place FROM coded)
            JOIN kinds ON kind = code // {_WIDTH}
        GROUP BY class ORDER BY class
    """  # noqa: S608  (our own words)
    shape = class_schema()
    connection.register("class_shape", shape.empty_table())
    connection.execute("CREATE TABLE classes AS SELECT * FROM class_shape")
    many = 0
    for batch in _batches(connection, question):
        decided = [_decision(decider, number, said) for number, said in batch]
        _insert(connection, "classes", pa.Table.from_pylist(decided, schema=shape))
        many += len(decided)
    return many


def _decision(decider: ClassDecider, number: int, said: list[dict[str, Any]]) -> dict[str, Any]:
    kinds = [(Kind(*(one[name] for name in Kind.__slots__)), one["code"] % _WIDTH) for one in said]
    told: dict[str, Any] = msgspec.to_builtins(decider.decided(kinds))
    return {"class": number, **told}


def write(connection: DuckDBPyConnection, types: Mapping[str, str], out: Path, head: bytes) -> None:
    """Write a line for each item, in the order of the table, and the classes (step 5)."""
    readings = connection.execute("SELECT [one.reading for one in readings] FROM classes LIMIT 1").fetchall()
    names = readings[0][0] if readings else []
    under = [f"{_quoted(name)}: readings[{place}].verdict" for place, name in enumerate(names, 1)] or ["none: NULL"]
    connection.execute(
        f"""
        CREATE TABLE decided AS SELECT class, id, verdict, {{{", ".join(under)}}} AS readings, reasons[1].rule AS rule,
            [one.name for one in conditions] AS conditions, licence, credit FROM classes
        """  # noqa: S608  (a reading's name is quoted)
    )
    credited = any(name in types for name in ("title", "artist", "attribution"))
    credit = f"CASE WHEN credit <> '' THEN {CREDIT} || credit ELSE '' END" if credited else "''"
    evidence = "coalesce(gathered.evidence, [said.evidence])" if "evidence" in types else "CAST(NULL AS VARCHAR[])"
    alone = "CASE WHEN said.recording <> '' THEN [said.recording] ELSE [] END"
    recordings = f"coalesce(gathered.recordings, {alone})" if "recording" in types else "CAST([] AS VARCHAR[])"
    lines = f"""
        SELECT item, row + 1 AS row, coalesce(verdict, 'error') AS verdict, readings, id AS class, rule, conditions,
            licence, {credit} AS attribution, recordings, evidence, fault AS error
        FROM
            (SELECT said.* EXCLUDE (fault, recording, evidence), {recordings} AS recordings, {evidence} AS evidence,
                CASE WHEN gathered.row IS NULL THEN said.fault ELSE gathered.fault END AS fault,
                CASE WHEN gathered.row IS NULL THEN alone.class ELSE together.class END AS class
             FROM said
                LEFT JOIN (SELECT class, codes[1] // {_WIDTH} AS kind FROM coded WHERE len(codes) = 1) AS alone
                    ON alone.kind = said.kind
                LEFT JOIN gathered ON gathered.row = said.row
                LEFT JOIN coded AS together ON together.codes = gathered.codes
             WHERE gathered.row IS NOT NULL OR name IS NULL OR name NOT IN (SELECT name FROM several)) AS lines
            LEFT JOIN decided ON decided.class = lines.class AND fault IS NULL
    """  # noqa: S608  (our own words)
    told = """
        SELECT items, classes.* EXCLUDE (class)
        FROM (SELECT DISTINCT ON (id) * FROM classes ORDER BY id, class) AS classes
            JOIN (SELECT class AS id, count(*) AS items FROM written GROUP BY class) USING (id)
        ORDER BY id
    """
    drafts: list[tuple[Path, Path]] = []
    for query, path in ((lines, out), (told, classes_path(out))):
        draft = path.with_name(f".{path.name}.draft")
        metadata = f"KV_METADATA {{licet: {_text(head.decode())}}}"
        connection.execute(f"COPY ({query}) TO {_text(str(draft))} (FORMAT parquet, COMPRESSION zstd, {metadata})")
        if not drafts:
            connection.read_parquet(str(draft)).create_view("written")
        drafts.append((draft, path))
    for draft, path in drafts:
        draft.replace(path)


def classes_path(out: Path) -> Path:
    """Return where the classes of the verdicts at `out` lie: `verdicts.classes.parquet` beside `verdicts.parquet`."""
    return out.with_name(f"{out.name.removesuffix('.parquet')}.classes.parquet")


def _told(types: Mapping[str, str]) -> list[str]:
    """Return the parts of a kind that the table has a column for; the others are the same in every row."""
    return [name for name in Kind.__slots__ if _COLUMN.get(name, name) in types]


def _batches(connection: DuckDBPyConnection, question: str, size: int = BATCH) -> Iterator[list[tuple[Any, ...]]]:
    """Answer a question a batch of rows at a time, by a second door: the first is free to write."""
    with connection.cursor() as reading:
        answers = reading.execute(question)
        while rows := answers.fetchmany(size):
            yield rows


def _insert(connection: DuckDBPyConnection, table: str, batch: Any) -> None:  # noqa: ANN401  (pyarrow has no types)
    connection.register("batch", batch)
    connection.execute(f"INSERT INTO {table} SELECT * FROM batch")  # noqa: S608  (our own words)
    connection.unregister("batch")


def _text(words: str) -> str:
    """Return `words` as a text in a statement that takes no parameters."""
    return "'" + words.replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
