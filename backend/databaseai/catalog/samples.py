"""A few values of each column, under one time limit.

PostgreSQL's own statistics come first: they are there already and cover the whole table. Tables without
them get one bounded scan each. Values are data of the user's: cut when long, never of columns the operator
excepted, and they stand in no log or error.
"""

import math
import re
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from psycopg import AsyncConnection, Error, sql
from psycopg.errors import QueryCanceled

from databaseai.catalog import lookups, queries
from databaseai.catalog.snapshot import Column, Table
from databaseai.settings import CatalogSettings

VALUES = 200
"""Per text column, for value linking: PostgreSQL's statistics keep about as many by default."""
VALUES_CHARACTERS = 8_000
"""Of one column's values together."""
ALL_CHARACTERS = 40_000_000
"""Of all values together; past that, a column keeps no more than is shown."""
SHOWN = 20
"""Of any other column: more are never shown."""
CHARACTERS = 60
"""A longer value is cut in the prompt's samples, and is not looked up."""
SCAN_ROWS = 500
SCAN_MS = 400
"""For one table: a view that computes for long must not eat the other tables' time."""
OPAQUE = ("json", "jsonb", "bytea", "tsvector", "tsquery", "xml", "geometry", "geography", "vector")
"""Types whose values say nothing in a prompt."""
SECRET = re.compile(r"passw|secret|token|api_?key|credential|hash|salt|cvv", re.IGNORECASE)
"""Columns named like this are never sampled, whatever the operator excepts."""
TEXTUAL = ("text", "character", "varchar", "bpchar", "citext", "name", '"char"')

Key = tuple[str, str, str]
"""Schema, table, column."""


@dataclass
class Drawn:
    """Values by column, most frequent first."""

    values: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    complete: set[Key] = field(default_factory=set)
    """Columns whose every distinct value was seen."""
    codes: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    """Of lookup tables: the row's key beside each of a text column's values."""
    characters: int = 0
    cut: bool = False
    """Time ran out before every table was looked at."""


async def draw(connection: AsyncConnection, tables: Sequence[Table], settings: CatalogSettings) -> Drawn:
    """Sample all tables in the caller's read-only transaction; what fails or is late is left out."""
    drawn = Drawn()
    if not settings.samples_per_column:
        return drawn
    deadline = time.monotonic() + settings.samples_timeout_ms / 1000
    wanted = {table.qualified: wanted_columns(table, settings.samples_except) for table in tables}
    try:
        await statistics(connection, tables, wanted, drawn, deadline)
        keys = lookups.keys(tables, wanted)
        words = [(table, keys[table.qualified]) for table in tables if table.qualified in keys]
        await known_lookups(connection, words, wanted, drawn, deadline)
        for table in tables:
            missing = [c for c in wanted[table.qualified] if (*table.qualified, c.name) not in drawn.values]
            if table.kind == "foreign table" or not missing or len(missing) < len(wanted[table.qualified]):
                continue  # a remote scan costs others; a column without statistics beside others is all NULL
            if deadline - time.monotonic() <= 0:
                drawn.cut = True
                break
            await scan(connection, table, missing, drawn, deadline, keys.get(table.qualified, ""))
    except QueryCanceled:
        drawn.cut = True
    return drawn


def wanted_columns(table: Table, excepted: Iterable[str]) -> list[Column]:
    """Columns whose values say something and may be read."""
    return [
        column
        for column in table.columns
        if not column.labels
        and not column.mask
        and base_type(column.type) not in {*OPAQUE, "boolean"}
        and not SECRET.search(column.name)
        and not any(fnmatchcase(f"{table.schema}.{table.name}.{column.name}", glob) for glob in excepted)
    ]


@cache
def base_type(kind: str) -> str:
    """`numeric(12,2)[]` -> `numeric`."""
    return kind.removesuffix("[]").split("(", maxsplit=1)[0].strip()


def textual(column: Column) -> bool:
    """Words of a question can be such a column's values."""
    return textual_type(column.type)


@cache
def textual_type(kind: str) -> bool:
    """A type of words, not an array of them."""
    return not kind.endswith("[]") and base_type(kind).startswith(TEXTUAL)


