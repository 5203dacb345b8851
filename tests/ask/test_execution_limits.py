"""Time, stop, and the transaction around a query: each lock alone, with the gate out of the way."""

import asyncio
import os
import signal
import time
from typing import Any

import psycopg
import pytest
from psycopg import AsyncConnection
from psycopg.pq import TransactionStatus

from databaseai.ask import execution
from databaseai.ask.sandbox import sandbox
from databaseai.data_source.cancelling import settled
from databaseai.errors import (
    ConnectionLost,
    DatabaseAIError,
    ExecutionError,
    LockTimeout,
    PermissionDenied,
    StatementTimeout,
    WriteStopped,
)
from databaseai.settings import ExecutionLimits
from tests.ask.accepted import unchecked

Reader = AsyncConnection[Any]
QUICK = ExecutionLimits(statement_timeout_ms=300)
OVERRUN_S = 1.0
"""What the brief allows past the limit."""


async def run(sql: str, reader: Reader, limits: ExecutionLimits = QUICK) -> execution.ResultSet:
    async with sandbox(reader, limits):
        return await execution.run(unchecked(sql), reader, limits)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT pg_sleep(20)",
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r",
        "SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 100000) b",
        "SELECT set_config('statement_timeout', '0', false), pg_sleep(20)",
        "SELECT set_config('transaction_timeout', '0', false), pg_sleep(20)",
    ],
)  # fmt: skip
async def test_a_query_ends_in_time(sql: str, reader: Reader) -> None:
    started = time.monotonic()
    with pytest.raises(StatementTimeout):
        await run(sql, reader)
    assert time.monotonic() - started < 0.3 + OVERRUN_S


async def test_a_server_that_does_not_listen_loses_the_connection(reader: Reader) -> None:
    """format() looks for no cancel; this side's clock ends the wait and cuts the connection."""
    started = time.monotonic()
    with pytest.raises(StatementTimeout):
        await run("SELECT length(format('%500000000s', 'x'))", reader)
    assert time.monotonic() - started < 0.3 + OVERRUN_S
    assert reader.closed


async def test_a_stop_cancels_in_the_server(reader: Reader, admin: Reader) -> None:
    task = asyncio.create_task(run("SELECT pg_sleep(20)", reader, ExecutionLimits()))
    await until(admin, "active", reader.info.backend_pid, "SELECT pg_sleep(20)")
    started = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - started < OVERRUN_S
    await until(admin, "idle", reader.info.backend_pid)


@pytest.mark.parametrize("turns", range(12))
async def test_a_stop_at_any_moment_leaves_no_transaction(reader: Reader, turns: int) -> None:
    """Also while the transaction is being opened."""
    task = asyncio.create_task(run("SELECT pg_sleep(20)", reader, ExecutionLimits()))
    for _ in range(turns):
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert reader.closed or reader.info.transaction_status == TransactionStatus.IDLE


async def until(admin: Reader, state: str, pid: int, query: str = "%") -> None:
    """Wait until a backend is in a state, with this query."""
    asked = "SELECT state FROM pg_stat_activity WHERE pid = %s AND query LIKE %s"
    async with asyncio.timeout(5):
        while True:
            cursor = await admin.execute(asked, (pid, query))
            if await cursor.fetchone() == (state,):
                return


async def test_a_killed_backend_is_a_lost_connection(reader: Reader, admin: Reader) -> None:
    task = asyncio.create_task(run("SELECT pg_sleep(20)", reader, ExecutionLimits()))
    await until(admin, "active", reader.info.backend_pid, "SELECT pg_sleep(20)")
    await admin.execute("SELECT pg_terminate_backend(%s)", (reader.info.backend_pid,))
    with pytest.raises(ConnectionLost):
        await task
    assert reader.closed


async def test_a_closed_connection_is_a_lost_one(reader: Reader) -> None:
    await reader.close()
    with pytest.raises(ConnectionLost):
        await run("SELECT 1", reader)


async def test_a_lock_is_not_waited_for(reader: Reader, admin: Reader) -> None:
    async with admin.transaction(force_rollback=True):
        await admin.execute("LOCK TABLE customer IN ACCESS EXCLUSIVE MODE")
        limits = ExecutionLimits(lock_timeout_ms=100)
        with pytest.raises(LockTimeout):
            await run("SELECT * FROM public.customer", reader, limits)


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO public.attack_log VALUES ('x')",
        "WITH d AS (DELETE FROM public.orders RETURNING 1) SELECT * FROM d",
        "SELECT * INTO public.stolen FROM public.customer",
        "SELECT nextval('public.counter')",
        "SELECT public.evil()",
        "SELECT * FROM public.customer FOR UPDATE",
        "DROP TABLE public.customer",
        "SELECT lo_create(0)",
    ],
)
async def test_the_transaction_alone_stops_writes(sql: str, admin: Reader) -> None:
    """As a superuser, without the gate and the login: READ ONLY holds."""
    with pytest.raises(WriteStopped):
        await run(sql, admin)


@pytest.mark.parametrize(
    "sql",
    [
        "SET TRANSACTION READ WRITE",
        "SELECT set_config('transaction_read_only', 'off', true)",
        "SELECT set_config('transaction_read_only', 'off', false)",
    ],
)
async def test_read_only_cannot_be_taken_back(sql: str, admin: Reader) -> None:
    """A first query pinned it."""
    async with sandbox(admin, QUICK):
        with pytest.raises(ExecutionError):
            await execution.run(unchecked(sql), admin, QUICK)


