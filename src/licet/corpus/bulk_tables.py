"""The tables between what is said of items and what they come to, each made by DuckDB from the one before.

`given` is the table as it was handed over. The numbers are the steps of `bulk`:

1. `rows`, with a column for all that can be said; `kinds`, the different ones, numbered.
2. `notes`: of each kind what is wrong with it, and the digest of its statement.
3. `stated`, each row's statement as a code; `gathered`, the items of several rows, with their codes, their evidence and
   the recordings that they name; `coded`, the different lists of codes; `placed`, which of them each item has.
4. `classes`, what each comes to.
5. The two files.

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
    connection.execute(f"CREATE TABLE distinct_kinds AS SELECT DISTINCT {_KIND} FROM rows")  # noqa: S608  (our own words)
    numbered = f"SELECT row_number() OVER (ORDER BY {_KIND}) AS kind, {_KIND} FROM distinct_kinds"  # noqa: S608  (likewise)
    connection.execute(f"CREATE TABLE kinds AS {numbered}")
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
    same = " AND ".join(f"rows.{name} IS NOT DISTINCT FROM kinds.{name}" for name in Kind.__slots__)
    digest = "coalesce(nullif(evidence, ''), digest)" if "evidence" in types else "''"
    for statement in (
        f"""
        CREATE VIEW said AS SELECT row, item, hash(item) AS name, kind, title, artist, url, attribution,
            {digest} AS evidence,
            CASE WHEN records THEN recording ELSE '' END AS recording,
            CASE WHEN item = '' THEN 'item: it has none'
                 WHEN evidence <> '' AND NOT regexp_full_match(evidence, '[0-9a-f]{{64}}')
                 THEN 'evidence: it is no SHA-256' ELSE fault END AS fault
        FROM rows JOIN (SELECT * FROM kinds JOIN notes USING (kind)) AS kinds ON {same}
        """,  # noqa: S608  (our own words)
        f"""
        CREATE TABLE stated AS SELECT row, CASE WHEN item <> '' THEN name END AS name, fault,
            kind * {_WIDTH} + CAST(recording <> '' AS INTEGER) AS code FROM said
        """,  # noqa: S608  (our own words)
        "CREATE TABLE several AS SELECT name FROM stated WHERE name IS NOT NULL GROUP BY name HAVING count(*) > 1",
        f"""
        CREATE TABLE listed AS SELECT min(row) AS row,
            list_sort(list({{kind: kind, recording: recording, evidence: evidence}})) AS said,
            CASE WHEN count(*) > {MOST} THEN 'more than {MOST} statements' ELSE min(fault) END AS fault
        FROM said SEMI JOIN several USING (name) WHERE item <> '' GROUP BY item
        """,  # noqa: S608  (our own words)
        f"""
        CREATE TABLE gathered AS SELECT row, fault, evidence, recordings,
            [one.kind * {_WIDTH} + coalesce(list_position(recordings, one.recording), 0) for one in said] AS codes
        FROM (SELECT row, fault, said, [one.evidence for one in said] AS evidence,
            list_sort(list_distinct([one.recording for one in said if one.recording <> ''])) AS recordings
            FROM listed)
        """,  # noqa: S608  (our own words)
        "CREATE VIEW alone AS SELECT row, code, fault FROM stated ANTI JOIN several USING (name)",
        """
        CREATE TABLE coded AS
        SELECT row_number() OVER (ORDER BY codes) AS class, codes, CAST(sum(items) AS BIGINT) AS items
        FROM
            (SELECT [code] AS codes, count(*) AS items FROM alone WHERE fault IS NULL GROUP BY code
             UNION ALL SELECT codes, count(*) FROM gathered WHERE fault IS NULL GROUP BY codes)
        GROUP BY codes
        """,
        """
        CREATE TABLE placed AS
        SELECT row, class, fault FROM alone LEFT JOIN
            (SELECT class, codes[1] AS code FROM coded WHERE len(codes) = 1) AS coded
            ON coded.code = alone.code AND fault IS NULL
        UNION ALL
        SELECT row, class, fault FROM gathered LEFT JOIN coded ON coded.codes = gathered.codes AND fault IS NULL
        """,
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
        SELECT said.item AS item, placed.row + 1 AS row, coalesce(verdict, 'error') AS verdict, readings,
            id AS class, rule, conditions, licence, {credit} AS attribution,
            {recordings} AS recordings, {evidence} AS evidence,
            placed.fault AS error
        FROM said JOIN placed USING (row) LEFT JOIN decided USING (class) LEFT JOIN gathered USING (row)
        ORDER BY placed.row
    """  # noqa: S608  (our own words)
    told = "SELECT items, classes.* EXCLUDE (class) FROM classes JOIN coded USING (class) ORDER BY id"
    for query, path in ((told, classes_path(out)), (lines, out)):
        draft = path.with_name(f".{path.name}.draft")
        metadata = f"KV_METADATA {{licet: {_text(head.decode())}}}"
        connection.execute(f"COPY ({query}) TO {_text(str(draft))} (FORMAT parquet, COMPRESSION zstd, {metadata})")
        draft.replace(path)


def classes_path(out: Path) -> Path:
    """Return where the classes of the verdicts at `out` lie: `verdicts.classes.parquet` beside `verdicts.parquet`."""
    return out.with_name(f"{out.name.removesuffix('.parquet')}.classes.parquet")


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
