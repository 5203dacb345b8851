"""Run the accepted query, read-only, inside its limits."""

import contextlib
import time
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import AsyncConnection

from databaseai.ask import wire_values
from databaseai.ask.events import Json, ResultColumn
from databaseai.ask.guardrail import AcceptedQuery
from databaseai.ask.sandbox import recover
from databaseai.ask.server_errors import server_error
from databaseai.ask.streaming import Described, Raw, Stream
from databaseai.errors import ResultTooLarge
from databaseai.settings import ExecutionLimits


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
    stream = Stream(reader, limits)
    try:
        kept, truncated = await collect(stream, query, limits)
        names = await wire_values.type_names(stream.columns, await usable(reader, stream.columns))
    except psycopg.Error as error:
        raise server_error(error, query) from None
    convert = [wire_values.converter(oid, names) for _, oid, _ in stream.columns]
    rows = tuple(
        tuple(None if cell is None else to(cell) for to, cell in zip(convert, row, strict=True))
        for row in kept
    )
    columns = tuple(
        ResultColumn(name, wire_values.type_name(oid, modifier, names))
        for name, oid, modifier in stream.columns
    )
    return ResultSet(columns, rows, truncated, (time.perf_counter() - started) * 1000)


async def collect(stream: Stream, query: AcceptedQuery, limits: ExecutionLimits) -> tuple[list[Raw], bool]:
    """Rows up to the limits, and whether there were more."""
    kept: list[Raw] = []
    size = 0
    async with contextlib.aclosing(stream.rows(query.sql)) as rows:
        async for row in rows:
            if len(kept) == limits.row_limit:
                return kept, True
            size += measured(row, stream.columns, limits)
            if size > limits.result_bytes:
                return kept, True
            kept.append(row)
    return kept, False


def measured(row: Raw, columns: Described, limits: ExecutionLimits) -> int:
    """Bytes of a row; refuses a cell past the limit."""
    size = 0
    for cell, (name, _, _) in zip(row, columns, strict=True):
        if cell is not None:
            size += len(cell)
            if len(cell) > limits.cell_bytes:
                raise ResultTooLarge(
                    f"A value of column {name} has {len(cell):,} bytes; the limit is {limits.cell_bytes:,}.",
                    hint=f"Shorten it: left({name}::text, 1000).",
                    name=name,
                    limit=limits.cell_bytes,
                )
    return size


async def usable(reader: AsyncConnection[Any], columns: Described) -> AsyncConnection[Any] | None:
    """The connection, for names of types that are not built in; None when there are none."""
    if all(wire_values.built_in(oid) for _, oid, _ in columns):
        return None
    await recover(reader)
    return reader
