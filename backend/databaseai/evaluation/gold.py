"""Run a gold statement and learn which results it allows.

A gold with a top-level ORDER BY or LIMIT may leave open which rows tie. Its statement is therefore run a
second time without LIMIT and with its sort keys as extra columns: rows with equal keys form one group of
`matching.Expected`. Where that second statement cannot be made, or does not agree with the first, the
gold's own order counts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import sqlglot
from psycopg import AsyncConnection, Error, postgres
from psycopg.types.string import TextLoader
from sqlglot import exp

from databaseai.evaluation.cells import Row, canonical_rows
from databaseai.evaluation.matching import Expected, Group, Match, Result, match

ROW_LIMIT = 200_000
"""A gold that gives more rows is broken, not generous."""
AS_TEXT = ("date", "time", "timetz", "timestamp", "timestamptz", "interval")
"""Types whose ISO text is compared; Python's own cannot hold `infinity`, BC or months."""


class GoldFailed(Exception):
    """A gold does not run; the question counts for nobody. Never leaves this room."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole result, as cells."""

    rows: tuple[Row, ...]
    names: tuple[str, ...]
    real: bool


async def expected(connection: AsyncConnection, statement: str, *, timeout_ms: int) -> Expected:
    """Run one gold, read-only.

    Args:
        connection: In autocommit; its login may read. Nothing is left behind on it.
        statement: One trusted SELECT.
        timeout_ms: For each of at most two runs.

    Raises:
        GoldFailed: It does not run, not in time, or gives too many rows.
    """
    try:
        given = await _fetch(connection, statement, timeout_ms)
    except Error as error:
        raise GoldFailed(f"SQLSTATE {error.sqlstate}") from error
    try:
        tree = sqlglot.parse_one(statement, read="postgres")
    except sqlglot.errors.SqlglotError:
        tree = exp.Select()
    width, height = len(given.names), len(given.rows)
    order, limited = tree.args.get("order"), tree.args.get("limit") or tree.args.get("offset")
    if not order and not limited:
        return Expected((Group(given.rows, height),), width, given.real)
    strict = Expected(tuple(Group((row,), 1) for row in given.rows), width, given.real)
    try:
        open_ = await _with_ties(connection, tree, given, timeout_ms)
    except (Error, GoldFailed):
        return strict
    if open_ is None or match(open_, Result(given.rows, width, given.real)) is not Match.SAME:
        return strict
    return open_


async def result(connection: AsyncConnection, statement: str, *, timeout_ms: int) -> Result:
    """Any statement's result, read-only, as `matching` compares it: for what does not come through the door.

    Raises:
        psycopg.Error: It does not run, or not in time.
        GoldFailed: It is no query, or gives too many rows.
    """
    given = await _fetch(connection, statement, timeout_ms)
    return Result(given.rows, len(given.names), given.real)


async def _with_ties(
    connection: AsyncConnection, tree: exp.Expr, given: Fetched, timeout_ms: int
) -> Expected | None:
    """What the gold allows when rows with equal keys may change places; None where it cannot be known."""
    whole = tree.copy()
    order = whole.args.get("order")
    whole.set("limit", None)
    whole.set("offset", None)
    places = _show_keys(whole, order.expressions if order else [], given.names)
    if places is None:
        return None
    skip = _count(tree.args.get("offset"))
    if skip is None:
        return None
    full = await _fetch(connection, whole.sql("postgres", normalize_functions=False), timeout_ms)
    width = len(given.names)
    groups = groupby(full.rows, key=lambda row: tuple(row[place] for place in places))
    rows = (tuple(row[:width] for row in group) for _, group in groups)
    return Expected(tuple(_window(rows, skip, len(given.rows))), width, given.real)


def _window(groups: Iterator[tuple[Row, ...]], skip: int, height: int) -> Iterator[Group]:
    """The groups that `height` rows after the first `skip` touch, each with the number of rows it gives."""
    start = 0
    for rows in groups:
        end = start + len(rows)
        take = min(end, skip + height) - max(start, skip)
        if take > 0:
            yield Group(rows, take)
        start = end


def _show_keys(tree: exp.Expr, keys: Sequence[exp.Expr], names: Sequence[str]) -> list[int] | None:
    """Add the sort keys to what the statement selects; their places, or None when it cannot be done."""
    places: list[int] = []
    added = 0
    for key in keys:
        value = key.this if isinstance(key, exp.Ordered) else key
        if isinstance(value, exp.Literal) and not value.is_string:
            places.append(int(value.name) - 1)
        elif isinstance(value, exp.Column) and not value.table and names.count(_name(value)) == 1:
            places.append(names.index(_name(value)))  # an output column wins over an input column
        elif isinstance(tree, exp.Select) and not tree.args.get("distinct"):
            tree.select(exp.alias_(value.copy(), f"sort_key_{added}"), copy=False)
            places.append(len(names) + added)
            added += 1
        else:
            return None
    return places


def _name(column: exp.Column) -> str:
    """As PostgreSQL folds it."""
    return column.name if column.this.args.get("quoted") else column.name.lower()


def _count(offset: exp.Expr | None) -> int | None:
    """Rows that OFFSET skips; None when it is not a plain number."""
    if offset is None:
        return 0
    value = offset.expression
    return int(value.name) if isinstance(value, exp.Literal) and not value.is_string else None


async def _fetch(connection: AsyncConnection, statement: str, timeout_ms: int) -> Fetched:
    """All rows of a statement, in a read-only transaction that is rolled back."""
    async with connection.transaction(force_rollback=True), connection.cursor(binary=False) as cursor:
        await cursor.execute("SET TRANSACTION READ ONLY")
        await cursor.execute(f"SET LOCAL statement_timeout = {int(timeout_ms)}".encode())
        for name in AS_TEXT:
            cursor.adapters.register_loader(name, TextLoader)
        await cursor.execute(statement.rstrip().rstrip(";").encode())
        if cursor.description is None:
            raise GoldFailed("not a query")
        rows = await cursor.fetchmany(ROW_LIMIT + 1)
        if len(rows) > ROW_LIMIT:
            raise GoldFailed("too many rows")
        types = [_type_name(column.type_code) for column in cursor.description]
        names = tuple(column.name for column in cursor.description)
        return Fetched(tuple(canonical_rows(rows, types)), names, "float4" in types)


def _type_name(oid: int) -> str:
    known = postgres.types.get(oid)
    return known.name if known else ""