@pytest.mark.parametrize(
    "sql",
    [
        "EXPLAIN ANALYZE CREATE TABLE public.stolen AS SELECT 1",
        "EXPLAIN ANALYZE SELECT 1 AS a INTO public.stolen",
        "SELECT set_config('search_path', 'public', false)",
        "SELECT set_config('app.tenant', '2', false)",
        "SELECT pg_advisory_xact_lock(1)",
    ],
)
async def test_nothing_stays(sql: str, admin: Reader) -> None:
    """READ ONLY has holes; the ROLLBACK has none."""
    await run(sql, admin)
    for left in (
        "SELECT to_regclass('public.stolen') IS NOT NULL",
        "SELECT current_setting('search_path') = 'public'",
        "SELECT current_setting('app.tenant', true) = '2'",
        "SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory'",
    ):
        assert await (await admin.execute(left.encode())).fetchone() != (True,), left


async def test_the_login_alone_stops_writes(reader: Reader) -> None:
    """Without the gate and the transaction."""
    await reader.execute("SET default_transaction_read_only = off")
    for sql in (
        "DELETE FROM public.orders",
        "CREATE TABLE public.x (a int)",
        "SELECT nextval('public.counter')",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await reader.execute(sql.encode())
    with pytest.raises(PermissionDenied):
        await run("SELECT pg_read_file('/etc/passwd')", reader)


async def test_only_pg_catalog_is_found_by_bare_names(admin: Reader) -> None:
    with pytest.raises(ExecutionError) as refusal:
        await run("SELECT evil(1)", admin)
    assert refusal.value.code == "DBAI705"
    with pytest.raises(ExecutionError) as refusal:
        await run("SELECT * FROM customer", admin)
    assert refusal.value.code == "DBAI703"


async def test_what_is_in_force(reader: Reader) -> None:
    limits = ExecutionLimits(statement_timeout_ms=1234, lock_timeout_ms=567, work_mem_kb=4096)
    names = (
        *("statement_timeout", "lock_timeout", "work_mem", "search_path"),
        *("transaction_read_only", "standard_conforming_strings"),
    )
    ask = "SELECT " + ", ".join(f"current_setting('{name}')" for name in names)
    result = await run(ask, reader, limits)
    assert result.rows == (("1234ms", "567ms", "4MB", "", "on", "on"),)


async def test_the_transaction_is_left_however_it_ends(reader: Reader) -> None:
    async with sandbox(reader, QUICK):
        pass
    with pytest.raises(RuntimeError):
        async with sandbox(reader, QUICK):
            raise RuntimeError
    with pytest.raises(DatabaseAIError):
        await run("SELECT 1 / 0", reader)
    with pytest.raises(StatementTimeout):
        await run("SELECT pg_sleep(20)", reader)
    assert reader.pgconn.transaction_status == TransactionStatus.IDLE


async def test_a_late_cancel_never_hits_the_next_query(reader: Reader) -> None:
    """Cut at every moment, and the same connection is asked at once: not one answer is lost."""
    small = ExecutionLimits(row_limit=1)
    pid = reader.info.backend_pid
    for number in range(60):
        async with sandbox(reader, small):
            sql = f"SELECT n FROM generate_series(1, {1 + number * 50}) AS n"  # over, nearly, or far from it
            assert (await execution.run(unchecked(sql), reader, small)).rows == ((1,),)
            await asyncio.sleep(number % 4 / 1000)
            assert (await execution.run(unchecked(f"SELECT {number}"), reader, small)).rows == ((number,),)
    assert reader.info.backend_pid == pid


async def test_a_cancel_that_may_still_arrive_takes_the_connection(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request was not seen through; what the connection runs next is not to be hit by it."""

    async def lost(**_: object) -> None:
        raise psycopg.errors.CancellationTimeout

    monkeypatch.setattr(reader, "cancel_safe", lost)
    async with sandbox(reader, QUICK):
        limits = ExecutionLimits(row_limit=1)
        assert (await execution.run(unchecked("SELECT generate_series(1, 1000)"), reader, limits)).truncated
    await settled(reader)
    assert reader.closed


async def test_planning_and_running_share_one_clock(reader: Reader) -> None:
    """Two statements of 0.4 s each in a sandbox of 0.5 s: the second ends with it."""
    limits = ExecutionLimits(statement_timeout_ms=500)
    started = time.monotonic()
    async with sandbox(reader, limits):
        await execution.run(unchecked("SELECT pg_sleep(0.4)"), reader, limits)
        with pytest.raises(StatementTimeout):
            await execution.run(unchecked("SELECT pg_sleep(0.48)"), reader, limits)
    assert time.monotonic() - started < 0.5 + OVERRUN_S


async def test_a_server_that_takes_no_transaction_is_left_in_time(reader: Reader) -> None:
    """Frozen before the transaction is even open."""
    pid = reader.info.backend_pid
    os.kill(pid, signal.SIGSTOP)
    started = time.monotonic()
    try:
        with pytest.raises(StatementTimeout):
            await run("SELECT 1", reader)
        assert time.monotonic() - started < 0.3 + OVERRUN_S
    finally:
        os.kill(pid, signal.SIGCONT)
    assert reader.closed


async def test_rows_are_there_before_the_query_is_stopped(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has rows enough does not wait for the cancel; the connection's next user does."""
    asked, taken = asyncio.Event(), asyncio.Event()
    request = reader.cancel_safe

    async def slow(**given: Any) -> None:
        asked.set()
        await taken.wait()
        await request(**given)

    monkeypatch.setattr(reader, "cancel_safe", slow)
    limits = ExecutionLimits(row_limit=1)
    async with sandbox(reader, limits):
        await execution.run(unchecked("SELECT generate_series(1, 10000000)"), reader, limits)
    await asked.wait()
    taken.set()
    await settled(reader)
    assert reader.pgconn.transaction_status == TransactionStatus.IDLE
    assert not reader.closed
