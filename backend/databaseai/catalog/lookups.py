"""Small tables that say in words what a code means: which they are, and their rows."""

from collections import Counter
from collections.abc import Mapping, Sequence

from psycopg import sql

from databaseai.catalog.snapshot import Column, Table

ROWS = 200
"""A lookup table has so many rows at most."""
COLUMNS = 12
"""And so many columns: one with more is about things, not about words."""
NUMBERED_COLUMNS = 2
"""With a number for a key: the name of a thing says more than its number."""
NUMBERS = ("smallint", "integer", "bigint", "numeric", "uuid")
TABLES = 100
"""Looked at, those first that most keys refer to."""
TOGETHER = 25
"""Tables read with one statement."""


def referred(tables: Sequence[Table]) -> dict[tuple[str, str], str]:
    """Tables that others refer to by one column, and that column, the most referred to first."""
    counted = Counter(
        (key.referenced_schema, key.referenced_table, key.referenced_columns[0])
        for table in tables
        for key in table.foreign_keys
        if len(key.referenced_columns) == 1
    )
    found: dict[tuple[str, str], str] = {}
    for (schema, name, column), _ in sorted(counted.items(), key=lambda item: (-item[1], item[0])):
        found.setdefault((schema, name), column)
    return found


def keys(
    tables: Sequence[Table], wanted: Mapping[tuple[str, str], Sequence[Column]]
) -> dict[tuple[str, str], str]:
    """The lookup tables among them, each with the column that others refer to."""
    by_name = {table.qualified: table for table in tables}
    found: dict[tuple[str, str], str] = {}
    for place, key in referred(tables).items():
        table = by_name.get(place)
        readable = {column.name for column in wanted.get(place, ())}
        if table is not None and key in readable and small(table, key) and len(found) < TABLES:
            found[place] = key
    return found


def small(table: Table, key: str) -> bool:
    """Few rows, as far as PostgreSQL knows, and few columns; fewer still when the key is a mere number."""
    few = table.row_estimate is None or table.row_estimate <= ROWS
    most = NUMBERED_COLUMNS if table.column[key].type in NUMBERS else COLUMNS
    return few and len(table.columns) <= most and table.kind in {"table", "materialised view"}


def statement(found: Sequence[tuple[Table, str, Sequence[Column]]], characters: int) -> sql.Composed:
    """All rows of some lookup tables: the table's place, its key, its text columns.

    A table that turns out to be large gives `ROWS` rows and one, and is then left out.
    """
    parts = [
        sql.SQL(
            "SELECT {}::int, pg_catalog.left(r.k, {}), r.v"
            " FROM (SELECT {}::text AS k, ARRAY[{}] AS v FROM {} LIMIT {}) AS r"
        ).format(
            place,
            characters,
            sql.Identifier(key),
            sql.SQL(", ").join(
                sql.SQL("pg_catalog.left({}::text, {})").format(sql.Identifier(column.name), characters)
                for column in columns
            ),
            sql.Identifier(table.schema, table.name),
            ROWS + 1,
        )
        for place, (table, key, columns) in enumerate(found)
    ]
    return sql.SQL(" UNION ALL ").join(parts)


def codes(pairs: Sequence[tuple[str | None, str | None]], longest: int) -> dict[str, str]:
    """Code by word, in the order of the rows; nothing where a word has two codes or is too long to be one."""
    found: dict[str, str] = {}
    for code, word in pairs:
        if code is None or word is None or not word.strip():
            continue
        if word.rstrip() in found or len(word) > longest or len(code) > longest:
            return {}
        found[word.rstrip()] = code.rstrip()
    return found
