"""Run the accepted query, read-only, inside its limits."""

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg import AsyncConnection

from databaseai.ask import wire_values
from databaseai.ask.events import Json, ResultColumn
from databaseai.ask.guardrail import AcceptedQuery
from databaseai.ask.off_loop import off_loop
from databaseai.ask.sandbox import STOP_GRACE_MS, in_time, recover, require
from databaseai.ask.server_errors import server_error
from databaseai.ask.streaming import Described, Raw, Stream
from databaseai.errors import ResultTooLarge
from databaseai.settings import ExecutionLimits

INLINE_WEIGHT = 200_000
"""A result of at most so many bytes becomes values within about 2 ms."""

asked: "WeakKeyDictionary[AsyncConnection[Any], wire_values.UserTypes]" = WeakKeyDictionary()
"""Types of a data source that are not built in, by connection: an oid keeps its meaning."""


@dataclass(frozen=True, slots=True)
class ResultSet:
    """The first rows of a query.

    Rows of shape (r, c): r <= `limits.row_limit`, c = len(columns); values as in `events.Rows`.
    """

    columns: tuple[ResultColumn, ...]
    rows: tuple[tuple[Json, ...], ...]
    truncated: bool
    """Known, not guessed: there was one row more, or `limits.result_bytes` were reached."""
    ms: float
    time_zone: str = ""
    """Of the session: when a day begins in a timestamp with time zone."""


async def run(query: AcceptedQuery, reader: AsyncConnection[Any], limits: ExecutionLimits) -> ResultSet:
    """Run one accepted query and keep the first rows.

    Args:
        query: What `guardrail.check` returned; nothing else can make one.
        reader: Inside `sandbox`, logged in as the read-only role itself.
        limits: Time in milliseconds, sizes in rows and bytes.

    Raises:
        StatementTimeout: Past `limits.statement_timeout_ms`, by the server's clock or ours. DBAI701.
        ResultTooLarge: One cell is past `limits.cell_bytes`, or one row past `limits.result_bytes`. DBAI717.
        ExecutionError: Any other refusal of the server, by SQLSTATE, without a cell value.
    """
    started = time.perf_counter()
    stream = Stream(reader, limits, query.search_path)
    try:
        kept, truncated, weight = await collect(stream, query, limits)
        names = await user_types(reader, stream.columns)
    except psycopg.Error as error:
        raise server_error(error, query) from None
    convert = [wire_values.converter(oid, names) for _, oid, _ in stream.columns]
    if weight > INLINE_WEIGHT:
        rows = await off_loop(converted, kept, convert)
    else:
        rows = converted(kept, convert)
    columns = tuple(
        ResultColumn(name, wire_values.type_name(oid, modifier, names))
        for name, oid, modifier in stream.columns
    )
    zone = reader.info.parameter_status("TimeZone") or ""
    return ResultSet(columns, rows, truncated, (time.perf_counter() - started) * 1000, zone)


async def collect(
    stream: Stream, query: AcceptedQuery, limits: ExecutionLimits
) -> tuple[list[Raw], bool, int]:
    """Rows up to the limits, whether there were more, and what they weigh in memory."""
    kept: list[Raw] = []
    size = 0
    weigh: list[wire_values.Weigh] = []
    async with contextlib.aclosing(stream.rows(query.sql)) as rows:
        async for row in rows:
            weigh = weigh or [wire_values.weight(oid) for _, oid, _ in stream.columns]
            more = measured(row, stream.columns, weigh, limits)
            if len(kept) == limits.row_limit or (kept and size + more > limits.result_bytes):
                stream.enough = True
                return kept, True, size
            if more > limits.result_bytes:
                raise ResultTooLarge(
                    f"One row takes {more:,} bytes of memory; the limit is {limits.result_bytes:,}.",
                    hint="Take fewer columns, or shorter arrays and documents.",
                    limit=limits.result_bytes,
                )
            size += more
            kept.append(row)
    return kept, False, size


def measured(
    row: Raw, columns: Described, weigh: Sequence[wire_values.Weigh], limits: ExecutionLimits
) -> int:
    """Bytes that a row will take as Python's values; refuses a cell past the limit."""
    size = 0
    for cell, weight, column in zip(row, weigh, columns, strict=True):
        if cell is None:
            size += wire_values.SLOT_BYTES
            continue
        size += weight(cell)
        if len(cell) > limits.cell_bytes:
            name = column[0]
            raise ResultTooLarge(
                f"A value of column {name} has {len(cell):,} bytes; the limit is {limits.cell_bytes:,}.",
                hint=f"Shorten it: left({name}::text, 1000).",
                name=name,
                limit=limits.cell_bytes,
            )
    return size


def converted(rows: list[Raw], convert: Sequence[wire_values.Convert]) -> tuple[tuple[Json, ...], ...]:
    """Rows as wire values; the server's text of each is let go as soon as its value is there."""
    rows.reverse()
    done: list[tuple[Json, ...]] = []
    while rows:
        row = rows.pop()
        done.append(tuple(None if cell is None else to(cell) for to, cell in zip(convert, row, strict=True)))
    return tuple(done)


async def user_types(reader: AsyncConnection[Any], columns: Described) -> wire_values.UserTypes:
    """What the server says about types that are not built in; asked once on each connection."""
    known = asked.setdefault(reader, {})
    missing = {oid for _, oid, _ in columns if not wire_values.built_in(oid)} - known.keys()
    if missing:
        await recover(reader)
        with in_time(reader, require(reader) - time.monotonic() + STOP_GRACE_MS / 1000):
            known |= await wire_values.user_types(missing, reader)
    return known
