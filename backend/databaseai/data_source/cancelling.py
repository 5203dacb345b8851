"""Stop a query that runs, and let go of its connection for certain."""

import asyncio
import contextlib
import os
import socket
import time
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import AsyncConnection
from psycopg.pq import TransactionStatus

POLL_S = 0.02


async def cancel(connection: AsyncConnection[Any], grace_ms: int = 2_000) -> None:
    """Ask the server to stop what the connection runs; past the grace, cut the connection.

    The task that runs the query gets its error from psycopg: QueryCanceled, or a lost connection.

    Source:
        notes/sandbox.md, 2.4: some functions do not look for a cancel for many seconds.
    """
    until = time.monotonic() + grace_ms / 1000
    with contextlib.suppress(psycopg.Error, OSError, TimeoutError):
        await connection.cancel_safe(timeout=grace_ms / 1000)
    while running(connection) and time.monotonic() < until:  # noqa: ASYNC110  # another task reads the reply
        await asyncio.sleep(POLL_S)
    if running(connection):
        cut(connection)


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
    with (
        contextlib.suppress(psycopg.Error, OSError),
        socket.socket(fileno=os.dup(connection.fileno())) as wire,
    ):
        wire.shutdown(socket.SHUT_RDWR)
