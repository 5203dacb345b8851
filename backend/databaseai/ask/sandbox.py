"""The transaction in which every query runs: read-only, pinned, bounded, rolled back."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any
from weakref import WeakSet

import psycopg
from psycopg import AsyncConnection
from psycopg.pq import TransactionStatus

from databaseai.ask.server_errors import server_error
from databaseai.data_source.cancelling import cancel
from databaseai.errors import Unexpected
from databaseai.settings import ExecutionLimits

TRANSACTION_TIMEOUT_SINCE = 170_000
STOP_GRACE_MS = 500
"""For the server's reply to a cancel; then the socket is shut."""
MARGIN_MS = 10_000
"""The whole transaction may take the time of plan and query, and this."""

inside: WeakSet[AsyncConnection[Any]] = WeakSet()
"""Connections that are in a sandbox now; `require` asks."""


@contextlib.asynccontextmanager
async def sandbox(
    reader: AsyncConnection[Any], limits: ExecutionLimits
) -> AsyncIterator[AsyncConnection[Any]]:
    """Open the transaction, give the same connection back inside it, always roll back.

    Nothing here commits: EXPLAIN ANALYZE CREATE TABLE writes even in a READ ONLY transaction. `DataSource`
    runs DISCARD ALL when it takes the connection back, or closes it when anything went wrong.

    Args:
        reader: Autocommit, no transaction open.
        limits: Set in the transaction only.

    Raises:
        ConnectionLost: The server went away. DBAI715.

    Source:
        notes/sandbox.md, 2.2 and 2.4: after its first query a transaction cannot become READ WRITE; the
        timeout of a running statement cannot be undone from inside it.
    """
    try:
        await reader.execute(opening(limits, reader.info.server_version))
    except psycopg.Error as error:
        await reader.close()
        raise server_error(error) from None
    except BaseException:  # the asker stopped while it was opened
        await leave(reader)
        raise
    inside.add(reader)
    try:
        yield reader
    finally:
        inside.discard(reader)
        await leave(reader)


def require(reader: AsyncConnection[Any]) -> None:
    """A query runs in a sandbox or not at all."""
    if reader not in inside:
        raise Unexpected("A query was sent outside the sandbox.")


async def recover(reader: AsyncConnection[Any]) -> None:
    """Make the transaction usable again after an error, or a query that was cut short."""
    if reader.pgconn.transaction_status == TransactionStatus.INERROR:
        await reader.execute(b"ROLLBACK TO SAVEPOINT pinned")


async def leave(reader: AsyncConnection[Any]) -> None:
    """Roll back; a connection that still works on something is stopped, one that cannot roll back closed."""
    if reader.closed:
        return
    if reader.pgconn.transaction_status == TransactionStatus.ACTIVE:
        await cancel(reader, STOP_GRACE_MS)
    try:
        if reader.pgconn.transaction_status == TransactionStatus.ACTIVE:
            raise psycopg.OperationalError
        await reader.execute(b"ROLLBACK")
    except psycopg.Error:
        await reader.close()


def opening(limits: ExecutionLimits, server_version: int) -> bytes:
    """All of it in one round trip: BEGIN, a query that pins it and sets the limits, a savepoint."""
    settings = {
        "statement_timeout": str(limits.statement_timeout_ms),
        "lock_timeout": str(limits.lock_timeout_ms),
        "idle_in_transaction_session_timeout": str(limits.statement_timeout_ms + MARGIN_MS),
        "work_mem": f"{limits.work_mem_kb}kB",
        "search_path": "",
        "standard_conforming_strings": "on",
        "client_min_messages": "error",
        "max_parallel_workers_per_gather": "2",
        "row_security": "on",
    }
    if server_version >= TRANSACTION_TIMEOUT_SINCE:
        settings["transaction_timeout"] = str(2 * limits.statement_timeout_ms + MARGIN_MS)
    calls = ", ".join(f"pg_catalog.set_config('{name}', '{value}', true)" for name, value in settings.items())
    return f"""
        BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED READ ONLY;
        SELECT {calls}, CASE WHEN pg_catalog.has_parameter_privilege('temp_file_limit', 'SET')
          THEN pg_catalog.set_config('temp_file_limit', '{limits.temp_file_mb}MB', true) END;
        SAVEPOINT pinned
    """.encode()