async def statistics(
    connection: AsyncConnection,
    tables: Sequence[Table],
    wanted: Mapping[tuple[str, str], list[Column]],
    drawn: Drawn,
    deadline: float,
) -> None:
    """Values that ANALYZE kept: the most common ones, and for columns without such the histogram's bounds."""
    schemas = list({table.schema for table in tables})
    columns = {(*key, column.name): column for key, found in wanted.items() for column in found}
    rows = {table.qualified: table.row_estimate for table in tables}
    async with connection.transaction():
        await limit(connection, deadline)
        cursor = await connection.execute(queries.STATISTICS.encode(), {"values": VALUES, "schemas": schemas})
        for schema, table, name, distinct, common, bounds in await cursor.fetchall():
            key = (schema, table, name)
            if key not in columns:
                continue
            values = [*(common or ()), *spread(bounds or ())]
            whole = len(values) >= distinct_values(distinct, rows[schema, table])
            keep(drawn, key, columns[key], values, whole=whole)


def distinct_values(distinct: float | None, rows: int | None) -> float:
    """How many there are: PostgreSQL gives a number, or below 0 the share of the rows that differ."""
    if not distinct or (distinct < 0 and rows is None):
        return math.inf
    return distinct if distinct > 0 else math.floor(-distinct * (rows or 0) + 0.5)


def spread(bounds: Sequence[str]) -> list[str]:
    """First and last of the sorted bounds first: a range says more than neighbours do."""
    return [*bounds[:1], *bounds[-1:], *bounds[1:-1]] if len(bounds) > 1 else list(bounds)


async def known_lookups(
    connection: AsyncConnection,
    keys: Sequence[tuple[Table, str]],
    wanted: Mapping[tuple[str, str], list[Column]],
    drawn: Drawn,
    deadline: float,
) -> None:
    """The rows of lookup tables that have statistics; those without are scanned anyway."""
    known = [
        (table, key, texts)
        for table, key in keys
        if (texts := [c for c in wanted[table.qualified] if textual(c) and c.name != key])
        and table.row_estimate is not None
        and any((*table.qualified, column.name) in drawn.values for column in wanted[table.qualified])
    ]
    for start in range(0, len(known), lookups.TOGETHER):
        some = known[start : start + lookups.TOGETHER]
        if deadline <= time.monotonic():
            drawn.cut = True
            return
        try:
            async with connection.transaction():
                await limit(connection, min(deadline, time.monotonic() + SCAN_MS / 1000))
                cursor = await connection.execute(lookups.statement(some, CHARACTERS + 1))
                found = await cursor.fetchall()
        except Error as error:  # without the rows, a code is a code
            if connection.closed:
                raise
            drawn.cut = drawn.cut or isinstance(error, QueryCanceled)
            continue
        for place, (table, _, texts) in enumerate(some):
            rows = [row for row in found if row[0] == place]
            for number, column in enumerate(texts):
                pair(drawn, table, column, [(row[1], row[2][number]) for row in rows])


def pair(drawn: Drawn, table: Table, column: Column, rows: Sequence[tuple[str | None, str | None]]) -> None:
    """Keep a lookup table's words with their codes."""
    found = lookups.codes(rows, CHARACTERS) if len(rows) <= lookups.ROWS else {}
    if found:
        key = (*table.qualified, column.name)
        keep(drawn, key, column, list(found), whole=True)
        if key in drawn.complete:
            drawn.codes[key] = tuple(found[value] for value in drawn.values[key])


