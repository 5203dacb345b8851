"""Stop a query that runs, and let go of its connection for certain."""

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import Coroutine, Iterator
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg import AsyncConnection
from psycopg.pq import TransactionStatus

from databaseai.data_source.metering import metered

POLL_S = 0.02
CUT_S = 0.2
"""Until whoever reads from a connection that was cut has seen its end."""

settling: "WeakKeyDictionary[AsyncConnection[Any], asyncio.Task[None]]" = WeakKeyDictionary()
"""Connections that are being cleaned up behind an asker who has the rows already."""


def settle(connection: AsyncConnection[Any], work: Coroutine[Any, Any, None]) -> None:
    """Do this with a connection after what it is settling already; nobody waits for it but its next user."""
    before = settling.get(connection)

    async def in_turn() -> None:
        if before is not None:
            await asyncio.wait({before})
        try:
            await work
        finally:
            if settling.get(connection) is asyncio.current_task():
                del settling[connection]

    settling[connection] = asyncio.create_task(in_turn())


async def settled(connection: AsyncConnection[Any]) -> None:
    """Wait until the connection is nobody's."""
    if task := settling.get(connection):
        await asyncio.wait({task})


async def cancel(connection: AsyncConnection[Any], grace_ms: int = 2_000) -> None:
    """Ask the server to stop what the connection runs; past the grace, cut the connection.

    The task that runs the query gets its error from psycopg: QueryCanceled, or a lost connection.

    Source:
        notes/sandbox.md, 2.4: some functions do not look for a cancel for many seconds.
    """
    until = time.monotonic() + grace_ms / 1000
    certain = await requested(connection, grace_ms)
    while running(connection) and time.monotonic() < until:  # noqa: ASYNC110  # another task reads the reply
        await asyncio.sleep(POLL_S)
    if running(connection) or not certain:
        cut(connection)


async def stop(connection: AsyncConnection[Any], drain: Coroutine[Any, Any, None], grace_ms: int) -> None:
    """Cancel what the connection runs, then `drain` its result to the end; past the grace, cut it.

    Nothing is read before the cancel is there: a server that cannot send makes no more rows.
    """
    until = time.monotonic() + grace_ms / 1000
    certain = await requested(connection, grace_ms)
    reading = asyncio.ensure_future(drain)
    await asyncio.wait({reading}, timeout=max(0.0, until - time.monotonic()))
    if not reading.done() or reading.exception() or not certain:
        cut(connection)
        await asyncio.wait({reading}, timeout=CUT_S)
        reading.cancel()
        await connection.close()


async def requested(connection: AsyncConnection[Any], grace_ms: int) -> bool:
    """Send a cancel request and wait until the server has taken it.

    False: it may still arrive, later, at whatever the connection runs then. So the connection must go.

    Source:
        PostgreSQL, postmaster.c, processCancelRequest: the signal is sent before the request's socket closes,
        and a backend that waits for a command drops it.
    """
    try:
        await connection.cancel_safe(timeout=grace_ms / 1000)
    except (psycopg.Error, OSError, TimeoutError):
        return False
    return True


@contextlib.contextmanager
def cut_after(connection: AsyncConnection[Any], seconds: float) -> Iterator[None]:
    """Bound what runs inside; raises TimeoutError past the bound.

    Not `asyncio.timeout`: psycopg answers a cancelled task with a cancel request to the server, and waits 5 s
    for a network that may be gone.
    """
    passed = False

    def end() -> None:
        nonlocal passed
        passed = True
        cut(connection)

    timer = asyncio.get_running_loop().call_later(seconds, end)
    try:
        yield
    except psycopg.Error:
        if passed:
            raise TimeoutError from None
        raise
    finally:
        timer.cancel()


def running(connection: AsyncConnection[Any]) -> bool:
    """Whether a query is under way."""
    return not connection.closed and connection.pgconn.transaction_status == TransactionStatus.ACTIVE


def cut(connection: AsyncConnection[Any]) -> None:
    """Shut the socket down, so that whoever waits on it wakes with an error."""
    if meter := metered.get(connection):
        meter.cut()
        return
    with (
        contextlib.suppress(psycopg.Error, OSError),
        socket.socket(fileno=os.dup(connection.fileno())) as wire,
    ):
        wire.shutdown(socket.SHUT_RDWR)
