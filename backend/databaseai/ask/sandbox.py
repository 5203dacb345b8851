"""The transaction in which every query runs: read-only, pinned, bounded, rolled back."""

import contextlib
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

import psycopg
from psycopg import AsyncConnection
from psycopg.pq import TransactionStatus

from databaseai.ask.server_errors import server_error
from databaseai.data_source.cancelling import cancel, cut_after, settle, settled, settling
from databaseai.data_source.signing import seal
from databaseai.errors import StatementTimeout, Unexpected
from databaseai.settings import ExecutionLimits

TRANSACTION_TIMEOUT_SINCE = 170_000
OVERRUN_MS = 250
"""How long after its limit the server may still say so itself; then this side cancels."""
STOP_GRACE_MS = 400
"""For the server's reply to a cancel; then the socket is shut."""
MARGIN_MS = 10_000
"""The server's own bound on the whole transaction is this much wider than ours, and ends what we left."""

inside: "WeakKeyDictionary[AsyncConnection[Any], float]" = WeakKeyDictionary()
"""Connections that are in a sandbox now, each with the monotonic time at which its work must be over."""
worn: WeakSet[AsyncConnection[Any]] = WeakSet()
"""Connections that are closed after their sandbox: they hold much memory, or their process gave way."""


@contextlib.asynccontextmanager
async def sandbox(
    reader: AsyncConnection[Any], limits: ExecutionLimits
) -> AsyncIterator[AsyncConnection[Any]]:
    """Open the transaction, give the same connection back inside it, always roll back.

    Its clock starts here: opening, planning and running together have `statement_timeout_ms`.
    Nothing here commits: EXPLAIN ANALYZE CREATE TABLE writes even in a READ ONLY transaction. `DataSource`
    runs DISCARD ALL when it takes the connection back, or closes it when anything went wrong.

    Args:
        reader: Autocommit, no transaction open.
        limits: Set in the transaction only.

    Raises:
        ConnectionLost: The server went away. DBAI715.
        IdentityNotReady: The data source does not believe who asks. DBAI213.
        StatementTimeout: It took the connection and does not answer. DBAI701.

    Source:
        notes/sandbox.md, 2.2 and 2.4: after its first query a transaction cannot become READ WRITE; the
        timeout of a running statement cannot be undone from inside it.
    """
    seconds = (limits.statement_timeout_ms + OVERRUN_MS) / 1000
    until = time.monotonic() + seconds
    try:
        with in_time(reader, seconds):
            await seal(reader, await reader.execute(opening(limits, reader.info.server_version)))
    except psycopg.Error as error:
        await reader.close()
        raise server_error(error) from None
    except BaseException:  # the asker stopped while it was opened
        await leave(reader)
        raise
    inside[reader] = until
    try:
        yield reader
    finally:
        inside.pop(reader, None)
        if reader in settling:  # the asker has rows enough and need not wait
            settle(reader, leave(reader))
        else:
            await leave(reader)


def require(reader: AsyncConnection[Any]) -> float:
    """A query runs in a sandbox or not at all; the monotonic time at which it must be over."""
    if (until := inside.get(reader)) is None:
        raise Unexpected("A query was sent outside the sandbox.")
    return until


@contextlib.contextmanager
def in_time(reader: AsyncConnection[Any], seconds: float) -> Iterator[None]:
    """Bound one of our own short statements, which a server that hangs would not answer."""
    try:
        with cut_after(reader, max(seconds, 0.0)):
            yield
    except TimeoutError:
        raise StatementTimeout("The server did not answer in time.") from None


async def recover(reader: AsyncConnection[Any]) -> None:
    """Make the transaction usable again after an error, or a query that was cut short."""
    await settled(reader)
    if reader.pgconn.transaction_status == TransactionStatus.INERROR:
        with in_time(reader, require(reader) - time.monotonic() + STOP_GRACE_MS / 1000):
            await reader.execute(b"ROLLBACK TO SAVEPOINT pinned")


async def search(reader: AsyncConnection[Any], schemas: Sequence[str]) -> None:
    """Have names looked up in these schemas too, after pg_catalog: the gate found them safe (`own_words`)."""
    if not schemas:
        return
    names = ", ".join('"' + name.replace('"', '""') + '"' for name in schemas)
    with in_time(reader, require(reader) - time.monotonic() + STOP_GRACE_MS / 1000):
        await reader.execute(f"SET LOCAL search_path = {names}".encode())


async def leave(reader: AsyncConnection[Any]) -> None:
    """Roll back; a connection that still works on something is stopped, one that cannot roll back closed."""
    if reader.closed:
        return
    if reader.pgconn.transaction_status == TransactionStatus.ACTIVE:
        await cancel(reader, STOP_GRACE_MS)
    try:
        if reader.pgconn.transaction_status == TransactionStatus.ACTIVE:
            raise psycopg.OperationalError
        with cut_after(reader, STOP_GRACE_MS / 1000):
            await reader.execute(b"ROLLBACK")
    except (psycopg.Error, TimeoutError):
        worn.add(reader)
    if reader in worn:
        await reader.close()


def opening(limits: ExecutionLimits, server_version: int) -> bytes:
    """All of it in one round trip: BEGIN, a query that pins it and sets the limits, a savepoint.

    The query tells the backend and the transaction's start, in microseconds, which `seal` signs.
    """
    settings = {
        "statement_timeout": str(limits.statement_timeout_ms),
        "lock_timeout": str(limits.lock_timeout_ms),
        "idle_in_transaction_session_timeout": str(limits.statement_timeout_ms + MARGIN_MS),
        "work_mem": f"{limits.work_mem_kb}kB",
        "hash_mem_multiplier": "1",
        "search_path": "",
        "standard_conforming_strings": "on",
        "client_min_messages": "error",
        "max_parallel_workers_per_gather": "2",
        "row_security": "on",
    }
    if server_version >= TRANSACTION_TIMEOUT_SINCE:
        settings["transaction_timeout"] = str(2 * limits.statement_timeout_ms + MARGIN_MS)
    calls = ", ".join(f"pg_catalog.set_config('{name}', '{value}', true)" for name, value in settings.items())
    telling = (
        "pg_catalog.pg_backend_pid(), (extract(epoch FROM pg_catalog.transaction_timestamp())"
        " OPERATOR(pg_catalog.*) 1000000)::pg_catalog.int8"
    )
    return f"""
        BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED READ ONLY;
        SELECT {telling}, {calls},
          CASE WHEN pg_catalog.has_parameter_privilege('temp_file_limit', 'SET')
          THEN pg_catalog.set_config('temp_file_limit', '{limits.temp_file_mb}MB', true) END;
        SAVEPOINT pinned
    """.encode()  # names and numbers of our own