async def scan(
    connection: AsyncConnection,
    table: Table,
    columns: Sequence[Column],
    drawn: Drawn,
    deadline: float,
    lookup_key: str = "",
) -> None:
    """One bounded pass over a table that has no statistics, in one round trip."""
    try:
        cursor = await connection.execute(bounded(table, columns, deadline))
        cursor.nextset()
        cursor.nextset()
        found = await cursor.fetchall()
    except Error as error:  # a view that fails for this reader has no samples
        if connection.closed:
            raise
        await connection.execute("ROLLBACK TO SAVEPOINT scan")
        drawn.cut = drawn.cut or isinstance(error, QueryCanceled)
        return
    for place, column in enumerate(columns):
        counted = Counter(value for row in found if (value := row[place]) is not None)
        key = (*table.qualified, column.name)
        values = [value for value, _ in counted.most_common()]
        keep(drawn, key, column, values, whole=len(found) < SCAN_ROWS)
    names = [column.name for column in columns]
    if lookup_key in names and len(found) <= lookups.ROWS:
        at = names.index(lookup_key)
        for place, column in enumerate(columns):
            if textual(column) and place != at:
                pair(drawn, table, column, [(row[at], row[place]) for row in found])


def bounded(table: Table, columns: Sequence[Column], deadline: float) -> sql.Composed:
    """The statements of one scan; the values come with the third."""
    left_ms = min(SCAN_MS, remaining_ms(deadline))
    return sql.SQL(
        "SAVEPOINT scan; SELECT pg_catalog.set_config('statement_timeout', {}, true);"
        " SELECT {} FROM (SELECT {} FROM {} LIMIT {}) AS head; RELEASE SAVEPOINT scan"
    ).format(
        str(left_ms),
        sql.SQL(", ").join(
            sql.SQL("pg_catalog.left({}::text, {})").format(sql.Identifier(c.name), CHARACTERS + 1)
            for c in columns
        ),
        sql.SQL(", ").join(sql.Identifier(c.name) for c in columns),
        sql.Identifier(table.schema, table.name),
        SCAN_ROWS,
    )


def remaining_ms(deadline: float) -> int:
    """Time left, at least a millisecond: 0 would mean no limit."""
    return max(1, round((deadline - time.monotonic()) * 1000))


async def limit(connection: AsyncConnection, deadline: float) -> None:
    """Let the next statement run until the deadline; the savepoint around it takes the setting back."""
    await connection.execute(
        "SELECT pg_catalog.set_config('statement_timeout', %s, true)", (str(remaining_ms(deadline)),)
    )


def keep(drawn: Drawn, key: Key, column: Column, values: Sequence[Any], *, whole: bool) -> None:
    """Keep what is not blank, without the padding of `character(n)`, as much as there is room for."""
    most = VALUES if textual(column) and drawn.characters < ALL_CHARACTERS else SHOWN
    kept: list[str] = []
    characters = 0
    for value in filter(None, map(str.rstrip, values[:most])):
        characters += min(len(value), CHARACTERS)
        if characters > VALUES_CHARACTERS and len(kept) >= SHOWN:
            break
        kept.append(value)
    if not kept:
        return
    drawn.values[key] = tuple(kept)
    drawn.characters += characters
    if whole and len(kept) >= sum(bool(value.rstrip()) for value in values):
        drawn.complete.add(key)


def merge(tables: Sequence[Table], drawn: Drawn, samples_per_column: int) -> tuple[Table, ...]:
    """The tables with their columns' values."""
    if not drawn.values:
        return tuple(tables)
    return tuple(
        replace(table, columns=tuple(with_values(table, c, drawn, samples_per_column) for c in table.columns))
        for table in tables
    )


def with_values(table: Table, column: Column, drawn: Drawn, samples_per_column: int) -> Column:
    """One column with its samples, and all its values when words can be looked up among them."""
    key = (*table.qualified, column.name)
    if key not in drawn.values:
        return column
    found = drawn.values[key]
    whole: tuple[str, ...] = ()
    if textual(column):
        short = len(max(found, key=len)) <= CHARACTERS
        whole = found if short else tuple([value for value in found if len(value) <= CHARACTERS])
    return Column(
        column.name,
        column.type,
        column.nullable,
        column.comment,
        column.labels,
        samples=tuple(map(cut, found[:samples_per_column])),
        values=whole,
        codes=drawn.codes.get(key, ()) if len(whole) == len(found) else (),
        values_complete=key in drawn.complete and len(whole) == len(found),
    )


def cut(value: str) -> str:
    """A long value's beginning."""
    return value if len(value) <= CHARACTERS else value[: CHARACTERS - 1] + "…"
